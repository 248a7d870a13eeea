package server

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

// lookEvery is how often the journal is asked what other processes on the same database wrote, while anybody watches.
const lookEvery = 250 * time.Millisecond

// Feed tells what moves in the journal.
type Feed interface {
	// OnCommit has f called after each commit of this process, with the incarnation that wrote and the new heads of the buckets that it moved.
	OnCommit(f func(origin string, moved []wire.Cursor)) (cancel func())
	// Head is a number that differs after every commit of any process.
	Head(ctx context.Context) (int64, error)
	// Heads gives how far each bucket has come.
	Heads(ctx context.Context) ([]wire.Cursor, error)
	// Territories gives the tree that says who sees which territory.
	Territories(ctx context.Context) (sales.TerritoryTree, error)
}

// hub knows the open streams and wakes those whose callers see a bucket that moved. One goroutine does so for all of them, and only while there is
// a stream.
type hub struct {
	feed   Feed
	log    *slog.Logger
	limits Limits

	mu      sync.Mutex
	open    map[*watcher]struct{}
	devices map[string][]*watcher // by incarnation, oldest first
	moved   map[string]move       // what moved and is not told yet, by bucket
	wake    chan struct{}         // something is in moved
	round   *round                // nil while nobody watches
	stopped bool
}

// round is one run of the goroutine.
type round struct {
	ready  chan struct{} // closed when it knows where the buckets stand: from then on nothing moves unseen
	cancel func()
}

// move is how far a bucket came, and by whom.
type move struct {
	head   wire.Cursor
	origin string // the only incarnation that wrote; "" when there are several, or others than devices
}

// watcher is one stream.
type watcher struct {
	caller wire.Caller
	hint   chan struct{} // holds one: a pull may bring something
	ended  chan error    // holds one: why the stream has to end
}

func newHub(feed Feed, limits Limits, log *slog.Logger) *hub {
	return &hub{
		feed: feed, log: log, limits: limits, open: map[*watcher]struct{}{}, devices: map[string][]*watcher{}, moved: map[string]move{}, wake: make(chan struct{}, 1),
	}
}

// join opens a stream for a caller. When it returns, whatever moves from then on is told.
func (h *hub) join(ctx context.Context, caller wire.Caller) (*watcher, error) {
	w := &watcher{caller: caller, hint: make(chan struct{}, 1), ended: make(chan error, 1)}
	h.mu.Lock()
	switch {
	case h.stopped:
		h.mu.Unlock()
		return nil, errStopping
	case len(h.open) >= h.limits.Streams:
		h.mu.Unlock()
		return nil, errTooManyStreams
	}
	device := deviceOf(&caller)
	if list := h.devices[device]; len(list) >= h.limits.DeviceStreams {
		list[0].end(errReplaced) // a device that comes back, while its lost connection still looks open
	}
	h.open[w] = struct{}{}
	h.devices[device] = append(h.devices[device], w)
	if h.round == nil {
		h.begin()
	}
	ready := h.round.ready
	h.mu.Unlock()
	select {
	case <-ready:
		return w, nil
	case err := <-w.ended:
		h.leave(w)
		return nil, err
	case <-ctx.Done():
		h.leave(w)
		return nil, ctx.Err()
	}
}

// leave closes a stream.
func (h *hub) leave(w *watcher) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.open, w)
	device := deviceOf(&w.caller)
	if h.devices[device] = slices.DeleteFunc(h.devices[device], func(x *watcher) bool { return x == w }); len(h.devices[device]) == 0 {
		delete(h.devices, device)
	}
	if len(h.open) == 0 && h.round != nil {
		h.round.cancel()
		h.round = nil
		clear(h.moved)
	}
}

// became takes note that a caller's role or territories are others now.
func (h *hub) became(w *watcher, caller wire.Caller) {
	h.mu.Lock()
	defer h.mu.Unlock()
	w.caller.Access = caller.Access
}

// stop ends all streams and takes no more.
func (h *hub) stop() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.stopped = true
	for w := range h.open {
		w.end(errStopping)
	}
}

// watchers is the number of open streams.
func (h *hub) watchers() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.open)
}

func (w *watcher) end(why error) {
	select {
	case w.ended <- why:
	default: // it ends already
	}
}

