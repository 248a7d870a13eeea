package local

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"sync"

	"github.com/rounds-field/rounds/sync/wire"
)

// books are what is known of all buckets, as the last committed transaction that took records left it: there may be thousands of them, of which hardly one
// changes at a time, and this program alone has the workbook open. The zero value knows nothing yet.
type books struct {
	mu    sync.Mutex
	turn  uint64            // counts who took them
	of    map[string]bucket // nil while somebody has them, and when they have to be read anew
	names []string          // of all, sorted; nil when they have to be sorted anew
}

// take hands the books to a transaction, nil when they have to be read. Until that transaction gives them back nobody finds any, so that after a failed one,
// of which nobody knows what it left, they are read anew.
func (b *books) take() (of map[string]bucket, turn uint64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	of = b.of
	b.of = nil
	b.turn++
	return of, b.turn
}

// giveBack puts the books of a committed transaction in place, unless another has begun since.
func (b *books) giveBack(of map[string]bucket, turn uint64, names bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.turn != turn {
		return
	}
	b.of = of
	if names {
		b.names = nil
	}
}

// cursors gives the cursors of all buckets that are not to be taken anew, but for those that are given already, and whether they are known.
func (b *books) cursors(given map[string]bool) ([]wire.Cursor, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.of == nil {
		return nil, false
	}
	if b.names == nil {
		b.names = sortedKeys(b.of)
	}
	out := make([]wire.Cursor, 0, len(b.names))
	for _, name := range b.names {
		if of := b.of[name]; !of.retake && !given[name] {
			out = append(out, of.cursor)
		}
	}
	return out, true
}

// openBooks takes the books for a transaction, and has them given back with its changes once it is committed.
func (p *pulling) openBooks(ctx context.Context) error {
	of, turn := p.s.books.take()
	read := of == nil
	if read {
		var err error
		if of, err = p.readBooks(ctx); err != nil {
			return err
		}
	}
	p.books = of
	for name, b := range of {
		if b.retake {
			p.came[name] = map[string]bool{}
		}
	}
	p.hooks = append(p.hooks, func() {
		before := len(of)
		for name := range p.dropped {
			delete(of, name)
		}
		others := read || len(of) != before
		for name, b := range p.buckets {
			if !b.dirty {
				continue
			}
			_, known := of[name]
			others = others || !known
			b.dirty = false
			of[name] = *b
		}
		p.s.books.giveBack(of, turn, others)
	})
	return nil
}

func (p *pulling) readBooks(ctx context.Context) (map[string]bucket, error) {
	rows, err := p.QueryContext(ctx, "SELECT bucket, epoch, seq, chain, sum, count, retake FROM wb_bucket")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]bucket{}
	for rows.Next() {
		var b bucket
		var epoch, seq, chain, count int64
		var sum []byte
		if err := rows.Scan(&b.cursor.Bucket, &epoch, &seq, &chain, &sum, &count, &b.retake); err != nil {
			return nil, err
		}
		b.cursor.Epoch, b.cursor.Seq, b.cursor.Chain, b.count = uint64(epoch), uint64(seq), uint64(chain), uint64(count)
		b.sum = wire.SumFrom(sum)
		out[b.cursor.Bucket] = b
	}
	return out, rows.Err()
}

// held gives what is kept of a bucket, nil when it is not held. To alter it, use bucket.
func (p *pulling) held(name string) *bucket {
	if b, ok := p.buckets[name]; ok {
		return b
	}
	was, ok := p.books[name]
	if !ok || p.dropped[name] {
		return nil
	}
	p.buckets[name] = &was
	return &was
}

// bucket gives what is kept of a bucket, to be altered; one that is not held is from now on.
func (p *pulling) bucket(name string) *bucket {
	b := p.held(name)
	if b == nil {
		b = &bucket{cursor: wire.Cursor{Bucket: name}}
		p.buckets[name] = b
	}
	b.dirty = true
	return b
}

// drop lets go of a bucket.
func (p *pulling) drop(name string) {
	delete(p.buckets, name)
	p.dropped[name] = true
}

// names gives the names of all buckets that are held, sorted.
func (p *pulling) names() []string {
	out := sortedKeys(p.buckets)
	for name := range p.books {
		if _, ok := p.buckets[name]; !ok && !p.dropped[name] {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// Cursors gives where this device stands in each bucket, including an unfinished checkpoint. Buckets that are to be taken anew have none.
func (s *Store) Cursors(ctx context.Context) ([]wire.Cursor, error) {
	var out []wire.Cursor
	var mark uint64
	err := s.db.Read(ctx, func(tx *sql.Tx) error {
		var err error
		if mark, err = metaUint(ctx, tx, "mark"); err != nil {
			return err
		}
		if out, err = readCursors(ctx, tx, "SELECT bucket, epoch, seq, chain FROM wb_stage_bucket"); err != nil {
			return err
		}
		given := make(map[string]bool, len(out))
		for _, c := range out {
			given[c.Bucket] = true
		}
		others, known := s.books.cursors(given)
		if !known {
			others, err = readCursors(ctx, tx, `SELECT bucket, epoch, seq, chain FROM wb_bucket
				WHERE retake = 0 AND bucket NOT IN (SELECT bucket FROM wb_stage_bucket) ORDER BY 1`)
		}
		if len(out) == 0 {
			out = others
			return err
		}
		out = append(out, others...)
		slices.SortFunc(out, func(a, b wire.Cursor) int { return strings.Compare(a.Bucket, b.Bucket) })
		return err
	})
	if err != nil {
		return nil, s.explain("read the cursors", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.passing = mark
	return out, nil
}

func readCursors(ctx context.Context, tx *sql.Tx, query string) ([]wire.Cursor, error) {
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []wire.Cursor
	for rows.Next() {
		var c wire.Cursor
		var epoch, seq, chain int64
		if err := rows.Scan(&c.Bucket, &epoch, &seq, &chain); err != nil {
			return nil, err
		}
		c.Epoch, c.Seq, c.Chain = uint64(epoch), uint64(seq), uint64(chain)
		out = append(out, c)
	}
	return out, rows.Err()
}
