package workbook

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/server/accounts"
	"github.com/rounds-field/rounds/store/central"
	syncserver "github.com/rounds-field/rounds/sync/server"
	"github.com/rounds-field/rounds/sync/syncpb"
)

// address is where a server is reached; which one that is can be changed.
type address struct {
	url     string
	handler atomic.Pointer[http.Handler]
}

func (a *address) serve(h http.Handler) { a.handler.Store(&h) }

// newAddress gives an address at which the server of a journal is reached.
func newAddress(t *testing.T, journal *central.Journal) *address {
	t.Helper()
	a := &address{}
	a.serve(handlerOf(journal))
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*a.handler.Load()).ServeHTTP(w, r) }))
	t.Cleanup(s.Close)
	a.url = s.URL
	return a
}

func handlerOf(journal *central.Journal) http.Handler {
	return syncserver.NewHandler(syncserver.New(journal, syncserver.Limits{}), accounts.New(journal, nil), slog.New(slog.DiscardHandler), nil)
}

// nowhere is an address at which no server is any more.
func (a *address) nowhere() { a.serve(http.NotFoundHandler()) }

func folders(t *testing.T, dir string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "*", "workbook.db"))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// The server has moved to another address: the workbook of its user goes along once that was confirmed, with all that was not sent, and not before.
func TestAWorkbookFollowsItsServerToAnotherAddress(t *testing.T) {
	_, journal := startServer(t)
	before, after := newAddress(t, journal), newAddress(t, journal)
	dir := t.TempDir()
	wb := open(t, dir)
	defer func() { closeBook(t, wb) }()
	signIn(t, wb, before.url, "li.na")
	addPartner(t, wb, "甲")
	before.nowhere()

	for range 2 { // asked and not confirmed, nothing is another
		err := wb.SignIn(t.Context(), after.url, "li.na", password)
		var e *sales.Error
		if !errors.As(err, &e) || e.Code != sales.CodeServerMoved || e.Args["From"] != before.url || e.Args["Server"] != after.url || e.Args["User"] != "li.na" || e.Hint == "" {
			t.Fatalf("signing in at the new address gives %v", err)
		}
		if id, err := wb.Identity(t.Context()); err != nil || id.Server != before.url || count(t, wb) != 1 || len(folders(t, dir)) != 1 {
			t.Fatalf("the workbook is %+v, %v, with %d partners; there are %v", id, err, count(t, wb), folders(t, dir))
		}
		if s, err := wb.State(t.Context()); err != nil || s.Waiting != 1 || s.Phase == sales.SyncSignedOut {
			t.Fatalf("state %+v, %v", s, err)
		}
	}
	if n := tokens(t, journal); n != 1 {
		t.Errorf("there are %d sign-ins, want that of the old address alone", n)
	}

	from, err := wb.SignInMoved(t.Context(), after.url, "li.na", password)
	if err != nil || from != before.url {
		t.Fatalf("confirmed, it comes from %q, %v", from, err)
	}
	closeBook(t, wb)
	wb = open(t, dir)
	if id, err := wb.Identity(t.Context()); err != nil || id.Server != after.url || count(t, wb) != 1 || len(folders(t, dir)) != 1 {
		t.Errorf("the workbook is %+v, %v, with %d partners; there are %v", id, err, count(t, wb), folders(t, dir))
	}
	if r, err := wb.Sync(t.Context()); err != nil || r.Pushed != 1 {
		t.Errorf("sync: %+v, %v", r, err)
	}
	if from, err := wb.SignInMoved(t.Context(), after.url, "li.na", password); err != nil || from != "" {
		t.Errorf("signed in once more, it comes from %q, %v", from, err)
	}
	signIn(t, wb, after.url, "Li.Na")
	if len(folders(t, dir)) != 1 {
		t.Errorf("there are %v", folders(t, dir))
	}

	// Back at the first address, whose name the folder has, the same holds.
	before.serve(handlerOf(journal))
	if err := wb.SignIn(t.Context(), before.url, "li.na", password); !sales.HasCode(err, sales.CodeServerMoved) || count(t, wb) != 1 {
		t.Errorf("signing in at the old address again gives %v", err)
	}
	if from, err := wb.SignInMoved(t.Context(), before.url, "li.na", password); err != nil || from != after.url || len(folders(t, dir)) != 1 {
		t.Errorf("confirmed, it comes from %q, %v; there are %v", from, err, folders(t, dir))
	}
}

