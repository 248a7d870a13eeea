// Package files keeps the content of attachments on the server: chunks in a blob store (a folder, S3, and others by URL), what there is in the
// journal, and the calls by which devices send and fetch them. The protocol is in the package comment of sync, under "Files".
package files

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	_ "gocloud.dev/blob/memblob" // mem://
	_ "gocloud.dev/blob/s3blob"  // s3://
	"gocloud.dev/gcerrors"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store/central"
	"github.com/rounds-field/rounds/sync/files"
	"github.com/rounds-field/rounds/sync/wire"
)

// Limits bound what is kept, in bytes; 0 is no limit. Grace is how long a file is kept that no attachment names.
type Limits struct {
	File, User, Organisation int64
	Grace                    time.Duration
}

// What is bounded when nothing is said.
const (
	DefaultFileLimit = 100 << 20
	// DefaultGrace is longer than the thirty days for which devices send again what a restored server has lost: what an unsynced change
	// names is still there when the change arrives.
	DefaultGrace = 45 * 24 * time.Hour
)

// Store is the files of an organisation. It is safe for concurrent use, also by several servers.
type Store struct {
	journal *central.Journal
	bucket  *blob.Bucket
	folder  string // of a bucket that is one, else ""
	prefix  string // of every key: the organisation's
	limits  Limits
	log     *slog.Logger
	now     func() time.Time
	heavy   chan struct{} // a token for each picture or whole file that is being read at once

	address  string     // as it may stand in a log
	checking sync.Mutex // of a check, as long as it lasts
	proven   bool       // a content could be written, read and removed
}

// heavyAtOnce bounds the memory and processors that pictures and whole files take.
const heavyAtOnce = 2

// Open opens the blob store at a URL (s3://bucket?…, file:///folder, mem://) or in a folder, which is made when it is not there.
func Open(ctx context.Context, address string, journal *central.Journal, limits Limits, log *slog.Logger) (*Store, error) {
	s := &Store{
		journal: journal, prefix: journal.Organisation() + "/", limits: limits, log: log, now: time.Now,
		heavy: make(chan struct{}, heavyAtOnce), address: Shown(address),
	}
	if s.limits.Grace == 0 {
		s.limits.Grace = DefaultGrace
	}
	var err error
	if strings.Contains(address, "://") {
		s.bucket, err = blob.OpenBucket(ctx, address)
	} else {
		s.folder = address
		s.bucket, err = fileblob.OpenBucket(address, &fileblob.Options{CreateDir: true, DirFileMode: 0o700, NoTempDir: true, Metadata: fileblob.MetadataDontWrite})
	}
	if err != nil {
		return nil, &sales.Error{
			Code: sales.CodeStorage, Message: "open the file store " + Shown(address), Hint: "check --blobs: a folder, or a URL such as s3://BUCKET?region=REGION", Cause: err,
		}
	}
	return s, nil
}

// Shown is a blob store's address without what should not stand in a log.
func Shown(address string) string {
	place, _, _ := strings.Cut(address, "?")
	return place
}

// Close lets go of the blob store.
func (s *Store) Close() error { return s.bucket.Close() }

// Bucket is the blob store itself, for backups.
func (s *Store) Bucket() *blob.Bucket { return s.bucket }

// Blobs calls yield with the key and size of every chunk that a backup has to hold.
func (s *Store) Blobs(ctx context.Context, yield func(key string, size int64) error) error {
	return s.journal.ChunkBlobs(ctx, yield)
}

// Offer takes a manifest. When every chunk is there, the whole content is read once more, and only if its hash is right the file becomes
// visible.
func (s *Store) Offer(ctx context.Context, caller wire.Caller, m files.Manifest) (files.Status, error) {
	if err := m.Check(); err != nil {
		return files.Status{}, err
	}
	if err := mayAttach(caller); err != nil {
		return files.Status{}, err
	}
	offer := func() (files.Status, error) {
		return s.journal.OfferFile(ctx, caller, m, central.FileLimits{File: s.limits.File, User: s.limits.User, Organisation: s.limits.Organisation})
	}
	status, err := offer()
	if err == nil && len(status.Missing) == 0 {
		var gone []string
		if gone, err = s.gone(ctx, m.Hash); err == nil && len(gone) > 0 {
			s.log.WarnContext(ctx, "chunks are missing in the file store; a device sends them again", "file", m.Hash, "chunks", len(gone))
			if err = s.journal.ChunksGone(ctx, gone); err == nil {
				status, err = offer()
			}
		}
	}
	if err != nil || status.Ready || len(status.Missing) > 0 {
		return status, err
	}
	read, err := s.verify(ctx, caller, m)
	if err != nil {
		return files.Status{}, err
	}
	if err := s.journal.FileReady(ctx, m.Hash, read); err != nil {
		return files.Status{}, err
	}
	return files.Status{Ready: true}, nil
}

