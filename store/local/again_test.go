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
