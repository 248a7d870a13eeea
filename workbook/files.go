package workbook

import (
	"context"
	"io"
	"sync"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/replica"
)

var _ sales.Files = (*Workbook)(nil)

// thumbnailPatience is how long a screen waits for a small picture that has to be fetched.
const thumbnailPatience = 20 * time.Second

// transfers are the files' way to the server; nil while the workbook has no server or nobody is signed in.
func (w *Workbook) transfers() *replica.Files {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.files
}

// RunFiles sends and fetches files by itself until ctx ends, beside the engine's Run. told hears of each round what it did and why it did not get through; it may be
// nil.
func (w *Workbook) RunFiles(ctx context.Context, told func(replica.FileReport, error)) {
	w.mu.Lock()
	f, e := w.files, w.engine
	w.mu.Unlock()
	if f != nil && e != nil {
		f.Run(ctx, e, told)
	}
}

// fileProgress gives the progress of files to the engine's state. What keeps files is shown beside each of them, and so attachments look different when it changes.
func (w *Workbook) fileProgress(e *replica.Engine) func(replica.FileProgress) {
	var mu sync.Mutex
	shown := ""
	return func(p replica.FileProgress) {
		e.FileProgress(p)
		now := ""
		if p.Problem != nil {
			now = p.Problem.Error()
		}
		mu.Lock()
		changed := now != shown
		shown = now
		mu.Unlock()
		if changed {
			w.announce([]string{"attachment"})
		}
	}
}

// AddFile attaches a content; see sales.Files. It is soon sent.
func (w *Workbook) AddFile(ctx context.Context, a sales.Attachment, content io.Reader) (string, error) {
	id, err := w.store().AddFile(ctx, a, content)
	if err != nil {
		return "", err
	}
	w.kick()
	if f := w.transfers(); f != nil {
		return id, f.Recount(ctx)
	}
	return id, nil
}

// FileStates tells where contents are; see sales.Files.
func (w *Workbook) FileStates(ctx context.Context, hashes []string) (map[string]sales.FileStatus, error) {
	states, err := w.store().FileStates(ctx, hashes)
	if err != nil {
		return nil, err
	}
	id, err := w.Identity(ctx)
	if err != nil {
		return nil, err
	}
	for h, s := range states {
		if s.State == sales.FileWaiting {
			states[h] = w.waiting(id.Server, h)
		}
	}
	return states, nil
}

// waiting is how a content stands that is to be sent.
func (w *Workbook) waiting(server, hash string) sales.FileStatus {
	f := w.transfers()
	switch {
	case server == "": // there is nobody to send it to
		return sales.FileStatus{State: sales.FileHere}
	case f == nil:
		return sales.FileStatus{State: sales.FileWaiting}
	case f.Sending() == hash:
		return sales.FileStatus{State: sales.FileSending}
	}
	return sales.FileStatus{State: sales.FileWaiting, Problem: f.Problem(hash)}
}

// UnsentFiles lists the contents that the server does not have; see sales.Files. There are none while there is no server.
func (w *Workbook) UnsentFiles(ctx context.Context) ([]sales.UnsentFile, error) {
	id, err := w.Identity(ctx)
	if err != nil || id.Server == "" {
		return nil, err
	}
	list, err := w.store().UnsentFiles(ctx)
	if err != nil {
		return nil, err
	}
	for i, f := range list {
		if f.State == sales.FileWaiting {
			list[i].FileStatus = w.waiting(id.Server, f.SHA256)
		}
	}
	return list, nil
}

// FetchFile gives the path of an attachment's content; see sales.Files.
func (w *Workbook) FetchFile(ctx context.Context, attachmentID string) (string, error) {
	a, err := w.attachment(ctx, attachmentID)
	if err != nil {
		return "", err
	}
	store := w.store()
	path, err := store.CopyToOpen(ctx, a.SHA256, a.FileName)
	if !sales.HasCode(err, sales.CodeNotFound) {
		return path, err
	}
	f := w.transfers()
	if f == nil {
		return "", w.notSignedIn(ctx)
	}
	if err := f.Fetch(ctx, a.SHA256); err != nil {
		return "", err
	}
	return store.CopyToOpen(ctx, a.SHA256, a.FileName)
}

// Thumbnail gives the small form of an attachment that is a picture; see sales.Files.
func (w *Workbook) Thumbnail(ctx context.Context, attachmentID string) ([]byte, error) {
	a, err := w.attachment(ctx, attachmentID)
	if err != nil {
		return nil, err
	}
	small, known, err := w.store().Thumbnail(ctx, a.SHA256)
	if err != nil || known {
		return small, err
	}
	f := w.transfers()
	if f == nil {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, thumbnailPatience)
	defer cancel()
	small, err = f.Thumbnail(ctx, a.SHA256)
	if sales.HasCode(err, sales.CodeOffline) || sales.HasCode(err, sales.CodeSignedOut) || sales.HasCode(err, sales.CodeNotReady) || sales.HasCode(err, sales.CodeNotFound) {
		return nil, nil // the list shows a sign in its place; the next round tries again
	}
	return small, err
}

func (w *Workbook) attachment(ctx context.Context, id string) (sales.Attachment, error) {
	r, err := w.store().Get(ctx, "attachment", id)
	if err != nil {
		return sales.Attachment{}, err
	}
	a := sales.As[sales.Attachment](r)
	if a.SHA256 == "" {
		return a, &sales.Error{
			Code: sales.CodeNotFound, Kind: "attachment", ID: id, Field: "sha256", Message: a.FileName + " is described here, but its content was never added",
			Hint: "attach the file itself", Args: map[string]any{"Value": a.FileName},
		}
	}
	return a, nil
}
