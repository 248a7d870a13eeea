package replica

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rounds-field/rounds/sales"
)

// noFiles is a store without contents.
type noFiles struct{ FileStore }

func (noFiles) SetFileLimit(context.Context, int64) error                { return nil }
func (noFiles) FilesToSend(context.Context) ([]OwnFile, error)           { return nil, nil }
func (noFiles) FilesWaiting(context.Context) (int, int, error)           { return 0, 0, nil }
func (noFiles) FilesToAskFor(context.Context, int) ([]WantedFile, error) { return nil, nil }

// cutOnce fails the first time that it is asked for the limit of files.
type cutOnce struct {
	FileTransport
	asked atomic.Int64
}

func (c *cutOnce) FileLimit(context.Context) (int64, error) {
	if c.asked.Add(1) == 1 {
		return 0, errNetwork
	}
	return 0, nil
}

// Files go on after a cut also while the records cannot be sent for a reason of their own, which may last for weeks.
func TestFilesGoOnAfterACutWhileRecordsCannotBeSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := New(&fakeStore{outbox: outboxOf(1)}, &fakeServer{noPush: &sales.Error{Code: sales.CodeOffline, Reason: sales.OfflineTooLarge, Message: "413"}}, Options{})
		if _, err := e.Sync(t.Context()); err == nil {
			t.Fatal("the records went through")
		}
		over := &cutOnce{}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			NewFiles(noFiles{}, over, nil).Run(ctx, e, nil)
			close(done)
		}()
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if n := over.asked.Load(); n < 2 {
			t.Errorf("in ten minutes after the cut files were tried %d times", n-1)
		}
		cancel()
		<-done
	})
}
