package projects

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/rounds-field/rounds/sales"
)

// Filter says which projects the list shows. The zero value shows those on which work goes on.
type Filter struct {
	Text   string
	Health string // "" all
	Phase  string // "" all
	Mine   bool   // owned by the user, or the user is a member
	Closed bool   // completed and cancelled ones too
}

// Narrowed says whether the filter hides more than what is over.
func (f Filter) Narrowed() bool { return f.Text != "" || f.Health != "" || f.Phase != "" || f.Mine }

// State gives the filter as texts that survive a restart.
func (f Filter) State() map[string]string {
	state := map[string]string{"text": f.Text, "health": f.Health, "phase": f.Phase}
	if f.Mine {
		state["mine"] = "1"
	}
	if f.Closed {
		state["closed"] = "1"
	}
	return state
}

// FilterFrom reads what State gave.
func FilterFrom(state map[string]string) Filter {
	return Filter{Text: state["text"], Health: state["health"], Phase: state["phase"], Mine: state["mine"] != "", Closed: state["closed"] != ""}
}

// Row is a project as the list shows it.
type Row struct {
	sales.Project
	Company  string
	Owner    string
	Health   string // what it comes to, never auto
	Reasons  []sales.HealthReason
	Next     sales.Milestone // the open milestone that is due first; without a name when none is open
	Progress int             // percent of milestones reached
}

// List is what the list shows.
type List struct {
	Rows   []Row
	Health map[string]int // how many there are of each health, without the filter by health
	Total  int            // without the filter by health
}

// List loads the projects, the gravest health first, then by the next milestone. Projects are few, hundreds rather than
// thousands, and their health is not stored, so all that match are loaded.
func (m *Model) List(ctx context.Context, f Filter) (List, error) {
	q := sales.Query{Kind: kind, Match: f.Text, Sort: []string{"ends_on", "name"}}
	if !f.Closed {
		q.Where = append(q.Where, sales.Cond{Field: "status", Op: sales.NotIn, Value: []string{"completed", "cancelled"}})
	}
	if f.Phase != "" {
		q.Where = append(q.Where, sales.Cond{Field: "phase", Op: sales.Eq, Value: f.Phase})
	}
	if f.Mine {
		q.Any = []sales.Cond{{Field: "owner_id", Op: sales.Eq, Value: m.me()}, {Field: "member_ids", Op: sales.Contains, Value: m.me()}}
	}
	records, err := m.Book.List(ctx, q)
	if err != nil {
		return List{}, fmt.Errorf("load projects: %w", err)
	}
	rows, err := m.rows(ctx, sales.AllAs[sales.Project](records))
	if err != nil {
		return List{}, fmt.Errorf("load projects: %w", err)
	}
	list := List{Health: map[string]int{}, Total: len(rows)}
	for _, r := range rows {
		list.Health[r.Health]++
		if f.Health == "" || f.Health == r.Health {
			list.Rows = append(list.Rows, r)
		}
	}
	slices.SortStableFunc(list.Rows, func(a, b Row) int {
		return cmp.Or(cmp.Compare(grave(a), grave(b)), compareDays(a.Next.DueOn, b.Next.DueOn))
	})
	return list, nil
}

// grave orders by health, what is over last.
func grave(r Row) int {
	if !r.Open() {
		return 9
	}
	return slices.Index([]string{sales.HealthRed, sales.HealthAmber, sales.HealthGreen}, r.Health)
}

// compareDays puts what has no day last.
func compareDays(a, b sales.Date) int {
	switch {
	case a == b:
		return 0
	case a == "":
		return 1
	case b == "":
		return -1
	}
	return cmp.Compare(a, b)
}

// rows adds names, health and milestones to projects, with three questions whatever their number.
func (m *Model) rows(ctx context.Context, projects []sales.Project) ([]Row, error) {
	var names sales.Names
	ids := make([]string, len(projects))
	for i, p := range projects {
		ids[i] = p.ID
		names.Want("partner", p.PartnerID)
		names.Want("account", p.AccountID)
		names.Want("user", p.OwnerID)
	}
	if err := names.Load(ctx, m.Book); err != nil {
		return nil, err
	}
	milestones, risks := map[string][]sales.Milestone{}, map[string][]sales.ProjectRisk{}
	for chunk := range slices.Chunk(ids, 500) {
		where := []sales.Cond{{Field: "project_id", Op: sales.In, Value: chunk}}
		found, err := m.Book.List(ctx, sales.Query{Kind: "milestone", Where: where})
		if err != nil {
			return nil, err
		}
		for _, one := range sales.AllAs[sales.Milestone](found) {
			milestones[one.ProjectID] = append(milestones[one.ProjectID], one)
		}
		if found, err = m.Book.List(ctx, sales.Query{Kind: "project_risk", Where: where}); err != nil {
			return nil, err
		}
		for _, one := range sales.AllAs[sales.ProjectRisk](found) {
			risks[one.ProjectID] = append(risks[one.ProjectID], one)
		}
	}
	rows := make([]Row, len(projects))
	for i, p := range projects {
		r := Row{Project: p, Company: names.Of("account", p.AccountID), Owner: names.Of("user", p.OwnerID)}
		if r.Company == "" {
			r.Company = names.Of("partner", p.PartnerID)
		}
		r.Health, r.Reasons = sales.Health(p, milestones[p.ID], risks[p.ID], m.today())
		r.Next, _ = sales.NextMilestone(milestones[p.ID])
		r.Progress = sales.Progress(milestones[p.ID])
		rows[i] = r
	}
	return rows, nil
}
