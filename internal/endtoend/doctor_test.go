package endtoend

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite"
)

// harm runs a statement on the workbook's database, as a fault of the disk might.
func (b *book) harm(query string, args ...any) {
	b.t.Helper()
	found, err := filepath.Glob(filepath.Join(b.dir, "*", "workbook.db"))
	if err != nil || len(found) != 1 {
		b.t.Fatal(found, err)
	}
	db, err := sql.Open("sqlite", found[0])
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := db.ExecContext(b.t.Context(), query, args...); err != nil {
		b.t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		b.t.Fatal(err)
	}
}

// The doctor says of a row that is gone: sync. So a sync brings it back.
func TestASyncDoesWhatTheDoctorSaysThatItDoes(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	s.addUser("li.na", "rep")
	a := newBook(t)
	a.login(s, "li.na")
	a.run(partnerLines(3), "add", "partner", "--json", "-")
	a.sync()
	a.sync()
	a.harm("DELETE FROM visit_type WHERE rowid = (SELECT min(rowid) FROM visit_type)")
	if out, _, err := a.try("", "doctor"); err == nil || !strings.Contains(out, "; sync: ") {
		t.Fatalf("the doctor says %q, %v", out, err)
	}
	if r := objects(t, a.run("", "sync", "--json"))[0]; r["mended"] != 1.0 {
		t.Errorf("the sync says %v", r)
	}
	a.run("", "doctor", "--deep")
}

func TestTheStatusTellsOfReportsAndWhereToReadThem(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	s.addUser("li.na", "rep")
	a := newBook(t)
	a.login(s, "li.na")
	a.sync()
	if out := a.run("", "status"); strings.Contains(out, "doctor") {
		t.Errorf("without a report the status is %q", out)
	}
	a.harm(`INSERT INTO wb_meta (key, value) VALUES ('differences', '[{"bucket":"o"},{"bucket":"t:34"}]')`)
	for _, when := range []string{"signed in", "signed out"} {
		if out := a.run("", "status"); !strings.Contains(out, "2 reports") || !strings.Contains(out, "`roundsctl doctor`") {
			t.Errorf("%s, the status is %q", when, out)
		}
		if m := objects(t, a.run("", "status", "--json"))[0]; m["differences"] != 2.0 {
			t.Errorf("%s, the status is %v", when, m)
		}
		if out, _, _ := a.try("", "doctor"); strings.Count(out, "rounds-server verify") != 2 {
			t.Errorf("%s, the doctor says %q", when, out)
		}
		a.run("", "logout")
	}
}
