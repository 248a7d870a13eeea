package central_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/merge"
	"github.com/rounds-field/rounds/sync/wire"
)

// A hostile push asks for a thousand texts that never were: the history of the record is read once for it, not once for each, while everybody else waits.
func TestTheHistoryOfARecordIsReadOnceForAPushHoweverManyTextsItAsksFor(t *testing.T) {
	for name, node := range map[string]func(d *device) uint64{
		"joined": func(*device) uint64 { return 0x1234e000 },
		"own":    func(d *device) uint64 { return wire.NodeOf(d.caller.Incarnation) },
	} {
		w := newWorld(t)
		a, b := w.device("a", sales.RoleRep, "31"), w.device("b", sales.RoleRep, "31")
		p := a.create(sales.Partner{Name: "Dongfang", RegionCode: "3101"})
		a.mustPush(p)
		b.mustPush(b.change(sales.Update, "partner", p.RecordID, wire.FieldEdit{Number: 2, Value: "By b", Base: stampOf(a, p)}))
		a.mustPush(a.change(sales.Update, "partner", p.RecordID, wire.FieldEdit{Number: 16, Value: "one", Base: stampOf(a, p)}))
		var changes []wire.Change
		for i := range 100 {
			c := b.change(sales.Update, "partner", p.RecordID, wire.FieldEdit{Number: 16, Value: fmt.Sprint(i), Base: hlc.Stamp{HLC: hlc.Reading(i + 1), Node: node(b)}})
			c.HLC = hlc.Reading(1000 + i) // loses, so that the text of a stays
			changes = append(changes, c)
		}
		looks := w.journal.CountQueries("ORDER BY version DESC")
		for i, v := range b.push(changes...) {
			if v.Outcome != wire.Merged || len(v.Lost) != 1 {
				t.Fatalf("%s, change %d: %+v", name, i, v)
			}
		}
		if n := looks(); n != 1 {
			t.Errorf("%s: the history of one record was looked through %d times", name, n)
		}
	}
}

// One push builds on joined texts of different age, the older ones asked for after the newer and again.
func TestAPushThatBuildsOnSeveralJoinedTextsFindsEachOfThem(t *testing.T) {
	w := newWorld(t)
	a, b, c := w.device("a", sales.RoleRep, "31"), w.device("b", sales.RoleRep, "31"), w.device("c", sales.RoleRep, "31")
	p := a.create(sales.Partner{Name: "Dongfang", RegionCode: "3101", Notes: "base"})
	a.mustPush(p)
	var seen []wire.RecordState
	for i := range 3 {
		now := a.pullAll(0)[p.RecordID]
		text := now.Record().Text("notes")
		b.mustPush(b.change(sales.Update, "partner", p.RecordID, set(now, "notes", fmt.Sprint("b", i, "\n", text))))
		a.mustPush(a.change(sales.Update, "partner", p.RecordID, set(now, "notes", fmt.Sprint(text, "\na", i))))
		joined := c.pullAll(0)[p.RecordID]
		if !merge.IsJoined(joined.Field(16).Stamp) {
			t.Fatalf("round %d: %q was not joined", i, joined.Record().Text("notes"))
		}
		seen = append(seen, joined)
	}
	last := a.pullAll(0)[p.RecordID]
	a.mustPush(a.change(sales.Update, "partner", p.RecordID, set(last, "notes", last.Record().Text("notes")+"\nlast")))
	var changes []wire.Change
	for n, i := range []int{1, 0, 2, 0} {
		r := seen[i]
		changes = append(changes, c.change(sales.Update, "partner", p.RecordID, set(r, "notes", fmt.Sprint("c", n, "\n", r.Record().Text("notes")))))
	}
	c.mustPush(changes...)
	got := strings.Split(notesOf(a, p.RecordID), "\n")
	if want := "base a0 a1 a2 last"; !strings.HasSuffix(strings.Join(got, " "), want) {
		t.Errorf("%q does not end with %q", got, want)
	}
	for _, line := range []string{"b0", "b1", "b2", "c0", "c1", "c2", "c3"} {
		if strings.Count(strings.Join(got, "\n")+"\n", line+"\n") != 1 {
			t.Errorf("%s is not there once: %q", line, got)
		}
	}
}
