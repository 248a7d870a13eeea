package workbook

import (
	"context"
	"slices"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store/local"
)

// The methods of this file make a Workbook itself the sales.Workbook and the tray that screens use: they reach the database in use, also after
// another user has signed in, and each write is soon sent.

func (w *Workbook) store() *local.Store {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.Store
}

// Get gives one record; see sales.Reader.
func (w *Workbook) Get(ctx context.Context, kind, id string) (sales.Record, error) {
	return w.used().Get(ctx, kind, id)
}

// List gives the records of a query; see sales.Reader.
func (w *Workbook) List(ctx context.Context, q sales.Query) ([]sales.Record, error) {
	return w.used().List(ctx, q)
}

// Count counts the records of a query; see sales.Reader.
func (w *Workbook) Count(ctx context.Context, q sales.Query) (int, error) {
	return w.used().Count(ctx, q)
}

// Titles names records; see sales.Reader.
func (w *Workbook) Titles(ctx context.Context, kind string, ids []string) (map[string]string, error) {
	return w.used().Titles(ctx, kind, ids)
}

// Aggregate groups the records of a query; see sales.Reader.
func (w *Workbook) Aggregate(ctx context.Context, q sales.Query, by string, fn sales.Fn, field string) (map[string]int64, error) {
	return w.used().Aggregate(ctx, q, by, fn, field)
}

// Search finds records; see sales.Searcher.
func (w *Workbook) Search(ctx context.Context, text, kind string, limit int) ([]sales.Hit, error) {
	return w.used().Search(ctx, text, kind, limit)
}

// Write saves edits, and asks the engine to send them soon; see sales.Writer.
func (w *Workbook) Write(ctx context.Context, edits ...sales.Edit) ([]string, error) {
	ids, err := w.used().Write(ctx, edits...)
	if err == nil {
		w.kick()
	}
	return ids, err
}

// Pending lists the unsettled changes of this device.
func (w *Workbook) Pending(ctx context.Context) ([]sales.Pending, error) {
	return w.store().Pending(ctx)
}

// Undo takes back an unsettled change with those saved together with it.
func (w *Workbook) Undo(ctx context.Context, changeID string) error {
	err := w.used().Undo(ctx, changeID)
	if err == nil {
		w.kick()
	}
	return err
}

// Retry offers a refused change to the server again.
func (w *Workbook) Retry(ctx context.Context, changeID string) error {
	err := w.used().Retry(ctx, changeID)
	if err == nil {
		w.kick()
	}
	return err
}

// SearchReady says whether the search finds all records yet: after a first sync it is prepared last.
func (w *Workbook) SearchReady() bool { return w.store().SearchReady() }

// Identity is whose workbook is in use.
func (w *Workbook) Identity(ctx context.Context) (local.Identity, error) {
	return w.store().Identity(ctx)
}

// GetState reads a text that this device keeps for itself, "" when it has none.
func (w *Workbook) GetState(ctx context.Context, key string) (string, error) {
	return w.store().GetState(ctx, key)
}

// SetState keeps a text on this device; it is not synced.
func (w *Workbook) SetState(ctx context.Context, key, value string) error {
	return w.used().SetState(ctx, key, value)
}

// Subscribe calls f after each change of records, own or received, with the kinds that changed; nil after another database came into
// use. f is called from any goroutine.
func (w *Workbook) Subscribe(f func(kinds []string)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.listeners = append(w.listeners, f)
}

func (w *Workbook) announce(kinds []string) {
	w.mu.Lock()
	listeners := slices.Clone(w.listeners)
	w.mu.Unlock()
	for _, f := range listeners {
		f(kinds)
	}
}

// kick has what was written sent soon.
func (w *Workbook) kick() {
	if e := w.Engine(); e != nil {
		e.Kick()
	}
}
