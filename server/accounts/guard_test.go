package accounts_test

import (
	"strings"
	"testing"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/server/accounts"
	"github.com/rounds-field/rounds/store"
	"github.com/rounds-field/rounds/sync/wire"
)

func TestAnAccountForAUserOfTheDirectoryHasToBeWhatTheDirectorySays(t *testing.T) {
	b := newBench(t)
	if _, err := b.journal.Commit(t.Context(), system,
		sales.CreateOf(sales.User{Name: "boss", DisplayName: "Boss", Role: "manager", Territories: []string{"31", "44"}}),
		sales.CreateOf(sales.User{Name: "gone", DisplayName: "Gone", Role: "rep", Disabled: true})); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		u    accounts.NewUser
		want string
	}{
		{accounts.NewUser{Name: "boss", Role: sales.RoleAdmin, Territories: []string{"31", "44"}}, `the role "manager" and not "admin"`},
		{accounts.NewUser{Name: "boss", Role: sales.RoleManager}, `the territories "31,44" and not ""`},
		{accounts.NewUser{Name: "gone", Role: sales.RoleRep}, "disabled"},
	} {
		c.u.Password = password
		if _, _, err := b.Add(t.Context(), system, c.u); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %q", c.u, err, c.want)
		}
	}
	if _, _, err := b.Add(t.Context(), system, accounts.NewUser{Name: "boss", Role: sales.RoleManager, Territories: []string{"44", "31"}, Password: password}); err != nil {
		t.Error(err)
	}
}

func TestNobodyDisablesThemselvesHoweverTheyWriteTheirName(t *testing.T) {
	b := newBench(t)
	id := b.add("admin", sales.RoleAdmin)
	b.add("other", sales.RoleAdmin)
	caller := wire.Caller{Access: sales.Access{UserID: id, Role: sales.RoleAdmin}}
	for _, name := range []string{"admin", "ADMIN", " Admin "} {
		if err := b.SetDisabled(t.Context(), caller, name, true); !sales.HasCode(err, sales.CodeForbidden) {
			t.Errorf("%q: %v", name, err)
		}
	}
	if err := b.SetDisabled(t.Context(), caller, "other", true); err != nil {
		t.Error(err)
	}
}

// A disk that is full must not keep a device from pulling: that a sign-in was used is of no weight.
func TestAUseOfASignInThatCannotBeWrittenDownIsCounted(t *testing.T) {
	b := newBench(t)
	b.add("li.na", sales.RoleRep)
	token, err := b.signIn("li.na", password, "1.2.3.4")
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), b.path, store.Options{Sync: "normal"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Writer().ExecContext(t.Context(), "CREATE TRIGGER full BEFORE UPDATE ON tokens BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	b.now = b.now.Add(5 * 24 * time.Hour)
	if _, err := b.Authenticate(t.Context(), token); err != nil {
		t.Errorf("the call was refused: %v", err)
	}
	if n := b.Unnoted(); n != 1 {
		t.Errorf("%d uses counted that were not written down", n)
	}
}

func TestARefusedMessageIsAuditedOnceAMinute(t *testing.T) {
	b := newBench(t)
	caller := wire.Caller{Access: sales.Access{UserID: b.add("li.na", sales.RoleRep)}, Device: "laptop"}
	for range 3 {
		for _, call := range []string{"Push", "Pull"} {
			if err := b.Refused(t.Context(), caller, call, "it is malformed"); err != nil {
				t.Fatal(err)
			}
		}
	}
	b.now = b.now.Add(2 * time.Minute)
	if err := b.Refused(t.Context(), caller, "Push", "it is malformed"); err != nil {
		t.Fatal(err)
	}
	trail, err := b.journal.AuditTrail(t.Context(), 10, 0)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, e := range trail {
		if e.Action == "message_refused" && e.Actor == caller.UserID && e.Detail == "from laptop: it is malformed" {
			n++
		}
	}
	if n != 3 {
		t.Errorf("%d entries in %+v", n, trail)
	}
}
