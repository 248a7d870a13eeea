//go:build window

package windowtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rounds-field/rounds/assets/sample"
)

// program is the path of a built program.
func program(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", "..", ".build", "bin", name))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%v: make build makes it", err)
	}
	return path
}

// server is a running server with the sample organisation.
type server struct{ url, passwordFile string }

func startServer(t *testing.T) server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr, dir := l.Addr().String(), t.TempDir()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program(t, "rounds-server"), "serve", "--data", dir, "--listen", addr, "--sample", "small")
	log := &bytes.Buffer{}
	cmd.Stdout, cmd.Stderr = log, log
	t.Cleanup(func() { // after the server has ended
		if t.Failed() {
			t.Logf("the server said:\n%s", log)
		}
	})
	start(t, cmd)
	s := server{url: "http://" + addr, passwordFile: filepath.Join(dir, "sample-password.txt")}
	for begun := time.Now(); time.Since(begun) < patience; time.Sleep(50 * time.Millisecond) {
		resp, err := http.Get(s.url + "/readyz")
		if err != nil {
			continue
		}
		if err := resp.Body.Close(); err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode == http.StatusOK {
			return s
		}
	}
	t.Fatal("the server does not become ready")
	return s
}

// ctl runs roundsctl on a workbook.
func (s *screen) ctl(dir, stdin string, args ...string) string {
	s.t.Helper()
	var out, complaint bytes.Buffer
	cmd := s.command(program(s.t, "roundsctl"), append([]string{"--workbook", dir}, args...)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &complaint
	if err := cmd.Run(); err != nil {
		s.t.Fatalf("roundsctl %s: %v\n%s", strings.Join(args, " "), err, complaint.String())
	}
	return out.String()
}

// visits lists a workbook's visits that have these notes.
func (s *screen) visits(dir, notes string) []map[string]any {
	s.t.Helper()
	var list []map[string]any
	for line := range strings.Lines(s.ctl(dir, "", "list", "visit", "--where", "notes="+notes, "--json")) {
		var v map[string]any
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			s.t.Fatal(err)
		}
		list = append(list, v)
	}
	return list
}

// login signs a workbook in as the sample's representative and syncs it.
func (s *screen) login(dir string, at server) {
	s.t.Helper()
	password, err := os.ReadFile(at.passwordFile)
	if err != nil {
		s.t.Fatal(err)
	}
	s.ctl(dir, string(password), "login", "--server", at.url, "--user", sample.Rep, "--password-stdin")
	s.ctl(dir, "", "sync")
}

// window is the running app.
type window struct {
	s         *screen
	cmd       *exec.Cmd
	id        string
	ended     chan error
	complaint *bytes.Buffer
}

// open starts the app and waits until its window has a title that begins so.
func (s *screen) open(title string, args ...string) *window {
	s.t.Helper()
	w := &window{s: s, cmd: s.command(program(s.t, "rounds"), args...), ended: make(chan error, 1), complaint: &bytes.Buffer{}}
	w.cmd.Stderr = w.complaint
	if err := w.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	go func() { w.ended <- w.cmd.Wait() }()
	s.t.Cleanup(func() { _ = w.cmd.Process.Kill() }) // it may have ended already
	s.t.Cleanup(s.keepPicture)                       // before that
	s.until("a window of the app appears", func() bool {
		out, err := s.try("xdotool", "search", "--all", "--onlyvisible", "--pid", strconv.Itoa(w.cmd.Process.Pid), "--name", "Rounds|走访")
		w.id, _, _ = strings.Cut(out, "\n")
		return err == nil && w.id != ""
	})
	w.titled(title)
	w.focus()
	return w
}

func (w *window) focus() {
	w.s.t.Helper()
	w.s.until("the window has the keyboard", func() bool {
		if _, err := w.s.try("xdotool", "windowactivate", w.id); err != nil {
			return false
		}
		active, err := w.s.try("xdotool", "getactivewindow")
		return err == nil && active == w.id
	})
}

// titled waits until the window's title begins so.
func (w *window) titled(title string) {
	w.s.t.Helper()
	w.s.until("the window is called "+title, func() bool { return strings.HasPrefix(w.title(), title) })
}

func (w *window) title() string {
	title, err := w.s.try("xdotool", "getwindowname", w.id)
	if err != nil {
		return "" // it is on its way in or out
	}
	return title
}

// click clicks at a place in the window; a negative y counts from its bottom.
func (w *window) click(x, y int) {
	w.s.t.Helper()
	if y < 0 {
		_, height := w.size()
		y += height
	}
	w.s.run("xdotool", "mousemove", "--window", w.id, strconv.Itoa(x), strconv.Itoa(y), "click", "1")
}

func (w *window) size() (width, height int) {
	w.s.t.Helper()
	out := w.s.run("xdotool", "getwindowgeometry", "--shell", w.id)
	for line := range strings.Lines(out) {
		_, _ = fmt.Sscanf(line, "WIDTH=%d", &width)
		_, _ = fmt.Sscanf(line, "HEIGHT=%d", &height)
	}
	return width, height
}

// close closes the window as a user does and gives how the program ended.
func (w *window) close() error {
	w.s.t.Helper()
	w.focus()
	w.s.press("alt+F4")
	select {
	case err := <-w.ended:
		return err
	case <-time.After(patience):
		w.s.t.Fatal("the app goes on after its window was closed")
		return nil
	}
}

// kill ends the app as a power cut would.
func (w *window) kill() {
	w.s.t.Helper()
	if err := w.cmd.Process.Kill(); err != nil {
		w.s.t.Fatal(err)
	}
	if err := <-w.ended; err == nil {
		w.s.t.Log("the app had ended by itself before it was killed")
	}
}
