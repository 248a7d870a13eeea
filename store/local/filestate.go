package local

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/files"
	"github.com/rounds-field/rounds/sync/replica"
)

// askAgain is how long the server is left alone after it could not help with a file.
const askAgain = time.Minute

// confirmAfter is how long after a content was sent the server is asked whether it still has it. A server that was put back from a backup may have lost it with
// nothing else that this device would notice.
const confirmAfter = 24 * time.Hour

// FileStates tells where contents are; see sales.Files.
func (s *Store) FileStates(ctx context.Context, hashes []string) (map[string]sales.FileStatus, error) {
	out := make(map[string]sales.FileStatus, len(hashes))
	for _, h := range hashes {
		if !files.IsHash(h) {
			out[h] = sales.FileStatus{State: sales.FileNone}
			continue
		}
		var own, sent, here, coming int64
		var problem string
		err := s.reading.QueryRowContext(ctx, "SELECT own, sent_at, here, coming, problem FROM wb_file WHERE hash = ?", h).Scan(&own, &sent, &here, &coming, &problem)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			out[h] = sales.FileStatus{State: sales.FileThere}
		case err != nil:
			return nil, s.explain("look up files", err)
		case here == 1 && own == 1 && problem != "":
			out[h] = refusedStatus(decodeProblem(problem))
		case here == 1 && own > 0 && sent == 0:
			out[h] = sales.FileStatus{State: sales.FileWaiting}
		case here == 1:
			out[h] = sales.FileStatus{State: sales.FileHere}
		case coming == 1:
			out[h] = sales.FileStatus{State: sales.FileComing}
		default:
			out[h] = sales.FileStatus{State: sales.FileThere}
		}
	}
	return out, nil
}

// FilesToSend gives the contents of this device that the server has to be offered: those whose attachments it knows. Others wait for their record's
// verdict. Behind them come those that it had once, and that it is to be asked for again: a day after they were sent, and then after twice the time each.
func (s *Store) FilesToSend(ctx context.Context) ([]replica.OwnFile, error) {
	now := s.now()
	rows, err := s.reading.QueryContext(ctx, `SELECT hash, size, media, sent_at > 0 FROM wb_file WHERE own > 0 AND here = 1
		AND (sent_at = 0 AND (problem = '' OR asked_at < ?1) AND (EXISTS (SELECT 1 FROM attachment WHERE sha256 = hash AND _bucket != '') OR `+toBeSent+`)
			OR sent_at > 0 AND EXISTS (SELECT 1 FROM attachment WHERE sha256 = hash AND _bucket != '' AND _pending = 0)
				AND ?2 - sent_at >= 2 * max(asked_at - sent_at, 0) + ?3)
		ORDER BY sent_at > 0, added_at, hash`, now.Add(-10*askAgain).UnixMilli(), now.UnixMilli(), confirmAfter.Milliseconds())
	if err != nil {
		return nil, s.explain("look for files to send", err)
	}
	defer rows.Close()
	var out []replica.OwnFile
	for rows.Next() {
		var f replica.OwnFile
		if err := rows.Scan(&f.Hash, &f.Size, &f.MediaType, &f.Sent); err != nil {
			return nil, s.explain("look for files to send", err)
		}
		out = append(out, f)
	}
	return out, s.explain("look for files to send", rows.Err())
}

// OpenFile opens a content of this device; an Error with CodeNotFound when it is not here.
func (s *Store) OpenFile(_ context.Context, hash string) (*os.File, error) {
	if !files.IsHash(hash) {
		return nil, noContent(hash)
	}
	f, err := os.Open(s.contentPath(hash))
	if errors.Is(err, os.ErrNotExist) {
		return nil, noContent(hash)
	}
	return f, explainFile("open a file of the workbook", hash, err)
}

func noContent(hash string) error {
	return &sales.Error{Code: sales.CodeNotFound, Kind: kindAttachment, Field: "sha256", Message: "the content " + hash + " is not on this device", Hint: "sync, then try again", Args: map[string]any{"Value": hash}}
}

// FileSent notes that the server has a content whole, now or still. One that this user does not see any more, and that was only kept to be sent, goes.
func (s *Store) FileSent(ctx context.Context, hash string) error {
	return s.write(context.WithoutCancel(ctx), "note that a file was sent", func(t *txn) error {
		t.kinds[kindAttachment] = true
		_, err := t.ExecContext(ctx, `UPDATE wb_file SET sent_at = CASE WHEN sent_at > 0 THEN sent_at ELSE ?2 END, asked_at = ?2, coming = 0, problem = ''
			WHERE hash = ?1`, hash, s.now().UnixMilli())
		return err
	})
}

// FileUnsent notes that the server does not have a content any more that it had: it is to be sent again.
func (s *Store) FileUnsent(ctx context.Context, hash string) error {
	return s.noteFile(ctx, "note that the server lost a file", "UPDATE wb_file SET sent_at = 0 WHERE hash = ?1", hash)
}

