package local

import (
	"context"
	"database/sql"
	"errors"

	"github.com/rounds-field/rounds/sync/wire"
)

// putForeign keeps a record of a kind that this program does not know, so that a later version finds it and the sums agree.
func (p *pulling) putForeign(ctx context.Context, st *wire.RecordState) error {
	var bucket string
	var old []byte
	err := p.QueryRowContext(ctx, "SELECT bucket, sum FROM wb_foreign WHERE record_id = ?", st.ID).Scan(&bucket, &old)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if st.Deleted || st.Moved {
		if old == nil || st.Moved && bucket != st.Bucket {
			return nil
		}
		p.account(bucket, old, "", nil)
		_, err := p.ExecContext(ctx, "DELETE FROM wb_foreign WHERE record_id = ?", st.ID)
		return err
	}
	sum := sumBytes(st)
	p.account(bucket, old, st.Bucket, sum)
	text, err := encodeState(st)
	if err != nil {
		return err
	}
	_, err = p.ExecContext(ctx, `INSERT INTO wb_foreign (record_id, kind, bucket, state, sum) VALUES (?, ?, ?, ?, ?) ON CONFLICT (record_id)
		DO UPDATE SET bucket = excluded.bucket, state = excluded.state, sum = excluded.sum`, st.ID, st.Kind, st.Bucket, text, sum)
	return err
}

func (p *pulling) dropForeign(ctx context.Context, name string, keep map[string]bool) error {
	ids, err := texts(ctx, p, "SELECT record_id FROM wb_foreign WHERE bucket = ?", name)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if keep[id] {
			continue
		}
		if err := p.putForeign(ctx, &wire.RecordState{ID: id, Bucket: name, Deleted: true}); err != nil {
			return err
		}
	}
	return nil
}
