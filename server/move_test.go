package server

import (
	"bytes"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rounds-field/rounds/internal/pgtest"
	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store/central"
	"github.com/rounds-field/rounds/sync/wire"
)

// filled makes an organisation with something of much in a place.
func filled(t *testing.T, p Place) {
	t.Helper()
	j, err := OpenJournal(t.Context(), p.Data, p.Database)
	if err != nil {
		t.Fatal(err)
	}
	if err := seed(t.Context(), j); err != nil {
		t.Fatal(err)
	}
	var edits []sales.Edit
	for _, code := range []string{"31", "32", "33", "34", "35"} {
		edits = append(edits, sales.CreateOf(sales.Territory{Code: code, Name: "Territory " + code}))
		for range 50 {
			edits = append(edits, sales.CreateOf(sales.Partner{Name: "伙伴 " + sales.NewID(), RegionCode: code}))
		}
	}
	ids, err := j.Commit(t.Context(), wire.Caller{}, edits...)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := j.Commit(t.Context(), wire.Caller{}, sales.Edit{Verb: sales.Delete, Kind: "partner", ID: ids[1]}); err != nil {
		t.Fatal(err)
	}
	account := central.NewAccount{Account: central.Account{Name: "li.na", Password: "hash"}, User: sales.User{Name: "li.na", Role: string(sales.RoleRep)}}
	if _, err := j.AddAccounts(t.Context(), wire.Caller{}, account); err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestAnOrganisationMovesToPostgreSQLAndBackWithoutLosingARow(t *testing.T) {
	first, there, back := Place{Data: t.TempDir()}, Place{Database: pgtest.New(t)}, Place{Data: filepath.Join(t.TempDir(), "back")}
	filled(t, first)
	before, _, err := central.Inspect(t.Context(), first.address())
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range [][2]Place{{first, there}, {there, back}} {
		done, err := Move(t.Context(), step[0], step[1], "test", RestoreOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if done.Buckets < 5 || done.Contents.Rows() != before.Rows() {
			t.Fatalf("moved %d rows in %d buckets, want %d rows", done.Contents.Rows(), done.Buckets, before.Rows())
		}
	}
	after, report, err := central.Inspect(t.Context(), back.address())
	if err != nil || !report.Good() {
		t.Fatal(err, report)
	}
	if d := before.Differences(after); len(d) > 0 {
		t.Error("after both moves:", d)
	}
	// It can be worked with where it is now.
	j, err := OpenJournal(t.Context(), back.Data, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := j.Commit(t.Context(), wire.Caller{}, sales.CreateOf(sales.Territory{Code: "99", Name: "New"})); err != nil {
		t.Error(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Move(t.Context(), back, there, "test", RestoreOptions{}); !sales.HasCode(err, sales.CodeInUse) {
		t.Errorf("moved into a database that holds something: %v", err)
	}
	if _, err := Move(t.Context(), back, there, "test", RestoreOptions{Replace: true}); err != nil {
		t.Error(err)
	}
}

// A move onto itself would empty what it reads from. The same place has many spellings.
func TestAPlaceIsNotMovedOntoItselfUnderAnotherSpelling(t *testing.T) {
	url, folder, link := pgtest.New(t), t.TempDir(), filepath.Join(t.TempDir(), "link")
	filled(t, Place{Data: t.TempDir(), Database: url})
	filled(t, Place{Data: folder})
	if err := os.Symlink(folder, link); err != nil {
		t.Fatal(err)
	}
	for _, step := range [][2]Place{
		{{Database: url}, {Database: url + "&pool_max_conns=8"}},
		{{Database: url + "&pool_max_conns=8"}, {Database: url}},
		{{Data: folder}, {Data: folder + "/"}},
		{{Data: folder}, {Data: link}},
	} {
		_, err := Move(t.Context(), step[0], step[1], "test", RestoreOptions{Replace: true})
		if !sales.HasCode(err, sales.CodeInvalid) || !strings.Contains(err.Error(), "it is where the organisation is already") {
			t.Errorf("from %v to %v gives %v", step[0], step[1], err)
		}
	}
	for _, p := range []Place{{Database: url}, {Data: folder}} {
		if _, report, err := Verify(t.Context(), p); err != nil || !report.Good() || report.Records < 250 {
			t.Error("afterwards:", report, err)
		}
	}
}

// A move that loses or changes anything says so. The copy is broken behind its back, as a fault of a database or of this program would.
func TestAMoveThatWentWrongIsToldByTheChecksums(t *testing.T) {
	a, b := Place{Data: t.TempDir()}, Place{Data: filepath.Join(t.TempDir(), "b")}
	filled(t, a)
	if _, err := Move(t.Context(), a, b, "test", RestoreOptions{}); err != nil {
		t.Fatal(err)
	}
	before, was, err := central.Inspect(t.Context(), a.address())
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", b.address())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, fault := range []string{
		"UPDATE records SET creator = 'x' WHERE bucket = 't:31'", "UPDATE buckets SET epoch = epoch + 1 WHERE bucket = 'o'", "UPDATE buckets SET checksum = X'00' WHERE bucket = 'o'",
		"UPDATE accounts SET password = 'x' WHERE name = (SELECT MIN(name) FROM accounts)",
	} {
		r, err := db.ExecContext(t.Context(), fault)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := r.RowsAffected(); err != nil || n == 0 {
			t.Fatalf("%s did nothing: %v", fault, err)
		}
		after, is, err := central.Inspect(t.Context(), b.address())
		if err != nil {
			t.Fatal(err)
		}
		if err := compare(before, after, was, is); err == nil {
			t.Errorf("%s, and nothing was noticed", fault)
		}
	}
}

func TestARestoreKeepsWhatWasThereAndADamagedBackupChangesNothing(t *testing.T) {
	p := Place{Data: t.TempDir()}
	filled(t, p)
	var backup bytes.Buffer
	if err := BackupTo(t.Context(), p, &backup, "test"); err != nil {
		t.Fatal(err)
	}
	j, err := OpenJournal(t.Context(), p.Data, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := j.Commit(t.Context(), wire.Caller{}, sales.CreateOf(sales.Territory{Code: "99", Name: "After the backup"})); err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	newer, _, err := central.Inspect(t.Context(), p.address())
	if err != nil {
		t.Fatal(err)
	}
	damaged := bytes.Clone(backup.Bytes())
	damaged[len(damaged)/2] ^= 1
	for _, content := range [][]byte{damaged, backup.Bytes()[:backup.Len()-20]} {
		if _, err := Restore(t.Context(), p, bytes.NewReader(content), RestoreOptions{Replace: true}); err == nil {
			t.Error("a damaged backup was restored")
		}
		now, _, err := central.Inspect(t.Context(), p.address())
		if err != nil || len(newer.Differences(now)) > 0 {
			t.Fatal("a damaged backup changed the database:", err, newer.Differences(now))
		}
	}
	l, err := lock(p.Data)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Restore(t.Context(), p, bytes.NewReader(backup.Bytes()), RestoreOptions{Replace: true}); !sales.HasCode(err, sales.CodeInUse) {
		t.Errorf("restored under a running server: %v", err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	done, err := Restore(t.Context(), p, bytes.NewReader(backup.Bytes()), RestoreOptions{Replace: true})
	if err != nil {
		t.Fatal(err)
	}
	if kept, _, err := central.Inspect(t.Context(), done.Kept); err != nil || len(newer.Differences(kept)) > 0 {
		t.Error("what was there was not kept:", err)
	}
	now, _, err := central.Inspect(t.Context(), p.address())
	if err != nil || len(done.Differences(now)) > 0 || len(newer.Differences(now)) == 0 {
		t.Error("the database is not that of the backup:", err, done.Differences(now))
	}
	left, err := filepath.Glob(filepath.Join(p.Data, "*restoring*"))
	if err != nil || len(left) > 0 {
		t.Error("left behind:", left, err)
	}
	if info, err := os.Stat(p.address()); err != nil || info.Mode().Perm() != 0o600 {
		t.Error("others may read the database:", err)
	}
}

func TestAPlaceIsAFolderAFileOrAURL(t *testing.T) {
	for text, want := range map[string]Place{
		"/var/lib/rounds": {Data: "/var/lib/rounds"}, "/var/lib/rounds/rounds.db": {Data: "/var/lib/rounds"}, "postgres://h/d": {Database: "postgres://h/d"},
	} {
		if got, err := PlaceOf("to", text); got != want || err != nil {
			t.Errorf("%s is %+v, %v", text, got, err)
		}
	}
	if err := (Place{Data: t.TempDir()}).Occupied(t.Context()); err == nil || !strings.Contains(err.Error(), "no organisation") {
		t.Errorf("an empty folder gives %v", err)
	}
}
