package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

// fakeFeed is a journal of which only the heads are known.
type fakeFeed struct {
	mu        sync.Mutex
	heads     map[string]wire.Cursor
	listeners []func(string, []wire.Cursor)
	asked     int
	broken    error
}

func newFeed(buckets ...string) *fakeFeed {
	f := &fakeFeed{heads: map[string]wire.Cursor{}}
	for _, b := range buckets {
		f.heads[b] = wire.Cursor{Bucket: b, Epoch: 1, Seq: 1}
	}
	return f
}

func (f *fakeFeed) OnCommit(l func(string, []wire.Cursor)) func() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.listeners = append(f.listeners, l)
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.listeners = nil
	}
}

func (f *fakeFeed) Head(context.Context) (int64, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked++
	var n int64
	for _, c := range f.heads {
		n += int64(c.Seq)
	}
	return n, f.broken
}

func (f *fakeFeed) Heads(context.Context) ([]wire.Cursor, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []wire.Cursor
	for _, c := range f.heads {
		out = append(out, c)
	}
	return out, f.broken
}

func (f *fakeFeed) Territories(context.Context) (sales.TerritoryTree, error) {
	return sales.TerritoryTree{"31": "", "3101": "31", "32": ""}, nil
}

// move moves a bucket, elsewhere or by a commit of this process.
func (f *fakeFeed) move(bucket string) wire.Cursor {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := f.heads[bucket]
	c.Bucket, c.Epoch = bucket, 1
	c.Seq++
	f.heads[bucket] = c
	return c
}

func (f *fakeFeed) commit(origin string, buckets ...string) {
	var moved []wire.Cursor
	for _, b := range buckets {
		moved = append(moved, f.move(b))
	}
	f.mu.Lock()
	listeners := slices.Clone(f.listeners)
	f.mu.Unlock()
	for _, l := range listeners {
		l(origin, moved)
	}
}

func (f *fakeFeed) questions() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.asked
}

// seat is one open stream in a test.
type seat struct {
	mu     sync.Mutex
	hints  int
	life   int
	ended  error
	auth   error
	cancel func()
}

func (s *seat) seen() (hints, life int, ended error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hints, s.life, s.ended
}

func rep(id string, territories ...string) wire.Caller {
	return wire.Caller{Access: sales.Access{UserID: id, Role: sales.RoleRep, Territories: territories}, Incarnation: "device of " + id}
}

// sit opens a stream.
func sit(t *testing.T, h *hub, caller wire.Caller) *seat {
	ctx, cancel := context.WithCancel(t.Context())
	s := &seat{cancel: cancel}
	go func() {
		err := h.serve(ctx, caller, func(context.Context) (wire.Caller, error) {
			s.mu.Lock()
			defer s.mu.Unlock()
			return caller, s.auth
		}, func(changed bool) error {
			s.mu.Lock()
			defer s.mu.Unlock()
			if changed {
				s.hints++
			} else {
				s.life++
			}
			return nil
		})
		s.mu.Lock()
		defer s.mu.Unlock()
		s.ended = err
	}()
	synctest.Wait()
	return s
}

// watching plays with a hub in a bubble of its own time, and looks that nothing is left of it.
func watching(t *testing.T, limits Limits, play func(t *testing.T, h *hub, feed *fakeFeed)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		feed := newFeed("o", "t:31", "t:3101", "t:32", "u:ann", "u:bob")
		h := newHub(feed, limits.filled(), slog.New(slog.DiscardHandler))
		play(t, h, feed)
		h.stop()
		synctest.Wait()
		if n := h.watchers(); n != 0 || h.round != nil || len(h.devices) != 0 {
			t.Errorf("after the stop: %d watchers, %d devices", n, len(h.devices))
		}
		asked := feed.questions()
		time.Sleep(time.Minute)
		if feed.questions() != asked {
			t.Error("the journal is asked although nobody watches")
		}
	})
}

