package central_test

import (
	"testing"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/merge"
	"github.com/rounds-field/rounds/sync/wire"
)

// notesOf is what the partner's notes are for a new device.
func notesOf(d *device, id string) string {
	r := d.pullAll(0)[id]
	rec := r.Record()
	return rec.Text("notes")
}

func conflictsOf(d *device) []sales.Conflict {
	var out []sales.Conflict
	for _, r := range d.pullAll(0) {
		if r.Kind == "conflict" {
			out = append(out, sales.As[sales.Conflict](r.Record()))
		}
	}
	return out
}

func TestTwoConcurrentTextsAreJoinedInEitherOrder(t *testing.T) {
	for _, firstA := range []bool{true, false} {
		w := newWorld(t)
		a, b := w.device("a", sales.RoleRep, "31"), w.device("b", sales.RoleRep, "31")
		p := a.create(sales.Partner{Name: "Dongfang", RegionCode: "3101", Notes: "王总负责采购\n价格一百元"})
		a.mustPush(p)
		seen := a.pullAll(0)[p.RecordID]
		early := a.change(sales.Update, "partner", p.RecordID, set(seen, "notes", "王总负责采购和财务\n价格一百元"))
		w.now = w.now.Add(time.Minute)
		late := b.change(sales.Update, "partner", p.RecordID, set(seen, "notes", "王总负责采购\n价格一百元\n下周再谈"))
		if firstA {
			a.mustPush(early)
			b.mustPush(late)
		} else {
			b.mustPush(late)
			a.mustPush(early)
		}
		if got, want := notesOf(a, p.RecordID), "王总负责采购和财务\n价格一百元\n下周再谈"; got != want {
			t.Errorf("a first: %v: %q, want %q", firstA, got, want)
		}
		if n := len(conflictsOf(a)) + len(conflictsOf(b)); n > 0 {
			t.Errorf("%d conflicts about nothing", n)
		}
		joined := b.pullAll(0)[p.RecordID]
		if s := joined.Field(16).Stamp; s.HLC <= late.HLC || !merge.IsJoined(s) {
			t.Errorf("the joined text has the stamp %v", s)
		}
	}
}

func TestBothVersionsOfALineStayAndTheEarlierAuthorIsToldInEitherOrder(t *testing.T) {
	for _, firstA := range []bool{true, false} {
		w := newWorld(t)
		a, b := w.device("a", sales.RoleRep, "31"), w.device("b", sales.RoleRep, "31")
		p := a.create(sales.Partner{Name: "Dongfang", RegionCode: "3101", Notes: "the price is 100 net"})
		a.mustPush(p)
		seen := a.pullAll(0)[p.RecordID]
		early := a.change(sales.Update, "partner", p.RecordID, set(seen, "notes", "the price is 120 net"))
		w.now = w.now.Add(time.Minute)
		late := b.change(sales.Update, "partner", p.RecordID, set(seen, "notes", "the price is 150 net"))
		if firstA {
			a.mustPush(early)
			b.mustPush(late)
		} else {
			b.mustPush(late)
			a.mustPush(early)
		}
		want := "≠ the price is 120 net\n≠ the price is 150 net"
		if got := notesOf(b, p.RecordID); got != want {
			t.Errorf("a first: %v: %q", firstA, got)
		}
		told := conflictsOf(a)
		if len(told) != 1 || len(conflictsOf(b)) != 0 {
			t.Fatalf("a first: %v: %d and %d conflicts", firstA, len(told), len(conflictsOf(b)))
		}
		if c := told[0]; !c.Joined || c.LostValue != `"the price is 120 net"` || c.KeptValue != sales.EncodeConflictValue(want) || c.KeptBy != b.caller.UserID || c.LostChangeID != early.ID {
			t.Errorf("a first: %v: told %+v", firstA, c)
		}
		// The author looks at it and keeps one: an ordinary edit that has seen both.
		seen = a.pullAll(0)[p.RecordID]
		a.mustPush(a.change(sales.Update, "partner", p.RecordID, set(seen, "notes", "the price is 150 net")))
		if got := notesOf(b, p.RecordID); got != "the price is 150 net" {
			t.Errorf("after the decision: %q", got)
		}
	}
}

// Two computers of one user may have one name, as laptops of one make do: the copy of the workbook counts.
func TestTheOtherDeviceOfOneUserIsToldOfBothVersionsAlsoWhereTheNamesAreEqual(t *testing.T) {
	w := newWorld(t)
	a := w.device("a", sales.RoleRep, "31")
	b := w.deviceOf(a.caller.UserID, "a", sales.RoleRep, "31")
	p := a.create(sales.Partner{Name: "Dongfang", RegionCode: "3101", Notes: "the price is 100 net"})
	a.mustPush(p)
	seen := a.pullAll(0)[p.RecordID]
	early := a.change(sales.Update, "partner", p.RecordID, set(seen, "notes", "the price is 120 net"))
	w.now = w.now.Add(time.Minute)
	late := b.change(sales.Update, "partner", p.RecordID, set(seen, "notes", "the price is 150 net"))
	a.mustPush(early)
	b.mustPush(late)
	if told := conflictsOf(a); len(told) != 1 || told[0].LostChangeID != early.ID {
		t.Errorf("told: %+v", told)
	}
}

