package client

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"connectrpc.com/connect"

	"github.com/rounds-field/rounds/sales"
)

// What to do about it, on the command line; the app has its own texts for each reason.
const (
	hintKept  = "your work is kept and sent by itself when the server can be reached"
	hintAdmin = "your work is kept; tell your administrator if it lasts"
)

var hints = map[string]string{
	sales.OfflinePortal:     "open a web page in the browser and sign in to the network; your work is kept and sent later",
	sales.OfflineProxy:      "check the proxy that this computer is set to use (HTTPS_PROXY), or ask who runs it; your work is kept",
	sales.OfflineInterposed: "open a web page in the browser, for the network may ask to sign in, and check the address; your work is kept and sent later",
	sales.OfflineAddress:    "check the server's address with your administrator; your work is kept",
	sales.OfflineName:       "check the address and the network; your work is kept and sent later",
	sales.OfflineNoNetwork:  "connect to a network; your work is kept and sent later",
	sales.OfflineRefused:    "the server is not running there just now, or the address is wrong; your work is kept and sent later",
	sales.OfflineTimeout:    "the network is slow or lets nothing through; your work is kept and sent later",
	sales.OfflineCut:        hintKept,
	sales.OfflineUntrusted:  "a network that wants a sign-in first looks like this: open a web page in the browser; otherwise tell your administrator; your work is kept",
	sales.OfflineWrongHost:  "a network that wants a sign-in first looks like this: open a web page in the browser; otherwise check the address; your work is kept",
	sales.OfflineExpired:    "check this computer's date; if it is right, tell your administrator; your work is kept",
	sales.OfflineClock:      "set this computer's date and time right; your work is kept and sent then",
	sales.OfflinePlain:      "check the address, and open a web page in the browser, for the network may ask to sign in; your work is kept",
	sales.OfflineFault:      hintAdmin,
	sales.OfflineDown:       hintKept,
	sales.OfflineBusy:       hintKept,
	sales.OfflineTooLarge:   "your work is kept; tell your administrator that a proxy before the server limits the size of messages",
}

// manyDays is by how much a certificate is over when it is rather this computer's date that is wrong: servers are looked after more often.
const manyDays = 180 * 24 * time.Hour

// explain turns an error of the network into one that a rep understands, with a code that the engine acts on and the reason that chooses
// its text. A nil error stays nil.
func (c *Client) explain(doing string, err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	e := &sales.Error{Code: sales.CodeOffline, Message: doing + " at " + c.server, Args: map[string]any{"Server": c.server}}
	var strange *strangeError
	var ce *connect.Error
	switch {
	case errors.As(err, &strange):
		e.Cause = strange
		e.Reason = byStatus(strange)
	case connectionReason(e, err):
	case errors.As(err, &ce):
		byCode(e, ce)
	default:
		e.Cause = err
	}
	if e.Code == sales.CodeOffline {
		e.Hint = cmp.Or(e.Hint, hints[e.Reason], hintKept)
	}
	return e
}

// byStatus says what an answer means that somebody else wrote than the server's sync.
func byStatus(a *strangeError) string {
	switch a.status {
	case http.StatusNetworkAuthenticationRequired:
		return sales.OfflinePortal
	case http.StatusProxyAuthRequired:
		return sales.OfflineProxy
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusGone, http.StatusNotImplemented:
		return sales.OfflineAddress
	case http.StatusRequestEntityTooLarge:
		return sales.OfflineTooLarge
	case http.StatusTooManyRequests:
		return sales.OfflineBusy
	case http.StatusInternalServerError:
		return sales.OfflineFault
	case http.StatusBadGateway, http.StatusServiceUnavailable:
		return sales.OfflineDown
	case http.StatusRequestTimeout, http.StatusGatewayTimeout:
		return sales.OfflineTimeout
	}
	if a.away || a.status == http.StatusOK && strings.HasSuffix(a.kind, "html") {
		return sales.OfflinePortal
	}
	return sales.OfflineInterposed
}

