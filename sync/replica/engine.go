package replica

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/rounds-field/rounds/sales"
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
	reported  map[int]func(sales.SyncReport, error)
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
		reported: map[int]func(sales.SyncReport, error){},
		state:    sales.SyncState{Phase: sales.SyncIdle, Server: o.Server, User: o.User},
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

// OnPass calls f after each pass of Run with what it did, until cancel is called.
func (e *Engine) OnPass(f func(sales.SyncReport, error)) (cancel func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	id := e.nextID
	e.nextID++
	e.reported[id] = f
	return func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		delete(e.reported, id)
	}
}

func (e *Engine) passed(r sales.SyncReport, err error) {
	e.mu.Lock()
	listeners := slices.Collect(maps.Values(e.reported))
	e.mu.Unlock()
	for _, f := range listeners {
		f(r, err)
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
	e.update(func(s *sales.SyncState) {
		s.Phase, s.Done, s.Total, s.Left, s.Problem = sales.SyncRunning, 0, 0, 0, nil
	})
	var left estimate
	p := &pass{store: e.store, transport: e.transport, now: e.now, progress: func(done, total int) {
		e.update(func(s *sales.SyncState) { s.Done, s.Total, s.Left = done, total, left.note(e.now(), done, total) })
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
