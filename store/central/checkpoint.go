package central

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

// summed takes in what a device says about all of its cursors at once.
func (p *pull) summed(req *wire.PullRequest) error {
	p.brief = req.Brief
	if len(req.Digests) == 0 {
		return nil
	}
	bad := len(req.Digests) != wire.DigestSlots
	for _, n := range req.Slots {
		if bad = bad || n >= wire.DigestSlots; !bad {
			p.asked[n] = 1
		}
	}
	if bad {
		return &sales.Error{Code: sales.CodeInvalid, Message: "pull: the sums of the cursors are malformed", Hint: "update the program"}
	}
	p.digests = (*wire.Digests)(req.Digests)
	return nil
}

// glance answers the question that devices ask most: whether anything has happened at all. It reads no more of the buckets than that takes. Where something
// has, and it is known where the device stands, it says true, and the device need not send its cursors.
func (p *pull) glance(caller wire.Caller, tree sales.TerritoryTree) (bool, error) {
	var sums wire.Digests
	var moved []head
	err := p.j.eachHead(p.ctx, p.tx, func(h *head) {
		if h.part != 0 && caller.Sees(tree, h.cursor.Bucket) {
			sums[h.slot] += h.part
			if len(h.was) > 0 {
				moved = append(moved, *h)
			}
		}
	})
	if err != nil {
		return false, err
	}
	p.differing(&sums)
	if len(p.resp.Differs) == 0 || !p.guess(&sums, moved) {
		return false, nil
	}
	p.resp.Differs = nil
	return true, nil
}

// guess finds out where the device stands in the slots that differ: mostly one bucket of a slot moved, lately, and the device's sum is the one with an earlier
// place of it. A sum that agrees proves it as well as one that agrees with the heads. False when that explains not all of them.
func (p *pull) guess(sums *wire.Digests, moved []head) bool {
	known := map[string]wire.Cursor{}
	for _, slot := range p.resp.Differs {
		found := false
		for i := 0; i < len(moved) && !found; i++ {
			h := &moved[i]
			for _, e := range h.was {
				if h.slot == slot && sums[slot]-h.part+e.part == p.digests[slot] {
					known[h.cursor.Bucket], found = e.cursor, true
					break
				}
			}
		}
		if !found {
			return false
		}
	}
	p.guessed = known
	for _, slot := range p.resp.Differs {
		p.solved[slot] = 1
	}
	return true
}

// fewMoved is how many buckets are read one by one; where more have moved, all are read.
const fewMoved = 50

// movedAmong lists the buckets that the caller sees, for a brief answer to one whose cursors are summed up: it names those alone in which the caller stands
// elsewhere, so that the checksums of others are not read. Where too many moved it says false.
func (p *pull) movedAmong(caller wire.Caller, tree sales.TerritoryTree) ([]bucketRow, bool, error) {
	var out []bucketRow
	var moved []int
	p.sums = &wire.Digests{}
	err := p.j.eachHead(p.ctx, p.tx, func(h *head) {
		c := &h.cursor
		if !caller.Sees(tree, c.Bucket) {
			return
		}
		_, guessed := p.guessed[c.Bucket]
		if guessed || p.asked[h.slot] != 0 && p.cursors[c.Bucket] != *c {
			moved = append(moved, len(out))
		}
		p.sums[h.slot] += h.part
		out = append(out, bucketRow{name: c.Bucket, epoch: c.Epoch, seq: c.Seq, chain: c.Chain})
	})
	if err != nil || len(moved) > fewMoved {
		return nil, false, err
	}
	for _, i := range moved {
		b := &out[i]
		var sum []byte
		if err := p.tx.QueryRowContext(p.ctx, p.j.sql.bind("SELECT checksum, live FROM buckets WHERE org_id = ? AND bucket = ?"), p.j.org, b.name).Scan(&sum, &b.live); err != nil {
			return nil, false, fmt.Errorf("read the sum of bucket %s: %w", b.name, err)
		}
		b.sum = wire.SumFrom(sum)
	}
	return out, true, nil
}

