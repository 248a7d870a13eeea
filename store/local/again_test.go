package local

import (
	"testing"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

// The creation came back refused, the answer to the edit of the same record was lost: mending the record takes the edit along.
func TestMendingARefusedCreationKeepsAnEditWhoseAnswerWasLost(t *testing.T) {
	s := openTest(t)
	partner := mustWrite(t, s, sales.CreateOf(sales.Partner{Name: "p", RegionCode: "99"}))[0]
	first := mustUnsent(t, s)
	mustWrite(t, s, update("partner", partner, sales.Values{"notes": "they open at ten"}))
	mustUnsent(t, s) // on its way
	refuse(t, s, first[0])
	mustWrite(t, s, update("partner", partner, sales.Values{"region_code": "11"}))
	if got := text(t, s, "partner", partner, "notes"); got != "they open at ten" {
		t.Errorf("the notes are %q", got)
	}
	sent := mustUnsent(t, s)
	if len(sent) != 1 || sent[0].Verb != sales.Create || sent[0].RecordID != partner {
		t.Fatalf("sent: %+v", sent)
	}
	values := (&wire.RecordState{Kind: "partner", ID: partner, Fields: statesOf(sent[0].Fields)}).Record().Values
	if values["notes"] != "they open at ten" || values["region_code"] != "11" {
		t.Errorf("the creation holds %v", values)
	}
	healthy(t, s)
}

func statesOf(edits []wire.FieldEdit) []wire.FieldState {
	var out []wire.FieldState
	for _, e := range edits {
		out = append(out, wire.FieldState{Number: e.Number, Value: e.Value})
	}
	return out
}

// The creation that a refused one takes along was sent, and so was an edit over it; no answer came to either. The edit goes with its own creation: one written anew
// behind it would hide it, and end it with the next mending.
func TestMendingARefusedCreationKeepsAnEditOfWhatItTakesAlong(t *testing.T) {
	s := openTest(t)
	partner := mustWrite(t, s, sales.CreateOf(sales.Partner{Name: "p", RegionCode: "99"}))[0]
	first := mustUnsent(t, s)
	task := mustWrite(t, s, sales.CreateOf(sales.Task{Title: "visit them", PartnerID: partner, Notes: "at ten"}))[0]
	mustWrite(t, s, update("task", task, sales.Values{"notes": "at eleven"}))
	mustUnsent(t, s) // on its way
	refuse(t, s, first[0])
	for _, code := range []string{"11", "12"} {
		mustWrite(t, s, update("partner", partner, sales.Values{"region_code": code}))
		if got := text(t, s, "task", task, "notes"); got != "at eleven" {
			t.Fatalf("the notes are %q", got)
		}
		sent := mustUnsent(t, s)
		if len(sent) != 2 || sent[0].RecordID != partner || sent[1].RecordID != task || sent[1].Verb != sales.Create {
			t.Fatalf("sent: %+v", sent)
		}
		values := (&wire.RecordState{Kind: "task", ID: task, Fields: statesOf(sent[1].Fields)}).Record().Values
		if values["notes"] != "at eleven" {
			t.Errorf("the creation holds %v", values)
		}
		refuse(t, s, sent[0])
	}
	healthy(t, s)
}

// An edit was refused, a later one of the same field is on its way: mending the refused one does not put its older value over the later one.
func TestMendingARefusedEditLeavesALaterOneInSight(t *testing.T) {
	s, f := openTest(t), newFakeServer()
	id := sales.NewID()
	publish(t, s, f.page(f.set("t:11", "partner", id, sales.Values{"name": "p", "phone": "0"})))
	mustWrite(t, s, update("partner", id, sales.Values{"phone": "1", "tags": []string{"first"}}))
	refused := mustUnsent(t, s)[0]
	mustWrite(t, s, update("partner", id, sales.Values{"phone": "2"}))
	mustUnsent(t, s) // both are on their way
	refuse(t, s, refused)
	mustWrite(t, s, update("partner", id, sales.Values{"address": "1 Harbour Road"}))
	r, err := s.Get(t.Context(), "partner", id)
	if err != nil || r.Text("phone") != "2" || r.Text("address") != "1 Harbour Road" || !sales.Same(r.Values["tags"], []string{"first"}) {
		t.Errorf("the record holds %v, %v", r.Values, err)
	}
	sent := mustUnsent(t, s)
	last := (&wire.RecordState{Kind: "partner", ID: id, Fields: statesOf(sent[len(sent)-1].Fields)}).Record().Values
	if len(sent) != 2 || last["phone"] != nil || last["address"] == nil || last["tags"] == nil {
		t.Errorf("sent: %+v", sent)
	}
	healthy(t, s)
}

// What a restored server lost, and then refused, is said as often as it is tried again: this device still has the state in which the server knew it.
func TestWhatARestoredServerLostAndRefusedIsSaidEachTime(t *testing.T) {
	s, f := openTest(t), newFakeServer()
	id := sales.NewID()
	publish(t, s, f.page(f.set("t:11", "partner", id, sales.Values{"name": "p"})))
	mustWrite(t, s, update("partner", id, sales.Values{"phone": "1"}))
	onServer(t, s, f)
	if n, err := s.Resend(t.Context()); err != nil || n != 1 {
		t.Fatal(n, err)
	}
	for range 3 {
		sent := mustUnsent(t, s)
		if len(sent) != 1 || len(sent[0].Fields) != 1 || sent[0].Fields[0].Value != "1" {
			t.Fatalf("sent: %+v", sent)
		}
		refuse(t, s, sent[0])
		if err := s.Retry(t.Context(), sent[0].ID); err != nil {
			t.Fatal(err)
		}
	}
	healthy(t, s)
}
