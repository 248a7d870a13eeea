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
	at   treeState
	tree sales.TerritoryTree
}

// treeState names a state. The chain is part of it: a transaction that was undone gave numbers that are given again, to other records.
type treeState struct{ epoch, seq, chain int64 }

// territories gives the territory tree of the transaction's snapshot. It is read anew only after the organisation's bucket has changed.
func (j *Journal) territories(ctx context.Context, tx *sql.Tx) (sales.TerritoryTree, error) {
	at, err := j.treeState(ctx, tx)
	if err != nil || at == (treeState{}) {
		return sales.TerritoryTree{}, err
	}
	for {
		j.mu.Lock()
		cached := j.tree
		j.mu.Unlock()
		if cached.tree != nil && cached.at == at {
			return cached.tree, nil
		}
		tree := sales.TerritoryTree{}
		err := j.each(ctx, tx, "territory", func(r sales.Record) {
			tree[r.Text("code")] = r.Text("parent_code")
		})
		if err != nil {
			return nil, fmt.Errorf("read the territories: %w", err)
		}
		// A writing transaction has no snapshot: another one may have committed in between.
		now, err := j.treeState(ctx, tx)
		if err != nil {
			return nil, err
		}
		if now != at {
			at = now
			continue
		}
		j.mu.Lock()
		j.tree = treeCache{at, tree}
		j.mu.Unlock()
		return tree, nil
	}
}

// treeState reads the state of the organisation's bucket; zero when there is none.
func (j *Journal) treeState(ctx context.Context, tx *sql.Tx) (treeState, error) {
	var s treeState
	err := tx.QueryRowContext(ctx, j.sql.bind("SELECT epoch, seq, chain FROM buckets WHERE org_id = ? AND bucket = ?"), j.org, sales.OrganisationBucket).
		Scan(&s.epoch, &s.seq, &s.chain)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return treeState{}, fmt.Errorf("read the organisation's bucket: %w", err)
	}
	return s, nil
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
