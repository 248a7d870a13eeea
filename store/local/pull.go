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

// bucket is what the store keeps of one bucket.
type bucket struct {
	cursor wire.Cursor
	sum    wire.Sum
	count  uint64
	retake bool // its records are being sent from the beginning: what does not come again is gone
	dirty  bool
}

// pulling is one transaction that takes records of the server.
type pulling struct {
	*txn
	bulk      bool
	books     map[string]bucket          // as they were when this began; not altered before it is committed
	buckets   map[string]*bucket         // those of them that this has looked at or made
	dropped   map[string]bool            // buckets that this has let go of
	edited    map[string]bool            // records that have, or had when this began, live changes
	rebased   map[string]bool            // those of them whose server state came, so that they are as they shall be seen
	waiting   map[string]bool            // records that have live changes now; nil while that is not known
	shadowed  map[string]bool            // records that may have a shadow
	came      map[string]map[string]bool // for buckets that are taken anew: the records that came
	stmts     map[string]*sql.Stmt
	records   int
	conflicts int
	spoilt    bool              // a kept page cannot be read
	left      []sales.RecordRef // records that left this user's sight, if they did not come again elsewhere
	deferred  map[string]int    // kinds whose entries are made later, with the number of rows
}

func (s *Store) pull(ctx context.Context, doing string, fn func(p *pulling) error) error {
	return s.write(ctx, doing, func(t *txn) error {
		p := &pulling{
			txn: t, buckets: map[string]*bucket{}, dropped: map[string]bool{}, rebased: map[string]bool{}, came: map[string]map[string]bool{}, stmts: map[string]*sql.Stmt{},
			deferred: map[string]int{},
		}
		first, err := meta(ctx, t, "first_sync")
		if err != nil {
			return err
		}
		p.bulk = first == ""
		if err := p.openBooks(ctx); err != nil {
			return err
		}
		if p.shadowed, err = p.idSet(ctx, "SELECT record_id FROM wb_shadow"); err != nil {
			return err
		}
		if p.edited, err = p.idSet(ctx, liveRecords+" UNION SELECT record_id FROM wb_shadow"); err != nil {
			return err
		}
		if err := fn(p); err != nil {
			return err
		}
		return p.saveBuckets(ctx)
	})
}

// liveRecords selects the records over which changes lie.
const liveRecords = "SELECT DISTINCT record_id FROM wb_outbox WHERE state IN (0, 1, 3, 4)"

func (p *pulling) idSet(ctx context.Context, query string) (map[string]bool, error) {
	ids, err := texts(ctx, p, query)
	out := make(map[string]bool, len(ids))
	for _, id := range ids {
		out[id] = true
	}
	return out, err
}

func (p *pulling) saveBuckets(ctx context.Context) error {
	for _, name := range sortedKeys(p.buckets) {
		b := p.buckets[name]
		if !b.dirty {
			continue
		}
		sum := b.sum.Bytes()
		if _, err := p.ExecContext(ctx, `INSERT INTO wb_bucket (bucket, epoch, seq, chain, sum, count, retake) VALUES (?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (bucket) DO UPDATE SET epoch = excluded.epoch, seq = excluded.seq, chain = excluded.chain, sum = excluded.sum,
			count = excluded.count, retake = excluded.retake`,
			name, int64(b.cursor.Epoch), int64(b.cursor.Seq), int64(b.cursor.Chain), sum[:], int64(b.count), b.retake); err != nil {
			return err
		}
	}
	return nil
}

// moveTo notes where this device stands in a bucket; one that stood there already is not written again.
func (p *pulling) moveTo(c wire.Cursor) {
	if b := p.held(c.Bucket); b == nil || b.cursor != c {
		p.bucket(c.Bucket).cursor = c
	}
}

