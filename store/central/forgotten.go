package central

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/rounds-field/rounds/sync/wire"
)

// forgot says whether a change that a device was told to be taken is not here: then the database was put back from a backup. The device's cursors do not
// always tell, for it may not have pulled since.
func (j *Journal) forgot(ctx context.Context, tx *sql.Tx, change string) (bool, error) {
	id := idBytes(change)
	if id == nil {
		return false, nil
	}
	var outcome int
	err := tx.QueryRowContext(ctx, j.sql.bind("SELECT outcome FROM changes WHERE org_id = ? AND id = ?"), j.org, id).Scan(&outcome)
	if errors.Is(err, sql.ErrNoRows) {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for an acknowledged change: %w", err)
	}
	return outcome != int(wire.Applied) && outcome != int(wire.Merged), nil
}
