package visits

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/rounds-field/rounds/sales"
)

// Entry is what the quick log and the planner take. A company and a type suffice to log; a time as well to plan.
type Entry struct {
	VisitID   string // a planned visit that is now logged; "" for a new one
	PartnerID string
	AccountID string
	Type      string
	Subject   string
	Notes     string
	Outcome   string
	// Plan makes a planned visit of At and Minutes instead of one that just took place.
	Plan    bool
	At      time.Time // when it is planned, or when it began; zero when logging means now
	Minutes int64     // how long; 0 means the type's usual length
}

// Prefill is what the quick log starts with: the planned visit that is to be logged, or nothing but the type.
func (m *Model) Prefill(ctx context.Context, visitID string) (Entry, Row, error) {
	if visitID == "" {
		return Entry{Type: routine.Code}, Row{}, nil
	}
	record, err := m.Book.Get(ctx, "visit", visitID)
	if err != nil {
		return Entry{}, Row{}, fmt.Errorf("read the visit to log: %w", err)
	}
	v := sales.As[sales.Visit](record)
	rows, err := m.rows(ctx, []sales.Visit{v})
	if err != nil {
		return Entry{}, Row{}, err
	}
	return Entry{
		VisitID: v.ID, PartnerID: v.PartnerID, AccountID: v.AccountID, Type: v.VisitType, Subject: v.Subject, Notes: v.Notes, Outcome: v.Outcome,
	}, rows[0], nil
}

// Save logs or plans a visit and gives it as it was saved. The error is of type sales.Errors when values are missing.
func (m *Model) Save(ctx context.Context, e Entry) (sales.Visit, error) {
	v := sales.Visit{ID: e.VisitID}
	if e.VisitID != "" {
		record, err := m.Book.Get(ctx, "visit", e.VisitID)
		if err != nil {
			return v, fmt.Errorf("read the visit to log: %w", err)
		}
		v = sales.As[sales.Visit](record)
	}
	before := v
	v.PartnerID, v.AccountID, v.VisitType = e.PartnerID, e.AccountID, e.Type
	v.Subject, v.Notes, v.Outcome = strings.TrimSpace(e.Subject), strings.TrimSpace(e.Notes), e.Outcome
	length := time.Duration(e.Minutes) * time.Minute
	switch {
	case e.Plan:
		v.Status = sales.VisitPlanned
		v.PlannedAt = sales.InstantOf(e.At)
		if !e.At.IsZero() && length > 0 {
			v.PlannedEnd = sales.InstantOf(e.At.Add(length))
		}
	case e.VisitID != "":
		v = m.logPlanned(v, e)
	case !e.At.IsZero():
		v.StartedAt = sales.InstantOf(e.At)
		if length > 0 {
			v.EndedAt = sales.InstantOf(e.At.Add(length))
		}
	}
	edit := sales.CreateOf(v)
	if e.VisitID != "" {
		edit = sales.UpdateOf(before, v)
		if len(edit.Values) == 0 {
			return v, nil
		}
	}
	return m.write(ctx, edit)
}

// logPlanned marks a planned or running visit as done. What was planned for earlier today took place then; what was planned
// for another day, now.
func (m *Model) logPlanned(v sales.Visit, e Entry) sales.Visit {
	now := m.Now()
	switch planned := v.PlannedAt.Time().In(now.Location()); {
	case !e.At.IsZero():
		v.StartedAt = sales.InstantOf(e.At)
	case v.StartedAt == 0 && sales.DateOf(planned) == sales.DateOf(now) && planned.Before(now):
		v.StartedAt = v.PlannedAt
	}
	return v.Finish(now)
}

func (m *Model) write(ctx context.Context, edit sales.Edit) (sales.Visit, error) {
	ids, err := m.Book.Write(ctx, edit)
	if err != nil {
		return sales.Visit{}, fmt.Errorf("save the visit: %w", err)
	}
	record, err := m.Book.Get(ctx, "visit", ids[0])
	if err != nil {
		return sales.Visit{}, fmt.Errorf("read the saved visit: %w", err)
	}
	return sales.As[sales.Visit](record), nil
}

// FollowUp is the answer to "next follow-up?".
type FollowUp struct {
	On    sales.Date
	Visit bool   // plan a visit for that day, instead of a task
	Title string // of the task; the view's text when the rep wrote none
}

// The hour at which a follow-up visit is planned until somebody moves it.
const followUpHour = 10

// SaveFollowUp records the answer: a task or a planned visit, and the day in the visit that was made.
func (m *Model) SaveFollowUp(ctx context.Context, v sales.Visit, f FollowUp) error {
	next := v
	next.NextOn = f.On
	edits := []sales.Edit{sales.UpdateOf(v, next)}
	if f.Visit {
		day := f.On.Time(m.Now().Location())
		at := time.Date(day.Year(), day.Month(), day.Day(), followUpHour, 0, 0, 0, day.Location())
		edits = append(edits, sales.CreateOf(sales.Visit{
			PartnerID: v.PartnerID, AccountID: v.AccountID, VisitType: v.VisitType, OwnerID: v.OwnerID,
			Subject: strings.TrimSpace(f.Title), Status: sales.VisitPlanned, PlannedAt: sales.InstantOf(at),
		}))
	} else {
		edits = append(edits, sales.CreateOf(sales.FollowUp(v, strings.TrimSpace(f.Title), f.On)))
	}
	if len(edits[0].Values) == 0 {
		edits = edits[1:]
	}
	if _, err := m.Book.Write(ctx, edits...); err != nil {
		return fmt.Errorf("save the follow-up: %w", err)
	}
	return nil
}
