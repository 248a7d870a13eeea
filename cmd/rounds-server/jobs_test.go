package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/rounds-field/rounds/internal/pgtest"
)

// What an option cannot mean is refused wherever it is given, and not taken for something else.
func TestOptionsOfTheJobsAreCheckedByServeAndByJobsRun(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	mustRun(t, "a good password", "user", "add", "boss", "--data", data, "--role", "admin", "--password-stdin")
	for want, options := range map[string][]string{
		"jobs-hour: 99 is not an hour of the day":       {"--jobs-hour", "99"},
		"jobs-hour: 24 is not an hour of the day":       {"--jobs-hour", "24"},
		"jobs-hour: -1 is not an hour of the day":       {"--jobs-hour", "-1"},
		"keep-backups: -3":                              {"--keep-backups", "-3"},
		"keep-deleted: 1 days are too few":              {"--keep-deleted", "1"},
		"keep-deleted: 0 days are too few":              {"--keep-deleted", "0"},
		"keep-deleted: -1 days are too few":             {"--keep-deleted", "-1"},
		"keep-deleted: 200000 days are too many":        {"--keep-deleted", "200000"},
		"keep-history: 44 days are too few":             {"--keep-history", "44"},
		"keep-history: -1 days are too few":             {"--keep-history", "-1"},
		"keep-history: 200000 days are too many":        {"--keep-history", "200000"},
		"file-limit: it is less than nothing":           {"--file-limit", "-1"},
		"user-quota: it is less than nothing":           {"--user-quota", "-1"},
		"organisation-quota: it is less than nothing":   {"--organisation-quota", "-1"},
		"database: it is not the URL of a PostgreSQL d": {"--database", "x"},
	} {
		for _, command := range [][]string{{"serve", "--listen", "127.0.0.1:0"}, {"jobs", "run", "prune"}} {
			if _, err := run(t, "", append(append(command, "--data", data), options...)...); err == nil || !strings.Contains(oneLine(err), want) || !strings.Contains(oneLine(err), "; ") {
				t.Errorf("%v %v: %v; want %q", command, options, err, want)
			}
		}
	}
	for _, options := range [][]string{{"--jobs-hour", "0"}, {"--jobs-hour", "23"}, {"--keep-deleted", "45", "--keep-history", "45"}, {"--keep-backups", "0", "--keep-history", "0"}} {
		mustRun(t, "", append([]string{"jobs", "run", "prune", "--data", data}, options...)...)
	}
}

func TestAJobThatHasNoFolderOrKeepsNothingSaysSo(t *testing.T) {
	data, url := t.TempDir(), pgtest.New(t)
	for _, place := range [][]string{{"--data", data}, {"--data", data, "--database", url}} {
		mustRun(t, "a good password", append([]string{"user", "add", "boss", "--role", "admin", "--password-stdin"}, place...)...)
	}
	if _, err := run(t, "", "jobs", "run", "backup", "--data", data, "--database", url); err == nil || !strings.Contains(oneLine(err), "give --backups") {
		t.Errorf("without a folder it gives %v", err)
	}
	if _, err := run(t, "", "jobs", "run", "backup", "--data", data, "--keep-backups", "0"); err == nil || !strings.Contains(oneLine(err), "give --keep-backups") {
		t.Errorf("without one to keep it gives %v", err)
	}
	if out := mustRun(t, "", "jobs", "run", "backup", "--data", data, "--database", url, "--backups", filepath.Join(data, "mine")); !strings.Contains(out, "verified it") {
		t.Error(out)
	}
}
