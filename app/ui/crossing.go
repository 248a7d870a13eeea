package ui

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"fyne.io/fyne/v2"
)

// Run starts work off the UI thread. Tests replace it by a plain call, so that screens become deterministic.
var Run = func(work func()) { go work() }

// OnUI runs the function on the UI thread: the one place where the app crosses to it. Background events
// (records changed, sync state) enter screens through here.
func OnUI(show func()) { fyne.Do(show) }

// Later calls the function on the UI thread after a while, unless it is cancelled before. Tests replace it by a
// queue that they empty themselves.
var Later = func(after time.Duration, call func()) (cancel func()) {
	timer := time.AfterFunc(after, func() { OnUI(call) })
	return func() { timer.Stop() }
}

// Go loads off the UI thread and shows the outcome on it. Nothing is shown once the context has ended: the page
// that asked is gone. A panic of the load is shown as an error, because it must not take the rep's day with it.
func Go[T any](ctx context.Context, load func(context.Context) (T, error), show func(T, error)) {
	Run(func() {
		value, err := guarded(ctx, load)
		if ctx.Err() != nil {
			return
		}
		OnUI(func() {
			if ctx.Err() == nil {
				show(value, err)
				shown.tell()
			}
		})
	})
}

// shown is told each time that something loaded was shown.
var shown = listeners{calls: map[int]func(){}}

// OnShown calls the function each time that something loaded was shown, until cancel is called: the window's title names what its page loaded.
func OnShown(listener func()) (cancel func()) { return shown.add(listener) }

// Do is Go for work without a result, a save or a delete.
func Do(ctx context.Context, work func(context.Context) error, done func(error)) {
	Go(ctx, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, work(ctx)
	}, func(_ struct{}, err error) { done(err) })
}

func guarded[T any](ctx context.Context, load func(context.Context) (T, error)) (value T, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("load a screen: panic: %v", cause)
			slog.Error("load a screen", "panic", cause, "stack", string(debug.Stack()))
		}
	}()
	return load(ctx)
}
