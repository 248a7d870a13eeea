package central_test

import (
	"slices"
	"testing"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

func TestWhatOneDevicePushesAnotherPulls(t *testing.T) {
	w := newWorld(t)
	a, b := w.device("a", sales.RoleRep, "31"), w.device("b", sales.RoleManager, "31")
	partner := a.create(sales.Partner{Name: "Dongfang", RegionCode: "3101", Status: "active"})
	visit := a.create(sales.Visit{PartnerID: partner.RecordID, VisitType: "routine", Status: "planned", PlannedAt: sales.InstantOf(w.now), OwnerID: a.caller.UserID})
	a.mustPush(partner, visit)
	for _, limit := range []int{0, 1, 2, 3} {
		held := b.pullAll(limit)
		rec := held[visit.RecordID]
		if rec.Bucket != "t:3101" || rec.UpdatedBy != a.caller.UserID {
			t.Errorf("limit %d: pulled %+v", limit, rec)
		}
	}
	if _, seen := w.device("c", sales.RoleRep, "44").pullAll(0)[visit.RecordID]; seen {
		t.Error("a rep of another territory sees the visit")
	}
}

func TestARepeatedPushIsAppliedOnce(t *testing.T) {
	w := newWorld(t)
	a := w.device("a", sales.RoleRep, "31")
	c := a.create(sales.Partner{Name: "Dongfang", RegionCode: "3101"})
	a.mustPush(c)
	for range 5 {
		if v := a.push(c)[0]; v.Outcome != wire.Duplicate {
			t.Errorf("the repeat was %s", v.Outcome)
		}
	}
	entries, err := w.journal.History(t.Context(), a.caller, "partner", c.RecordID)
	if err != nil || len(entries) != 1 {
		t.Errorf("history has %d entries, %v", len(entries), err)
	}
	forged := c
	forged.Fields = []wire.FieldEdit{{Number: 2, Value: "Other"}}
	if v := a.push(forged)[0]; v.Outcome != wire.Rejected || v.Code != sales.CodeDuplicate {
		t.Errorf("the same id with other content was %s %s", v.Outcome, v.Code)
	}
	trail, err := w.journal.AuditTrail(t.Context(), 10, 0)
	if err != nil || len(trail) != 1 || trail[0].Action != "change_id_reused" || trail[0].Actor != a.caller.UserID {
		t.Errorf("audit %+v, %v", trail, err)
	}
}

// Whoever had no answer hears at the repeat which of the values had lost.
func TestARepeatedPushNamesTheFieldsThatLost(t *testing.T) {
	w := newWorld(t)
	a, b := w.device("a", sales.RoleRep, "31"), w.device("b", sales.RoleRep, "31")
	c := a.create(sales.Partner{Name: "Dongfang", RegionCode: "3101", Website: "old", Phone: "1"})
	a.mustPush(c)
	seen := a.pullAll(0)[c.RecordID]
	early := a.change(sales.Update, "partner", c.RecordID, set(seen, "website", "from a"), set(seen, "phone", "2"), set(seen, "name", "Seen"))
	w.now = w.now.Add(time.Minute)
	b.mustPush(b.change(sales.Update, "partner", c.RecordID, set(seen, "website", "from b"), set(seen, "phone", "3")))
	first := a.push(early)[0]
	if first.Outcome != wire.Merged || len(first.Lost) != 2 {
		t.Fatalf("%+v", first)
	}
	if again := a.push(early)[0]; again.Outcome != wire.Duplicate || !slices.Equal(again.Lost, first.Lost) {
		t.Errorf("%+v, and at the repeat %+v", first, again)
	}
}

// A copy of a workbook may send late what its twin never had: an earlier value of the same incarnation is passed over without a conflict, but not without a trace.
func TestAnEarlierValueOfTheSameIncarnationIsKeptInTheHistory(t *testing.T) {
	w := newWorld(t)
	a := w.device("a", sales.RoleRep, "31")
	c := a.create(sales.Partner{Name: "Dongfang", RegionCode: "3101"})
	a.mustPush(c)
	seen := a.pullAll(0)[c.RecordID]
	early := a.change(sales.Update, "partner", c.RecordID, set(seen, "phone", "early"))
	w.now = w.now.Add(time.Minute)
	a.mustPush(a.change(sales.Update, "partner", c.RecordID, set(seen, "phone", "late")))
	a.mustPush(early)
	r := a.pullAll(0)[c.RecordID]
	if got := r.Record().Text("phone"); got != "late" {
		t.Errorf("the phone is %q", got)
	}
	entries, err := w.journal.History(t.Context(), a.caller, "partner", c.RecordID)
	if err != nil || len(entries) != 3 {
		t.Fatalf("%+v, %v", entries, err)
	}
	if f := entries[0].Fields; len(f) != 1 || f[0].New != "early" || f[0].Old != "late" || !f[0].Lost {
		t.Errorf("what became of the earlier value: %+v", f)
	}
	if n := len(conflictsOf(a)); n != 0 {
		t.Errorf("%d conflicts", n)
	}
}

func TestConcurrentEditsOfOneFieldTellTheLoser(t *testing.T) {
	w := newWorld(t)
	a, b := w.device("a", sales.RoleRep, "31"), w.device("b", sales.RoleRep, "31")
	c := a.create(sales.Partner{Name: "Dongfang", RegionCode: "3101", Website: "old"})
	a.mustPush(c)
	seen := a.pullAll(0)[c.RecordID]
	early := a.change(sales.Update, "partner", c.RecordID, set(seen, "website", "from a"), set(seen, "phone", "123"))
	w.now = w.now.Add(time.Minute)
	late := b.change(sales.Update, "partner", c.RecordID, set(seen, "website", "from b"))
	b.mustPush(late)
	v := a.push(early)[0]
	if v.Outcome != wire.Merged || len(v.Lost) != 1 || v.Lost[0] != 9 {
		t.Fatalf("the loser's verdict is %+v", v)
	}
	held := a.pullAll(0)
	partner := held[c.RecordID]
	rec := partner.Record()
	if rec.Text("website") != "from b" || rec.Text("phone") != "123" {
		t.Errorf("merged into %v", rec.Values)
	}
	var told []sales.Conflict
	for _, r := range held {
		if r.Kind == "conflict" {
			told = append(told, sales.As[sales.Conflict](r.Record()))
		}
	}
	if len(told) != 1 {
		t.Fatalf("%d conflicts for the loser", len(told))
	}
	got := told[0]
	if got.LostValue != `"from a"` || got.KeptValue != `"from b"` || got.FieldName != "website" || got.KeptBy != b.caller.UserID ||
		got.KeptDevice != "b's laptop" || got.LostDevice != "a's laptop" || got.RecordTitle != "Dongfang" || got.LostChangeID != early.ID || got.Status != "open" {
		t.Errorf("conflict %+v", got)
	}
	for _, r := range b.pullAll(0) {
		if r.Kind == "conflict" {
			t.Error("the winner was told of a conflict")
		}
	}
	entries, err := w.journal.History(t.Context(), b.caller, "partner", c.RecordID)
	if err != nil || len(entries) != 3 {
		t.Fatalf("history %d entries, %v", len(entries), err)
	}
	lost := false
	for _, f := range entries[0].Fields {
		lost = lost || f.Name == "website" && f.Lost && f.New == "from a" && f.Old == "from b"
	}
	if !lost || entries[0].UserName != "a" {
		t.Errorf("the lost value is not in the history: %+v", entries[0])
	}
}

func TestTheOverwrittenAuthorIsToldWhenTheLaterEditArrivesLast(t *testing.T) {
	w := newWorld(t)
	a, b := w.device("a", sales.RoleRep, "31"), w.device("b", sales.RoleRep, "31")
	c := a.create(sales.Partner{Name: "Dongfang", RegionCode: "3101"})
	a.mustPush(c)
	seen := a.pullAll(0)[c.RecordID]
	early := a.change(sales.Update, "partner", c.RecordID, set(seen, "name", "A"))
	w.now = w.now.Add(time.Minute)
	late := b.change(sales.Update, "partner", c.RecordID, set(seen, "name", "B"))
	a.mustPush(early)
	b.mustPush(late)
	held := a.pullAll(0)
	p := held[c.RecordID]
	if got := p.Record().Text("name"); got != "B" {
		t.Errorf("name %q", got)
	}
	n := 0
	for _, r := range held {
		if r.Kind == "conflict" {
			n++
			if got := sales.As[sales.Conflict](r.Record()); got.LostValue != `"A"` || got.KeptBy != b.caller.UserID || got.LostChangeID != early.ID {
				t.Errorf("conflict %+v", got)
			}
		}
	}
	if n != 1 {
		t.Errorf("%d conflicts", n)
	}
}
