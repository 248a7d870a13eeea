package today

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/rounds-field/rounds/sales"
)

// Company is a partner or key account that is to be visited again (SC-060-030).
type Company struct {
	Kind string // "partner" or "account"
	ID   string
	Name string
	Tier string
	sales.Cadence
}

// Route plans a visit to the company.
func (c Company) query() string { return c.Kind + "=" + c.ID }

// companyLimit bounds how many companies of one side are judged.
const companyLimit = 5000

// A planned visit keeps its company off the list, unless it is so many days past that nobody means it any more.
const forgottenAfter = 30

// missed finds the companies of the user, and those of nobody in the user's territory, whose cadence is due or missed and to
// which no visit is planned.
func (m *Model) missed(ctx context.Context, d *Day) error {
	var all []Company
	for _, kind := range []string{"partner", "account"} {
		found, err := m.missedOf(ctx, kind)
		if err != nil {
			return err
		}
		all = append(all, found...)
	}
	slices.SortStableFunc(all, func(a, b Company) int {
		return cmp.Or(-cmp.Compare(pressure(a), pressure(b)), cmp.Compare(a.Every, b.Every), cmp.Compare(a.Name, b.Name))
	})
	d.MissedTotal = len(all)
	d.Missed = all[:min(len(all), rowLimit)]
	return nil
}

// pressure is the share of the cadence by which a visit is late: a week matters more for who is to be seen every two.
func pressure(c Company) int { return c.Overdue * 100 / max(1, c.Every) }

func (m *Model) missedOf(ctx context.Context, kind string) ([]Company, error) {
	records, err := m.courted(ctx, kind)
	if err != nil || len(records) == 0 {
		return nil, err
	}
	ref := kind + "_id"
	last, err := m.Book.Aggregate(ctx, sales.Query{
		Kind: "visit", Where: []sales.Cond{{Field: "status", Op: sales.Eq, Value: sales.VisitDone}, {Field: ref, Op: sales.NotEmpty}},
	}, ref, sales.MaxOf, "started_at")
	if err != nil {
		return nil, fmt.Errorf("find the last visits: %w", err)
	}
	planned, err := m.Book.Aggregate(ctx, sales.Query{Kind: "visit", Where: []sales.Cond{
		{Field: "status", Op: sales.In, Value: []string{sales.VisitPlanned, sales.VisitInProgress}},
		{Field: "planned_at", Op: sales.Ge, Value: int64(m.startOf(-forgottenAfter))},
		{Field: ref, Op: sales.NotEmpty},
	}}, ref, sales.CountOf, "")
	if err != nil {
		return nil, fmt.Errorf("find the planned visits: %w", err)
	}
	var out []Company
	for _, r := range records {
		if planned[r.ID] > 0 {
			continue
		}
		var day sales.Date
		if at := sales.Instant(last[r.ID]); at != 0 {
			day = sales.DateOf(at.Time().In(m.Now().Location()))
		}
		c := Company{Kind: kind, ID: r.ID, Name: r.Title(), Tier: r.Text("tier")}
		if kind == "partner" {
			c.Cadence = sales.As[sales.Partner](r).Cadence(day, m.today())
		} else {
			c.Cadence = sales.As[sales.Account](r).Cadence(day, m.today())
		}
		if c.State == sales.CadenceDue || c.State == sales.CadenceOverdue {
			out = append(out, c)
		}
	}
	return out, nil
}

// courted lists the companies of which a cadence may be asked: those with a tier or days of their own.
func (m *Model) courted(ctx context.Context, kind string) ([]sales.Record, error) {
	base := sales.Query{Kind: kind, Limit: companyLimit, Where: []sales.Cond{{Field: "status", Op: sales.NotIn, Value: []string{"suspended", "ended"}}}}
	if id := m.Me().ID; id != "" {
		base.Any = []sales.Cond{{Field: "owner_id", Op: sales.Eq, Value: id}, {Field: "owner_id", Op: sales.IsEmpty}}
	}
	var out []sales.Record
	for _, conditions := range [][]sales.Cond{
		{{Field: "tier", Op: sales.NotEmpty}},
		{{Field: "tier", Op: sales.IsEmpty}, {Field: "visit_every", Op: sales.Gt, Value: int64(0)}},
	} {
		q := base
		q.Where = append(slices.Clone(base.Where), conditions...)
		found, err := m.Book.List(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("read each %s to be visited: %w", kind, err)
		}
		out = append(out, found...)
	}
	return out, nil
}
