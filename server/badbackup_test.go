package server

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rounds-field/rounds/store"
)

// A backup in which verification finds a fault is tried again every hour. It neither fills the disk nor counts among those that are kept in place of good ones.
func TestABackupThatDoesNotVerifyPushesNoGoodOneOut(t *testing.T) {
	u := upkeepOf(t, Config{KeepBackups: 3})
	now := time.Date(2026, 3, 2, 18, 0, 0, 0, time.UTC)
	u.now = func() time.Time { return now }
	run := func(good bool) {
		t.Helper()
		if _, err := u.Run(t.Context(), "backup"); (err == nil) != good {
			t.Fatal(err)
		}
		now = now.Add(time.Hour)
	}
	spoil := func(by string) {
		t.Helper()
		db, err := store.Open(t.Context(), filepath.Join(u.config.Data, journalFile), store.Options{Readers: 1})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.Writer().ExecContext(t.Context(), "UPDATE buckets SET live = live + "+by); err != nil {
			t.Fatal(err)
		}
	}
	kept := func() (good, others []string) {
		t.Helper()
		list, err := os.ReadDir(u.config.Backups)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range list {
			if strings.HasSuffix(f.Name(), ".rounds") {
				good = append(good, f.Name())
			} else {
				others = append(others, f.Name())
			}
		}
		return good, others
	}
	for range 3 {
		run(true)
	}
	spoil("1")
	for range 5 {
		run(false)
	}
	good, others := kept()
	if len(good) != 3 || !strings.Contains(good[0], "T18") || len(others) != 1 || !strings.Contains(others[0], "20260303T01") {
		t.Errorf("after five that do not verify there are %v, and beside them %v", good, others)
	}
	spoil("-1")
	run(true)
	good, others = kept()
	if len(good) != 3 || !strings.Contains(good[0], "T19") || !strings.Contains(good[1], "T20") || !strings.Contains(good[2], "20260303T02") || len(others) != 0 {
		t.Errorf("then there are %v, and beside them %v", good, others)
	}
	for _, name := range good {
		if err := u.verifyBackup(t.Context(), filepath.Join(u.config.Backups, name)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The folder for temporary files is often small, or lies in memory; where backups lie there is room for a database.
func TestABackupIsVerifiedWhereBackupsLie(t *testing.T) {
	u := upkeepOf(t, Config{})
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "none"))
	t.Setenv("TMP", os.Getenv("TMPDIR"))
	if result, err := u.Run(t.Context(), "backup"); err != nil || !strings.Contains(result, "verified") {
		t.Errorf("%s, %v", result, err)
	}
	if list, err := os.ReadDir(u.config.Backups); err != nil || len(list) != 1 {
		t.Errorf("%v, %v", list, err)
	}
}
