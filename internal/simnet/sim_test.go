package simnet

import (
	"context"
	"os"
	"strconv"
	"testing"
)

// defaultSeeds is how many plays a test run has.
var defaultSeeds uint64 = 500

// TestEveryPlayConvergesAndAccountsForEveryWrite plays the default number of seeds, or as many as ROUNDS_SEEDS says; ROUNDS_SEED=n plays that one and
// prints its trace.
func TestEveryPlayConvergesAndAccountsForEveryWrite(t *testing.T) {
	if one := os.Getenv("ROUNDS_SEED"); one != "" {
		seed, err := strconv.ParseUint(one, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		t.Log(play(t, seed))
		return
	}
	seeds := defaultSeeds
	if n := os.Getenv("ROUNDS_SEEDS"); n != "" {
		var err error
		if seeds, err = strconv.ParseUint(n, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	const lanes = 2
	for lane := range uint64(lanes) {
		t.Run("lane "+strconv.FormatUint(lane, 10), func(t *testing.T) {
			t.Parallel()
			for seed := lane; seed < seeds; seed += lanes {
				play(t, seed)
			}
		})
	}
}

func play(t *testing.T, seed uint64) string {
	t.Helper()
	dir, err := os.MkdirTemp(memory(), "simnet")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	trace, err := Play(context.Background(), Options{Seed: seed, Steps: 60 + int(seed%80), Dir: dir})
	if err != nil {
		t.Fatalf("seed %d: %v\nplay it again with ROUNDS_SEED=%d go test -run EveryPlay -v ./internal/simnet\n%s", seed, err, seed, tail(trace))
	}
	return trace
}

// memory is a folder in memory where the system has one: a play has nothing to gain from a disk.
func memory() string {
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		return "/dev/shm"
	}
	return ""
}

// tail is the end of a long trace.
func tail(trace string) string {
	const most = 40000000
	if len(trace) > most {
		return "…" + trace[len(trace)-most:]
	}
	return trace
}
