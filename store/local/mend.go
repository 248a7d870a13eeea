package local

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/replica"
	"github.com/rounds-field/rounds/sync/wire"
)

// Parts gives each record's part in the sum of a bucket, as the records have it and not the books, and where this device stands in it.
func (s *Store) Parts(ctx context.Context, bucket string, f func(wire.RecordSum)) (wire.Cursor, error) {
	c := wire.Cursor{Bucket: bucket}
	err := s.db.Read(ctx, func(tx *sql.Tx) error {
		var epoch, seq, chain int64
		err := tx.QueryRowContext(ctx, "SELECT epoch, seq, chain FROM wb_bucket WHERE bucket = ?", bucket).Scan(&epoch, &seq, &chain)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		c.Epoch, c.Seq, c.Chain = uint64(epoch), uint64(seq), uint64(chain)
		return eachPart(ctx, tx, bucket, f)
	})
	return c, s.explain("add up bucket "+bucket, err)
}

// eachPart gives the parts of the records of one bucket: of those with edits on top from the server's state, which is kept beside the row.
func eachPart(ctx context.Context, q querier, bucket string, f func(wire.RecordSum)) error {
	shadowed := map[string]bool{}
	shadows, err := texts(ctx, q, "SELECT state FROM wb_shadow")
	if err != nil {
		return err
	}
	for _, text := range shadows {
		st, err := decodeState(text)
		if err != nil {
			continue // a damaged one is as none: the record is fetched again
		}
		shadowed[st.ID] = true
		if st.Bucket == bucket {
			f(wire.RecordSum{Kind: st.Kind, ID: st.ID, Sum: wire.ChecksumOf(st)})
		}
	}
	for _, k := range sales.Kinds() {
		err := partsOf(ctx, q, k.Name, "SELECT id, _sum FROM "+tables[k.Name].name+" WHERE _bucket = ?", bucket, func(r wire.RecordSum) {
			if !shadowed[r.ID] {
				f(r)
			}
		})
		if err != nil {
			return err
		}
	}
	return partsOf(ctx, q, "", "SELECT record_id, sum FROM wb_foreign WHERE bucket = ?", bucket, f)
}

func partsOf(ctx context.Context, q querier, kind, query, bucket string, f func(wire.RecordSum)) error {
	rows, err := q.QueryContext(ctx, query, bucket)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var sum []byte
		if err := rows.Scan(&id, &sum); err != nil {
			return err
		}
		f(wire.RecordSum{Kind: kind, ID: id, Sum: wire.SumFrom(sum)})
	}
	return rows.Err()
}

// Mend puts and drops exactly the given records of a bucket, makes its books anew from its records, and says whether they then agree with the server's. What the
// user has written over a record stays over it, and the outbox as it is.
func (s *Store) Mend(ctx context.Context, m replica.Mending) (replica.Mended, error) {
	var out replica.Mended
	err := s.pull(ctx, "mend bucket "+m.Cursor.Bucket, func(p *pulling) error {
		out = replica.Mended{}
		var staged bool
		if err := p.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM wb_stage_bucket)").Scan(&staged); err != nil {
			return err
		}
		b := p.held(m.Cursor.Bucket)
		if b == nil || b.cursor != m.Cursor || b.retake || staged || p.bulk {
			out.Moved = true
			return errNothing
		}
		books := map[string]bool{m.Cursor.Bucket: true}
		for i := range m.Put {
			if err := p.replace(ctx, &m.Put[i], books); err != nil {
				return err
			}
		}
		for _, r := range m.Drop {
			if err := p.discard(ctx, r, m.Cursor.Bucket); err != nil {
				return err
			}
		}
		for _, name := range sortedKeys(books) {
			if err := p.recount(ctx, name); err != nil {
				return err
			}
		}
		out.Agrees = b.sum == m.Checksum && b.count == m.Count
		if !out.Agrees {
			return nil
		}
		return p.settleDifferences(ctx, []string{m.Cursor.Bucket})
	})
	return out, err
}

