package central_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/rounds-field/rounds/internal/pgtest"
	"github.com/rounds-field/rounds/store/central"
)

// onPostgres says which database the journals of the tests are in.
var onPostgres bool

// TestMain runs every test of this package twice: on SQLite, then on PostgreSQL. ROUNDS_TEST_DATABASE=sqlite or postgres chooses one of them.
func TestMain(m *testing.M) {
	code := 0
	for _, name := range []string{"sqlite", "postgres"} {
		if only := os.Getenv("ROUNDS_TEST_DATABASE"); only != "" && only != name {
			continue
		}
		onPostgres = name == "postgres"
		fmt.Fprintln(os.Stdout, "=== journals in", name)
		code = max(code, m.Run())
	}
	os.Exit(code)
}

// newDatabase names a new, empty database of the kind that is being tried.
func newDatabase(t testing.TB) string {
	t.Helper()
	if onPostgres {
		return pgtest.New(t)
	}
	return filepath.Join(t.TempDir(), "journal.db")
}

// journalIn opens a journal in a database and closes it when the test ends.
func journalIn(t testing.TB, database string, o central.Options) *central.Journal {
	t.Helper()
	if o.Sync == "" {
		o.Sync = "normal"
	}
	j, err := central.Open(t.Context(), database, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := j.Close(); err != nil {
			t.Error(err)
		}
	})
	return j
}
