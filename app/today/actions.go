package today

import (
	"context"
	"fmt"
	"strings"

	"github.com/rounds-field/rounds/sales"
)

// FinishTask marks a task as done; ReopenTask takes that back.
func (m *Model) FinishTask(ctx context.Context, id string) error {
	return change(ctx, m.Book, "task", id, func(t sales.Task) sales.Task { return t.Finish(m.Now()) })
}

// ReopenTask makes a task open again.
func (m *Model) ReopenTask(ctx context.Context, id string) error {
	return change(ctx, m.Book, "task", id, sales.Task.Reopen)
}

// StartVisit begins a planned visit now.
func (m *Model) StartVisit(ctx context.Context, id string) error {
	return change(ctx, m.Book, "visit", id, func(v sales.Visit) sales.Visit { return v.Start(m.Now()) })
}

// MoveVisit moves a visit to another day, at the same time of day.
func (m *Model) MoveVisit(ctx context.Context, id string, to sales.Date) error {
	return change(ctx, m.Book, "visit", id, func(v sales.Visit) sales.Visit {
		zone := m.Now().Location()
		was := v.PlannedAt.Time().In(zone)
		days := sales.DaysBetween(sales.DateOf(was), to)
		return v.Reschedule(was.AddDate(0, 0, days))
	})
}

// SetNextStep says what comes next for an opportunity, and until when; the day may be empty.
func (m *Model) SetNextStep(ctx context.Context, id, step string, on sales.Date) error {
	return change(ctx, m.Book, "opportunity", id, func(o sales.Opportunity) sales.Opportunity {
		o.NextStep, o.NextStepOn = strings.TrimSpace(step), on
		return o
	})
}

// Confirm records that the user has read an announcement.
func (m *Model) Confirm(ctx context.Context, id string) error {
	_, err := m.Book.Write(ctx, sales.CreateOf(sales.Receipt{AnnouncementID: id, UserID: m.Me().ID, ReadAt: sales.InstantOf(m.Now())}))
	if err != nil {
		return fmt.Errorf("confirm the announcement: %w", err)
	}
	return nil
}

// change reads a record anew and lays a change over it, so that no other edit is undone.
func change[T any](ctx context.Context, book sales.Workbook, kind, id string, change func(T) T) error {
	record, err := book.Get(ctx, kind, id)
	if err != nil {
		return fmt.Errorf("read the %s: %w", kind, err)
	}
	before := sales.As[T](record)
	edit := sales.UpdateOf(before, change(before))
	if len(edit.Values) == 0 {
		return nil
	}
	if _, err := book.Write(ctx, edit); err != nil {
		return fmt.Errorf("save the %s: %w", kind, err)
	}
	return nil
}
