package central

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store"
	"github.com/rounds-field/rounds/sync/wire"
)

// Sizes of a page.
const (
	defaultPage  = 2000
	maxPage      = 10_000
	maxPageBytes = 16 << 20 // of stored states; a page always holds one record
)

// Pull gives one page of what the caller may see beyond the cursors, from one snapshot (sync/doc.go).
func (j *Journal) Pull(ctx context.Context, caller wire.Caller, req wire.PullRequest) (wire.PullResponse, error) {
	if req.Limit <= 0 {
		req.Limit = defaultPage
	}
	p := &pull{j: j, ctx: ctx, room: min(req.Limit, maxPage), bytes: maxPageBytes, cursors: make(map[string]wire.Cursor, len(req.Cursors))}
	for _, c := range req.Cursors {
		p.cursors[c.Bucket] = c
	}
	if err := p.summed(&req); err != nil {
		return wire.PullResponse{}, err
	}
	p.urgent = req.Urgent
	p.resp.HLC = j.clock.Next()
	err := j.db.Read(ctx, func(tx *sql.Tx) error {
		p.tx = tx
		var err error
		if p.resp.Forgotten, err = j.forgot(ctx, tx, req.Acknowledged, req.AcknowledgedAt); err != nil {
			return err
		}
		tree, err := j.territories(ctx, tx)
		if err != nil {
			return err
		}
		return p.run(caller, tree)
	})
	return p.resp, store.Explain("gather what is new", err)
}

type pull struct {
	j       *Journal
	ctx     context.Context
	tx      *sql.Tx
	cursors map[string]wire.Cursor
	digests *wire.Digests          // of all cursors of the device; nil when they are all in cursors
	asked   wire.Digests           // not zero: the slot's cursors are in cursors
	sums    *wire.Digests          // of the heads that the caller sees in this snapshot; nil while they are not added up
	solved  wire.Digests           // not zero: it is known where the device stands in the slot
	guessed map[string]wire.Cursor // where that is not the head
	brief   bool
	urgent  bool // what the caller works with today is to come first
	resp    wire.PullResponse
	room    int // records that still fit
	bytes   int // bytes that still fit
}

func (p *pull) run(caller wire.Caller, tree sales.TerritoryTree) error {
	if p.digests != nil && p.brief && p.asked == (wire.Digests{}) {
		if known, err := p.glance(caller, tree); !known || err != nil {
			return err
		}
	}
	buckets, err := p.buckets(caller, tree)
	if err != nil {
		return err
	}
	if p.digests != nil && !p.matched(buckets) {
		return nil
	}
	if p.urgent {
		if done, err := p.today(caller, buckets); done || err != nil {
			return err
		}
	}
	for i := range buckets {
		head := &buckets[i]
		from, reset, err := p.start(head)
		if err != nil {
			return err
		}
		if from.Seq == head.seq && !reset {
			continue
		}
		if p.room <= 0 || p.bytes <= 0 {
			p.resp.More = true
			p.resp.Remaining += remaining(head, from.Seq)
			continue
		}
		end, err := p.records(head, from.Seq)
		if err != nil {
			return fmt.Errorf("read bucket %s: %w", head.name, err)
		}
		state := wire.BucketState{Cursor: wire.Cursor{Bucket: head.name, Epoch: head.epoch, Seq: end, Chain: head.chain}, Reset: reset}
		if end < head.seq {
			p.resp.More = true
			p.resp.Remaining += remaining(head, end)
			if state.Chain, err = p.chainAt(head.name, end); err != nil {
				return err
			}
		}
		p.resp.Buckets = append(p.resp.Buckets, state)
	}
	switch {
	case p.resp.More:
	case p.brief:
		p.closeBriefly(buckets, caller, tree)
	default:
		p.close(buckets, caller, tree)
	}
	return nil
}

// remaining estimates the records still to come: numbers given twice to the same record count once at most.
func remaining(head *bucketRow, from uint64) uint64 {
	n := head.seq - from
	if from == 0 && uint64(head.live) < n {
		n = uint64(head.live)
	}
	return n
}

// buckets lists the buckets that the caller sees, in the order of pulls.
func (p *pull) buckets(caller wire.Caller, tree sales.TerritoryTree) ([]bucketRow, error) {
	if p.digests != nil && p.brief {
		if out, ok, err := p.movedAmong(caller, tree); ok || err != nil {
			return out, err
		}
	}
	return p.visible(caller, tree)
}

// visible lists the buckets that the caller sees: the organisation's first, then personal ones, then territories.
func (p *pull) visible(caller wire.Caller, tree sales.TerritoryTree) ([]bucketRow, error) {
	rows, err := p.tx.QueryContext(p.ctx, p.j.sql.bind("SELECT bucket, epoch, seq, chain, checksum, live FROM buckets WHERE org_id = ?"), p.j.org)
	if err != nil {
		return nil, fmt.Errorf("read the buckets: %w", err)
	}
	defer rows.Close()
	var out []bucketRow
	for rows.Next() {
		var b bucketRow
		var epoch, seq, chain int64
		var sum []byte
		if err := rows.Scan(&b.name, &epoch, &seq, &chain, &sum, &b.live); err != nil {
			return nil, fmt.Errorf("read the buckets: %w", err)
		}
		b.epoch, b.seq, b.chain, b.sum = uint64(epoch), uint64(seq), uint64(chain), wire.SumFrom(sum)
		if caller.Sees(tree, b.name) {
			out = append(out, b)
		}
	}
	slices.SortFunc(out, func(a, b bucketRow) int { return inOrder(a.name, b.name) })
	return out, rows.Err()
}

