package endtoend

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// bin is the folder of the built programs.
var bin string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "rounds-endtoend")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	bin = dir
	for _, name := range []string{"rounds-server", "roundsctl"} {
		cmd := exec.Command("go", "build", "-o", filepath.Join(dir, name), "../../cmd/"+name)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0") // neither needs cgo, and this proves it
		if out, err := cmd.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "build %s: %v\n%s", name, err, out)
			os.Exit(1)
		}
	}
	code := m.Run()
	if err := os.RemoveAll(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

// server is a running rounds-server.
type server struct {
	t    *testing.T
	dir  string
	addr string
	cmd  *exec.Cmd
	log  *bytes.Buffer
}

// startServer starts a server on a free port and waits until it is ready.
func startServer(t *testing.T, args ...string) *server {
	t.Helper()
	s := newServer(t)
	s.start(args...)
	return s
}

// newServer is a server that does not run yet.
func newServer(t *testing.T) *server {
	t.Helper()
	s := &server{t: t, dir: t.TempDir(), addr: freeAddress(t)}
	t.Cleanup(s.kill)
	return s
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return l.Addr().String()
}

func (s *server) url() string { return "http://" + s.addr }

func (s *server) start(args ...string) {
	s.t.Helper()
	s.launch(args...)
	s.await()
}

// launch starts the program and waits for nothing.
func (s *server) launch(args ...string) {
	s.t.Helper()
	s.log = &bytes.Buffer{}
	s.cmd = exec.Command(filepath.Join(bin, "rounds-server"), append([]string{"serve", "--data", s.dir, "--listen", s.addr}, args...)...)
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
}

// await waits until the server is ready.
func (s *server) await() {
	s.t.Helper()
	for begun := time.Now(); time.Since(begun) < time.Minute; time.Sleep(20 * time.Millisecond) {
		resp, err := http.Get(s.url() + "/readyz")
		if err != nil {
			continue
		}
		ready := resp.StatusCode == http.StatusOK
		if err := resp.Body.Close(); err != nil {
			s.t.Fatal(err)
		}
		if ready {
			return
		}
	}
	s.kill()
	s.t.Fatalf("the server does not become ready:\n%s", s.log)
}

// kill ends the server as a power cut would.
func (s *server) kill() {
	if s.cmd == nil || s.cmd.Process == nil {
		return
	}
	_ = s.cmd.Process.Kill() // it may have ended already
	_ = s.cmd.Wait()
}

// addUser makes a user with the password "correct horse".
func (s *server) addUser(name, role string, more ...string) {
	s.t.Helper()
	args := append([]string{"user", "add", name, "--data", s.dir, "--role", role, "--password-stdin"}, more...)
	cmd := exec.Command(filepath.Join(bin, "rounds-server"), args...)
	cmd.Stdin = strings.NewReader("correct horse\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		s.t.Fatalf("add user %s: %v\n%s", name, err, out)
	}
}

// book is a workbook folder used through roundsctl.
type book struct {
	t   *testing.T
	dir string
}

func newBook(t *testing.T) *book {
	t.Helper()
	return &book{t: t, dir: filepath.Join(t.TempDir(), "workbook")}
}

// command prepares a roundsctl call.
func (b *book) command(ctx context.Context, stdin string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, filepath.Join(bin, "roundsctl"), append([]string{"--workbook", b.dir}, args...)...)
	cmd.Stdin = strings.NewReader(stdin)
	cmd.Env = append(os.Environ(), "DBUS_SESSION_BUS_ADDRESS=") // no keyring: the token goes into its file
	return cmd
}

// try runs roundsctl and gives its output and its complaint.
func (b *book) try(stdin string, args ...string) (out, complaint string, err error) {
	b.t.Helper()
	var o, e bytes.Buffer
	cmd := b.command(b.t.Context(), stdin, args...)
	cmd.Stdout, cmd.Stderr = &o, &e
	err = cmd.Run()
	return o.String(), e.String(), err
}

// run runs roundsctl, which must succeed.
func (b *book) run(stdin string, args ...string) string {
	b.t.Helper()
	out, complaint, err := b.try(stdin, args...)
	if err != nil {
		b.t.Fatalf("roundsctl %s: %v\n%s", strings.Join(args, " "), err, complaint)
	}
	return out
}

func (b *book) login(s *server, user string) {
	b.t.Helper()
	b.run("correct horse\n", "login", "--server", s.url(), "--user", user, "--password-stdin")
}

// report is what a sync prints.
type report struct {
	Pushed, Pulled, Rejected, Conflicts int
	FilesSent                           int `json:"files_sent"`
}

func (b *book) sync() report {
	b.t.Helper()
	var r report
	if err := json.Unmarshal([]byte(b.run("", "sync", "--json")), &r); err != nil {
		b.t.Fatal(err)
	}
	return r
}

// objects reads one JSON object a line.
func objects(t *testing.T, out string) []map[string]any {
	t.Helper()
	var list []map[string]any
	sc := bufio.NewScanner(strings.NewReader(out))
	sc.Buffer(nil, 16<<20)
	for sc.Scan() {
		var m map[string]any
		if err := json.Unmarshal(sc.Bytes(), &m); err != nil {
			t.Fatalf("%v in %q", err, sc.Text())
		}
		list = append(list, m)
	}
	return list
}

func (b *book) list(kind string, more ...string) []map[string]any {
	b.t.Helper()
	return objects(b.t, b.run("", append([]string{"list", kind, "--json", "--sort", "id"}, more...)...))
}

// everything is all records of all kinds but the personal ones.
func (b *book) everything() map[string][]map[string]any {
	b.t.Helper()
	out := map[string][]map[string]any{}
	for _, k := range objects(b.t, b.run("", "kinds", "--json")) {
		kind, _ := k["kind"].(string)
		if k["bucket"] != "person" {
			out[kind] = b.list(kind)
		}
	}
	return out
}