// recount makes the books of a bucket anew; one that is not held has none.
func (p *pulling) recount(ctx context.Context, name string) error {
	b := p.held(name)
	if b == nil {
		return nil
	}
	b.sum, b.count, b.dirty = wire.Sum{}, 0, true
	return eachPart(ctx, p, name, func(r wire.RecordSum) { b.sum, b.count = b.sum.Add(r.Sum), b.count+1 })
}

// replace writes a record anew from the server's state. What is there is not read, for it may be damaged; only the bucket that it was counted in is.
func (p *pulling) replace(ctx context.Context, st *wire.RecordState, books map[string]bool) error {
	tb, ok := tables[st.Kind]
	if !ok {
		return p.replaceForeign(ctx, st, books)
	}
	was, err := p.dropRow(ctx, tb, st.ID)
	if err != nil {
		return err
	}
	books[was] = true
	var changes []*change
	if p.edited[st.ID] {
		if changes, err = live(ctx, p, st.ID); err != nil {
			return err
		}
		if err := p.keepShadow(ctx, tb, st.ID, st, changes); err != nil {
			return err
		}
	}
	return p.show(ctx, tb, st.ID, st, changes, nil)
}

// dropRow takes a record's row and search entry away and gives the bucket that it was in, "" for none.
func (t *txn) dropRow(ctx context.Context, tb *table, id string) (bucket string, err error) {
	err = t.QueryRowContext(ctx, "SELECT _bucket FROM "+tb.name+" WHERE id = ?", id).Scan(&bucket)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return bucket, t.removeRow(ctx, tb, id)
}

func (p *pulling) replaceForeign(ctx context.Context, st *wire.RecordState, books map[string]bool) error {
	was, err := texts(ctx, p, "SELECT bucket FROM wb_foreign WHERE record_id = ?", st.ID)
	if err != nil {
		return err
	}
	for _, name := range was {
		books[name] = true
	}
	text, err := encodeState(st)
	if err != nil {
		return err
	}
	_, err = p.ExecContext(ctx, `INSERT INTO wb_foreign (record_id, kind, bucket, state, sum) VALUES (?, ?, ?, ?, ?) ON CONFLICT (record_id)
		DO UPDATE SET bucket = excluded.bucket, state = excluded.state, sum = excluded.sum`, st.ID, st.Kind, st.Bucket, text, sumBytes(st))
	return err
}

// discard takes away what this device holds of a record in a bucket in which the server does not have it. Edits that wait stay in the outbox, and what they alone
// make stays in sight.
func (p *pulling) discard(ctx context.Context, r wire.RecordSum, bucket string) error {
	tb, ok := tables[r.Kind]
	if !ok {
		_, err := p.ExecContext(ctx, "DELETE FROM wb_foreign WHERE record_id = ? AND bucket = ?", r.ID, bucket)
		return err
	}
	if _, err := p.dropRow(ctx, tb, r.ID); err != nil {
		return err
	}
	if !p.edited[r.ID] {
		return nil
	}
	return p.rebase(ctx, tb, r.ID, nil)
}

// giveChecks gives rows their check that were written before there were any.
func (s *Store) giveChecks(ctx context.Context, bare map[string][]int64) error {
	for _, kind := range sortedKeys(bare) {
		tb := tables[kind]
		for part := range slices.Chunk(bare[kind], deepSlice) {
			err := s.db.Write(ctx, func(tx *sql.Tx) error {
				for _, number := range part {
					r, err := tb.scan(tx.QueryRowContext(ctx, tb.list+" WHERE _row = ?", number))
					if errors.Is(err, sql.ErrNoRows) {
						continue // gone meanwhile
					}
					if err != nil {
						return err
					}
					if err := tb.touch(ctx, tx, number, r); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				return s.explain("give "+kind+" their checks", err)
			}
		}
	}
	return nil
}
