package local

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rounds-field/rounds/internal/faultfs"
	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

// later is a made-up history that ends in today's declarations: the phone of a partner was called telephone, 90, a contact's name and job were one field,
// 91, and priorities had another name.
var later = sales.Versions{Now: 5, Lifts: []sales.Lift{
	sales.Renamed(2, "partner", sales.Old{Number: 90, Name: "telephone", Type: sales.Text}, 7),
	sales.Divided(3, "contact", sales.Old{Number: 91, Name: "full_name", Type: sales.Text}, []int{3, 4}, func(v any) []any {
		s, _ := v.(string)
		name, job, _ := strings.Cut(s, ", ")
		return []any{name, job}
	}),
	sales.Replaced(4, "partner", 15, map[string]string{"hot": "warm"}),
	sales.Filled(5, "partner", 9, "none"),
}}

func openVersion(t *testing.T, dir string, v sales.Versions) (*Store, error) {
	t.Helper()
	return Open(context.Background(), dir, Options{Logger: slog.New(slog.DiscardHandler), NoBackup: true, Versions: v})
}

// aged is a workbook as version 1 left it.
type aged struct {
	theirs, edited, mine, contact string
	server                        *fakeServer
}

// old renumbers a state of today as version 1 had it.
func old(st wire.RecordState) wire.RecordState {
	for i := range st.Fields {
		switch {
		case st.Kind == "partner" && st.Fields[i].Number == 7:
			st.Fields[i].Number = 90
		case st.Kind == "contact" && st.Fields[i].Number == 3:
			st.Fields[i].Number, st.Fields[i].Value = 91, fmt.Sprint(st.Fields[i].Value, ", buyer")
		}
	}
	slices.SortFunc(st.Fields, func(a, b wire.FieldState) int { return a.Number - b.Number })
	return st
}