// FileRefused notes why the server does not take a content, or why it cannot be sent. It is offered again after a while.
func (s *Store) FileRefused(ctx context.Context, hash string, why *sales.Error) error {
	problem, err := encodeProblem(why)
	if err != nil {
		return fmt.Errorf("note that a file was refused: %w", err)
	}
	return s.noteFile(ctx, "note that a file was refused", "UPDATE wb_file SET problem = ?2, asked_at = ?3 WHERE hash = ?1", hash, problem, s.now().UnixMilli())
}

// FileLost notes that a content is not on this device after all, so that it is fetched where it is needed.
func (s *Store) FileLost(ctx context.Context, hash string) error {
	return s.noteFile(ctx, "note that a file is lost", "UPDATE wb_file SET here = 0 WHERE hash = ?1", hash)
}

// FileComing notes whether a content is still on its way to the server.
func (s *Store) FileComing(ctx context.Context, hash string, coming bool) error {
	return s.noteFile(ctx, "note where a file is", `INSERT INTO wb_file (hash, coming, asked_at) VALUES (?1, ?2, ?3)
		ON CONFLICT (hash) DO UPDATE SET coming = excluded.coming, asked_at = excluded.asked_at`, hash, coming, s.now().UnixMilli())
}

// noteFile runs one statement, and tells the subscribers that attachments look different now.
func (s *Store) noteFile(ctx context.Context, doing, query string, args ...any) error {
	err := s.db.Write(context.WithoutCancel(ctx), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	})
	if err == nil {
		s.announce([]string{kindAttachment})
	}
	return s.explain(doing, err)
}

// FilesToAskFor gives contents of which something is to be learnt from the server, newest attachments first: pictures whose thumbnail is not here, and
// files that were on their way.
func (s *Store) FilesToAskFor(ctx context.Context, limit int) ([]replica.WantedFile, error) {
	rows, err := s.reading.QueryContext(ctx, `SELECT a.sha256, max(a.media_type) IN ('image/jpeg', 'image/png', 'image/gif', 'image/webp') AND coalesce(max(f.thumb), 0) = 0,
		coalesce(max(f.coming), 0) FROM attachment a LEFT JOIN wb_file f ON f.hash = a.sha256
		WHERE length(a.sha256) = ?1 AND a._bucket != '' AND coalesce(f.here, 0) = 0 AND coalesce(f.asked_at, 0) < ?2
		AND (coalesce(f.coming, 0) = 1 OR a.media_type IN ('image/jpeg', 'image/png', 'image/gif', 'image/webp') AND coalesce(f.thumb, 0) = 0)
		GROUP BY a.sha256 ORDER BY max(a.id) DESC LIMIT ?3`, files.HashSize, s.now().Add(-askAgain).UnixMilli(), limit)
	if err != nil {
		return nil, s.explain("look for files to ask for", err)
	}
	defer rows.Close()
	var out []replica.WantedFile
	for rows.Next() {
		var w replica.WantedFile
		if err := rows.Scan(&w.Hash, &w.Thumbnail, &w.Coming); err != nil {
			return nil, s.explain("look for files to ask for", err)
		}
		out = append(out, w)
	}
	return out, s.explain("look for files to ask for", rows.Err())
}

// Thumbnail gives a small picture that is on this device. known says whether there is anything more to learn from the server.
func (s *Store) Thumbnail(ctx context.Context, hash string) (small []byte, known bool, err error) {
	var thumb int
	err = s.reading.QueryRowContext(ctx, "SELECT thumb FROM wb_file WHERE hash = ?", hash).Scan(&thumb)
	if errors.Is(err, sql.ErrNoRows) || err == nil && thumb == 0 {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, s.explain("look up a thumbnail", err)
	}
	if thumb == thumbNone {
		return nil, true, nil
	}
	b, err := os.ReadFile(s.thumbPath(hash))
	if errors.Is(err, os.ErrNotExist) {
		return nil, false, nil
	}
	return b, true, explainFile("read a thumbnail", hash, err)
}

// KeepThumbnail keeps a small picture that the server made; nil notes that there is none.
func (s *Store) KeepThumbnail(ctx context.Context, hash string, small []byte) error {
	thumb := thumbNone
	if len(small) > 0 {
		thumb = thumbHere
	}
	return s.keep(ctx, hash, "keep a thumbnail", func(tx *sql.Tx) error {
		if len(small) > 0 {
			if err := writeDurably(s.thumbPath(hash), small); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO wb_file (hash, thumb, used_at) VALUES (?1, ?2, ?3)
			ON CONFLICT (hash) DO UPDATE SET thumb = excluded.thumb, coming = 0`, hash, thumb, s.now().UnixMilli())
		return err
	})
}

// keep runs fn for a content that an attachment names. Where none does any more, what came is not kept: the bucket may have been lost while it was
// under way.
func (s *Store) keep(ctx context.Context, hash, doing string, fn func(tx *sql.Tx) error) error {
	named := false
	err := s.db.Write(context.WithoutCancel(ctx), func(tx *sql.Tx) error {
		if err := tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM attachment WHERE sha256 = ?)", hash).Scan(&named); err != nil || !named {
			return err
		}
		return fn(tx)
	})
	if err == nil && !named {
		return noContent(hash)
	}
	if err == nil {
		s.announce([]string{kindAttachment})
	}
	return explainFile(doing, hash, err)
}