// differing notes the slots in which the device stands elsewhere and whose cursors did not come along.
func (p *pull) differing(heads *wire.Digests) {
	for slot := range heads {
		if heads[slot] != p.digests[slot] && p.asked[slot] == 0 && p.solved[slot] == 0 {
			p.resp.Differs = append(p.resp.Differs, slot)
		}
	}
}

// matched compares the device's sums with those of the heads in this snapshot. Where they agree, the device stands at the head, and its cursors are filled in.
// Where they do not and its cursors did not come along, nothing can be told but that they are needed: false.
func (p *pull) matched(buckets []bucketRow) bool {
	if p.sums == nil {
		p.sums = &wire.Digests{}
		for i := range buckets {
			p.sums.Add(buckets[i].cursor())
		}
	}
	if p.differing(p.sums); len(p.resp.Differs) > 0 {
		return false
	}
	for i := range buckets {
		b := &buckets[i]
		if p.asked[wire.DigestSlotOf(b.name)] == 0 {
			p.cursors[b.name] = b.cursor()
		}
	}
	maps.Copy(p.cursors, p.guessed)
	return true
}

func (b *bucketRow) cursor() wire.Cursor {
	return wire.Cursor{Bucket: b.name, Epoch: b.epoch, Seq: b.seq, Chain: b.chain}
}

func (b *bucketRow) state(reset bool) wire.BucketState {
	return wire.BucketState{Cursor: b.cursor(), Reset: reset, Checksum: b.sum.Bytes(), Count: uint64(b.live)}
}

// close makes the page the last one of a checkpoint: it names every visible bucket at its head.
func (p *pull) close(buckets []bucketRow, caller wire.Caller, tree sales.TerritoryTree) {
	resets := map[string]bool{}
	for _, b := range p.resp.Buckets {
		resets[b.Bucket] = b.Reset
	}
	p.resp.Buckets = make([]wire.BucketState, 0, len(buckets))
	for i := range buckets {
		b := &buckets[i]
		p.resp.Buckets = append(p.resp.Buckets, b.state(resets[b.name]))
		delete(p.cursors, b.name)
	}
	p.forgotten(caller, tree)
}

// closeBriefly makes the page the last one of a checkpoint and names only what moved in it, and what the caller has lost.
func (p *pull) closeBriefly(buckets []bucketRow, caller wire.Caller, tree sales.TerritoryTree) {
	moved := map[string]int{}
	for i := range p.resp.Buckets {
		moved[p.resp.Buckets[i].Bucket] = i
	}
	for i := range buckets {
		b := &buckets[i]
		if at, ok := moved[b.name]; ok {
			p.resp.Buckets[at] = b.state(p.resp.Buckets[at].Reset)
		}
		delete(p.cursors, b.name)
	}
	for name := range p.forgotten(caller, tree) {
		p.resp.Lost = append(p.resp.Lost, name)
	}
	slices.Sort(p.resp.Lost)
}

// forgotten goes through the cursors of buckets that are not among the visible heads. One that the caller may see, but that is unknown here, was lost by the
// server: the device must hear that this is another history, so that it sends again what it still has. The others are given.
func (p *pull) forgotten(caller wire.Caller, tree sales.TerritoryTree) map[string]bool {
	lost := map[string]bool{}
	var unknown []wire.BucketState
	for name, c := range p.cursors {
		if c.Seq > 0 && caller.Sees(tree, name) {
			unknown = append(unknown, wire.BucketState{Cursor: wire.Cursor{Bucket: name}, Reset: true})
		} else {
			lost[name] = true
		}
	}
	slices.SortFunc(unknown, func(a, b wire.BucketState) int { return strings.Compare(a.Bucket, b.Bucket) })
	p.resp.Buckets = append(p.resp.Buckets, unknown...)
	return lost
}
