package central

import (
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/rounds-field/rounds/store"
)

// FilesCollected is what a collection let go of.
type FilesCollected struct {
	Files []string // hashes of files that nobody names any more
	Blobs []string // keys of chunks that no file is made of any more: to be deleted in the blob store, now that nobody finds them
}

// CollectFiles forgets the files that no live attachment names and that nobody has offered, nor any attachment let go of, since before; and the chunks
// of which no file is made any more. It may run beside uploads, on several servers: a chunk that comes again gets another key.
func (j *Journal) CollectFiles(ctx context.Context, before time.Time) (FilesCollected, error) {
	var out FilesCollected
	err := j.writeFiles(ctx, func(tx *sql.Tx) error {
		out = FilesCollected{}
		hashes, err := j.blobs(ctx, tx, "SELECT hash FROM files f WHERE f.org_id = ? AND f.touched < ?"+
			" AND NOT EXISTS (SELECT 1 FROM file_refs r WHERE r.org_id = f.org_id AND r.hash = f.hash) ORDER BY hash", j.org, before.UnixMilli())
		if err != nil {
			return err
		}
		for _, h := range hashes {
			if err := j.dropFile(ctx, tx, h); err != nil {
				return err
			}
			out.Files = append(out.Files, hex.EncodeToString(h))
		}
		unused := "NOT EXISTS (SELECT 1 FROM file_parts p WHERE p.org_id = file_chunks.org_id AND p.chunk = file_chunks.chunk)"
		keys, err := j.blobs(ctx, tx, "SELECT blob FROM file_chunks WHERE org_id = ? AND "+unused+" ORDER BY blob", j.org)
		if err != nil {
			return err
		}
		for _, k := range keys {
			out.Blobs = append(out.Blobs, string(k))
		}
		_, err = tx.ExecContext(ctx, j.sql.bind("DELETE FROM file_chunks WHERE org_id = ? AND "+unused), j.org)
		return err
	})
	return out, store.Explain("collect files that nobody names", err)
}

func (j *Journal) dropFile(ctx context.Context, tx *sql.Tx, hash []byte) error {
	for _, table := range []string{"file_parts", "files"} {
		if _, err := tx.ExecContext(ctx, j.sql.bind("DELETE FROM "+table+" WHERE org_id = ? AND hash = ?"), j.org, hash); err != nil {
			return fmt.Errorf("forget a file: %w", err)
		}
	}
	return nil
}

// blobs reads one column.
func (j *Journal) blobs(ctx context.Context, tx *sql.Tx, query string, args ...any) ([][]byte, error) {
	rows, err := tx.QueryContext(ctx, j.sql.bind(query), args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out [][]byte
	for rows.Next() {
		var b []byte
		if err := rows.Scan(&b); err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, rows.Err()
}

// ChunkBlobs calls yield with the key and size of every chunk that is there, in order of key.
func (j *Journal) ChunkBlobs(ctx context.Context, yield func(key string, size int64) error) error {
	err := j.db.Read(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, j.sql.bind("SELECT blob, size FROM file_chunks WHERE org_id = ? ORDER BY blob"), j.org)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var key string
			var size int64
			if err := rows.Scan(&key, &size); err != nil {
				return err
			}
			if err := yield(key, size); err != nil {
				return err
			}
		}
		return rows.Err()
	})
	return store.Explain("list the chunks of files", err)
}

// HasBlob says whether a key of the blob store is that of a chunk.
func (j *Journal) HasBlob(ctx context.Context, chunk, blob string) (bool, error) {
	b, err := hashBytes(chunk)
	if err != nil {
		return false, err
	}
	var n int
	err = j.db.Read(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, j.sql.bind("SELECT count(*) FROM file_chunks WHERE org_id = ? AND chunk = ? AND blob = ?"), j.org, b, blob).Scan(&n)
	})
	return n > 0, store.Explain("look up a chunk", err)
}

// HasFile says whether there is a manifest of a content.
func (j *Journal) HasFile(ctx context.Context, hash string) (bool, error) {
	b, err := hashBytes(hash)
	if err != nil {
		return false, err
	}
	var n int
	err = j.db.Read(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, j.sql.bind("SELECT count(*) FROM files WHERE org_id = ? AND hash = ?"), j.org, b).Scan(&n)
	})
	return n > 0, store.Explain("look up a file", err)
}
