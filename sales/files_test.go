package sales_test

import (
	"testing"

	"github.com/rounds-field/rounds/sales"
)

func TestAFileThatWouldBeStartedIsKnownByItsName(t *testing.T) {
	for name, want := range map[string]bool{
		"报价.pdf": false, "对账单.xlsx": false, "照片.JPG": false, "读我": false, "v1.2 图纸.dwg": false,
		"报价.pdf.exe": true, "安装.MSI": true, "报价.pdf .lnk": true, "脚本.ps1. ": true, "a.desktop": true, ".sh": true,
	} {
		if got := sales.IsProgram(name); got != want {
			t.Errorf("IsProgram(%q) = %v", name, got)
		}
	}
}

func TestAnAttachmentBelongsToTheRecordAtWhichItWasAdded(t *testing.T) {
	for _, kind := range []string{"visit", "feedback", "opportunity", "project", "account", "partner", ""} {
		var a sales.Attachment
		if kind != "partner" {
			a.PartnerID = "company" // of the visit, as a screen adds it
		}
		want, id := "partner", "company"
		if kind != "" {
			a.AttachTo(kind, "1")
			want, id = kind, "1"
		}
		if kind == "account" {
			a.PartnerID = ""
		}
		if gotKind, gotID := a.Parent(); gotKind != want || gotID != id {
			t.Errorf("attached to a %q, it belongs to %s %s", kind, gotKind, gotID)
		}
	}
	if kind, id := (sales.Attachment{}).Parent(); kind+id != "" {
		t.Errorf("attached to nothing, it belongs to %s %s", kind, id)
	}
}
