package server

import (
	"context"
	"io"
	"net/http"

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
