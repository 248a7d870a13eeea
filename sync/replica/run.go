package replica

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/rounds-field/rounds/sales"
)

// Intervals of the automatic sync.
const (
	pollEvery  = 15 * time.Second       // while all is well
	pollRarely = time.Minute            // while the server tells what moves
	firstRetry = 2 * time.Second        // after the first failure; doubled each time
	lastRetry  = 5 * time.Minute        // the longest wait between tries, unless the server asks for more
	longestAsk = time.Hour              // the longest wait that a server is granted
	settleWait = 300 * time.Millisecond // from one pass to the next for local writes: the first is sent at once, a burst travels together
	hintGap    = 100 * time.Millisecond // from one pass to the next for hints, however many come
)

// Run syncs by itself until ctx ends: at once, then when the server hints that something moved, soon after a Kick, at intervals, and with growing
// waits while the server cannot be reached. Hints may be lost or doubled, or never come: the intervals are enough. Errors are in the state, for the
// user to see.
func (e *Engine) Run(ctx context.Context) {
	w := newWatch(e.transport)
	defer w.stop()
	failures := 0
	for {
		begun := time.Now()
		report, err := e.Sync(ctx)
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			failures = 0
			w.open(ctx)
		} else {
			failures++
		}
		e.passed(report, err)
		if !e.idle(ctx, w, begun, failures, retryAfter(err)) {
			return
		}
	}
}

// idle waits until the next pass is due; false when ctx ends. A server that asked to be left alone for a while is.
func (e *Engine) idle(ctx context.Context, w *watch, begun time.Time, failures int, asked time.Duration) bool {
	wait := max(waitAfter(failures, w.alive.Load()), asked)
	notBefore := time.Now().Add(asked)
	timer := time.NewTimer(wait)
	defer timer.Stop()
	next := time.Now().Add(wait)
	e.update(func(s *sales.SyncState) { s.NextTry = e.now().Add(wait) })
	for {
		hints, gap := w.hints, settleWait
		if failures > 0 {
			hints, gap = nil, firstRetry // the next try finds out, whatever moves
		}
		select {
		case <-ctx.Done():
			return false
		case <-timer.C:
			return true
		case <-e.kick:
			return pauseUntil(ctx, later(begun.Add(gap), notBefore))
		case <-hints:
			return pauseUntil(ctx, begun.Add(hintGap))
		case err := <-w.ended:
			w.closed(err)
			if failures > 0 {
				continue
			}
			if sales.HasCode(err, sales.CodeSignedOut) {
				return true // which the next pass shows
			}
			if soon := time.Now().Add(waitAfter(0, false)); soon.Before(next) {
				next = soon
				timer.Reset(time.Until(soon))
			}
		case <-w.reopen.C:
			w.due()
			if failures == 0 {
				w.open(ctx)
			}
		}
	}
}

// waitAfter is the wait until the next pass after a number of failures in a row, with jitter so that a thousand devices do not come back in
// step.
func waitAfter(failures int, watching bool) time.Duration {
	switch {
	case failures > 0:
		return jittered(min(firstRetry<<min(failures-1, 10), lastRetry))
	case watching:
		return jittered(pollRarely)
	}
	return jittered(pollEvery)
}

// jittered is between half of d and one and a half.
func jittered(d time.Duration) time.Duration {
	return d/2 + rand.N(d) //nolint:gosec // jitter needs no secrecy
}

// retryAfter is how long the server asked to be left alone, with some jitter on top.
func retryAfter(err error) time.Duration {
	var asks interface {
		error
		RetryAfter() time.Duration
	}
	if !errors.As(err, &asks) || asks.RetryAfter() <= 0 {
		return 0
	}
	d := min(asks.RetryAfter(), longestAsk)
	return d + rand.N(d/10+time.Second) //nolint:gosec // jitter needs no secrecy
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func pauseUntil(ctx context.Context, t time.Time) bool {
	timer := time.NewTimer(time.Until(t))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
