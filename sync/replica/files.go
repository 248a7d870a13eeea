package replica

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/files"
)

// FileTransport is the far end of files. Errors are as those of Transport; one with CodeNotReady says that a content is not whole on the
// server yet, one with CodeNotFound that there is none for this user.
type FileTransport interface {
	// FileLimit is the size of the largest file that the server takes, 0 for any; errors.ErrUnsupported from a server without files.
	FileLimit(ctx context.Context) (int64, error)
	// OfferFile sends a manifest and hears which chunks are missing.
	OfferFile(ctx context.Context, m files.Manifest) (files.Status, error)
	// PutChunk sends one chunk.
	PutChunk(ctx context.Context, hash string, content []byte) error
	// FetchFile gives a content from a position on.
	FetchFile(ctx context.Context, hash string, from int64) (io.ReadCloser, error)
	// AskFile says whether a content can be fetched: nil, or why not.
	AskFile(ctx context.Context, hash string) error
	// FetchThumbnail gives a small picture; nil when there is none.
	FetchThumbnail(ctx context.Context, hash string) ([]byte, error)
}

// FileStore is what a device keeps of files, as their transfer needs it.
type FileStore interface {
	SetFileLimit(ctx context.Context, limit int64) error
	// FilesToSend gives the contents that the server has to be offered.
	FilesToSend(ctx context.Context) ([]OwnFile, error)
	// FilesWaiting counts the contents that the server has not got, offered or not, and of these, those that were refused.
	FilesWaiting(ctx context.Context) (all, refused int, err error)
	OpenFile(ctx context.Context, hash string) (*os.File, error)
	FileSent(ctx context.Context, hash string) error
	// FileUnsent notes that the server lost a content that it had.
	FileUnsent(ctx context.Context, hash string) error
	// FileRefused notes why the server does not take a content, or why it cannot be sent.
	FileRefused(ctx context.Context, hash string, why *sales.Error) error
	FileLost(ctx context.Context, hash string) error
	FileComing(ctx context.Context, hash string, coming bool) error
	// FilesToAskFor gives contents of others of which something is to be learnt.
	FilesToAskFor(ctx context.Context, limit int) ([]WantedFile, error)
	KeepThumbnail(ctx context.Context, hash string, small []byte) error
	// PartFile opens what has come of a content, to be continued.
	PartFile(ctx context.Context, hash string) (Part, error)
}

// Part is a content that is being fetched: what is written to it is kept when it is closed, and is visible to nobody before Finish.
type Part interface {
	io.WriteCloser
	Size() int64
	Drop() error
	// Finish makes the content visible; false when it is not what its hash says, and then nothing of it is kept.
	Finish(ctx context.Context) (bool, error)
}

// OwnFile is a content that was added on this device.
type OwnFile struct {
	Hash, MediaType string
	Size            int64
	Sent            bool // the server had it; it is to be asked whether it still has
}

// WantedFile is a content of somebody else's.
type WantedFile struct {
	Hash      string
	Thumbnail bool // it is a picture whose small form is not here
	Coming    bool // it was not whole on the server when that was asked last
}

// Bounds of one round of transfers.
const (
	chunksAtOnce = 3   // hides the way there and back, and still leaves a poor line to the records
	askedAtOnce  = 200 // thumbnails and questions in a round
)

// Files sends and fetches contents. It is safe for concurrent use and never holds up the records.
type Files struct {
	store     FileStore
	transport FileTransport
	progress  func(FileProgress)

	running sync.Mutex      // held during a round
	limited bool            // the server's limit is known
	failed  map[string]bool // contents with which the server had trouble: others go first
	sent    int             // contents that this round brought to the server
	last    *files.Manifest // of the content that was sent last: after a cut it is most likely the next one too

	mu       sync.Mutex
	sending  string
	trouble  error                    // of the last round, nil when it went well
	troubles map[string]error         // why contents were not sent in the last round
	locks    map[string]chan struct{} // of contents that are being fetched
}

// FileReport is what a round did.
type FileReport struct {
	Sent int // contents that the server has whole now
}

// FileProgress is how a transfer stands.
type FileProgress struct {
	Waiting     int   // contents that the server has not got
	Refused     int   // of these, those that it does not take or that were damaged here
	Done, Total int64 // bytes of what is being sent; 0 of 0 when nothing is
	Problem     error // why the last round did not get through, nil when it did
}

// NewFiles makes the transfer of files over a store. progress is told how it stands, from any goroutine; it may be nil.
func NewFiles(store FileStore, transport FileTransport, progress func(FileProgress)) *Files {
	if progress == nil {
		progress = func(FileProgress) {}
	}
	return &Files{store: store, transport: transport, progress: progress, failed: map[string]bool{}, locks: map[string]chan struct{}{}}
}

// Sending is the hash of the content that is being sent now, "" for none.
func (f *Files) Sending() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.sending
}

// Problem is what kept a content from the server in the last round, nil when nothing is known to. What was refused is in the store.
func (f *Files) Problem(hash string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.troubles[hash]
}

// Round sends what waits, whole files in the order in which they were added, and then asks for what is to be learnt of others' files. An error leaves
// everything done before it done; the next round goes on there.
func (f *Files) Round(ctx context.Context) (FileReport, error) {
	return f.roundOf(ctx, func(err error) bool { return err != nil })
}

// roundOf is a round; an error that is worth telling stays the trouble of files until the next one.
func (f *Files) roundOf(ctx context.Context, worthTelling func(error) bool) (FileReport, error) {
	f.running.Lock()
	defer f.running.Unlock()
	f.sent = 0
	err := f.round(ctx)
	if ctx.Err() == nil { // what was interrupted says nothing about the way
		f.mu.Lock()
		f.trouble = nil
		if worthTelling(err) {
			f.trouble = err
		}
		f.mu.Unlock()
	}
	return FileReport{Sent: f.sent}, errors.Join(err, f.tell(ctx, 0, 0))
}

