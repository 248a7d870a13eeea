package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rounds-field/rounds/store"
)

func TestABackupIsVerifiedRestoredAndMovedByCommands(t *testing.T) {
	dir := t.TempDir()
	data, file := filepath.Join(dir, "data"), filepath.Join(dir, "one.rounds")
	if out := mustRun(t, "", "migrate", "--data", data); !strings.Contains(out, "did 00001_journal.sql") {
		t.Error(out)
	}
	if out := mustRun(t, "", "migrate", "--data", data); !strings.Contains(out, "up to date") {
		t.Error(out)
	}
	mustRun(t, "a good password", "user", "add", "boss", "--data", data, "--role", "admin", "--password-stdin")
	if out := mustRun(t, "", "backup", file, "--data", data); !strings.Contains(out, "wrote ") {
		t.Error(out)
	}
	for _, out := range []string{mustRun(t, "", "verify", "--data", data), mustRun(t, "", "verify", file)} {
		if !strings.Contains(out, "no fault was found") || !strings.Contains(out, "\no ") || !strings.Contains(out, "accounts       1") {
			t.Error(out)
		}
	}
	other := filepath.Join(dir, "other")
	mustRun(t, "", "restore", file, "--data", other)
	if list := mustRun(t, "", "user", "list", "--data", other); !strings.Contains(list, "boss") {
		t.Error(list)
	}
	moved := filepath.Join(dir, "moved")
	if out := mustRun(t, "", "move", "--from", other, "--to", moved); !strings.Contains(out, "are equal in both") {
		t.Error(out)
	}
	piped := mustRun(t, "", "backup", "-", "--data", moved)
	if out := mustRun(t, piped, "verify", "-"); !strings.Contains(out, "no fault was found") {
		t.Error(out)
	}
}

// The program is newer than the database and its servers: a backup must not be what brings the tables up to date.
func TestABackupByANewerProgramLeavesTheTablesAsTheyAre(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	mustRun(t, "", "migrate", "--data", data)
	mustRun(t, "a good password", "user", "add", "boss", "--data", data, "--role", "admin", "--password-stdin")
	db, err := store.Open(t.Context(), filepath.Join(data, "rounds.db"), store.Options{Readers: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Writer().ExecContext(t.Context(), "DELETE FROM goose_db_version WHERE version_id > 2"); err != nil {
		t.Fatal(err)
	}
	mustRun(t, "", "backup", filepath.Join(dir, "one.rounds"), "--data", data)
	mustRun(t, "", "backup", "-", "--data", data)
	var version int
	if err := db.Writer().QueryRowContext(t.Context(), "SELECT MAX(version_id) FROM goose_db_version").Scan(&version); err != nil || version != 2 {
		t.Errorf("the tables have version %d, %v", version, err)
	}
	mustRun(t, "", "restore", filepath.Join(dir, "one.rounds"), "--data", filepath.Join(dir, "other"))
}

func TestARefusalToReplaceOrReadSaysWhatToDo(t *testing.T) {
	dir := t.TempDir()
	data, file, bad := filepath.Join(dir, "data"), filepath.Join(dir, "one.rounds"), filepath.Join(dir, "bad.rounds")
	mustRun(t, "a good password", "user", "add", "boss", "--data", data, "--role", "admin", "--password-stdin")
	mustRun(t, "", "backup", file, "--data", data)
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(bad, bytes.Replace(content, content[len(content)-40:], make([]byte, 40), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	typo := filepath.Join(dir, "dtaa")
	for want, args := range map[string][]string{
		"--force-replace":                     {"restore", file, "--data", data},
		"the backup is damaged":               {"verify", bad},
		"is not a backup":                     {"verify", filepath.Join(data, "rounds.db")},
		"is a file":                           {"backup", file, "--data", data},
		"there is no organisation in":         {"backup", filepath.Join(dir, "x"), "--data", typo},
		"there is no organisation in " + typo: {"verify", "--data", typo},
		"--from and --to are needed":          {"move", "--from", data},
		"it is where the organisation":        {"move", "--from", data, "--to", data},
		"name a file that":                    {"restore", filepath.Join(dir, "none"), "--data", typo},
	} {
		if _, err := run(t, "", args...); err == nil || !strings.Contains(oneLine(err), want) {
			t.Errorf("%v: %v; want %q", args, err, want)
		}
	}
	if _, err := os.Stat(typo); !os.IsNotExist(err) {
		t.Error("a mistyped folder was made:", err)
	}
}