// connectionReason finds out why no answer came at all; false when there was one.
func connectionReason(e *sales.Error, err error) bool {
	if reason := certificateReason(e, err); reason != "" {
		e.Reason, e.Cause = reason, root(err)
		return true
	}
	var dns *net.DNSError
	var op *net.OpError
	var proxy *proxyError
	var timeout net.Error
	switch {
	case errors.As(err, &proxy):
		e.Reason, e.Args["Name"] = sales.OfflineProxy, proxy.proxy
	case errors.As(err, &op) && op.Op == "proxyconnect":
		e.Reason, e.Args["Name"] = sales.OfflineProxy, ""
	case errors.As(err, &dns) && dns.IsNotFound:
		e.Reason, e.Args["Name"] = sales.OfflineName, dns.Name
	case errors.As(err, &dns), isOneOf(err, noNetworkErrors):
		e.Reason = sales.OfflineNoNetwork
	case isOneOf(err, refusedErrors):
		e.Reason = sales.OfflineRefused
	case errors.Is(err, errSilent), errors.Is(err, errStalled), errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		e.Reason = sales.OfflineTimeout
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, errStreamCut), isOneOf(err, cutErrors):
		e.Reason = sales.OfflineCut
	default:
		return false
	}
	e.Cause = root(err)
	return true
}

func isOneOf(err error, list []error) bool {
	return slices.ContainsFunc(list, func(one error) bool { return errors.Is(err, one) })
}

// certificateReason says what is wrong with how the server proves who it is; "" when nothing is.
func certificateReason(e *sales.Error, err error) string {
	var unknown x509.UnknownAuthorityError
	var system x509.SystemRootsError
	var wrongHost x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &wrongHost):
		return sales.OfflineWrongHost
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && invalid.Cert != nil:
		now := time.Now()
		e.Args["Today"], e.Args["Until"] = now.Format(time.DateOnly), invalid.Cert.NotAfter.Format(time.DateOnly)
		if now.Before(invalid.Cert.NotBefore) || now.After(invalid.Cert.NotAfter.Add(manyDays)) {
			return sales.OfflineClock
		}
		return sales.OfflineExpired
	case errors.As(err, &unknown), errors.As(err, &system), errors.As(err, &invalid):
		return sales.OfflineUntrusted
	case errors.As(err, &record), strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return sales.OfflinePlain
	}
	return ""
}

// root is the error without the layers that only repeat the address.
func root(err error) error {
	var ce *connect.Error
	if errors.As(err, &ce) {
		err = ce.Unwrap()
	}
	var ue *url.Error
	if errors.As(err, &ue) {
		err = ue.Err
	}
	return err
}

// byCode sorts what the server itself answered.
func byCode(e *sales.Error, ce *connect.Error) {
	if !connect.IsWireError(ce) {
		e.Cause = ce
		if ce.Code() != connect.CodeUnavailable && ce.Code() != connect.CodeCanceled {
			e.Reason = sales.OfflineInterposed // nonsense under the server's name; a gateway's 401 must not sign anybody out
		}
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
	case connect.CodeResourceExhausted:
		told(sales.CodeOffline, hint)
		e.Reason, e.Cause = sales.OfflineBusy, asksToWait(ce)
	case connect.CodeUnavailable, connect.CodeAborted, connect.CodeCanceled, connect.CodeDeadlineExceeded:
		e.Reason, e.Cause = sales.OfflineDown, asksToWait(ce)
	default:
		e.Reason, e.Cause = sales.OfflineFault, ce
	}
}

// waitError is a refusal of the server's that asks to wait.
type waitError struct {
	refusal *connect.Error
	after   time.Duration
}

func (w *waitError) Error() string { return w.refusal.Error() }

// Unwrap gives the refusal.
func (w *waitError) Unwrap() error { return w.refusal }

// RetryAfter is how long the server asks to be left alone.
func (w *waitError) RetryAfter() time.Duration { return w.after }

func asksToWait(ce *connect.Error) error {
	if n, err := strconv.Atoi(ce.Meta().Get("Retry-After")); err == nil && n > 0 {
		return &waitError{ce, time.Duration(min(n, 1<<20)) * time.Second}
	}
	return ce
}
