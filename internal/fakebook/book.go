// Package fakebook is a workbook in memory for tests of screens and rules: it answers queries, completes and
// validates as a real one does, and keeps nothing.
package fakebook

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/rounds-field/rounds/sales"
)

// Book is a workbook in memory. It is safe for several goroutines.
type Book struct {
	mu      sync.Mutex
	now     func() time.Time
	userID  string
	records map[string]map[string]sales.Record // kind, id
	order   map[string][]string                // kind, ids in order of creation

	// Edits lists every edit that was written by Write, in order.
	Edits []sales.Edit
	// Lists counts the calls of List, so that a test can tell paged loading from loading all.
	Lists int
	// Err, when set, is what every call gives back.
	Err error
}

var _ sales.Workbook = (*Book)(nil)

// New makes an empty workbook of the user; now is the clock by which new records are completed.
func New(now func() time.Time, userID string) *Book {
	return &Book{now: now, userID: userID, records: map[string]map[string]sales.Record{}, order: map[string][]string{}}
}

// Put stores record structs, or generic records, as they are: complete, unchecked and settled, as if they had come from the
// server. A record without an id gets one. It gives the ids in order.
func (b *Book) Put(models ...any) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	ids := make([]string, len(models))
	for i, m := range models {
		r, ok := m.(sales.Record)
		if !ok {
			r = sales.RecordOf(m)
		}
		if r.ID == "" {
			r.ID = sales.NewID()
		}
		b.store(r)
		ids[i] = r.ID
	}
	return ids
}

// All gives every record of the struct's kind, in order of creation: fakebook.All[sales.Visit](book).
func All[T any](b *Book) []T {
	var zero T
	kind := sales.RecordOf(zero).Kind
	b.mu.Lock()
	defer b.mu.Unlock()
	out := make([]T, 0, len(b.order[kind]))
	for _, id := range b.order[kind] {
		out = append(out, sales.As[T](b.records[kind][id]))
	}
	return out
}

func (b *Book) store(r sales.Record) {
	if b.records[r.Kind] == nil {
		b.records[r.Kind] = map[string]sales.Record{}
	}
	if _, known := b.records[r.Kind][r.ID]; !known {
		b.order[r.Kind] = append(b.order[r.Kind], r.ID)
	}
	b.records[r.Kind][r.ID] = r
}

// Get implements sales.Reader.
func (b *Book) Get(ctx context.Context, kind, id string) (sales.Record, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := cmp.Or(b.Err, ctx.Err()); err != nil {
		return sales.Record{}, err
	}
	r, ok := b.records[kind][id]
	if !ok {
		return sales.Record{}, notFound(kind, id)
	}
	return r, nil
}

// Titles implements sales.Reader.
func (b *Book) Titles(ctx context.Context, kind string, ids []string) (map[string]string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := cmp.Or(b.Err, ctx.Err()); err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, id := range ids {
		if r, ok := b.records[kind][id]; ok {
			out[id] = r.Title()
		}
	}
	return out, nil
}

// Write implements sales.Writer: all edits or none.
func (b *Book) Write(ctx context.Context, edits ...sales.Edit) ([]string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := cmp.Or(b.Err, ctx.Err()); err != nil {
		return nil, err
	}
	next := map[string]sales.Record{} // by id; a later edit of the call sees the earlier ones
	ids := make([]string, len(edits))
	for i := range edits {
		if edits[i].Verb == sales.Create && edits[i].ID == "" {
			edits[i].ID = sales.NewID()
		}
		e := edits[i]
		r, err := b.edited(next, e)
		if err != nil {
			return nil, err
		}
		next[e.ID], ids[i] = r, e.ID
	}
	for _, e := range edits {
		if e.Verb == sales.Delete {
			delete(b.records[e.Kind], e.ID)
			b.order[e.Kind] = slices.DeleteFunc(b.order[e.Kind], func(id string) bool { return id == e.ID })
			continue
		}
		b.store(next[e.ID])
	}
	b.Edits = append(b.Edits, edits...)
	return ids, nil
}

// edited is the record that an edit makes, checked.
func (b *Book) edited(next map[string]sales.Record, e sales.Edit) (sales.Record, error) {
	prev, known := next[e.ID]
	if !known {
		prev, known = b.records[e.Kind][e.ID]
	}
	now := b.now()
	meta := sales.Meta{UpdatedAt: sales.InstantOf(now), UpdatedBy: b.userID, Pending: true, Bucket: prev.Bucket}
	r := sales.Record{Kind: e.Kind, ID: e.ID, Values: sales.Apply(prev.Values, e.Values), Meta: meta}
	switch e.Verb {
	case sales.Create:
		if known {
			return r, &sales.Error{Code: sales.CodeDuplicate, Kind: e.Kind, ID: e.ID, Message: "the record exists already"}
		}
		r = sales.Complete(r, now, b.userID)
		return r, sales.Validate(nil, r)
	case sales.Update:
		if !known {
			return r, notFound(e.Kind, e.ID)
		}
		return r, sales.Validate(&prev, r)
	case sales.Delete:
		if !known {
			return r, notFound(e.Kind, e.ID)
		}
		return r, nil
	}
	return r, fmt.Errorf("write %s: no such verb %d", e.Kind, e.Verb)
}

func notFound(kind, id string) error {
	return &sales.Error{Code: sales.CodeNotFound, Kind: kind, ID: id, Message: "no such record"}
}
