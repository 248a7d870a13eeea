package central_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

// group makes one transaction group of changes.
func group(changes ...wire.Change) []wire.Change {
	for i := range changes {
		changes[i].Group = changes[0].Counter
	}
	return changes
}

func outcomes(vs []wire.Verdict) string {
	names := make([]string, len(vs))
	for i, v := range vs {
		names[i] = v.Outcome.String()
	}
	return strings.Join(names, " ")
}

func TestOneBadChangeDoesNotBlockTheRest(t *testing.T) {
	w := newWorld(t)
	a := w.device("a", sales.RoleRep, "31")
	var changes []wire.Change
	for i := range 100 {
		p := sales.Partner{Name: "Partner", RegionCode: "3101"}
		if i == 37 {
			p.Tier = "diamond"
		}
		changes = append(changes, a.create(p))
	}
	verdicts := a.push(changes...)
	for i, v := range verdicts {
		switch {
		case i == 37:
			if v.Outcome != wire.Rejected || v.Code != sales.CodeInvalid || v.Field != "tier" || v.Message == "" || v.Hint == "" {
				t.Errorf("the bad one: %+v", v)
			}
		case v.Outcome != wire.Applied:
			t.Errorf("change %d: %+v", i, v)
		}
	}
	if n := len(a.pullAll(0)); n != 99+4+1 { // with the territories and the user
		t.Errorf("%d records", n)
	}
}

func TestAGroupIsAppliedAsAWholeOrNotAtAll(t *testing.T) {
	w := newWorld(t)
	a := w.device("a", sales.RoleRep, "31")
	good, bad, last := a.create(sales.Partner{Name: "Good", RegionCode: "3101"}), a.create(sales.Partner{RegionCode: "3101"}), a.create(sales.Partner{Name: "Last", RegionCode: "3101"})
	after := a.create(sales.Partner{Name: "After", RegionCode: "3101"})
	verdicts := a.push(append(group(good, bad, last), after)...)
	if got := outcomes(verdicts); got != "held rejected held applied" {
		t.Fatal(got)
	}
	if verdicts[0].Code != sales.CodeHeld || !strings.Contains(verdicts[0].Message, "a value is required") {
		t.Errorf("why it waits: %+v", verdicts[0])
	}
	if held := a.pullAll(0); held[good.RecordID].ID != "" || held[after.RecordID].ID == "" {
		t.Error("the group left something behind, or took its neighbour along")
	}
}

func TestChildrenOfARefusedCreationWaitAndAreReleasedByTheFix(t *testing.T) {
	w := newWorld(t)
	a := w.device("a", sales.RoleRep, "31")
	parent := a.create(sales.Partner{RegionCode: "3101", Code: "P1"})
	child := a.create(sales.Contact{Name: "Wang", PartnerID: parent.RecordID, OwnerID: a.caller.UserID})
	more := a.change(sales.Update, "partner", parent.RecordID, wire.FieldEdit{Number: 1, Value: "P2"})
	if got := outcomes(a.push(parent, child, more)); got != "rejected held held" {
		t.Fatal(got)
	}
	// The same in a later batch: the server remembers what it refused.
	if got := outcomes(a.push(child)); got != "held" {
		t.Errorf("the child alone: %s", got)
	}
	if got := outcomes(a.push(more)); got != "held" {
		t.Errorf("the update alone: %s", got)
	}
	fixed := a.create(sales.Partner{ID: parent.RecordID, RegionCode: "3101", Code: "P1", Name: "Named"})
	if got := outcomes(a.push(fixed, child)); got != "applied applied" {
		t.Errorf("after the fix: %s", got)
	}
	if got := a.pullAll(0)[child.RecordID].Bucket; got != "t:3101" {
		t.Errorf("the child lies in %q", got)
	}
}

func TestAReferenceHasToLeadSomewhere(t *testing.T) {
	w := newWorld(t)
	a := w.device("a", sales.RoleRep, "31")
	v := a.push(a.create(sales.Contact{Name: "Wang", PartnerID: sales.NewID()}))[0]
	if v.Outcome != wire.Rejected || v.Code != sales.CodeBadReference || v.Field != "partner_id" {
		t.Errorf("%+v", v)
	}
}

