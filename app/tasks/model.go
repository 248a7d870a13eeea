// Package tasks is the rep's follow-ups: what is due, overdue and done, quick entry, and the page of one task.
package tasks

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/rounds-field/rounds/sales"
)

// Deps is what the screens of tasks need from outside.
type Deps struct {
	// Book is the workbook.
	Book sales.Workbook
	// Me is the signed-in user.
	Me func() sales.User
	// Now is the present moment, in the zone whose days the user lives by.
	Now func() time.Time
}

// Model reads and writes tasks. It is synchronous and knows no toolkit.
type Model struct{ Deps }

// NewModel makes the model.
func NewModel(d Deps) *Model { return &Model{Deps: d} }

func (m *Model) today() sales.Date { return sales.DateOf(m.Now()) }

// The views of the list.
const (
	ViewOpen     = "open" // everything to be done
	ViewOverdue  = "overdue"
	ViewToday    = "today"
	ViewUpcoming = "upcoming" // due after today
	ViewUndated  = "undated"  // open without a due day
	ViewDone     = "done"     // done and cancelled, the latest first
)

// Views lists the views in the order in which they are offered.
func Views() []string {
	return []string{ViewOpen, ViewOverdue, ViewToday, ViewUpcoming, ViewUndated, ViewDone}
}

// Filter says which tasks a list shows.
type Filter struct {
	View string // one of Views; "" means open
	Text string
	Mine bool
	Sort string // a field of the task; "" means the view's own order
	Desc bool
}

// Row is a task with the names that a list shows beside it.
type Row struct {
	sales.Task
	Company string // the partner's name, or the key account's
	Owner   string
	Late    int // days overdue; 0 when it is not
}

// Found is the answer to a filter: how many tasks, and a way to get at them page by page.
type Found struct {
	Total  int
	Counts map[string]int // of every view, for the same owner and words
	// Page loads at most limit rows from an offset.
	Page func(ctx context.Context, offset, limit int) ([]Row, error)
}

// Find answers a filter.
func (m *Model) Find(ctx context.Context, f Filter) (Found, error) {
	if f.View == "" {
		f.View = ViewOpen
	}
	found := Found{Counts: map[string]int{}}
	for _, view := range Views() {
		g := f
		g.View = view
		n, err := m.Book.Count(ctx, m.query(g))
		if err != nil {
			return Found{}, fmt.Errorf("count tasks: %w", err)
		}
		found.Counts[view] = n
	}
	found.Total = found.Counts[f.View]
	found.Page = func(ctx context.Context, offset, limit int) ([]Row, error) {
		records, err := m.page(ctx, f, found.Counts, offset, limit)
		if err != nil {
			return nil, fmt.Errorf("read tasks: %w", err)
		}
		return m.rows(ctx, sales.AllAs[sales.Task](records))
	}
	return found, nil
}

// page reads a part of a view. In its own order the view of all open tasks has those without a due day at its end, where a
// store would put them first; it is read as two lists behind one another.
func (m *Model) page(ctx context.Context, f Filter, counts map[string]int, offset, limit int) ([]sales.Record, error) {
	q := m.query(f)
	q.Offset, q.Limit = offset, limit
	if f.View != ViewOpen || f.Sort != "" {
		return m.Book.List(ctx, q)
	}
	dated := counts[ViewOpen] - counts[ViewUndated]
	var out []sales.Record
	if offset < dated {
		q.Where = append(q.Where, sales.Cond{Field: "due_on", Op: sales.NotEmpty})
		found, err := m.Book.List(ctx, q)
		if err != nil || len(found) == limit {
			return found, err
		}
		out = found
	}
	f.View = ViewUndated
	q = m.query(f)
	q.Offset, q.Limit = max(0, offset-dated), limit-len(out)
	found, err := m.Book.List(ctx, q)
	return append(out, found...), err
}

