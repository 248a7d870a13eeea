package today

import (
	"cmp"
	"context"
	"slices"

	"github.com/rounds-field/rounds/sales"
)

// Deal is an opportunity that needs a hand.
type Deal struct {
	sales.Opportunity
	Company  string
	PastBy   int  // days past its expected close; 0 when it is not
	NoStep   bool // there is no next step
	StepLate int  // days past the day of the next step; 0 when it is not
}

func (m *Model) deals(ctx context.Context, d *Day) error {
	today := string(m.today())
	q := sales.Query{
		Kind: "opportunity", Sort: []string{"expected_close"}, Limit: 2 * rowLimit,
		Where: m.mine(sales.Cond{Field: "stage", Op: sales.NotIn, Value: []string{sales.StageWon, sales.StageLost}}),
		Any: []sales.Cond{
			{Field: "next_step", Op: sales.IsEmpty},
			{Field: "next_step_on", Op: sales.Lt, Value: today},
			{Field: "expected_close", Op: sales.Lt, Value: today},
		},
	}
	found, err := list[sales.Opportunity](ctx, m.Book, q)
	if err != nil {
		return err
	}
	if d.DealsTotal, err = m.count(ctx, q); err != nil {
		return err
	}
	var names sales.Names
	for _, o := range found {
		names.Want("partner", o.PartnerID)
		names.Want("account", o.AccountID)
	}
	if err := names.Load(ctx, m.Book); err != nil {
		return err
	}
	for _, o := range found {
		deal := Deal{Opportunity: o, Company: names.Company(o.PartnerID, o.AccountID), NoStep: o.NextStep == ""}
		if o.PastClose(m.today()) {
			deal.PastBy = sales.DaysBetween(o.ExpectedClose, m.today())
		}
		if o.NextStep != "" && o.NextStepOn != "" {
			deal.StepLate = max(0, sales.DaysBetween(o.NextStepOn, m.today()))
		}
		if cmp.Or(o.Currency, sales.DefaultCurrency) == sales.DefaultCurrency {
			d.DealsValue += o.Amount
		}
		d.Deals = append(d.Deals, deal)
	}
	// What should have closed comes first, then what is worth most.
	slices.SortStableFunc(d.Deals, func(a, b Deal) int {
		return cmp.Or(cmp.Compare(b.PastBy, a.PastBy), cmp.Compare(b.Amount, a.Amount))
	})
	d.Deals = d.Deals[:min(len(d.Deals), rowLimit)]
	return nil
}

// Project is a project whose health is not green.
type Project struct {
	sales.Project
	Company string
	Health  string // amber or red
	Reasons []sales.HealthReason
}

// projects judges the open projects that the user owns or works on.
func (m *Model) projects(ctx context.Context, d *Day) error {
	q := sales.Query{Kind: "project", Where: []sales.Cond{{Field: "status", Op: sales.NotIn, Value: []string{"completed", "cancelled"}}}}
	if id := m.Me().ID; id != "" {
		q.Any = []sales.Cond{{Field: "owner_id", Op: sales.Eq, Value: id}, {Field: "member_ids", Op: sales.Contains, Value: id}}
	}
	open, err := list[sales.Project](ctx, m.Book, q)
	if err != nil || len(open) == 0 {
		return err
	}
	ids := make([]string, len(open))
	var names sales.Names
	for i, p := range open {
		ids[i] = p.ID
		names.Want("account", p.AccountID)
		names.Want("partner", p.PartnerID)
	}
	if err := names.Load(ctx, m.Book); err != nil {
		return err
	}
	of := []sales.Cond{{Field: "project_id", Op: sales.In, Value: ids}}
	milestones, err := list[sales.Milestone](ctx, m.Book, sales.Query{Kind: "milestone", Where: of})
	if err != nil {
		return err
	}
	risks, err := list[sales.ProjectRisk](ctx, m.Book, sales.Query{Kind: "project_risk", Where: of})
	if err != nil {
		return err
	}
	for _, p := range open {
		health, reasons := sales.Health(p, ofProject(milestones, p.ID, func(x sales.Milestone) string { return x.ProjectID }),
			ofProject(risks, p.ID, func(x sales.ProjectRisk) string { return x.ProjectID }), m.today())
		if health == sales.HealthRed || health == sales.HealthAmber {
			d.Projects = append(d.Projects, Project{Project: p, Company: names.Company(p.PartnerID, p.AccountID), Health: health, Reasons: reasons})
		}
	}
	slices.SortStableFunc(d.Projects, func(a, b Project) int { return -cmp.Compare(a.Health, b.Health) }) // red before amber
	return nil
}

func ofProject[T any](all []T, id string, project func(T) string) []T {
	var out []T
	for _, x := range all {
		if project(x) == id {
			out = append(out, x)
		}
	}
	return out
}