func TestADeleteOfWhatOthersEditedMeanwhileIsRefused(t *testing.T) {
	w := newWorld(t)
	a, b := w.device("a", sales.RoleRep, "31"), w.device("b", sales.RoleRep, "31")
	c := a.create(sales.Partner{Name: "Dongfang", RegionCode: "3101"})
	a.mustPush(c)
	seen := a.pullAll(0)[c.RecordID]
	w.now = w.now.Add(time.Minute)
	b.mustPush(b.change(sales.Update, "partner", c.RecordID, set(seen, "name", "Edited")))
	del := a.change(sales.Delete, "partner", c.RecordID)
	del.Base = seen.Latest()
	v := a.push(del)[0]
	if v.Outcome != wire.Rejected || v.Code != sales.CodeChangedMeanwhile || !strings.Contains(v.Message, "edited by b") {
		t.Fatalf("%+v", v)
	}
	seen = a.pullAll(0)[c.RecordID]
	again := a.change(sales.Delete, "partner", c.RecordID)
	again.Base = seen.Latest()
	a.mustPush(again)
	if _, there := a.pullAll(0)[c.RecordID]; there {
		t.Error("the deleted record is still there")
	}
	late := b.push(b.change(sales.Update, "partner", c.RecordID, set(seen, "name", "Too late")))[0]
	if late.Outcome != wire.Rejected || late.Code != sales.CodeGone {
		t.Errorf("an edit of a deleted record: %+v", late)
	}
	if v := b.push(b.create(sales.Partner{ID: c.RecordID, Name: "Back"}))[0]; v.Code != sales.CodeGone {
		t.Errorf("a deleted record came back: %+v", v)
	}
	twice := b.change(sales.Delete, "partner", c.RecordID)
	b.mustPush(twice)
	entries, err := w.journal.History(t.Context(), a.caller, "partner", c.RecordID)
	if err != nil || entries[0].Verb != sales.Delete || !slices.ContainsFunc(entries[0].Fields, func(f sales.HistoryField) bool { return f.Name == "name" && f.Old == "Edited" }) {
		t.Errorf("the history does not keep what was deleted: %+v, %v", entries, err)
	}
}

func TestOwnEditsOfADayWithAWrongClockAreNoConflicts(t *testing.T) {
	for _, skew := range []time.Duration{10 * 365 * 24 * time.Hour, -3 * 365 * 24 * time.Hour, time.Hour} {
		w := newWorld(t)
		a, b := w.device("a", sales.RoleRep, "31"), w.device("b", sales.RoleRep, "31")
		a.clock = newClock(w, skew)
		c := a.create(sales.Partner{Name: "One", RegionCode: "3101"})
		second := a.change(sales.Update, "partner", c.RecordID, wire.FieldEdit{Number: 2, Value: "Two", Base: stampOf(a, c)})
		third := a.change(sales.Update, "partner", c.RecordID, wire.FieldEdit{Number: 2, Value: "Three", Base: stampOf(a, second)})
		a.mustPush(c, second)
		a.mustPush(third)
		seen := b.pullAll(0)[c.RecordID]
		if got := seen.Record().Text("name"); got != "Three" {
			t.Errorf("skew %s: the name is %q", skew, got)
		}
		if ahead := seen.Latest().HLC.Time().Sub(w.now); ahead > 6*time.Minute {
			t.Errorf("skew %s: a stamp is %s ahead of the server", skew, ahead)
		}
		w.now = w.now.Add(10 * time.Minute)
		b.mustPush(b.change(sales.Update, "partner", c.RecordID, set(seen, "name", "B has seen it")))
		held := a.pullAll(0)
		p := held[c.RecordID]
		if got := p.Record().Text("name"); got != "B has seen it" {
			t.Errorf("skew %s: an edit that had seen the value lost: %q", skew, got)
		}
		for _, r := range held {
			if r.Kind == "conflict" {
				t.Errorf("skew %s: a conflict out of nothing", skew)
			}
		}
	}
}

