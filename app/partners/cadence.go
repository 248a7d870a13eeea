package partners

import (
	"context"
	"fmt"
	"time"

	"github.com/rounds-field/rounds/sales"
)

// made is the condition of a visit that was made. Told by what it is not, the status does not tempt the store to walk all visits
// that were ever made where a company's few are asked for.
func made() sales.Cond {
	return sales.Cond{Field: "status", Op: sales.NotIn, Value: []string{sales.VisitPlanned, sales.VisitInProgress, sales.VisitCancelled}}
}

// lastVisits finds the moment of the last visit made to each company, by its id; ids nil means to all companies of the side.
func lastVisits(ctx context.Context, book sales.Reader, s side, ids []string) (map[string]int64, error) {
	q := sales.Query{Kind: "visit", Where: []sales.Cond{made()}}
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