func TestAHintComesAtOnceToThoseWhoSeeTheBucketThatMoved(t *testing.T) {
	watching(t, Limits{}, func(t *testing.T, h *hub, feed *fakeFeed) {
		ann, bob, boss := sit(t, h, rep("ann", "31")), sit(t, h, rep("bob", "32")), sit(t, h, rep("boss"))
		want := func(what string, a, b, c int) {
			t.Helper()
			synctest.Wait() // no time passes
			ga, _, _ := ann.seen()
			gb, _, _ := bob.seen()
			gc, _, _ := boss.seen()
			if ga != a || gb != b || gc != c {
				t.Errorf("%s: hints %d, %d, %d; want %d, %d, %d", what, ga, gb, gc, a, b, c)
			}
			time.Sleep(time.Second)
		}
		feed.commit("other", "t:3101")
		want("a territory below ann's", 1, 0, 1)
		feed.commit("other", "u:bob")
		want("bob's own", 1, 1, 1)
		feed.commit("other", "o", "t:31")
		want("the organisation", 2, 2, 2)
	})
}

func TestTheDeviceThatPushedIsNotHinted(t *testing.T) {
	watching(t, Limits{}, func(t *testing.T, h *hub, feed *fakeFeed) {
		ann, bob := sit(t, h, rep("ann")), sit(t, h, rep("bob"))
		feed.commit("device of ann", "o")
		time.Sleep(time.Second)
		synctest.Wait()
		if hints, _, _ := ann.seen(); hints != 0 {
			t.Errorf("ann's device has %d hints of its own push", hints)
		}
		if hints, _, _ := bob.seen(); hints != 1 {
			t.Errorf("bob's device has %d hints", hints)
		}
		feed.commit("device of ann", "o")
		feed.commit("device of bob", "o") // before anybody was told
		synctest.Wait()
		if hints, _, _ := ann.seen(); hints != 1 {
			t.Errorf("ann's device has %d hints after two wrote", hints)
		}
	})
}

func TestABurstOfCommitsIsAFewHintsAndTheLastIsTold(t *testing.T) {
	watching(t, Limits{}, func(t *testing.T, h *hub, feed *fakeFeed) {
		ann := sit(t, h, rep("ann"))
		for range 1000 {
			feed.commit("other", "o")
			time.Sleep(time.Millisecond)
		}
		before, _, _ := ann.seen()
		if before < 2 || before > 8 {
			t.Errorf("%d hints in a second of commits", before)
		}
		time.Sleep(hintRest)
		synctest.Wait()
		quiet, _, _ := ann.seen()
		feed.commit("other", "o")
		time.Sleep(hintRest)
		synctest.Wait()
		if after, _, _ := ann.seen(); after != quiet+1 {
			t.Errorf("%d hints after the last commit", after-quiet)
		}
	})
}

func TestWhatAnotherProcessWritesIsFoundByLooking(t *testing.T) {
	watching(t, Limits{}, func(t *testing.T, h *hub, feed *fakeFeed) {
		ann, bob := sit(t, h, rep("ann", "31")), sit(t, h, rep("bob", "32"))
		for i := range 100 { // streams cost no questions of their own
			sit(t, h, rep(fmt.Sprint("rep ", i), "31"))
		}
		asked := feed.questions()
		time.Sleep(10 * time.Second)
		if n := feed.questions() - asked; n > 55 {
			t.Errorf("%d questions in ten seconds", n)
		}
		feed.move("t:31")
		time.Sleep(2 * lookEvery)
		synctest.Wait()
		if hints, _, _ := ann.seen(); hints != 1 {
			t.Errorf("ann has %d hints", hints)
		}
		if hints, _, _ := bob.seen(); hints != 0 {
			t.Errorf("bob has %d hints of a territory that is not his", hints)
		}
	})
}

