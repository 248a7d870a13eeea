package replica

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/files"
)

// failuresAtOnce is how many contents in a round the server may have trouble with before the rest is left for the next one.
const failuresAtOnce = 3

// errUnreadable says that a content cannot be read on this device.
var errUnreadable = errors.New("the content cannot be read")

// sendAll sends contents in the order in which they were added, those with which the server had trouble last: one that cannot be sent keeps none of the others.
// Where the server cannot be reached nothing more is tried.
func (f *Files) sendAll(ctx context.Context, own []OwnFile) error {
	later := func(o OwnFile) int {
		if f.failed[o.Hash] {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(own, func(a, b OwnFile) int { return later(a) - later(b) })
	var failed []error
	troubles := map[string]error{}
	asked := 0
	for i, o := range own {
		if o.Sent {
			if asked++; asked > askedAtOnce {
				break
			}
		}
		err := f.sendOrAsk(ctx, o)
		if err == nil {
			delete(f.failed, o.Hash)
			continue
		}
		if ctx.Err() != nil {
			return errors.Join(append(failed, err)...)
		}
		failed = append(failed, err)
		troubles[o.Hash] = err
		if answered(err) {
			f.failed[o.Hash] = true
			if len(failed) < failuresAtOnce {
				continue
			}
		}
		for _, rest := range own[i+1:] {
			troubles[rest.Hash] = err // what keeps this one keeps them
		}
		break
	}
	f.mu.Lock()
	f.troubles = troubles
	f.mu.Unlock()
	return errors.Join(failed...)
}

// sendOrAsk sends a content; one that the server had only where it has lost it.
func (f *Files) sendOrAsk(ctx context.Context, o OwnFile) error {
	if o.Sent {
		err := f.transport.AskFile(ctx, o.Hash)
		if err == nil {
			return f.store.FileSent(ctx, o.Hash)
		}
		if !sales.HasCode(err, sales.CodeNotReady) && !sales.HasCode(err, sales.CodeNotFound) {
			return fmt.Errorf("ask for file %s, which was sent: %w", o.Hash, err)
		}
		if err := f.store.FileUnsent(ctx, o.Hash); err != nil {
			return err
		}
	}
	return f.send(ctx, o)
}

// answered says whether it was the server that did not take a content, and not the way there.
func answered(err error) bool {
	var e *sales.Error
	return errors.As(err, &e) && (e.Reason == "" || e.Reason == sales.OfflineFault) && e.Code != sales.CodeSignedOut
}

// send offers a content, sends the chunks that are missing, and offers it again: then the server has it whole.
func (f *Files) send(ctx context.Context, o OwnFile) error {
	m, err := f.describe(ctx, o)
	if err != nil || m == nil {
		return err
	}
	f.setSending(o.Hash)
	defer f.setSending("")
	// Another try is for chunks that were collected, or refused by another's file, between the two offers.
	for range 3 {
		status, err := f.transport.OfferFile(ctx, *m)
		if sales.HasCode(err, sales.CodeTooLarge) || sales.HasCode(err, sales.CodeQuota) || sales.HasCode(err, sales.CodeInvalid) || sales.HasCode(err, sales.CodeForbidden) {
			return f.refused(ctx, o, err)
		}
		if err != nil {
			return fmt.Errorf("offer file %s: %w", o.Hash, err)
		}
		if status.Ready {
			f.sent++
			return f.store.FileSent(ctx, o.Hash)
		}
		err = f.sendChunks(ctx, m, status.Missing)
		if errors.Is(err, errUnreadable) {
			return f.damaged(ctx, o, err)
		}
		if sales.HasCode(err, sales.CodeInvalid) {
			f.last = nil // what was sent may not be what it was any more: it is read anew
		}
		if err != nil {
			return err
		}
	}
	return nil // the next round goes on
}

func (f *Files) refused(ctx context.Context, o OwnFile, why error) error {
	var e *sales.Error
	errors.As(why, &e)
	return f.store.FileRefused(ctx, o.Hash, e)
}

// describe makes the manifest of a content; nil when it is not what it was when it was added, and cannot be sent.
func (f *Files) describe(ctx context.Context, o OwnFile) (*files.Manifest, error) {
	if f.last != nil && f.last.Hash == o.Hash {
		return f.last, nil
	}
	r, err := f.store.OpenFile(ctx, o.Hash)
	if sales.HasCode(err, sales.CodeNotFound) {
		return nil, f.store.FileLost(ctx, o.Hash)
	}
	if err != nil {
		return nil, f.damaged(ctx, o, err)
	}
	defer r.Close() //nolint:errcheck // it was only read
	m, err := files.Describe(r, nil)
	if err != nil || m.Hash != o.Hash {
		return nil, f.damaged(ctx, o, err)
	}
	m.MediaType = o.MediaType
	f.last = &m
	return &m, nil
}

// sendChunks sends the missing chunks of a content, some at once.
func (f *Files) sendChunks(ctx context.Context, m *files.Manifest, missing []string) error {
	r, err := f.store.OpenFile(ctx, m.Hash)
	if err != nil {
		return fmt.Errorf("%w: file %s: %w", errUnreadable, m.Hash, err)
	}
	defer r.Close() //nolint:errcheck // it was only read
	wanted := make(map[string]bool, len(missing))
	for _, c := range missing {
		wanted[c] = true
	}
	var mu sync.Mutex
	done := m.Size
	places := make([]int, 0, len(missing))
	for i, c := range m.Chunks {
		if wanted[c] {
			wanted[c] = false // the same chunk may stand in several places
			places = append(places, i)
			done -= files.SizeOfChunk(m.Size, i)
		}
	}
	if err := f.tell(ctx, done, m.Size); err != nil {
		return err
	}
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(chunksAtOnce)
	for _, i := range places {
		g.Go(func() error {
			if err := gctx.Err(); err != nil {
				return err
			}
			b := make([]byte, files.SizeOfChunk(m.Size, i))
			if _, err := r.ReadAt(b, int64(i)*files.ChunkSize); err != nil {
				return fmt.Errorf("%w: chunk %d of file %s: %w", errUnreadable, i+1, m.Hash, err)
			}
			if err := f.transport.PutChunk(gctx, m.Chunks[i], b); err != nil {
				return fmt.Errorf("send chunk %d of %d of file %s: %w", i+1, len(m.Chunks), m.Hash, err)
			}
			mu.Lock()
			defer mu.Unlock()
			done += int64(len(b))
			return f.tell(ctx, done, m.Size)
		})
	}
	return g.Wait()
}

// damaged notes that a content is not what it was when it was added, so that its user hears of it; it is looked at again after a while.
func (f *Files) damaged(ctx context.Context, o OwnFile, cause error) error {
	f.last = nil
	return f.store.FileRefused(ctx, o.Hash, &sales.Error{
		Code: sales.CodeFile, Reason: sales.FileReasonDamaged, Message: "the content on this device is not what it was when it was added", Cause: cause,
		Hint: "attach the same file once more from where it came; that mends this one too",
	})
}
