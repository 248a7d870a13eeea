package local

import (
	"context"

	"github.com/rounds-field/rounds/sync/wire"
)

// Stage keeps one page of an unfinished checkpoint: durable, resumable, not visible. In the very first sync there is nothing yet that could
// be seen half new and half old, so its pages go straight into the tables.
func (s *Store) Stage(ctx context.Context, page wire.PullResponse) error {
	return s.pull(ctx, "keep a page", func(p *pulling) error {
		if page.Urgent {
			return p.stageUrgent(ctx, page)
		}
		staged, err := metaUint(ctx, p, "staged")
		if err != nil {
			return err
		}
		if err := setMetaUint(ctx, p, "staged", staged+uint64(len(page.Records))); err != nil {
			return err
		}
		if p.bulk {
			if err := p.beginBulk(ctx, page); err != nil {
				return err
			}
			return p.take(ctx, page)
		}
		var at int64
		if err := p.QueryRowContext(ctx, "SELECT coalesce(max(pos), 0) FROM wb_stage").Scan(&at); err != nil {
			return err
		}
		for _, b := range page.Buckets {
			reset := int64(-1)
			if b.Reset {
				reset = at
			}
			if _, err := p.ExecContext(ctx, `INSERT INTO wb_stage_bucket (bucket, epoch, seq, chain, reset_at) VALUES (?, ?, ?, ?, ?)
				ON CONFLICT (bucket) DO UPDATE SET epoch = excluded.epoch, seq = excluded.seq, chain = excluded.chain,
				reset_at = max(reset_at, excluded.reset_at)`,
				b.Bucket, int64(b.Epoch), int64(b.Seq), int64(b.Chain), reset); err != nil {
				return err
			}
		}
		add, err := p.PrepareContext(ctx, "INSERT INTO wb_stage (state) VALUES (?)")
		if err != nil {
			return err
		}
		defer add.Close()
		for i := range page.Records {
			text, err := encodeState(&page.Records[i])
			if err != nil {
				return err
			}
			if _, err := add.ExecContext(ctx, text); err != nil {
				return err
			}
		}
		return nil
	})
}

// stageUrgent shows what the user works with today before the rest of a first sync. No cursor moves: the same records come again in their places, and replace
// what is here.
func (p *pulling) stageUrgent(ctx context.Context, page wire.PullResponse) error {
	if !p.bulk {
		return nil // what is here is shown already
	}
	if err := p.beginBulk(ctx, page); err != nil {
		return err
	}
	for i := range page.Records {
		if err := p.put(ctx, &page.Records[i]); err != nil {
			return err
		}
	}
	return nil
}

func (p *pulling) takeStaged(ctx context.Context) (reset []string, err error) {
	resetAt, err := p.stagedBuckets(ctx)
	if err != nil {
		return nil, err
	}
	if len(resetAt) == 0 {
		return nil, nil
	}
	for _, name := range sortedKeys(resetAt) {
		if resetAt[name] >= 0 {
			reset = append(reset, name)
			p.came[name] = map[string]bool{}
		}
	}
	// The rows are read in slices: a checkpoint may be large, and the writer's one connection cannot read and write at once.
	for after := int64(0); ; {
		list, last, err := p.stagedAfter(ctx, after)
		if err != nil || len(list) == 0 {
			return reset, err
		}
		for i, st := range list {
			pos := last - int64(len(list)-1-i)
			if at, ok := resetAt[st.Bucket]; ok && at >= pos {
				continue // it came before the bucket's history turned out to be another one
			}
			if err := p.put(ctx, st); err != nil {
				return nil, err
			}
		}
		after = last
		if len(list) < stageSlice {
			break
		}
	}
	for _, query := range []string{"DELETE FROM wb_stage", "DELETE FROM wb_stage_bucket"} {
		if _, err := p.ExecContext(ctx, query); err != nil {
			return nil, err
		}
	}
	return reset, nil
}

func (p *pulling) stagedBuckets(ctx context.Context) (map[string]int64, error) {
	rows, err := p.QueryContext(ctx, "SELECT bucket, epoch, seq, chain, reset_at FROM wb_stage_bucket")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]int64{}
	for rows.Next() {
		var name string
		var epoch, seq, chain, at int64
		if err := rows.Scan(&name, &epoch, &seq, &chain, &at); err != nil {
			return nil, err
		}
		p.bucket(name).cursor = wire.Cursor{Bucket: name, Epoch: uint64(epoch), Seq: uint64(seq), Chain: uint64(chain)}
		out[name] = at
	}
	return out, rows.Err()
}

const stageSlice = 2000

func (p *pulling) stagedAfter(ctx context.Context, after int64) ([]*wire.RecordState, int64, error) {
	rows, err := p.QueryContext(ctx, "SELECT pos, state FROM wb_stage WHERE pos > ? ORDER BY pos LIMIT ?", after, stageSlice)
	if err != nil {
		return nil, 0, err
	}
	defer rows.Close()
	var out []*wire.RecordState
	for rows.Next() {
		var text string
		if err := rows.Scan(&after, &text); err != nil {
			return nil, 0, err
		}
		st, err := decodeState(text)
		if err != nil {
			p.spoilt = true
			return nil, 0, err
		}
		out = append(out, st)
	}
	return out, after, rows.Err()
}

// dropStaged throws kept pages away of which one cannot be read any more: the next pull brings them again.
func (s *Store) dropStaged(ctx context.Context) error {
	return s.write(ctx, "drop the pages of a checkpoint", func(t *txn) error {
		s.log.Warn("a kept page is damaged: all of the checkpoint are fetched again")
		for _, query := range []string{"DELETE FROM wb_stage", "DELETE FROM wb_stage_bucket"} {
			if _, err := t.ExecContext(ctx, query); err != nil {
				return err
			}
		}
		return setMetaUint(ctx, t, "staged", 0)
	})
}
