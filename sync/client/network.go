package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// How long the network is waited for.
const (
	dialLimit  = 10 * time.Second
	stallLimit = 2 * time.Minute  // in which not a byte comes or goes, wherever in a call
	pingAfter  = 30 * time.Second // of silence on a connection that many calls share, and then
	pingLimit  = 15 * time.Second // for its answer
	lookedAt   = 64 << 10         // bytes of an answer that the server may not have written
)

var errSilent = errors.New("nothing came for too long")

// network is the way to the server, and knows the ways in which it fails: what others answer in the server's place, and connections that are only half
// there.
func network(t *traffic) http.RoundTripper {
	return &road{stall: stallLimit, next: &http.Transport{
		Proxy: http.ProxyFromEnvironment,
		OnProxyConnectResponse: func(_ context.Context, proxy *url.URL, _ *http.Request, answer *http.Response) error {
			if answer.StatusCode != http.StatusOK {
				return &proxyError{proxy: proxy.Host, status: answer.StatusCode}
			}
			return nil
		},
		DialContext: (&countingDialer{traffic: t, dialer: net.Dialer{
			Timeout: dialLimit, KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: pingAfter, Interval: 10 * time.Second, Count: 3},
		}}).DialContext,
		ForceAttemptHTTP2:   true,
		HTTP2:               &http.HTTP2Config{SendPingTimeout: pingAfter, PingTimeout: pingLimit},
		TLSHandshakeTimeout: dialLimit,
		IdleConnTimeout:     90 * time.Second,
		MaxIdleConnsPerHost: 2,
	}}
}

// proxyError is a proxy that does not let through.
type proxyError struct {
	proxy  string
	status int
}

func (e *proxyError) Error() string {
	return "the proxy " + e.proxy + " answers " + strconv.Itoa(e.status) + " " + http.StatusText(e.status)
}

// strangeError is an answer that the server's sync cannot have written.
type strangeError struct {
	status int
	kind   string // of its content
	away   bool   // it leads to another host
	after  time.Duration
}

func (e *strangeError) Error() string {
	return strings.TrimSpace("answered " + strconv.Itoa(e.status) + " " + http.StatusText(e.status) + " " + e.kind)
}

// Is says that what answers does not know the call, as a server of an earlier version.
func (e *strangeError) Is(target error) bool {
	return target == errors.ErrUnsupported && (e.status == http.StatusNotFound || e.status == http.StatusNotImplemented)
}

// RetryAfter is how long the answer asks to be left alone.
func (e *strangeError) RetryAfter() time.Duration { return e.after }

// road carries calls, and looks at what comes back.
type road struct {
	next  http.RoundTripper
	stall time.Duration
}

// RoundTrip carries one call. It follows no redirect: one leads to a captive portal or is a mistake, and the token must not go there.
func (r *road) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(req.Context())
	watchdog := time.AfterFunc(r.stall, func() { cancel(errSilent) })
	done := func() {
		watchdog.Stop()
		cancel(nil)
	}
	touch := func() { watchdog.Reset(r.stall) }
	cause := func(err error) error { return silentOr(ctx, err) }
	there := req.WithContext(ctx)
	if req.Body != nil {
		there.Body = &livingBody{ReadCloser: req.Body, cause: cause, touch: touch, done: func() {}}
	}
	resp, err := r.next.RoundTrip(there)
	if err != nil {
		defer done()
		return nil, cause(err)
	}
	resp.Body = &livingBody{ReadCloser: resp.Body, cause: cause, touch: touch, done: done}
	strange, err := look(req, resp)
	if err == nil && strange != nil {
		err = strange
	}
	if err != nil {
		_ = resp.Body.Close() // what it says is known
		return nil, err
	}
	return resp, nil
}

func silentOr(ctx context.Context, err error) error {
	if errors.Is(context.Cause(ctx), errSilent) {
		return errSilent
	}
	return err
}

// livingBody is a body whose every piece shows that the connection is alive.
type livingBody struct {
	io.ReadCloser
	cause       func(error) error // tells why reading failed
	touch, done func()
}

func (b *livingBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if n > 0 {
		b.touch()
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = b.cause(err)
	}
	return n, err
}

// Close ends the call.
func (b *livingBody) Close() error {
	b.done()
	return b.ReadCloser.Close()
}

// look finds out whether the server wrote an answer, and gives what it is otherwise. The server's answers are messages, and refusals that name their code.
func look(req *http.Request, resp *http.Response) (*strangeError, error) {
	kind, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";")
	kind = strings.ToLower(strings.TrimSpace(kind))
	ok := resp.StatusCode == http.StatusOK
	switch {
	case resp.Header.Get(ownHeader) != "":
		return nil, nil // about files
	case ok && (kind == "application/proto" || kind == "application/connect+proto"):
		return nil, nil
	case !ok && kind == "application/json" && resp.Header.Get("Content-Encoding") != "":
		return nil, nil // a long refusal, packed
	case !ok && kind == "application/json":
		head, err := io.ReadAll(io.LimitReader(resp.Body, lookedAt))
		if err != nil {
			return nil, err
		}
		resp.Body = &again{bytes.NewReader(head), resp.Body}
		var refusal struct{ Code string }
		if json.Unmarshal(head, &refusal) == nil && refusal.Code != "" {
			return nil, nil
		}
	}
	e := &strangeError{status: resp.StatusCode, kind: kind, after: askedToWait(resp.Header)}
	if to, err := resp.Location(); err == nil {
		e.away = !strings.EqualFold(to.Host, req.URL.Host)
	}
	return e, nil
}

// again is a body of which a part was read already.
type again struct {
	head *bytes.Reader
	io.ReadCloser
}

func (a *again) Read(b []byte) (int, error) {
	if a.head.Len() > 0 {
		return a.head.Read(b)
	}
	return a.ReadCloser.Read(b)
}

// askedToWait reads a Retry-After: seconds, or a moment by the clock of whoever answers.
func askedToWait(h http.Header) time.Duration {
	text := h.Get("Retry-After")
	if n, err := strconv.Atoi(text); err == nil {
		return max(0, time.Duration(min(n, 1<<20))*time.Second)
	}
	until, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	now, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		now = time.Now()
	}
	return max(0, until.Sub(now))
}
