package local

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/replica"
)

// cacheLimit bounds the fetched contents that are kept on a device, and cachedThumbs the number of thumbnails. Own contents are not counted among them
// before the server has had them for as long as acknowledged changes are kept.
const (
	cacheLimit   = 1 << 30
	cachedThumbs = 10_000
)

// PartFile opens what has come of a content so far, to be continued at its end.
func (s *Store) PartFile(_ context.Context, hash string) (replica.Part, error) {
	if err := os.MkdirAll(filepath.Join(s.dir, partFolder), 0o700); err != nil {
		return nil, explainFile("fetch a file", hash, err)
	}
	f, err := os.OpenFile(s.partPath(hash), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, explainFile("fetch a file", hash, err)
	}
	p := &part{store: s, hash: hash, file: f}
	if p.size, err = f.Seek(0, io.SeekEnd); err != nil {
		_ = f.Close()
		return nil, explainFile("fetch a file", hash, err)
	}
	return p, nil
}

// part is a content that is being fetched.
type part struct {
	store *Store
	hash  string
	file  *os.File
	size  int64
}

// Size is how much has come.
func (p *part) Size() int64 { return p.size }

// Write appends.
func (p *part) Write(b []byte) (int, error) {
	n, err := p.file.Write(b)
	p.size += int64(n)
	return n, explainFile("fetch a file", p.hash, err)
}

// Close keeps what has come for the next time.
func (p *part) Close() error { return explainFile("fetch a file", p.hash, p.file.Close()) }

// Drop throws away what has come.
func (p *part) Drop() error {
	p.size = 0
	if err := p.file.Truncate(0); err != nil {
		return explainFile("fetch a file", p.hash, err)
	}
	_, err := p.file.Seek(0, io.SeekStart)
	return explainFile("fetch a file", p.hash, err)
}

// Finish makes the content visible if it is what its hash says; false when it is not, and then it is thrown away.
func (p *part) Finish(ctx context.Context) (bool, error) {
	if _, err := p.file.Seek(0, io.SeekStart); err != nil {
		return false, explainFile("fetch a file", p.hash, err)
	}
	h := sha256.New()
	if _, err := io.Copy(h, p.file); err != nil {
		return false, explainFile("fetch a file", p.hash, err)
	}
	if hex.EncodeToString(h.Sum(nil)) != p.hash {
		return false, p.Drop()
	}
	if err := errors.Join(p.file.Sync(), p.file.Close()); err != nil {
		return false, explainFile("fetch a file", p.hash, err)
	}
	err := p.store.keep(ctx, p.hash, "keep a file", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO wb_file (hash, size, here, used_at) VALUES (?1, ?2, 1, ?3)
			ON CONFLICT (hash) DO UPDATE SET size = excluded.size, here = 1, coming = 0, used_at = excluded.used_at`, p.hash, p.size, p.store.now().UnixMilli()); err != nil {
			return err
		}
		return placeDurably(p.store.partPath(p.hash), p.store.contentPath(p.hash))
	})
	if err != nil {
		_ = os.Remove(p.store.partPath(p.hash))
		return false, err
	}
	return true, p.store.evict(ctx, p.hash, cacheLimit, cachedThumbs)
}

// evict lets go of the contents that were used least lately beyond a number of bytes, and of thumbnails beyond a number. What the server does not have for
// sure stays, and so does the content keep.
func (s *Store) evict(ctx context.Context, keep string, limit int64, thumbs int) error {
	err := s.db.Write(context.WithoutCancel(ctx), func(tx *sql.Tx) error {
		safe := s.now().Add(-keepAcknowledged).UnixMilli()
		hashes, err := texts(ctx, tx, `SELECT hash FROM (SELECT hash, sum(size) OVER (ORDER BY hash = ?1 DESC, used_at DESC, hash) AS upto FROM wb_file
			WHERE here = 1 AND (own = 0 OR sent_at BETWEEN 1 AND ?2)) WHERE upto > ?3 AND hash != ?1`, keep, safe, limit)
		if err != nil {
			return err
		}
		for _, h := range hashes {
			if _, err := tx.ExecContext(ctx, "UPDATE wb_file SET here = 0 WHERE hash = ?", h); err != nil {
				return err
			}
			if err := removeFile(s.contentPath(h)); err != nil {
				return err
			}
		}
		small, err := texts(ctx, tx, "SELECT hash FROM wb_file WHERE thumb = 1 AND own = 0 ORDER BY used_at DESC, hash LIMIT -1 OFFSET ?", thumbs)
		if err != nil {
			return err
		}
		for _, h := range small {
			if _, err := tx.ExecContext(ctx, "UPDATE wb_file SET thumb = 0 WHERE hash = ?", h); err != nil {
				return err
			}
			if err := removeFile(s.thumbPath(h)); err != nil {
				return err
			}
		}
		return nil
	})
	return explainFile("make room for files", keep, err)
}

func removeFile(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// CopyToOpen gives the path of a copy of a content under a name of its own, for another program to read. Such copies are removed when the workbook is
// opened the next time.
func (s *Store) CopyToOpen(ctx context.Context, hash, name string) (string, error) {
	from, err := s.OpenFile(ctx, hash)
	if sales.HasCode(err, sales.CodeNotFound) {
		return "", errors.Join(err, s.FileLost(ctx, hash))
	}
	if err != nil {
		return "", err
	}
	defer from.Close() //nolint:errcheck // it was only read
	dir := filepath.Join(s.dir, openFolder, hash[:16])
	path := filepath.Join(dir, safeName(name))
	if err := s.copyOnce(from, dir, path); err != nil {
		return "", explainFile("open "+name, name, err)
	}
	err = s.db.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE wb_file SET used_at = ? WHERE hash = ?", s.now().UnixMilli(), hash)
		return err
	})
	return path, s.explain("note that a file was opened", err)
}

func (s *Store) copyOnce(from io.Reader, dir, path string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(dir, "new-")
	if err != nil {
		return err
	}
	_, err = io.Copy(tmp, from)
	// What another program changes in it would be lost: it is to be saved under another name.
	err = errors.Join(err, tmp.Chmod(0o400), tmp.Close())
	if err == nil {
		_ = os.Remove(path) // where a copy that may not be written lies already, not every system replaces it
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		_ = os.Remove(tmp.Name())
	}
	return err
}

// safeName makes a file name of what others called a file: without folders, and without what some system does not take.
func safeName(name string) string {
	name = strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '_'
		}
		return r
	}, name)
	for len(name) > 120 { // bytes, with its ending kept
		ext := filepath.Ext(name)
		base := []rune(strings.TrimSuffix(name, ext))
		if len(base) < 2 || len(ext) > 20 {
			name = string([]rune(name)[:30])
			break
		}
		name = string(base[:len(base)*3/4]) + ext
	}
	if strings.Trim(name, ". ") == "" {
		return "file"
	}
	return strings.TrimRight(name, ". ")
}
