package workbook

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store/local"
)

// When a workbook is checked by itself.
const (
	checkEvery  = 7 * 24 * time.Hour
	checkAgain  = 24 * time.Hour  // when the server could not be reached for what is damaged
	idleFor     = 5 * time.Minute // how long nobody has used the workbook
	lookEvery   = time.Minute
	betweenRows = 20 * time.Millisecond // between two slices, so that the computer is left to others
)

// healthKey is under which the workbook keeps what the last check found.
const healthKey = "workbook.health"

// errUsed ends a check because somebody uses the workbook again.
var errUsed = errors.New("the workbook is in use")

// kept is what is remembered of the last check.
type kept struct {
	sales.Condition
	Next sales.Instant `json:"next"` // when the workbook is to be checked again
}

// used notes that a screen uses the workbook, and gives its database.
func (w *Workbook) used() *local.Store {
	w.lastUse.Store(w.now().UnixNano())
	return w.store()
}

// RunChecks checks the workbook deeply once a week until ctx ends, while nobody uses it: slowly, and ended by the next use, after which it begins anew
// another time. told is called when something was found.
func (w *Workbook) RunChecks(ctx context.Context, told func()) {
	w.lastUse.Store(w.now().UnixNano())
	for sleep(ctx, lookEvery) {
		found, err := w.checkIfDue(ctx)
		if err != nil && !errors.Is(err, errUsed) && ctx.Err() == nil && w.log != nil {
			w.log.Error("check the workbook", "error", err)
		}
		if found {
			told()
		}
	}
}

// checkIfDue does the weekly check when it is due and nobody uses the workbook; it says whether something was found.
func (w *Workbook) checkIfDue(ctx context.Context) (found bool, err error) {
	store := w.store()
	last, err := readHealth(ctx, store)
	if err != nil {
		return false, err
	}
	if now := sales.InstantOf(w.now()); w.unusedFor() < idleFor || now < last.Next && last.Next-now <= sales.Instant(checkEvery.Milliseconds()) {
		return false, nil
	}
	pace := func(ctx context.Context) error {
		if w.unusedFor() < idleFor {
			return errUsed
		}
		if !sleep(ctx, w.pause) {
			return ctx.Err()
		}
		return nil
	}
	report, err := w.Check(ctx, local.CheckOptions{Deep: true, Pace: pace})
	if err != nil {
		return false, err
	}
	next := kept{Condition: sales.Condition{Checked: sales.InstantOf(w.now()), Mended: len(report.Mended)}}
	for _, f := range report.Left {
		if f.Code != "differs" { // is told by itself
			next.Left = append(next.Left, f.Where+": "+f.Message+"; "+f.Hint)
		}
	}
	wait := checkEvery
	if report.Problem != nil {
		wait = checkAgain
	}
	if next.Mended == 0 { // what the user has not seen yet stays
		next.Mended = last.Mended
	}
	next.Next = next.Checked + sales.Instant(wait.Milliseconds())
	return len(report.Mended)+len(report.Left) > 0, writeHealth(ctx, store, next)
}

func (w *Workbook) unusedFor() time.Duration {
	return w.now().Sub(time.Unix(0, w.lastUse.Load()))
}

// Health is what checks of the workbook found that its user should know of.
func (w *Workbook) Health(ctx context.Context) (sales.Condition, error) {
	store := w.store()
	k, err := readHealth(ctx, store)
	if err != nil {
		return sales.Condition{}, err
	}
	k.Differences, err = store.Differences(ctx)
	return k.Condition, err
}

// Acknowledge forgets what the last check mended: the user has seen it.
func (w *Workbook) Acknowledge(ctx context.Context) error {
	store := w.store()
	k, err := readHealth(ctx, store)
	if err != nil {
		return err
	}
	k.Mended = 0
	return writeHealth(ctx, store, k)
}

func readHealth(ctx context.Context, store *local.Store) (kept, error) {
	var k kept
	text, err := store.GetState(ctx, healthKey)
	if err != nil || text == "" {
		return k, err
	}
	if uerr := json.Unmarshal([]byte(text), &k); uerr != nil {
		k = kept{} // unreadable is as never checked
	}
	return k, nil
}

func writeHealth(ctx context.Context, store *local.Store, k kept) error {
	k.Differences = nil
	b, err := json.Marshal(k)
	if err != nil {
		return err
	}
	return store.SetState(ctx, healthKey, string(b))
}

// sleep waits; false when ctx ends first.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
