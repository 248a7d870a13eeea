package client

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

// pull asks a server for a page and gives the error, which has to be one that people understand.
func pull(t *testing.T, c *Client) *sales.Error {
	t.Helper()
	_, err := c.Pull(t.Context(), wire.PullRequest{})
	var e *sales.Error
	if !errors.As(err, &e) {
		t.Fatalf("the error is %v", err)
	}
	return e
}

func clientOf(t *testing.T, server string) *Client {
	t.Helper()
	c, err := New(server, "token")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.http.CloseIdleConnections)
	return c
}

// transport is the part of the way to the server that a test may change.
func (c *Client) transport() *http.Transport { return c.http.Transport.(*road).next.(*http.Transport) }

func page(status int, kind, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// What others answer in the server's place, each with a reason of its own; none of it may sign anybody out or look like a verdict of the server's.
func TestStrangeAnswersAreToldApart(t *testing.T) {
	const html = "text/html; charset=utf-8"
	for _, x := range []struct {
		name   string
		answer http.HandlerFunc
		reason string
	}{
		{"a portal's page", page(200, html, "<html>Welcome to the hotel"), sales.OfflinePortal},
		{"a portal's redirect", page(302, html, "", "Location", "http://portal.hotel.example/login"), sales.OfflinePortal},
		{"a portal's redirect after a POST", page(303, html, "", "Location", "https://portal.hotel.example/"), sales.OfflinePortal},
		{"a portal that says so", page(511, html, "sign in"), sales.OfflinePortal},
		{"a redirect to itself", page(301, html, "", "Location", "/rounds/"), sales.OfflineInterposed},
		{"a gateway's refusal", page(403, html, "blocked by policy"), sales.OfflineInterposed},
		{"a gateway's sign-in", page(401, html, "who are you"), sales.OfflineInterposed},
		{"a page of text", page(200, "text/plain", "ok"), sales.OfflineInterposed},
		{"JSON of somebody's", page(403, "application/json", `{"message":"forbidden"}`), sales.OfflineInterposed},
		{"JSON in place of a page", page(200, "application/json", `{}`), sales.OfflineInterposed},
		{"nonsense under the server's name", page(200, "application/proto", "<html>"), sales.OfflineInterposed},
		{"an empty message", page(200, "application/proto", ""), sales.OfflineInterposed},
		{"another web server", page(404, html, "not found"), sales.OfflineAddress},
		{"a web server without POST", page(405, html, "no"), sales.OfflineAddress},
		{"a proxy that wants a name", page(407, html, "who are you"), sales.OfflineProxy},
		{"a limit of a proxy", page(413, html, "too large"), sales.OfflineTooLarge},
		{"too many calls", page(429, html, "slow down"), sales.OfflineBusy},
		{"a fault", page(500, html, "oops"), sales.OfflineFault},
		{"a fault of the server's", page(500, "application/json", `{"code":"internal","message":"a fault of the server; it is in its log"}`), sales.OfflineFault},
		{"a gateway without its server", page(502, html, "bad gateway"), sales.OfflineDown},
		{"a server that starts", page(503, "text/plain", "starting", "Retry-After", "2"), sales.OfflineDown},
		{"a gateway that waited in vain", page(504, html, "timeout"), sales.OfflineTimeout},
	} {
		t.Run(x.name, func(t *testing.T) {
			srv := httptest.NewServer(x.answer)
			defer srv.Close()
			e := pull(t, clientOf(t, srv.URL))
			if e.Code != sales.CodeOffline || e.Reason != x.reason || e.Hint == "" {
				t.Errorf("%s, %s: %v; want reason %s", e.Code, e.Reason, e, x.reason)
			}
		})
	}
}

func TestTheServersOwnRefusalsAreItsOwn(t *testing.T) {
	for code, want := range map[string]string{
		"unauthenticated": sales.CodeSignedOut, "permission_denied": sales.CodeForbidden, "invalid_argument": sales.CodeInvalid, "not_found": sales.CodeNotFound,
	} {
		srv := httptest.NewServer(page(401, "application/json", `{"code":"`+code+`","message":"the words; what to do"}`))
		e := pull(t, clientOf(t, srv.URL))
		if e.Code != want || e.Hint != "what to do" || !strings.Contains(e.Message, "the words") {
			t.Errorf("%s is told as %s: %v", code, e.Code, e)
		}
		srv.Close()
	}
}

func TestAWaitThatIsAskedForIsPassedOn(t *testing.T) {
	for _, x := range []struct {
		status int
		kind   string
		body   string
		header []string
		want   time.Duration
	}{
		{429, "text/html", "", []string{"Retry-After", "120"}, 2 * time.Minute},
		{503, "text/plain", "", []string{"Retry-After", "Mon, 02 Mar 2026 08:05:00 GMT", "Date", "Mon, 02 Mar 2026 08:00:00 GMT"}, 5 * time.Minute},
		{503, "text/plain", "", []string{"Retry-After", "-3"}, 0},
		{503, "text/plain", "", []string{"Retry-After", "soon"}, 0},
		{429, "application/json", `{"code":"resource_exhausted","message":"too many"}`, []string{"Retry-After", "7"}, 7 * time.Second},
		{503, "application/json", `{"code":"unavailable","message":"stopping"}`, []string{"Retry-After", "9"}, 9 * time.Second},
	} {
		srv := httptest.NewServer(page(x.status, x.kind, x.body, x.header...))
		e := pull(t, clientOf(t, srv.URL))
		var asks interface{ RetryAfter() time.Duration }
		got := time.Duration(0)
		if errors.As(e, &asks) {
			got = asks.RetryAfter()
		}
		if got != x.want || e.Code != sales.CodeOffline {
			t.Errorf("%d %s %v: wait %v, want %v (%v)", x.status, x.kind, x.header, got, x.want, e)
		}
		srv.Close()
	}
}

// Connections that do not come about, or end.
func TestFailedConnectionsAreToldApart(t *testing.T) {
	closed, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	cut := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	defer cut.Close()
	half := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/proto")
		w.Header().Set("Content-Length", "1000")
		_, _ = io.WriteString(w, "half of it")
	}))
	defer half.Close()
	dialing := func(err error) func(context.Context, string, string) (net.Conn, error) {
		return func(context.Context, string, string) (net.Conn, error) {
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: err}
		}
	}
	for _, x := range []struct {
		name, server string
		dial         func(context.Context, string, string) (net.Conn, error)
		reason       string
	}{
		{"nobody listens", "http://" + closed.Addr().String(), nil, sales.OfflineRefused},
		{"cut before the answer", cut.URL, nil, sales.OfflineCut},
		{"cut in the answer", half.URL, nil, sales.OfflineCut},
		{"an unknown name", "https://rounds.invalid", dialing(&net.DNSError{Err: "no such host", Name: "rounds.invalid", IsNotFound: true}), sales.OfflineName},
		{"no name service", "https://rounds.invalid", dialing(&net.DNSError{Err: "server misbehaving", Name: "rounds.invalid", IsTemporary: true}), sales.OfflineNoNetwork},
		{"a name service that is silent", "https://rounds.invalid", dialing(&net.DNSError{Err: "i/o timeout", Name: "rounds.invalid", IsTimeout: true}), sales.OfflineNoNetwork},
		{"no way there", "https://rounds.invalid", dialing(noNetworkErrors[0]), sales.OfflineNoNetwork},
		{"no answer to the call", "https://rounds.invalid", dialing(context.DeadlineExceeded), sales.OfflineTimeout},
	} {
		t.Run(x.name, func(t *testing.T) {
			c := clientOf(t, x.server)
			if x.dial != nil {
				c.transport().DialContext = x.dial
			}
			if e := pull(t, c); e.Code != sales.CodeOffline || e.Reason != x.reason || e.Hint == "" {
				t.Errorf("%s, %s: %v; want reason %s", e.Code, e.Reason, e, x.reason)
			}
		})
	}
}

