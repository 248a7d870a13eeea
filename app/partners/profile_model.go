package partners

import (
	"context"
	"fmt"

	"github.com/rounds-field/rounds/sales"
)

// Profile is the head of a company's page: what is true of it whatever tab is open.
type Profile struct {
	Record    sales.Record
	Territory string // path in one line; "" when none is set
	Owner     string // name of the owner; "" when none is set
	Cadence   sales.Cadence
	NextVisit sales.Visit    // the earliest open visit; without an ID when none is planned
	Counts    map[string]int // records by tab
}

// profileModel reads everything that is known about one company.
type profileModel struct {
	Deps
	side side
	id   string
}

func newProfileModel(d Deps, s side, id string) *profileModel {
	return &profileModel{Deps: d, side: s, id: id}
}

// about asks for the records of a kind that refer to this company.
func (m *profileModel) about(kind string, sort ...string) sales.Query {
	return sales.Query{Kind: kind, Sort: sort, Where: []sales.Cond{{Field: m.side.ref, Op: sales.Eq, Value: m.id}}}
}

// Load reads the head of the page.
func (m *profileModel) Load(ctx context.Context) (Profile, error) {
	rec, err := m.Book.Get(ctx, m.side.kind, m.id)
	if err != nil {
		return Profile{}, fmt.Errorf("open %s: %w", m.side.kind, err)
	}
	p := Profile{Record: rec}
	if p.Territory, err = pathText(ctx, m.Book, rec.Text("region_code")); err != nil {
		return Profile{}, err
	}
	names, err := m.Book.Titles(ctx, "user", sales.CleanSet([]string{rec.Text("owner_id")}))
	if err != nil {
		return Profile{}, fmt.Errorf("read owner: %w", err)
	}
	p.Owner = names[rec.Text("owner_id")]
	last, err := lastVisits(ctx, m.Book, m.side, []string{m.id})
	if err != nil {
		return Profile{}, err
	}
	p.Cadence = cadenceOf(rec, last[m.id], m.Now())
	if p.NextVisit, err = m.nextVisit(ctx); err != nil {
		return Profile{}, err
	}
	p.Counts, err = m.counts(ctx)
	return p, err
}

// nextVisit finds the earliest visit that is still to be made.
func (m *profileModel) nextVisit(ctx context.Context) (sales.Visit, error) {
	q := m.about("visit", "planned_at")
	q.Where = append(q.Where, sales.Cond{Field: "status", Op: sales.In, Value: []string{sales.VisitInProgress, sales.VisitPlanned}})
	q.Limit = 1
	recs, err := m.Book.List(ctx, q)
	if err != nil || len(recs) == 0 {
		return sales.Visit{}, wrap("read the next visit", err)
	}
	return sales.As[sales.Visit](recs[0]), nil
}

// counts counts the records behind each tab. Feedback, deals and tasks count while they are open, and invoices once they
// are overdue, because these are what the rep has to do something about.
func (m *profileModel) counts(ctx context.Context) (map[string]int, error) {
	out := map[string]int{}
	for _, tab := range m.side.tabs() {
		if tab.kind == "" {
			continue
		}
		q := m.about(tab.kind)
		q.Where = append(q.Where, tab.open...)
		if tab.kind == "receivable" {
			q = overdue(q, m.today())
		}
		n, err := m.Book.Count(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("count %s: %w", tab.kind, err)
		}
		out[tab.key] = n
	}
	return out, nil
}

// overdue narrows a query of invoices to those that are late and not paid, as sales.Receivable.Overdue has it.
func overdue(q sales.Query, today sales.Date) sales.Query {
	q.Where = append(q.Where, sales.Cond{Field: "due_on", Op: sales.Lt, Value: string(today)}, sales.Cond{Field: "due_on", Op: sales.NotEmpty})
	q.Any = []sales.Cond{{Field: "settled_on", Op: sales.IsEmpty}, {Field: "settled_on", Op: sales.Gt, Value: string(today)}}
	return q
}

// tab is one tab of a company's page.
type tab struct {
	key  string
	kind string       // record kind that it lists; "" when it counts nothing
	open []sales.Cond // which of them its badge counts; none means all
}

// tabs lists the tabs of the side's page, in order.
func (s side) tabs() []tab {
	tabs := []tab{
		{key: "overview"},
		{key: "contacts", kind: "contact"},
		{key: "visits", kind: "visit"},
		{key: "feedback", kind: "feedback", open: []sales.Cond{{Field: "status", Op: sales.NotIn, Value: []string{"answered", "closed"}}}},
		{key: "opportunities", kind: "opportunity", open: []sales.Cond{{Field: "stage", Op: sales.NotIn, Value: []string{sales.StageLost, sales.StageWon}}}},
		{key: "projects", kind: "project"},
		{key: "tasks", kind: "task", open: []sales.Cond{{Field: "status", Op: sales.NotIn, Value: []string{sales.TaskCancelled, sales.TaskDone}}}},
	}
	if s.goods {
		tabs = append(tabs, tab{key: "shipments"}, tab{key: "receivables", kind: "receivable"})
	}
	return append(tabs, tab{key: "timeline"}, tab{key: "files", kind: "attachment"})
}

// pathText names the way down to a territory without reading the whole tree.
func pathText(ctx context.Context, book sales.Reader, code string) (string, error) {
	t := Territories{names: map[string]string{}, parents: map[string]string{}}
	for at := code; at != "" && t.names[at] == ""; at = t.parents[at] {
		recs, err := book.List(ctx, sales.Query{Kind: "territory", Limit: 1, Where: []sales.Cond{{Field: "code", Op: sales.Eq, Value: at}}})
		if err != nil {
			return "", fmt.Errorf("read territory %s: %w", at, err)
		}
		if len(recs) == 0 {
			break
		}
		t.names[at], t.parents[at] = recs[0].Text("name"), recs[0].Text("parent_code")
	}
	return t.PathText(code), nil
}

// wrap says what was being done when err is not nil.
func wrap(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, err)
}
