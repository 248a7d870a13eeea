package simnet

import (
	"context"
	"os"
	"strconv"
	"strings"
	"testing"
)

// defaultSeeds is how many plays a test run has, longPlays how many of them are long.
var defaultSeeds, longPlays uint64 = 1000, 60

// A play has 200 steps for each of five devices. A test run plays only the first that long, and the rest a fifth of it: a thousand long ones take twenty minutes of
// two processors. `make soak`, and whoever asks for seeds, plays all of them long.
const (
	steps      = 5 * 200
	shortSteps = 5 * 40
)

// TestMain plays in memory where the system has a folder there: a play has nothing to gain from a disk.
func TestMain(m *testing.M) {
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		_ = os.Setenv("TMPDIR", "/dev/shm")
	}
	made := ""
	templateDir = func() (string, error) {
		dir, err := os.MkdirTemp("", "simnet-template")
		made = dir
		return dir, err
	}
	code := m.Run()
	_ = os.RemoveAll(made)
	os.Exit(code)
}

// TestEveryPlayConvergesAndAccountsForEveryWrite plays the default number of seeds, or as many as ROUNDS_SEEDS says, from ROUNDS_FIRST_SEED on; ROUNDS_SEED=n plays
// that one and prints its trace.
func TestEveryPlayConvergesAndAccountsForEveryWrite(t *testing.T) {
	if _, ok := os.LookupEnv("ROUNDS_SEED"); ok {
		t.Log(play(t, number(t, "ROUNDS_SEED", 0), number(t, "ROUNDS_STEPS", steps)))
		return
	}
	start := number(t, "ROUNDS_FIRST_SEED", 0)
	end := start + number(t, "ROUNDS_SEEDS", defaultSeeds)
	long := end
	if os.Getenv("ROUNDS_SEEDS") == "" {
		long = start + longPlays
	}
	const lanes = 2
	for lane := range uint64(lanes) {
		t.Run("lane "+strconv.FormatUint(lane, 10), func(t *testing.T) {
			t.Parallel()
			for seed := start + lane; seed < end; seed += lanes {
				n := number(t, "ROUNDS_STEPS", steps)
				if seed >= long {
					n = shortSteps
				}
				play(t, seed, n)
			}
		})
	}
}

// Guarantee 1: a seed that is played again gives the same trace, byte for byte, with every id, stamp, verdict and page.
func TestASeedPlayedAgainGivesTheSameTrace(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: make test-long runs it without the race detector")
	}
	for _, seed := range []uint64{3, 20, 77} {
		first, err := Play(t.Context(), Options{Seed: seed, Steps: 400, Dir: t.TempDir(), Restores: true, Full: true})
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		again, err := Play(t.Context(), Options{Seed: seed, Steps: 400, Dir: t.TempDir(), Restores: true, Full: true})
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		same(t, seed, first, again)
	}
}

// same compares two traces of one seed, and shows where they begin to differ.
func same(t *testing.T, seed uint64, first, again string) {
	t.Helper()
	if first == again {
		return
	}
	a, b := strings.Split(first, "\n"), strings.Split(again, "\n")
	for i := range a {
		if i >= len(b) {
			t.Fatalf("seed %d: the second trace ends at line %d", seed, i)
		}
		if a[i] != b[i] {
			t.Fatalf("seed %d differs from line %d on:\n%s\n%s\n%s", seed, i+1, strings.Join(a[max(0, i-5):i], "\n"), a[i], b[i])
		}
	}
	t.Fatalf("seed %d: the second trace goes on after line %d", seed, len(a))
}

func number(t *testing.T, name string, otherwise uint64) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

func play(t *testing.T, seed, steps uint64) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "simnet")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	trace, err := Play(context.Background(), Options{Seed: seed, Steps: int(steps), Dir: dir, Restores: true, Full: os.Getenv("ROUNDS_SEED") != ""})
	if err != nil {
		if os.Getenv("ROUNDS_KEEP_GOING") != "" {
			t.Errorf("seed %d: %v", seed, err)
			return trace
		}
		t.Fatalf("seed %d: %v\nplay it again with ROUNDS_SEED=%d ROUNDS_STEPS=%d go test -run EveryPlay -v ./internal/simnet\n%s", seed, err, seed, steps, tail(trace))
	}
	return trace
}

// tail is the end of a long trace; all of it when it was asked for by its seed.
func tail(trace string) string {
	const most = 20_000
	if len(trace) > most && os.Getenv("ROUNDS_SEED") == "" {
		return "…" + trace[len(trace)-most:]
	}
	return trace
}
