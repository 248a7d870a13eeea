package server

import (
	"context"
	"errors"
	"net/http"
	"time"

	"connectrpc.com/connect"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/syncpb"
	"github.com/rounds-field/rounds/sync/wire"
)

// The rhythm of a stream.
const (
	hintRest   = 150 * time.Millisecond // between two hints; the first comes at once
	lifeEvery  = 25 * time.Second       // between two signs of life, at each of which the sign-in is looked at again
	writeLimit = 30 * time.Second       // for one message to leave
)

// Why a stream ends, other than by its caller. Devices ask at intervals instead, and come back.
var (
	errStopping       = errors.New("the server is stopping; come back soon")
	errTooManyStreams = errors.New("too many devices are watching; ask at intervals")
	errReplaced       = errors.New("the device has opened another stream")
)

// Watch tells the caller that a pull may bring something, until either side ends it.
func (h *Handler) Watch(ctx context.Context, r *connect.Request[syncpb.WatchRequest], stream *connect.ServerStream[syncpb.WatchResponse]) error {
	token := bearer(r.Header())
	recheck := func(ctx context.Context) (wire.Caller, error) { return h.accounts.Authenticate(ctx, token) }
	caller, err := recheck(ctx)
	if err != nil {
		return h.end(ctx, "Watch", err, 0)
	}
	controller, _ := ctx.Value(controllerKey{}).(*http.ResponseController)
	message := &syncpb.WatchResponse{}
	err = h.hub.serve(ctx, caller, recheck, func(changed bool) error {
		if controller != nil {
			// Where a deadline cannot be set, that of the whole call cuts the stream some time, and the device comes back.
			_ = controller.SetWriteDeadline(time.Now().Add(writeLimit))
		}
		message.Changed = changed
		return stream.Send(message)
	})
	return h.watchEnded(ctx, err)
}

// watchEnded gives the reason its code on the wire. A stream that its caller left, or that is wanted back, is nothing to report.
func (h *Handler) watchEnded(ctx context.Context, err error) error {
	code := connect.CodeUnavailable
	switch {
	case ctx.Err() != nil:
		code, err = connect.CodeCanceled, errors.New("the stream was ended by the caller")
	case errors.Is(err, errStopping):
	case errors.Is(err, errTooManyStreams):
		code = connect.CodeResourceExhausted
	case errors.Is(err, errReplaced):
		code = connect.CodeAborted
	default:
		return h.end(ctx, "Watch", err, 0)
	}
	h.observe("Watch", code.String(), 0)
	return connect.NewError(code, err)
}

// serve runs one stream: a sign of life at once, hints as they come with a rest after each, signs of life between. It ends when recheck says that the
// sign-in is over, when sending fails, and with ctx.
func (h *hub) serve(ctx context.Context, caller wire.Caller, recheck func(context.Context) (wire.Caller, error), send func(changed bool) error) error {
	w, err := h.join(ctx, caller)
	if err != nil {
		return err
	}
	defer h.leave(w)
	if err := send(false); err != nil {
		return err
	}
	life := time.NewTimer(jittered(lifeEvery))
	defer life.Stop()
	rest := time.NewTimer(0) // after its first firing it runs only between hints
	defer rest.Stop()
	hint := w.hint // nil while resting
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-w.ended:
			return err
		case <-hint:
			if err := send(true); err != nil {
				return err
			}
			hint = nil
			rest.Reset(hintRest)
		case <-rest.C:
			hint = w.hint
		case <-life.C:
			caller, err := recheck(ctx)
			switch {
			case err == nil:
				h.became(w, caller)
			case sales.HasCode(err, sales.CodeSignedOut):
				return err
			default: // the database does not answer just now, which says nothing about the sign-in
			}
			if err := send(false); err != nil {
				return err
			}
			life.Reset(jittered(lifeEvery))
		}
	}
}

type controllerKey struct{}

// unhurried prepares a stream, which lasts for as long as the device is there: the time limits of an ordinary call would cut it, so that each of its messages
// has one of its own instead. Proxies are asked to hand on every message at once.
func unhurried(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		controller := http.NewResponseController(w)
		_ = controller.SetReadDeadline(time.Time{}) // see Watch
		header := w.Header()
		header.Set("X-Accel-Buffering", "no")
		header.Set("Cache-Control", "no-store, no-transform")
		if r.ProtoMajor == 1 {
			header.Set("Connection", "close") // the connection carries the stream's last deadline
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), controllerKey{}, controller)))
	})
}
