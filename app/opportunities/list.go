package opportunities

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rounds-field/rounds/sales"
)

// The choices of stage that the list has besides the stages themselves.
const (
	StageOpen = "open"
	StageAll  = "all"
)

// ListQuery says what the list shows.
type ListQuery struct {
	Filter
	Stage string // a stage, StageOpen or StageAll; "" means StageOpen
	Sort  string // a field
	Desc  bool
}

func (m *Model) listQuery(l ListQuery) sales.Query {
	q := l.query(m.Now(), sales.Closed(l.Stage))
	switch l.Stage {
	case "", StageOpen:
		q.Where = append(q.Where, sales.Cond{Field: "stage", Op: sales.NotIn, Value: []string{sales.StageWon, sales.StageLost}})
	case StageAll:
	default:
		q.Where = append(q.Where, sales.Cond{Field: "stage", Op: sales.Eq, Value: l.Stage})
	}
	field, desc := l.Sort, l.Desc
	if field == "" {
		field, desc = "expected_close", sales.Closed(l.Stage)
	}
	if field == "expected_close" && sales.Closed(l.Stage) {
		field = "closed_on" // the column shows the day of closing then
	}
	if desc {
		field = "-" + field
	}
	q.Sort = []string{field}
	return q
}

// Summary is the head of the list: how many there are and what they are worth.
type Summary struct {
	Count  int
	Totals []sales.Total
}

// Summary counts and adds up what the list shows, without loading it.
func (m *Model) Summary(ctx context.Context, l ListQuery) (Summary, error) {
	stages := []string{l.Stage}
	switch l.Stage {
	case "", StageOpen:
		stages = []string{sales.StageProspect, sales.StageQualified, sales.StageProposal, sales.StageNegotiation}
	case StageAll:
		stages = sales.Stages(l.Pipeline)
	}
	var s Summary
	for _, stage := range stages {
		q := l.query(m.Now(), sales.Closed(l.Stage))
		q.Where = append(q.Where, sales.Cond{Field: "stage", Op: sales.Eq, Value: stage})
		totals, err := m.totals(ctx, q, stage)
		if err != nil {
			return Summary{}, fmt.Errorf("add up the opportunities: %w", err)
		}
		s.Totals = addTotals(s.Totals, totals)
	}
	for _, t := range s.Totals {
		s.Count += t.Count
	}
	return s, nil
}

// Page loads some rows of the list.
func (m *Model) Page(ctx context.Context, l ListQuery, offset, limit int) ([]Card, error) {
	q := m.listQuery(l)
	q.Offset, q.Limit = offset, limit
	records, err := m.Book.List(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("load opportunities: %w", err)
	}
	return m.cards(ctx, records)
}

// Person is a user who owns opportunities.
type Person struct {
	ID, Name string
	Count    int // of opportunities
}

// Owners lists who owns opportunities, by name.
func (m *Model) Owners(ctx context.Context) ([]Person, error) {
	counts, err := m.Book.Aggregate(ctx, sales.Query{Kind: kind}, "owner_id", sales.CountOf, "")
	if err != nil {
		return nil, fmt.Errorf("list the owners: %w", err)
	}
	var names sales.Names
	for id := range counts {
		names.Want("user", id)
	}
	if err := names.Load(ctx, m.Book); err != nil {
		return nil, fmt.Errorf("list the owners: %w", err)
	}
	var people []Person
	for id, n := range counts {
		if name := names.Of("user", id); name != "" {
			people = append(people, Person{ID: id, Name: name, Count: int(n)})
		}
	}
	slices.SortFunc(people, func(a, b Person) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.ID, b.ID))
	})
	return people, nil
}

// FirstFilter is what a user who never chose a filter starts with: the own opportunities, or all for one who owns none.
func (m *Model) FirstFilter(people []Person) Filter {
	if slices.ContainsFunc(people, func(p Person) bool { return p.ID == m.me() }) {
		return Filter{OwnerID: m.me()}
	}
	return Filter{}
}
