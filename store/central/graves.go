package central

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

// gone is the answer to a change of a record that was deleted.
func gone(c *wire.Change) *sales.Error {
	return &sales.Error{
		Code: sales.CodeGone, Kind: c.Kind, ID: c.RecordID, Message: "the record was deleted meanwhile",
		Hint: "keep your text by writing a new record, or undo the change",
	}
}

// buried says whether a record that is not there was deleted so long ago that its tombstone has been pruned.
func (b *batch) buried(k key) (bool, error) {
	if is, ok := b.graves[k]; ok {
		return is, nil
	}
	if kindNumber(k.kind) == 0 || idBytes(k.id) == nil {
		return false, nil
	}
	s, err := b.stmt("SELECT 1 FROM graves WHERE org_id = ? AND kind = ? AND id = ?")
	if err != nil {
		return false, err
	}
	var one int
	err = s.QueryRowContext(b.ctx, b.j.org, kindNumber(k.kind), idBytes(k.id)).Scan(&one)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return false, fmt.Errorf("look for a grave: %w", err)
	}
	b.graves[k] = err == nil
	return err == nil, nil
}

// prefetchGraves finds out which of the records that are not there were deleted long ago.
func (b *batch) prefetchGraves(kind string, ids []string) error {
	var missing []string
	for _, id := range ids {
		if b.rows[key{kind, id}] == nil {
			missing = append(missing, id)
			b.graves[key{kind, id}] = false
		}
	}
	if len(missing) == 0 {
		return nil
	}
	if some, err := b.anyGraves(); err != nil || !some {
		return err
	}
	return b.eachOf(wanted{columns: "id", table: "graves", kind: kind, column: "id"}, missing, func(rows *sql.Rows) error {
		var id []byte
		err := rows.Scan(&id)
		b.graves[key{kind, idText(id)}] = true
		return err
	})
}

// anyGraves spares the look for each record in the many organisations that have none. That there are none is asked anew each time: the first one may
// have been dug since, and what lies in it was looked for before.
func (b *batch) anyGraves() (bool, error) {
	if b.haveGraves {
		return true, nil
	}
	var one int
	err := b.tx.QueryRowContext(b.ctx, b.j.sql.bind("SELECT 1 FROM graves WHERE org_id = ? LIMIT 1"), b.j.org).Scan(&one)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return false, fmt.Errorf("look for graves: %w", err)
	}
	b.haveGraves = err == nil
	return b.haveGraves, nil
}

// forgotten gives the error of asking for a record that was deleted and forgotten; nil when that did not happen.
func (j *Journal) forgotten(ctx context.Context, tx *sql.Tx, k key) error {
	var at int64
	err := tx.QueryRowContext(ctx, j.sql.bind("SELECT at FROM graves WHERE org_id = ? AND kind = ? AND id = ?"), j.org, kindNumber(k.kind), idBytes(k.id)).Scan(&at)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look for a grave: %w", err)
	}
	return &sales.Error{Code: sales.CodeGone, Kind: k.kind, ID: k.id, Message: "the record was deleted long ago, and its history with it", Hint: "ask your administrator for a backup from before"}
}
