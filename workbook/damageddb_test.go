package workbook

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store/local"
)

// overwritten puts nonsense over a part of the database's file: its head, or the first page of a table.
func overwritten(t *testing.T, dir, table string) {
	t.Helper()
	at := int64(0)
	if table != "" {
		at = firstPage(t, dir, table)
	}
	f, err := os.OpenFile(databaseOf(t, dir), os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte(strings.Repeat("nonsense", 64)), at); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// firstPage is where the first page of a table begins in the file.
func firstPage(t *testing.T, dir, table string) int64 {
	t.Helper()
	db := raw(t, dir)
	var size, page int64
	if err := db.QueryRowContext(t.Context(), "PRAGMA page_size").Scan(&size); err != nil {
		t.Fatal(err)
	}
	if err := db.QueryRowContext(t.Context(), "SELECT rootpage FROM sqlite_schema WHERE name = ?", table).Scan(&page); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return (page - 1) * size
}

// toldDamaged checks that an error says of a damaged database where it is and which backup there is.
func toldDamaged(t *testing.T, err error, dir, backup string) {
	t.Helper()
	var e *sales.Error
	if !errors.As(err, &e) || e.Code != sales.CodeStorage || e.Reason != sales.StorageDamaged {
		t.Fatalf("it is told as %v", err)
	}
	if e.Args["Folder"] != filepath.Dir(databaseOf(t, dir)) || e.Args["Backup"] != backup || !strings.Contains(e.Hint, backup) || strings.Count(err.Error(), e.Hint) != 1 {
		t.Errorf("it is told as %v, %+v", err, e.Args)
	}
}

// A damaged database names the backup that can take its place; with that there, everything that was synced is there too.
func TestADamagedDatabaseSaysWhichBackupTakesItsPlace(t *testing.T) {
	for name, table := range map[string]string{"its head": "", "its own values": "wb_meta"} {
		t.Run(name, func(t *testing.T) {
			dir, ids, _, _ := damageable(t)
			newest := backedUp(t, dir)
			overwritten(t, dir, table)
			_, err := Open(t.Context(), dir, Options{})
			toldDamaged(t, err, dir, filepath.Base(newest))
			putBack(t, dir, newest)
			wb := open(t, dir)
			defer closeBook(t, wb)
			if _, err := wb.Sync(t.Context()); err != nil {
				t.Fatal(err)
			}
			soundAgain(t, wb, ids[117], 117)
		})
	}
}

// backedUp makes a backup after the daily one, and gives it.
func backedUp(t *testing.T, dir string) string {
	t.Helper()
	closeBook(t, open(t, dir)) // which lets the daily one finish
	wb := open(t, dir)
	defer closeBook(t, wb)
	newest, err := wb.Store.Backup(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return newest
}

// putBack does what the message says.
func putBack(t *testing.T, dir, backup string) {
	t.Helper()
	path := databaseOf(t, dir)
	copied, err := os.ReadFile(backup)
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(path + "*")
	if err != nil {
		t.Fatal(err)
	}
	aside := t.TempDir()
	for _, f := range files {
		if err := os.Rename(f, filepath.Join(aside, filepath.Base(f))); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(path, copied, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestADamagedDatabaseWithoutABackupIsSignedInAnew(t *testing.T) {
	dir, ids, _, _ := damageable(t)
	wb := open(t, dir)
	id, err := wb.Identity(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	closeBook(t, wb)
	path := databaseOf(t, dir)
	if err := os.RemoveAll(filepath.Join(filepath.Dir(path), "backups")); err != nil {
		t.Fatal(err)
	}
	overwritten(t, dir, "")
	_, err = Open(t.Context(), dir, Options{})
	toldDamaged(t, err, dir, "")
	if err := os.Rename(path, filepath.Join(t.TempDir(), local.DatabaseName)); err != nil {
		t.Fatal(err)
	}
	wb = open(t, dir)
	defer closeBook(t, wb)
	signIn(t, wb, id.Server, "li.na")
	if _, err := wb.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	wb.Store.WaitForSearch()
	soundAgain(t, wb, ids[117], 117)
}

// Damage that shows while one works is told in the same way, and so is what the look after an unclean end finds.
func TestDamageThatShowsLaterIsToldAsDamage(t *testing.T) {
	dir, _, _, _ := damageable(t)
	newest := backedUp(t, dir)
	overwritten(t, dir, "partner")
	wb := open(t, dir)
	_, err := wb.List(t.Context(), sales.Query{Kind: "partner"})
	closeBook(t, wb)
	toldDamaged(t, err, dir, filepath.Base(newest))

	damaged(t, dir, "UPDATE wb_meta SET value = 'no' WHERE key = 'clean'")
	_, err = Open(t.Context(), dir, Options{})
	toldDamaged(t, err, dir, filepath.Base(newest))
}
