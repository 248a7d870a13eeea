package server

import (
	"context"
	"errors"

	"connectrpc.com/connect"

	"github.com/rounds-field/rounds/sales"
)

// ErrTooMany is the cause of a refusal that only asks to wait.
var ErrTooMany = errors.New("too many failed attempts")

// end logs and counts how a call ended and turns its error into one of the wire.
func (h *Handler) end(ctx context.Context, call string, err error, records int) error {
	n, ok := ctx.Value(notedKey{}).(*note)
	if !ok {
		n = &note{}
	}
	n.ended = true
	if err == nil {
		h.observe(call, "", records)
		return nil
	}
	ce := wireError(err)
	n.code, n.reason = ce.Code(), ce.Message()
	h.observe(call, ce.Code().String(), records)
	switch ce.Code() {
	case connect.CodeInternal, connect.CodeUnavailable:
		h.log.ErrorContext(ctx, "call ended in an error", "call", call, "error", err)
	case connect.CodeCanceled:
	default:
		h.log.InfoContext(ctx, "call refused", "call", call, "code", ce.Code().String(), "reason", ce.Message())
	}
	return ce
}

// wireError gives the error its code on the wire. The text of a refusal goes to the caller; that of a fault stays in the log.
func wireError(err error) *connect.Error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return connect.NewError(connect.CodeCanceled, errors.New("the call was ended by the caller"))
	}
	var e *sales.Error
	if !errors.As(err, &e) {
		return connect.NewError(connect.CodeInternal, errors.New("a fault of the server; it is in its log"))
	}
	text := e.Message
	if errors.Is(err, ErrTooMany) {
		text += ": " + ErrTooMany.Error()
	}
	if e.Hint != "" {
		text += "; " + e.Hint
	}
	code := connect.CodeInternal
	switch e.Code {
	case sales.CodeSignedOut:
		code = connect.CodeUnauthenticated
	case sales.CodeForbidden:
		code = connect.CodePermissionDenied
	case sales.CodeUpdateRequired:
		code = connect.CodeFailedPrecondition
	case sales.CodeNotFound:
		code = connect.CodeNotFound
	case sales.CodeInvalid, sales.CodeRequired, sales.CodeTooLong, sales.CodeUnknownKind, sales.CodeUnknownField:
		code = connect.CodeInvalidArgument
	case sales.CodeStorage:
		// What the disk or database said is for the log; the device tries again.
		return connect.NewError(connect.CodeUnavailable, errors.New("the server's database does not answer; try again later"))
	}
	if errors.Is(err, ErrTooMany) {
		code = connect.CodeResourceExhausted
	}
	if code == connect.CodeInternal {
		text = "a fault of the server; it is in its log"
	}
	return connect.NewError(code, errors.New(text))
}
