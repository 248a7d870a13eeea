package partners

import (
	"context"
	"fmt"
	"time"

	"github.com/rounds-field/rounds/sales"
)

// lastVisits finds the moment of the last visit made to each company, by its id; ids nil means to all companies of the side.
func lastVisits(ctx context.Context, book sales.Reader, s side, ids []string) (map[string]int64, error) {
	q := sales.Query{Kind: "visit", Where: []sales.Cond{{Field: "status", Op: sales.Eq, Value: sales.VisitDone}}}
	if ids == nil {
		q.Where = append(q.Where, sales.Cond{Field: s.ref, Op: sales.NotEmpty})
	} else {
		q.Where = append(q.Where, sales.Cond{Field: s.ref, Op: sales.In, Value: ids})
	}
	last, err := book.Aggregate(ctx, q, s.ref, sales.MaxOf, "started_at")
	if err != nil {
		return nil, fmt.Errorf("read last visits of %s: %w", s.list, err)
	}
	return last, nil
}

// cadenceOf is the state of a company's visit cadence on the day of now, given the moment of its last visit.
func cadenceOf(r sales.Record, last int64, now time.Time) sales.Cadence {
	var day sales.Date
	if last != 0 {
		day = sales.DateOf(sales.Instant(last).Time().In(now.Location()))
	}
	if r.Kind == accountSide.kind {
		return sales.As[sales.Account](r).Cadence(day, sales.DateOf(now))
	}
	return sales.As[sales.Partner](r).Cadence(day, sales.DateOf(now))
}
