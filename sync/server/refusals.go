package server

import (
	"bytes"
	"context"
	"net/http"

	"connectrpc.com/connect"

	"github.com/rounds-field/rounds/sync/wire"
)

// excerptBytes is how much of a refusal is kept for the log and the audit.
const excerptBytes = 300

// notedKey finds the note of a call in its context.
type notedKey struct{}

// note is what became of a call of somebody who is signed in.
type note struct {
	caller wire.Caller
	ended  bool // the call itself was reached, and has logged and counted its end
	code   connect.Code
	reason string
}

// noted logs, counts and audits the refusal of messages that no honest device sends: those too large or malformed never reach their call.
func (h *Handler) noted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, ok := r.Context().Value(notedKey{}).(*note)
		if !ok { // refused before anybody was asked who they are
			next.ServeHTTP(w, r)
			return
		}
		answer := &answer{ResponseWriter: w}
		next.ServeHTTP(answer, r)
		call := callName(r.URL.Path)
		if !n.ended {
			if answer.status < http.StatusBadRequest {
				return
			}
			n.code, n.reason = connect.CodeInvalidArgument, answer.excerpt.String()
			h.observe(call, n.code.String(), 0)
			h.log.InfoContext(r.Context(), "message refused", "call", call, "user", n.caller.UserID, "status", answer.status, "reason", n.reason)
		}
		if n.code != connect.CodeInvalidArgument || r.Context().Err() != nil {
			return
		}
		if err := h.accounts.Refused(context.WithoutCancel(r.Context()), n.caller, call, n.reason); err != nil {
			h.log.ErrorContext(r.Context(), "a refusal could not be audited", "call", call, "user", n.caller.UserID, "error", err)
		}
	})
}

// answer remembers how a call was answered.
type answer struct {
	http.ResponseWriter
	status  int
	excerpt bytes.Buffer
}

func (a *answer) WriteHeader(status int) {
	a.status = status
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(b []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	if room := excerptBytes - a.excerpt.Len(); a.status >= http.StatusBadRequest && room > 0 {
		a.excerpt.Write(b[:min(room, len(b))])
	}
	return a.ResponseWriter.Write(b)
}

// Unwrap gives the writer beneath to http.ResponseController.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
