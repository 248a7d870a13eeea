package server

import (
	"context"
	"io"
	"net/http"
	"sync"

	"connectrpc.com/connect"

	"github.com/rounds-field/rounds/sync/syncpb"
)

// Limits on what somebody who is not signed in may make the server read.
const (
	strangersBytes = 64 << 10 // of a message, unpacked
	drainedBytes   = 4 << 20  // of a body that is thrown away unseen, so that its sender hears the answer
)

// signedIn turns strangers away before their message is unpacked: a small one can unpack to many millions of parts. The call itself
// asks again, because the message may take minutes to arrive.
func (h *Handler) signedIn(next http.Handler) http.Handler {
	refusal := connect.NewErrorWriter()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !refusal.IsSupported(r) {
			next.ServeHTTP(w, r) // is told what to send instead
			return
		}
		caller, err := h.accounts.Authenticate(r.Context(), bearer(r.Header))
		if err != nil {
			err = h.end(r.Context(), callName(r.URL.Path), err, 0)
			_, _ = io.CopyN(io.Discard, r.Body, drainedBytes)
			_ = refusal.Write(w, r, err) // who asked may have gone
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), notedKey{}, &note{caller: caller})))
	})
}

// callName is the call that a path asks for; a made-up one must not become a label of the metrics.
func callName(path string) string {
	switch path {
	case syncpb.SyncServicePushProcedure:
		return "Push"
	case syncpb.SyncServicePullProcedure:
		return "Pull"
	case syncpb.SyncServiceRepairProcedure:
		return "Repair"
	case syncpb.SyncServiceHistoryProcedure:
		return "History"
	case syncpb.SyncServiceWatchProcedure:
		return "Watch"
	}
	return "unknown"
}

// callsAtOnce is how many calls of one user are worked on at the same time: each may have a message of 64 MiB, and no user has so many devices that they would notice.
const callsAtOnce = 16

// turns has the calls of a user wait for one another once there are many.
type turns struct {
	mu    sync.Mutex
	users map[string]*turn
}

type turn struct {
	free  chan struct{}
	calls int // at work or waiting
}

// take waits for a turn; leave gives it back.
func (t *turns) take(ctx context.Context, user string) (leave func(), err error) {
	t.mu.Lock()
	u := t.users[user]
	if u == nil {
		u = &turn{free: make(chan struct{}, callsAtOnce)}
		if t.users == nil {
			t.users = map[string]*turn{}
		}
		t.users[user] = u
	}
	u.calls++
	t.mu.Unlock()
	forget := func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if u.calls--; u.calls == 0 {
			delete(t.users, user)
		}
	}
	select {
	case u.free <- struct{}{}:
		return func() { <-u.free; forget() }, nil
	case <-ctx.Done():
		forget()
		return nil, ctx.Err()
	}
}

// inTurn lets a call through when not too many of the same user are at work. Its message is not read before.
func (h *Handler) inTurn(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, ok := r.Context().Value(notedKey{}).(*note)
		if !ok { // refused before anybody was asked who they are
			next.ServeHTTP(w, r)
			return
		}
		leave, err := h.turns.take(r.Context(), n.caller.UserID)
		if err != nil {
			return // who asked has gone
		}
		defer leave()
		next.ServeHTTP(w, r)
	})
}
