package workbook

import (
	"database/sql"
	"strings"
	"testing"

	"github.com/rounds-field/rounds/store/local"
)

// raw opens the database of a workbook that is not open.
func raw(t *testing.T, dir string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", databaseOf(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// damaged runs a statement on the database of a workbook that is not open.
func damaged(t *testing.T, dir, query string, args ...any) {
	t.Helper()
	db := raw(t, dir)
	res, err := db.ExecContext(t.Context(), query, args...)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		t.Fatalf("%s met %d rows, %v", query, n, err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func shallow(t *testing.T, wb *Workbook) []local.Finding {
	t.Helper()
	r, err := wb.Check(t.Context(), local.CheckOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return r.Left
}

// What a quick check finds wrong with the books of a bucket, the next sync mends, as the check says.
func TestASyncMendsWhatAQuickCheckFound(t *testing.T) {
	for name, damage := range map[string]struct {
		query  string
		mended int
	}{
		"a row is gone":      {"DELETE FROM partner WHERE code = 'C-0117'", 1},
		"a row is elsewhere": {"UPDATE partner SET _bucket = 't:nowhere' WHERE code = 'C-0117'", 1},
		"the count is wrong": {"UPDATE wb_bucket SET count = count + 1 WHERE bucket = 't:30'", 0},
		"the sum is wrong":   {"UPDATE wb_bucket SET sum = zeroblob(16) WHERE bucket = 't:30'", 0},
	} {
		t.Run(name, func(t *testing.T) {
			dir, ids, _, _ := damageable(t)
			damaged(t, dir, damage.query)
			wb := open(t, dir)
			found := shallow(t, wb)
			if len(found) == 0 {
				t.Fatal("the check finds nothing")
			}
			for _, f := range found {
				if f.Code != "search" && (!strings.HasPrefix(f.Hint, "sync") || f.Bucket == "") {
					t.Errorf("found %+v", f)
				}
			}
			closeBook(t, wb) // that it is to be mended is not forgotten with the program
			wb = open(t, dir)
			defer closeBook(t, wb)
			r, err := wb.Sync(t.Context())
			if err != nil || r.Mended != damage.mended {
				t.Errorf("sync: %+v, %v; want %d mended", r, err, damage.mended)
			}
			wb.Store.WaitForSearch()
			for _, f := range append(shallow(t, wb), deepCheck(t, wb).Mended...) {
				if f.Code != "search" { // of the row's entry, which is made anew by the deep check, as the hint says
					t.Errorf("left is %+v", f)
				}
			}
			soundAgain(t, wb, ids[117], 117)
		})
	}
}
