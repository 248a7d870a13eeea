package central

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/rounds-field/rounds/store"
)

// ChunksGone forgets chunks, named by their keys, that are not in the blob store any more. The files that they were part of are not whole any longer: who has
// one and offers it hears which chunks are missing.
func (j *Journal) ChunksGone(ctx context.Context, blobs []string) error {
	err := j.writeFiles(ctx, func(tx *sql.Tx) error {
		for _, blob := range blobs {
			if _, err := tx.ExecContext(ctx, j.sql.bind("UPDATE files SET ready = 0 WHERE org_id = ? AND hash IN (SELECT p.hash FROM file_parts p"+
				" JOIN file_chunks c ON c.org_id = p.org_id AND c.chunk = p.chunk WHERE c.org_id = ? AND c.blob = ?)"), j.org, j.org, blob); err != nil {
				return fmt.Errorf("note that files are not whole: %w", err)
			}
			if _, err := tx.ExecContext(ctx, j.sql.bind("DELETE FROM file_chunks WHERE org_id = ? AND blob = ?"), j.org, blob); err != nil {
				return fmt.Errorf("forget chunk %s: %w", blob, err)
			}
		}
		return nil
	})
	return store.Explain("forget chunks that are gone", err)
}