// account moves a record's part from one bucket's sum to another's. A nil sum is no record.
func (p *pulling) account(oldBucket string, old []byte, newBucket string, next []byte) {
	if old != nil {
		b := p.bucket(oldBucket)
		b.sum, b.count = b.sum.Sub(wire.SumFrom(old)), b.count-1
	}
	if next != nil {
		b := p.bucket(newBucket)
		b.sum, b.count = b.sum.Add(wire.SumFrom(next)), b.count+1
	}
}

// Publish makes the staged pages and this last one visible at once.
func (s *Store) Publish(ctx context.Context, page wire.PullResponse) (replica.Published, error) {
	var out replica.Published
	s.mu.Lock()
	passing := s.passing
	s.mu.Unlock()
	var indexing, spoilt bool
	err := s.pull(ctx, "publish a checkpoint", func(p *pulling) error {
		out = replica.Published{}
		defer func() { spoilt = p.spoilt }()
		if p.bulk {
			if err := p.beginBulk(ctx, page); err != nil {
				return err
			}
		}
		passed, err := p.passSettled(ctx, passing)
		if err != nil {
			return err
		}
		if out.Reset, err = p.takeStaged(ctx); err != nil {
			return err
		}
		for _, b := range page.Buckets {
			if b.Reset && !slices.Contains(out.Reset, b.Bucket) {
				out.Reset = append(out.Reset, b.Bucket)
			}
		}
		if err := p.take(ctx, page); err != nil {
			return err
		}
		if err := p.sweep(ctx); err != nil {
			return err
		}
		if err := p.dropLost(ctx, &page); err != nil {
			return err
		}
		for _, c := range passed { // those whose records did not come: nothing of them is left to see
			if p.edited[c.RecordID] && !p.rebased[c.RecordID] {
				if err := p.rebaseKept(ctx, c); err != nil {
					return err
				}
				p.rebased[c.RecordID] = true
			}
		}
		if err := p.retireSeeds(ctx); err != nil {
			return err
		}
		if err := p.releaseSome(ctx); err != nil {
			return err
		}
		if err := p.forgetLeft(ctx); err != nil {
			return err
		}
		if err := p.followRole(ctx); err != nil {
			return err
		}
		if err := p.settleDoubts(ctx); err != nil {
			return err
		}
		if out.Mismatched, err = p.compare(ctx, &page); err != nil {
			return err
		}
		if p.bulk {
			if indexing, err = p.endBulk(ctx); err != nil {
				return err
			}
		}
		staged, err := metaUint(ctx, p, "staged")
		if err != nil {
			return err
		}
		out.Records, out.Conflicts, out.Kinds = int(staged)+len(page.Records), p.conflicts, sortedKeys(p.kinds)
		return setMetaUint(ctx, p, "staged", 0)
	})
	if err != nil && spoilt {
		err = errors.Join(err, s.dropStaged(ctx))
	}
	if err != nil {
		return replica.Published{}, err
	}
	s.goOn()
	if indexing {
		s.startIndexing()
	}
	return out, nil
}

// passSettled lets go of the settled changes whose results are in what is being published, and gives what they changed.
func (p *pulling) passSettled(ctx context.Context, passing uint64) ([]*change, error) {
	list, err := p.settledRecords(ctx, passing)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	if _, err = p.ExecContext(ctx, "UPDATE wb_outbox SET state = 2 WHERE state = 1 AND mark <= ?", int64(passing)); err != nil {
		return nil, err
	}
	p.waiting, err = p.idSet(ctx, liveRecords)
	return list, err
}

