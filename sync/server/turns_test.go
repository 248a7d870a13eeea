package server_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/google/uuid"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/server"
	"github.com/rounds-field/rounds/sync/syncpb"
	"github.com/rounds-field/rounds/sync/wire"
)

// lasting is a journal whose answers last until it is told that they may end.
type lasting struct {
	server.Journal
	inside atomic.Int32
	done   chan struct{}
}

func (l *lasting) Pull(context.Context, wire.Caller, wire.PullRequest) (wire.PullResponse, error) {
	l.inside.Add(1)
	defer l.inside.Add(-1)
	<-l.done
	return wire.PullResponse{}, nil
}

// anybody takes every token for a user of that id.
type anybody struct{ server.Accounts }

func (anybody) Authenticate(_ context.Context, token string) (wire.Caller, error) {
	if token == "" {
		return wire.Caller{}, errors.New("nobody")
	}
	return wire.Caller{Access: sales.Access{UserID: token, Role: sales.RoleRep}}, nil
}

// A user who begins a thousand calls at once, each with a message of many megabytes, must not fill the server's memory; others are served meanwhile.
func TestTheCallsOfOneUserAreReadInTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		journal := &lasting{done: make(chan struct{})}
		h := server.NewHandler(server.New(journal, server.Limits{}), anybody{}, slog.New(slog.DiscardHandler), nil)
		greedy, other := uuid.NewString(), uuid.NewString()
		var answered, gone atomic.Int32
		call := func(ctx context.Context, user string) {
			r := httptest.NewRequestWithContext(ctx, http.MethodPost, syncpb.SyncServicePullProcedure, strings.NewReader("{}"))
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Authorization", "Bearer "+user)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			switch {
			case ctx.Err() != nil:
				gone.Add(1)
			case w.Code != http.StatusOK:
				t.Errorf("%d %s", w.Code, w.Body)
			default:
				answered.Add(1)
			}
		}
		impatient, leave := context.WithCancel(t.Context())
		for range 20 {
			go call(t.Context(), greedy)
		}
		synctest.Wait()
		for range 30 {
			go call(impatient, greedy)
		}
		synctest.Wait()
		if n := journal.inside.Load(); n != 16 {
			t.Errorf("%d calls of one user are at work", n)
		}
		go call(t.Context(), other)
		synctest.Wait()
		if n := journal.inside.Load(); n != 17 {
			t.Errorf("%d calls are at work: another user waits, too", n)
		}
		leave()
		synctest.Wait()
		if gone.Load() != 30 {
			t.Errorf("%d of those who left are not waited for any more", gone.Load())
		}
		close(journal.done)
		synctest.Wait()
		if answered.Load() != 21 {
			t.Errorf("%d calls were answered", answered.Load())
		}
	})
}
