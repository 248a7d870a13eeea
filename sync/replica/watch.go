package replica

import (
	"context"
	"errors"
	"sync/atomic"
	"time"
)

// How a stream of hints is kept.
const (
	deadAfter     = time.Minute      // without a sign of life, of which the server sends two in this time
	firstReopen   = 2 * time.Second  // after a stream ended; doubled each time that one does not last
	lastReopen    = 5 * time.Minute  // the longest wait for the next stream
	unknownReopen = 15 * time.Minute // when the server does not know the call: it may be updated some day
)

// errSilent ends a stream on which nothing comes, as behind a proxy that collects messages, or on a connection that is only half there.
var errSilent = errors.New("no sign of life on the stream")

// watch keeps at most one stream of hints open. Its methods belong to one goroutine.
type watch struct {
	transport Transport
	hints     chan struct{} // holds one: a pull may bring something
	ended     chan error    // the open stream has ended
	alive     atomic.Bool   // the open stream has said something

	cancel   context.CancelCauseFunc // nil while no stream is open
	opened   time.Time
	failures int // streams that did not last, in a row
	reopen   *time.Timer
}

func newWatch(t Transport) *watch {
	reopen := time.NewTimer(0)
	<-reopen.C // from here on it runs only while a stream is to be opened again
	return &watch{transport: t, hints: make(chan struct{}, 1), ended: make(chan error, 1), reopen: reopen}
}

// open begins a stream unless there is one, or the time for the next has not come.
func (w *watch) open(ctx context.Context) {
	if w.cancel != nil || !w.opened.IsZero() {
		return
	}
	ctx, cancel := context.WithCancelCause(ctx)
	w.cancel, w.opened = cancel, time.Now()
	go func() {
		silence := time.AfterFunc(deadAfter, func() { cancel(errSilent) })
		defer silence.Stop()
		w.ended <- w.transport.Watch(ctx, func(changed bool) {
			silence.Reset(deadAfter)
			if first := !w.alive.Swap(true); first || changed { // what moved before the first message is told by nobody
				select {
				case w.hints <- struct{}{}:
				default: // a hint waits already
				}
			}
		})
	}()
}

// closed takes note that the stream has ended, and sets the time of the next.
func (w *watch) closed(err error) {
	w.cancel(nil)
	w.cancel = nil
	wait := unknownReopen
	if !errors.Is(err, errors.ErrUnsupported) {
		if w.alive.Load() && time.Since(w.opened) >= deadAfter {
			w.failures = 0
		}
		wait = min(firstReopen<<min(w.failures, 10), lastReopen)
		w.failures++
	}
	w.alive.Store(false)
	w.reopen.Reset(max(jittered(wait), retryAfter(err)))
}

// due says that the next stream may be opened.
func (w *watch) due() { w.opened = time.Time{} }

// stop ends the stream and waits for it.
func (w *watch) stop() {
	w.reopen.Stop()
	if w.cancel != nil {
		w.cancel(nil)
		<-w.ended //nolint:errcheck // it was ended here, and says no more than that
	}
}
