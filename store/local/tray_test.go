package local

import (
	"slices"
	"testing"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

func refuse(t *testing.T, s *Store, c wire.Change) {
	t.Helper()
	settle(t, s, wire.Verdict{ChangeID: c.ID, Outcome: wire.Rejected, Code: sales.CodeForbidden, Message: "no", Hint: "ask"})
}

func TestARefusedEditStaysInSightAndInTheTrayUntilItIsMended(t *testing.T) {
	s, f := openTest(t), newFakeServer()
	id := sales.NewID()
	publish(t, s, f.page(f.set("t:11", "partner", id, sales.Values{"name": "one", "phone": "1"})))
	mustWrite(t, s, update("partner", id, sales.Values{"name": "bad", "phone": "2"}))
	refuse(t, s, mustUnsent(t, s)[0])

	r, err := s.Get(t.Context(), "partner", id)
	if err != nil || r.Text("name") != "bad" || !r.Pending {
		t.Errorf("after the refusal: %v, pending %v, %v", r.Values, r.Pending, err)
	}
	p := mustPending(t, s)
	if len(p) != 1 || p[0].State != sales.Rejected || p[0].Problem.Code != sales.CodeForbidden || p[0].Before["phone"] != "1" {
		t.Fatalf("tray: %+v", p)
	}
	if got := mustUnsent(t, s); len(got) != 0 {
		t.Errorf("a refused change is sent again: %+v", got)
	}

	mustWrite(t, s, update("partner", id, sales.Values{"name": "good"}))
	p = mustPending(t, s)
	if len(p) != 1 || p[0].State != sales.Waiting || p[0].Values["name"] != "good" || p[0].Values["phone"] != "2" {
		t.Errorf("after mending: %+v", p)
	}
	sent := mustUnsent(t, s)
	if len(sent) != 1 || sent[0].Counter != 2 || sent[0].Fields[0].Base != f.stamp(id, sent[0].Fields[0].Number) {
		t.Errorf("the mended change: %+v", sent)
	}
	healthy(t, s)
}

func TestRetryWritesARefusedCreationAnewWithAllThatWaitsForIt(t *testing.T) {
	s := openTest(t)
	partner := mustWrite(t, s, sales.CreateOf(sales.Partner{Name: "p"}))[0]
	task := mustWrite(t, s, sales.CreateOf(sales.Task{Title: "t", PartnerID: partner}))[0]
	mustWrite(t, s, update("task", task, sales.Values{"notes": "later"}))
	first := mustUnsent(t, s)
	refuse(t, s, first[0])
	settle(t, s, wire.Verdict{ChangeID: first[1].ID, Outcome: wire.Held}, wire.Verdict{ChangeID: first[2].ID, Outcome: wire.Held})
	if got := mustUnsent(t, s); len(got) != 0 {
		t.Fatalf("sent while the creation is refused: %+v", got)
	}
	if err := s.Retry(t.Context(), first[0].ID); err != nil {
		t.Fatal(err)
	}
	got := mustUnsent(t, s)
	if len(got) != 2 || got[0].RecordID != partner || got[1].RecordID != task || got[0].Verb != sales.Create || got[1].Verb != sales.Create {
		t.Fatalf("written anew: %+v", got)
	}
	for _, c := range got {
		if slices.ContainsFunc(first, func(o wire.Change) bool { return o.ID == c.ID || o.Counter == c.Counter }) {
			t.Errorf("%s is not new", c.ID)
		}
	}
	if text(t, s, "task", task, "notes") != "later" {
		t.Error("the later edit is lost")
	}
	healthy(t, s)
}

func TestUndoGivesBackWhatTheRecordHeld(t *testing.T) {
	s, f := openTest(t), newFakeServer()
	id := sales.NewID()
	publish(t, s, f.page(f.set("t:11", "partner", id, sales.Values{"name": "one", "phone": "1"})))
	mustWrite(t, s, update("partner", id, sales.Values{"name": "two"}))
	mustWrite(t, s, update("partner", id, sales.Values{"phone": "2"}))
	mustWrite(t, s, update("partner", id, sales.Values{"name": "three"}))
	if err := s.Undo(t.Context(), mustPending(t, s)[0].ID); err != nil {
		t.Fatal(err)
	}
	if text(t, s, "partner", id, "name") != "three" || text(t, s, "partner", id, "phone") != "2" {
		t.Error("undoing one edit took others with it")
	}
	// What was written over the undone value is based on what the server has.
	name, _ := sales.MustKind("partner").Field("name")
	for _, c := range mustUnsent(t, s) {
		for _, e := range c.Fields {
			if e.Number == name.Number && e.Base != f.stamp(id, name.Number) {
				t.Errorf("the base of the name is %v", e.Base)
			}
		}
	}
	s2, f2 := openTest(t), newFakeServer()
	publish(t, s2, f2.page(f2.set("t:11", "partner", id, sales.Values{"name": "one"})))
	mustWrite(t, s2, update("partner", id, sales.Values{"name": "two", "phone": "9"}), sales.CreateOf(sales.Task{Title: "with it"}))
	if err := s2.Undo(t.Context(), mustPending(t, s2)[1].ID); err != nil {
		t.Fatal(err)
	}
	r, err := s2.Get(t.Context(), "partner", id)
	if err != nil || r.Text("name") != "one" || r.Text("phone") != "" || r.Pending || len(mustPending(t, s2)) != 0 {
		t.Errorf("after undoing the group: %v, %v", r.Values, err)
	}
	if n, err := s2.Count(t.Context(), sales.Query{Kind: "task"}); err != nil || n != 0 {
		t.Errorf("%d tasks are left of the group, %v", n, err)
	}
	healthy(t, s)
	healthy(t, s2)
}

func TestACreationIsNotUndoneWhileOthersReferToIt(t *testing.T) {
	s := openTest(t)
	partner := mustWrite(t, s, sales.CreateOf(sales.Partner{Name: "p"}))[0]
	mustWrite(t, s, update("partner", partner, sales.Values{"phone": "1"}))
	mustWrite(t, s, sales.CreateOf(sales.Task{Title: "t", PartnerID: partner}))
	p := mustPending(t, s)
	if err := s.Undo(t.Context(), p[0].ID); !sales.HasCode(err, sales.CodeBadReference) {
		t.Errorf("undo a partner that a task refers to: %v", err)
	}
	for _, c := range []string{p[2].ID, p[0].ID} {
		if err := s.Undo(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	if left := mustPending(t, s); len(left) != 0 {
		t.Errorf("left in the tray: %+v", left)
	}
	if _, err := s.Get(t.Context(), "partner", partner); !sales.HasCode(err, sales.CodeNotFound) {
		t.Errorf("the undone partner: %v", err)
	}
	healthy(t, s)
}

func TestWhatMayBeAtTheServerIsUndoneByAFurtherChange(t *testing.T) {
	s, f := openTest(t), newFakeServer()
	id := sales.NewID()
	publish(t, s, f.page(f.set("t:11", "partner", id, sales.Values{"name": "one"})))
	mustWrite(t, s, update("partner", id, sales.Values{"name": "two", "phone": "1"}))
	sent := mustUnsent(t, s) // the answer was lost
	if err := s.Undo(t.Context(), sent[0].ID); err != nil {
		t.Fatal(err)
	}
	if text(t, s, "partner", id, "name") != "one" || text(t, s, "partner", id, "phone") != "" {
		t.Error("the old values are not back")
	}
	again := mustUnsent(t, s)
	if len(again) != 2 || again[0].ID != sent[0].ID {
		t.Fatalf("to be sent: %+v", again)
	}
	settle(t, s, f.take("t:11", again, wire.NodeOf(s.incarnation))...)
	publish(t, s, f.page(f.states[id]))
	if text(t, s, "partner", id, "name") != "one" {
		t.Error("the server has the undone value")
	}
	healthy(t, s)
}

func TestARefusedDeletionShowsTheRecordAgain(t *testing.T) {
	s, f := openTest(t), newFakeServer()
	id := sales.NewID()
	publish(t, s, f.page(f.set("t:11", "partner", id, sales.Values{"name": "one"})))
	mustWrite(t, s, sales.Edit{Verb: sales.Delete, Kind: "partner", ID: id})
	if _, err := s.Get(t.Context(), "partner", id); !sales.HasCode(err, sales.CodeNotFound) {
		t.Errorf("a deleted record is in sight: %v", err)
	}
	refuse(t, s, mustUnsent(t, s)[0])
	if r, err := s.Get(t.Context(), "partner", id); err != nil || !r.Pending {
		t.Errorf("after the refusal: %+v, %v", r, err)
	}
	mustWrite(t, s, update("partner", id, sales.Values{"name": "kept"}))
	got := mustUnsent(t, s)
	if len(got) != 1 || got[0].Verb != sales.Update {
		t.Errorf("an edit does not take the deletion back: %+v", got)
	}
	healthy(t, s)
}

func TestARefusedCreationThatIsDeletedIsForgotten(t *testing.T) {
	s := openTest(t)
	id := mustWrite(t, s, sales.CreateOf(sales.Task{Title: "t"}))[0]
	refuse(t, s, mustUnsent(t, s)[0])
	mustWrite(t, s, sales.Edit{Verb: sales.Delete, Kind: "task", ID: id})
	if p := mustPending(t, s); len(p) != 0 {
		t.Errorf("left in the tray: %+v", p)
	}
	healthy(t, s)
}

func TestWhatOthersReferToIsNotDeleted(t *testing.T) {
	s := openTest(t)
	partner := mustWrite(t, s, sales.CreateOf(sales.Partner{Name: "p"}))[0]
	task := mustWrite(t, s, sales.CreateOf(sales.Task{Title: "call them", PartnerID: partner}))[0]
	_, err := s.Write(t.Context(), sales.Edit{Verb: sales.Delete, Kind: "partner", ID: partner})
	if !sales.HasCode(err, sales.CodeBadReference) {
		t.Errorf("delete a partner with a task: %v", err)
	}
	mustWrite(t, s, sales.Edit{Verb: sales.Delete, Kind: "partner", ID: partner}, sales.Edit{Verb: sales.Delete, Kind: "task", ID: task})
	healthy(t, s)
}

func TestReferencesAndRolesAreChecked(t *testing.T) {
	s := openTest(t)
	for name, e := range map[string]sales.Edit{
		"no such partner": sales.CreateOf(sales.Task{Title: "t", PartnerID: sales.NewID()}),
		"no such type":    sales.CreateOf(sales.Visit{OwnerID: s.user().UserID, PartnerID: sales.NewID(), VisitType: "no_such_type"}),
	} {
		if _, err := s.Write(t.Context(), e); !sales.HasCode(err, sales.CodeBadReference) {
			t.Errorf("%s: %v", name, err)
		}
	}
	mustWrite(t, s, sales.CreateOf(sales.Product{Code: "p", Name: "without a server everything may be written"}))
	if err := s.SetIdentity(t.Context(), Identity{UserID: sales.NewID(), UserName: "ann", Role: sales.RoleRep, Server: "http://x", OrganisationID: sales.NewID()}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Write(t.Context(), sales.CreateOf(sales.Product{Code: "q", Name: "q"})); !sales.HasCode(err, sales.CodeForbidden) {
		t.Errorf("a rep writes a product: %v", err)
	}
}
