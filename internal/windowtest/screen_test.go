//go:build window

package windowtest

import (
	"bufio"
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// screen is an invisible screen with a window manager.
type screen struct {
	t       *testing.T
	env     []string
	display string

	pictured bool
}

// patience is how long the test waits for anything; software drawing on a busy machine is slow.
const patience = 30 * time.Second

// pace is how long a search in the app takes at most before its list is there: nothing outside of the window tells.
const pace = 1500 * time.Millisecond

// newScreen starts a screen on a free display.
func newScreen(t *testing.T) *screen {
	t.Helper()
	for _, tool := range []string{"Xvfb", "openbox", "xdotool", "xclip", "import"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Fatalf("%v: make deps-test installs it", err)
		}
	}
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	server := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1440x1000x24", "-nolisten", "tcp")
	server.Stderr = os.Stderr
	server.ExtraFiles = []*os.File{write}
	start(t, server)
	if err := errors.Join(write.Close(), read.SetReadDeadline(time.Now().Add(patience))); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(read).ReadString('\n')
	if err := errors.Join(err, read.Close()); err != nil {
		t.Fatalf("wait for Xvfb: %v", err)
	}
	home := t.TempDir() // no keyring either: an empty address would start a bus that stays
	s := &screen{t: t, display: ":" + strings.TrimSpace(line)}
	s.env = append(os.Environ(), "DISPLAY="+s.display,
		"HOME="+home, "XDG_RUNTIME_DIR="+home, "XDG_DATA_HOME="+home, "XDG_CONFIG_HOME="+home,
		"DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent", "LIBGL_ALWAYS_SOFTWARE=1", "LC_ALL=C.UTF-8", "FYNE_SCALE=1",
	)
	manager := s.command("openbox")
	manager.Stderr = os.Stderr
	start(t, manager)
	s.until("the window manager runs on display "+s.display, func() bool {
		_, err := s.try("xdotool", "get_num_desktops")
		return err == nil
	})
	return s
}

// start starts a program and ends it with the test.
func start(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt) // it may have ended already; what ends by itself leaves no locks behind
		stubborn := time.AfterFunc(5*time.Second, func() { _ = cmd.Process.Kill() })
		_ = cmd.Wait()
		stubborn.Stop()
	})
}

func (s *screen) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Env = s.env
	return cmd
}

func (s *screen) try(name string, args ...string) (string, error) {
	out, err := s.command(name, args...).Output()
	return strings.TrimSpace(string(out)), err
}

func (s *screen) run(name string, args ...string) string {
	s.t.Helper()
	out, err := s.try(name, args...)
	if err != nil {
		s.t.Fatalf("%s %s: %v", name, strings.Join(args, " "), err)
	}
	return out
}

// until waits for something to become true.
func (s *screen) until(what string, is func() bool) {
	s.t.Helper()
	for begun := time.Now(); time.Since(begun) < patience; time.Sleep(50 * time.Millisecond) {
		if is() {
			return
		}
	}
	s.t.Fatalf("waited %s in vain until %s", patience, what)
}

// press presses keys, one after the other, wherever the keyboard is.
func (s *screen) press(keys ...string) {
	s.t.Helper()
	s.run("xdotool", append([]string{"key", "--clearmodifiers", "--delay", "60"}, keys...)...)
}

// paste types a text through the clipboard, as xdotool loses Chinese characters.
func (s *screen) paste(text string) {
	s.t.Helper()
	cmd := s.command("xclip", "-selection", "clipboard")
	cmd.Stdin = strings.NewReader(text)
	if err := cmd.Run(); err != nil { // what stays behind to hand the text out ends with the screen
		s.t.Fatalf("fill the clipboard: %v", err)
	}
	s.press("ctrl+v")
}

// keepPicture keeps a picture of the screen when the test failed.
func (s *screen) keepPicture() {
	if !s.t.Failed() || s.pictured {
		return
	}
	s.pictured = true
	path := filepath.Join(os.TempDir(), "rounds-window-"+strings.ReplaceAll(s.t.Name(), "/", "-")+".png")
	var complaint bytes.Buffer
	cmd := s.command("import", "-window", "root", path)
	cmd.Stderr = &complaint
	if err := cmd.Run(); err != nil {
		s.t.Logf("no picture: %v %s", err, complaint.String())
		return
	}
	s.t.Logf("what the screen showed last: %s", path)
}
