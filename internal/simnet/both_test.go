package simnet

import (
	"path/filepath"
	"testing"

	"github.com/rounds-field/rounds/internal/pgtest"
)

// Guarantee 43: the same play on SQLite and on PostgreSQL gives the same messages, byte for byte, and the same log in the end.
func TestSQLiteAndPostgreSQLGiveTheSameTraces(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: make test-long runs it without the race detector")
	}
	for _, seed := range []uint64{1, 2, 3} {
		var traces []string
		for _, database := range []string{filepath.Join(t.TempDir(), "server.db"), pgtest.New(t)} {
			trace, err := Play(t.Context(), Options{Seed: seed, Steps: 250, Dir: t.TempDir(), Database: database})
			if err != nil {
				t.Fatalf("seed %d on %s: %v\n%s", seed, database, err, tail(trace))
			}
			traces = append(traces, trace)
		}
		same(t, seed, traces[0], traces[1])
	}
}
