package endtoend

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
)

// between is a network between devices and the server that does what networks do.
type between struct {
	*httptest.Server
	to       *httputil.ReverseProxy
	swallow  atomic.Int32                     // so many answers to a push never reach the device
	instead  atomic.Pointer[http.HandlerFunc] // answers in the server's place
	arrivals atomic.Int32                     // pushes that reached the server
}

// network puts one in front of the server.
func (s *server) network() *between {
	s.t.Helper()
	target, err := url.Parse(s.url())
	if err != nil {
		s.t.Fatal(err)
	}
	transport := &http.Transport{} // not the shared one, whose connections any other test's server closes when it ends
	s.t.Cleanup(transport.CloseIdleConnections)
	n := &between{to: httputil.NewSingleHostReverseProxy(target)}
	n.to.Transport = transport
	n.Server = httptest.NewServer(n)
	s.t.Cleanup(n.Close)
	return n
}

func (n *between) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h := n.instead.Load(); h != nil {
		(*h)(w, r)
		return
	}
	if !strings.HasSuffix(r.URL.Path, "/Push") {
		n.to.ServeHTTP(w, r)
		return
	}
	n.arrivals.Add(1)
	if n.swallow.Add(-1) < 0 {
		n.to.ServeHTTP(w, r)
		return
	}
	n.to.ServeHTTP(httptest.NewRecorder(), r) // the server does its work, and the answer is lost
	c, _, err := http.NewResponseController(w).Hijack()
	if err == nil {
		if tcp, ok := c.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
		_ = c.Close()
	}
}

// oneLine fails the test unless a complaint is one line that holds every one of the words.
func oneLine(t *testing.T, complaint string, words ...string) {
	t.Helper()
	if strings.Count(complaint, "\n") != 1 || !strings.HasSuffix(complaint, "\n") || !strings.Contains(complaint, "; ") {
		t.Errorf("the complaint is not one line with what to do: %q", complaint)
	}
	for _, w := range words {
		if !strings.Contains(complaint, w) {
			t.Errorf("the complaint %q does not say %q", complaint, w)
		}
	}
}

func TestAnAnswerThatIsLostIsSentAgainAndAppliedOnce(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	s.addUser("li.na", "rep")
	n := s.network()
	a, b := newBook(t), newBook(t)
	a.login(&server{t: t, addr: strings.TrimPrefix(n.URL, "http://")}, "li.na")
	b.login(s, "li.na")
	a.run(partnerLines(100), "add", "partner", "--json", "-")
	n.swallow.Store(5)
	for range 5 {
		_, complaint, err := a.try("", "sync")
		if err == nil {
			t.Fatal("a sync whose answer is lost succeeds")
		}
		oneLine(t, complaint, n.URL, "your work is kept")
	}
	if r := a.sync(); r.Pushed != 100 || r.Rejected != 0 {
		t.Errorf("the sixth sync reports %+v", r)
	}
	if n.arrivals.Load() != 6 {
		t.Errorf("%d pushes arrived, want 6", n.arrivals.Load())
	}
	if a.sync(); n.arrivals.Load() != 6 {
		t.Error("what the server has taken was sent once more")
	}
	b.sync()
	list := b.list("partner")
	if len(list) != 100 {
		t.Errorf("another device has %d partners, want 100", len(list))
	}
	id, _ := list[0]["id"].(string)
	if life := objects(t, b.run("", "show", "partner", id, "--history", "--json")); len(life) != 1 {
		t.Errorf("the history has %d entries, want the creation alone: %v", len(life), life)
	}
	b.run("", "doctor", "--deep")
}

func TestANetworkThatAnswersInTheServersPlaceChangesNothing(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	s.addUser("li.na", "rep")
	n := s.network()
	a := newBook(t)
	a.login(&server{t: t, addr: strings.TrimPrefix(n.URL, "http://")}, "li.na")
	a.run(partnerLines(3), "add", "partner", "--json", "-")
	page := func(status int, kind, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.WriteHeader(status)
			fmt.Fprint(w, body)
		}
	}
	for name, h := range map[string]http.HandlerFunc{
		"a portal's page": page(http.StatusOK, "text/html", "<html>Welcome to Hotel WiFi</html>"),
		"a portal's redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://portal.example/", http.StatusFound)
		},
		"a bad gateway":         page(http.StatusBadGateway, "text/html", "<html>\n<body>502\n</body></html>"),
		"an empty answer":       page(http.StatusOK, "application/proto", ""),
		"a gateway's 401":       page(http.StatusUnauthorized, "text/html", "<html>proxy login</html>"),
		"a gateway's 403":       page(http.StatusForbidden, "text/html", "<html>blocked\nby policy</html>"),
		"a gateway's 404":       page(http.StatusNotFound, "text/html", "<html>no such site</html>"),
		"an answer of nonsense": page(http.StatusOK, "application/proto", "\xff\xff\xff\xff not a message"),
		"a JSON error":          page(http.StatusServiceUnavailable, "application/json", `{"error":"overloaded"}`),
	} {
		n.instead.Store(&h)
		_, complaint, err := a.try("", "sync")
		if err == nil {
			t.Errorf("%s: sync succeeds", name)
			continue
		}
		oneLine(t, complaint, "kept")
		if p := objects(t, a.run("", "pending", "--json")); len(p) != 3 || p[0]["state"] != "waiting" {
			t.Errorf("%s: after it %v wait", name, p)
		}
	}
	n.instead.Store(nil)
	if r := a.sync(); r.Pushed != 3 {
		t.Errorf("once the network is itself again: %+v", r)
	}
	empty := page(http.StatusOK, "application/proto", "")
	n.instead.Store(&empty)
	if _, complaint, err := a.try("", "sync"); err == nil || len(a.list("partner")) != 3 {
		t.Errorf("an empty page is taken for the truth: %d partners are left", len(a.list("partner")))
	} else {
		oneLine(t, complaint, n.URL, "kept")
	}
}
