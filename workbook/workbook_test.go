package workbook

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/server/accounts"
	"github.com/rounds-field/rounds/store/central"
	syncserver "github.com/rounds-field/rounds/sync/server"
	"github.com/rounds-field/rounds/sync/wire"
)

const password = "correct horse"

// startServer serves an organisation with two users, in this process, and gives its address.
func startServer(t *testing.T) (string, *central.Journal) {
	t.Helper()
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "") // no keyring: the token goes into its file
	journal, err := central.Open(t.Context(), filepath.Join(t.TempDir(), "journal.db"), central.Options{})
	if err != nil {
		t.Fatal(err)
	}
	people := accounts.New(journal, nil)
	for _, name := range []string{"li.na", "wang.wei"} {
		if _, _, err := people.Add(t.Context(), wire.Caller{}, accounts.NewUser{Name: name, Role: sales.RoleRep, Password: password}); err != nil {
			t.Fatal(err)
		}
	}
	s := httptest.NewServer(syncserver.NewHandler(syncserver.New(journal, syncserver.Limits{}), people, slog.New(slog.DiscardHandler), nil))
	t.Cleanup(func() {
		s.Close()
		if err := journal.Close(); err != nil {
			t.Error(err)
		}
	})
	return s.URL, journal
}

func open(t *testing.T, dir string) *Workbook {
	t.Helper()
	wb, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return wb
}

func closeBook(t *testing.T, wb *Workbook) {
	t.Helper()
	if err := wb.Close(); err != nil {
		t.Error(err)
	}
}

func signIn(t *testing.T, wb *Workbook, url, user string) {
	t.Helper()
	if err := wb.SignIn(t.Context(), url, user, password); err != nil {
		t.Fatal(err)
	}
}

func addPartner(t *testing.T, wb *Workbook, name string) {
	t.Helper()
	if _, err := wb.Write(t.Context(), sales.CreateOf(sales.Partner{Name: name})); err != nil {
		t.Fatal(err)
	}
}

