package central

import (
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/rounds-field/rounds/sync/wire"
)

const kindAttachment = "attachment"

// refFiles keeps in step which contents the attachments among the changed records name.
func (b *batch) refFiles(dirty []key) error {
	var released []string
	for _, k := range dirty {
		if k.kind != kindAttachment {
			continue
		}
		next, prev := contentOf(b.rows[k]), contentOf(b.original[k])
		if next == prev {
			continue
		}
		if prev != "" {
			released = append(released, prev)
		}
		if err := b.refFile(k.id, next); err != nil {
			return fmt.Errorf("note the file of attachment %s: %w", k.id, err)
		}
	}
	slices.Sort(released) // so that nobody waits for one who waits for them
	for _, h := range slices.Compact(released) {
		hash, err := hex.DecodeString(h)
		if err != nil {
			continue // a hash that is none, from before that was refused
		}
		// Somebody may have an edit of the attachment that is not sent yet: its file is kept as long as one that was just offered.
		if err := b.exec("UPDATE files SET touched = ? WHERE org_id = ? AND hash = ?", b.now.UnixMilli(), b.j.org, hash); err != nil {
			return fmt.Errorf("note when file %s was let go of: %w", h, err)
		}
	}
	return nil
}

func (b *batch) refFile(id, hash string) error {
	raw, err := hex.DecodeString(hash)
	if err != nil || len(raw) == 0 {
		return b.exec("DELETE FROM file_refs WHERE org_id = ? AND record_id = ?", b.j.org, idBytes(id))
	}
	return b.exec("INSERT INTO file_refs (org_id, record_id, hash) VALUES (?, ?, ?) ON CONFLICT (org_id, record_id) DO UPDATE SET hash = excluded.hash",
		b.j.org, idBytes(id), raw)
}

// contentOf is the hash that a live attachment names, "" for none. A deleted one names none: where it comes back, that is an edit too.
func contentOf(r *row) string {
	if !r.live() {
		return ""
	}
	return r.state.Record().Text("sha256")
}

// mayFetch says whether a live attachment in a bucket that the caller sees names a content.
func (j *Journal) mayFetch(ctx context.Context, tx *sql.Tx, caller wire.Caller, hash []byte) (bool, error) {
	tree, err := j.territories(ctx, tx)
	if err != nil {
		return false, err
	}
	rows, err := tx.QueryContext(ctx, j.sql.bind("SELECT DISTINCT r.bucket FROM file_refs f JOIN records r ON r.org_id = f.org_id AND r.kind = ? AND r.id = f.record_id"+
		" WHERE f.org_id = ? AND f.hash = ? AND r.deleted = 0"), kindNumber(kindAttachment), j.org, hash)
	if err != nil {
		return false, fmt.Errorf("look for attachments: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var bucket string
		if err := rows.Scan(&bucket); err != nil {
			return false, fmt.Errorf("look for attachments: %w", err)
		}
		if caller.Sees(tree, bucket) {
			return true, nil
		}
	}
	return false, rows.Err()
}
