package central

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store"
	"github.com/rounds-field/rounds/sync/files"
	"github.com/rounds-field/rounds/sync/wire"
)

// FileLimits bound what is kept of files, in bytes; 0 is no limit.
type FileLimits struct {
	File         int64 // of one file
	User         int64 // of all files that one user has uploaded
	Organisation int64 // of all files
}

// File is a content in the blob store.
type File struct {
	Hash      string
	Size      int64
	MediaType string
	Ready     bool
	Blobs     []string // keys of its chunks in order; "" for one that is not there
}

// OfferFile takes note of a manifest and says which chunks are still to be sent. A file that is whole already is ready at once. What was sent of it
// before counts, whoever sent it.
func (j *Journal) OfferFile(ctx context.Context, caller wire.Caller, m files.Manifest, limits FileLimits) (files.Status, error) {
	var status files.Status
	hash, err := hashBytes(m.Hash)
	if err != nil {
		return status, err
	}
	err = j.writeFiles(ctx, func(tx *sql.Tx) error {
		status = files.Status{}
		var ready int64
		err := tx.QueryRowContext(ctx, j.sql.bind("SELECT ready FROM files WHERE org_id = ? AND hash = ?"), j.org, hash).Scan(&ready)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		now := j.now().UnixMilli()
		if ready > 0 {
			status.Ready = true
			_, err := tx.ExecContext(ctx, j.sql.bind("UPDATE files SET touched = ? WHERE org_id = ? AND hash = ?"), now, j.org, hash)
			return err
		}
		if err := j.checkRoom(ctx, tx, caller, m, hash, limits); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, j.sql.bind("INSERT INTO files (org_id, hash, size, media_type, uploader, touched, ready) VALUES (?, ?, ?, ?, ?, ?, 0)"+
			" ON CONFLICT (org_id, hash) DO UPDATE SET size = excluded.size, media_type = excluded.media_type, uploader = excluded.uploader, touched = excluded.touched"),
			j.org, hash, m.Size, m.MediaType, caller.UserID, now); err != nil {
			return err
		}
		status.Missing, err = j.keepParts(ctx, tx, hash, m.Chunks)
		return err
	})
	return status, store.Explain("take the manifest of a file", err)
}

// checkRoom refuses a file that is too large, or for which there is no room.
func (j *Journal) checkRoom(ctx context.Context, tx *sql.Tx, caller wire.Caller, m files.Manifest, hash []byte, limits FileLimits) error {
	if limits.File > 0 && m.Size > limits.File {
		return &sales.Error{
			Code: sales.CodeTooLarge, Message: fmt.Sprintf("the file has %d bytes, over the limit of %d", m.Size, limits.File), Hint: "attach a smaller one",
			Args: map[string]any{"Limit": fmt.Sprintf("%d MB", limits.File>>20)},
		}
	}
	var own, all int64
	if err := tx.QueryRowContext(ctx, j.sql.bind("SELECT CAST(coalesce(sum(CASE WHEN uploader = ? THEN size ELSE 0 END), 0) AS BIGINT), CAST(coalesce(sum(size), 0) AS BIGINT)"+
		" FROM files WHERE org_id = ? AND hash <> ?"), caller.UserID, j.org, hash).Scan(&own, &all); err != nil {
		return fmt.Errorf("add up the files: %w", err)
	}
	full := func(whose string, used, limit int64) error {
		return &sales.Error{
			Code: sales.CodeQuota, Message: fmt.Sprintf("there is no room for %d bytes more: %s files take %d of %d", m.Size, whose, used, limit),
			Hint: "remove files that are not needed any more, or ask your administrator for more room",
		}
	}
	if limits.User > 0 && own+m.Size > limits.User {
		return full("your", own, limits.User)
	}
	if limits.Organisation > 0 && all+m.Size > limits.Organisation {
		return full("the organisation's", all, limits.Organisation)
	}
	return nil
}