func rank(bucket string) int {
	switch {
	case bucket == sales.OrganisationBucket:
		return 0
	case strings.HasPrefix(bucket, "u:"):
		return 1
	}
	return 2
}

// start finds where the caller stands in a bucket; reset when its cursor is not of this history.
func (p *pull) start(head *bucketRow) (from wire.Cursor, reset bool, err error) {
	c, ok := p.cursors[head.name]
	if !ok || c.Seq == 0 {
		return wire.Cursor{Bucket: head.name}, false, nil
	}
	if c.Epoch != head.epoch || c.Seq > head.seq {
		return wire.Cursor{Bucket: head.name}, true, nil
	}
	chain := head.chain
	if c.Seq < head.seq {
		if chain, err = p.chainAt(head.name, c.Seq); err != nil {
			return c, false, err
		}
	}
	if chain != c.Chain {
		return wire.Cursor{Bucket: head.name}, true, nil
	}
	return c, false, nil
}

// chainAt is the chain of the commit in which a number was given: a page may end inside a commit, and a fork that rewrote the
// rest of it has another chain.
func (p *pull) chainAt(bucket string, seq uint64) (uint64, error) {
	var chain int64
	err := p.tx.QueryRowContext(p.ctx, p.j.sql.bind("SELECT chain FROM bucket_log WHERE org_id = ? AND bucket = ? AND seq >= ? ORDER BY seq LIMIT 1"), p.j.org, bucket, int64(seq)).Scan(&chain)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read the chain of bucket %s: %w", bucket, err)
	}
	return uint64(chain), nil
}

// records adds what happened in a bucket after from, as far as it fits, and gives the number up to which the page is complete.
func (p *pull) records(head *bucketRow, from uint64) (uint64, error) {
	limit := p.room
	arrived, full, err := p.arrivals(head.name, from, limit)
	if err != nil {
		return 0, err
	}
	left, err := p.departures(head.name, from, limit)
	if err != nil {
		return 0, err
	}
	all := slices.Concat(arrived, left)
	slices.SortFunc(all, func(a, b wire.RecordState) int { return cmp.Compare(a.Seq, b.Seq) })
	end := head.seq
	if full && len(arrived) > 0 {
		end = arrived[len(arrived)-1].Seq
	}
	if len(left) == limit {
		end = min(end, left[limit-1].Seq)
	}
	for i := range all {
		if all[i].Seq > end {
			all = all[:i]
			break
		}
	}
	if len(all) > limit {
		all = all[:limit]
		end = all[limit-1].Seq
	}
	p.room -= len(all)
	p.resp.Records = append(p.resp.Records, all...)
	return end, nil
}

// arrivals reads records in order of number; full says that the limit of records or bytes ended the list.
func (p *pull) arrivals(bucket string, from uint64, limit int) (out []wire.RecordState, full bool, err error) {
	rows, err := p.tx.QueryContext(p.ctx, p.j.sql.bind("SELECT seq, state FROM records WHERE org_id = ? AND bucket = ? AND seq > ? ORDER BY seq LIMIT ?"), p.j.org, bucket, int64(from), limit)
	if err != nil {
		return nil, false, err
	}
	defer rows.Close()
	for rows.Next() {
		var seq int64
		var blob []byte
		if err := rows.Scan(&seq, &blob); err != nil {
			return nil, false, err
		}
		state, err := decodeState(blob, bucket, seq)
		if err != nil {
			return nil, false, err
		}
		out = append(out, state)
		if p.bytes -= len(blob); p.bytes <= 0 {
			return out, true, nil
		}
	}
	return out, len(out) == limit, rows.Err()
}

func (p *pull) departures(bucket string, from uint64, limit int) ([]wire.RecordState, error) {
	rows, err := p.tx.QueryContext(p.ctx, p.j.sql.bind("SELECT kind, id, seq FROM departures WHERE org_id = ? AND bucket = ? AND seq > ? ORDER BY seq LIMIT ?"), p.j.org, bucket, int64(from), limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []wire.RecordState
	for rows.Next() {
		var kind int
		var id []byte
		var seq int64
		if err := rows.Scan(&kind, &id, &seq); err != nil {
			return nil, err
		}
		if k, ok := sales.KindNumbered(kind); ok {
			out = append(out, wire.RecordState{Kind: k.Name, ID: idText(id), Bucket: bucket, Seq: uint64(seq), Moved: true})
		}
	}
	return out, rows.Err()
}
