package client

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"strings"

	"connectrpc.com/connect"

	"github.com/rounds-field/rounds/sales"
)

// explain turns an error of the network into one that a rep understands, with a code that the engine acts on. A nil error stays
// nil.
func (c *Client) explain(doing string, err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	e := &sales.Error{Message: doing + " at " + c.server, Args: map[string]any{"Server": c.server}}
	var dns *net.DNSError
	var unknown x509.UnknownAuthorityError
	var wrongHost x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	var ce *connect.Error
	errors.As(err, &ce)
	switch {
	case errors.Is(err, errRedirected):
		e.Code, e.Message, e.Hint = sales.CodeOffline, e.Message+": the network asks to sign in first", "open a web page in the browser and sign in to the network; your work is kept and sent later"
	case errors.As(err, &dns):
		e.Code, e.Message, e.Hint = sales.CodeOffline, e.Message+": the name "+dns.Name+" is not known here", "check the address and the network; your work is kept and sent later"
	case errors.As(err, &unknown), errors.As(err, &wrongHost), errors.As(err, &invalid), errors.As(err, &record):
		e.Code, e.Cause, e.Hint = sales.CodeOffline, err, "the server's certificate does not prove who it is: check the address, the network and this computer's date"
	case ce == nil:
		e.Code, e.Cause, e.Hint = sales.CodeOffline, err, "your work is kept and sent when the server can be reached"
	default:
		byCode(e, ce)
	}
	return e
}

// byCode sorts what the server itself, or somebody in its place, answered.
func byCode(e *sales.Error, ce *connect.Error) {
	if inPlace(ce) {
		e.Code, e.Message, e.Cause = sales.CodeOffline, e.Message+": something on the way answers in the server's place", ce
		e.Hint = "open a web page in the browser, for the network may ask to sign in, and check the address; your work is kept and sent later"
		return
	}
	// The server's own errors say what to do in their last part.
	said, hint, _ := strings.Cut(ce.Message(), "; ")
	told := func(code, otherwise string) {
		e.Code, e.Message, e.Hint = code, e.Message+": "+said, cmp.Or(hint, otherwise)
	}
	switch ce.Code() {
	case connect.CodeUnauthenticated:
		told(sales.CodeSignedOut, "sign in again; your work is kept")
	case connect.CodePermissionDenied:
		told(sales.CodeForbidden, "ask your administrator")
	case connect.CodeFailedPrecondition:
		told(sales.CodeUpdateRequired, "update Rounds; what you write until then is sent as before")
	case connect.CodeInvalidArgument, connect.CodeOutOfRange:
		told(sales.CodeInvalid, "update the program, or ask your administrator")
	case connect.CodeNotFound:
		told(sales.CodeNotFound, "sync, then look again")
	default:
		// No connection, a timeout, a proxy's page, an overloaded or failing server: all of these pass.
		e.Code, e.Cause, e.Hint = sales.CodeOffline, ce, "your work is kept and sent when the server can be reached"
	}
}

// inPlace says whether an answer came that the server cannot have written: the page of a portal, a gateway's refusal, nonsense. A gateway's 401 must not
// sign anybody out.
func inPlace(ce *connect.Error) bool {
	if connect.IsWireError(ce) {
		return false
	}
	switch ce.Code() {
	case connect.CodeUnavailable, connect.CodeDeadlineExceeded, connect.CodeCanceled, connect.CodeResourceExhausted:
		return false // no answer at all, or a gateway that says that the server is not there
	}
	return true
}