func (m *Model) query(f Filter) sales.Query {
	q := sales.Query{Kind: "task", Match: strings.TrimSpace(f.Text), Sort: []string{"due_on"}}
	where := func(field string, op sales.Op, value any) {
		q.Where = append(q.Where, sales.Cond{Field: field, Op: op, Value: value})
	}
	if f.Mine && m.Me().ID != "" {
		where("owner_id", sales.Eq, m.Me().ID)
	}
	if f.View == ViewDone {
		where("status", sales.In, []string{sales.TaskDone, sales.TaskCancelled})
		q.Sort = []string{"-done_at", "-due_on"}
	} else {
		where("status", sales.NotIn, []string{sales.TaskDone, sales.TaskCancelled})
	}
	today := string(m.today())
	switch f.View {
	case ViewOverdue:
		where("due_on", sales.Lt, today)
	case ViewToday:
		where("due_on", sales.Eq, today)
	case ViewUpcoming:
		where("due_on", sales.Gt, today)
	case ViewUndated:
		where("due_on", sales.IsEmpty, nil)
		q.Sort = []string{"title"}
	}
	if f.Sort != "" {
		q.Sort = []string{f.Sort}
		if f.Desc {
			q.Sort = []string{"-" + f.Sort}
		}
	}
	return q
}

func (m *Model) rows(ctx context.Context, tasks []sales.Task) ([]Row, error) {
	var names sales.Names
	for _, t := range tasks {
		names.Want("partner", t.PartnerID)
		names.Want("account", t.AccountID)
		names.Want("user", t.OwnerID)
	}
	if err := names.Load(ctx, m.Book); err != nil {
		return nil, err
	}
	rows := make([]Row, len(tasks))
	for i, t := range tasks {
		rows[i] = Row{Task: t, Company: names.Company(t.PartnerID, t.AccountID), Owner: names.Of("user", t.OwnerID), Late: t.Overdue(m.today())}
	}
	return rows, nil
}

// Link is a record that a task is about.
type Link struct {
	Kind, ID, Title string
}

// Route is where the record is shown.
func (l Link) Route() string { return l.Kind + "/" + l.ID }

// Detail is everything that the page of one task shows.
type Detail struct {
	Row
	Links []Link
}

// Load reads one task with what it is about.
func (m *Model) Load(ctx context.Context, id string) (Detail, error) {
	record, err := m.Book.Get(ctx, "task", id)
	if err != nil {
		return Detail{}, fmt.Errorf("read the task: %w", err)
	}
	rows, err := m.rows(ctx, []sales.Task{sales.As[sales.Task](record)})
	if err != nil {
		return Detail{}, err
	}
	links, err := m.links(ctx, rows[0].Task)
	return Detail{Row: rows[0], Links: links}, err
}

// New is the detail of a task that is about to be made, with the names of what it will be about.
func (m *Model) New(ctx context.Context, t sales.Task) (Detail, error) {
	rows, err := m.rows(ctx, []sales.Task{t})
	if err != nil {
		return Detail{}, err
	}
	links, err := m.links(ctx, t)
	return Detail{Row: rows[0], Links: links}, err
}

// links names what a task is about.
func (m *Model) links(ctx context.Context, t sales.Task) ([]Link, error) {
	links := linksOf(t)
	var names sales.Names
	for _, l := range links {
		names.Want(l.Kind, l.ID)
	}
	if err := names.Load(ctx, m.Book); err != nil {
		return nil, err
	}
	for i, l := range links {
		links[i].Title = names.Of(l.Kind, l.ID)
	}
	return links, nil
}

func linksOf(t sales.Task) []Link {
	all := []Link{
		{Kind: "partner", ID: t.PartnerID},
		{Kind: "account", ID: t.AccountID},
		{Kind: "visit", ID: t.VisitID},
		{Kind: "opportunity", ID: t.OpportunityID},
		{Kind: "project", ID: t.ProjectID},
		{Kind: "feedback", ID: t.FeedbackID},
	}
	var out []Link
	for _, l := range all {
		if l.ID != "" {
			out = append(out, l)
		}
	}
	return out
}