// settledRecords gives one change, with no more than kind and id, for each record that has settled ones.
func (p *pulling) settledRecords(ctx context.Context, passing uint64) ([]*change, error) {
	rows, err := p.QueryContext(ctx, "SELECT kind, record_id FROM wb_outbox WHERE state = 1 AND mark <= ? GROUP BY record_id ORDER BY min(pos)", int64(passing))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []*change
	for rows.Next() {
		c := &change{}
		if err := rows.Scan(&c.Kind, &c.RecordID); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, rows.Err()
}

func (p *pulling) rebaseKept(ctx context.Context, c *change) error {
	tb, ok := tables[c.Kind]
	if !ok {
		return nil
	}
	server, err := p.server(ctx, tb, c.RecordID)
	if err != nil {
		return err
	}
	return p.rebase(ctx, tb, c.RecordID, server)
}

// take puts the records of a page into the tables and moves the cursors.
func (p *pulling) take(ctx context.Context, page wire.PullResponse) error {
	for _, b := range page.Buckets {
		if b.Reset {
			p.came[b.Bucket] = map[string]bool{}
		}
		p.moveTo(b.Cursor)
	}
	for i := range page.Records {
		if err := p.put(ctx, &page.Records[i]); err != nil {
			return err
		}
	}
	if p.bulk && page.More {
		// A bucket that turned out to be another one in the middle of the first sync: what came of it before is gone.
		return p.sweep(ctx)
	}
	return nil
}

// put takes one server state.
func (p *pulling) put(ctx context.Context, st *wire.RecordState) error {
	p.records++
	if ids, ok := p.came[st.Bucket]; ok && !st.Deleted && !st.Moved {
		ids[st.ID] = true
	}
	tb, ok := tables[st.Kind]
	if !ok {
		return p.putForeign(ctx, st)
	}
	if p.bulk && !p.edited[st.ID] && !st.Deleted && !st.Moved {
		done, err := p.putNew(ctx, tb, st)
		if err != nil || done {
			return err
		}
	}
	seen, old, err := p.present(ctx, tb, st.ID)
	if err != nil {
		return err
	}
	if st.Deleted || st.Moved {
		if old == nil || st.Moved && old.Bucket != st.Bucket {
			return nil
		}
		return p.takeAway(ctx, tb, old, st.Deleted, st)
	}
	if st.Kind == "conflict" && old == nil && openConflict(st) {
		p.conflicts++
	}
	if err := p.rememberPulled(ctx, tb.kind, old, st); err != nil {
		return err
	}
	if old != nil {
		p.account(old.Bucket, sumBytes(old), "", nil)
	}
	p.account("", nil, st.Bucket, sumBytes(st))
	if !p.edited[st.ID] {
		return p.show(ctx, tb, st.ID, st, nil, seen)
	}
	p.rebased[st.ID] = true
	var changes []*change
	if p.waiting == nil || p.waiting[st.ID] {
		if changes, err = live(ctx, p, st.ID); err != nil {
			return err
		}
	}
	if len(changes) > 0 || p.shadowed[st.ID] {
		if err := p.keepShadow(ctx, tb, st.ID, st, changes); err != nil {
			return err
		}
		p.shadowed[st.ID] = true
	}
	return p.show(ctx, tb, st.ID, st, changes, seen)
}

// present reads what is seen of a record, and the last server state of it; nil where there is none.
func (p *pulling) present(ctx context.Context, tb *table, id string) (seen *row, server *wire.RecordState, err error) {
	seen, err = tb.load(ctx, p, id)
	if errors.Is(err, errDamaged) {
		// It is taken for none, and the books for wrong: the comparison that follows mends both.
		p.s.log.Warn("a damaged row is written anew", "kind", tb.kind.Name, "record", id, "error", err)
		_, err = p.dropRow(ctx, tb, id)
	}
	if err != nil {
		return nil, nil, err
	}
	if p.shadowed[id] {
		server, err = shadow(ctx, p, id)
		if errors.Is(err, errDamaged) {
			p.s.log.Warn("a damaged server state is left out", "kind", tb.kind.Name, "record", id, "error", err)
			server, err = nil, nil
		}
		if err != nil || server != nil {
			return seen, server, err
		}
	}
	if seen != nil && seen.rec.Bucket != "" {
		server = seen.state(tb.kind)
	}
	return seen, server, nil
}

func openConflict(st *wire.RecordState) bool {
	s := st.Record().Text("status")
	return s == "" || s == "open"
}
