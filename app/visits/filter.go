package visits

import (
	"context"
	"fmt"
	"strings"

	"github.com/rounds-field/rounds/sales"
)

// Filter says which visits a list shows. The zero filter shows all.
type Filter struct {
	Text      string // words in subject, notes and reason
	Status    string
	Type      string
	PartnerID string
	AccountID string
	Period    string // one of the Period constants
	Mine      bool
	Sort      string // a column: "when", "status", "type"
	Desc      bool
}

// The periods of a list.
const (
	PeriodAny   = ""
	PeriodWeek  = "week"  // this week, Monday to Sunday
	PeriodMonth = "month" // this calendar month
	PeriodPast  = "past"  // the last 90 days
	PeriodNext  = "next"  // from today on
)

// Found is the answer to a filter: how many visits, and a way to get at them page by page.
type Found struct {
	Total int
	// Page loads at most limit rows from an offset.
	Page func(ctx context.Context, offset, limit int) ([]Row, error)
}

// Find answers a filter.
func (m *Model) Find(ctx context.Context, f Filter) (Found, error) {
	q := m.query(f)
	total, err := m.Book.Count(ctx, q)
	if err != nil {
		return Found{}, fmt.Errorf("count visits: %w", err)
	}
	return Found{Total: total, Page: func(ctx context.Context, offset, limit int) ([]Row, error) {
		q := q
		q.Offset, q.Limit = offset, limit
		records, err := m.Book.List(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("read visits: %w", err)
		}
		return m.rows(ctx, sales.AllAs[sales.Visit](records))
	}}, nil
}

func (m *Model) query(f Filter) sales.Query {
	q := sales.Query{Kind: "visit", Where: m.owned(f.Mine), Match: strings.TrimSpace(f.Text)}
	for field, value := range map[string]string{"status": f.Status, "visit_type": f.Type, "partner_id": f.PartnerID, "account_id": f.AccountID} {
		if value != "" {
			q.Where = append(q.Where, sales.Cond{Field: field, Op: sales.Eq, Value: value})
		}
	}
	from, to := m.period(f.Period)
	if from != "" {
		q.Where = append(q.Where, sales.Cond{Field: "planned_at", Op: sales.Ge, Value: int64(sales.InstantOf(from.Time(m.Now().Location())))})
	}
	if to != "" {
		q.Where = append(q.Where, sales.Cond{Field: "planned_at", Op: sales.Lt, Value: int64(sales.InstantOf(to.Time(m.Now().Location())))})
	}
	field := map[string]string{"status": "status", "type": "visit_type"}[f.Sort]
	if field == "" {
		field = "planned_at"
	}
	if f.Desc {
		field = "-" + field
	}
	q.Sort = []string{field}
	return q
}

// period gives the first day of a period and the day after its last; "" where it is open.
func (m *Model) period(name string) (from, to sales.Date) {
	today := m.today()
	switch name {
	case PeriodWeek:
		return Monday(today), AddDays(Monday(today), 7)
	case PeriodMonth:
		first := today[:8] + "01"
		next := sales.DateOf(first.Time(m.Now().Location()).AddDate(0, 1, 0))
		return first, next
	case PeriodPast:
		return AddDays(today, -90), AddDays(today, 1)
	case PeriodNext:
		return today, ""
	}
	return "", ""
}
