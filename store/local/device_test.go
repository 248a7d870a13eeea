package local

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

func incarnation(t *testing.T, s *Store) string {
	t.Helper()
	id, err := s.Incarnation(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func closeStore(t *testing.T, s *Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestAWorkbookOpenElsewhereIsRefused(t *testing.T) {
	dir := t.TempDir()
	s := openIn(t, dir)
	_, err := Open(t.Context(), dir, Options{})
	if !sales.HasCode(err, sales.CodeInUse) {
		t.Errorf("a second opening: %v", err)
	}
	closeStore(t, s)
	closeStore(t, openIn(t, dir))
}

func TestTheIncarnationStaysOverARestart(t *testing.T) {
	dir := t.TempDir()
	s := openIn(t, dir)
	was := incarnation(t, s)
	mustWrite(t, s, sales.CreateOf(sales.Task{Title: "one"}))
	closeStore(t, s)
	s = openIn(t, dir)
	mustWrite(t, s, sales.CreateOf(sales.Task{Title: "two"}))
	if now := incarnation(t, s); now != was || mustUnsent(t, s)[1].Counter != 2 {
		t.Errorf("after a restart: %s, before: %s", now, was)
	}
}

func TestARestoredOrCopiedWorkbookIsANewIncarnation(t *testing.T) {
	for name, restore := range map[string]func(t *testing.T, dir string) string{
		"a backup is put back": func(t *testing.T, dir string) string {
			s := openIn(t, dir)
			path, err := s.Backup(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			mustWrite(t, s, sales.CreateOf(sales.Task{Title: "after the backup"}))
			closeStore(t, s)
			copyFile(t, path, filepath.Join(dir, DatabaseName))
			return dir
		},
		"a backup without anything after it is put back": func(t *testing.T, dir string) string {
			s := openIn(t, dir)
			path, err := s.Backup(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			closeStore(t, s)
			copyFile(t, path, filepath.Join(dir, DatabaseName))
			return dir
		},
		"an older copy of the file is put back": func(t *testing.T, dir string) string {
			kept := filepath.Join(t.TempDir(), "kept.db")
			copyFile(t, filepath.Join(dir, DatabaseName), kept)
			closeStore(t, openIn(t, dir))
			copyFile(t, kept, filepath.Join(dir, DatabaseName))
			return dir
		},
		"the whole folder is copied": func(t *testing.T, dir string) string {
			other := t.TempDir()
			for _, f := range []string{DatabaseName, incarnationName} {
				copyFile(t, filepath.Join(dir, f), filepath.Join(other, f))
			}
			return other
		},
		"the file beside it is lost": func(t *testing.T, dir string) string {
			if err := os.Remove(filepath.Join(dir, incarnationName)); err != nil {
				t.Fatal(err)
			}
			return dir
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := openIn(t, dir)
			mustWrite(t, s, sales.CreateOf(sales.Task{Title: "before"}))
			was := incarnation(t, s)
			closeStore(t, s)
			s = openIn(t, restore(t, dir))
			mustWrite(t, s, sales.CreateOf(sales.Task{Title: "after"}))

			// What waits from before is sent as the incarnation that wrote it, so that the server knows it again.
			if got := incarnation(t, s); got != was {
				t.Errorf("the old change is sent as %s, it was written as %s", got, was)
			}
			old := mustUnsent(t, s)
			if len(old) != 1 || old[0].Counter != 1 {
				t.Fatalf("first: %+v", old)
			}
			settle(t, s, wire.Verdict{ChangeID: old[0].ID, Outcome: wire.Duplicate})
			if got := incarnation(t, s); got == was {
				t.Error("it goes on as the same incarnation")
			}
			if own := mustUnsent(t, s); len(own) != 1 || own[0].Counter != 1 {
				t.Errorf("then: %+v", own)
			}
			healthy(t, s)
		})
	}
}

func TestAttachingChangesTheUserAndNothingElse(t *testing.T) {
	s := openTest(t)
	me, err := s.Identity(t.Context())
	if err != nil || me.UserID == "" || me.Server != "" {
		t.Fatalf("a new workbook's identity: %+v, %v", me, err)
	}
	task := mustWrite(t, s, sales.CreateOf(sales.Task{Title: "mine"}))[0]
	project := mustWrite(t, s, sales.CreateOf(sales.Project{Name: "p", MemberIDs: []string{me.UserID}}))[0]
	before := mustPending(t, s)
	id := Identity{UserID: sales.NewID(), UserName: "ann", DisplayName: "Ann", Role: sales.RoleRep, Server: "http://server", OrganisationID: sales.NewID()}
	if err := s.SetIdentity(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if got := text(t, s, "task", task, "owner_id"); got != id.UserID {
		t.Errorf("the owner is %s, want %s", got, id.UserID)
	}
	if r, err := s.Get(t.Context(), "project", project); err != nil || !sales.Same(r.Values["member_ids"], []string{id.UserID}) {
		t.Errorf("the members are %v, %v", r.Values["member_ids"], err)
	}
	after := mustPending(t, s)
	if len(after) != len(before) || after[0].ID != before[0].ID || after[0].Values["owner_id"] != id.UserID || after[0].Values["title"] != "mine" {
		t.Errorf("the outbox: %+v", after)
	}
	var left int
	for _, k := range sales.Kinds() {
		list, err := s.List(t.Context(), sales.Query{Kind: k.Name})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range list {
			left += strings.Count(fmt.Sprint(r), me.UserID)
		}
	}
	if left > 0 {
		t.Errorf("the old user is still named %d times", left)
	}
	other := id
	other.UserID = sales.NewID()
	if err := s.SetIdentity(t.Context(), other); !sales.HasCode(err, sales.CodeForbidden) {
		t.Errorf("another user takes the workbook over: %v", err)
	}
	healthy(t, s)
}

func TestBackupsAreMadeDailyAndThreeAreKept(t *testing.T) {
	dir := t.TempDir()
	now := time.Now()
	open := func(first bool) *Store {
		// The backup is made beside the user's work, so the first opening would find the task or not.
		s, err := Open(t.Context(), dir, Options{Logger: slog.New(slog.DiscardHandler), Now: func() time.Time { return now }, NoBackup: first})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := open(true)
	mustWrite(t, s, sales.CreateOf(sales.Task{Title: "worth keeping"}))
	closeStore(t, s)
	for day, want := range []int{1, 1, 2, 3, 3, 3} {
		if day != 1 { // twice on the first day
			now = now.Add(25 * time.Hour)
		}
		closeStore(t, open(false))
		list, err := backups(filepath.Join(dir, backupFolder))
		if err != nil || len(list) != want {
			t.Errorf("opening %d: %d backups, want %d (%v)", day, len(list), want, err)
		}
	}
}

func TestWhatTheWindowKeepsSurvives(t *testing.T) {
	dir := t.TempDir()
	s := openIn(t, dir)
	if err := s.SetState(t.Context(), "draft.visit", "half a sentence"); err != nil {
		t.Fatal(err)
	}
	closeStore(t, s)
	s = openIn(t, dir)
	if got, err := s.GetState(t.Context(), "draft.visit"); err != nil || got != "half a sentence" {
		t.Errorf("kept: %q, %v", got, err)
	}
	if err := s.SetState(t.Context(), "draft.visit", ""); err != nil {
		t.Fatal(err)
	}
	if got, err := s.GetState(t.Context(), "draft.visit"); err != nil || got != "" {
		t.Errorf("forgotten: %q, %v", got, err)
	}
}

func TestTablesFollowTheDeclarations(t *testing.T) {
	dir := t.TempDir()
	s, f := openIn(t, dir), newFakeServer()
	id := sales.NewID()
	st := f.set("t:11", "partner", id, sales.Values{"name": "one", "website": "example.com"})
	publish(t, s, f.page(st))
	// As an older program left it: without the column, its value kept as an unknown field's.
	for _, query := range []string{
		`UPDATE partner SET _unknown = '[{"n":9,"v":"example.com","s":[0,0],"b":null}]'`, "ALTER TABLE partner DROP COLUMN website",
		"DROP INDEX ix_partner_status", "DROP TABLE saved_view", "UPDATE wb_meta SET value = 'older' WHERE key = 'schema'",
	} {
		if _, err := s.db.Writer().ExecContext(t.Context(), query); err != nil {
			t.Fatal(err)
		}
	}
	closeStore(t, s)
	s = openIn(t, dir)
	if got := text(t, s, "partner", id, "website"); got != "example.com" {
		t.Errorf("the field that was unknown is %q", got)
	}
	if _, err := s.Count(t.Context(), sales.Query{Kind: "saved_view"}); err != nil {
		t.Error(err)
	}
	healthy(t, s)
	publish(t, s, f.page())
}

// toBeKilled tells the helper process that it is one; the workbook is in its folder.
const toBeKilled = "ROUNDS_TO_BE_KILLED"

// TestHelperThatIsKilled writes pairs of records until it is killed, and names each pair once it was acknowledged.
func TestHelperThatIsKilled(t *testing.T) {
	if os.Getenv(toBeKilled) == "" {
		return // not the helper process
	}
	s, err := Open(context.Background(), ".", Options{NoBackup: true})
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; ; i++ {
		title := fmt.Sprintf("pair %d of %d", i, os.Getpid())
		ids, err := s.Write(context.Background(), sales.CreateOf(sales.Partner{Name: title}), sales.CreateOf(sales.Task{Title: title}))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(os.Stdout, "saved", ids[0], ids[1])
	}
}

func TestAKilledProgramLosesNothingAndLeavesNothingHalf(t *testing.T) {
	dir := t.TempDir()
	saved := map[string]string{}
	for round := range 6 {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=TestHelperThatIsKilled")
		cmd.Env = append(os.Environ(), toBeKilled+"=yes")
		cmd.Dir = dir
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for n := 0; lines.Scan(); {
			f := strings.Fields(lines.Text())
			if len(f) == 3 && f[0] == "saved" {
				saved[f[1]] = f[2]
				if n++; n == 10+round*7 {
					_ = cmd.Process.Kill()
				}
			}
		}
		_ = cmd.Wait()
	}
	s := openIn(t, dir)
	for partner, task := range saved {
		if text(t, s, "partner", partner, "name") != text(t, s, "task", task, "title") {
			t.Errorf("partner %s and task %s are not those that were saved", partner, task)
		}
	}
	partners, err := s.Count(t.Context(), sales.Query{Kind: "partner"})
	if err != nil {
		t.Fatal(err)
	}
	tasks, err := s.Count(t.Context(), sales.Query{Kind: "task"})
	if err != nil {
		t.Fatal(err)
	}
	if len(saved) < 60 || partners < len(saved) || partners != tasks || len(mustPending(t, s)) != partners+tasks {
		t.Errorf("%d pairs acknowledged, %d partners, %d tasks, %d changes", len(saved), partners, tasks, len(mustPending(t, s)))
	}
	healthy(t, s)
}
