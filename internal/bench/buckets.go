package main

import (
	"context"
	"fmt"
	"time"

	"github.com/rounds-field/rounds/sales"
)

// manyBuckets edits one record in each of up to 1,000 buckets and lets a colleague who sees them all take the edits.
func (b *bench) manyBuckets(ctx context.Context) error {
	defer b.colleague.Close() // last used here
	partners, err := b.rep.List(ctx, sales.Query{Kind: "partner"})
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	var edits []sales.Edit
	run := fmt.Sprintf("139%04d", time.Now().UnixMilli()%10_000)
	for _, p := range partners {
		if len(edits) == 1000 {
			break
		}
		if !seen[p.Bucket] {
			seen[p.Bucket] = true
			edits = append(edits, sales.Edit{Verb: sales.Update, Kind: "partner", ID: p.ID, Values: sales.Values{"phone": run + p.ID[:4]}})
		}
	}
	if _, err := b.rep.Store.Write(ctx, edits...); err != nil {
		return err
	}
	pushed, err := b.rep.Sync(ctx)
	if err != nil {
		return err
	}
	pulled, err := b.colleague.Sync(ctx)
	if err != nil {
		return err
	}
	pushFloor, err := b.pushFloor(ctx, len(edits))
	if err != nil {
		return err
	}
	pullFloor, err := b.pullFloor(ctx, pulled)
	if err != nil {
		return err
	}
	b.add(fmt.Sprintf("push of %d edits in as many buckets, pull included", pushed.Pushed), "", pushFloor, "%.0f ms", pushed.Seconds*1000)
	b.add(fmt.Sprintf("pull of %d records over as many buckets", pulled.Pulled), "", pullFloor, "%.0f ms, %.0f bytes out and %.0f back a record",
		pulled.Seconds*1000, float64(pulled.BytesOut)/float64(pulled.Pulled), float64(pulled.BytesIn)/float64(pulled.Pulled))
	return nil
}
