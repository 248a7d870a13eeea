package replica

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

// stream is a server's side of a stream of hints, as a test plays it.
type stream struct {
	messages chan bool  // what the server sends
	cut      chan error // why the stream ends
}

func (s *stream) watch(ctx context.Context, hint func(bool)) error {
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case changed := <-s.messages:
			hint(changed)
		case err := <-s.cut:
			return err
		}
	}
}

// running lets an engine run by itself against a server in a bubble of its own time.
func running(t *testing.T, server *fakeServer, play func(e *Engine, store *fakeStore)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		if s := server.stream; s != nil { // channels belong to the bubble
			s.messages, s.cut = make(chan bool), make(chan error)
			server.watch = s.watch
		}
		store := &fakeStore{}
		e := New(store, server, Options{})
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			e.Run(ctx)
		}()
		synctest.Wait()
		play(e, store)
		cancel()
		<-ended
	})
}

// within lets time pass and gives how many pulls and streams began in it.
func within(server *fakeServer, d time.Duration) (pulls, streams int) {
	p0, s0 := server.counted()
	time.Sleep(d)
	synctest.Wait()
	p1, s1 := server.counted()
	return p1 - p0, s1 - s0
}

func TestAHintIsPulledAtOnce(t *testing.T) {
	s := &stream{}
	server := &fakeServer{stream: s}
	running(t, server, func(*Engine, *fakeStore) {
		s.messages <- false
		within(server, 5*time.Second)
		s.messages <- true
		if pulls, _ := within(server, time.Millisecond); pulls != 1 {
			t.Errorf("%d pulls in the millisecond after a hint", pulls)
		}
	})
}

func TestWhatMovedBeforeTheStreamWasThereIsPulledWhenItIs(t *testing.T) {
	s := &stream{}
	server := &fakeServer{stream: s}
	running(t, server, func(*Engine, *fakeStore) {
		within(server, time.Second)
		s.messages <- false // the stream stands
		if pulls, _ := within(server, time.Millisecond); pulls != 1 {
			t.Errorf("%d pulls when the stream stood", pulls)
		}
		s.messages <- false // a mere sign of life
		if pulls, _ := within(server, time.Second); pulls != 0 {
			t.Errorf("%d pulls after a sign of life", pulls)
		}
	})
}

func TestManyHintsAreFewPulls(t *testing.T) {
	s := &stream{}
	server := &fakeServer{stream: s}
	running(t, server, func(*Engine, *fakeStore) {
		before, _ := server.counted()
		for range 1000 {
			s.messages <- true
			time.Sleep(time.Millisecond)
		}
		synctest.Wait()
		if pulls, _ := server.counted(); pulls-before > 11 {
			t.Errorf("%d pulls for a second of hints", pulls-before)
		}
	})
}

func TestALivingStreamMakesTheDeviceAskRarely(t *testing.T) {
	s := &stream{}
	server := &fakeServer{stream: s}
	running(t, server, func(*Engine, *fakeStore) {
		s.messages <- false
		within(server, time.Second)
		pulls := 0
		for range 120 {
			s.messages <- false
			p, streams := within(server, 30*time.Second)
			if pulls += p; streams > 0 {
				t.Fatal("a living stream was opened again")
			}
		}
		if pulls < 40 || pulls > 120 {
			t.Errorf("%d pulls in an hour with a living stream, want about 60", pulls)
		}
	})
}

func TestAServerWithoutHintsIsAskedAtIntervals(t *testing.T) {
	server := &fakeServer{}
	server.watch = nil // as of an earlier version
	running(t, server, func(*Engine, *fakeStore) {
		if pulls, _ := within(server, time.Hour); pulls < 160 || pulls > 480 {
			t.Errorf("%d pulls in an hour without hints, want about 240", pulls)
		}
	})
}

// A proxy that collects what the server sends, or a connection of which the server knows nothing any more: the stream looks open, and nothing comes.
func TestASilentStreamIsClosedAndTheDeviceAsksAtIntervals(t *testing.T) {
	s := &stream{}
	server := &fakeServer{stream: s}
	running(t, server, func(*Engine, *fakeStore) {
		pulls, streams := within(server, time.Hour)
		if pulls < 160 || pulls > 480 {
			t.Errorf("%d pulls in an hour with a silent stream, want about 240", pulls)
		}
		if streams < 5 || streams > 30 {
			t.Errorf("%d streams in an hour, want a few, with growing waits", streams)
		}
	})
}

func TestAStreamThatFallsSilentIsOpenedAgain(t *testing.T) {
	s := &stream{}
	server := &fakeServer{stream: s}
	running(t, server, func(*Engine, *fakeStore) {
		for range 3 { // it lives for two minutes, each time
			for range 4 {
				s.messages <- false
				time.Sleep(30 * time.Second)
			}
			if _, streams := within(server, deadAfter+2*firstReopen); streams != 1 {
				t.Fatalf("%d streams within the time that a silent one is given", streams)
			}
		}
	})
}

