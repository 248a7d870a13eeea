package central_test

import (
	"strings"
	"testing"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store/central"
	"github.com/rounds-field/rounds/sync/wire"
)

const day = 24 * time.Hour

// prune forgets, and fails the test when that fails.
func (w *world) prune(h central.Horizon) central.Pruned {
	w.t.Helper()
	p, err := w.journal.Prune(w.t.Context(), h)
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

func partnerIn(name, region string) sales.Partner {
	return sales.Partner{Name: name, RegionCode: region}
}

// resets names the buckets that a pull from these cursors would have taken anew.
func (d *device) resets(cursors []wire.Cursor) string {
	d.w.t.Helper()
	page, err := d.w.journal.Pull(d.w.t.Context(), d.caller, wire.PullRequest{Cursors: cursors})
	if err != nil {
		d.w.t.Fatal(err)
	}
	var names []string
	for _, b := range page.Buckets {
		if b.Reset {
			names = append(names, b.Bucket)
		}
	}
	return strings.Join(names, " ")
}

func TestAPrunedRecordStaysGoneWhateverIsSentOfIt(t *testing.T) {
	w := newWorld(t)
	a := w.device("a", sales.RoleRep, "31")
	create := a.create(partnerIn("Old", "31"))
	id := create.RecordID
	a.mustPush(create)
	seen := a.pullAll(0)[id]
	rename := a.change(sales.Update, "partner", id, set(seen, "name", "Older"))
	a.mustPush(rename)
	remove := a.change(sales.Delete, "partner", id)
	remove.Base = stampOf(a, rename)
	a.mustPush(remove)
	w.now = w.now.Add(91 * day)
	if p := w.prune(central.DefaultHorizon); p.Tombstones != 1 {
		t.Fatalf("pruned %s", p)
	}
	look := func(when string) {
		t.Helper()
		if _, there := a.pullAll(0)[id]; there {
			t.Errorf("%s the record is back", when)
		}
	}
	for _, v := range a.push(create, rename, remove) {
		if v.Outcome != wire.Duplicate {
			t.Errorf("a change that was acknowledged is answered with %s %s", v.Outcome, v.Code)
		}
	}
	look("after a repeat")
	b := w.deviceOf(a.caller.UserID, "b", sales.RoleRep, "31")
	late := []wire.Change{b.change(sales.Update, "partner", id, set(seen, "name", "Back")), b.create(sales.Partner{ID: id, Name: "Back", RegionCode: "31"})}
	for _, c := range late {
		if v := b.push(c)[0]; v.Outcome != wire.Rejected || v.Code != sales.CodeGone {
			t.Errorf("a late %s is answered with %s %s: %s", c.Verb, v.Outcome, v.Code, v.Message)
		}
	}
	if v := b.push(b.change(sales.Delete, "partner", id))[0]; v.Outcome != wire.Applied {
		t.Errorf("a late delete is answered with %s %s", v.Outcome, v.Code)
	}
	look("after late changes")
	w.now = w.now.Add(181 * day)
	if p := w.prune(central.DefaultHorizon); p.Changes < 3 {
		t.Fatalf("pruned %s", p)
	}
	for _, c := range []wire.Change{create, rename} {
		if v := a.push(c)[0]; v.Code != sales.CodeGone {
			t.Errorf("a %s from before is answered with %s %s", c.Verb, v.Outcome, v.Code)
		}
	}
	look("after a repeat of changes whose ids are forgotten")
	ref := b.create(sales.Visit{PartnerID: id, VisitType: "routine", StartedAt: sales.InstantOf(w.now), OwnerID: b.caller.UserID, Status: "planned", PlannedAt: sales.InstantOf(w.now)})
	if v := b.push(ref)[0]; v.Code != sales.CodeBadReference || !strings.Contains(v.Message, "was deleted") {
		t.Errorf("a reference to it is answered with %s: %s", v.Code, v.Message)
	}
}

func TestACursorFromBeforeThePruningTakesItsBucketAnewAndALaterOneDoesNot(t *testing.T) {
	w := newWorld(t)
	a := w.device("a", sales.RoleRep)
	ids := map[string]string{}
	for _, name := range []string{"1", "2", "3", "4"} {
		c := a.create(partnerIn(name, "31"))
		ids[name] = c.RecordID
		a.mustPush(c)
	}
	held, old := a.pullFrom(map[string]wire.RecordState{}, nil, 0)
	gone := a.change(sales.Delete, "partner", ids["2"])
	second := held[ids["2"]]
	gone.Base = second.Latest()
	a.mustPush(gone, a.change(sales.Update, "partner", ids["3"], set(held[ids["3"]], "region_code", "44")))
	_, atHead := a.pullFrom(map[string]wire.RecordState{}, nil, 0)
	w.now = w.now.Add(80 * day)
	for range 5 {
		a.mustPush(a.create(partnerIn("young", "31")))
	}
	if p := w.prune(central.DefaultHorizon); p != (central.Pruned{}) {
		t.Fatalf("pruned %s before the horizon", p)
	}
	w.now = w.now.Add(15 * day)
	if p := w.prune(central.DefaultHorizon); p.Tombstones != 1 || p.Departures != 1 || p.Log == 0 {
		t.Fatalf("pruned %s", p)
	}
	if got := a.resets(old); got != "t:31" {
		t.Errorf("a cursor from before the deletion has these buckets taken anew: %q", got)
	}
	if got := a.resets(atHead); got != "" {
		t.Errorf("a cursor at the horizon has these buckets taken anew: %q", got)
	}
	for limit := 1; limit < 5; limit++ { // it ends, though every page ends before the pruned number
		mine := map[string]wire.RecordState{}
		for id, r := range held {
			mine[id] = r
		}
		got, _ := a.pullFrom(mine, old, limit)
		if len(got) != len(a.pullAll(0)) || got[ids["3"]].Bucket != "t:44" {
			t.Errorf("in pages of %d the device has %d records, a new one %d", limit, len(got), len(a.pullAll(0)))
		}
	}
	if p := w.prune(central.DefaultHorizon); p != (central.Pruned{}) {
		t.Errorf("once more, and it pruned %s", p)
	}
}

func TestADeletedParentIsForgottenAfterItsChildren(t *testing.T) {
	w := newWorld(t)
	a := w.device("a", sales.RoleRep, "31")
	p := a.create(partnerIn("Parent", "31"))
	v := a.create(sales.Visit{PartnerID: p.RecordID, VisitType: "routine", StartedAt: sales.InstantOf(w.now), OwnerID: a.caller.UserID, Status: "planned", PlannedAt: sales.InstantOf(w.now)})
	a.mustPush(p, v)
	kill := func(c wire.Change) {
		t.Helper()
		x := a.change(sales.Delete, c.Kind, c.RecordID)
		x.Base = stampOf(a, c)
		a.mustPush(x)
	}
	kill(p)
	w.now = w.now.Add(91 * day)
	if p := w.prune(central.DefaultHorizon); p.Tombstones != 0 {
		t.Errorf("a parent of a living record was forgotten: %s", p)
	}
	seen := a.pullAll(0)[v.RecordID]
	a.mustPush(a.change(sales.Update, "visit", v.RecordID, set(seen, "subject", "still here")))
	if got := a.pullAll(0)[v.RecordID]; got.Bucket != "t:31" {
		t.Errorf("the visit lies in bucket %s", got.Bucket)
	}
	kill(v)
	w.now = w.now.Add(91 * day)
	if p := w.prune(central.DefaultHorizon); p.Tombstones != 2 {
		t.Errorf("pruned %s", p)
	}
}

func TestTheHistoryIsKeptUnlessToldOtherwise(t *testing.T) {
	w := newWorld(t)
	a := w.device("a", sales.RoleRep, "31")
	c := a.create(partnerIn("One", "31"))
	a.mustPush(c)
	w.now = w.now.Add(400 * day)
	a.mustPush(a.change(sales.Update, "partner", c.RecordID, set(a.pullAll(0)[c.RecordID], "name", "Two")))
	entries := func() []sales.HistoryEntry {
		t.Helper()
		list, err := w.journal.History(t.Context(), a.caller, "partner", c.RecordID)
		if err != nil || len(list) != 2 {
			t.Fatal(list, err)
		}
		return list
	}
	w.prune(central.DefaultHorizon)
	if list := entries(); len(list[1].Fields) == 0 {
		t.Error("the creation has lost its fields")
	}
	h := central.DefaultHorizon
	h.History = 365 * day
	if p := w.prune(h); p.Payloads == 0 {
		t.Errorf("pruned %s", p)
	}
	list := entries()
	if len(list[0].Fields) != 1 || len(list[1].Fields) != 0 || list[1].UserID != a.caller.UserID {
		t.Errorf("the history is %+v", list)
	}
	if v := a.push(c)[0]; v.Outcome != wire.Duplicate {
		t.Errorf("the change is no longer known: %s %s", v.Outcome, v.Code)
	}
}

// A page may end inside a commit; the cursor there has the chain of the commit's end. What the rest of the commit deleted may be forgotten by the time
// the device asks again.
func TestACursorInsideACommitThatWasPrunedTakesItsBucketAnew(t *testing.T) {
	w := newWorld(t)
	a := w.device("a", sales.RoleRep)
	first, second := a.create(partnerIn("1", "31")), a.create(partnerIn("2", "31"))
	if first.RecordID > second.RecordID { // numbers go by id
		first, second = second, first
	}
	a.mustPush(first, second)
	held, old := a.pullFrom(map[string]wire.RecordState{}, nil, 0)
	gone := a.change(sales.Delete, "partner", second.RecordID)
	was := held[second.RecordID]
	gone.Base = was.Latest()
	a.mustPush(a.change(sales.Update, "partner", first.RecordID, set(held[first.RecordID], "name", "1b")), gone)
	page, err := w.journal.Pull(t.Context(), a.caller, wire.PullRequest{Cursors: old, Limit: 1})
	if err != nil || !page.More || len(page.Buckets) != 1 {
		t.Fatalf("the page does not end inside the commit: %+v, %v", page.Buckets, err)
	}
	w.now = w.now.Add(91 * day)
	if p := w.prune(central.DefaultHorizon); p.Tombstones != 1 {
		t.Fatalf("pruned %s", p)
	}
	if got := a.resets([]wire.Cursor{page.Buckets[0].Cursor}); got != "t:31" {
		t.Errorf("these buckets are taken anew: %q", got)
	}
}