func TestAnIncarnationBelongsToOneUser(t *testing.T) {
	w := newWorld(t)
	a, b := w.device("a", sales.RoleRep, "31"), w.device("b", sales.RoleRep, "31")
	a.mustPush(a.create(sales.Partner{Name: "A", RegionCode: "3101"}))
	_, err := w.journal.Push(t.Context(), b.caller, wire.PushRequest{Incarnation: a.caller.Incarnation, Changes: []wire.Change{b.create(sales.Partner{Name: "B", RegionCode: "3101"})}})
	if !sales.HasCode(err, sales.CodeForbidden) {
		t.Errorf("another user's incarnation: %v", err)
	}
	trail, err := w.journal.AuditTrail(t.Context(), 5, 0)
	if err != nil || len(trail) == 0 || trail[0].Action != "push_refused" || trail[0].Actor != b.caller.UserID {
		t.Errorf("audit %+v, %v", trail, err)
	}
	// The same user with a new copy of the database is let in.
	again := w.deviceOf(a.caller.UserID, "a", sales.RoleRep, "31")
	again.mustPush(again.create(sales.Partner{Name: "C", RegionCode: "3101"}))
	for _, forged := range []string{"", "not an id", w.journal.Organisation()} {
		if _, err := w.journal.Push(t.Context(), a.caller, wire.PushRequest{Incarnation: forged}); !sales.HasCode(err, sales.CodeInvalid) {
			t.Errorf("incarnation %q: %v", forged, err)
		}
	}
}

func TestAMergedRecordThatContradictsItselfIsRefusedWithoutSticking(t *testing.T) {
	w := newWorld(t)
	a, b := w.device("a", sales.RoleRep, "31"), w.device("b", sales.RoleRep, "31")
	c := a.create(sales.Partner{Name: "Dongfang", RegionCode: "3101", SignedOn: "2026-01-01", AgreementEnds: "2026-12-31"})
	a.mustPush(c)
	seen := a.pullAll(0)[c.RecordID]
	a.mustPush(a.change(sales.Update, "partner", c.RecordID, set(seen, "signed_on", "2026-06-01")))
	wrong := b.change(sales.Update, "partner", c.RecordID, set(seen, "agreement_ends", "2026-05-01"))
	if v := b.push(wrong)[0]; v.Outcome != wire.Rejected {
		t.Fatalf("two fields, each valid alone, wrong together: %+v", v)
	}
	b.mustPush(b.change(sales.Update, "partner", c.RecordID, set(seen, "agreement_ends", "2026-11-30")))
}

func TestMalformedChangesAreRefused(t *testing.T) {
	w := newWorld(t)
	a := w.device("a", sales.RoleRep, "31")
	good := func() wire.Change { return a.create(sales.Partner{Name: "A", RegionCode: "3101"}) }
	for name, spoil := range map[string]func(*wire.Change){
		"no id":         func(c *wire.Change) { c.ID = "" },
		"no record":     func(c *wire.Change) { c.RecordID = "" },
		"no verb":       func(c *wire.Change) { c.Verb = 0 },
		"unknown kind":  func(c *wire.Change) { c.Kind = "kind#999" },
		"wrong type":    func(c *wire.Change) { c.Fields[0].Value = int64(5) },
		"field twice":   func(c *wire.Change) { c.Fields = append(c.Fields, c.Fields[0]) },
		"field zero":    func(c *wire.Change) { c.Fields[0].Number = 0 },
		"text too long": func(c *wire.Change) { c.Fields[0].Value = strings.Repeat("x", sales.MaxText+1) },
		"set member long": func(c *wire.Change) {
			c.Fields = append(c.Fields, wire.FieldEdit{Number: 15, Added: []string{strings.Repeat("x", sales.MaxText+1)}})
		},
		"set too large": func(c *wire.Change) {
			c.Fields = append(c.Fields, wire.FieldEdit{Number: 15, Added: make([]string, sales.MaxSet+1)})
		},
		"unknown field big": func(c *wire.Change) {
			c.Fields = append(c.Fields, wire.FieldEdit{Number: 9000, Value: strings.Repeat("x", sales.MaxLong+1)})
		},
		"not utf-8": func(c *wire.Change) { c.Fields[0].Value = "\xff\xfe" },
	} {
		c := good()
		spoil(&c)
		if v := a.push(c)[0]; v.Outcome != wire.Rejected || v.Code == "" || v.Message == "" {
			t.Errorf("%s: %+v", name, v)
		}
	}
	a.mustPush(good())
}
