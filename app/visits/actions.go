package visits

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/rounds-field/rounds/sales"
)

// Update changes a visit; next is the visit as it should become. Nothing is written when nothing changed.
func (m *Model) Update(ctx context.Context, before, next sales.Visit) (sales.Visit, error) {
	edit := sales.UpdateOf(before, next)
	if len(edit.Values) == 0 {
		return before, nil
	}
	return m.write(ctx, edit)
}

// change reads a visit anew and lays a change over it, so that no other edit is undone.
func (m *Model) change(ctx context.Context, id string, change func(sales.Visit) sales.Visit) (sales.Visit, error) {
	record, err := m.Book.Get(ctx, "visit", id)
	if err != nil {
		return sales.Visit{}, fmt.Errorf("read the visit: %w", err)
	}
	v := sales.As[sales.Visit](record)
	return m.Update(ctx, v, change(v))
}

// Start begins a planned visit now.
func (m *Model) Start(ctx context.Context, id string) (sales.Visit, error) {
	return m.change(ctx, id, func(v sales.Visit) sales.Visit { return v.Start(m.Now()) })
}

// Finish ends a visit now.
func (m *Model) Finish(ctx context.Context, id string) (sales.Visit, error) {
	return m.change(ctx, id, func(v sales.Visit) sales.Visit { return m.logPlanned(v, Entry{}) })
}

// Cancel calls a visit off for a reason.
func (m *Model) Cancel(ctx context.Context, id, reason string) (sales.Visit, error) {
	return m.change(ctx, id, func(v sales.Visit) sales.Visit { return v.Cancel(strings.TrimSpace(reason)) })
}

// Reschedule moves a planned visit.
func (m *Model) Reschedule(ctx context.Context, id string, to time.Time) (sales.Visit, error) {
	return m.change(ctx, id, func(v sales.Visit) sales.Visit { return v.Reschedule(to) })
}

// Delete removes a visit that was entered by mistake.
func (m *Model) Delete(ctx context.Context, id string) error {
	if _, err := m.Book.Write(ctx, sales.Edit{Verb: sales.Delete, Kind: "visit", ID: id}); err != nil {
		return fmt.Errorf("delete the visit: %w", err)
	}
	return nil
}

// AddFeedback captures feedback heard in a visit.
func (m *Model) AddFeedback(ctx context.Context, v sales.Visit, kind, severity, body string) error {
	return m.create(ctx, sales.Feedback{
		Kind: kind, Severity: severity, Body: strings.TrimSpace(body), PartnerID: v.PartnerID, AccountID: v.AccountID, VisitID: v.ID,
		CapturedAt: sales.InstantOf(m.Now()), OwnerID: m.me(),
	})
}

// AddOpportunity captures a possible deal found in a visit. The amount is in minor units of the default currency, 0 when unknown.
func (m *Model) AddOpportunity(ctx context.Context, v sales.Visit, name string, amount int64, closeOn sales.Date) error {
	return m.create(ctx, sales.Opportunity{
		Name: strings.TrimSpace(name), Amount: amount, ExpectedClose: closeOn, PartnerID: v.PartnerID, AccountID: v.AccountID,
		Stage: sales.StageProspect, OwnerID: m.me(),
	})
}

// AddTask captures something to be done after a visit.
func (m *Model) AddTask(ctx context.Context, v sales.Visit, title string, due sales.Date) error {
	t := sales.FollowUp(v, strings.TrimSpace(title), due)
	t.OwnerID = m.me()
	return m.create(ctx, t)
}

// FinishTask marks a task as done, or opens it again.
func (m *Model) FinishTask(ctx context.Context, id string, done bool) error {
	record, err := m.Book.Get(ctx, "task", id)
	if err != nil {
		return fmt.Errorf("read the task: %w", err)
	}
	t := sales.As[sales.Task](record)
	next := t.Reopen()
	if done {
		next = t.Finish(m.Now())
	}
	if _, err := m.Book.Write(ctx, sales.UpdateOf(t, next)); err != nil {
		return fmt.Errorf("save the task: %w", err)
	}
	return nil
}

func (m *Model) create(ctx context.Context, model any) error {
	edit := sales.CreateOf(model)
	if _, err := m.Book.Write(ctx, edit); err != nil {
		return fmt.Errorf("save the %s: %w", edit.Kind, err)
	}
	return nil
}
