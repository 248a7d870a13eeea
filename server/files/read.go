package files

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"gocloud.dev/gcerrors"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store/central"
	"github.com/rounds-field/rounds/sync/files"
	"github.com/rounds-field/rounds/sync/wire"
)

// reader reads a file from its chunks, of which it holds one at a time.
type reader struct {
	ctx   context.Context //nolint:containedctx // io.Reader has no place for it
	store *Store
	file  central.File
	pos   int64
	index int // of the chunk held, -1 for none
	held  []byte
}

func (s *Store) reader(ctx context.Context, f central.File) *reader {
	return &reader{ctx: ctx, store: s, file: f, index: -1}
}

// Read implements io.Reader.
func (r *reader) Read(b []byte) (int, error) {
	if r.pos >= r.file.Size {
		return 0, io.EOF
	}
	i := int(r.pos / files.ChunkSize)
	if i != r.index {
		if err := r.load(i); err != nil {
			return 0, err
		}
	}
	n := copy(b, r.held[r.pos-int64(i)*files.ChunkSize:])
	r.pos += int64(n)
	return n, nil
}

func (r *reader) load(i int) error {
	if i >= len(r.file.Blobs) || r.file.Blobs[i] == "" {
		return &sales.Error{Code: sales.CodeStorage, Message: fmt.Sprintf("chunk %d of file %s is missing in the journal", i+1, r.file.Hash), Hint: "restore the files from a backup"}
	}
	b, err := r.store.bucket.ReadAll(r.ctx, r.file.Blobs[i])
	if err != nil {
		// Where the answer has begun, all that its reader sees is that it ends too early.
		r.store.log.ErrorContext(r.ctx, "a chunk cannot be read", "blob", r.file.Blobs[i], "error", err)
		return fault("read "+r.file.Blobs[i], err)
	}
	if want := files.SizeOfChunk(r.file.Size, i); int64(len(b)) != want {
		return &sales.Error{
			Code: sales.CodeStorage, Message: fmt.Sprintf("chunk %s has %d bytes in the file store instead of %d", r.file.Blobs[i], len(b), want),
			Hint: "restore the files from a backup",
		}
	}
	r.index, r.held = i, b
	return nil
}

// Seek implements io.Seeker.
func (r *reader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.pos
	case io.SeekEnd:
		offset += r.file.Size
	}
	if offset < 0 {
		return 0, errors.New("seek to before the beginning")
	}
	r.pos = offset
	return offset, nil
}

// Thumbnail gives a small JPEG of a file that the caller may fetch; nil when it is no picture. It is made when it is first asked for.
func (s *Store) Thumbnail(ctx context.Context, caller wire.Caller, hash string) ([]byte, error) {
	f, err := s.journal.FileFor(ctx, caller, hash)
	if err != nil {
		return nil, err
	}
	if !files.Pictures(f.MediaType) {
		return nil, nil
	}
	key := s.thumbnailKey(hash)
	b, err := s.bucket.ReadAll(ctx, key)
	if err == nil { // an empty one says that none can be made
		return b, nil
	}
	if gcerrors.Code(err) != gcerrors.NotFound {
		return nil, fault("read "+key, err)
	}
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	defer s.end()
	var whole bytes.Buffer
	if _, err := io.Copy(&whole, s.reader(ctx, f)); err != nil {
		return nil, err
	}
	b, err = files.Thumbnail(&whole)
	if err != nil && !errors.Is(err, files.ErrNoPicture) {
		return nil, fmt.Errorf("make a thumbnail of %s: %w", hash, err)
	}
	return b, s.write(ctx, key, b)
}

func (s *Store) thumbnailKey(hash string) string {
	return s.prefix + "thumbnails/" + hash[:2] + "/" + hash + ".jpg"
}
