package central

import (
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

// bucketRow is the counter row of a bucket.
type bucketRow struct {
	name  string
	epoch uint64
	seq   uint64
	chain uint64
	sum   wire.Sum
	live  int64
}

// numbered is one number in a bucket: a record that was written there, or left.
type numbered struct {
	key  key
	left bool
}

// finish writes what the batch did: the changes, conflicts for the losers, the records, numbered in their buckets.
func (b *batch) finish(incarnation string) error {
	if err := b.conflicts(); err != nil {
		return err
	}
	if err := b.writeChanges(incarnation); err != nil {
		return err
	}
	dirty := slices.SortedFunc(maps.Keys(b.original), key.compare)
	work := map[string][]numbered{}
	for _, k := range dirty {
		was, is := b.original[k], b.rows[k]
		if was != nil && was.state.Bucket != is.state.Bucket {
			work[was.state.Bucket] = append(work[was.state.Bucket], numbered{k, true})
		}
		work[is.state.Bucket] = append(work[is.state.Bucket], numbered{k, false})
	}
	// The buckets come last, in sorted order: from here to the commit, nobody else gets a number in them.
	buckets, err := b.lockBuckets(slices.Sorted(maps.Keys(work)))
	if err != nil {
		return fmt.Errorf("lock the buckets: %w", err)
	}
	var left []any
	for _, r := range buckets {
		left = append(left, b.number(r, work[r.name])...)
	}
	if err := b.insert(departed, left); err != nil {
		return fmt.Errorf("write what left a bucket: %w", err)
	}
	if err := b.writeRows(dirty); err != nil {
		return fmt.Errorf("write the records: %w", err)
	}
	return b.saveBuckets(buckets)
}

// number gives each record its number in one bucket. It gives the rows of those that left.
func (b *batch) number(bucket *bucketRow, list []numbered) (left []any) {
	h := sha256.New()
	buf := binary.BigEndian.AppendUint64(nil, bucket.chain)
	for _, n := range list {
		bucket.seq++
		was, is := b.original[n.key], b.rows[n.key]
		if was != nil && was.state.Bucket == bucket.name {
			bucket.sum = bucket.sum.Sub(was.sum())
			if was.live() {
				bucket.live--
			}
		}
		buf = binary.BigEndian.AppendUint64(buf, bucket.seq)
		buf = binary.BigEndian.AppendUint32(buf, uint32(kindNumber(n.key.kind)))
		buf = append(buf, idBytes(n.key.id)...)
		if n.left {
			buf = append(buf, 1)
			left = append(left, b.j.org, bucket.name, kindNumber(n.key.kind), idBytes(n.key.id), int64(bucket.seq))
			continue
		}
		sum := is.sum()
		bytes := sum.Bytes()
		buf = append(append(buf, 0), bytes[:]...)
		bucket.sum = bucket.sum.Add(sum)
		if is.live() {
			bucket.live++
		}
		is.state.Seq = bucket.seq
		h.Write(buf)
		buf = buf[:0]
	}
	h.Write(buf)
	bucket.chain = binary.BigEndian.Uint64(h.Sum(nil))
	b.moved = append(b.moved, wire.Cursor{Bucket: bucket.name, Epoch: bucket.epoch, Seq: bucket.seq, Chain: bucket.chain})
	return left
}

// How the rows of a batch are written. What is new must not be there yet; what is not new has been locked.
var (
	departed = intoTable("departures", "org_id bytea, bucket text, kind integer, id bytea, seq bigint", " ON CONFLICT (org_id, bucket, kind, id) DO UPDATE SET seq = excluded.seq")
	logged   = intoTable("bucket_log", "org_id bytea, bucket text, seq bigint, chain bigint, at bigint", "")

	recordColumns = "org_id bytea, kind integer, id bytea, bucket text, seq bigint, parent_kind integer, parent_id bytea, creator text, version bigint, deleted integer, state bytea"
	newRecord     = intoTable("records", recordColumns, "")
	oldRecord     = intoTable("records", recordColumns, " ON CONFLICT (org_id, kind, id) DO UPDATE SET bucket = excluded.bucket, seq = excluded.seq,"+
		" parent_kind = excluded.parent_kind, parent_id = excluded.parent_id, version = excluded.version, deleted = excluded.deleted, state = excluded.state")

	changeColumns = "org_id bytea, id bytea, digest bytea, incarnation bytea, counter bigint, author text, device text, received bigint, hlc bigint, node bigint," +
		" kind integer, record_id bytea, verb integer, version bigint, outcome integer, lost text, code text, field text, message text, payload bytea, effect bytea"
	newChange = intoTable("changes", changeColumns, "")
	oldChange = intoTable("changes", changeColumns, " ON CONFLICT (org_id, id) DO UPDATE SET received = excluded.received, hlc = excluded.hlc, node = excluded.node,"+
		" version = excluded.version, outcome = excluded.outcome, lost = excluded.lost, code = excluded.code, field = excluded.field, message = excluded.message, effect = excluded.effect")
)

// lockBuckets reads and locks the counter rows, in the order of their names. One that does not exist yet is made; who makes the same one at the
// same time waits.
func (b *batch) lockBuckets(names []string) ([]*bucketRow, error) {
	if b.j.sql.arrays() && len(names) > 1 {
		if out, err := b.lockKnown(names); err != nil || out != nil {
			return out, err
		}
	}
	read, err := b.stmt("SELECT epoch, seq, chain, checksum, live FROM buckets WHERE org_id = ? AND bucket = ?" + b.j.sql.forUpdate())
	if err != nil {
		return nil, err
	}
	out := make([]*bucketRow, 0, len(names))
	for _, name := range names {
		row, err := b.scanBucket(read, name)
		if err == nil && row == nil {
			none := wire.Sum{}.Bytes()
			err = b.exec("INSERT INTO buckets (org_id, bucket, epoch, seq, chain, checksum, live) VALUES (?, ?, ?, 0, 0, ?, 0) ON CONFLICT (org_id, bucket) DO NOTHING",
				b.j.org, name, int64(b.j.clock.Next()), none[:])
			if err == nil {
				row, err = b.scanBucket(read, name)
			}
		}
		if err == nil && row == nil {
			err = errors.New("it was made and is not there")
		}
		if err != nil {
			return nil, fmt.Errorf("bucket %s: %w", name, err)
		}
		out = append(out, row)
	}
	return out, nil
}

// Many counter rows in one statement each; of the list of names each is taken in its turn.
const (
	knownBuckets = "SELECT COUNT(*) FROM unnest(?::text[]) AS wanted (name) JOIN buckets ON org_id = ? AND bucket = wanted.name"
	lockedRows   = "SELECT found.* FROM unnest(?::text[]) AS wanted (name) CROSS JOIN LATERAL " +
		"(SELECT bucket, epoch, seq, chain, checksum, live FROM buckets WHERE org_id = ? AND bucket = wanted.name FOR UPDATE) AS found"
	savedRows = "UPDATE buckets SET seq = made.seq, chain = made.chain, checksum = made.checksum, live = made.live " +
		"FROM unnest(?::text[], ?::bigint[], ?::bigint[], ?::bytea[], ?::bigint[]) AS made (name, seq, chain, checksum, live) WHERE org_id = ? AND bucket = made.name"
)

// lockKnown reads and locks counter rows that all exist, in the order of their names; nil where one is missing, and then none is locked: a row that is made behind
// locked ones could have two wait for each other.
func (b *batch) lockKnown(names []string) ([]*bucketRow, error) {
	known, err := b.stmt(knownBuckets)
	if err != nil {
		return nil, err
	}
	n := 0
	if err := known.QueryRowContext(b.ctx, names, b.j.org).Scan(&n); err != nil || n < len(names) {
		return nil, err
	}
	out := make([]*bucketRow, 0, len(names))
	err = b.eachRow(lockedRows, []any{names, b.j.org}, func(rows *sql.Rows) error {
		row := &bucketRow{}
		out = append(out, row)
		return row.scan(rows.Scan, &row.name)
	})
	if err == nil && len(out) != len(names) {
		err = fmt.Errorf("%d of %d counter rows are there still", len(out), len(names))
	}
	return out, err
}

// scanBucket reads one counter row; nil when there is none.
func (b *batch) scanBucket(s statement, name string) (*bucketRow, error) {
	row := &bucketRow{name: name}
	err := row.scan(s.QueryRowContext(b.ctx, b.j.org, name).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return row, err
}

// scan reads epoch, seq, chain, checksum and live, and what comes before them.
func (b *bucketRow) scan(scan func(...any) error, before ...any) error {
	var epoch, seq, chain int64
	var sum []byte
	err := scan(append(before, &epoch, &seq, &chain, &sum, &b.live)...)
	b.epoch, b.seq, b.chain, b.sum = uint64(epoch), uint64(seq), uint64(chain), wire.SumFrom(sum)
	return err
}

func (b *batch) saveBuckets(buckets []*bucketRow) error {
	n := len(buckets)
	names, seqs, chains, sums, lives := make([]string, n), make([]int64, n), make([]int64, n), make([][]byte, n), make([]int64, n)
	var log []any
	for i, r := range buckets {
		sum := r.sum.Bytes()
		names[i], seqs[i], chains[i], sums[i], lives[i] = r.name, int64(r.seq), int64(r.chain), sum[:], r.live
		log = append(log, b.j.org, r.name, int64(r.seq), int64(r.chain), b.now.UnixMilli())
	}
	if b.j.sql.arrays() && n > 1 {
		if err := b.exec(savedRows, names, seqs, chains, sums, lives, b.j.org); err != nil {
			return fmt.Errorf("write %d buckets: %w", n, err)
		}
		return b.insert(logged, log)
	}
	for i := range buckets {
		err := b.exec("UPDATE buckets SET seq = ?, chain = ?, checksum = ?, live = ? WHERE org_id = ? AND bucket = ?", seqs[i], chains[i], sums[i], lives[i], b.j.org, names[i])
		if err != nil {
			return fmt.Errorf("write bucket %s: %w", names[i], err)
		}
	}
	return b.insert(logged, log)
}

// writeRows writes the records that the batch changed.
func (b *batch) writeRows(dirty []key) error {
	var made, changed []any
	for _, k := range dirty {
		was, is := b.original[k], b.rows[k]
		blob, err := encodeState(&is.state)
		if err != nil {
			return fmt.Errorf("record %s: %w", k.id, err)
		}
		var parent any
		if id := idBytes(is.parent.id); id != nil {
			parent = id
		}
		deleted := 0
		if is.state.Deleted {
			deleted = 1
		}
		values := []any{
			b.j.org, kindNumber(k.kind), idBytes(k.id), is.state.Bucket, int64(is.state.Seq), kindNumber(is.parent.kind), parent,
			is.creator, is.version, deleted, blob,
		}
		if was == nil {
			made = append(made, values...)
			continue
		}
		changed = append(changed, values...)
		if was.state.Bucket != is.state.Bucket {
			// It may have been in this bucket before; it is not away any longer.
			if err := b.exec("DELETE FROM departures WHERE org_id = ? AND bucket = ? AND kind = ? AND id = ?", b.j.org, is.state.Bucket, kindNumber(k.kind), idBytes(k.id)); err != nil {
				return err
			}
		}
	}
	if err := b.insert(newRecord, made); err != nil {
		return err
	}
	if err := b.insert(oldRecord, changed); err != nil {
		return err
	}
	return b.refFiles(dirty)
}

func (b *batch) writeChanges(incarnation string) error {
	var inc any
	if id := idBytes(incarnation); id != nil {
		inc = id
	}
	var made, again []any
	at := map[string]int{} // of the changes to be written, where their values begin
	for _, e := range slices.Concat(b.entries, b.told) {
		c, v := e.change, &e.verdict
		k, ok := sales.KindNamed(c.Kind)
		if !ok || v.Outcome == wire.Duplicate || e.digest == nil || idBytes(c.ID) == nil || idBytes(c.RecordID) == nil {
			continue
		}
		var version any
		if e.version > 0 {
			version = e.version
			b.j.clock.Observe(e.stamp.HLC)
		}
		values := []any{
			b.j.org, idBytes(c.ID), e.digest, inc, int64(e.counter), e.author, e.device, b.now.UnixMilli(), int64(e.stamp.HLC), int64(e.stamp.Node),
			k.Number, idBytes(c.RecordID), int(c.Verb), version, int(v.Outcome), joinNumbers(v.Lost), v.Code, v.Field, clean(v.Message), e.payload, e.effect,
		}
		list := &made
		if _, known := b.known[c.ID]; known {
			list = &again
		}
		if i, twice := at[c.ID]; twice { // the same change again in this batch, after the first was refused
			copy((*list)[i:], values)
			continue
		}
		at[c.ID] = len(*list)
		*list = append(*list, values...)
	}
	if err := b.insert(newChange, made); err != nil {
		return fmt.Errorf("write the changes: %w", err)
	}
	if err := b.insert(oldChange, again); err != nil {
		return fmt.Errorf("write the changes that were sent before: %w", err)
	}
	return nil
}
