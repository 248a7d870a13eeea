package simnet

import (
	"context"
	"math/rand/v2"
	"os"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rounds-field/rounds/sync/replica"
	"github.com/rounds-field/rounds/sync/wire"
)

// stream carries one device's calls, some of which are lost, and gives hints as it likes: each so many times. Other than a network it may be used by
// many at once, and notes nothing.
type stream struct {
	*network
	times int // 0: none is ever given

	mu     sync.Mutex
	rng    *rand.Rand
	lossy  bool
	pulls  int
	hinted int
}

func (n *stream) lost() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.lossy && n.rng.IntN(4) == 0
}

// Push loses some, or their answers.
func (n *stream) Push(ctx context.Context, req wire.PushRequest) (wire.PushResponse, error) {
	if n.lost() {
		return wire.PushResponse{}, errLost
	}
	resp, err := n.sim.journal.Push(ctx, n.sim.caller(n.d), wire.DecodePush(wire.EncodePush(req)))
	if err == nil && n.lost() {
		return wire.PushResponse{}, errLost
	}
	return resp, err
}

// Pull loses some.
func (n *stream) Pull(ctx context.Context, req wire.PullRequest) (wire.PullResponse, error) {
	n.mu.Lock()
	n.pulls++
	n.mu.Unlock()
	if n.lost() {
		return wire.PullResponse{}, errLost
	}
	req.Limit = n.page
	return n.sim.journal.Pull(ctx, n.sim.caller(n.d), req)
}

// Watch gives every hint several times, or none at all while it lives and says so.
func (n *stream) Watch(ctx context.Context, hint func(changed bool)) error {
	moved := make(chan struct{}, 100)
	defer n.sim.journal.OnCommit(func(string, []wire.Cursor) {
		select {
		case moved <- struct{}{}:
		default: // enough wait already
		}
	})()
	hint(false)
	life := time.NewTicker(25 * time.Second)
	defer life.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-life.C:
			if hint(false); n.lost() {
				return errLost
			}
		case <-moved:
			for range n.times {
				n.mu.Lock()
				n.hinted++
				n.mu.Unlock()
				hint(true)
			}
		}
	}
}

// Guarantee 41: devices that run by themselves converge, whether every hint is lost or comes five times, on a network that loses calls as well.
func TestWithAllHintsLostOrDoubledEverybodyConverges(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: make test-long runs it without the race detector")
	}
	const seeds = 4
	for _, x := range []struct {
		name  string
		times int
		quiet time.Duration // after which everybody has everything
	}{
		{"all hints lost", 0, 15 * time.Minute},
		{"all hints doubled", 5, 10 * time.Second},
	} {
		t.Run(x.name, func(t *testing.T) {
			for seed := range uint64(seeds) {
				dir, err := os.MkdirTemp("", "simnet")
				if err != nil {
					t.Fatal(err)
				}
				synctest.Test(t, func(t *testing.T) { playHints(t, seed, dir, x.times, x.quiet) })
				if err := os.RemoveAll(dir); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func playHints(t *testing.T, seed uint64, dir string, times int, quiet time.Duration) {
	ctx, cancel := context.WithCancel(t.Context())
	s := newSim(seed, dir)
	defer s.close()
	if err := s.prepare(ctx); err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()
	streams := make([]*stream, len(s.devices))
	for i, d := range s.devices {
		d.net.bad = false
		n := &stream{network: d.net, times: times, lossy: true, rng: rand.New(rand.NewPCG(seed, uint64(i)+10))}
		streams[i] = n
		d.engine = replica.New(d.store, n, replica.Options{Now: d.now})
		running.Go(func() { d.engine.Run(ctx) })
	}
	for range 40 {
		time.Sleep(time.Duration(s.rng.IntN(60_000)) * time.Millisecond)
		d := s.devices[s.rng.IntN(len(s.devices))]
		if err := s.work(ctx, d); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		d.engine.Kick()
	}
	for _, n := range streams {
		n.mu.Lock()
		n.lossy = false
		n.mu.Unlock()
	}
	time.Sleep(15 * time.Minute) // whatever was lost is tried again, and streams stand
	if err := s.work(ctx, s.devices[0]); err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
	s.devices[0].engine.Kick()
	time.Sleep(quiet)
	cancel()
	running.Wait()
	if err := s.converged(t.Context()); err != nil {
		t.Errorf("seed %d: not converged: %v", seed, err)
	}
	if err := s.accounted(t.Context()); err != nil {
		t.Errorf("seed %d: not accounted for: %v", seed, err)
	}
	for i, n := range streams {
		if times > 0 && n.hinted == 0 || n.pulls > 2000 {
			t.Errorf("seed %d, device %d: %d hints, %d pulls", seed, i, n.hinted, n.pulls)
		}
	}
}
