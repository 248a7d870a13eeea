package fakebook

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/files"
)

// Files are contents in memory, over a workbook in memory. It is safe for several goroutines.
type Files struct {
	// States overrides where a content is, by hash. What was added here waits to be sent, everything else is not fetched yet.
	States map[string]sales.FileState
	// Problems say why a content is where it is, by hash.
	Problems map[string]error
	// Folder is where FetchFile writes contents to; "" is a temporary folder that stays.
	Folder string
	// Fetched lists the attachments that were asked for by FetchFile.
	Fetched []string

	mu       sync.Mutex
	book     *Book
	contents map[string][]byte
}

var _ sales.Files = (*Files)(nil)

// NewFiles makes the contents of a workbook's attachments; there are none.
func NewFiles(book *Book) *Files {
	return &Files{book: book, States: map[string]sales.FileState{}, Problems: map[string]error{}, contents: map[string][]byte{}}
}

// Put makes a content known, as if it had been added on this device, and gives its hash.
func (f *Files) Put(content []byte) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	h := files.HashOf(content)
	f.contents[h] = content
	return h
}

// AddFile implements sales.Files.
func (f *Files) AddFile(ctx context.Context, a sales.Attachment, content io.Reader) (string, error) {
	b, err := io.ReadAll(content)
	if err != nil {
		return "", err
	}
	a.SHA256, a.Size = f.Put(b), int64(len(b))
	ids, err := f.book.Write(ctx, sales.CreateOf(a))
	if err != nil {
		return "", err
	}
	return ids[0], nil
}

// FileStates implements sales.Files.
func (f *Files) FileStates(_ context.Context, hashes []string) (map[string]sales.FileStatus, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := map[string]sales.FileStatus{}
	for _, h := range hashes {
		if s := f.status(h); s.State != "" {
			out[h] = s
		}
	}
	return out, nil
}

func (f *Files) status(hash string) sales.FileStatus {
	s := sales.FileStatus{State: f.States[hash], Problem: f.Problems[hash]}
	switch {
	case s.State != "":
	case f.contents[hash] != nil:
		s.State = sales.FileWaiting
	case hash != "":
		s.State = sales.FileThere
	}
	return s
}

// UnsentFiles implements sales.Files.
func (f *Files) UnsentFiles(context.Context) ([]sales.UnsentFile, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []sales.UnsentFile
	for _, a := range All[sales.Attachment](f.book) {
		switch s := f.status(a.SHA256); s.State {
		case sales.FileWaiting, sales.FileSending, sales.FileRefused, sales.FileDamaged:
			out = append(out, sales.UnsentFile{Attachment: a, FileStatus: s})
		case sales.FileNone, sales.FileHere, sales.FileComing, sales.FileThere:
		}
	}
	return out, nil
}

// FetchFile implements sales.Files.
func (f *Files) FetchFile(ctx context.Context, attachmentID string) (string, error) {
	a, content, err := f.find(ctx, attachmentID)
	if err != nil {
		return "", err
	}
	if content == nil {
		return "", &sales.Error{Code: sales.CodeNotReady, Kind: "attachment", ID: attachmentID, Message: "the content is not here", Hint: "try again later"}
	}
	dir := f.Folder
	if dir == "" {
		if dir, err = os.MkdirTemp("", "rounds-fake"); err != nil {
			return "", err
		}
	}
	path := filepath.Join(dir, a.FileName)
	return path, os.WriteFile(path, content, 0o600)
}

// Thumbnail implements sales.Files.
func (f *Files) Thumbnail(ctx context.Context, attachmentID string) ([]byte, error) {
	_, content, err := f.find(ctx, attachmentID)
	if err != nil || content == nil {
		return nil, err
	}
	small, err := files.Thumbnail(bytes.NewReader(content))
	if err != nil {
		return nil, nil //nolint:nilerr // it is no picture
	}
	return small, nil
}

func (f *Files) find(ctx context.Context, id string) (sales.Attachment, []byte, error) {
	r, err := f.book.Get(ctx, "attachment", id)
	if err != nil {
		return sales.Attachment{}, nil, err
	}
	a := sales.As[sales.Attachment](r)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.Fetched = append(f.Fetched, id)
	return a, f.contents[a.SHA256], nil
}
