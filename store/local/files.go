package local

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store"
	"github.com/rounds-field/rounds/sync/files"
)

// The folders of contents in the workbook's folder.
const (
	fileFolder  = "files"   // contents by hash
	thumbFolder = "thumbs"  // small pictures by hash
	partFolder  = "partial" // what has come of contents that are being fetched, and what is being added
	openFolder  = "open"    // copies under their own names, for other programs
)

// DefaultFileLimit is the size of the largest content that can be added while the server has not said otherwise.
const DefaultFileLimit = 100 << 20

func (s *Store) contentPath(hash string) string {
	return filepath.Join(s.dir, fileFolder, hash[:2], hash)
}

func (s *Store) thumbPath(hash string) string {
	return filepath.Join(s.dir, thumbFolder, hash[:2], hash+".jpg")
}

func (s *Store) partPath(hash string) string {
	return filepath.Join(s.dir, partFolder, hash)
}

// AddFile keeps a content on this device and writes the attachment that describes it in one transaction; see sales.Files.
func (s *Store) AddFile(ctx context.Context, a sales.Attachment, content io.Reader) (string, error) {
	limit, err := s.FileLimit(ctx)
	if err != nil {
		return "", err
	}
	tmp, m, head, err := s.takeIn(content, limit)
	if err != nil {
		return "", explainFile("keep the file "+a.FileName, a.FileName, err)
	}
	defer os.Remove(tmp) //nolint:errcheck // it is gone where all went well
	a.SHA256, a.Size = m.Hash, m.Size
	if a.MediaType == "" {
		a.MediaType = mediaTypeOf(a.FileName, head)
	}
	small := thumbnailOf(tmp, a.MediaType)
	id := ""
	err = s.write(ctx, "attach a file", func(t *txn) error {
		w := &writing{txn: t, who: s.user()}
		var err error
		if id, err = w.edit(ctx, sales.CreateOf(a)); err != nil {
			return err
		}
		thumb := thumbNone
		if len(small) > 0 {
			thumb = thumbHere
		}
		// One that the server had once is offered again: it may have been removed there since, because nothing named it any more.
		if _, err := t.ExecContext(ctx, `INSERT INTO wb_file (hash, size, media, own, added_at, here, used_at, thumb) VALUES (?1, ?2, ?3, 1, ?4, 1, ?4, ?5)
			ON CONFLICT (hash) DO UPDATE SET own = 1, sent_at = 0, here = 1, coming = 0, problem = '', thumb = excluded.thumb, used_at = excluded.used_at,
			added_at = CASE WHEN own = 1 THEN added_at ELSE excluded.added_at END`, m.Hash, m.Size, a.MediaType, s.now().UnixMilli(), thumb); err != nil {
			return err
		}
		// The contents are put in place and removed inside of writing transactions only, so that the one never crosses the other.
		if len(small) > 0 {
			if err := writeDurably(s.thumbPath(m.Hash), small); err != nil {
				return err
			}
		}
		return placeDurably(tmp, s.contentPath(m.Hash))
	})
	if err != nil {
		return "", explainFile("attach "+a.FileName, a.FileName, err)
	}
	return id, nil
}

// takeIn copies a content into the workbook's folder, durably, and gives its manifest and its beginning.
func (s *Store) takeIn(content io.Reader, limit int64) (path string, m files.Manifest, head []byte, err error) {
	dir := filepath.Join(s.dir, partFolder)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", m, nil, err
	}
	f, err := os.CreateTemp(dir, "new-")
	if err != nil {
		return "", m, nil, err
	}
	m, err = files.Describe(io.LimitReader(content, limit+1), f)
	if err == nil && m.Size > limit {
		err = &sales.Error{
			Code: sales.CodeTooLarge, Kind: kindAttachment, Message: fmt.Sprintf("the file has more than %d bytes", limit), Hint: "attach a smaller one",
			Args: map[string]any{"Limit": fmt.Sprintf("%d MB", limit>>20)},
		}
	}
	if err == nil {
		head = make([]byte, 512)
		n, rerr := f.ReadAt(head, 0)
		if rerr != nil && !errors.Is(rerr, io.EOF) {
			err = rerr
		}
		head = head[:n]
	}
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return f.Name(), m, head, err
}

const kindAttachment = "attachment"

// What is known of a thumbnail.
const (
	thumbHere = 1
	thumbNone = 2
)

// mediaTypeOf says what a content is: by its name, else by how it begins. What begins like a picture is one, whatever its name says.
func mediaTypeOf(name string, head []byte) string {
	sniffed, _, _ := mime.ParseMediaType(http.DetectContentType(head))
	if files.Pictures(sniffed) {
		return sniffed
	}
	if byName, _, err := mime.ParseMediaType(mime.TypeByExtension(strings.ToLower(filepath.Ext(name)))); err == nil && byName != "" {
		return byName
	}
	return sniffed
}

// thumbnailOf makes the small picture of a content; nil when there is none to make.
func thumbnailOf(path, mediaType string) []byte {
	if !files.Pictures(mediaType) {
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close() //nolint:errcheck // it was only read
	small, err := files.Thumbnail(f)
	if err != nil {
		return nil
	}
	return small
}

// placeDurably gives a file that is on the disk its place.
func placeDurably(from, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	if err := os.Rename(from, to); err != nil {
		return err
	}
	if d, err := os.Open(filepath.Dir(to)); err == nil {
		_ = d.Sync() // not every system can do this for a folder
		_ = d.Close()
	}
	return nil
}

func writeDurably(path string, b []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "new-")
	if err != nil {
		return err
	}
	_, err = io.Copy(f, bytes.NewReader(b))
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = placeDurably(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

// explainFile says of an error with a file, which is no error of the database, what to do.
func explainFile(doing, name string, err error) error {
	var known *sales.Error
	if err == nil || errors.As(err, &known) || errors.Is(err, context.Canceled) {
		return err
	}
	var all sales.Errors
	if errors.As(err, &all) {
		return err
	}
	var path *os.PathError
	if errors.As(err, &path) {
		return &sales.Error{
			Code: sales.CodeFile, Message: doing, Cause: err, Hint: "check that the file can be read and that the disk is not full, then try again",
			Args: map[string]any{"Value": name},
		}
	}
	return store.Explain(doing, err)
}

// FileLimit is the size of the largest content that can be added.
func (s *Store) FileLimit(ctx context.Context) (int64, error) {
	n, err := metaUint(ctx, s.reading, "file_limit")
	if err != nil {
		return 0, s.explain("read the limit of files", err)
	}
	if n == 0 {
		return DefaultFileLimit, nil
	}
	return int64(n), nil
}

// SetFileLimit notes what the server said about the size of files.
func (s *Store) SetFileLimit(ctx context.Context, limit int64) error {
	return s.explain("note the limit of files", s.db.Write(ctx, func(tx *sql.Tx) error {
		return setMetaUint(ctx, tx, "file_limit", uint64(max(0, limit)))
	}))
}
