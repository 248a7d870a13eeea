package local

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/wire"
)

func TestAWriteIsOneChangeWithTheStampsThatItReplaces(t *testing.T) {
	s, f := openTest(t), newFakeServer()
	id := sales.NewID()
	st := f.set("t:11", "partner", id, sales.Values{"name": "one", "phone": "1"})
	publish(t, s, f.page(st))

	mustWrite(t, s, update("partner", id, sales.Values{"phone": "2"}))
	mustWrite(t, s, update("partner", id, sales.Values{"phone": "3", "code": "c"}))
	got := mustUnsent(t, s)
	if len(got) != 2 || got[0].Counter != 1 || got[1].Counter != 2 {
		t.Fatalf("outbox: %+v", got)
	}
	phone, _ := sales.MustKind("partner").Field("phone")
	first := got[0].Fields[0]
	if first.Number != phone.Number || first.Base != st.Field(phone.Number).Stamp || first.Value != "2" {
		t.Errorf("first edit: %+v, want base %v", first, st.Field(phone.Number).Stamp)
	}
	var second wire.FieldEdit
	for _, e := range got[1].Fields {
		if e.Number == phone.Number {
			second = e
		} else if !e.Base.IsZero() {
			t.Errorf("a field that was never set has the base %v", e.Base)
		}
	}
	incarnation, err := s.Incarnation(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if want := (hlc.Stamp{HLC: got[0].HLC, Node: wire.NodeOf(incarnation)}); second.Base != want {
		t.Errorf("the base of an edit over a pending one is %v, want that one's stamp %v", second.Base, want)
	}
	if got[1].HLC <= got[0].HLC {
		t.Error("the clock does not run on")
	}
	healthy(t, s)
}

func TestEditsOfOneWriteTravelTogether(t *testing.T) {
	s := openTest(t)
	mustWrite(t, s, sales.CreateOf(sales.Partner{Name: "one"}), sales.CreateOf(sales.Partner{Name: "two"}), sales.CreateOf(sales.Partner{Name: "three"}))
	mustWrite(t, s, sales.CreateOf(sales.Partner{Name: "four"}))
	for limit, want := range map[int]int{1: 3, 2: 3, 3: 3, 4: 4, 10: 4} {
		got, err := s.Unsent(t.Context(), limit)
		if err != nil || len(got) != want {
			t.Errorf("at most %d gives %d changes, want %d (%v)", limit, len(got), want, err)
		}
	}
}

func TestASettledEditStaysInSightUntilThePullBringsIt(t *testing.T) {
	s, f := openTest(t), newFakeServer()
	id := sales.NewID()
	old := f.set("t:11", "partner", id, sales.Values{"name": "one"})
	publish(t, s, f.page(old))
	mustWrite(t, s, update("partner", id, sales.Values{"name": "mine"}))
	changes := mustUnsent(t, s)

	// A pull that was asked for before the push is settled brings the state before it.
	if _, err := s.Cursors(t.Context()); err != nil {
		t.Fatal(err)
	}
	before := f.page(f.set("t:11", "partner", id, sales.Values{"phone": "theirs"}))
	settle(t, s, f.take("t:11", changes, wire.NodeOf(s.incarnation))...)
	if _, err := s.Publish(t.Context(), before); err != nil {
		t.Fatal(err)
	}
	r, err := s.Get(t.Context(), "partner", id)
	if err != nil || r.Text("name") != "mine" || r.Text("phone") != "theirs" || r.Pending {
		t.Errorf("between push and pull: %v (pending %v), %v", r.Values, r.Pending, err)
	}
	publish(t, s, f.page(f.states[id]))
	if got := text(t, s, "partner", id, "name"); got != "mine" {
		t.Errorf("after the pull the name is %q", got)
	}
	if left, err := texts(t.Context(), s.reading, "SELECT record_id FROM wb_shadow"); err != nil || len(left) != 0 {
		t.Errorf("a shadow is left: %v, %v", left, err)
	}
	healthy(t, s)
}

func TestALostFieldLeavesTheOverlayWithThePull(t *testing.T) {
	s, f := openTest(t), newFakeServer()
	id := sales.NewID()
	publish(t, s, f.page(f.set("t:11", "partner", id, sales.Values{"name": "one"})))
	mustWrite(t, s, update("partner", id, sales.Values{"name": "mine"}))
	c := mustUnsent(t, s)[0]
	st := f.set("t:11", "partner", id, sales.Values{"name": "theirs"})
	settle(t, s, wire.Verdict{ChangeID: c.ID, Outcome: wire.Merged, Lost: []int{c.Fields[0].Number}})
	publish(t, s, f.page(st))
	if got := text(t, s, "partner", id, "name"); got != "theirs" {
		t.Errorf("after losing, the name is %q", got)
	}
	h, err := s.History(t.Context(), "partner", id)
	if err != nil || !slices.ContainsFunc(h, func(e sales.HistoryEntry) bool {
		return e.ChangeID == c.ID && e.Fields[0].Lost && e.Fields[0].New == "mine"
	}) {
		t.Errorf("the lost value is not in the history: %+v, %v", h, err)
	}
}

func TestPagesAreNotSeenBeforeTheirCheckpointIsWhole(t *testing.T) {
	dir := t.TempDir()
	s, f := openIn(t, dir), newFakeServer()
	a, b := sales.NewID(), sales.NewID()
	publish(t, s, f.page(f.set("t:11", "partner", a, sales.Values{"name": "old"})))

	first := wire.PullResponse{More: true, Records: []wire.RecordState{f.set("t:11", "partner", a, sales.Values{"name": "new"})}}
	first.Buckets = []wire.BucketState{{Cursor: wire.Cursor{Bucket: "t:11", Epoch: 1, Seq: 77}}}
	if err := s.Stage(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openIn(t, dir)
	if got := text(t, s, "partner", a, "name"); got != "old" {
		t.Errorf("a staged page is seen: %q", got)
	}
	cursors, err := s.Cursors(t.Context())
	if err != nil || len(cursors) != 1 || cursors[0].Seq != 77 {
		t.Errorf("the next page is asked for from %+v, %v", cursors, err)
	}
	got := publish(t, s, f.page(f.set("t:11", "partner", b, sales.Values{"name": "last"})))
	if got.Records != 2 || text(t, s, "partner", a, "name") != "new" || text(t, s, "partner", b, "name") != "last" {
		t.Errorf("published %+v", got)
	}
	healthy(t, s)
}

func TestTheFirstSyncIsSeenAsItComesAndGoesOnAfterARestart(t *testing.T) {
	dir := t.TempDir()
	s, f := openIn(t, dir), newFakeServer()
	own := mustWrite(t, s, sales.CreateOf(sales.Partner{Name: "written before the first sync"}))[0]
	a, b := sales.NewID(), sales.NewID()
	page := wire.PullResponse{More: true, Records: []wire.RecordState{f.set("t:11", "partner", a, sales.Values{"name": "first page"})}}
	page.Buckets = []wire.BucketState{{Cursor: wire.Cursor{Bucket: "t:11", Epoch: 1, Seq: 1}}}
	if err := s.Stage(t.Context(), page); err != nil {
		t.Fatal(err)
	}
	if got := text(t, s, "partner", a, "name"); got != "first page" {
		t.Errorf("the first page shows %q", got)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openIn(t, dir)
	publish(t, s, f.page(f.set("t:11", "partner", b, sales.Values{"name": "远景公司"})))
	if n, err := s.Count(t.Context(), sales.Query{Kind: "partner"}); err != nil || n != 3 {
		t.Errorf("%d partners, %v", n, err)
	}
	if got := text(t, s, "partner", own, "name"); got == "" {
		t.Error("what was written before is gone")
	}
	if hits, err := s.Search(t.Context(), "远景", "", 5); err != nil || len(hits) != 1 {
		t.Errorf("search: %v, %v", hits, err)
	}
	healthy(t, s)
}

func TestARecordThatLeavesABucketGoesUnlessItCameToAnother(t *testing.T) {
	s, f := openTest(t), newFakeServer()
	gone, moved := sales.NewID(), sales.NewID()
	f.set("t:11", "partner", sales.NewID(), sales.Values{"name": "stays"})
	var all []wire.RecordState
	f.set("t:12", "partner", sales.NewID(), sales.Values{"name": "other"})
	f.set("t:11", "partner", gone, sales.Values{"name": "gone"})
	f.set("t:11", "partner", moved, sales.Values{"name": "moved"})
	for _, st := range f.states {
		all = append(all, st)
	}
	publish(t, s, f.page(all...))

	delete(f.states, gone)
	next := f.set("t:12", "partner", moved, sales.Values{"region_code": "12"})
	publish(t, s, f.page(next, wire.RecordState{Kind: "partner", ID: gone, Bucket: "t:11", Moved: true}, wire.RecordState{Kind: "partner", ID: moved, Bucket: "t:11", Moved: true}))
	if _, err := s.Get(t.Context(), "partner", gone); !sales.HasCode(err, sales.CodeNotFound) {
		t.Errorf("a record that left is still there: %v", err)
	}
	if r, err := s.Get(t.Context(), "partner", moved); err != nil || r.Bucket != "t:12" {
		t.Errorf("a record that moved: %+v, %v", r, err)
	}
	healthy(t, s)
}

func TestALostBucketGoesAndItsUnsentEditsStay(t *testing.T) {
	s, f := openTest(t), newFakeServer()
	kept, lost := sales.NewID(), sales.NewID()
	publish(t, s, f.page(f.set("t:11", "partner", kept, sales.Values{"name": "kept"}), f.set("t:12", "partner", lost, sales.Values{"name": "lost"})))
	mustWrite(t, s, update("partner", lost, sales.Values{"notes": "unsent"}))
	delete(f.states, lost)
	publish(t, s, f.page())
	if _, err := s.Get(t.Context(), "partner", lost); !sales.HasCode(err, sales.CodeNotFound) {
		t.Errorf("a record of a lost bucket is still there: %v", err)
	}
	p := mustPending(t, s)
	if len(p) != 1 || p[0].Title != "lost" || p[0].Values["notes"] != "unsent" || len(mustUnsent(t, s)) != 1 {
		t.Errorf("the unsent edit: %+v", p)
	}
	healthy(t, s)
}

func TestABucketThatIsTakenAnewLosesWhatDoesNotComeAgain(t *testing.T) {
	for name, forget := range map[string]bool{"the server resets it": false, "its sum differed": true} {
		t.Run(name, func(t *testing.T) {
			s, f := openTest(t), newFakeServer()
			a, b := sales.NewID(), sales.NewID()
			publish(t, s, f.page(f.set("t:11", "partner", a, sales.Values{"name": "a"}), f.set("t:11", "partner", b, sales.Values{"name": "b"})))
			mustWrite(t, s, update("partner", a, sales.Values{"phone": "unsent"}))
			delete(f.states, b)
			page := f.page(f.set("t:11", "partner", a, sales.Values{"name": "A"}))
			if forget {
				if err := s.Forget(t.Context(), []string{"t:11"}); err != nil {
					t.Fatal(err)
				}
				if c, err := s.Cursors(t.Context()); err != nil || len(c) != 0 {
					t.Errorf("a forgotten bucket has a cursor: %v, %v", c, err)
				}
			} else {
				page.Buckets[0].Reset = true
			}
			got := publish(t, s, page)
			if !forget && !slices.Equal(got.Reset, []string{"t:11"}) {
				t.Errorf("reset: %v", got.Reset)
			}
			r, err := s.Get(t.Context(), "partner", a)
			if err != nil || r.Text("name") != "A" || r.Text("phone") != "unsent" {
				t.Errorf("the edited record: %v, %v", r.Values, err)
			}
			if _, err := s.Get(t.Context(), "partner", b); !sales.HasCode(err, sales.CodeNotFound) {
				t.Errorf("what did not come again is still there: %v", err)
			}
			healthy(t, s)
		})
	}
}

func TestADifferentSumIsReported(t *testing.T) {
	s, f := openTest(t), newFakeServer()
	page := f.page(f.set("t:11", "partner", sales.NewID(), sales.Values{"name": "a"}))
	page.Buckets[0].Checksum[3] ^= 1
	got, err := s.Publish(t.Context(), page)
	if err != nil || !slices.Equal(got.Mismatched, []string{"t:11"}) {
		t.Errorf("mismatched: %v, %v", got.Mismatched, err)
	}
}

func TestADeletedRecordGoesAndRefusedEditsOfItCanBeMadeAnew(t *testing.T) {
	s, f := openTest(t), newFakeServer()
	id := sales.NewID()
	f.set("t:11", "partner", sales.NewID(), sales.Values{"name": "other"})
	f.set("t:11", "partner", id, sales.Values{"name": "one", "phone": "1"})
	var all []wire.RecordState
	for _, st := range f.states {
		all = append(all, st)
	}
	publish(t, s, f.page(all...))
	mustWrite(t, s, update("partner", id, sales.Values{"notes": "mine"}))
	c := mustUnsent(t, s)[0]
	dead := f.states[id]
	dead.Deleted, dead.Fields = true, nil
	f.states[id] = dead
	settle(t, s, wire.Verdict{ChangeID: c.ID, Outcome: wire.Rejected, Code: sales.CodeGone})
	publish(t, s, f.page(dead))
	if _, err := s.Get(t.Context(), "partner", id); !sales.HasCode(err, sales.CodeNotFound) {
		t.Fatalf("a deleted record is still there: %v", err)
	}
	if err := s.Retry(t.Context(), mustPending(t, s)[0].ID); err != nil {
		t.Fatal(err)
	}
	p := mustPending(t, s)
	if len(p) != 1 || p[0].Verb != sales.Create || p[0].RecordID == id {
		t.Fatalf("made anew: %+v", p)
	}
	r, err := s.Get(t.Context(), "partner", p[0].RecordID)
	if err != nil || r.Text("name") != "one" || r.Text("phone") != "1" || r.Text("notes") != "mine" {
		t.Errorf("the new record: %v, %v", r.Values, err)
	}
	healthy(t, s)
}

func TestWhatTheServerLostIsSentAgain(t *testing.T) {
	s, f := openTest(t), newFakeServer()
	id := sales.NewID()
	old := f.set("t:11", "partner", id, sales.Values{"name": "one"})
	publish(t, s, f.page(old))
	mustWrite(t, s, update("partner", id, sales.Values{"name": "mine"}))
	sent := mustUnsent(t, s)
	settle(t, s, f.take("t:11", sent, wire.NodeOf(s.incarnation))...)
	publish(t, s, f.page(f.states[id]))

	f.states[id] = old // the server is put back to an old backup
	page := f.page(old)
	page.Buckets[0].Reset = true
	publish(t, s, page)
	if got := text(t, s, "partner", id, "name"); got != "one" {
		t.Errorf("after the reset: %q", got)
	}
	n, err := s.Resend(t.Context())
	if err != nil || n != 1 {
		t.Fatalf("resent %d, %v", n, err)
	}
	again := mustUnsent(t, s)
	if len(again) != 1 || again[0].ID != sent[0].ID || again[0].HLC != sent[0].HLC || again[0].Counter != sent[0].Counter {
		t.Errorf("sent again: %+v, first: %+v", again, sent)
	}
	if got := text(t, s, "partner", id, "name"); got != "mine" {
		t.Errorf("while it is sent again: %q", got)
	}
	healthy(t, s)
}

func TestWhatThisProgramDoesNotKnowIsKept(t *testing.T) {
	s, f := openTest(t), newFakeServer()
	id := sales.NewID()
	st := f.set("t:11", "partner", id, sales.Values{"name": "one"})
	st.Fields = append(st.Fields, wire.FieldState{Number: 900, Value: []string{"from", "later"}, Stamp: st.Created})
	f.states[id] = st
	alien := wire.RecordState{Kind: "#77", ID: uuid.NewString(), Bucket: "t:11", Created: st.Created, Fields: []wire.FieldState{{Number: 1, Value: "x", Stamp: st.Created}}}
	f.states[alien.ID] = alien
	publish(t, s, f.page(st, alien))
	mustWrite(t, s, update("partner", id, sales.Values{"phone": "2"}))
	held, err := shadow(t.Context(), s.reading, id)
	if err != nil {
		t.Fatal(err)
	}
	if got := held.Field(900); got == nil || !sales.Same(got.Value, []string{"from", "later"}) {
		t.Errorf("the unknown field: %+v", got)
	}
	healthy(t, s)
	// A checkpoint without news still fits the sums.
	publish(t, s, f.page())
}

func TestSubscribersHearWhatChanged(t *testing.T) {
	s, f := openTest(t), newFakeServer()
	var heard []string
	cancel := s.Subscribe(func(kinds []string) { heard = append(heard, kinds...) })
	mustWrite(t, s, sales.CreateOf(sales.Task{Title: "t"}))
	publish(t, s, f.page(f.set("t:11", "partner", sales.NewID(), sales.Values{"name": "a"})))
	for _, kind := range []string{"task", "partner"} {
		if !slices.Contains(heard, kind) {
			t.Errorf("nothing was heard of %s: %v", kind, heard)
		}
	}
	cancel()
	heard = nil
	mustWrite(t, s, sales.CreateOf(sales.Task{Title: "t"}))
	if len(heard) > 0 {
		t.Errorf("heard after the end: %v", heard)
	}
}
