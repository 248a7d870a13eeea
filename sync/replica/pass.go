package replica

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

// Sizes of what travels at once.
const (
	pushBatch = 500  // changes in a push, more when one group is larger
	pullPage  = 5000 // records in a page
)

// maxRounds bounds how often one pass starts over because the server's history turned out to be another one.
const maxRounds = 3

// pass is one complete sync: push everything, then pull everything.
type pass struct {
	store     Store
	transport Transport
	progress  func(done, total int)
	report    sales.SyncReport
	kinds     []string
}

// run pushes and pulls until both sides agree, or gives the first error. What was done before the error stays done.
func (p *pass) run(ctx context.Context, now func() time.Time) error {
	begun := now()
	out0, in0 := p.transport.Traffic()
	defer func() {
		out, in := p.transport.Traffic()
		p.report.BytesOut, p.report.BytesIn = out-out0, in-in0
		p.report.Seconds = now().Sub(begun).Seconds()
	}()
	var suspect []string // buckets whose checksum differed once in this pass
	for range maxRounds {
		if err := p.push(ctx); err != nil {
			return err
		}
		got, err := p.pull(ctx)
		if err != nil {
			return err
		}
		if len(got.Reset) > 0 {
			n, err := p.store.Resend(ctx)
			if err != nil {
				return fmt.Errorf("send acknowledged changes again: %w", err)
			}
			if n == 0 && len(got.Mismatched) == 0 {
				return nil
			}
			continue
		}
		if len(got.Mismatched) == 0 {
			return nil
		}
		for _, b := range got.Mismatched {
			if slices.Contains(suspect, b) {
				return &sales.Error{
					Code: sales.CodeInternal, Message: "bucket " + b + " differs from the server after it was taken anew",
					Hint: "your work is safe; run `roundsctl doctor` and send its report to your administrator",
				}
			}
		}
		suspect = got.Mismatched
		if err := p.store.Forget(ctx, got.Mismatched); err != nil {
			return fmt.Errorf("take buckets anew: %w", err)
		}
	}
	return nil
}

// push sends the outbox in batches until nothing more can be sent.
func (p *pass) push(ctx context.Context) error {
	for {
		// Each time: changes from before a restore go first, under the incarnation that they were written under.
		incarnation, err := p.store.Incarnation(ctx)
		if err != nil {
			return fmt.Errorf("read the device's incarnation: %w", err)
		}
		changes, err := p.store.Unsent(ctx, pushBatch)
		if err != nil {
			return fmt.Errorf("read the outbox: %w", err)
		}
		if len(changes) == 0 {
			return nil
		}
		resp, err := p.transport.Push(ctx, wire.PushRequest{Incarnation: incarnation, Changes: changes})
		if err != nil {
			return fmt.Errorf("push %d changes: %w", len(changes), err)
		}
		if err := checkVerdicts(changes, resp.Verdicts); err != nil {
			return err
		}
		if err := p.store.Observe(ctx, resp.HLC); err != nil {
			return fmt.Errorf("follow the server's clock: %w", err)
		}
		if err := p.store.Settle(ctx, resp.Verdicts); err != nil {
			return fmt.Errorf("settle %d changes: %w", len(changes), err)
		}
		for _, v := range resp.Verdicts {
			if v.Outcome == wire.Rejected || v.Outcome == wire.Held {
				p.report.Rejected++
			} else {
				p.report.Pushed++
			}
		}
	}
}

// checkVerdicts refuses an answer that does not fit the question: settling by it could lose a change.
func checkVerdicts(changes []wire.Change, verdicts []wire.Verdict) error {
	if len(changes) != len(verdicts) {
		return fmt.Errorf("push %d changes: the server answered %d verdicts", len(changes), len(verdicts))
	}
	for i, v := range verdicts {
		if v.ChangeID != changes[i].ID || v.Outcome < wire.Applied || v.Outcome > wire.Held {
			return fmt.Errorf("push %d changes: verdict %d does not fit its change", len(changes), i+1)
		}
	}
	return nil
}

// pull fetches pages until the checkpoint is whole and publishes it.
func (p *pass) pull(ctx context.Context) (Published, error) {
	done := 0
	for {
		cursors, err := p.store.Cursors(ctx)
		if err != nil {
			return Published{}, fmt.Errorf("read the cursors: %w", err)
		}
		page, err := p.transport.Pull(ctx, wire.PullRequest{Cursors: cursors, Limit: pullPage})
		if err != nil {
			return Published{}, fmt.Errorf("pull: %w", err)
		}
		if err := p.store.Observe(ctx, page.HLC); err != nil {
			return Published{}, fmt.Errorf("follow the server's clock: %w", err)
		}
		done += len(page.Records)
		p.progress(done, done+int(page.Remaining))
		if page.More {
			if err := p.store.Stage(ctx, page); err != nil {
				return Published{}, fmt.Errorf("keep a page of %d records: %w", len(page.Records), err)
			}
			continue
		}
		got, err := p.store.Publish(ctx, page)
		if err != nil {
			return Published{}, fmt.Errorf("publish a checkpoint of %d records: %w", done, err)
		}
		p.report.Pulled += got.Records
		p.report.Conflicts += got.Conflicts
		p.kinds = append(p.kinds, got.Kinds...)
		return got, nil
	}
}
