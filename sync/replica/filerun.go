package replica

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/rounds-field/rounds/sales"
)

// lookEvery is how often a device looks by itself whether something of files is to be done: a try again, a file that was on its way.
const lookEvery = time.Minute

// Run does rounds until ctx ends: after each sync of records that went well, because what a record names comes after the record, and now and then. An error
// waits for the next round; after several in a row that is long. told hears of each round what it did and why it did not get through; it may be nil.
func (f *Files) Run(ctx context.Context, e *Engine, told func(FileReport, error)) {
	if told == nil {
		told = func(FileReport, error) {}
	}
	// Where the records do not get through either, their state says why.
	worthTelling := func(err error) bool {
		phase := e.State().Phase
		return err != nil && (answered(err) || phase != sales.SyncOffline && phase != sales.SyncSignedOut)
	}
	kick := make(chan struct{}, 1)
	synced := e.State().LastSync
	cancel := e.OnState(func(s sales.SyncState) {
		if s.Phase != sales.SyncIdle || s.LastSync.Equal(synced) {
			return
		}
		synced = s.LastSync
		select {
		case kick <- struct{}{}:
		default: // one is asked for already
		}
	})
	defer cancel()
	due := true // by the clock, whatever becomes of the records
	for failures := 0; ctx.Err() == nil; {
		if due || failures == 0 || e.State().Phase == sales.SyncIdle {
			report, err := f.roundOf(ctx, worthTelling)
			if err == nil {
				failures = 0
			} else {
				failures = min(failures+1, 5)
			}
			if ctx.Err() != nil {
				return
			}
			told(report, f.Trouble())
		}
		timer := time.NewTimer(lookEvery<<failures/2 + rand.N(lookEvery)) //nolint:gosec // jitter needs no secrecy
		select {
		case <-ctx.Done():
		case <-timer.C:
			due = true
		case <-kick:
			due = false
		}
		timer.Stop()
	}
}

// FileProgress is for NewFiles: it puts the progress of transfers into the state of syncing.
func (e *Engine) FileProgress(p FileProgress) {
	e.mu.Lock()
	s := &e.state
	same := s.FilesWaiting == p.Waiting && s.FilesRefused == p.Refused && s.FileDone == p.Done && s.FileTotal == p.Total && sameText(s.FileProblem, p.Problem)
	e.mu.Unlock()
	if !same {
		e.update(func(s *sales.SyncState) {
			s.FilesWaiting, s.FilesRefused, s.FileDone, s.FileTotal, s.FileProblem = p.Waiting, p.Refused, p.Done, p.Total, p.Problem
		})
	}
}

func sameText(a, b error) bool {
	return (a == nil) == (b == nil) && (a == nil || a.Error() == b.Error())
}