// begin starts a round; the lock is held.
func (h *hub) begin() {
	ctx, cancel := context.WithCancel(context.Background())
	r := &round{ready: make(chan struct{})}
	unsubscribe := h.feed.OnCommit(h.note)
	r.cancel = func() {
		unsubscribe()
		cancel()
	}
	h.round = r
	go h.follow(ctx, r)
}

// note takes down what a commit of this process moved; a writer waits for it.
func (h *hub) note(origin string, moved []wire.Cursor) {
	h.mu.Lock()
	for _, c := range moved {
		m := move{head: c, origin: origin}
		if was, ok := h.moved[c.Bucket]; ok && was.origin != origin {
			m.origin = ""
		}
		h.moved[c.Bucket] = m
	}
	h.mu.Unlock()
	select {
	case h.wake <- struct{}{}:
	default: // it wakes already
	}
}

// follow tells the streams what moves, until ctx ends.
func (h *hub) follow(ctx context.Context, r *round) {
	f := &follower{hub: h, heads: map[string]wire.Cursor{}}
	for !f.start(ctx) {
		if !pause(ctx, lookEvery) {
			return
		}
	}
	close(r.ready)
	look := time.NewTimer(jittered(lookEvery))
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-h.wake:
			f.tell(ctx, f.noted())
		case <-look.C:
			f.tell(ctx, f.look(ctx))
			look.Reset(jittered(lookEvery))
		}
	}
}

// follower is what a round knows.
type follower struct {
	hub   *hub
	sum   int64
	heads map[string]wire.Cursor
	tree  sales.TerritoryTree
}

// start learns where the buckets stand; false when the journal does not answer.
func (f *follower) start(ctx context.Context) bool {
	sum, err := f.hub.feed.Head(ctx)
	if err != nil {
		return f.failed(ctx, err)
	}
	heads, err := f.hub.feed.Heads(ctx)
	if err != nil {
		return f.failed(ctx, err)
	}
	for _, c := range heads {
		f.heads[c.Bucket] = c
	}
	f.sum = sum
	return true
}

func (f *follower) failed(ctx context.Context, err error) bool {
	if ctx.Err() == nil {
		f.hub.log.WarnContext(ctx, "the journal does not say what moved; devices find out at intervals", "error", err)
	}
	return false
}

// noted takes what this process wrote.
func (f *follower) noted() map[string]move {
	h := f.hub
	h.mu.Lock()
	moved := h.moved
	h.moved = map[string]move{}
	h.mu.Unlock()
	for bucket, m := range moved {
		if f.heads[bucket] == m.head {
			delete(moved, bucket) // seen already when looking
		}
		f.heads[bucket] = m.head
	}
	return moved
}

// look finds what any process wrote.
func (f *follower) look(ctx context.Context) map[string]move {
	sum, err := f.hub.feed.Head(ctx)
	if err == nil && sum == f.sum {
		return nil
	}
	var heads []wire.Cursor
	if err == nil {
		heads, err = f.hub.feed.Heads(ctx)
	}
	if err != nil {
		f.failed(ctx, err)
		return nil
	}
	moved := f.noted() // these have an origin
	for _, c := range heads {
		// A commit of this process may be noted here and not yet in what was read: chains differ, and one hint too many does no harm.
		if f.heads[c.Bucket] != c {
			moved[c.Bucket] = move{head: c}
			f.heads[c.Bucket] = c
		}
	}
	f.sum = sum
	return moved
}

// tell wakes the streams whose callers see what moved.
func (f *follower) tell(ctx context.Context, moved map[string]move) {
	if len(moved) == 0 {
		return
	}
	if _, ok := moved[sales.OrganisationBucket]; ok || f.tree == nil {
		tree, err := f.hub.feed.Territories(ctx)
		if err != nil {
			f.failed(ctx, err)
		} else {
			f.tree = tree
		}
	}
	h := f.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	for w := range h.open {
		for bucket, m := range moved {
			if m.origin != "" && m.origin == w.caller.Incarnation {
				continue // who pushed pulls anyway
			}
			if w.caller.Sees(f.tree, bucket) {
				select {
				case w.hint <- struct{}{}:
				default: // a hint waits already
				}
				break
			}
		}
	}
}

func deviceOf(c *wire.Caller) string { return c.UserID + " " + c.Incarnation }

// jittered is d, give or take a fifth, so that what began together does not stay in step.
func jittered(d time.Duration) time.Duration {
	return d - d/5 + rand.N(2*d/5) //nolint:gosec // jitter needs no secrecy
}

func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