func count(t *testing.T, wb *Workbook) int {
	t.Helper()
	n, err := wb.Count(t.Context(), sales.Query{Kind: "partner"})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestTheFirstSignInKeepsTheSameCopyOfTheDatabase(t *testing.T) {
	url, _ := startServer(t)
	wb := open(t, t.TempDir())
	defer closeBook(t, wb)
	addPartner(t, wb, "甲")
	before, err := wb.Store.Incarnation(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	signIn(t, wb, url, "li.na")
	after, err := wb.Store.Incarnation(t.Context())
	if err != nil || after != before {
		t.Errorf("the incarnation became %s, %v: the workbook takes itself for a copy", after, err)
	}
	if r, err := wb.Sync(t.Context()); err != nil || r.Pushed != 1 {
		t.Errorf("sync: %+v, %v", r, err)
	}
}

func TestASignInThatFailsLeavesTheWorkbookInUse(t *testing.T) {
	url, _ := startServer(t)
	dir := t.TempDir()
	wb := open(t, dir)
	defer closeBook(t, wb)
	signIn(t, wb, url, "li.na")
	addPartner(t, wb, "甲")
	if err := wb.SignIn(t.Context(), url, "wang.wei", "wrong password"); !sales.HasCode(err, sales.CodeSignedOut) && !sales.HasCode(err, sales.CodeForbidden) {
		t.Fatalf("a wrong password gives %v", err)
	}
	if id, err := wb.Identity(t.Context()); err != nil || id.UserName != "li.na" || count(t, wb) != 1 {
		t.Errorf("after a failed sign-in the workbook is %+v, %v", id, err)
	}
	folders, err := filepath.Glob(filepath.Join(dir, "*", "workbook.db"))
	if err != nil || len(folders) != 1 {
		t.Errorf("the failed sign-in left %v, %v", folders, err)
	}
	if r, err := wb.Sync(t.Context()); err != nil || r.Pushed != 1 {
		t.Errorf("sync: %+v, %v", r, err)
	}
}

func TestSigningOutKeepsTheWorkForTheNextSignIn(t *testing.T) {
	url, _ := startServer(t)
	dir := t.TempDir()
	wb := open(t, dir)
	signIn(t, wb, url, "li.na")
	addPartner(t, wb, "甲")
	if err := wb.SignOut(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadFile(filepath.Join(wb.store().Dir(), tokenFile)); err != nil || len(left) > 0 {
		t.Errorf("the sign-in is still on this computer: %q, %v", left, err)
	}
	if _, err := wb.Sync(t.Context()); !sales.HasCode(err, sales.CodeSignedOut) {
		t.Errorf("syncing signed out gives %v", err)
	}
	addPartner(t, wb, "乙")
	if s, err := wb.State(t.Context()); err != nil || s.Phase != sales.SyncSignedOut || s.Waiting != 2 {
		t.Errorf("state %+v, %v", s, err)
	}
	closeBook(t, wb)
	wb = open(t, dir)
	defer closeBook(t, wb)
	signIn(t, wb, url, "li.na")
	if r, err := wb.Sync(t.Context()); err != nil || r.Pushed != 2 {
		t.Errorf("after signing in again: %+v, %v", r, err)
	}
}

func TestTheTokenIsInAFileThatOnlyTheUserReads(t *testing.T) {
	url, _ := startServer(t)
	dir := t.TempDir()
	wb := open(t, dir)
	defer closeBook(t, wb)
	signIn(t, wb, url, "li.na")
	found, err := filepath.Glob(filepath.Join(dir, "*", tokenFile))
	if err != nil || len(found) != 1 {
		t.Fatalf("token files: %v, %v", found, err)
	}
	info, err := os.Stat(found[0])
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestAWorkbookThatIsOpenElsewhereIsRefused(t *testing.T) {
	dir := t.TempDir()
	wb := open(t, dir)
	defer closeBook(t, wb)
	if _, err := Open(t.Context(), dir, Options{}); !sales.HasCode(err, sales.CodeInUse) {
		t.Errorf("a second opening gives %v", err)
	}
}

func TestASignInCutShortIsFinishedAtTheNextOpening(t *testing.T) {
	url, _ := startServer(t)
	dir := t.TempDir()
	wb := open(t, dir)
	addPartner(t, wb, "甲")
	id, _, err := wb.ask(t.Context(), url, "li.na", password)
	if err != nil {
		t.Fatal(err)
	}
	if err := wb.Store.Attach(t.Context(), id); err != nil { // and here the program is killed
		t.Fatal(err)
	}
	closeBook(t, wb)
	wb = open(t, dir)
	defer closeBook(t, wb)
	if _, err := os.Stat(filepath.Join(dir, localName)); !os.IsNotExist(err) {
		t.Errorf("the local folder is still there: %v", err)
	}
	signIn(t, wb, url, "li.na")
	if count(t, wb) != 1 {
		t.Error("the record is gone")
	}
}

func TestADailyBackupIsMadeAtTheSecondOpening(t *testing.T) {
	dir := t.TempDir()
	wb := open(t, dir)
	addPartner(t, wb, "甲")
	closeBook(t, wb)
	closeBook(t, open(t, dir)) // which lets the backup finish
	found, err := filepath.Glob(filepath.Join(dir, localName, "backups", "*.db"))
	if err != nil || len(found) != 1 {
		t.Errorf("backups: %v, %v", found, err)
	}
}

func TestARevokedDeviceIsToldToSignInAgainAndKeepsItsWork(t *testing.T) {
	url, journal := startServer(t)
	wb := open(t, t.TempDir())
	defer closeBook(t, wb)
	signIn(t, wb, url, "li.na")
	addPartner(t, wb, "甲")
	people := accounts.New(journal, nil)
	id, err := wb.Identity(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := people.SetDisabled(t.Context(), wire.Caller{}, id.UserName, true); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if _, err := wb.Sync(ctx); !sales.HasCode(err, sales.CodeSignedOut) {
		t.Errorf("sync gives %v", err)
	}
	if s, err := wb.State(ctx); err != nil || s.Waiting != 1 {
		t.Errorf("state %+v, %v", s, err)
	}
}

func TestTheSampleStaysApartFromARealServer(t *testing.T) {
	url, _ := startServer(t)
	wb := open(t, t.TempDir())
	defer closeBook(t, wb)
	me := sales.User{ID: sales.NewID(), Name: "li.na", DisplayName: "李娜", Role: "rep"}
	records := []sales.Record{sales.RecordOf(me), sales.RecordOf(sales.Partner{ID: sales.NewID(), Name: "示例伙伴"})}
	if err := wb.UseSample(t.Context(), me, records); err != nil || count(t, wb) != 1 {
		t.Fatalf("sample: %v", err)
	}
	signIn(t, wb, url, "li.na")
	if r, err := wb.Sync(t.Context()); err != nil || r.Pushed != 0 || count(t, wb) != 0 {
		t.Errorf("after signing in: %+v, %v, %d partners", r, err, count(t, wb))
	}
}

func TestALargeSampleIsFilledAndOneCutShortIsFilledAnew(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: make test-long runs it without the race detector")
	}
	wb := open(t, t.TempDir())
	defer closeBook(t, wb)
	me := sales.User{ID: sales.NewID(), Name: "li.na", DisplayName: "李娜", Role: "rep"}
	records := []sales.Record{sales.RecordOf(me)}
	for range wire.MaxChanges {
		records = append(records, sales.RecordOf(sales.Partner{ID: sales.NewID(), Name: "示例伙伴"}))
	}
	bad := append(slices.Clone(records), sales.RecordOf(sales.Partner{ID: sales.NewID()})) // without a name
	if err := wb.UseSample(t.Context(), me, bad); !sales.HasCode(err, sales.CodeRequired) {
		t.Fatalf("the bad record gives %v", err)
	}
	if err := wb.UseSample(t.Context(), me, records); err != nil || count(t, wb) != wire.MaxChanges {
		t.Fatalf("sample: %v, %d partners", err, count(t, wb))
	}
	if err := wb.UseSample(t.Context(), me, nil); err != nil || count(t, wb) != wire.MaxChanges {
		t.Errorf("opened again: %v, %d partners", err, count(t, wb))
	}
}