// certificate makes one that a client trusts when it is told to, for a name and a time.
func certificate(t *testing.T, name string, from, until time.Time) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}, NotBefore: from, NotAfter: until, IsCA: true, BasicConstraintsValid: true}
	if ip := net.ParseIP(name); ip != nil {
		template.DNSNames, template.IPAddresses = nil, []net.IP{ip}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

func TestCertificatesThatProveNothingAreToldApart(t *testing.T) {
	now, day := time.Now(), 24*time.Hour
	for _, x := range []struct {
		name    string
		cert    tls.Certificate
		trusted bool
		reason  string
	}{
		{"of an unknown authority", certificate(t, "127.0.0.1", now.Add(-day), now.Add(day)), false, sales.OfflineUntrusted},
		{"of another server", certificate(t, "elsewhere.example", now.Add(-day), now.Add(day)), true, sales.OfflineWrongHost},
		{"run out yesterday", certificate(t, "127.0.0.1", now.Add(-90*day), now.Add(-day)), true, sales.OfflineExpired},
		{"run out years ago, by this computer's clock", certificate(t, "127.0.0.1", now.Add(-1000*day), now.Add(-910*day)), true, sales.OfflineClock},
		{"of the future, by this computer's clock", certificate(t, "127.0.0.1", now.Add(30*day), now.Add(120*day)), true, sales.OfflineClock},
	} {
		t.Run(x.name, func(t *testing.T) {
			srv := httptest.NewUnstartedServer(page(500, "text/plain", ""))
			srv.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
			srv.TLS = &tls.Config{Certificates: []tls.Certificate{x.cert}, MinVersion: tls.VersionTLS12}
			srv.StartTLS()
			defer srv.Close()
			c := clientOf(t, srv.URL)
			roots := x509.NewCertPool()
			if x.trusted {
				roots.AddCert(x.cert.Leaf)
			}
			c.transport().TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
			e := pull(t, c)
			if e.Code != sales.CodeOffline || e.Reason != x.reason || e.Hint == "" {
				t.Errorf("%s, %s: %v; want reason %s", e.Code, e.Reason, e, x.reason)
			}
			if x.reason == sales.OfflineClock && e.Args["Today"] != now.Format(time.DateOnly) {
				t.Errorf("the text is told the date %v", e.Args["Today"])
			}
		})
	}
	srv := httptest.NewServer(page(200, "text/html", ""))
	defer srv.Close()
	if e := pull(t, clientOf(t, strings.Replace(srv.URL, "http:", "https:", 1))); e.Reason != sales.OfflinePlain {
		t.Errorf("no TLS at all: %s, %v", e.Reason, e)
	}
}

// The proxy of the environment is used, and its refusals are its own.
func TestAProxyThatRefusesIsNamed(t *testing.T) {
	for _, status := range []int{http.StatusProxyAuthRequired, http.StatusForbidden, http.StatusBadGateway} {
		proxy := httptest.NewServer(page(status, "text/html", "no"))
		u, err := url.Parse(proxy.URL)
		if err != nil {
			t.Fatal(err)
		}
		c := clientOf(t, "https://rounds.example.com")
		if fmt.Sprintf("%p", c.transport().Proxy) != fmt.Sprintf("%p", http.ProxyFromEnvironment) {
			t.Error("the proxy of the environment is not asked")
		}
		c.transport().Proxy = http.ProxyURL(u)
		if e := pull(t, c); e.Reason != sales.OfflineProxy || e.Args["Name"] != u.Host {
			t.Errorf("%d: %s, %v", status, e.Reason, e)
		}
		proxy.Close()
		if e := pull(t, c); e.Reason != sales.OfflineProxy {
			t.Errorf("a proxy that is gone: %s, %v", e.Reason, e)
		}
	}
}

// A half-open connection, or a proxy that holds everything back: nothing comes, and the call ends all the same.
func TestACallOnWhichNothingComesEnds(t *testing.T) {
	for _, held := range []string{"the answer", "the rest of the answer"} {
		synctest.Test(t, func(t *testing.T) {
			there, here := net.Pipe()
			c := clientOf(t, "http://127.0.0.1")
			c.transport().DialContext = func(context.Context, string, string) (net.Conn, error) { return there, nil }
			go func() {
				buf := make([]byte, 64<<10)
				n, _ := here.Read(buf)
				if held == "the rest of the answer" {
					_, _ = io.WriteString(here, "HTTP/1.1 200 OK\r\nContent-Type: application/proto\r\nContent-Length: 1000\r\n\r\nhalf")
				}
				for n > 0 {
					n, _ = here.Read(buf)
				}
			}()
			begun := time.Now()
			e := pull(t, c)
			if took := time.Since(begun); e.Reason != sales.OfflineTimeout || took < stallLimit || took > 2*stallLimit {
				t.Errorf("%s held back: %s after %v: %v", held, e.Reason, took, e)
			}
			_ = here.Close()
			c.http.CloseIdleConnections()
		})
	}
}