func TestASignOfLifeComesAtOnceAndThenNowAndAgain(t *testing.T) {
	watching(t, Limits{}, func(t *testing.T, h *hub, _ *fakeFeed) {
		ann := sit(t, h, rep("ann"))
		if _, life, _ := ann.seen(); life != 1 {
			t.Fatalf("%d signs of life at the beginning", life)
		}
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if hints, life, _ := ann.seen(); hints != 0 || life < 20 || life > 31 {
			t.Errorf("%d hints and %d signs of life in ten quiet minutes", hints, life)
		}
	})
}

func TestAnEndedSignInEndsTheStream(t *testing.T) {
	watching(t, Limits{}, func(t *testing.T, h *hub, feed *fakeFeed) {
		ann, bob := sit(t, h, rep("ann")), sit(t, h, rep("bob"))
		ann.mu.Lock()
		ann.auth = &sales.Error{Code: sales.CodeSignedOut, Message: "the sign-in was ended"}
		ann.mu.Unlock()
		bob.mu.Lock()
		bob.auth = &sales.Error{Code: sales.CodeStorage, Message: "the database does not answer"}
		bob.mu.Unlock()
		time.Sleep(2 * lifeEvery)
		feed.commit("other", "o")
		synctest.Wait()
		if hints, _, err := ann.seen(); !sales.HasCode(err, sales.CodeSignedOut) || hints != 0 {
			t.Errorf("ann's stream: %v, %d hints", err, hints)
		}
		if hints, _, err := bob.seen(); err != nil || hints != 1 {
			t.Errorf("bob's stream, of which nothing is known: %v, %d hints", err, hints)
		}
	})
}

func TestStreamsAreBounded(t *testing.T) {
	watching(t, Limits{Streams: 5, DeviceStreams: 2}, func(t *testing.T, h *hub, _ *fakeFeed) {
		first := sit(t, h, rep("ann"))
		second, third := sit(t, h, rep("ann")), sit(t, h, rep("ann"))
		if _, _, err := first.seen(); !errors.Is(err, errReplaced) {
			t.Errorf("the device's oldest stream: %v", err)
		}
		for _, s := range []*seat{second, third} {
			if _, _, err := s.seen(); err != nil {
				t.Errorf("a newer stream: %v", err)
			}
		}
		for _, name := range []string{"a", "b", "c"} {
			sit(t, h, rep(name))
		}
		if _, _, err := sit(t, h, rep("d")).seen(); !errors.Is(err, errTooManyStreams) {
			t.Errorf("one too many: %v", err)
		}
		third.cancel()
		synctest.Wait()
		if _, _, err := sit(t, h, rep("d")).seen(); err != nil {
			t.Errorf("after one left: %v", err)
		}
	})
}

func TestAServerThatStopsEndsItsStreamsAndTakesNoMore(t *testing.T) {
	watching(t, Limits{}, func(t *testing.T, h *hub, _ *fakeFeed) {
		ann := sit(t, h, rep("ann"))
		h.stop()
		synctest.Wait()
		if _, _, err := ann.seen(); !errors.Is(err, errStopping) {
			t.Errorf("the stream: %v", err)
		}
		if _, _, err := sit(t, h, rep("bob")).seen(); !errors.Is(err, errStopping) {
			t.Errorf("a new one: %v", err)
		}
	})
}

func TestAStreamStandsOnlyWhenNothingMovesUnseen(t *testing.T) {
	watching(t, Limits{}, func(t *testing.T, h *hub, feed *fakeFeed) {
		feed.mu.Lock()
		feed.broken = errors.New("the database does not answer")
		feed.mu.Unlock()
		ann := sit(t, h, rep("ann"))
		if _, life, _ := ann.seen(); life != 0 {
			t.Error("the stream says that it stands although the journal was not read")
		}
		feed.mu.Lock()
		feed.broken = nil
		feed.mu.Unlock()
		time.Sleep(2 * lookEvery)
		synctest.Wait()
		if _, life, _ := ann.seen(); life != 1 {
			t.Error("the stream does not stand after the journal was read")
		}
	})
}
