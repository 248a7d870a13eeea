package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
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
		{"verify"}, {"backup", "-"}, {"restore", file}, {"migrate"}, {"user", "list"}, {"user", "add", "x", "--role", "rep", "--password-stdin"}, {"jobs", "list"},
		{"jobs", "run", "prune"}, {"serve", "--listen", "127.0.0.1:0"},
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
	for _, line := range []string{"database postgres://rounds:sekret@h/x", "database: postgres://rounds:sekret@h/x?sslmode=disable", "postgres://rounds:sekret@h/x?sslmode=disable"} {
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
