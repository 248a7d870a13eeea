package workbook

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"

	_ "modernc.org/sqlite"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/server/accounts"
	"github.com/rounds-field/rounds/store/central"
	"github.com/rounds-field/rounds/store/local"
	syncserver "github.com/rounds-field/rounds/sync/server"
	"github.com/rounds-field/rounds/sync/wire"
)

// counted is a server that counts the records which it gives.
type counted struct {
	mu      sync.Mutex
	records map[string]int // by call
	calls   map[string]int
}

func (c *counted) observe(call, _ string, records int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.records[call] += records
	c.calls[call]++
}

func (c *counted) reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.records, c.calls = map[string]int{}, map[string]int{}
}

// damageable is a workbook that holds 300 partners of the server's, and its server.
func damageable(t *testing.T) (dir string, ids []string, server *counted, journal *central.Journal) {
	t.Helper()
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	journal, err := central.Open(t.Context(), filepath.Join(t.TempDir(), "journal.db"), central.Options{Sync: "normal"})
	if err != nil {
		t.Fatal(err)
	}
	people := accounts.New(journal, nil)
	if _, _, err := people.Add(t.Context(), wire.Caller{}, accounts.NewUser{Name: "li.na", Role: sales.RoleManager, Password: password}); err != nil {
		t.Fatal(err)
	}
	edits := make([]sales.Edit, 300)
	for i := range edits {
		edits[i] = sales.CreateOf(sales.Partner{
			Name: fmt.Sprintf("Partner %d", i), Code: fmt.Sprintf("C-%04d", i), RegionCode: fmt.Sprint("3", i%3), CreditLimit: int64(1000 + i),
			Notes: fmt.Sprintf("a note, which is the %dth; nobody else has it", i),
		})
	}
	if ids, err = journal.Commit(t.Context(), wire.Caller{}, edits...); err != nil {
		t.Fatal(err)
	}
	server = &counted{}
	server.reset()
	s := httptest.NewServer(syncserver.NewHandler(syncserver.New(journal, syncserver.Limits{}), people, slog.New(slog.DiscardHandler), server.observe))
	t.Cleanup(func() {
		s.Close()
		if err := journal.Close(); err != nil {
			t.Error(err)
		}
	})
	dir = t.TempDir()
	wb := open(t, dir)
	signIn(t, wb, s.URL, "li.na")
	if _, err := wb.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	wb.Store.WaitForSearch()
	closeBook(t, wb)
	server.reset()
	return dir, ids, server, journal
}

func databaseOf(t *testing.T, dir string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "*", local.DatabaseName))
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	return found[0]
}

