package central

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/rounds-field/rounds/sync/wire"
)

// forgot says whether a change that a device was told to be taken is not here: then the database was put back from a backup. The device's cursors do not
// always tell, for it may not have pulled since. at is when it came in, as the device was told, in Unix seconds rounded up, 0 when not known: a change that came in later
// than that came in again, out of its turn, by a message that was long on its way, and what had come in before it is missing.
func (j *Journal) forgot(ctx context.Context, tx *sql.Tx, change string, at uint32) (bool, error) {
	id := idBytes(change)
	if id == nil {
		return false, nil
	}
	var outcome int
	var received int64
	err := tx.QueryRowContext(ctx, j.sql.bind("SELECT outcome, received FROM changes WHERE org_id = ? AND id = ?"), j.org, id).Scan(&outcome, &received)
	if errors.Is(err, sql.ErrNoRows) {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for an acknowledged change: %w", err)
	}
	return outcome != int(wire.Applied) && outcome != int(wire.Merged) || at > 0 && received > int64(at)*1000, nil
}