// keepParts writes the chunks of a file that is not ready, in place of what an earlier manifest said, and gives those that are not there.
func (j *Journal) keepParts(ctx context.Context, tx *sql.Tx, hash []byte, chunks []string) ([]string, error) {
	if _, err := tx.ExecContext(ctx, j.sql.bind("DELETE FROM file_parts WHERE org_id = ? AND hash = ?"), j.org, hash); err != nil {
		return nil, err
	}
	add, err := tx.PrepareContext(ctx, j.sql.bind("INSERT INTO file_parts (org_id, hash, pos, chunk) VALUES (?, ?, ?, ?)"))
	if err != nil {
		return nil, err
	}
	defer add.Close()
	look, err := tx.PrepareContext(ctx, j.sql.bind("SELECT count(*) FROM file_chunks WHERE org_id = ? AND chunk = ?"))
	if err != nil {
		return nil, err
	}
	defer look.Close()
	var missing []string
	asked := make(map[string]bool, len(chunks))
	for i, c := range chunks {
		chunk, err := hashBytes(c)
		if err != nil {
			return nil, err
		}
		if _, err := add.ExecContext(ctx, j.org, hash, i, chunk); err != nil {
			return nil, err
		}
		if asked[c] {
			continue
		}
		asked[c] = true
		var n int
		if err := look.QueryRowContext(ctx, j.org, chunk).Scan(&n); err != nil {
			return nil, err
		}
		if n == 0 {
			missing = append(missing, c)
		}
	}
	return missing, nil
}

// Chunk says whether a manifest names a chunk, and whether its content is there.
func (j *Journal) Chunk(ctx context.Context, chunk string) (named, there bool, err error) {
	b, err := hashBytes(chunk)
	if err != nil {
		return false, false, err
	}
	err = j.db.Read(ctx, func(tx *sql.Tx) error {
		var parts, chunks int
		err := tx.QueryRowContext(ctx, j.sql.bind("SELECT (SELECT count(*) FROM file_parts WHERE org_id = ? AND chunk = ?), (SELECT count(*) FROM file_chunks WHERE org_id = ? AND chunk = ?)"),
			j.org, b, j.org, b).Scan(&parts, &chunks)
		named, there = parts > 0, chunks > 0
		return err
	})
	return named, there, store.Explain("look up a chunk", err)
}

// ChunkStored takes note of a chunk that now lies in the blob store; false when somebody else's copy was first, so that this one is not needed.
func (j *Journal) ChunkStored(ctx context.Context, chunk, blob string, size int64) (bool, error) {
	b, err := hashBytes(chunk)
	if err != nil {
		return false, err
	}
	var n int64
	err = j.db.Write(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, j.sql.bind("INSERT INTO file_chunks (org_id, chunk, blob, size, uploaded) VALUES (?, ?, ?, ?, ?) ON CONFLICT (org_id, chunk) DO NOTHING"),
			j.org, b, blob, size, j.now().UnixMilli())
		if err != nil {
			return err
		}
		n, err = res.RowsAffected()
		return err
	})
	return n > 0, store.Explain("take note of a chunk", err)
}

// FileParts gives a file whoever asks, ready or not; an Error with CodeNotFound when there is no manifest.
func (j *Journal) FileParts(ctx context.Context, hash string) (File, error) {
	var f File
	err := j.db.Read(ctx, func(tx *sql.Tx) error {
		var err error
		f, err = j.fileParts(ctx, tx, hash)
		return err
	})
	return f, store.Explain("look up a file", err)
}

func (j *Journal) fileParts(ctx context.Context, tx *sql.Tx, hash string) (File, error) {
	f := File{Hash: hash}
	b, err := hashBytes(hash)
	if err != nil {
		return f, err
	}
	var ready int64
	err = tx.QueryRowContext(ctx, j.sql.bind("SELECT size, media_type, ready FROM files WHERE org_id = ? AND hash = ?"), j.org, b).Scan(&f.Size, &f.MediaType, &ready)
	if errors.Is(err, sql.ErrNoRows) {
		return f, noFile(hash)
	}
	if err != nil {
		return f, err
	}
	f.Ready = ready > 0
	rows, err := tx.QueryContext(ctx, j.sql.bind("SELECT coalesce(c.blob, '') FROM file_parts p LEFT JOIN file_chunks c ON c.org_id = p.org_id AND c.chunk = p.chunk"+
		" WHERE p.org_id = ? AND p.hash = ? ORDER BY p.pos"), j.org, b)
	if err != nil {
		return f, err
	}
	defer rows.Close()
	for rows.Next() {
		var blob string
		if err := rows.Scan(&blob); err != nil {
			return f, err
		}
		f.Blobs = append(f.Blobs, blob)
	}
	return f, rows.Err()
}

