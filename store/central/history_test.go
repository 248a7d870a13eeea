package central_test

import (
	"strings"
	"testing"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

// A record that was edited long and often has a history that fills no memory and no message: of the oldest changes it says who and when.
func TestAHistoryOfLongTextsIsBounded(t *testing.T) {
	w := newWorld(t)
	a := w.device("a", sales.RoleRep, "31")
	p := a.create(sales.Partner{Name: "Dongfang", RegionCode: "3101"})
	a.mustPush(p)
	base := stampOf(a, p)
	const edits = 50
	for i := range edits {
		c := a.change(sales.Update, "partner", p.RecordID, wire.FieldEdit{Number: 16, Value: strings.Repeat(string(rune('a'+i%26)), sales.MaxLong), Base: base})
		base = stampOf(a, c)
		a.mustPush(c)
	}
	entries, err := w.journal.History(t.Context(), a.caller, "partner", p.RecordID)
	if err != nil || len(entries) != edits+1 {
		t.Fatalf("%d entries, %v", len(entries), err)
	}
	bytes, told, silent := 0, 0, 0
	for i, e := range entries {
		if e.UserName != "a" || e.ChangeID == "" || e.At == 0 {
			t.Errorf("entry %d does not say who and when: %+v", i, e)
		}
		if len(e.Fields) == 0 {
			silent++
			continue
		}
		if silent > 0 {
			t.Errorf("entry %d tells what it did, and a newer one does not", i)
		}
		told++
		for _, f := range e.Fields {
			for _, v := range []any{f.Old, f.New} {
				s, _ := v.(string)
				bytes += len(s)
			}
		}
	}
	if told < 20 || silent == 0 || bytes > 17<<20 {
		t.Errorf("%d entries tell what they did, in %d bytes, and %d do not", told, bytes, silent)
	}
}

func TestAHistoryNamesTheNewestOfTooManyChanges(t *testing.T) {
	w := newWorld(t)
	a := w.device("a", sales.RoleRep, "31")
	p := a.create(sales.Partner{Name: "Dongfang", RegionCode: "3101"})
	base := stampOf(a, p)
	changes := []wire.Change{p}
	for i := range 10_050 {
		c := a.change(sales.Update, "partner", p.RecordID, wire.FieldEdit{Number: 2, Value: strings.Repeat("x", 1+i%2), Base: base})
		base = stampOf(a, c)
		if changes = append(changes, c); len(changes) == wire.MaxChanges {
			a.mustPush(changes...)
			changes = nil
		}
	}
	a.mustPush(changes...)
	entries, err := w.journal.History(t.Context(), a.caller, "partner", p.RecordID)
	if err != nil || len(entries) != 10_000 || entries[0].ChangeID != changes[len(changes)-1].ID {
		t.Errorf("%d entries, %v", len(entries), err)
	}
}
