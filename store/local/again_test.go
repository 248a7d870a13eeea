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
