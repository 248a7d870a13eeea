package local

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/rounds-field/rounds/sync/files"
)

// toBeSent is the condition that the server has an attachment whose content was added here and is not there yet, whether or not this user still sees it: nobody
// else can send that content. One that is known to be deleted does not count.
const toBeSent = `EXISTS (SELECT 1 FROM wb_outbox c WHERE c.kind = 'attachment' AND c.state IN (1, 2) AND instr(c.fields, hash)
	AND NOT EXISTS (SELECT 1 FROM wb_outbox d WHERE d.record_id = c.record_id AND d.verb = 3 AND d.state IN (0, 1, 2))
	AND NOT EXISTS (SELECT 1 FROM wb_history h WHERE h.record_id = c.record_id AND json_extract(h.entry, '$.verb') = 3))`

// nobodys selects the contents that no attachment in sight names. One that was added here and is not on the server yet is spared while a change is
// unsettled of an attachment that named it, for the user may still take that change back, and where it is to be sent. While changes may have to be sent again because
// the server lost them (?1), so may all contents that they name. What was found here after the database was put back (own = 2) has some time (?2) for its record to come
// again from the server.
const nobodys = `SELECT hash FROM wb_file WHERE NOT EXISTS (SELECT 1 FROM attachment WHERE sha256 = hash)
	AND NOT (own = 1 AND sent_at = 0 AND here = 1 AND EXISTS (SELECT 1 FROM wb_outbox o WHERE o.kind = 'attachment' AND o.state IN (0, 3, 4)
		AND (EXISTS (SELECT 1 FROM wb_outbox c WHERE c.record_id = o.record_id AND instr(c.fields, hash))
			OR EXISTS (SELECT 1 FROM wb_shadow s WHERE s.record_id = o.record_id AND instr(s.state, hash)))))
	AND NOT (own = 1 AND sent_at = 0 AND here = 1 AND ` + toBeSent + `)
	AND NOT (?1 AND own = 1 AND here = 1 AND EXISTS (SELECT 1 FROM wb_outbox c WHERE c.kind = 'attachment' AND c.state IN (0, 1, 2, 3, 4) AND instr(c.fields, hash)))
	AND NOT (own = 2 AND sent_at = 0 AND here = 1 AND added_at > ?2)`

// contentsKept is until when contents are kept because changes may have to be sent again.
const contentsKept = "contents_kept"

// keepContents keeps the contents of this device's own attachments for as long as their changes are: a bucket that is taken anew may lack them because the server
// lost them, and then they are nowhere else.
func (t *txn) keepContents(ctx context.Context) error {
	return setMetaUint(ctx, t, contentsKept, uint64(t.s.serverTime().Add(keepAcknowledged).UnixMilli()))
}

// dropFiles lets go of contents that nobody names any more: after a deletion, an undone creation, a lost bucket. The files themselves go once the
// transaction has been committed.
func (t *txn) dropFiles(ctx context.Context) error {
	var some bool
	if err := t.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM wb_file)").Scan(&some); err != nil || !some {
		return err
	}
	until, err := metaUint(ctx, t, contentsKept)
	if err != nil {
		return err
	}
	hashes, err := texts(ctx, t, nobodys, uint64(t.s.serverTime().UnixMilli()) < until, t.s.now().Add(-keepAcknowledged).UnixMilli())
	if err != nil || len(hashes) == 0 {
		return err
	}
	for _, h := range hashes {
		if _, err := t.ExecContext(ctx, "DELETE FROM wb_file WHERE hash = ?", h); err != nil {
			return err
		}
	}
	t.hooks = append(t.hooks, func() {
		if err := t.s.removeContents(context.WithoutCancel(ctx), hashes); err != nil {
			t.s.log.Warn("contents that nobody names are left until the workbook is opened again", "error", err)
		}
	})
	return nil
}

// removeContents removes files that have no row. It does so inside of a writing transaction, so that nobody puts one in place meanwhile.
func (s *Store) removeContents(ctx context.Context, hashes []string) error {
	return s.db.Write(ctx, func(tx *sql.Tx) error {
		var failed error
		for _, h := range hashes {
			var known bool
			if err := tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM wb_file WHERE hash = ?)", h).Scan(&known); err != nil {
				return err
			}
			if known {
				continue
			}
			failed = errors.Join(failed, removeFile(s.contentPath(h)), removeFile(s.thumbPath(h)), removeFile(s.partPath(h)),
				os.RemoveAll(filepath.Join(s.dir, openFolder, h[:16])))
		}
		return failed
	})
}