// A third author who saw only one of two joined texts must not replace the joined one as if having seen it.
func TestAThirdEditOfATextIsJoinedWithTheJoinedOne(t *testing.T) {
	w := newWorld(t)
	a, b, c := w.device("a", sales.RoleRep, "31"), w.device("b", sales.RoleRep, "31"), w.device("c", sales.RoleRep, "31")
	p := a.create(sales.Partner{Name: "Dongfang", RegionCode: "3101", Notes: "one"})
	a.mustPush(p)
	seen := a.pullAll(0)[p.RecordID]
	early := a.change(sales.Update, "partner", p.RecordID, set(seen, "notes", "one\nby a"))
	w.now = w.now.Add(time.Minute)
	b.mustPush(b.change(sales.Update, "partner", p.RecordID, set(seen, "notes", "one\nby b")))
	seenByC := c.pullAll(0)[p.RecordID]
	a.mustPush(early)
	w.now = w.now.Add(time.Minute)
	c.mustPush(c.change(sales.Update, "partner", p.RecordID, set(seenByC, "notes", "one\nby b\nby c")))
	if got := notesOf(b, p.RecordID); got != "one\nby a\nby b\nby c" {
		t.Errorf("%q", got)
	}
	// An edit based on the joined text itself finds that text again.
	seenByA, seenByB := a.pullAll(0)[p.RecordID], b.pullAll(0)[p.RecordID]
	a.mustPush(a.change(sales.Update, "partner", p.RecordID, set(seenByA, "notes", "zero\none\nby a\nby b\nby c")))
	b.mustPush(b.change(sales.Update, "partner", p.RecordID, set(seenByB, "notes", "one\nby a\nby b\nby c\nlast")))
	if got := notesOf(c, p.RecordID); got != "zero\none\nby a\nby b\nby c\nlast" {
		t.Errorf("%q", got)
	}
}

func TestAChainOfEditsOfATextIsJoinedAlsoByADeviceWithAWrongClock(t *testing.T) {
	for _, skew := range []time.Duration{0, 24 * time.Hour, -24 * time.Hour} {
		for _, together := range []bool{true, false} {
			w := newWorld(t)
			a, b := w.device("a", sales.RoleRep, "31"), w.device("b", sales.RoleRep, "31")
			a.clock = newClock(w, skew)
			p := a.create(sales.Partner{Name: "Dongfang", RegionCode: "3101", Notes: "one"})
			a.mustPush(p)
			seen := a.pullAll(0)[p.RecordID]
			first := a.change(sales.Update, "partner", p.RecordID, set(seen, "notes", "one\ntwo"))
			second := a.change(sales.Update, "partner", p.RecordID, wire.FieldEdit{Number: 16, Value: "one\ntwo\nthree", Base: stampOf(a, first)})
			b.mustPush(b.change(sales.Update, "partner", p.RecordID, set(seen, "notes", "zero\none")))
			if together {
				a.mustPush(first, second)
			} else {
				a.mustPush(first)
				a.mustPush(second)
			}
			if got := notesOf(b, p.RecordID); got != "zero\none\ntwo\nthree" {
				t.Errorf("skew %s, together %v: %q", skew, together, got)
			}
		}
	}
}

// What the author began with may be gone: the server was restored, or its history pruned. Then the later text stays and the other is told.
func TestWithoutTheTextThatItBeganWithTheLaterOneStays(t *testing.T) {
	w := newWorld(t)
	a, b := w.device("a", sales.RoleRep, "31"), w.device("b", sales.RoleRep, "31")
	p := a.create(sales.Partner{Name: "Dongfang", RegionCode: "3101", Notes: "one"})
	a.mustPush(p)
	seen := a.pullAll(0)[p.RecordID]
	lost := set(seen, "notes", "one\nby a")
	lost.Base.HLC-- // no change has this stamp
	early := a.change(sales.Update, "partner", p.RecordID, lost)
	w.now = w.now.Add(time.Minute)
	b.mustPush(b.change(sales.Update, "partner", p.RecordID, set(seen, "notes", "one\nby b")))
	if v := a.push(early)[0]; v.Outcome != wire.Merged || len(v.Lost) != 1 {
		t.Errorf("%+v", v)
	}
	if got := notesOf(b, p.RecordID); got != "one\nby b" {
		t.Errorf("%q", got)
	}
	if told := conflictsOf(a); len(told) != 1 || told[0].Joined || told[0].LostValue != `"one\nby a"` {
		t.Errorf("told %+v", told)
	}
}

func TestAnAuthorWhoLostTheTerritoryIsToldWithoutTheValueThatStayed(t *testing.T) {
	w := newWorld(t)
	a, b := w.device("a", sales.RoleRep, "31"), w.device("b", sales.RoleRep, "31")
	p := a.create(sales.Partner{Name: "Dongfang", RegionCode: "3101"})
	a.mustPush(p)
	seen := a.pullAll(0)[p.RecordID]
	a.mustPush(a.change(sales.Update, "partner", p.RecordID, set(seen, "name", "Of a")))
	w.commit(sales.Edit{Verb: sales.Update, Kind: "user", ID: a.caller.UserID, Values: sales.Values{"territories": []string{"44"}}})
	a.caller.Territories = []string{"44"}
	w.now = w.now.Add(time.Minute)
	b.mustPush(b.change(sales.Update, "partner", p.RecordID, set(seen, "name", "Secret of b")))
	told := conflictsOf(a)
	if len(told) != 1 {
		t.Fatalf("%d conflicts", len(told))
	}
	if c := told[0]; c.LostValue != `"Of a"` || !c.Withheld || c.KeptValue != "" || c.KeptBy != "" || c.KeptDevice != "" || c.RecordTitle != "" {
		t.Errorf("told %+v", c)
	}
}
