package central

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/rounds-field/rounds/sync/wire"
)

// heads is how far each bucket has come, as this process knows it: every pull asks for all of them, of which hardly any moved since the last one. Whether it
// is what a snapshot has, the snapshot says by a few sums over its buckets. The zero value knows nothing.
type heads struct {
	mu   sync.Mutex
	list []head // in the order of pulls
	at   map[string]int
	sums headSums
	torn bool // a bucket came that is not in list: the sums are those of nothing
}

// head is how far one bucket has come.
type head struct {
	cursor wire.Cursor
	slot   int
	part   uint64    // of its slot's sum, 0 at the beginning
	was    []earlier // where it stood before, the latest first; never altered
}

// earlier is where a bucket stood once, after a commit: devices that were there last still say so.
type earlier struct {
	cursor wire.Cursor
	part   uint64
}

// keepEarlier is how many earlier places of a bucket are kept.
const keepEarlier = 8

// after gives what is kept of a bucket once it has moved on from h.
func (h *head) after(c wire.Cursor) head {
	next := headAt(c)
	switch {
	case c == h.cursor:
		next.was = h.was
	case c.Epoch == h.cursor.Epoch && c.Seq > h.cursor.Seq:
		next.was = append([]earlier{{h.cursor, h.part}}, h.was[:min(len(h.was), keepEarlier-1)]...)
	}
	return next
}

// headSums tell two states of the buckets apart: numbers grow with every commit, and where a database was put back, chains and epochs are others.
type headSums struct{ count, seq, chain, epoch int64 }

const sumsQuery = `SELECT COUNT(*), CAST(COALESCE(SUM(seq), 0) AS BIGINT), CAST(COALESCE(SUM(chain & 4294967295), 0) AS BIGINT),
	CAST(COALESCE(SUM(epoch & 4294967295), 0) AS BIGINT) FROM buckets WHERE org_id = ?`

// add counts a cursor in, or out with sign -1.
func (s *headSums) add(c wire.Cursor, sign int64) {
	const low = 1<<32 - 1
	s.count += sign
	s.seq += sign * int64(c.Seq)
	s.chain += sign * int64(c.Chain&low)
	s.epoch += sign * int64(c.Epoch&low)
}

func headAt(c wire.Cursor) head {
	h := head{cursor: c, slot: wire.DigestSlotOf(c.Bucket)}
	if c.Seq > 0 {
		h.part = wire.PartOf(c)
	}
	return h
}

// put replaces all that is known.
func (h *heads) put(cursors []wire.Cursor) {
	list, old := make([]head, len(cursors)), h.at
	h.sums, h.torn = headSums{}, false
	for i, c := range cursors {
		before := head{cursor: wire.Cursor{Bucket: c.Bucket, Epoch: c.Epoch}} // a new one began with nothing
		if at, ok := old[c.Bucket]; ok {
			before = h.list[at]
		}
		if list[i] = headAt(c); old != nil {
			list[i] = before.after(c)
		}
		h.sums.add(c, 1)
	}
	h.list, h.at = list, make(map[string]int, len(cursors))
	slices.SortFunc(h.list, func(a, b head) int { return inOrder(a.cursor.Bucket, b.cursor.Bucket) })
	for i := range h.list {
		h.at[h.list[i].cursor.Bucket] = i
	}
}

// moved takes in what a commit of this process moved. Of two commits that are told out of order the later one stays.
func (h *heads) moved(cursors []wire.Cursor) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, c := range cursors {
		at, ok := h.at[c.Bucket]
		if !ok {
			h.torn = true // it has no place yet: all are read anew
			return
		}
		if was := h.list[at].cursor; was.Epoch == c.Epoch && was.Seq < c.Seq {
			h.sums.add(was, -1)
			h.sums.add(c, 1)
			h.list[at] = h.list[at].after(c)
		}
	}
}

// eachHead calls f with how far each bucket has come in the transaction's snapshot, in the order of pulls. f must be quick.
func (j *Journal) eachHead(ctx context.Context, tx *sql.Tx, f func(*head)) error {
	var now headSums
	if err := tx.QueryRowContext(ctx, j.sql.bind(sumsQuery), j.org).Scan(&now.count, &now.seq, &now.chain, &now.epoch); err != nil {
		return fmt.Errorf("sum up the buckets: %w", err)
	}
	h := &j.heads
	h.mu.Lock()
	known := h.sums == now && !h.torn
	for i := 0; known && i < len(h.list); i++ {
		f(&h.list[i])
	}
	h.mu.Unlock()
	if known {
		return nil
	}
	cursors, err := j.headsIn(ctx, tx)
	if err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.put(cursors)
	for i := range h.list {
		f(&h.list[i])
	}
	return nil
}

// headsIn reads how far each bucket has come.
func (j *Journal) headsIn(ctx context.Context, tx *sql.Tx) ([]wire.Cursor, error) {
	rows, err := tx.QueryContext(ctx, j.sql.bind("SELECT bucket, epoch, seq, chain FROM buckets WHERE org_id = ?"), j.org)
	if err != nil {
		return nil, fmt.Errorf("read the buckets: %w", err)
	}
	defer rows.Close()
	var out []wire.Cursor
	for rows.Next() {
		var c wire.Cursor
		var epoch, seq, chain int64
		if err := rows.Scan(&c.Bucket, &epoch, &seq, &chain); err != nil {
			return nil, fmt.Errorf("read the buckets: %w", err)
		}
		c.Epoch, c.Seq, c.Chain = uint64(epoch), uint64(seq), uint64(chain)
		out = append(out, c)
	}
	return out, rows.Err()
}

// inOrder compares two names by their places in a pull.
func inOrder(a, b string) int {
	return cmp.Or(cmp.Compare(rank(a), rank(b)), strings.Compare(a, b))
}
