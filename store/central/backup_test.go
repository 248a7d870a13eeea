package central_test

import (
	"bytes"
	"database/sql"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store/central"
	"github.com/rounds-field/rounds/sync/wire"
)

// lived is a world in which something of everything has happened: moves, deletions, conflicts, refusals, pruning.
func lived(t *testing.T) (*world, *device) {
	t.Helper()
	w := newWorld(t)
	a := w.device("a", sales.RoleRep)
	if _, err := w.journal.AddAccounts(t.Context(), system, central.NewAccount{Account: central.Account{Name: "li.na", Password: "hash"}, User: sales.User{Name: "li.na", Role: string(sales.RoleRep)}}); err != nil {
		t.Fatal(err)
	}
	var made []wire.Change
	for _, name := range []string{"甲", "乙", "丙", "丁"} {
		made = append(made, a.create(partnerIn(name, "31")))
	}
	a.mustPush(made...)
	v := a.create(sales.Visit{PartnerID: made[0].RecordID, VisitType: "routine", PlannedAt: sales.InstantOf(w.now), OwnerID: a.caller.UserID, Status: "planned"})
	a.mustPush(v)
	held := a.pullAll(0)
	gone, late := a.change(sales.Delete, "partner", made[1].RecordID), a.change(sales.Delete, "partner", made[3].RecordID)
	gone.Base, late.Base = stampOf(a, made[1]), stampOf(a, made[3])
	a.mustPush(gone, a.change(sales.Update, "partner", made[0].RecordID, set(held[made[0].RecordID], "region_code", "44")))
	b := w.deviceOf(a.caller.UserID, "b", sales.RoleRep)
	b.push(b.change(sales.Update, "partner", made[2].RecordID, set(held[made[2].RecordID], "name", "Mine")))
	a.push(a.change(sales.Update, "partner", made[2].RecordID, set(held[made[2].RecordID], "name", "Theirs"))) // a conflict
	a.push(a.create(sales.Partner{}))                                                                          // refused
	w.now = w.now.Add(100 * day)
	w.prune(central.DefaultHorizon)
	a.mustPush(late)
	return w, a
}

func (w *world) backup() (*bytes.Buffer, *central.Contents) {
	w.t.Helper()
	var b bytes.Buffer
	c, err := w.journal.Backup(w.t.Context(), &b, "test")
	if err != nil {
		w.t.Fatal(err)
	}
	return &b, c
}

func TestARestoredDatabaseHoldsWhatWasBackedUpAndServesOn(t *testing.T) {
	w, a := lived(t)
	_, cursors := a.pullFrom(map[string]wire.RecordState{}, nil, 0)
	file, saved := w.backup()
	if saved.Rows() < 40 || saved.Organisation != w.journal.Organisation() || saved.Schema < 2 {
		t.Fatalf("the backup has %d rows of %s, version %d", saved.Rows(), saved.Organisation, saved.Schema)
	}
	path := newDatabase(t)
	got, report, err := central.Restore(t.Context(), path, file, central.RestoreOptions{})
	if err != nil || !report.Good() {
		t.Fatal(err, report)
	}
	if d := slices.Concat(saved.Differences(got), got.Differences(saved)); len(d) > 0 {
		t.Error(d)
	}
	w.journal = reopen(t, path, w)
	after, err := w.journal.Contents(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if d := saved.Differences(after); len(d) > 0 {
		t.Errorf("opened, the database differs: %v", d)
	}
	if r := a.resets(cursors); r != "" {
		t.Errorf("a device that lost nothing has to take %s anew", r)
	}
	if len(a.pullAll(0)) == 0 {
		t.Error("nothing can be pulled")
	}
	a.mustPush(a.create(partnerIn("after", "31")))
	if report, err := w.journal.VerifyAll(t.Context()); err != nil || !report.Good() {
		t.Error(err, report)
	}
}

func TestADatabaseThatHoldsSomethingIsReplacedOnlyWhenTold(t *testing.T) {
	w, _ := lived(t)
	file, saved := w.backup()
	other := newDatabase(t)
	if other, err := central.Open(t.Context(), other, central.Options{}); err != nil || other.Close() != nil {
		t.Fatal(err)
	}
	_, _, err := central.Restore(t.Context(), other, bytes.NewReader(file.Bytes()), central.RestoreOptions{})
	if !sales.HasCode(err, sales.CodeInUse) || !strings.Contains(err.Error(), "--force-replace") {
		t.Fatalf("it gives %v", err)
	}
	if _, _, err := central.Restore(t.Context(), other, bytes.NewReader(file.Bytes()), central.RestoreOptions{Replace: true}); err != nil {
		t.Fatal(err)
	}
	w.journal = reopen(t, other, w)
	after, err := w.journal.Contents(t.Context())
	if err != nil || len(saved.Differences(after)) > 0 {
		t.Error(err, saved.Differences(after))
	}
}

// Every byte of a backup counts: with one changed, cut off or added, the backup is refused and the database stays empty.
func TestADamagedBackupIsRefused(t *testing.T) {
	w, _ := lived(t)
	file, _ := w.backup()
	plain := unpack(t, file.Bytes())
	refused := func(what string, content []byte) {
		t.Helper()
		path := filepath.Join(t.TempDir(), "new.db")
		if _, _, err := central.Restore(t.Context(), path, bytes.NewReader(content), central.RestoreOptions{Faulty: true}); err == nil {
			t.Fatalf("%s, and it was restored", what)
		} else if !sales.HasCode(err, sales.CodeInvalid) && !sales.HasCode(err, sales.CodeStorage) {
			t.Errorf("%s, and it gives %v", what, err)
		}
	}
	for i := 0; i < len(plain); i += 1 + len(plain)/20 {
		other := slices.Clone(plain)
		other[i] ^= 0x40
		refused("a byte was changed", pack(t, other))
		refused("the rest is missing", pack(t, plain[:i]))
		refused("a byte is missing", pack(t, slices.Delete(slices.Clone(plain), i, i+1)))
	}
	for i := 0; i < file.Len(); i += 1 + file.Len()/15 {
		refused("the rest of the file is missing", file.Bytes()[:i])
	}
	refused("a byte was added", pack(t, append(slices.Clone(plain), 0)))
}

func unpack(t *testing.T, b []byte) []byte {
	t.Helper()
	z, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	out, err := z.DecodeAll(b, nil)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func pack(t *testing.T, b []byte) []byte {
	t.Helper()
	z, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return z.EncodeAll(b, nil)
}

// A table that nobody added to the backups would be lost with the first restore.
func TestEveryTableIsInTheBackup(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j.db")
	j, err := central.Open(t.Context(), path, central.Options{Sync: "normal"})
	if err != nil {
		t.Fatal(err)
	}
	c, err := j.Contents(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(t.Context(), "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'goose_db_version'")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(c.Tables, func(x central.TableSum) bool { return x.Name == name }) {
			t.Errorf("table %s is not in backupTables of backup.go", name)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}

// reopen opens a journal in another database of the world.
func reopen(t *testing.T, database string, w *world) *central.Journal {
	t.Helper()
	return journalIn(t, database, central.Options{Now: func() time.Time { return w.now }})
}
