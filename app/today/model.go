// Package today is the rep's home: what is due, overdue, near and at risk, each one step from being acted on.
package today

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/rounds-field/rounds/sales"
)

// Deps is what the home screen needs from outside.
type Deps struct {
	// Book is the workbook.
	Book sales.Workbook
	// Me is the signed-in user.
	Me func() sales.User
	// Now is the present moment, in the zone whose days the user lives by.
	Now func() time.Time
}

// Model reads what the home screen shows and does what its rows offer. It is synchronous and knows no toolkit.
type Model struct{ Deps }

// NewModel makes the model.
func NewModel(d Deps) *Model { return &Model{Deps: d} }

// Day is everything that the home screen shows. Each list is cut to what a person can act on in a day; the totals are not.
type Day struct {
	Visits        []Visit // of today, and late ones, which come first
	VisitsLeft    int     // of today, still to be made
	VisitsDone    int     // of today
	VisitsLate    int
	Missed        []Company // to be visited again, the most pressing first
	MissedTotal   int
	Tasks         []Task // due and overdue, the oldest first
	TasksTotal    int
	TasksLate     int
	Deals         []Deal // without next step or past their close date
	DealsTotal    int
	DealsValue    int64 // of those shown, in minor units of the default currency
	Projects      []Project
	Announcements []sales.Announcement // unread, those to be confirmed first
	News          []Item               // what others wrote since yesterday, the latest first
	MoreNews      bool                 // there is more than News holds
}

// How many rows of each list are loaded.
const (
	rowLimit  = 30
	newsLimit = 12
)

// Load reads the day.
func (m *Model) Load(ctx context.Context) (Day, error) {
	var d Day
	for _, part := range []func(context.Context, *Day) error{m.visits, m.missed, m.tasks, m.deals, m.projects, m.announcements, m.news} {
		if err := part(ctx, &d); err != nil {
			return Day{}, err
		}
	}
	return d, nil
}

func (m *Model) today() sales.Date { return sales.DateOf(m.Now()) }

// startOf is the midnight with which a day some days from today begins.
func (m *Model) startOf(days int) sales.Instant {
	y, month, d := m.Now().Date()
	return sales.InstantOf(time.Date(y, month, d+days, 0, 0, 0, 0, m.Now().Location()))
}

// mine adds the condition that the record is the user's.
func (m *Model) mine(conditions ...sales.Cond) []sales.Cond {
	if id := m.Me().ID; id != "" {
		conditions = append(conditions, sales.Cond{Field: "owner_id", Op: sales.Eq, Value: id})
	}
	return conditions
}

func list[T any](ctx context.Context, book sales.Reader, q sales.Query) ([]T, error) {
	records, err := book.List(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("read each %s of the day: %w", q.Kind, err)
	}
	return sales.AllAs[T](records), nil
}

func (m *Model) count(ctx context.Context, q sales.Query) (int, error) {
	n, err := m.Book.Count(ctx, q)
	if err != nil {
		return 0, fmt.Errorf("count each %s of the day: %w", q.Kind, err)
	}
	return n, nil
}

// Visit is a visit of the day with the names that its row shows.
type Visit struct {
	sales.Visit
	Company        string
	TypeEn, TypeZh string
	Late           bool
}

func (m *Model) visits(ctx context.Context, d *Day) error {
	start, end := int64(m.startOf(0)), int64(m.startOf(1))
	open := sales.Cond{Field: "status", Op: sales.In, Value: []string{sales.VisitPlanned, sales.VisitInProgress}}
	waiting, err := list[sales.Visit](ctx, m.Book, sales.Query{
		Kind: "visit", Sort: []string{"planned_at"}, Limit: 2 * rowLimit,
		Where: m.mine(open, sales.Cond{Field: "planned_at", Op: sales.Lt, Value: end}),
	})
	if err != nil {
		return err
	}
	d.VisitsDone, err = m.count(ctx, sales.Query{Kind: "visit", Where: m.mine(
		sales.Cond{Field: "status", Op: sales.Eq, Value: sales.VisitDone},
		sales.Cond{Field: "started_at", Op: sales.Ge, Value: start}, sales.Cond{Field: "started_at", Op: sales.Lt, Value: end})})
	if err != nil {
		return err
	}
	var names sales.Names
	for _, v := range waiting {
		names.Want("partner", v.PartnerID)
		names.Want("account", v.AccountID)
	}
	if err := names.Load(ctx, m.Book); err != nil {
		return err
	}
	types, err := list[sales.VisitType](ctx, m.Book, sales.Query{Kind: "visit_type"})
	if err != nil {
		return err
	}
	for _, v := range waiting {
		row := Visit{Visit: v, Company: names.Company(v.PartnerID, v.AccountID), Late: v.Overdue(m.Now())}
		if i := slices.IndexFunc(types, func(t sales.VisitType) bool { return t.Code == v.VisitType }); i >= 0 {
			row.TypeEn, row.TypeZh = types[i].Name, types[i].NameZh
		}
		if row.Late {
			d.VisitsLate++
		} else {
			d.VisitsLeft++
		}
		d.Visits = append(d.Visits, row)
	}
	return nil
}

// Task is a follow-up with the names that its row shows.
type Task struct {
	sales.Task
	Company string
	Late    int // days overdue
}

func (m *Model) tasks(ctx context.Context, d *Day) error {
	open := sales.Cond{Field: "status", Op: sales.NotIn, Value: []string{sales.TaskDone, sales.TaskCancelled}}
	today := string(m.today())
	q := sales.Query{
		Kind: "task", Sort: []string{"due_on"}, Limit: rowLimit,
		Where: m.mine(open, sales.Cond{Field: "due_on", Op: sales.Le, Value: today}, sales.Cond{Field: "due_on", Op: sales.NotEmpty}),
	}
	var err error
	if d.TasksTotal, err = m.count(ctx, q); err != nil {
		return err
	}
	late := q
	late.Where = append(slices.Clone(q.Where), sales.Cond{Field: "due_on", Op: sales.Lt, Value: today})
	if d.TasksLate, err = m.count(ctx, late); err != nil {
		return err
	}
	due, err := list[sales.Task](ctx, m.Book, q)
	if err != nil {
		return err
	}
	var names sales.Names
	for _, t := range due {
		names.Want("partner", t.PartnerID)
		names.Want("account", t.AccountID)
	}
	if err := names.Load(ctx, m.Book); err != nil {
		return err
	}
	for _, t := range due {
		d.Tasks = append(d.Tasks, Task{Task: t, Company: names.Company(t.PartnerID, t.AccountID), Late: t.Overdue(m.today())})
	}
	return nil
}
