package local

import (
	"slices"
	"testing"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/wire"
)

func damage(t *testing.T, s *Store, query string, args ...any) {
	t.Helper()
	if _, err := s.db.Writer().ExecContext(t.Context(), query, args...); err != nil {
		t.Fatal(err)
	}
}

// A damaged byte in a change that the server has had for a month keeps nobody from the workbook.
func TestAWorkbookOpensOverADamagedChangeThatIsDoneWith(t *testing.T) {
	dir, now := t.TempDir(), time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	begin := func() (*Store, error) {
		return Open(t.Context(), dir, Options{Now: func() time.Time { return now }, NoBackup: true, Sync: "off"})
	}
	s, err := begin()
	if err != nil {
		t.Fatal(err)
	}
	f := newFakeServer()
	partner := mustWrite(t, s, sales.CreateOf(sales.Partner{Name: "p"}))[0]
	mustWrite(t, s, update("partner", partner, sales.Values{"notes": "they open at ten"}))
	onServer(t, s, f)
	damage(t, s, "UPDATE wb_outbox SET fields = replace(fields, '[', '<') WHERE counter = 1")
	now = now.Add(40 * 24 * time.Hour)
	if err := s.Observe(t.Context(), hlc.ReadingAt(now)); err != nil {
		t.Fatal(err)
	}
	publish(t, s, f.page())
	closeStore(t, s)
	if s, err = begin(); err != nil {
		t.Fatalf("the workbook does not open: %v", err)
	}
	defer closeStore(t, s)
	if text(t, s, "partner", partner, "notes") != "they open at ten" {
		t.Error("the record is not there")
	}
	if n, err := s.Resend(t.Context()); err != nil || n != 0 {
		t.Errorf("%d changes are sent again, %v", n, err)
	}
	healthy(t, s)
}

// A server state that cannot be read any more below a pending edit stops no pull: the server gives it again.
func TestAPullGoesOnOverAServerStateThatCannotBeRead(t *testing.T) {
	for name, page := range map[string]func(f *fakeServer, id string){
		"it comes again": func(f *fakeServer, id string) { f.set("t:11", "partner", id, sales.Values{"phone": "2"}) },
		"it is deleted": func(f *fakeServer, id string) {
			st := f.set("t:11", "partner", id, nil)
			st.Deleted = true
			f.states[id] = st
		},
		"its bucket is lost": func(f *fakeServer, id string) { delete(f.states, id) },
	} {
		t.Run(name, func(t *testing.T) {
			s, f := openTest(t), newFakeServer()
			id, other := sales.NewID(), sales.NewID()
			publish(t, s, f.page(f.set("t:11", "partner", id, sales.Values{"name": "one", "phone": "1"}), f.set("o", "partner", other, sales.Values{"name": "other"})))
			mustWrite(t, s, update("partner", id, sales.Values{"notes": "mine"}))
			damage(t, s, "UPDATE wb_shadow SET state = replace(state, '{', '<')")
			page(f, id)
			f.set("o", "partner", other, sales.Values{"name": "other two"})
			records := f.page().Records
			for id := range f.states {
				records = append(records, f.states[id])
			}
			if _, err := s.Cursors(t.Context()); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Publish(t.Context(), f.page(records...)); err != nil {
				t.Fatalf("the pull is stopped: %v", err)
			}
			if got := text(t, s, "partner", other, "name"); got != "other two" {
				t.Errorf("another record holds %q", got)
			}
			if name == "it comes again" {
				if r, err := s.Get(t.Context(), "partner", id); err != nil || r.Text("phone") != "2" || r.Text("notes") != "mine" {
					t.Errorf("the record holds %v, %v", r.Values, err)
				}
			}
			if len(mustPending(t, s)) != 1 {
				t.Error("the edit is gone")
			}
		})
	}
}

