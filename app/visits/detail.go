package visits

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rounds-field/rounds/sales"
)

// Detail is everything that the page of one visit shows.
type Detail struct {
	Row
	Steps         []Step
	Missing       int                 // mandatory steps that are neither done nor skipped
	Contacts      []sales.Contact     // people of the company, whether met or not
	Feedback      []sales.Feedback    // captured in this visit
	Opportunities []sales.Opportunity // open ones of the company
	Tasks         []sales.Task        // that follow from this visit
	Attachments   []sales.Attachment  // of this visit
	Previous      []Row               // the visits made to the company before, newest first
}

// Step is one step that the visit's type asks for, with what came of it.
type Step struct {
	Label
	Mandatory bool
	Result    sales.VisitResult // without an ID while nothing was recorded
}

// previousVisits bounds how many earlier visits the page shows.
const previousVisits = 4

// Load reads one visit with all that belongs to it.
func (m *Model) Load(ctx context.Context, id string) (Detail, error) {
	record, err := m.Book.Get(ctx, "visit", id)
	if err != nil {
		return Detail{}, fmt.Errorf("read the visit: %w", err)
	}
	v := sales.As[sales.Visit](record)
	rows, err := m.rows(ctx, []sales.Visit{v})
	if err != nil {
		return Detail{}, err
	}
	d := Detail{Row: rows[0]}
	if err := m.loadSteps(ctx, &d); err != nil {
		return d, err
	}
	of := func(field, id string) []sales.Cond { return []sales.Cond{{Field: field, Op: sales.Eq, Value: id}} }
	companyField, companyID := "partner_id", v.PartnerID
	if v.PartnerID == "" {
		companyField, companyID = "account_id", v.AccountID
	}
	if d.Contacts, err = list[sales.Contact](ctx, m.Book, sales.Query{Kind: "contact", Where: of(companyField, companyID)}); err != nil {
		return d, err
	}
	if d.Feedback, err = list[sales.Feedback](ctx, m.Book, sales.Query{Kind: "feedback", Where: of("visit_id", id)}); err != nil {
		return d, err
	}
	open := sales.Cond{Field: "stage", Op: sales.NotIn, Value: []string{sales.StageWon, sales.StageLost}}
	if d.Opportunities, err = list[sales.Opportunity](ctx, m.Book, sales.Query{Kind: "opportunity", Where: append(of(companyField, companyID), open), Limit: 20}); err != nil {
		return d, err
	}
	if d.Tasks, err = list[sales.Task](ctx, m.Book, sales.Query{Kind: "task", Where: of("visit_id", id)}); err != nil {
		return d, err
	}
	if d.Attachments, err = list[sales.Attachment](ctx, m.Book, sales.Query{Kind: "attachment", Where: of("visit_id", id)}); err != nil {
		return d, err
	}
	earlier := append(of(companyField, companyID), sales.Cond{Field: "status", Op: sales.Eq, Value: sales.VisitDone}, sales.Cond{Field: "id", Op: sales.Ne, Value: id})
	if v.When() != 0 {
		earlier = append(earlier, sales.Cond{Field: "started_at", Op: sales.Lt, Value: int64(v.When())})
	}
	before, err := list[sales.Visit](ctx, m.Book, sales.Query{Kind: "visit", Where: earlier, Sort: []string{"-started_at"}, Limit: previousVisits})
	if err != nil {
		return d, err
	}
	d.Previous, err = m.rows(ctx, before)
	return d, err
}

func list[T any](ctx context.Context, book sales.Reader, q sales.Query) ([]T, error) {
	records, err := book.List(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("read each %s of the visit: %w", q.Kind, err)
	}
	return sales.AllAs[T](records), nil
}

func (m *Model) loadSteps(ctx context.Context, d *Detail) error {
	all, err := list[sales.VisitStep](ctx, m.Book, sales.Query{Kind: "visit_step", Where: []sales.Cond{{Field: "visit_type", Op: sales.Eq, Value: d.VisitType}}})
	if err != nil {
		return err
	}
	results, err := list[sales.VisitResult](ctx, m.Book, sales.Query{Kind: "visit_result", Where: []sales.Cond{{Field: "visit_id", Op: sales.Eq, Value: d.ID}}})
	if err != nil {
		return err
	}
	steps := sales.StepsOf(all, d.VisitType)
	d.Missing = len(sales.MissingSteps(steps, results))
	for _, s := range steps {
		step := Step{Label: Label{s.Code, s.Name, s.NameZh}, Mandatory: s.Mandatory}
		if i := slices.IndexFunc(results, func(r sales.VisitResult) bool { return r.StepCode == s.Code }); i >= 0 {
			step.Result = results[i]
		}
		d.Steps = append(d.Steps, step)
	}
	return nil
}

// SetStep records what came of a step: done with an optional note, or skipped with its reason; "" takes the record back.
func (m *Model) SetStep(ctx context.Context, visitID string, s Step, result, text string) error {
	text = strings.TrimSpace(text)
	next := s.Result
	next.VisitID, next.StepCode, next.Result, next.RecordedAt = visitID, s.Code, result, sales.InstantOf(m.Now())
	next.Note, next.SkipReason = text, ""
	if result == sales.StepSkipped {
		next.Note, next.SkipReason = "", text
	}
	edit := sales.CreateOf(next)
	switch {
	case result == "" && s.Result.ID == "":
		return nil
	case result == "":
		edit = sales.Edit{Verb: sales.Delete, Kind: "visit_result", ID: s.Result.ID}
	case s.Result.ID != "":
		edit = sales.UpdateOf(s.Result, next)
	}
	if _, err := m.Book.Write(ctx, edit); err != nil {
		return fmt.Errorf("save the step: %w", err)
	}
	return nil
}

// SkipMissing records every mandatory step that is still open as skipped for the same reason, so that the visit can be ended.
func (m *Model) SkipMissing(ctx context.Context, d Detail, reason string) error {
	var edits []sales.Edit
	for _, s := range d.Steps {
		if s.Mandatory && s.Result.ID == "" {
			edits = append(edits, sales.CreateOf(sales.VisitResult{
				VisitID: d.ID, StepCode: s.Code, Result: sales.StepSkipped, SkipReason: strings.TrimSpace(reason),
			}))
		}
	}
	if len(edits) == 0 {
		return nil
	}
	if _, err := m.Book.Write(ctx, edits...); err != nil {
		return fmt.Errorf("skip the open steps: %w", err)
	}
	return nil
}