// version1 makes a workbook in dir as an app of version 1 left it: records of a server, one of them edited, one of its own, in tables with the columns
// of that version, and an outbox that speaks its numbers.
func version1(t *testing.T, dir string) aged {
	t.Helper()
	s, err := openVersion(t, dir, sales.Versions{Now: 1})
	if err != nil {
		t.Fatal(err)
	}
	a := aged{theirs: sales.NewID(), edited: sales.NewID(), mine: sales.NewID(), contact: sales.NewID(), server: newFakeServer()}
	publish(t, s, a.server.page(
		old(a.server.set("t:11", "partner", a.theirs, sales.Values{"name": "theirs", "phone": "555 0001", "tags": []string{"hot"}})),
		old(a.server.set("t:11", "partner", a.edited, sales.Values{"name": "edited", "phone": "555 0002", "website": "w"})),
		old(a.server.set("t:11", "contact", a.contact, sales.Values{"name": "Li Na", "partner_id": a.theirs})),
	))
	err = s.write(t.Context(), "write as version 1", func(tx *txn) error {
		edit := &change{
			Change: wire.Change{Kind: "partner", RecordID: a.edited, Verb: sales.Update, Fields: []wire.FieldEdit{{Number: 90, Value: "555 0003"}}},
			before: map[int]any{90: "555 0002"}, title: "edited",
		}
		server, err := tx.server(t.Context(), tables["partner"], a.edited)
		if err != nil {
			return err
		}
		edit.Fields[0].Base = server.Field(90).Stamp
		if err := tx.append(t.Context(), edit, 0); err != nil {
			return err
		}
		if err := tx.rebase(t.Context(), tables["partner"], a.edited, server); err != nil {
			return err
		}
		create := &change{Change: wire.Change{Kind: "partner", RecordID: a.mine, Verb: sales.Create, Fields: []wire.FieldEdit{
			{Number: 2, Value: "mine"}, {Number: 15, Value: []string{"hot"}, Added: []string{"hot"}}, {Number: 90, Value: "555 0004"},
		}}, title: "mine"}
		if err := tx.append(t.Context(), create, 0); err != nil {
			return err
		}
		if err := tx.rebase(t.Context(), tables["partner"], a.mine, nil); err != nil {
			return err
		}
		return ownColumns1(t, tx)
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return a
}

// ownColumns1 gives the tables the columns that version 1 declared, and moves there what this program keeps as unknown to it.
func ownColumns1(t *testing.T, tx *txn) error {
	t.Helper()
	for kind, f := range map[string]sales.Old{"partner": {Number: 90, Name: "telephone"}, "contact": {Number: 91, Name: "full_name"}} {
		tb := tables[kind]
		if _, err := tx.Exec("ALTER TABLE " + tb.name + " ADD COLUMN " + f.Name + " TEXT"); err != nil {
			return err
		}
		ids, err := texts(t.Context(), tx, "SELECT id FROM "+tb.name+" WHERE _unknown IS NOT NULL")
		if err != nil {
			return err
		}
		for _, id := range ids {
			r, err := tb.load(t.Context(), tx, id)
			if err != nil {
				return err
			}
			if _, err := tx.Exec("UPDATE "+tb.name+" SET _unknown = NULL, "+f.Name+" = ? WHERE id = ?", r.unknown[0].Value.any, id); err != nil {
				return err
			}
		}
	}
	return nil
}

// outboxBytes is everything that is immutable in the outbox.
func outboxBytes(t *testing.T, s *Store) string {
	t.Helper()
	rows, err := s.db.Reader().QueryContext(t.Context(), `SELECT id, incarnation, counter, grp, kind, record_id, verb, hlc, schema, coalesce(hex(base), ''), fields, author, title, written_at, state
		FROM wb_outbox ORDER BY pos`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	h := sha256.New()
	n := 0
	for rows.Next() {
		v := make([]any, 15)
		p := make([]any, 15)
		for i := range v {
			p[i] = &v[i]
		}
		if err := rows.Scan(p...); err != nil {
			t.Fatal(err)
		}
		n++
		fmt.Fprintln(h, v...)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%d changes %x", n, h.Sum(nil))
}

// asToday checks that a workbook that version 1 left shows what was in it.
func (a aged) asToday(t *testing.T, s *Store) {
	t.Helper()
	for id, phone := range map[string]string{a.theirs: "555 0001", a.edited: "555 0003", a.mine: "555 0004"} {
		if got := text(t, s, "partner", id, "phone"); got != phone {
			t.Errorf("phone %q, want %q", got, phone)
		}
	}
	for id, site := range map[string]string{a.theirs: "none", a.edited: "w", a.mine: "none"} {
		if got := text(t, s, "partner", id, "website"); got != site {
			t.Errorf("website %q, want %q", got, site)
		}
	}
	for _, id := range []string{a.theirs, a.mine} {
		r, err := s.Get(t.Context(), "partner", id)
		if tags := sales.As[sales.Partner](r).Tags; err != nil || len(tags) != 1 || tags[0] != "warm" {
			t.Errorf("tags %v, %v", tags, err)
		}
	}
	if name, job := text(t, s, "contact", a.contact, "name"), text(t, s, "contact", a.contact, "job_title"); name != "Li Na" || job != "buyer" {
		t.Errorf("contact %q, %q", name, job)
	}
	for words, id := range map[string]string{"5550001": a.theirs, "Li Na": a.contact, "5550004": a.mine} {
		s.WaitForSearch()
		hits, err := s.Search(t.Context(), words, "", 5)
		if err != nil || len(hits) == 0 || hits[0].ID != id {
			t.Errorf("%q finds %v, %v", words, hits, err)
		}
	}
	healthy(t, s)
}

func TestAWorkbookOfAnEarlierVersionIsLifted(t *testing.T) {
	dir := t.TempDir()
	a := version1(t, dir)
	before, err := openVersion(t, dir, sales.Versions{Now: 1})
	if err != nil {
		t.Fatal(err)
	}
	want := outboxBytes(t, before)
	if err := before.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := openVersion(t, dir, later)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	a.asToday(t, s)
	if got := outboxBytes(t, s); got != want {
		t.Errorf("the outbox became %s, was %s", got, want)
	}
	for _, c := range mustUnsent(t, s) { // what is sent is what was written
		if c.Schema != 1 || !hasNumber(c.Fields, 90) || hasNumber(c.Fields, 7) {
			t.Errorf("sent: schema %d, %+v", c.Schema, c.Fields)
		}
	}
	pending, err := s.Pending(t.Context())
	if err != nil || len(pending) != 2 || pending[0].Values["phone"] != "555 0003" || pending[0].Before["phone"] != "555 0002" {
		t.Errorf("the tray shows %+v, %v", pending, err)
	}
	// An edit of today on top of one of version 1 names that one's stamp as its base.
	mustWrite(t, s, update("partner", a.edited, sales.Values{"phone": "555 0009"}))
	list := mustUnsent(t, s)
	last := list[len(list)-1]
	if last.Schema != 5 || last.Fields[0].Number != 7 || last.Fields[0].Base.HLC != list[0].HLC {
		t.Errorf("the next edit is %+v", last)
	}
	if err := s.Undo(t.Context(), last.ID); err != nil {
		t.Fatal(err)
	}
	// The server's own records, lifted by itself, agree with what this device made of its copy.
	theirs := func(id string) wire.RecordState {
		st := a.server.states[id]
		next, _ := wire.LiftState(later, 1, &st)
		a.server.states[id] = *next
		return *next
	}
	page := []wire.RecordState{theirs(a.theirs), theirs(a.edited), theirs(a.contact)}
	got, err := s.Publish(t.Context(), a.server.page(page...))
	if err != nil || len(got.Mismatched) > 0 {
		t.Errorf("after the server's records came: %+v, %v", got, err)
	}
}

func hasNumber(fields []wire.FieldEdit, n int) bool {
	for _, f := range fields {
		if f.Number == n {
			return true
		}
	}
	return false
}

func TestAWorkbookThatANewerVersionUsedIsRefused(t *testing.T) {
	dir := t.TempDir()
	s, err := openVersion(t, dir, later)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := openVersion(t, dir, sales.Versions{Now: 1}); !sales.HasCode(err, sales.CodeInvalid) || !strings.Contains(err.Error(), "newer version") {
		t.Errorf("opening it with version 1 gives %v", err)
	}
	if s, err = openVersion(t, dir, later); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// photograph copies a folder's files as they are now: what a program that is killed now leaves behind.
func photograph(t *testing.T, from, to string) {
	t.Helper()
	if err := os.MkdirAll(to, 0o700); err != nil {
		t.Fatal(err)
	}
	found, err := filepath.Glob(filepath.Join(from, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range found {
		if strings.HasSuffix(name, "-shm") {
			continue // made anew from the log
		}
		in, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		out, err := os.Create(filepath.Join(to, filepath.Base(name)))
		if err == nil {
			_, err = io.Copy(out, in)
		}
		if err != nil {
			t.Fatal(err)
		}
		_, _ = in.Close(), out.Close()
	}
}

func TestAKillAtEveryWriteOfAMigrationLosesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: make test-long runs it without the race detector")
	}
	dir := filepath.Join(t.TempDir(), "book")
	a := version1(t, dir)
	forgetSchema(t, dir)
	album := t.TempDir()
	disk := faultfs.Watch(t, filepath.Dir(dir))
	n := 0
	disk.Before(func(int, string) {
		photograph(t, dir, filepath.Join(album, fmt.Sprint(n)))
		n++
	})
	s, err := openVersion(t, dir, later)
	if err != nil {
		t.Fatal(err)
	}
	disk.Before(nil)
	want := outboxBytes(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if n < 20 {
		t.Fatalf("only %d writes were seen", n)
	}
	for i := range n {
		again(t, dir, filepath.Join(album, fmt.Sprint(i)))
		s, err := openVersion(t, dir, later)
		if err != nil {
			t.Fatalf("killed before write %d of %d: %v", i, n, err)
		}
		if got := outboxBytes(t, s); got != want {
			t.Errorf("killed before write %d of %d: the outbox is %s, was %s", i, n, got, want)
		}
		a.asToday(t, s)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if t.Failed() {
			return
		}
	}
	t.Logf("killed before each of %d writes", n)
}

// forgetSchema takes a workbook back to before the tables followed this program's declarations: one table, one column and an index less.
func forgetSchema(t *testing.T, dir string) {
	t.Helper()
	s, err := openVersion(t, dir, sales.Versions{Now: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, query := range []string{
		"DROP TABLE announcement", "DROP INDEX ix_task_status", "ALTER TABLE product DROP COLUMN price", "UPDATE wb_meta SET value = 'older' WHERE key = 'schema'",
	} {
		if _, err := s.db.Writer().ExecContext(t.Context(), query); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// again puts a folder back to how it was photographed.
func again(t *testing.T, dir, photo string) {
	t.Helper()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	photograph(t, photo, dir)
}