// gone gives the chunks of a file that the journal knows and the blob store does not have: it was put back from an older copy than the journal, or lost. A device
// that offers the file has them still.
func (s *Store) gone(ctx context.Context, hash string) ([]string, error) {
	f, err := s.journal.FileParts(ctx, hash)
	if err != nil {
		return nil, err
	}
	var gone []string
	for _, key := range f.Blobs {
		there, err := s.bucket.Exists(ctx, key)
		if err != nil {
			return nil, fault("look for "+key, err)
		}
		if !there {
			gone = append(gone, key)
		}
	}
	return gone, nil
}

func mayAttach(caller wire.Caller) error {
	if caller.Role.MayWrite(sales.MustKind("attachment")) {
		return nil
	}
	return &sales.Error{Code: sales.CodeForbidden, Message: fmt.Sprintf("the role %s may not add files", caller.Role), Hint: "ask an administrator"}
}

// verify reads a content whose chunks are all there, and refuses one that is another than the manifest says. It gives the keys of what it read.
func (s *Store) verify(ctx context.Context, caller wire.Caller, m files.Manifest) ([]string, error) {
	f, err := s.journal.FileParts(ctx, m.Hash)
	if err != nil {
		return nil, err
	}
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	defer s.end()
	h := sha256.New()
	n, err := io.Copy(h, s.reader(ctx, f))
	if err != nil {
		return nil, fmt.Errorf("read file %s: %w", m.Hash, err)
	}
	if n == m.Size && hex.EncodeToString(h.Sum(nil)) == m.Hash {
		return f.Blobs, nil
	}
	if err := s.journal.FileRefused(ctx, caller, m.Hash, f.Blobs); err != nil {
		return nil, err
	}
	return nil, &sales.Error{
		Code: sales.CodeInvalid, Message: fmt.Sprintf("the chunks of the manifest make %d bytes with another hash than %s", n, m.Hash), Hint: "make the manifest from the file again",
		Args: map[string]any{"Value": m.Hash}, Cause: errMismatch,
	}
}

// errMismatch is the cause of a refusal of a content that is not what its hash says.
var errMismatch = errors.New("the content is not what its hash says")

// Put keeps a chunk; made says whether it is new here. A content with another hash is refused and audited, a chunk that no manifest names is refused.
func (s *Store) Put(ctx context.Context, caller wire.Caller, hash string, content []byte) (made bool, err error) {
	if files.HashOf(content) != hash {
		if err := s.journal.Audit(ctx, central.AuditEntry{Actor: caller.UserID, Action: "chunk_refused", Subject: hash, Detail: "the content has the hash " + files.HashOf(content)}); err != nil {
			return false, err
		}
		return false, &sales.Error{
			Code: sales.CodeInvalid, Message: "the chunk is not what its hash " + hash + " says", Hint: "send it again",
			Args: map[string]any{"Value": hash}, Cause: errMismatch,
		}
	}
	var tail [4]byte
	_, _ = rand.Read(tail[:]) // never fails
	key := s.prefix + "chunks/" + hash[:2] + "/" + hash + "-" + hex.EncodeToString(tail[:])
	if err := s.write(ctx, key, content); err != nil {
		return false, err
	}
	kept, err := s.journal.ChunkStored(ctx, hash, key, int64(len(content)))
	if err != nil || kept {
		return kept, err
	}
	return false, s.remove(ctx, key) // somebody sent the same one meanwhile
}

// write keeps a content under a key; once it has returned, the content survives a power cut.
func (s *Store) write(ctx context.Context, key string, content []byte) error {
	err := s.bucket.WriteAll(ctx, key, content, &blob.WriterOptions{ContentType: "application/octet-stream"})
	if err == nil && s.folder != "" {
		err = flush(filepath.Join(s.folder, filepath.FromSlash(key)))
	}
	return fault("write "+key, err)
}

// flush has the system write a file and its place in the folder to the disk.
func flush(path string) error {
	for _, p := range []string{path, filepath.Dir(path)} {
		f, err := os.Open(p) // #nosec G703 -- a place below the folder, from hexadecimal digits
		if err != nil {
			return err
		}
		err = f.Sync()
		if cerr := f.Close(); err == nil {
			err = cerr
		}
		if err != nil && p == path { // not every system can do this for a folder
			return err
		}
	}
	return nil
}

func (s *Store) remove(ctx context.Context, key string) error {
	err := s.bucket.Delete(ctx, key)
	if gcerrors.Code(err) == gcerrors.NotFound {
		return nil
	}
	return fault("remove "+key, err)
}

// fault says that the blob store does not do what it should.
func fault(doing string, err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return &sales.Error{Code: sales.CodeStorage, Message: "file store: " + doing, Hint: "look whether the file store is there, writable and not full", Cause: err}
}

// begin waits for a turn at heavy work; end gives it back.
func (s *Store) begin(ctx context.Context) error {
	select {
	case s.heavy <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *Store) end() { <-s.heavy }