func tokens(t *testing.T, journal *central.Journal) int {
	t.Helper()
	_, u, err := journal.Account(t.Context(), "li.na")
	if err != nil {
		t.Fatal(err)
	}
	list, err := journal.Tokens(t.Context(), u.ID)
	if err != nil {
		t.Fatal(err)
	}
	return len(slices.DeleteFunc(list, func(t central.Token) bool { return !t.Revoked.IsZero() }))
}

// A workbook that is not in use moves as well, and one without a server does not hide it.
func TestAWorkbookThatIsNotInUseFollowsItsServer(t *testing.T) {
	_, journal := startServer(t)
	before, after := newAddress(t, journal), newAddress(t, journal)
	dir := t.TempDir()
	wb := open(t, dir)
	defer closeBook(t, wb)
	signIn(t, wb, before.url, "li.na")
	addPartner(t, wb, "甲")
	signIn(t, wb, before.url, "wang.wei")
	before.nowhere()
	if _, err := wb.SignInMoved(t.Context(), after.url, "li.na", password); err != nil || count(t, wb) != 1 {
		t.Fatalf("%v, %d partners", err, count(t, wb))
	}
	if r, err := wb.Sync(t.Context()); err != nil || r.Pushed != 1 {
		t.Errorf("sync: %+v, %v", r, err)
	}
	if err := wb.SignIn(t.Context(), after.url, "wang.wei", password); !sales.HasCode(err, sales.CodeServerMoved) || len(folders(t, dir)) != 2 {
		t.Errorf("the other user's sign-in gives %v; there are %v", err, folders(t, dir))
	}
}

// Another organisation may have the former address: its user of the same name begins anew and gets nothing of the workbook that moved away.
func TestWhoHasTheFormerAddressGetsNothingOfTheWorkbookThatMoved(t *testing.T) {
	_, journal := startServer(t)
	_, others := startServer(t)
	before, after := newAddress(t, journal), newAddress(t, journal)
	dir := t.TempDir()
	wb := open(t, dir)
	defer closeBook(t, wb)
	signIn(t, wb, before.url, "li.na")
	if _, err := wb.SignInMoved(t.Context(), after.url, "li.na", password); err != nil {
		t.Fatal(err)
	}
	addPartner(t, wb, "甲")
	before.serve(handlerOf(others))
	for range 2 {
		if from, err := wb.SignInMoved(t.Context(), before.url, "li.na", password); err != nil || from != "" || count(t, wb) != 0 {
			t.Fatalf("the other organisation's user comes from %q, %v, and sees %d partners", from, err, count(t, wb))
		}
		if r, err := wb.Sync(t.Context()); err != nil || r.Pushed != 0 {
			t.Errorf("sync: %+v, %v", r, err)
		}
	}
	signIn(t, wb, after.url, "li.na")
	if r, err := wb.Sync(t.Context()); err != nil || r.Pushed != 1 || len(folders(t, dir)) != 2 {
		t.Errorf("sync: %+v, %v; there are %v", r, err, folders(t, dir))
	}
}

// A server can claim to be any, but not what its user typed: somebody else's workbook moves nowhere by it.
func TestAServerThatClaimsToKnowAnotherUserDoesNotGetTheirWorkbook(t *testing.T) {
	_, journal := startServer(t)
	before, forged := newAddress(t, journal), newAddress(t, journal)
	dir := t.TempDir()
	wb := open(t, dir)
	defer closeBook(t, wb)
	signIn(t, wb, before.url, "li.na")
	addPartner(t, wb, "甲")
	id, err := wb.Identity(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	forged.serve(claiming(id.UserID, id.UserName, id.OrganisationID))
	from, err := wb.SignInMoved(t.Context(), forged.url, "wang.wei", password)
	if err != nil || from != "" || count(t, wb) != 0 {
		t.Errorf("it comes from %q, %v, with %d partners", from, err, count(t, wb))
	}
	signIn(t, wb, before.url, "li.na")
	if r, err := wb.Sync(t.Context()); err != nil || r.Pushed != 1 {
		t.Errorf("sync: %+v, %v", r, err)
	}
}

// claiming answers every sign-in with the ids of one user.
func claiming(user, name, organisation string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		u, o := uuid.MustParse(user), uuid.MustParse(organisation)
		b, err := proto.Marshal(&syncpb.SignInResponse{Token: "forged", UserId: u[:], User: name, Role: string(sales.RoleRep), Organisation: o[:]})
		if err != nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/proto")
		_, _ = w.Write(b)
	})
}
