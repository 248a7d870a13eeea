package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rounds-field/rounds/store"
)

// The advice for a damaged database is that of the server, whose backups are no databases, and whoever follows it has a database again.
func TestADamagedDatabaseIsToldHowItIsRestored(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	backup := filepath.Join(data, "backups", "newest.rounds")
	if err := os.MkdirAll(filepath.Dir(backup), 0o700); err != nil {
		t.Fatal(err)
	}
	mustRun(t, "a good password", "user", "add", "boss", "--data", data, "--role", "admin", "--password-stdin")
	mustRun(t, "", "backup", backup, "--data", data)
	file := filepath.Join(data, "rounds.db")
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	backed, err := os.ReadFile(backup)
	if err != nil {
		t.Fatal(err)
	}
	half := bytes.Clone(whole)
	for i := 4096; i < len(half); i++ {
		half[i] = 0xa5
	}
	for name, content := range map[string][]byte{"of a damaged head": append(bytes.Repeat([]byte("?"), 100), whole[100:]...), "of damaged pages": half, "replaced by a backup": backed} {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(file, content, 0o600); err != nil {
				t.Fatal(err)
			}
			for _, args := range [][]string{
				{"verify"},
				{"backup", "-"},
				{"user", "list"},
				{"user", "add", "x", "--role", "rep", "--password-stdin"},
				{"jobs", "run", "prune"},
				{"jobs", "list"},
				{"migrate"},
				{"serve", "--listen", "127.0.0.1:0"},
			} {
				_, err := run(t, "a good password", append(args, "--data", data)...)
				if err == nil || !strings.Contains(oneLine(err), "rounds-server restore FILE --force-replace") || strings.Contains(oneLine(err), "in its place") {
					t.Errorf("%v: %v", args, err)
				}
			}
			kept, err := filepath.Glob(filepath.Join(data, "rounds-before-*"))
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range kept { // of the same second
				if err := os.Remove(name); err != nil {
					t.Fatal(err)
				}
			}
			mustRun(t, "", "restore", backup, "--force-replace", "--data", data)
			if list := mustRun(t, "", "user", "list", "--data", data); !strings.Contains(list, "boss") {
				t.Error(list)
			}
		})
	}
	table := bytes.Clone(whole)
	at := pageOf(t, file, "changes")
	copy(table[at:at+4096], bytes.Repeat([]byte{0xa5}, 4096))
	if err := os.WriteFile(file, table, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"verify"}, {"backup", "-"}, {"jobs", "run", "verify"}} {
		if _, err := run(t, "", append(args, "--data", data)...); err == nil || !strings.Contains(oneLine(err), "rounds-server restore FILE --force-replace") {
			t.Errorf("with a damaged table %v gives %v", args, err)
		}
	}
	if err := os.WriteFile(filepath.Join(data, "jobs.db"), backed, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := run(t, "", "jobs", "list", "--data", data); err == nil || !strings.Contains(oneLine(err), "remove the file jobs.db") || strings.Contains(oneLine(err), "in its place") {
		t.Errorf("a damaged queue of jobs gives %v", err)
	}
}

// pageOf is where in a database file a table begins.
func pageOf(t *testing.T, file, table string) int {
	t.Helper()
	db, err := store.Open(t.Context(), file, store.Options{Readers: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var page, size int
	if err := db.Writer().QueryRowContext(t.Context(), "SELECT rootpage, page_size FROM sqlite_schema, pragma_page_size WHERE name = ?", table).Scan(&page, &size); err != nil || size != 4096 {
		t.Fatal(err, size)
	}
	return (page - 1) * size
}

// From a sum that is wrong to a database and a backup that verify, by what is told on the way.
func TestAWrongSumIsMendedByACommand(t *testing.T) {
	dir := t.TempDir()
	data, file := filepath.Join(dir, "data"), filepath.Join(dir, "one.rounds")
	mustRun(t, "a good password", "user", "add", "boss", "--data", data, "--role", "admin", "--password-stdin")
	db, err := store.Open(t.Context(), filepath.Join(data, "rounds.db"), store.Options{Readers: 1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Writer().ExecContext(t.Context(), "UPDATE buckets SET live = 7 WHERE bucket = 'o'"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"verify"}, {"jobs", "run", "backup"}} {
		if _, err := run(t, "", append(args, "--data", data)...); err == nil || !strings.Contains(oneLine(err), "rounds-server verify --mend-sums") {
			t.Fatalf("%v gives %v", args, err)
		}
	}
	if err := os.RemoveAll(filepath.Join(data, "backups")); err != nil { // the next may be of the same second
		t.Fatal(err)
	}
	mustRun(t, "", "backup", file, "--data", data)
	if _, err := run(t, "", "verify", file, "--mend-sums"); err == nil || !strings.Contains(oneLine(err), "restore the backup first") {
		t.Errorf("of a backup it gives %v", err)
	}
	restored := filepath.Join(dir, "restored")
	mustRun(t, "", "restore", file, "--accept-faults", "--data", restored)
	for _, place := range []string{data, restored} {
		out := mustRun(t, "", "verify", "--mend-sums", "--data", place)
		if !strings.Contains(out, "mended: bucket o: ") || !strings.Contains(out, "1 records were counted as 7") || !strings.Contains(out, "no fault was found") {
			t.Error(out)
		}
		if out := mustRun(t, "", "verify", "--mend-sums", "--data", place); !strings.Contains(out, "no checksum and no count was wrong") {
			t.Error(out)
		}
	}
	mustRun(t, "", "jobs", "run", "backup", "--data", data)
}
