package opportunities

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/rounds-field/rounds/sales"
)

// firstCards is how many cards a column of the board loads at first, and how many more at a time.
const firstCards = 25

// Column is one stage on the board.
type Column struct {
	Stage  string
	Count  int           // of all that match, loaded or not
	Totals []sales.Total // by currency, the largest first
	Cards  []Card        // the first ones, soonest close first; closed stages latest first
}

// More is how many cards of the column are not loaded.
func (c Column) More() int { return c.Count - len(c.Cards) }

// Board is all that the board shows.
type Board struct {
	Columns []Column
	Open    []sales.Total // over the open stages, by currency
	Count   int           // of open ones
}

// Board loads the first cards of each stage, and the totals of all that match. limits says how many cards of a stage are
// wanted when they are not the usual number.
func (m *Model) Board(ctx context.Context, f Filter, limits map[string]int) (Board, error) {
	var b Board
	for _, stage := range sales.Stages(f.Pipeline) {
		column, err := m.column(ctx, f, stage, max(firstCards, limits[stage]))
		if err != nil {
			return Board{}, fmt.Errorf("load the board: %w", err)
		}
		if !sales.Closed(stage) {
			b.Count += column.Count
			b.Open = addTotals(b.Open, column.Totals)
		}
		b.Columns = append(b.Columns, column)
	}
	return b, nil
}

func (m *Model) column(ctx context.Context, f Filter, stage string, limit int) (Column, error) {
	c := Column{Stage: stage}
	q := f.query(m.Now(), sales.Closed(stage))
	q.Where = append(q.Where, sales.Cond{Field: "stage", Op: sales.Eq, Value: stage})
	var err error
	if c.Totals, err = m.totals(ctx, q, stage); err != nil {
		return c, err
	}
	for _, t := range c.Totals {
		c.Count += t.Count
	}
	q.Sort, q.Limit = []string{"expected_close"}, limit
	if sales.Closed(stage) {
		q.Sort = []string{"-closed_on"}
	}
	records, err := m.Book.List(ctx, q)
	if err != nil {
		return c, err
	}
	c.Cards, err = m.cards(ctx, records)
	return c, err
}

// totals adds up what a query of one stage finds without loading it, so that a pipeline of many thousands stays fast.
func (m *Model) totals(ctx context.Context, q sales.Query, stage string) ([]sales.Total, error) {
	counts, err := m.Book.Aggregate(ctx, q, "currency", sales.CountOf, "")
	if err != nil {
		return nil, err
	}
	amounts, err := m.Book.Aggregate(ctx, q, "currency", sales.SumOf, "amount")
	if err != nil {
		return nil, err
	}
	byCurrency := map[string]*sales.Total{}
	for stored, n := range counts {
		currency := stored
		if currency == "" {
			currency = sales.DefaultCurrency
		}
		t := byCurrency[currency]
		if t == nil {
			t = &sales.Total{Currency: currency}
			byCurrency[currency] = t
		}
		weighted, err := m.weighted(ctx, ofCurrency(q, stored), stage, amounts[stored])
		if err != nil {
			return nil, err
		}
		t.Count += int(n)
		t.Amount += amounts[stored]
		t.Weighted += weighted
	}
	return sortedTotals(byCurrency), nil
}

func ofCurrency(q sales.Query, currency string) sales.Query {
	q.Where = slices.Clone(q.Where)
	if currency == "" {
		q.Where = append(q.Where, sales.Cond{Field: "currency", Op: sales.IsEmpty})
	} else {
		q.Where = append(q.Where, sales.Cond{Field: "currency", Op: sales.Eq, Value: currency})
	}
	return q
}

// weighted sums amount times chance: by the deals' own probability where they have one, else by their pipeline's.
func (m *Model) weighted(ctx context.Context, q sales.Query, stage string, amount int64) (int64, error) {
	if sales.Closed(stage) {
		return percent(amount, sales.StageProbability("", stage)), nil
	}
	own := q
	own.Where = append(slices.Clone(q.Where), sales.Cond{Field: "probability", Op: sales.Gt, Value: int64(0)})
	byChance, err := m.Book.Aggregate(ctx, own, "probability", sales.SumOf, "amount")
	if err != nil {
		return 0, err
	}
	// What has no chance of its own is the rest: a query has room for one "any of", which the filter may need.
	byPipeline, err := m.Book.Aggregate(ctx, q, "pipeline", sales.SumOf, "amount")
	if err != nil {
		return 0, err
	}
	ownByPipeline, err := m.Book.Aggregate(ctx, own, "pipeline", sales.SumOf, "amount")
	if err != nil {
		return 0, err
	}
	var sum int64
	for chance, amount := range byChance {
		n, err := strconv.Atoi(chance)
		if err != nil {
			return 0, fmt.Errorf("read probability %q: %w", chance, err)
		}
		sum += percent(amount, n)
	}
	for pipeline, amount := range byPipeline {
		sum += percent(amount-ownByPipeline[pipeline], sales.StageProbability(pipeline, stage))
	}
	return sum, nil
}

func percent(amount int64, n int) int64 { return (amount*int64(n) + 50) / 100 }

func addTotals(a, b []sales.Total) []sales.Total {
	sums := map[string]*sales.Total{}
	for _, t := range append(slices.Clone(a), b...) {
		s := sums[t.Currency]
		if s == nil {
			s = &sales.Total{Currency: t.Currency}
			sums[t.Currency] = s
		}
		s.Count += t.Count
		s.Amount += t.Amount
		s.Weighted += t.Weighted
	}
	return sortedTotals(sums)
}

func sortedTotals(sums map[string]*sales.Total) []sales.Total {
	out := make([]sales.Total, 0, len(sums))
	for _, t := range sums {
		out = append(out, *t)
	}
	slices.SortFunc(out, func(a, b sales.Total) int {
		if a.Amount != b.Amount {
			return int(min(1, max(-1, b.Amount-a.Amount)))
		}
		if a.Currency < b.Currency {
			return -1
		}
		return 1
	})
	return out
}
