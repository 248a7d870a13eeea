package main

import (
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2/test"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/server/accounts"
	"github.com/rounds-field/rounds/store/central"
	syncserver "github.com/rounds-field/rounds/sync/server"
	"github.com/rounds-field/rounds/sync/wire"
	"github.com/rounds-field/rounds/workbook"
)

// TestAServerThatMovedIsToldAlsoToWhoIsSignedIn: the flags name the server's new address, and the workbook would stay offline at the former one without a word. Where
// nobody answers there, the app opens all the same.
func TestAServerThatMovedIsToldAlsoToWhoIsSignedIn(t *testing.T) {
	journal, err := central.Open(t.Context(), filepath.Join(t.TempDir(), "server.db"), central.Options{Sync: "normal"})
	if err != nil {
		t.Fatal(err)
	}
	defer journal.Close()
	people := accounts.New(journal, nil)
	const password = "a good password"
	if _, _, err := people.Add(t.Context(), wire.Caller{}, accounts.NewUser{Name: "li.na", Role: sales.RoleRep, Password: password}); err != nil {
		t.Fatal(err)
	}
	handler := syncserver.NewHandler(syncserver.New(journal, syncserver.Limits{}), people, slog.New(slog.DiscardHandler), nil)
	former, latter := httptest.NewServer(handler), httptest.NewServer(handler)
	defer former.Close()
	defer latter.Close()
	file := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(file, []byte(password+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	wb, err := workbook.Open(t.Context(), t.TempDir(), workbook.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer wb.Close()
	w := test.NewWindow(nil)
	defer w.Close()
	prefs, err := loadPreferences(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	d := newDesk(t.Context(), w, wb, prefs)
	for _, start := range []struct {
		server string
		told   string
	}{{former.URL, ""}, {former.URL + "/", ""}, {latter.URL, sales.CodeServerMoved}, {"http://127.0.0.1:1", sales.CodeOffline}} {
		d.notice = nil
		if err := d.signInAtStart(options{server: start.server, user: "li.na", passwordFile: file}); err != nil {
			t.Fatal(err)
		}
		if told := d.notice != nil; told != (start.told != "") || told && !sales.HasCode(d.notice, start.told) {
			t.Errorf("started with %s, the notice is %v", start.server, d.notice)
		}
		if id, err := wb.Identity(t.Context()); err != nil || id.Server != former.URL || wb.Engine() == nil {
			t.Errorf("the workbook is of %+v, %v", id, err)
		}
	}
}
