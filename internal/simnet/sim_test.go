package simnet

import (
	"context"
	"os"
	"strconv"
	"testing"
)

// defaultSeeds is how many plays a test run has.
var defaultSeeds uint64 = 1000

// steps are those of a play: 200 for each of five devices.
const steps = 5 * 200

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
		t.Log(play(t, number(t, "ROUNDS_SEED", 0)))
		return
	}
	start := number(t, "ROUNDS_FIRST_SEED", 0)
	end := start + number(t, "ROUNDS_SEEDS", defaultSeeds)
	const lanes = 2
	for lane := range uint64(lanes) {
		t.Run("lane "+strconv.FormatUint(lane, 10), func(t *testing.T) {
			t.Parallel()
			for seed := start + lane; seed < end; seed += lanes {
				play(t, seed)
			}
		})
	}
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

func play(t *testing.T, seed uint64) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "simnet")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	trace, err := Play(context.Background(), Options{Seed: seed, Steps: steps, Dir: dir, Restores: os.Getenv("ROUNDS_RESTORES") != "", Full: os.Getenv("ROUNDS_SEED") != ""})
	if err != nil {
		if os.Getenv("ROUNDS_KEEP_GOING") != "" {
			t.Errorf("seed %d: %v", seed, err)
			return trace
		}
		t.Fatalf("seed %d: %v\nplay it again with ROUNDS_SEED=%d go test -run EveryPlay -v ./internal/simnet\n%s", seed, err, seed, tail(trace))
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