func deepCheck(t *testing.T, wb *Workbook) CheckReport {
	t.Helper()
	r, err := wb.Check(t.Context(), local.CheckOptions{Deep: true})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// soundAgain checks that a record is as the server has it, and everything else too.
func soundAgain(t *testing.T, wb *Workbook, id string, n int) {
	t.Helper()
	r, err := wb.Get(t.Context(), "partner", id)
	want := sales.Partner{
		Name: fmt.Sprintf("Partner %d", n), Code: fmt.Sprintf("C-%04d", n), RegionCode: fmt.Sprint("3", n%3), CreditLimit: int64(1000 + n),
		Notes: fmt.Sprintf("a note, which is the %dth; nobody else has it", n),
	}
	if got := sales.As[sales.Partner](r); err != nil || got.Name != want.Name || got.Code != want.Code || got.RegionCode != want.RegionCode || got.Notes != want.Notes || got.CreditLimit != want.CreditLimit {
		t.Errorf("the record is %+v, %v", got, err)
	}
	if n := count(t, wb); n != 300 {
		t.Errorf("%d partners", n)
	}
	if hits, err := wb.Search(t.Context(), want.Code, "partner", 5); err != nil || len(hits) == 0 {
		t.Errorf("it is not found any more: %v, %v", hits, err)
	}
	if again := deepCheck(t, wb); len(again.Left)+len(again.Mended) != 0 {
		t.Errorf("a second check finds %+v", again)
	}
}

func TestOneFlippedByteIsFoundAndThatRowAloneIsFetched(t *testing.T) {
	dir, ids, server, _ := damageable(t)
	path := databaseOf(t, dir)
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := []byte("which is the 117th; nobody")
	at := bytes.Index(file, text)
	if at < 0 || bytes.Count(file, text) != 1 {
		t.Fatalf("the text is in the file %d times", bytes.Count(file, text))
	}
	file[at+6] ^= 0x04
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	wb := open(t, dir)
	defer closeBook(t, wb)
	report := deepCheck(t, wb)
	if len(report.Mended) != 1 || report.Mended[0].Code != "row" || report.Mended[0].ID != ids[117] || len(report.Left) != 0 || report.Problem != nil {
		t.Fatalf("found %+v", report)
	}
	if server.records["Repair"] != 1 || server.records["Pull"] != 0 {
		t.Errorf("records on the wire: %v, want that row alone", server.records)
	}
	soundAgain(t, wb, ids[117], 117)
}

// Whatever part of a row was damaged, the deep check finds it, and no more than that row comes from the server.
func TestEveryPartOfARowIsChecked(t *testing.T) {
	dir, ids, server, _ := damageable(t)
	parts := []string{
		"name = 'Q' || substr(name, 2)", "code = 'C-xxxx'", "notes = NULL", "credit_limit = credit_limit + 64", "region_code = '31x'", "_bucket = 't:3x'",
		"_stamps = substr(_stamps, 1, 8) || x'7f' || substr(_stamps, 10)", "_stamps = x'ff'", "_sum = zeroblob(16)", "_seq = _seq + 1", "_updated_by = 'x'",
		"id = substr(id, 1, 35) || 'x'", "_unknown = 'no JSON'", "_key = 'zzz'",
	}
	for i, part := range parts {
		db, err := sql.Open("sqlite", databaseOf(t, dir))
		if err != nil {
			t.Fatal(err)
		}
		res, err := db.ExecContext(t.Context(), "UPDATE partner SET "+part+" WHERE id = ?", ids[20+i])
		if err != nil {
			t.Fatal(part, err)
		}
		if n, err := res.RowsAffected(); err != nil || n != 1 {
			t.Fatal(part, n, err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		server.reset()
		wb := open(t, dir)
		report := deepCheck(t, wb)
		if len(report.Mended) == 0 || len(report.Left) != 0 || report.Problem != nil {
			t.Errorf("%s: found %+v", part, report)
		}
		if server.records["Repair"] != 1 || server.records["Pull"] != 0 {
			t.Errorf("%s: records on the wire: %v", part, server.records)
		}
		soundAgain(t, wb, ids[20+i], 20+i)
		closeBook(t, wb)
	}
}

func TestADamagedRowBelowAnEditIsMendedAndTheEditStays(t *testing.T) {
	dir, ids, server, journal := damageable(t)
	wb := open(t, dir)
	for i, damage := range []string{"UPDATE partner SET notes = 'x', phone = 'y' WHERE id = ?", "UPDATE wb_shadow SET state = 'x' WHERE record_id = ?"} {
		phone := fmt.Sprint("021-", i)
		if _, err := wb.Write(t.Context(), sales.Edit{Verb: sales.Update, Kind: "partner", ID: ids[5], Values: sales.Values{"phone": phone}}); err != nil {
			t.Fatal(err)
		}
		closeBook(t, wb)
		db, err := sql.Open("sqlite", databaseOf(t, dir))
		if err != nil {
			t.Fatal(err)
		}
		if res, err := db.ExecContext(t.Context(), damage, ids[5]); err != nil {
			t.Fatal(err)
		} else if n, err := res.RowsAffected(); err != nil || n != 1 {
			t.Fatal(n, err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		wb = open(t, dir)
		if report := deepCheck(t, wb); len(report.Mended) == 0 || len(report.Left) != 0 {
			t.Errorf("%s: found %+v", damage, report)
		}
		if r, err := wb.Get(t.Context(), "partner", ids[5]); err != nil || r.Text("phone") != phone {
			t.Errorf("%s: the phone is %q, %v", damage, r.Text("phone"), err)
		}
		soundAgain(t, wb, ids[5], 5)
	}
	defer closeBook(t, wb)
	if server.records["Push"] != 2 {
		t.Errorf("sent %d changes", server.records["Push"])
	}
	rec, err := journal.Record(context.Background(), wire.Caller{Access: sales.Access{Role: sales.RoleAdmin}}, "partner", ids[5])
	if err != nil || rec.Text("phone") != "021-1" {
		t.Errorf("at the server the phone is %q, %v", rec.Text("phone"), err)
	}
}

func TestDamageIsToldWhereTheServerCannotBeReached(t *testing.T) {
	dir, ids, _, _ := damageable(t)
	wb := open(t, dir)
	defer closeBook(t, wb)
	wb.mu.Lock()
	wb.engine = nil // nobody is signed in
	wb.mu.Unlock()
	if report := deepCheck(t, wb); len(report.Left)+len(report.Mended) != 0 {
		t.Fatalf("before: %+v", report)
	}
	db, err := sql.Open("sqlite", databaseOf(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "UPDATE partner SET notes = 'x' WHERE id = ?", ids[9]); err != nil {
		t.Fatal(err)
	}
	report := deepCheck(t, wb)
	if len(report.Left) != 1 || report.Left[0].ID != ids[9] || report.Left[0].Hint == "" {
		t.Errorf("found %+v", report)
	}
}
