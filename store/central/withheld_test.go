package central_test

import (
	"strings"
	"testing"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

// One push replaces a value and takes the record away from its author: what stayed was never in a territory of theirs.
func TestAnAuthorIsNotToldTheValueThatStayedInARecordThatMovedAwayInTheSamePush(t *testing.T) {
	for _, grouped := range []bool{true, false} {
		w := newWorld(t)
		a, m := w.device("a", sales.RoleRep, "31"), w.device("m", sales.RoleManager)
		p := a.create(sales.Partner{Name: "Dongfang", RegionCode: "3101"})
		a.mustPush(p)
		seen := a.pullAll(0)[p.RecordID]
		a.mustPush(a.change(sales.Update, "partner", p.RecordID, set(seen, "name", "Of a")))
		w.now = w.now.Add(time.Minute)
		changes := []wire.Change{
			m.change(sales.Update, "partner", p.RecordID, set(seen, "name", "Secret of m")),
			m.change(sales.Update, "partner", p.RecordID, set(seen, "region_code", "4401")),
		}
		if grouped {
			changes = group(changes...)
		}
		m.mustPush(changes...)
		told := conflictsOf(a)
		if len(told) != 1 {
			t.Fatalf("in one group %v: %d conflicts", grouped, len(told))
		}
		if c := told[0]; c.LostValue != `"Of a"` || !c.Withheld || c.KeptValue != "" || c.KeptBy != "" || c.RecordTitle != "" {
			t.Errorf("in one group %v: told %+v", grouped, c)
		}
	}
}

// The text that lost holds what somebody else wrote, with which it was joined: an author who does not see the record any more gets back their own words only.
func TestAnAuthorWhoLostTheTerritoryIsNotToldWhatTheirTextWasJoinedWith(t *testing.T) {
	w := newWorld(t)
	a, b, c := w.device("a", sales.RoleRep, "31"), w.device("b", sales.RoleRep, "31"), w.device("c", sales.RoleRep, "31")
	p := a.create(sales.Partner{Name: "Dongfang", RegionCode: "3101", Notes: "the price is 100 net"})
	a.mustPush(p)
	seen := a.pullAll(0)[p.RecordID]
	b.mustPush(b.change(sales.Update, "partner", p.RecordID, set(seen, "notes", "the price is 100 net\nsecret of b")))
	w.now = w.now.Add(time.Minute)
	a.mustPush(a.change(sales.Update, "partner", p.RecordID, set(seen, "notes", "the price is 120 net")))
	w.commit(sales.Edit{Verb: sales.Update, Kind: "user", ID: a.caller.UserID, Values: sales.Values{"territories": []string{"44"}}})
	a.caller.Territories = []string{"44"}
	w.now = w.now.Add(time.Minute)
	c.push(c.change(sales.Update, "partner", p.RecordID, set(seen, "notes", "the price is 150 net")))
	told := conflictsOf(a)
	if len(told) != 1 {
		t.Fatalf("%d conflicts", len(told))
	}
	if x := told[0]; !x.Withheld || strings.Contains(x.LostValue, "secret") || x.LostValue != `"the price is 120 net"` {
		t.Errorf("told %+v", x)
	}
}

// The same of a set, into which both put something.
func TestAnAuthorWhoLostTheTerritoryIsNotToldWhatOthersPutIntoTheirSet(t *testing.T) {
	w := newWorld(t)
	a, b, c := w.device("a", sales.RoleRep, "31"), w.device("b", sales.RoleRep, "31"), w.device("c", sales.RoleRep, "31")
	p := a.create(sales.Partner{Name: "Dongfang", RegionCode: "3101", Tags: []string{"one"}})
	a.mustPush(p)
	seen := a.pullAll(0)[p.RecordID]
	add := func(tag string) wire.FieldEdit {
		e := set(seen, "tags", nil)
		e.Value, e.Added = nil, []string{tag}
		return e
	}
	b.mustPush(b.change(sales.Update, "partner", p.RecordID, add("secret of b")))
	w.now = w.now.Add(time.Minute)
	a.mustPush(a.change(sales.Update, "partner", p.RecordID, add("of a")))
	w.commit(sales.Edit{Verb: sales.Update, Kind: "user", ID: a.caller.UserID, Values: sales.Values{"territories": []string{"44"}}})
	a.caller.Territories = []string{"44"}
	w.now = w.now.Add(time.Minute)
	c.mustPush(c.change(sales.Update, "partner", p.RecordID, set(seen, "tags", []string{"of c"})))
	told := conflictsOf(a)
	if len(told) != 1 {
		t.Fatalf("%d conflicts", len(told))
	}
	if x := told[0]; !x.Withheld || strings.Contains(x.LostValue, "secret") || x.LostValue != `["of a"]` {
		t.Errorf("told %+v", x)
	}
}
