package replica

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

// Sizes of what travels at once.
const (
	pushBatch = 2000    // changes in a push, more when one group is larger
	pushBytes = 8 << 20 // of texts in a push, more when one group has more
	pullPage  = 5000    // records in a page
	// manyRecords is from how many records on a page takes so long to keep that the next one is fetched meanwhile.
	manyRecords = 1000
)

// maxRounds bounds how often one pass starts over because the server's history turned out to be another one.
const maxRounds = 3

// pass is one complete sync: push everything, then pull everything.
type pass struct {
	store     Store
	transport Transport
	now       func() time.Time
	progress  func(done, total int)
	report    sales.SyncReport
	kinds     []string
	acked     string // the change that the server is asked about; "" when it was asked in this pass
	ackedAt   uint32 // when it took it, as it said; 0 when it was asked
	forgotten bool   // the server does not have it
}

// run pushes and pulls until both sides agree, or gives the first error. What was done before the error stays done.
func (p *pass) run(ctx context.Context) error {
	begun := p.now()
	out0, in0 := p.transport.Traffic()
	defer func() {
		out, in := p.transport.Traffic()
		p.report.BytesOut, p.report.BytesIn = out-out0, in-in0
		p.report.Seconds = p.now().Sub(begun).Seconds()
	}()
	for range maxRounds {
		var err error
		p.forgotten = false
		if p.acked, p.ackedAt, err = p.store.Acknowledged(ctx); err != nil {
			return fmt.Errorf("read what was acknowledged: %w", err)
		}
		unsent := p.push(ctx)
		if unsent != nil && !ofPush(unsent) {
			return unsent
		}
		got, err := p.pull(ctx)
		if err != nil && unsent != nil {
			err = errors.Join(err, unsent)
		}
		if err != nil {
			return err
		}
		again := false
		if len(got.Reset) > 0 || p.forgotten {
			n, err := p.store.Resend(ctx)
			if err != nil {
				return fmt.Errorf("send acknowledged changes again: %w", err)
			}
			again = n > 0
		}
		if unsent != nil {
			return unsent
		}
		// After a reset the buckets are compared by the pull that follows what is sent again.
		if !again && len(got.Mismatched) > 0 {
			if again, err = p.repair(ctx, got.Mismatched); err != nil {
				return err
			}
		}
		if !again {
			return nil
		}
	}
	return nil
}

// push sends the outbox in batches until nothing more can be sent.
func (p *pass) push(ctx context.Context) error {
	limit := pushBatch
	for {
		// Each time: changes from before a restore go first, under the incarnation that they were written under.
		incarnation, err := p.store.Incarnation(ctx)
		if err != nil {
			return fmt.Errorf("read the device's incarnation: %w", err)
		}
		changes, err := p.store.Unsent(ctx, limit)
		if err != nil {
			return fmt.Errorf("read the outbox: %w", err)
		}
		if len(changes) == 0 {
			return nil
		}
		changes = fill(changes)
		resp, err := p.transport.Push(ctx, wire.PushRequest{Incarnation: incarnation, Changes: changes, Acknowledged: p.acked, AcknowledgedAt: p.ackedAt})
		if tooLarge(err) && len(changes) > 1 && len(changes) <= limit {
			limit = len(changes) / 2 // a proxy on the way takes less at once: go down to single groups
			continue
		}
		if err != nil {
			return fmt.Errorf("push %d changes: %w", len(changes), err)
		}
		if resp.Forgotten && p.acked != "" {
			// What these changes were built on comes first, in the order in which all of it was written.
			if _, err := p.store.Resend(ctx); err != nil {
				return fmt.Errorf("send acknowledged changes again: %w", err)
			}
			p.acked, p.ackedAt = "", 0
			continue
		}
		p.acked, p.ackedAt = "", 0
		if !fitting(changes, resp.Verdicts) {
			return &sales.Error{
				Code: sales.CodeOffline, Message: fmt.Sprintf("push %d changes: the answer has verdicts on others", len(changes)),
				Hint: "your work is kept and sent again; if this lasts, tell your administrator",
			}
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

// ofPush says whether a push failed for what is in it, and not for the way or the sign-in: then the device still hears what others did.
func ofPush(err error) bool {
	var e *sales.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code {
	case sales.CodeInvalid, sales.CodeForbidden:
		return true
	case sales.CodeOffline:
		return e.Reason == sales.OfflineTooLarge || e.Reason == sales.OfflineFault
	}
	return false
}

// tooLarge says whether something on the way takes no message of this size.
func tooLarge(err error) bool {
	var e *sales.Error
	return errors.As(err, &e) && e.Reason == sales.OfflineTooLarge
}

// fitting says whether an answer fits the question: settling by another one could lose a change.
func fitting(changes []wire.Change, verdicts []wire.Verdict) bool {
	if len(changes) != len(verdicts) {
		return false
	}
	for i, v := range verdicts {
		if v.ChangeID != changes[i].ID || v.Outcome < wire.Applied || v.Outcome > wire.Held {
			return false
		}
	}
	return true
}

// fill gives the first whole groups of changes whose texts fit into one push, and at least one group.
func fill(changes []wire.Change) []wire.Change {
	size, end := 0, 0 // end is where the last group that fits ends
	for i := range changes {
		if i > 0 && changes[i].Group != changes[i-1].Group {
			end = i
		}
		for _, f := range changes[i].Fields {
			if text, ok := f.Value.(string); ok {
				size += len(text)
			}
		}
		if size > pushBytes && end > 0 {
			return changes[:end]
		}
	}
	return changes
}

// advance gives the cursors after a page. It makes a list of its own: the page before may still be asked for with the old one.
func advance(cursors []wire.Cursor, moved []wire.BucketState) []wire.Cursor {
	to := make(map[string]wire.Cursor, len(moved))
	for i := range moved {
		to[moved[i].Bucket] = moved[i].Cursor
	}
	out := make([]wire.Cursor, 0, len(cursors)+len(moved))
	for _, c := range cursors {
		if _, ok := to[c.Bucket]; !ok {
			out = append(out, c)
		}
	}
	for i := range moved {
		out = append(out, moved[i].Cursor)
	}
	return out
}
