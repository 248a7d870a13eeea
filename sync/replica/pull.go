package replica

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

const (
	// manyCursors is from how many cursors on they are summed up instead of sent: below, the sums would be longer.
	manyCursors = 32
	// comparedFor is how long the sums of all buckets count as compared; until then only those of buckets that move are.
	comparedFor = 24 * time.Hour
)

// asking is how this device asks for pages.
type asking struct {
	cursors []wire.Cursor
	slots   []int         // in which the two sides were found to differ in this pull: their cursors are sent
	brief   bool          // only what moved is to be named
	urgent  bool          // what the user works with today is to come first
	digests *wire.Digests // of the cursors; nil until they are needed
}

// request is the question for the next page.
func (a *asking) request() wire.PullRequest {
	req := wire.PullRequest{Cursors: a.cursors, Limit: pullPage, Brief: a.brief, Urgent: a.urgent}
	if len(a.cursors) < manyCursors {
		return req
	}
	if a.digests == nil {
		a.digests = wire.DigestsOf(a.cursors)
	}
	req.Digests, req.Slots = a.digests[:], a.slots
	req.Cursors = nil
	for _, c := range a.cursors {
		if slices.Contains(a.slots, wire.DigestSlotOf(c.Bucket)) {
			req.Cursors = append(req.Cursors, c)
		}
	}
	return req
}

// pull fetches pages until the checkpoint is whole and publishes it.
func (p *pass) pull(ctx context.Context) (Published, error) {
	cursors, err := p.store.Cursors(ctx)
	if err != nil {
		return Published{}, fmt.Errorf("read the cursors: %w", err)
	}
	compared, err := p.store.Compared(ctx)
	if err != nil {
		return Published{}, fmt.Errorf("read when the sums were compared: %w", err)
	}
	age := p.now().Sub(compared)
	ask := &asking{cursors: cursors, brief: len(cursors) > 0 && age >= 0 && age < comparedFor, urgent: len(cursors) == 0}
	// A page that is fetched ahead is thrown away when this ends early: the store knows how far it has come.
	ctx, cancel := context.WithCancel(ctx)
	next := p.fetch(ctx, ask, false)
	defer func() {
		cancel()
		_, _ = next()
	}()
	done := 0
	for {
		page, err := next()
		if err != nil {
			return Published{}, fmt.Errorf("pull: %w", err)
		}
		if err := p.store.Observe(ctx, page.HLC); err != nil {
			return Published{}, fmt.Errorf("follow the server's clock: %w", err)
		}
		if page.Urgent {
			ask = &asking{cursors: ask.cursors}
			next = p.fetch(ctx, ask, true)
			if err := p.store.Stage(ctx, page); err != nil {
				return Published{}, fmt.Errorf("keep today's work of %d records: %w", len(page.Records), err)
			}
			p.progress(0, int(page.Remaining))
			continue
		}
		done += len(page.Records)
		p.progress(done, done+int(page.Remaining))
		if page.More {
			// The last page is to name all buckets, for those that moved in this page are to be compared too.
			ask = &asking{cursors: advance(ask.cursors, page.Buckets), slots: ask.slots}
			next = p.fetch(ctx, ask, len(page.Records) >= manyRecords)
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

// fetch gives a function that waits for a page, once. ahead begins to fetch it at once; otherwise that happens when it is asked for.
func (p *pass) fetch(ctx context.Context, ask *asking, ahead bool) func() (wire.PullResponse, error) {
	get := sync.OnceValues(func() (wire.PullResponse, error) { return p.page(ctx, ask) })
	if ahead {
		go get() //nolint:errcheck // who asks for the page hears of it
	}
	return get
}

// page asks for one page, and again with the cursors of the slots in which the two sides differ.
func (p *pass) page(ctx context.Context, ask *asking) (wire.PullResponse, error) {
	for {
		if err := ctx.Err(); err != nil {
			return wire.PullResponse{}, err
		}
		req := ask.request()
		req.Acknowledged, req.AcknowledgedAt = p.acked, p.ackedAt
		page, err := p.transport.Pull(ctx, req)
		if err != nil {
			return wire.PullResponse{}, err
		}
		p.acked, p.ackedAt, p.forgotten = "", 0, p.forgotten || page.Forgotten
		if len(page.Differs) == 0 {
			page.Brief = req.Brief
			return page, nil
		}
		before := len(ask.slots)
		ask.slots = slices.Compact(slices.Sorted(slices.Values(slices.Concat(ask.slots, page.Differs))))
		if len(req.Digests) == 0 || len(ask.slots) == before || ask.slots[len(ask.slots)-1] >= wire.DigestSlots {
			return wire.PullResponse{}, &sales.Error{
				Code: sales.CodeOffline, Message: "the server asks for cursors that it has", Hint: "your work is kept; if this lasts, tell your administrator",
			}
		}
	}
}
