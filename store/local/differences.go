package local

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

// compare gives the buckets whose sum or number of records differs from the server's, among those that a last page names.
func (p *pulling) compare(ctx context.Context, page *wire.PullResponse) ([]string, error) {
	var out, agreeing []string
	for i := range page.Buckets {
		b := &page.Buckets[i]
		have := p.held(b.Bucket) // every named one is there since take
		if have.sum == wire.SumFrom(b.Checksum[:]) && have.count == b.Count {
			agreeing = append(agreeing, b.Bucket)
			continue
		}
		p.s.log.Warn("bucket differs from the server", "bucket", b.Bucket, "records", have.count, "expected", b.Count)
		out = append(out, b.Bucket)
	}
	if err := p.settleDifferences(ctx, agreeing); err != nil {
		return nil, err
	}
	return out, p.noteCompared(ctx, page.Brief, out)
}

// noteCompared notes when all buckets were compared. A difference that nobody has reported is to be found again by the next pull, if it was not repaired: a
// brief answer names a bucket only when it moves.
func (p *pulling) noteCompared(ctx context.Context, brief bool, differing []string) error {
	reported, err := differences(ctx, p)
	if err != nil {
		return err
	}
	for _, bucket := range differing {
		if !slices.ContainsFunc(reported, func(d sales.Difference) bool { return d.Bucket == bucket }) {
			return setMetaUint(ctx, p, "compared", 0)
		}
	}
	if brief {
		return nil
	}
	return setMetaUint(ctx, p, "compared", uint64(p.s.now().UnixMilli()))
}

// settleDifferences forgets the reports on buckets that agree again, or are not held any more.
func (p *pulling) settleDifferences(ctx context.Context, agreeing []string) error {
	list, err := differences(ctx, p)
	if err != nil || len(list) == 0 {
		return err
	}
	before := len(list)
	list = slices.DeleteFunc(list, func(d sales.Difference) bool {
		return p.held(d.Bucket) == nil || slices.Contains(agreeing, d.Bucket)
	})
	if len(list) == before {
		return nil
	}
	return keepDifferences(ctx, p, list)
}

func differences(ctx context.Context, q querier) ([]sales.Difference, error) {
	text, err := meta(ctx, q, "differences")
	if err != nil || text == "" {
		return nil, err
	}
	var list []sales.Difference
	err = json.Unmarshal([]byte(text), &list)
	return list, err
}

func keepDifferences(ctx context.Context, e execer, list []sales.Difference) error {
	b, err := json.Marshal(list)
	if err != nil {
		return err
	}
	return setMeta(ctx, e, "differences", string(b))
}

// Differences gives the buckets that stayed different from the server after they were repaired. They are kept on this device only.
func (s *Store) Differences(ctx context.Context) ([]sales.Difference, error) {
	list, err := differences(ctx, s.reading)
	return list, s.explain("read what differs from the server", err)
}

// Differs keeps the report on a bucket, in place of an earlier one.
func (s *Store) Differs(ctx context.Context, d sales.Difference) error {
	s.log.Error("a bucket differs from the server also after repair", "bucket", d.Bucket, "what", d.String())
	return s.write(ctx, "keep what differs from the server", func(t *txn) error {
		list, err := differences(ctx, t)
		if err != nil {
			return err
		}
		list = slices.DeleteFunc(list, func(o sales.Difference) bool { return o.Bucket == d.Bucket })
		if err := setMetaUint(ctx, t, "compared", uint64(s.now().UnixMilli())); err != nil { // with this all is told
			return err
		}
		return keepDifferences(ctx, t, append(list, d))
	})
}

// Compared says when a checkpoint last compared all buckets; the zero time when that is to be done now, because it never was, because one differs, because a bucket is being
// taken anew, or because pages were kept already of a checkpoint that was cut: about those a brief answer says nothing.
func (s *Store) Compared(ctx context.Context) (time.Time, error) {
	var at time.Time
	err := s.db.Read(ctx, func(tx *sql.Tx) error {
		var retaking bool
		if err := tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM wb_bucket WHERE retake = 1) OR EXISTS (SELECT 1 FROM wb_stage_bucket)").Scan(&retaking); err != nil || retaking {
			return err
		}
		ms, err := metaUint(ctx, tx, "compared")
		if ms > 0 {
			at = time.UnixMilli(int64(ms))
		}
		return err
	})
	return at, s.explain("read when the sums were compared", err)
}
