package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/rounds-field/rounds/internal/pgtest"
	"github.com/rounds-field/rounds/sales"
)

// A database that is named in another way than by the URL of a PostgreSQL database would be a file of that name in the current folder, with a password in
// its name, and what is said of it would tell the password.
func TestADatabaseThatIsNotNamedByAURLIsRefusedWithoutTellingThePassword(t *testing.T) {
	dir := t.TempDir()
	data, file := filepath.Join(dir, "data"), filepath.Join(dir, "one.rounds")
	mustRun(t, "a good password", "user", "add", "boss", "--data", data, "--role", "admin", "--password-stdin")
	mustRun(t, "", "backup", file, "--data", data)
	t.Chdir(t.TempDir())
	commands := [][]string{
		{"verify"},
		{"backup", "-"},
		{"restore", file},
		{"migrate"},
		{"user", "list"},
		{"user", "add", "x", "--role", "rep", "--password-stdin"},
		{"jobs", "list"},
		{"jobs", "run", "prune"},
		{"serve", "--listen", "127.0.0.1:0"},
	}
	for _, database := range []string{
		"rounds:sekret@h", "postgress://rounds:sekret@h/x", "mysql://rounds:sekret@h/x", "host=h user=rounds password=sekret", "POSTGRES://rounds:sekret@h/x",
		"postgres://rounds:p@sekret@127.0.0.1/x", "postgres://rounds:1/sekret@127.0.0.1/x", "postgres://rounds:sek ret@127.0.0.1/x", "postgres://rounds:1/2?sekret=3@127.0.0.1/x",
		"postgres://rounds:sekret%zz@127.0.0.1/x", "postgres://rounds:p?sekret@x@127.0.0.1/x",
	} {
		want := "write it like postgres://"
		if strings.HasPrefix(database, "postgres://") {
			want = "written as %40"
		}
		for _, args := range commands {
			refusedAndSilent(t, "a good password", append(args, "--database", database), want)
		}
		refusedAndSilent(t, "", []string{"move", "--from", data, "--to", database}, "postgres://")
		refusedAndSilent(t, "", []string{"move", "--from", database, "--to", filepath.Join(dir, "new")}, "")
		refusedAndSilent(t, "", []string{"verify", "--data", database}, "data: it is neither")
		refusedAndSilent(t, "a good password", []string{"user", "add", "x", "--role", "rep", "--password-stdin", "--data", database}, "data: it is neither")
		refusedAndSilent(t, "", []string{"serve", "--listen", "127.0.0.1:0", "--data", database}, "data: it is neither")
	}
	for _, command := range []string{"backup", "restore", "verify"} {
		refusedAndSilent(t, "", []string{command, "postgres://rounds:sekret@h/x", "--data", data}, "--database")
	}
	config := filepath.Join(dir, "rounds.conf")
	for _, line := range []string{"database postgres://rounds:sekret@h/x", "database: postgres://rounds:sekret@h/x?sslmode=disable", "postgres://rounds:sekret@h/x?sslmode=disable", "rounds:sekret@h"} {
		if err := os.WriteFile(config, []byte(line+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		refusedAndSilent(t, "", []string{"verify", "--config", config}, "line 1")
	}
	if made, err := filepath.Glob("*"); err != nil || len(made) > 0 {
		t.Errorf("these were made: %v, %v", made, err)
	}
}

// refusedAndSilent makes sure that a command is refused with some words, and that nothing of a password is in what it says.
func refusedAndSilent(t *testing.T, stdin string, args []string, want string) {
	t.Helper()
	out, err := run(t, stdin, args...)
	if err == nil || !strings.Contains(oneLine(err), want) {
		t.Errorf("%v: %v; want %q", args, err, want)
	}
	if err != nil && (strings.Contains(oneLine(err), "sek") || strings.Contains(out, "sek")) {
		t.Errorf("%v tells the password: %v %s", args, err, out)
	}
}

// In a place that is mistyped there is nothing to read or to change. An organisation made there would be empty, and in the way of a restore or a move.
func TestOnlyAFirstUserMakesAnOrganisation(t *testing.T) {
	t.Setenv("ROUNDS_BLOBS", t.TempDir())
	foreign := pgtest.New(t)
	conn, err := pgx.Connect(t.Context(), foreign)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	things := func() (n int) {
		t.Helper()
		row := conn.QueryRow(t.Context(), "SELECT (SELECT COUNT(*) FROM pg_namespace) + (SELECT COUNT(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace)")
		if err := row.Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	typo, empty := filepath.Join(t.TempDir(), "typo"), t.TempDir()
	if err := os.WriteFile(filepath.Join(empty, "rounds.db"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	commands := [][]string{
		{"user", "list"},
		{"user", "disable", "boss"},
		{"user", "enable", "boss"},
		{"user", "password", "boss", "--password-stdin"},
		{"user", "devices", "boss"},
		{"user", "revoke", "boss"},
		{"jobs", "list"},
		{"jobs", "run", "prune"},
		{"verify"},
		{"backup", "-"},
	}
	for _, goose := range []bool{false, true} {
		if goose { // of another program that has its migrations done in the same way, and organisations of its own
			if _, err := conn.Exec(t.Context(), "CREATE TABLE goose_db_version (id INT, version_id BIGINT); CREATE TABLE organisations (id INT)"); err != nil {
				t.Fatal(err)
			}
		}
		before := things()
		for _, args := range commands {
			for place, option := range map[string]string{typo: "--data", empty: "--data", foreign: "--database"} {
				if out, err := run(t, "a good password", append(args, option, place)...); !sales.HasCode(err, sales.CodeNotFound) || !strings.Contains(oneLine(err), "there is no organisation") {
					t.Errorf("%v gives %v\n%s", append(args, option, place), err, out)
				}
			}
		}
		if _, err := run(t, "", "move", "--from", foreign, "--to", filepath.Join(t.TempDir(), "new")); !sales.HasCode(err, sales.CodeNotFound) {
			t.Errorf("a move gives %v", err)
		}
		if n := things(); n != before {
			t.Errorf("%d things were made in a database that is not ours", n-before)
		}
	}
	if _, err := os.Stat(typo); !os.IsNotExist(err) {
		t.Error("a mistyped folder was made:", err)
	}
	if left, err := filepath.Glob(filepath.Join(empty, "*")); err != nil || len(left) != 1 {
		t.Errorf("the folder without an organisation has %v, %v", left, err)
	}
	ours := pgtest.New(t)
	mustRun(t, "a good password", "user", "add", "boss", "--database", ours, "--data", t.TempDir(), "--role", "admin", "--password-stdin")
	mustRun(t, "a good password", "user", "add", "chief", "--database", ours, "--data", t.TempDir(), "--role", "admin", "--password-stdin")
	for _, args := range commands[:6] {
		mustRun(t, "another password", append(args, "--database", ours, "--data", t.TempDir())...)
	}
}
