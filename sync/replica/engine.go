package replica

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/rounds-field/rounds/sales"
)

// Intervals of the automatic sync.
const (
	pollEvery  = 15 * time.Second       // while all is well
	firstRetry = 2 * time.Second        // after the first failure; doubled each time
	lastRetry  = 5 * time.Minute        // the longest wait between tries
	settleWait = 300 * time.Millisecond // after a local write, so that a burst of writes travels together
)

// Engine keeps one workbook and its server in step. It is safe for concurrent use; at most one pass runs at a time.
type Engine struct {
	store     Store
	transport Transport
	now       func() time.Time

	running sync.Mutex // held during a pass
	kick    chan struct{}

	mu        sync.Mutex
	state     sales.SyncState
	listeners map[int]func(sales.SyncState)
	nextID    int
}

// Options are what an engine may be told; the zero value works.
type Options struct {
	Now    func() time.Time // nil means time.Now
	Server string           // for the state shown to the user
	User   string
}

// New makes an engine. It does nothing until Sync or Run is called.
func New(store Store, transport Transport, o Options) *Engine {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Engine{
		store: store, transport: transport, now: o.Now, kick: make(chan struct{}, 1), listeners: map[int]func(sales.SyncState){},
		state: sales.SyncState{Phase: sales.SyncIdle, Server: o.Server, User: o.User},
	}
}

// State is the state of syncing now.
func (e *Engine) State() sales.SyncState {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.state
}

// OnState calls f after each change of the state, from any goroutine, until cancel is called.
func (e *Engine) OnState(f func(sales.SyncState)) (cancel func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	id := e.nextID
	e.nextID++
	e.listeners[id] = f
	return func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		delete(e.listeners, id)
	}
}

// Kick asks for a sync soon: after a local write, when the network comes back, when the user asks.
func (e *Engine) Kick() {
	select {
	case e.kick <- struct{}{}:
	default: // one is asked for already
	}
}

// Sync does one complete pass now and reports it. An error leaves everything that was done before it done; what was not sent stays in
// the outbox.
func (e *Engine) Sync(ctx context.Context) (sales.SyncReport, error) {
	e.running.Lock()
	defer e.running.Unlock()
	e.update(func(s *sales.SyncState) { s.Phase, s.Done, s.Total, s.Problem = sales.SyncRunning, 0, 0, nil })
	p := &pass{store: e.store, transport: e.transport, now: e.now, progress: func(done, total int) {
		e.update(func(s *sales.SyncState) { s.Done, s.Total = done, total })
	}}
	err := p.run(ctx)
	countErr := e.Recount(context.WithoutCancel(ctx))
	if err == nil {
		err = countErr
	}
	e.update(func(s *sales.SyncState) {
		switch {
		case err == nil:
			s.Phase, s.LastSync = sales.SyncIdle, e.now()
		case sales.HasCode(err, sales.CodeOffline), errors.Is(err, context.Canceled):
			s.Phase = sales.SyncOffline
		case sales.HasCode(err, sales.CodeSignedOut):
			s.Phase = sales.SyncSignedOut
		default:
			s.Phase = sales.SyncFailed
		}
		s.Problem = err
	})
	return p.report, err
}

// Recount reads the numbers of the state anew; call it after a local write.
func (e *Engine) Recount(ctx context.Context) error {
	waiting, rejected, conflicts, err := e.store.Counts(ctx)
	if err != nil {
		return err
	}
	differences, err := e.store.Differences(ctx)
	if err != nil {
		return err
	}
	e.update(func(s *sales.SyncState) {
		s.Waiting, s.Rejected, s.Conflicts, s.Differences = waiting, rejected, conflicts, len(differences)
	})
	return nil
}

// Run syncs by itself until ctx ends: at once, then at intervals, soon after a Kick, and with growing waits while the
// server cannot be reached. Errors are in the state, for the user to see.
func (e *Engine) Run(ctx context.Context) {
	failures := 0
	for {
		_, err := e.Sync(ctx)
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			failures = 0
		} else {
			failures++
		}
		wait := waitAfter(failures)
		e.update(func(s *sales.SyncState) { s.NextTry = e.now().Add(wait) })
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		case <-e.kick:
			timer.Stop()
			if !pause(ctx, settleWait) {
				return
			}
		}
	}
}

// waitAfter is the wait until the next pass after a number of failures in a row, with jitter so that a thousand devices do not come back in
// step.
func waitAfter(failures int) time.Duration {
	wait := pollEvery
	if failures > 0 {
		wait = min(firstRetry<<min(failures-1, 10), lastRetry)
	}
	return wait/2 + rand.N(wait) //nolint:gosec // jitter needs no secrecy
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

func (e *Engine) update(change func(*sales.SyncState)) {
	e.mu.Lock()
	change(&e.state)
	state := e.state
	listeners := make([]func(sales.SyncState), 0, len(e.listeners))
	for _, f := range e.listeners {
		listeners = append(listeners, f)
	}
	e.mu.Unlock()
	for _, f := range listeners {
		f(state)
	}
}