// FileFor gives a file to a caller who sees a live attachment that names it. Who does not is told what who asks for nonsense is told. An Error with
// CodeNotReady says that the content is not whole yet.
func (j *Journal) FileFor(ctx context.Context, caller wire.Caller, hash string) (File, error) {
	var f File
	err := j.db.Read(ctx, func(tx *sql.Tx) error {
		b, err := hashBytes(hash)
		if err != nil {
			return err
		}
		if ok, err := j.mayFetch(ctx, tx, caller, b); err != nil {
			return err
		} else if !ok {
			return noFile(hash)
		}
		f, err = j.fileParts(ctx, tx, hash)
		if sales.HasCode(err, sales.CodeNotFound) || err == nil && !f.Ready {
			return &sales.Error{Code: sales.CodeNotReady, Message: "file " + hash + " is still on its way to the server", Hint: "try again later; the device that it was added on has to sync"}
		}
		return err
	})
	return f, store.Explain("look up a file", err)
}

func noFile(hash string) error {
	return &sales.Error{
		Code: sales.CodeNotFound, Message: "there is no file " + hash + " for you", Hint: "sync, and look whether the attachment that names it is still there",
		Args: map[string]any{"Value": hash},
	}
}

// FileReady makes a file visible whose content was found whole when it was read from these blobs. It refuses, with CodeNotReady, when it is made of others
// meanwhile, or a chunk has gone: nobody has read that content.
func (j *Journal) FileReady(ctx context.Context, hash string, read []string) error {
	err := j.writeFiles(ctx, func(tx *sql.Tx) error {
		f, err := j.fileParts(ctx, tx, hash)
		if err != nil {
			return err
		}
		if !slices.Equal(f.Blobs, read) || slices.Contains(read, "") {
			return &sales.Error{Code: sales.CodeNotReady, Message: "the chunks of file " + hash + " are not those any more that were read", Hint: "send the manifest again"}
		}
		b, err := hashBytes(hash)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, j.sql.bind("UPDATE files SET ready = ? WHERE org_id = ? AND hash = ? AND ready = 0"), j.now().UnixMilli(), j.org, b)
		return err
	})
	return store.Explain("make a file ready", err)
}

// FileRefused forgets a manifest whose chunks, read from these blobs, do not make what it names, and audits it. One that somebody has offered in its place
// meanwhile stays, and so does the file where that has become ready.
func (j *Journal) FileRefused(ctx context.Context, caller wire.Caller, hash string, read []string) error {
	b, err := hashBytes(hash)
	if err != nil {
		return err
	}
	err = j.writeFiles(ctx, func(tx *sql.Tx) error {
		f, err := j.fileParts(ctx, tx, hash)
		if err != nil && !sales.HasCode(err, sales.CodeNotFound) {
			return err
		}
		if err == nil && !f.Ready && slices.Equal(f.Blobs, read) {
			if err := j.dropFile(ctx, tx, b); err != nil {
				return err
			}
		}
		return j.audit(ctx, tx, AuditEntry{At: j.now(), Actor: caller.UserID, Action: "file_refused", Subject: hash, Detail: "the chunks of its manifest make another content"})
	})
	return store.Explain("refuse a file", err)
}

// writeFiles is a transaction that decides by what others may be writing about the same files: these go one after the other.
func (j *Journal) writeFiles(ctx context.Context, fn func(tx *sql.Tx) error) error {
	return j.db.Write(ctx, func(tx *sql.Tx) error {
		var one int
		if err := tx.QueryRowContext(ctx, j.sql.bind("SELECT 1 FROM organisations WHERE org_id = ?"+j.sql.forUpdate()), j.org).Scan(&one); err != nil {
			return err
		}
		return fn(tx)
	})
}

func hashBytes(hash string) ([]byte, error) {
	b, err := hex.DecodeString(hash)
	if err != nil || !files.IsHash(hash) {
		return nil, &sales.Error{
			Code: sales.CodeInvalid, Message: fmt.Sprintf("%.80q is not a SHA-256 hash", hash), Hint: "write it as 64 lower-case hexadecimal digits",
			Args: map[string]any{"Value": hash},
		}
	}
	return b, nil
}