// sweepFiles brings the folders of contents and their rows to agree, after a program that was killed or a database that was put back: files without a row
// go, but for contents beside a database that was put back; rows whose file is missing say so. Copies for other programs go in any case.
func (s *Store) sweepFiles(ctx context.Context) error {
	if err := os.RemoveAll(filepath.Join(s.dir, openFolder)); err != nil {
		s.log.Warn("copies of files are left", "error", err) // on some systems a program that has one open keeps it
	}
	for _, f := range []struct{ folder, known, lost string }{
		{fileFolder, "SELECT hash FROM wb_file WHERE here = 1", "UPDATE wb_file SET here = 0 WHERE hash = ?"},
		{thumbFolder, "SELECT hash FROM wb_file WHERE thumb = 1", "UPDATE wb_file SET thumb = 0 WHERE hash = ?"},
	} {
		have, err := hashesIn(filepath.Join(s.dir, f.folder))
		if err != nil {
			return err
		}
		err = s.db.Write(ctx, func(tx *sql.Tx) error {
			known, err := texts(ctx, tx, f.known)
			if err != nil {
				return err
			}
			for _, h := range known {
				if have[h] {
					delete(have, h)
					continue
				}
				if _, err := tx.ExecContext(ctx, f.lost, h); err != nil {
					return err
				}
			}
			for _, h := range sortedKeys(have) {
				path := s.contentPath(h)
				if f.folder == thumbFolder {
					path = s.thumbPath(h)
				} else if s.putBack {
					if err := s.adopt(ctx, tx, h); err != nil {
						return err
					}
					continue
				}
				if err := removeFile(path); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return explainFile("look through the workbook's files", f.folder, err)
		}
	}
	if s.putBack {
		s.putBack = false
		if err := setMeta(ctx, s.db.Writer(), putBackKey, ""); err != nil {
			return err
		}
	}
	return s.sweepParts(ctx)
}

// adopt takes a content in that the database does not know: it was put back, and from before the content was added. The record may be on the server, and this content be the
// only one.
func (s *Store) adopt(ctx context.Context, tx *sql.Tx, hash string) error {
	info, err := os.Stat(s.contentPath(hash))
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO wb_file (hash, size, own, added_at, here, used_at) VALUES (?1, ?2, 2, ?3, 1, ?3)"+
		" ON CONFLICT (hash) DO UPDATE SET own = max(own, 2 * (sent_at = 0)), size = excluded.size, here = 1, added_at = excluded.added_at", hash, info.Size(), s.now().UnixMilli())
	return err
}

// sweepParts removes what was being added, and what was being fetched of contents that nobody names any more.
func (s *Store) sweepParts(ctx context.Context) error {
	entries, err := os.ReadDir(filepath.Join(s.dir, partFolder))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return explainFile("look through the workbook's files", partFolder, err)
	}
	for _, e := range entries {
		if files.IsHash(e.Name()) {
			var named bool
			if err := s.db.Writer().QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM attachment WHERE sha256 = ?)", e.Name()).Scan(&named); err != nil {
				return err
			}
			if named {
				continue
			}
		}
		if err := removeFile(filepath.Join(s.dir, partFolder, e.Name())); err != nil {
			return explainFile("look through the workbook's files", e.Name(), err)
		}
	}
	return nil
}

// hashesIn lists the contents in a folder.
func hashesIn(dir string) (map[string]bool, error) {
	out := map[string]bool{}
	groups, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return out, nil
	}
	if err != nil {
		return nil, explainFile("look through the workbook's files", dir, err)
	}
	for _, g := range groups {
		entries, err := os.ReadDir(filepath.Join(dir, g.Name()))
		if err != nil {
			return nil, explainFile("look through the workbook's files", dir, err)
		}
		for _, e := range entries {
			if h := strings.TrimSuffix(e.Name(), ".jpg"); files.IsHash(h) {
				out[h] = true
			} else if err := removeFile(filepath.Join(dir, g.Name(), e.Name())); err != nil { // half of one that was being written
				return nil, explainFile("look through the workbook's files", dir, err)
			}
		}
	}
	return out, nil
}
