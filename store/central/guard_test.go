package central_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store/central"
	"github.com/rounds-field/rounds/sync/wire"
)

// admin is a device of an administrator who can sign in.
func (w *world) admin(name string) *device {
	w.t.Helper()
	ids, err := w.journal.AddAccounts(w.t.Context(), system, central.NewAccount{
		Account: central.Account{Name: name, Password: "hash"}, User: sales.User{Name: name, DisplayName: name, Role: string(sales.RoleAdmin)},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return w.deviceOf(ids[0], name, sales.RoleAdmin)
}

func TestTheLastAdministratorCannotBeTakenAwayThroughSync(t *testing.T) {
	w := newWorld(t)
	a := w.admin("a")
	w.device("no-account", sales.RoleAdmin)
	seen := func() wire.RecordState { return a.pullAll(0)[a.caller.UserID] }
	ways := func() map[string]wire.Change {
		remove := a.change(sales.Delete, "user", a.caller.UserID)
		remove.Base = ptr(seen()).Latest()
		return map[string]wire.Change{
			"demoted":  a.change(sales.Update, "user", a.caller.UserID, set(seen(), "role", "rep")),
			"disabled": a.change(sales.Update, "user", a.caller.UserID, set(seen(), "disabled", true)),
			"deleted":  remove,
		}
	}
	for name, c := range ways() {
		if v := a.push(c)[0]; v.Outcome != wire.Rejected || v.Code != sales.CodeBadOrder || v.Message == "" || v.Hint == "" {
			t.Errorf("%s: %+v", name, v)
		}
	}
	// Two that take each other away in one batch: the second one stays.
	b := w.admin("b")
	both := []wire.Change{
		a.change(sales.Update, "user", b.caller.UserID, set(a.pullAll(0)[b.caller.UserID], "role", "rep")),
		a.change(sales.Update, "user", a.caller.UserID, set(seen(), "disabled", true)),
	}
	if got := outcomes(a.push(both...)); got != "applied rejected" {
		t.Error(got)
	}
	w.admin("c")
	a.mustPush(a.change(sales.Update, "user", a.caller.UserID, set(seen(), "role", "rep")))
}

func ptr[T any](v T) *T { return &v }

func TestInventedTerritoriesAreBounded(t *testing.T) {
	w := newWorld(t)
	a, boss := w.device("a", sales.RoleRep, "31"), w.device("boss", sales.RoleAdmin)
	const most = 5000
	changes := make([]wire.Change, most)
	for i := range changes {
		changes[i] = a.create(sales.Partner{Name: "P", RegionCode: fmt.Sprintf("31%07d", i)})
	}
	a.mustPush(changes...)
	v := a.push(a.create(sales.Partner{Name: "P", RegionCode: "31x"}), a.create(sales.Partner{Name: "P", RegionCode: "310000001"}), a.create(sales.Partner{Name: "P", RegionCode: "3101"}))
	if got := outcomes(v); got != "rejected applied applied" {
		t.Fatal(got)
	}
	if v[0].Code != sales.CodeBadReference || v[0].Field != "region_code" || !strings.Contains(v[0].Message, `"31x"`) {
		t.Errorf("%+v", v[0])
	}
	// A territory that an administrator adds takes records at once.
	boss.mustPush(boss.create(sales.Territory{Code: "31x", Name: "X", ParentCode: "31"}), boss.create(sales.Partner{Name: "P", RegionCode: "31x"}))
	if n := len(boss.pullAll(0)); n < most {
		t.Errorf("who sees everything pulls %d records", n)
	}
}

func TestForbiddenChangesAreAuditedOnceForAPush(t *testing.T) {
	w := newWorld(t)
	a, b := w.device("a", sales.RoleRep, "31"), w.device("b", sales.RoleRep, "44")
	there := w.commit(sales.CreateOf(sales.Partner{Name: "There", RegionCode: "4401"}))[0]
	task := b.create(sales.Task{Title: "Of b", OwnerID: b.caller.UserID})
	b.mustPush(task)
	verdicts := a.push(
		a.change(sales.Update, "partner", there, wire.FieldEdit{Number: 2, Value: "Mine now"}),       // another's territory
		a.create(sales.Partner{Name: "Theirs", RegionCode: "4401"}),                                  // into another's territory
		a.create(sales.SavedView{UserID: b.caller.UserID, Kind: "visit", Name: "v"}),                 // into another's personal bucket
		a.change(sales.Update, "task", task.RecordID, wire.FieldEdit{Number: 1, Value: "Read by a"}), // of another's personal bucket
		a.create(sales.User{Name: "x", Role: "admin"}),                                               // beyond the role
		a.create(sales.Partner{Name: "Good", RegionCode: "3101"}),                                    // what does not depend on them
	)
	if got := outcomes(verdicts); got != "rejected rejected rejected rejected rejected applied" {
		t.Fatal(got)
	}
	for _, v := range verdicts[:5] {
		if v.Code != sales.CodeForbidden || v.Message == "" || v.Hint == "" || strings.Contains(v.Message, "Of b") || strings.Contains(v.Message, "There") {
			t.Errorf("%+v", v)
		}
	}
	trail, err := w.journal.AuditTrail(t.Context(), 1, 0)
	if err != nil || len(trail) != 1 || trail[0].Action != "changes_forbidden" || trail[0].Actor != a.caller.UserID || !strings.HasPrefix(trail[0].Detail, "5 changes refused") {
		t.Errorf("audit %+v, %v", trail, err)
	}
	if r := b.pullAll(0)[there]; ptr(r.Record()).Text("name") != "There" {
		t.Errorf("the partner became %+v", r.Record().Values)
	}
	for _, r := range b.pullAll(0) {
		if r.Kind == "saved_view" {
			t.Error("a's view is in b's bucket")
		}
	}
}
