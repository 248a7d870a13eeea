package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/internal/uitest"
	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store/local"
	"github.com/rounds-field/rounds/workbook"
)

// TestADamagedWorkbookSaysWhatToDo: the page in place of the app names the folder and the backup, in both languages, and all of it can be read.
func TestADamagedWorkbookSaysWhatToDo(t *testing.T) {
	before := ui.Lang()
	defer ui.SetLanguage(before)
	dir := t.TempDir()
	wb, err := workbook.Open(t.Context(), dir, workbook.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := wb.Write(t.Context(), sales.CreateOf(sales.Partner{Name: "甲"})); err != nil {
		t.Fatal(err)
	}
	backup, err := wb.Store.Backup(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := wb.Close(); err != nil {
		t.Fatal(err)
	}
	// The day's backup is made beside it, by itself, and may be the newer one.
	all, err := filepath.Glob(filepath.Join(filepath.Dir(backup), "*.db"))
	if err != nil || len(all) == 0 {
		t.Fatal(all, err)
	}
	backup = slices.Max(all)
	folder := filepath.Dir(filepath.Dir(backup))
	if err := os.WriteFile(filepath.Join(folder, local.DatabaseName), []byte(strings.Repeat("nonsense", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = workbook.Open(t.Context(), dir, workbook.Options{})
	for language, says := range map[string]string{"en": "is damaged", "zh": "已损坏"} {
		ui.SetLanguage(language)
		w := test.NewWindow(nil)
		showFailure(w, err)
		text := strings.Join(uitest.Texts(w.Content()), " ")
		for _, part := range []string{says, folder, filepath.Base(backup), "workbook.db"} {
			if !strings.Contains(text, part) {
				t.Errorf("%s: the page says %q without %s", language, text, part)
			}
		}
		if has, needs := w.Canvas().Size(), w.Content().MinSize(); needs.Height > has.Height || needs.Width > has.Width {
			t.Errorf("%s: the page needs %v and has %v", language, needs, has)
		}
		uitest.CheckClipped(t, w.Content())
		w.Close()
	}
}
