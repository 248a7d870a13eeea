package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"gocloud.dev/blob"

	"github.com/rounds-field/rounds/sync/files"
)

// Collect removes what nobody needs any more, and says what it did: files that no live attachment has named for the time of grace, and what a
// server left over that was killed while it wrote. It may run at any time, on several servers at once.
func (s *Store) Collect(ctx context.Context) (string, error) {
	gone, err := s.journal.CollectFiles(ctx, s.now().Add(-s.limits.Grace))
	if err != nil {
		return "", err
	}
	// What fails from here on is found again as a stray.
	for _, key := range gone.Blobs {
		if err := s.remove(ctx, key); err != nil {
			return "", err
		}
	}
	for _, hash := range gone.Files {
		if err := s.remove(ctx, s.thumbnailKey(hash)); err != nil {
			return "", err
		}
	}
	strays, err := s.strays(ctx)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d files, %d chunks and %d left-over pieces removed", len(gone.Files), len(gone.Blobs), strays), nil
}

// strays removes what has been in the blob store for the time of grace and is in no row: an upload that is under way is younger. After an older backup was restored that is all
// that came since, and whoever took the wrong one puts back the database that was there before.
func (s *Store) strays(ctx context.Context) (int, error) {
	n := 0
	list := s.bucket.List(&blob.ListOptions{Prefix: s.prefix})
	for {
		o, err := list.Next(ctx)
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, fault("list "+s.prefix, err)
		}
		if s.now().Sub(o.ModTime) < s.limits.Grace {
			continue
		}
		known, err := s.known(ctx, o.Key)
		if err != nil {
			return n, err
		}
		if known {
			continue
		}
		if err := s.remove(ctx, o.Key); err != nil {
			return n, err
		}
		n++
	}
}

// known says whether a key is that of something in the journal. What Rounds did not write is left alone.
func (s *Store) known(ctx context.Context, key string) (bool, error) {
	name := path.Base(key)
	if strings.HasPrefix(key, s.prefix+checkFolder) { // of a server that was killed
		return false, nil
	}
	switch strings.Split(strings.TrimPrefix(key, s.prefix), "/")[0] {
	case "chunks":
		if hash, _, ok := strings.Cut(name, "-"); ok && files.IsHash(hash) {
			return s.journal.HasBlob(ctx, hash, key)
		}
	case "thumbnails":
		if hash := strings.TrimSuffix(name, ".jpg"); files.IsHash(hash) {
			return s.journal.HasFile(ctx, hash)
		}
	}
	return true, nil
}
