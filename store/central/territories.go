package central

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/rounds-field/rounds/sales"
)

// treeCache is the territory tree as of a state of the organisation's bucket, in which every territory lives.
type treeCache struct {
	epoch, seq int64
	tree       sales.TerritoryTree
}

// territories gives the territory tree of the transaction's snapshot. It is read anew only after the organisation's bucket has changed.
func (j *Journal) territories(ctx context.Context, tx *sql.Tx) (sales.TerritoryTree, error) {
	var epoch, seq int64
	err := tx.QueryRowContext(ctx, j.sql.bind("SELECT epoch, seq FROM buckets WHERE org_id = ? AND bucket = ?"), j.org, sales.OrganisationBucket).Scan(&epoch, &seq)
	if errors.Is(err, sql.ErrNoRows) {
		return sales.TerritoryTree{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the organisation's bucket: %w", err)
	}
	j.mu.Lock()
	cached := j.tree
	j.mu.Unlock()
	if cached.tree != nil && cached.epoch == epoch && cached.seq == seq {
		return cached.tree, nil
	}
	tree := sales.TerritoryTree{}
	err = j.each(ctx, tx, "territory", func(r sales.Record) {
		tree[r.Text("code")] = r.Text("parent_code")
	})
	if err != nil {
		return nil, fmt.Errorf("read the territories: %w", err)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.tree = treeCache{epoch, seq, tree}
	return tree, nil
}

// each reads every live record of a kind.
func (j *Journal) each(ctx context.Context, tx *sql.Tx, kind string, f func(sales.Record)) error {
	rows, err := tx.QueryContext(ctx, j.sql.bind("SELECT bucket, seq, state FROM records WHERE org_id = ? AND kind = ? AND deleted = 0 ORDER BY id"), j.org, kindNumber(kind))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var bucket string
		var seq int64
		var blob []byte
		if err := rows.Scan(&bucket, &seq, &blob); err != nil {
			return err
		}
		state, err := decodeState(blob, bucket, seq)
		if err != nil {
			return err
		}
		f(state.Record())
	}
	return rows.Err()
}
