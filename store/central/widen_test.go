package central_test

import (
	"testing"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

// Two administrators each take one territory from a user, of two, without knowing of the other. No territory at all means the whole organisation, which neither of them meant.
func TestTakingTerritoriesFromAUserNeverGivesTheWholeOrganisation(t *testing.T) {
	w := newWorld(t)
	a, b := w.device("a", sales.RoleAdmin), w.device("b", sales.RoleAdmin)
	u := a.create(sales.User{Name: "li.na", DisplayName: "Li Na", Role: string(sales.RoleRep), Territories: []string{"31", "44"}})
	a.mustPush(u)
	seen := a.pullAll(0)[u.RecordID]
	without := func(code string, left ...string) wire.FieldEdit {
		e := set(seen, "territories", left)
		e.Removed = []string{code}
		return e
	}
	a.mustPush(a.change(sales.Update, "user", u.RecordID, without("31", "44")))
	second := b.change(sales.Update, "user", u.RecordID, without("44", "31"))
	if v := b.push(second)[0]; v.Outcome != wire.Rejected || v.Code != sales.CodeBadOrder || v.Field != "territories" || v.Hint == "" {
		t.Errorf("%+v", v)
	}
	territories := func() []string {
		r := b.pullAll(0)[u.RecordID]
		return sales.As[sales.User](r.Record()).Territories
	}
	if got := territories(); len(got) != 1 || got[0] != "44" {
		t.Errorf("the user has %v", got)
	}
	// Who knows what is there may still give somebody the whole organisation.
	seen = b.pullAll(0)[u.RecordID]
	b.mustPush(b.change(sales.Update, "user", u.RecordID, without("44")))
	if got := territories(); len(got) != 0 {
		t.Errorf("the user has %v", got)
	}
}
