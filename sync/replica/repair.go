package replica

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

const (
	// repairRounds is how often a bucket that differs is repaired before it is reported.
	repairRounds = 3
	// reportedFor is how long a bucket that was reported is left alone, unless something happens in it.
	reportedFor = 24 * time.Hour
)

// comparison is what one look at a bucket on both sides found.
type comparison struct {
	Mending
	moved   bool // the two stand at different places: pull first
	differs []sales.RecordRef
}

// repair mends the buckets whose sums differ, and reports those that cannot be. again says that one of them has moved on at the server, so
// that a pull comes first.
func (p *pass) repair(ctx context.Context, buckets []string) (again bool, err error) {
	for _, name := range buckets {
		moved, err := p.repairBucket(ctx, name)
		if sales.HasCode(err, sales.CodeNotFound) {
			moved, err = true, nil // it is no longer seen; the pull takes it away
		}
		if err != nil {
			return false, fmt.Errorf("repair bucket %s: %w", name, err)
		}
		again = again || moved
	}
	return again, nil
}

func (p *pass) repairBucket(ctx context.Context, name string) (moved bool, err error) {
	known, err := p.store.Differences(ctx)
	if err != nil {
		return false, err
	}
	var last comparison
	for range repairRounds {
		if last, err = p.compare(ctx, name, known); err != nil || last.moved || last.Cursor.Bucket == "" {
			return last.moved, err
		}
		done, err := p.store.Mend(ctx, last.Mending)
		if err != nil || done.Moved {
			return done.Moved, err
		}
		p.report.Mended += len(last.Put) + len(last.Drop)
		if done.Agrees {
			return false, nil
		}
	}
	d := sales.Difference{
		Bucket: name, Epoch: last.Cursor.Epoch, Seq: last.Cursor.Seq, Chain: last.Cursor.Chain, Found: sales.InstantOf(p.now()),
		Total: len(last.differs), Records: last.differs[:min(len(last.differs), sales.MaxDifferent)],
	}
	return false, p.store.Differs(ctx, d)
}

// compare finds what differs in a bucket: by slots, then by records, then it fetches the states of those. The empty comparison says that the bucket
// was reported where it stands and is to be left alone.
func (p *pass) compare(ctx context.Context, name string, known []sales.Difference) (comparison, error) {
	var own [wire.RepairSlots]wire.Sum
	at, err := p.store.Parts(ctx, name, func(s wire.RecordSum) {
		slot := wire.RepairSlotOf(s.ID)
		own[slot] = own[slot].Add(s.Sum)
	})
	if err != nil {
		return comparison{}, err
	}
	if slices.ContainsFunc(known, func(d sales.Difference) bool { return p.leftAlone(&d, at) }) {
		return comparison{}, nil
	}
	resp, err := p.transport.Repair(ctx, wire.RepairRequest{Bucket: name})
	if err != nil {
		return comparison{}, err
	}
	c := comparison{Mending: Mending{Cursor: at, Checksum: resp.Checksum, Count: resp.Count}, moved: resp.Cursor != at}
	if c.moved || len(resp.Slots) != wire.RepairSlots {
		return c, nil
	}
	var slots []int
	for i := range own {
		if own[i] != resp.Slots[i] {
			slots = append(slots, i)
		}
	}
	for part := range slices.Chunk(slots, wire.MaxRepairSlots) {
		if err := p.compareSlots(ctx, &c, part); err != nil || c.moved {
			return c, err
		}
	}
	return c, nil
}

// leftAlone says whether a bucket was reported where it stands now, and not long ago.
func (p *pass) leftAlone(d *sales.Difference, at wire.Cursor) bool {
	if (wire.Cursor{Bucket: d.Bucket, Epoch: d.Epoch, Seq: d.Seq, Chain: d.Chain}) != at {
		return false
	}
	age := p.now().Sub(d.Found.Time())
	return age >= 0 && age < reportedFor
}

// compareSlots adds what differs in some slots.
func (p *pass) compareSlots(ctx context.Context, c *comparison, slots []int) error {
	name := c.Cursor.Bucket
	own := map[string]wire.RecordSum{}
	at, err := p.store.Parts(ctx, name, func(s wire.RecordSum) {
		if slices.Contains(slots, wire.RepairSlotOf(s.ID)) {
			own[s.ID] = s
		}
	})
	if err != nil {
		return err
	}
	resp, err := p.transport.Repair(ctx, wire.RepairRequest{Bucket: name, Slots: slots})
	if err != nil {
		return err
	}
	if c.moved = resp.Cursor != c.Cursor || at != c.Cursor; c.moved {
		return nil
	}
	var fetch []string
	for _, s := range resp.Sums {
		have, ok := own[s.ID]
		delete(own, s.ID)
		if !ok || have.Sum != s.Sum {
			fetch = append(fetch, s.ID)
			c.differs = append(c.differs, sales.RecordRef{Kind: s.Kind, ID: s.ID})
		}
	}
	left := slices.SortedFunc(maps.Values(own), func(a, b wire.RecordSum) int { return strings.Compare(a.ID, b.ID) })
	for _, s := range left {
		c.differs = append(c.differs, sales.RecordRef{Kind: s.Kind, ID: s.ID})
	}
	c.Drop = append(c.Drop, left...)
	return p.fetchStates(ctx, c, fetch)
}

// fetchStates adds the states of records, as the server has them.
func (p *pass) fetchStates(ctx context.Context, c *comparison, ids []string) error {
	for part := range slices.Chunk(ids, wire.MaxRepairRecords) {
		resp, err := p.transport.Repair(ctx, wire.RepairRequest{Bucket: c.Cursor.Bucket, Records: part})
		if err != nil {
			return err
		}
		if c.moved = resp.Cursor != c.Cursor; c.moved {
			return nil
		}
		c.Checksum, c.Count = resp.Checksum, resp.Count
		c.Put = append(c.Put, resp.Records...)
	}
	return nil
}
