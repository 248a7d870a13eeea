package central_test

import (
	"testing"

	"github.com/google/uuid"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

func TestAForgedGroupLeavesTheChangesOfOthersAsTheyAre(t *testing.T) {
	w := newWorld(t)
	a, b := w.device("a", sales.RoleRep, "31"), w.device("b", sales.RoleRep, "31")
	mine := a.create(sales.Partner{Name: "Dongfang", RegionCode: "3101"})
	a.mustPush(mine)
	// The refused change comes first, so that the one with the known id is never tried.
	bad, forged := b.create(sales.Partner{RegionCode: "3101"}), b.create(sales.Partner{Name: "Forged", RegionCode: "3101"})
	forged.ID = mine.ID
	if got := outcomes(b.push(group(bad, forged)...)); got != "rejected held" && got != "rejected rejected" {
		t.Error(got)
	}
	if entries, err := w.journal.History(t.Context(), a.caller, "partner", mine.RecordID); err != nil || len(entries) != 1 {
		t.Errorf("the history has %d entries, %v", len(entries), err)
	}
	if v := a.push(mine)[0]; v.Outcome != wire.Duplicate {
		t.Errorf("sent again: %+v", v)
	}
	// Nor does anybody learn from the very same change what became of it.
	if v := b.push(mine)[0]; v.Outcome != wire.Rejected || v.Code != sales.CodeDuplicate {
		t.Errorf("sent by somebody else: %+v", v)
	}
}

func TestAKnownChangeStaysKnownBehindARefusedOneOfItsGroup(t *testing.T) {
	w := newWorld(t)
	a := w.device("a", sales.RoleRep, "31")
	known := a.create(sales.Partner{Name: "Dongfang", RegionCode: "3101"})
	a.mustPush(known)
	bad := a.create(sales.Partner{RegionCode: "3101"})
	bad.Group = known.Group
	if got := outcomes(a.push(bad, known)); got != "rejected duplicate" {
		t.Error(got)
	}
	if got := outcomes(a.push(known)); got != "duplicate" {
		t.Error(got)
	}
}

func TestAChangeNamedTwiceInOneGroupIsNotTakenForDone(t *testing.T) {
	w := newWorld(t)
	a := w.device("a", sales.RoleRep, "31")
	twice, bad := a.create(sales.Partner{Name: "Dongfang", RegionCode: "3101"}), a.create(sales.Partner{RegionCode: "3101"})
	if got := outcomes(a.push(group(twice, twice, bad)...)); got != "held held rejected" {
		t.Error(got)
	}
}

// An incarnation that shares its first eight bytes with another user's would pass for the same device: its edits would replace theirs
// without a conflict.
func TestAnIncarnationCannotPassForAnotherUsersDevice(t *testing.T) {
	w := newWorld(t)
	a, b := w.device("a", sales.RoleRep, "31"), w.device("b", sales.RoleRep, "31")
	a.mustPush(a.create(sales.Partner{Name: "Dongfang", RegionCode: "3101"}))
	twin := uuid.New()
	own := uuid.MustParse(a.caller.Incarnation)
	copy(twin[:8], own[:8])
	_, err := w.journal.Push(t.Context(), b.caller, wire.PushRequest{Incarnation: twin.String(), Changes: []wire.Change{b.create(sales.Partner{Name: "B", RegionCode: "3101"})}})
	if !sales.HasCode(err, sales.CodeForbidden) {
		t.Errorf("%v", err)
	}
	trail, err := w.journal.AuditTrail(t.Context(), 1, 0)
	if err != nil || len(trail) != 1 || trail[0].Action != "push_refused" || trail[0].Actor != b.caller.UserID {
		t.Errorf("audit %+v, %v", trail, err)
	}
}

// The stamps of joined texts are nobody's: an incarnation that made such would leave others without the name of who replaced their value, and unable to join a text with its.
func TestAnIncarnationCannotPassForAJoinedText(t *testing.T) {
	w := newWorld(t)
	a := w.device("a", sales.RoleRep, "31")
	nobody := uuid.New()
	nobody[6] = 0xe0 | nobody[6]&0x0f
	_, err := w.journal.Push(t.Context(), a.caller, wire.PushRequest{Incarnation: nobody.String(), Changes: []wire.Change{a.create(sales.Partner{Name: "A", RegionCode: "3101"})}})
	if !sales.HasCode(err, sales.CodeInvalid) {
		t.Errorf("%v", err)
	}
}

// The id of a conflict follows from the change that made it: whoever made a record with that id first would keep the loser from being told.
func TestOnlyTheServerMakesConflicts(t *testing.T) {
	w := newWorld(t)
	a, b, boss := w.device("a", sales.RoleRep, "31"), w.device("b", sales.RoleRep, "31"), w.device("boss", sales.RoleAdmin)
	p := a.create(sales.Partner{Name: "Dongfang", RegionCode: "3101"})
	a.mustPush(p)
	seen := a.pullAll(0)[p.RecordID]
	a.mustPush(a.change(sales.Update, "partner", p.RecordID, set(seen, "name", "Dongfang East")))
	w.now = w.now.Add(1e9)
	edit := b.change(sales.Update, "partner", p.RecordID, set(seen, "name", "Dongfang West"))
	forged := sales.Conflict{
		ID:     uuid.NewSHA1(uuid.MustParse(w.journal.Organisation()), []byte(edit.ID+"/2")).String(),
		UserID: b.caller.UserID, RecordKind: "partner", RecordID: p.RecordID, FieldName: "name",
	}
	if v := b.push(b.create(forged))[0]; v.Outcome != wire.Rejected || v.Code != sales.CodeForbidden {
		t.Errorf("a forged conflict: %+v", v)
	}
	forged.ID, forged.UserID = "", boss.caller.UserID
	if v := boss.push(boss.create(forged))[0]; v.Outcome != wire.Rejected || v.Code != sales.CodeForbidden {
		t.Errorf("an administrator's: %+v", v)
	}
	b.mustPush(edit)
	for _, r := range a.pullAll(0) {
		if r.Kind == "conflict" {
			a.mustPush(a.change(sales.Update, "conflict", r.ID, set(r, "status", "kept_theirs")))
			return
		}
	}
	t.Error("the author of the lost value was not told")
}

func TestChangesWithoutAGroupStandAlone(t *testing.T) {
	w := newWorld(t)
	a := w.device("a", sales.RoleRep, "31")
	good, bad := a.create(sales.Partner{Name: "Dongfang", RegionCode: "3101"}), a.create(sales.Partner{RegionCode: "3101"})
	good.Group, bad.Group = 0, 0
	if got := outcomes(a.push(good, bad)); got != "applied rejected" {
		t.Error(got)
	}
}
