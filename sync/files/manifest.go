package files

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"github.com/rounds-field/rounds/sales"
)

// ChunkSize is the size of every chunk of a file but the last one: what a cut costs on a poor line, and what is named by one hash.
const ChunkSize = 512 << 10

// HashSize is the length of a hash as it is written: SHA-256 in lower-case hexadecimal.
const HashSize = 2 * sha256.Size

// Manifest describes a file's content: which chunks it is made of, in order.
type Manifest struct {
	Hash      string   `json:"sha256"` // of the whole content
	Size      int64    `json:"size"`
	MediaType string   `json:"media_type"`
	Chunks    []string `json:"chunks"` // SHA-256 of each
}

// Status is what the server answers to a manifest.
type Status struct {
	Ready   bool     `json:"ready"`             // the content is whole and can be fetched
	Missing []string `json:"missing,omitempty"` // chunks that are to be sent, each once
}

// IsHash says whether a text is a hash as it is written here.
func IsHash(s string) bool {
	if len(s) != HashSize {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// HashOf is the hash of a content in memory.
func HashOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// ChunksOf is the number of chunks of a content; an empty one has none.
func ChunksOf(size int64) int { return int((size + ChunkSize - 1) / ChunkSize) }

// SizeOfChunk is the size of a content's i-th chunk.
func SizeOfChunk(size int64, i int) int64 { return min(ChunkSize, size-int64(i)*ChunkSize) }

// Check says what is wrong with a manifest that came from outside; nil when it describes something that can be.
func (m *Manifest) Check() error {
	bad := func(field, format string, args ...any) error {
		return &sales.Error{
			Code: sales.CodeInvalid, Message: "file manifest: " + fmt.Sprintf(format, args...), Hint: "make the manifest from the file again",
			Args: map[string]any{"Value": field},
		}
	}
	switch {
	case !IsHash(m.Hash):
		return bad("sha256", "%.80q is not a SHA-256 hash in lower-case hexadecimal", m.Hash)
	case m.Size < 0:
		return bad("size", "a size of %d bytes cannot be", m.Size)
	case len(m.Chunks) != ChunksOf(m.Size):
		return bad("chunks", "%d chunks do not make %d bytes; each but the last has %d", len(m.Chunks), m.Size, ChunkSize)
	case len(m.MediaType) > 200:
		return bad("media_type", "the media type has %d characters", len(m.MediaType))
	}
	for i, c := range m.Chunks {
		if !IsHash(c) {
			return bad("chunks", "chunk %d: %.80q is not a SHA-256 hash in lower-case hexadecimal", i+1, c)
		}
	}
	return nil
}

// Describe reads a content to its end and gives its manifest, without a media type. What it reads also goes to w, which may be nil.
func Describe(r io.Reader, w io.Writer) (Manifest, error) {
	var m Manifest
	whole := sha256.New()
	buf := make([]byte, ChunkSize)
	for {
		n, err := io.ReadFull(r, buf)
		if n > 0 {
			whole.Write(buf[:n])
			m.Size += int64(n)
			m.Chunks = append(m.Chunks, HashOf(buf[:n]))
			if w != nil {
				if _, werr := w.Write(buf[:n]); werr != nil {
					return m, werr
				}
			}
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			m.Hash = hex.EncodeToString(whole.Sum(nil))
			return m, nil
		}
		if err != nil {
			return m, err
		}
	}
}
