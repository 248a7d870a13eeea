package workbook

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/rounds-field/rounds/sales"
)

// The same user of the same server has one workbook here, however name and address are written: unsent work is never left behind in another.
func TestAnotherSpellingOfTheSameSignInFindsTheSameWorkbook(t *testing.T) {
	url, _ := startServer(t)
	url = strings.Replace(url, "127.0.0.1", "localhost", 1)
	for name, second := range map[string]struct{ first, user, url string }{
		"capitals":            {"li.na", "Li.Na", url},
		"capitals before":     {"LI.NA", "li.na", url},
		"a blank":             {"li.na", " li.na", url},
		"capitals of address": {"li.na", "li.na", strings.Replace(url, "localhost", "LocalHost", 1)},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			wb := open(t, dir)
			defer func() { closeBook(t, wb) }()
			signIn(t, wb, url, second.first)
			addPartner(t, wb, "甲")
			signIn(t, wb, second.url, second.user)
			if n := count(t, wb); n != 1 {
				t.Errorf("after signing in as %q the workbook has %d partners", second.user, n)
			}
			closeBook(t, wb)
			wb = open(t, dir)
			if r, err := wb.Sync(t.Context()); err != nil || r.Pushed != 1 {
				t.Errorf("sync: %+v, %v", r, err)
			}
			if folders, err := filepath.Glob(filepath.Join(dir, "*", "workbook.db")); err != nil || len(folders) != 1 {
				t.Errorf("the workbooks are %v, %v", folders, err)
			}
		})
	}
}

// A workbook whose folder has the name of an earlier spelling is found by whose it is; unsent work of a workbook without a server is not left for it.
func TestAWorkbookInAFolderOfAnotherNameIsFound(t *testing.T) {
	url, _ := startServer(t)
	dir := t.TempDir()
	wb := open(t, dir)
	signIn(t, wb, url, "li.na")
	addPartner(t, wb, "甲")
	const earlier = "an-earlier-spelling"
	if err := wb.move(t.Context(), earlier); err != nil {
		t.Fatal(err)
	}
	if err := writeCurrent(dir, localName); err != nil {
		t.Fatal(err)
	}
	closeBook(t, wb)

	wb = open(t, dir)
	defer func() { closeBook(t, wb) }()
	addPartner(t, wb, "乙")
	if err := wb.SignIn(t.Context(), url, "li.na", password); !sales.HasCode(err, sales.CodeDuplicate) || wb.sub != localName || count(t, wb) != 1 {
		t.Fatalf("signing in over unsent work gives %v", err)
	}
	pending, err := wb.Pending(t.Context())
	if err != nil || len(pending) != 1 {
		t.Fatal(pending, err)
	}
	if err := wb.Undo(t.Context(), pending[0].ID); err != nil {
		t.Fatal(err)
	}
	signIn(t, wb, url, "li.na")
	if wb.sub != earlier || count(t, wb) != 1 {
		t.Errorf("in use is %s", wb.sub)
	}
	signIn(t, wb, url, "wang.wei")
	if count(t, wb) != 0 || wb.sub == earlier {
		t.Error("another user sees the records")
	}
	signIn(t, wb, url, "li.na")
	if r, err := wb.Sync(t.Context()); err != nil || r.Pushed != 1 || wb.sub != earlier {
		t.Errorf("sync: %+v, %v", r, err)
	}
	if folders, err := filepath.Glob(filepath.Join(dir, "*", "workbook.db")); err != nil || len(folders) != 3 {
		t.Errorf("the workbooks are %v, %v", folders, err)
	}
}