// A kept page of a checkpoint that cannot be read any more is fetched again.
func TestADamagedPageOfACheckpointIsFetchedAgain(t *testing.T) {
	s, f := openTest(t), newFakeServer()
	publish(t, s, f.page(f.set("t:11", "partner", sales.NewID(), sales.Values{"name": "one"})))
	before, err := s.Cursors(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	id := sales.NewID()
	first := wire.PullResponse{More: true, Records: []wire.RecordState{f.set("t:11", "partner", id, sales.Values{"name": "two"})}}
	first.Buckets = []wire.BucketState{{Cursor: wire.Cursor{Bucket: "t:11", Epoch: 1, Seq: 2}}}
	if err := s.Stage(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	damage(t, s, "UPDATE wb_stage SET state = replace(state, '{', '<')")
	if _, err := s.Publish(t.Context(), f.page()); err == nil {
		t.Error("the checkpoint was published without the page")
	}
	if after, err := s.Cursors(t.Context()); err != nil || !slices.Equal(after, before) {
		t.Errorf("the next pull begins at %v, %v", after, err)
	}
	publish(t, s, f.page(f.states[id]))
	if text(t, s, "partner", id, "name") != "two" {
		t.Error("the record is not there")
	}
}

// A damaged byte in a change that was not sent yet holds up no other: the change is made whole again from the record, which has what was written, and where that
// is not possible its user is told.
func TestADamagedUnsentChangeHoldsUpNoOther(t *testing.T) {
	dir := t.TempDir()
	s, f := openIn(t, dir), newFakeServer()
	known, doomed := sales.NewID(), sales.NewID()
	publish(t, s, f.page(f.set("t:11", "partner", known, sales.Values{"name": "one", "phone": "1"}), f.set("t:11", "partner", doomed, sales.Values{"name": "two"})))
	made := mustWrite(t, s, sales.CreateOf(sales.Partner{Name: "made", Notes: "by me"}))[0]
	mustWrite(t, s, update("partner", known, sales.Values{"phone": "2"}))
	mustWrite(t, s, sales.Edit{Verb: sales.Delete, Kind: "partner", ID: doomed})
	mustWrite(t, s, update("partner", known, sales.Values{"name": "uno"}))
	mustWrite(t, s, sales.CreateOf(sales.Task{Title: "sound"}))
	lost := mustWrite(t, s, sales.CreateOf(sales.Task{Title: "of which nothing is left"}))[0]
	damage(t, s, "UPDATE wb_outbox SET fields = replace(fields, '[', '<') WHERE counter IN (1, 2, 3, 6)")
	damage(t, s, "DELETE FROM task WHERE id = ?", lost)
	closeStore(t, s)
	s = openIn(t, dir)
	sent := mustUnsent(t, s)
	if len(sent) != 5 {
		t.Fatalf("%d changes are sent: %+v", len(sent), sent)
	}
	values := func(c wire.Change) sales.Values {
		return (&wire.RecordState{Kind: c.Kind, ID: c.RecordID, Fields: statesOf(c.Fields)}).Record().Values
	}
	if v := values(sent[0]); sent[0].RecordID != made || v["name"] != "made" || v["notes"] != "by me" {
		t.Errorf("the creation: %+v", sent[0])
	}
	phone, _ := sales.MustKind("partner").Field("phone")
	if v := values(sent[1]); len(v) != 1 || v["phone"] != "2" || sent[1].Fields[0].Base != f.stamp(known, phone.Number) {
		t.Errorf("the edit: %+v", sent[1])
	}
	if sent[2].Verb != sales.Delete || sent[2].Base != f.states[doomed].Fields[0].Stamp || len(sent[2].Fields) != 1 {
		t.Errorf("the deletion: %+v", sent[2])
	}
	p := mustPending(t, s)
	told := slices.IndexFunc(p, func(p sales.Pending) bool { return p.RecordID == lost })
	if told < 0 || p[told].State != sales.Rejected || p[told].Problem.Code != sales.CodeStorage || p[told].Problem.Hint == "" {
		t.Errorf("in the tray: %+v", p)
	}
	if err := s.Undo(t.Context(), p[told].ID); err != nil {
		t.Error(err)
	}
}

// The deep check mends such a change without the workbook being opened anew.
func TestADeepCheckMakesADamagedChangeWhole(t *testing.T) {
	s := openTest(t)
	id := mustWrite(t, s, sales.CreateOf(sales.Partner{Name: "made"}))[0]
	damage(t, s, "UPDATE wb_outbox SET fields = replace(fields, '[', '<')")
	found, err := s.Check(t.Context(), true)
	if err != nil || len(found) != 1 || found[0].Code != "outbox" {
		t.Fatalf("found %+v, %v", found, err)
	}
	if err := s.Rebuild(t.Context(), found, false); err != nil {
		t.Fatal(err)
	}
	if got := mustUnsent(t, s); len(got) != 1 || got[0].RecordID != id || len(got[0].Fields) == 0 {
		t.Errorf("to be sent: %+v", got)
	}
	healthy(t, s)
}