// Trouble is why the last round did not get through, nil when it did.
func (f *Files) Trouble() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.trouble
}

func (f *Files) round(ctx context.Context) error {
	if err := f.tell(ctx, 0, 0); err != nil {
		return err
	}
	if !f.limited {
		limit, err := f.transport.FileLimit(ctx)
		if errors.Is(err, errors.ErrUnsupported) {
			return nil // a server without files: they wait
		}
		if err != nil {
			return fmt.Errorf("ask for the limit of files: %w", err)
		}
		if err := f.store.SetFileLimit(ctx, limit); err != nil {
			return err
		}
		f.limited = true
	}
	own, err := f.store.FilesToSend(ctx)
	if err != nil {
		return err
	}
	if err := f.sendAll(ctx, own); err != nil {
		return err
	}
	if err := f.tell(ctx, 0, 0); err != nil {
		return err
	}
	return f.ask(ctx)
}

// Recount tells anew how many files wait; call it after one was added.
func (f *Files) Recount(ctx context.Context) error {
	if f.Sending() != "" { // which tells by itself
		return nil
	}
	return f.tell(ctx, 0, 0)
}

func (f *Files) tell(ctx context.Context, done, total int64) error {
	waiting, refused, err := f.store.FilesWaiting(context.WithoutCancel(ctx))
	if err != nil {
		return err
	}
	f.progress(FileProgress{Waiting: waiting, Refused: refused, Done: done, Total: total, Problem: f.Trouble()})
	return nil
}

func (f *Files) setSending(hash string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sending = hash
}

// ask fetches the small pictures that are not here, and asks what has become of files that were on their way.
func (f *Files) ask(ctx context.Context) error {
	wanted, err := f.store.FilesToAskFor(ctx, askedAtOnce)
	if err != nil {
		return err
	}
	var failed []error
	for _, w := range wanted {
		if err := f.askFor(ctx, w); err != nil {
			failed = append(failed, fmt.Errorf("ask for file %s: %w", w.Hash, err))
			if ctx.Err() != nil || !answered(err) || len(failed) == failuresAtOnce {
				break
			}
		}
	}
	return errors.Join(failed...)
}

// askFor asks for one content. Where the server has trouble with it, it is asked again after a while, and the others come first.
func (f *Files) askFor(ctx context.Context, w WantedFile) error {
	var err error
	if w.Thumbnail {
		_, err = f.Thumbnail(ctx, w.Hash)
	} else if err = f.transport.AskFile(ctx, w.Hash); err == nil {
		err = f.store.FileComing(ctx, w.Hash, false)
	}
	switch {
	case sales.HasCode(err, sales.CodeNotReady):
		return f.store.FileComing(ctx, w.Hash, true)
	case sales.HasCode(err, sales.CodeNotFound):
		return f.store.FileComing(ctx, w.Hash, w.Coming) // asked again later
	case err != nil && ctx.Err() == nil && answered(err):
		return errors.Join(err, f.store.FileComing(ctx, w.Hash, w.Coming))
	}
	return err
}

// Thumbnail fetches a small picture and keeps it; nil when there is none.
func (f *Files) Thumbnail(ctx context.Context, hash string) ([]byte, error) {
	small, err := f.transport.FetchThumbnail(ctx, hash)
	if err != nil {
		return nil, err
	}
	return small, f.store.KeepThumbnail(ctx, hash, small)
}

// Fetch brings a content to this device. What has come stays when the network goes, and the next call goes on there.
func (f *Files) Fetch(ctx context.Context, hash string) error {
	unlock, err := f.lock(ctx, hash)
	if err != nil {
		return err
	}
	defer unlock()
	if r, err := f.store.OpenFile(ctx, hash); err == nil { // somebody else fetched it while this call waited
		return r.Close()
	}
	p, err := f.store.PartFile(ctx, hash)
	if err != nil {
		return err
	}
	defer p.Close() //nolint:errcheck // what matters was said by Write and Finish
	for range 2 {
		if err := f.fill(ctx, hash, p); err != nil {
			if sales.HasCode(err, sales.CodeNotReady) {
				return errors.Join(err, f.store.FileComing(ctx, hash, true))
			}
			return err
		}
		if ok, err := p.Finish(ctx); ok || err != nil {
			return err
		}
		// What had come before was another content's, or damaged: once more from the beginning.
	}
	return &sales.Error{
		Code: sales.CodeOffline, Message: "file " + hash + " arrived twice as something else", Hint: "try again later; if this lasts, tell your administrator",
	}
}

func (f *Files) fill(ctx context.Context, hash string, p Part) error {
	from := p.Size()
	body, err := f.transport.FetchFile(ctx, hash, from)
	if err != nil {
		return err
	}
	defer body.Close()
	if _, err = io.Copy(p, body); err != nil {
		return fmt.Errorf("fetch file %s from byte %d on: %w", hash, from, err)
	}
	return nil
}

// lock lets one fetch of a content run at a time; the others wait for it.
func (f *Files) lock(ctx context.Context, hash string) (unlock func(), err error) {
	for {
		f.mu.Lock()
		busy, ok := f.locks[hash]
		if !ok {
			mine := make(chan struct{})
			f.locks[hash] = mine
			f.mu.Unlock()
			return func() {
				f.mu.Lock()
				delete(f.locks, hash)
				f.mu.Unlock()
				close(mine)
			}, nil
		}
		f.mu.Unlock()
		select {
		case <-busy:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
