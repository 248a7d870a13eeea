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
	fresh bool
}

// numbered is one number in a bucket: a record that was written there, or left.
type numbered struct {
	key  key
	left bool
}

// finish writes what the batch did: conflicts for the losers, the records, numbered in their buckets, and the changes.
func (b *batch) finish(incarnation string) error {
	if err := b.conflicts(); err != nil {
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
	for _, name := range slices.Sorted(maps.Keys(work)) {
		if err := b.number(name, work[name]); err != nil {
			return fmt.Errorf("number bucket %s: %w", name, err)
		}
	}
	if err := b.writeChanges(incarnation); err != nil {
		return err
	}
	return b.exec("UPDATE organisations SET clock = ? WHERE org_id = ?", int64(b.j.clock.Next()), b.j.org)
}

// number gives each record its number in one bucket and writes both.
func (b *batch) number(name string, list []numbered) error {
	bucket, err := b.lockBucket(name)
	if err != nil {
		return err
	}
	h := sha256.New()
	buf := binary.BigEndian.AppendUint64(nil, bucket.chain)
	for _, n := range list {
		bucket.seq++
		was, is := b.original[n.key], b.rows[n.key]
		if was != nil && was.state.Bucket == name {
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
			if err := b.depart(name, n.key, bucket.seq); err != nil {
				return err
			}
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
		if err := b.writeRow(is, was); err != nil {
			return err
		}
		h.Write(buf)
		buf = buf[:0]
	}
	h.Write(buf)
	bucket.chain = binary.BigEndian.Uint64(h.Sum(nil))
	b.moved = append(b.moved, wire.Cursor{Bucket: name, Epoch: bucket.epoch, Seq: bucket.seq, Chain: bucket.chain})
	return b.saveBucket(bucket)
}

func (b *batch) lockBucket(name string) (*bucketRow, error) {
	s, err := b.stmt("SELECT epoch, seq, chain, checksum, live FROM buckets WHERE org_id = ? AND bucket = ?" + b.j.sql.forUpdate())
	if err != nil {
		return nil, err
	}
	row := &bucketRow{name: name}
	var epoch, seq, chain int64
	var sum []byte
	err = s.QueryRowContext(b.ctx, b.j.org, name).Scan(&epoch, &seq, &chain, &sum, &row.live)
	if errors.Is(err, sql.ErrNoRows) {
		row.fresh, row.epoch = true, uint64(b.j.clock.Next())
		return row, nil
	}
	row.epoch, row.seq, row.chain, row.sum = uint64(epoch), uint64(seq), uint64(chain), wire.SumFrom(sum)
	return row, err
}

func (b *batch) saveBucket(r *bucketRow) error {
	sum := r.sum.Bytes()
	var err error
	if r.fresh {
		err = b.exec("INSERT INTO buckets (org_id, bucket, epoch, seq, chain, checksum, live) VALUES (?, ?, ?, ?, ?, ?, ?)",
			b.j.org, r.name, int64(r.epoch), int64(r.seq), int64(r.chain), sum[:], r.live)
	} else {
		err = b.exec("UPDATE buckets SET seq = ?, chain = ?, checksum = ?, live = ? WHERE org_id = ? AND bucket = ?",
			int64(r.seq), int64(r.chain), sum[:], r.live, b.j.org, r.name)
	}
	if err != nil {
		return err
	}
	return b.exec("INSERT INTO bucket_log (org_id, bucket, seq, chain, at) VALUES (?, ?, ?, ?, ?)", b.j.org, r.name, int64(r.seq), int64(r.chain), b.now.UnixMilli())
}

// depart notes that a record has left a bucket.
func (b *batch) depart(bucket string, k key, seq uint64) error {
	return b.exec("INSERT INTO departures (org_id, bucket, kind, id, seq) VALUES (?, ?, ?, ?, ?) ON CONFLICT (org_id, bucket, kind, id) DO UPDATE SET seq = excluded.seq",
		b.j.org, bucket, kindNumber(k.kind), idBytes(k.id), int64(seq))
}

func (b *batch) writeRow(is, was *row) error {
	blob, err := encodeState(&is.state)
	if err != nil {
		return fmt.Errorf("write record %s: %w", is.state.ID, err)
	}
	parentKind, parentID := kindNumber(is.parent.kind), idBytes(is.parent.id)
	var parent any
	if parentID != nil {
		parent = parentID
	}
	deleted := 0
	if is.state.Deleted {
		deleted = 1
	}
	if was == nil {
		return b.exec("INSERT INTO records (org_id, kind, id, bucket, seq, parent_kind, parent_id, creator, version, deleted, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			b.j.org, kindNumber(is.state.Kind), idBytes(is.state.ID), is.state.Bucket, int64(is.state.Seq), parentKind, parent, is.creator, is.version, deleted, blob)
	}
	if was.state.Bucket != is.state.Bucket {
		// It may have been in this bucket before; it is not away any longer.
		if err := b.exec("DELETE FROM departures WHERE org_id = ? AND bucket = ? AND kind = ? AND id = ?",
			b.j.org, is.state.Bucket, kindNumber(is.state.Kind), idBytes(is.state.ID)); err != nil {
			return err
		}
	}
	return b.exec("UPDATE records SET bucket = ?, seq = ?, parent_kind = ?, parent_id = ?, version = ?, deleted = ?, state = ? WHERE org_id = ? AND kind = ? AND id = ?",
		is.state.Bucket, int64(is.state.Seq), parentKind, parent, is.version, deleted, blob, b.j.org, kindNumber(is.state.Kind), idBytes(is.state.ID))
}

func (b *batch) writeChanges(incarnation string) error {
	var inc any
	if id := idBytes(incarnation); id != nil {
		inc = id
	}
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
		err := b.exec("INSERT INTO changes (org_id, id, digest, incarnation, counter, author, device, received, hlc, node, kind, record_id, verb, version, outcome, lost, code, field, message, payload, effect)"+
			" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"+
			" ON CONFLICT (org_id, id) DO UPDATE SET received = excluded.received, hlc = excluded.hlc, node = excluded.node, version = excluded.version, outcome = excluded.outcome,"+
			" lost = excluded.lost, code = excluded.code, field = excluded.field, message = excluded.message, effect = excluded.effect",
			b.j.org, idBytes(c.ID), e.digest, inc, int64(e.counter), e.author, e.device, b.now.UnixMilli(), int64(e.stamp.HLC), int64(e.stamp.Node),
			k.Number, idBytes(c.RecordID), int(c.Verb), version, int(v.Outcome), joinNumbers(v.Lost), v.Code, v.Field, v.Message, e.payload, e.effect)
		if err != nil {
			return fmt.Errorf("write change %s: %w", c.ID, err)
		}
	}
	return nil
}
