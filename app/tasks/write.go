package tasks

import (
	"context"
	"fmt"
	"strings"

	"github.com/rounds-field/rounds/sales"
)

// Add makes a task and gives its id. A title suffices; it is then open, the user's, and of normal priority.
func (m *Model) Add(ctx context.Context, t sales.Task) (string, error) {
	t.Title = strings.TrimSpace(t.Title)
	ids, err := m.Book.Write(ctx, sales.CreateOf(t))
	if err != nil {
		return "", fmt.Errorf("add the task: %w", err)
	}
	return ids[0], nil
}

// Update changes a task; next is the task as it should become. Nothing is written when nothing changed.
func (m *Model) Update(ctx context.Context, before, next sales.Task) error {
	next.Title, next.Notes = strings.TrimSpace(next.Title), strings.TrimSpace(next.Notes)
	edit := sales.UpdateOf(before, next)
	if len(edit.Values) == 0 {
		return nil
	}
	if _, err := m.Book.Write(ctx, edit); err != nil {
		return fmt.Errorf("save the task: %w", err)
	}
	return nil
}

// Finish marks a task as done; Reopen takes that back.
func (m *Model) Finish(ctx context.Context, id string) error {
	return m.change(ctx, id, func(t sales.Task) sales.Task { return t.Finish(m.Now()) })
}

// Reopen makes a task open again.
func (m *Model) Reopen(ctx context.Context, id string) error {
	return m.change(ctx, id, sales.Task.Reopen)
}

// Cancel calls a task off.
func (m *Model) Cancel(ctx context.Context, id string) error {
	return m.change(ctx, id, func(t sales.Task) sales.Task {
		t.Status = sales.TaskCancelled
		return t
	})
}

// Postpone moves a task to another day.
func (m *Model) Postpone(ctx context.Context, id string, to sales.Date) error {
	return m.change(ctx, id, func(t sales.Task) sales.Task { return t.Postpone(to) })
}

// Delete removes a task that was entered by mistake.
func (m *Model) Delete(ctx context.Context, id string) error {
	if _, err := m.Book.Write(ctx, sales.Edit{Verb: sales.Delete, Kind: "task", ID: id}); err != nil {
		return fmt.Errorf("delete the task: %w", err)
	}
	return nil
}

// change reads a task anew and lays a change over it, so that no other edit is undone.
func (m *Model) change(ctx context.Context, id string, change func(sales.Task) sales.Task) error {
	record, err := m.Book.Get(ctx, "task", id)
	if err != nil {
		return fmt.Errorf("read the task: %w", err)
	}
	t := sales.As[sales.Task](record)
	return m.Update(ctx, t, change(t))
}

// Due gives the day of a choice of the quick entry, counted from today.
func (m *Model) Due(days int) sales.Date { return sales.DateOf(m.Now().AddDate(0, 0, days)) }
