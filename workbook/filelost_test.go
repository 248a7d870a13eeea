package workbook

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/server/accounts"
	"github.com/rounds-field/rounds/server/files"
	"github.com/rounds-field/rounds/store/central"
	"github.com/rounds-field/rounds/store/local"
	syncserver "github.com/rounds-field/rounds/sync/server"
	"github.com/rounds-field/rounds/sync/wire"
)

// serve gives the calls of a server over a journal and a folder of contents.
func serve(t *testing.T, journal *central.Journal, folder string) http.Handler {
	t.Helper()
	store, err := files.Open(t.Context(), folder, journal, files.Limits{}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	people := accounts.New(journal, nil)
	mux := http.NewServeMux()
	mux.Handle("/", syncserver.NewHandler(syncserver.New(journal, syncserver.Limits{}), people, slog.New(slog.DiscardHandler), nil))
	mux.Handle("/files/", store.Handler(people, nil))
	return mux
}

// A server is put back from a backup of before a photo was sent, on a new computer: the photo, which only the device has left, comes back with its record.
func TestAPhotoThatARestoredServerLostIsSentAgain(t *testing.T) {
	s := startFileServer(t, files.Limits{})
	var now atomic.Pointer[http.Handler]
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*now.Load()).ServeHTTP(w, r) }))
	t.Cleanup(front.Close)
	first := serve(t, s.journal, t.TempDir())
	now.Store(&first)
	s.url = front.URL
	mine := s.device("li.na")
	partner := partnerIn(t, mine, "31")
	syncBook(t, mine)
	var backup bytes.Buffer
	if _, err := s.journal.Backup(t.Context(), &backup, "test"); err != nil {
		t.Fatal(err)
	}
	content := photo(t, 700, 500)
	id := attach(t, mine, sales.Attachment{FileName: "shop.jpg", PartnerID: partner}, content)
	syncBook(t, mine)
	syncBook(t, mine)
	if state := stateOf(t, mine, content); state != sales.FileHere {
		t.Fatalf("before the restore it is %v", state)
	}
	database := filepath.Join(t.TempDir(), "restored.db")
	if _, _, err := central.Restore(t.Context(), database, &backup, central.RestoreOptions{}); err != nil {
		t.Fatal(err)
	}
	journal, err := central.Open(t.Context(), database, central.Options{Sync: "normal"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := journal.Close(); err != nil {
			t.Error(err)
		}
	})
	second := serve(t, journal, t.TempDir())
	now.Store(&second)
	syncBook(t, mine)
	syncBook(t, mine)
	if left := contentsOn(t, mine); len(left) != 2 {
		t.Fatalf("on the device that took it: %v", left)
	}
	theirs := s.device("wang.wei")
	syncBook(t, theirs)
	path, err := theirs.FetchFile(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(path); err != nil || !bytes.Equal(b, content) {
		t.Errorf("%d bytes, %v", len(b), err)
	}
}

// A photo whose record is on the server, and which is not itself, is sent although its author lost the territory in between: the others wait for it.
func TestAnUnsentPhotoIsSentAlthoughItsTerritoryIsLost(t *testing.T) {
	s := startFileServer(t, files.Limits{})
	mine, theirs := s.device("li.na"), s.device("wang.wei")
	partner := partnerIn(t, mine, "31")
	syncBook(t, mine)
	content := photo(t, 700, 500)
	id := attach(t, mine, sales.Attachment{FileName: "shop.jpg", PartnerID: partner}, content)
	if _, err := mine.Engine().Sync(t.Context()); err != nil { // the record is there, its content is not
		t.Fatal(err)
	}
	if _, err := s.journal.Commit(t.Context(), wire.Caller{}, territoriesOf(t, s, "li.na", "32")); err != nil {
		t.Fatal(err)
	}
	if _, err := mine.Engine().Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	syncBook(t, mine)
	syncBook(t, theirs)
	path, err := theirs.FetchFile(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(path); err != nil || !bytes.Equal(b, content) {
		t.Errorf("%d bytes, %v", len(b), err)
	}
	if left := contentsOn(t, mine); len(left) != 0 {
		t.Errorf("once it was sent, the device that lost the territory still has %v", left)
	}
}

// A workbook is put back from before a photo was added whose record is on the server, and whose content lies in the folder only: it is sent.
func TestAPhotoFromAfterTheBackupOfAWorkbookIsStillSent(t *testing.T) {
	s := startFileServer(t, files.Limits{})
	dir := t.TempDir()
	mine := open(t, dir)
	signIn(t, mine, s.url, "li.na")
	partner := partnerIn(t, mine, "31")
	syncBook(t, mine)
	database := filepath.Join(mine.store().Dir(), local.DatabaseName)
	closeBook(t, mine)
	before, err := os.ReadFile(database)
	if err != nil {
		t.Fatal(err)
	}
	mine = open(t, dir)
	content := photo(t, 700, 500)
	id := attach(t, mine, sales.Attachment{FileName: "shop.jpg", PartnerID: partner}, content)
	if _, err := mine.Engine().Sync(t.Context()); err != nil { // the record is there, its content is not
		t.Fatal(err)
	}
	closeBook(t, mine)
	if err := os.WriteFile(database, before, 0o600); err != nil {
		t.Fatal(err)
	}
	mine = open(t, dir)
	t.Cleanup(func() { closeBook(t, mine) })
	syncBook(t, mine)
	syncBook(t, mine)
	theirs := s.device("wang.wei")
	syncBook(t, theirs)
	path, err := theirs.FetchFile(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(path); err != nil || !bytes.Equal(b, content) {
		t.Errorf("%d bytes, %v", len(b), err)
	}
}
