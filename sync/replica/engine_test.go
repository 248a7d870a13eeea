package replica

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

func outboxOf(n int) []wire.Change {
	out := make([]wire.Change, n)
	for i := range out {
		out[i] = wire.Change{ID: sales.NewID(), Counter: uint64(i + 1)}
	}
	return out
}

func TestASyncSendsTheWholeOutboxAndFetchesAllPages(t *testing.T) {
	store, server := &fakeStore{outbox: outboxOf(5000), publish: []Published{{Records: 7}}}, &fakeServer{outcome: wire.Applied, pages: 3}
	r, err := New(store, server, Options{}).Sync(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if r.Pushed != 5000 || len(store.settled) != 5000 || server.pushes != 3 {
		t.Errorf("pushed %d, settled %d, in %d batches", r.Pushed, len(store.settled), server.pushes)
	}
	if store.staged != 2 || store.published != 1 || r.Pulled != 7 {
		t.Errorf("staged %d pages, published %d, pulled %d", store.staged, store.published, r.Pulled)
	}
}

func TestRejectedChangesAreCountedApart(t *testing.T) {
	store := &fakeStore{outbox: outboxOf(4)}
	e := New(store, &fakeServer{outcome: wire.Rejected}, Options{})
	r, err := e.Sync(t.Context())
	if err != nil || r.Rejected != 4 || r.Pushed != 0 {
		t.Errorf("report %+v, %v", r, err)
	}
}

func TestAnAnswerThatDoesNotFitItsQuestionSettlesNothing(t *testing.T) {
	store := &fakeStore{outbox: outboxOf(3)}
	_, err := New(store, &fakeServer{outcome: wire.Applied, garble: true}, Options{}).Sync(t.Context())
	if err == nil || len(store.settled) != 0 {
		t.Errorf("err %v, settled %d", err, len(store.settled))
	}
}

func TestARestoredServerIsSentWhatItHadAcknowledged(t *testing.T) {
	store := &fakeStore{acked: 5, publish: []Published{{Reset: []string{"o"}}, {}}}
	r, err := New(store, &fakeServer{outcome: wire.Applied}, Options{}).Sync(t.Context())
	if err != nil || r.Pushed != 5 {
		t.Errorf("sent %d again, %v", r.Pushed, err)
	}
}

func TestTheEngineDrainsByItselfOnceTheServerAnswersAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		store, server := &fakeStore{outbox: outboxOf(10)}, &fakeServer{outcome: wire.Applied, err: errNetwork}
		e := New(store, server, Options{})
		go e.Run(ctx)
		time.Sleep(time.Hour)
		synctest.Wait()
		if s := e.State(); s.Phase != sales.SyncOffline || s.Waiting != 10 || s.NextTry.IsZero() {
			t.Errorf("after an hour without network the state is %+v", s)
		}
		server.comeBack()
		time.Sleep(2 * lastRetry)
		synctest.Wait()
		if s := e.State(); s.Phase != sales.SyncIdle || s.Waiting != 0 || store.sent() != 10 {
			t.Errorf("after the network came back the state is %+v, settled %d", s, store.sent())
		}
		cancel()
		synctest.Wait()
	})
}

func TestALocalWriteIsSentSoonAfterAKick(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		store := &fakeStore{}
		e := New(store, &fakeServer{outcome: wire.Applied}, Options{})
		go e.Run(ctx)
		synctest.Wait()
		store.write()
		e.Kick()
		time.Sleep(time.Second)
		synctest.Wait()
		if store.sent() != 1 {
			t.Error("the write still waits a second after the kick")
		}
		cancel()
		synctest.Wait()
	})
}

func TestAnEndedSignInIsShownAsSuch(t *testing.T) {
	e := New(&fakeStore{}, &fakeServer{err: &sales.Error{Code: sales.CodeSignedOut, Message: "revoked"}}, Options{})
	if _, err := e.Sync(t.Context()); err == nil || e.State().Phase != sales.SyncSignedOut || e.State().Problem == nil {
		t.Errorf("state %+v", e.State())
	}
}

func TestStateListenersSeeEachPhase(t *testing.T) {
	e := New(&fakeStore{}, &fakeServer{}, Options{})
	var seen []sales.SyncPhase
	cancel := e.OnState(func(s sales.SyncState) { seen = append(seen, s.Phase) })
	if _, err := e.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	cancel()
	n := len(seen)
	if n == 0 || seen[0] != sales.SyncRunning || seen[n-1] != sales.SyncIdle {
		t.Errorf("phases seen: %v", seen)
	}
	if _, err := e.Sync(t.Context()); err != nil || len(seen) != n {
		t.Error("a cancelled listener was called")
	}
}