func TestStreamsThatAreCutComeBackMoreAndMoreSlowly(t *testing.T) {
	server := &fakeServer{watch: func(_ context.Context, hint func(bool)) error {
		hint(false)
		return errNetwork
	}}
	running(t, server, func(*Engine, *fakeStore) {
		_, first := within(server, time.Minute)
		_, second := within(server, time.Hour)
		if first > 6 || second < 5 || second > 40 {
			t.Errorf("%d streams in the first minute, %d in the next hour", first, second)
		}
	})
}

func TestTheEndOfTheSignInIsShownWhenTheStreamSaysSo(t *testing.T) {
	s := &stream{}
	server := &fakeServer{stream: s}
	running(t, server, func(e *Engine, _ *fakeStore) {
		s.messages <- false
		within(server, 2*time.Second)
		ended := &sales.Error{Code: sales.CodeSignedOut, Message: "the sign-in was ended"}
		server.fail(ended)
		s.cut <- ended
		within(server, time.Millisecond)
		if p := e.State().Phase; p != sales.SyncSignedOut {
			t.Errorf("the state is %s", p)
		}
		if _, streams := within(server, time.Hour); streams != 0 {
			t.Errorf("%d streams were opened without a sign-in", streams)
		}
		server.comeBack()
		if _, streams := within(server, 2*lastRetry); streams == 0 {
			t.Error("no stream after the sign-in was good again")
		}
	})
}

func TestAWriteGoesAtOnceAndABurstOfWritesTogether(t *testing.T) {
	server := &fakeServer{outcome: wire.Applied}
	running(t, server, func(e *Engine, store *fakeStore) {
		within(server, time.Second)
		store.write()
		e.Kick()
		if within(server, time.Millisecond); store.sent() != 1 {
			t.Error("the first write waits")
		}
		before := server.pushed()
		for range 100 {
			store.write()
			e.Kick()
			time.Sleep(time.Millisecond)
		}
		within(server, time.Second)
		if n := server.pushed() - before; store.sent() != 101 || n > 2 {
			t.Errorf("%d writes sent, in %d pushes", store.sent(), n)
		}
	})
}

// patientError is an answer that wants the device to wait.
type patientError struct{ after time.Duration }

func (patientError) Error() string               { return "come back later" }
func (a patientError) RetryAfter() time.Duration { return a.after }
func (f *fakeServer) pushed() int                { f.mu.Lock(); defer f.mu.Unlock(); return f.pushes }
func (f *fakeServer) fail(err error)             { f.mu.Lock(); defer f.mu.Unlock(); f.err = err }
func busyFor(d time.Duration) *sales.Error {
	return &sales.Error{Code: sales.CodeOffline, Message: "busy", Cause: patientError{d}}
}

func TestAServerThatAsksToWaitIsLeftAlone(t *testing.T) {
	server := &fakeServer{outcome: wire.Applied, err: busyFor(20 * time.Minute)}
	running(t, server, func(e *Engine, store *fakeStore) {
		for range 19 {
			store.write()
			e.Kick()
			if pulls, _ := within(server, time.Minute); pulls != 0 {
				t.Fatal("the device asked before its time")
			}
		}
		server.comeBack()
		within(server, 5*time.Minute)
		if store.sent() != 19 {
			t.Errorf("%d of 19 changes sent after the wait", store.sent())
		}
	})
}

// Guarantee 23.
func TestAnHourOfServerErrorsDrainsUnaided(t *testing.T) {
	server := &fakeServer{outcome: wire.Applied, err: &sales.Error{Code: sales.CodeOffline, Message: "500"}}
	running(t, server, func(e *Engine, store *fakeStore) {
		for range 50 {
			store.write()
		}
		var gaps []int
		for range 6 {
			n := server.tries()
			within(server, 10*time.Minute)
			gaps = append(gaps, server.tries()-n)
		}
		if s := e.State(); s.Phase != sales.SyncOffline || s.Waiting != 50 || s.Problem == nil || !s.NextTry.After(time.Now()) {
			t.Errorf("after an hour of errors the state is %+v", s)
		}
		if gaps[0] > 16 || gaps[5] > 4 || gaps[5] < 1 {
			t.Errorf("tries in each ten minutes: %v; they should become rare, and not end", gaps)
		}
		server.comeBack()
		within(server, lastRetry+lastRetry/2)
		if s := e.State(); s.Phase != sales.SyncIdle || s.Waiting != 0 || s.Problem != nil || store.sent() != 50 {
			t.Errorf("after the server was well again the state is %+v, %d sent", s, store.sent())
		}
	})
}

func (f *fakeServer) tries() int { f.mu.Lock(); defer f.mu.Unlock(); return f.refusals }
