package endtoend

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// newFile writes a file of n bytes that nobody else has.
func newFile(t *testing.T, name string, n int) string {
	t.Helper()
	content := make([]byte, n)
	_, _ = rand.Read(content)
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// newPicture writes a picture that is large enough to have a small form.
func newPicture(t *testing.T) string {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "入口.png"))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(png.Encode(f, image.NewGray(image.Rect(0, 0, 800, 600))), f.Close()); err != nil {
		t.Fatal(err)
	}
	return f.Name()
}

func (b *book) attach(partner, path string) string {
	b.t.Helper()
	return strings.TrimSpace(b.run("", "attach", "partner", partner, path))
}

// A workbook that goes on syncing sends its files too, and fetches the small pictures of others.
func TestAWorkbookThatGoesOnSyncingSendsItsFiles(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	s.addUser("li.na", "rep")
	s.addUser("wang.wei", "rep")
	a, b := newBook(t), newBook(t)
	a.login(s, "li.na")
	b.login(s, "wang.wei")
	partner := a.add("partner", `{"name":"铜陵达人"}`)
	id := a.attach(partner, newFile(t, "对账单.xlsx", 1_500_000))
	a.attach(partner, newPicture(t))
	lines, stop := a.watch()
	for sent := 0; sent < 2; {
		sent += until(t, lines, "word that a file is sent", func(m told) bool { return m.FilesSent > 0 }).FilesSent
	}
	stop()
	_, stop = b.watch()
	small := filepath.Join(b.dir, "*", "thumbs", "*", "*.jpg")
	for begun := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		if found, err := filepath.Glob(small); err != nil || len(found) == 1 {
			break
		}
		if time.Since(begun) > time.Minute {
			t.Fatal("no small picture came within a minute")
		}
	}
	stop()
	b.run("", "fetch", id, filepath.Join(t.TempDir(), "copy.xlsx"))
	if out := a.run("", "status"); !strings.Contains(out, "0 files not sent") {
		t.Errorf("the sender says %q", out)
	}
}

// Whichever command says what waits names the files too that the server does not take, with the reason and what to do.
func TestAFileThatTheServerDoesNotTakeIsToldByEveryCommand(t *testing.T) {
	t.Parallel()
	s := startServer(t, "--file-limit", "1")
	s.addUser("li.na", "rep")
	b := newBook(t)
	b.login(s, "li.na")
	partner := b.add("partner", `{"name":"铜陵达人"}`)
	large := b.attach(partner, newFile(t, "大图.jpg", 3<<20))
	waits := b.attach(partner, newFile(t, "小图.jpg", 1000))
	told := func(command, out string, parts ...string) {
		t.Helper()
		for _, part := range parts {
			if !strings.Contains(out, part) {
				t.Errorf("%s does not say %q: %q", command, part, out)
			}
		}
	}
	told("status", b.run("", "status"), "2 files not sent", "file "+large+"  waiting  大图.jpg", "file "+waits+"  waiting  小图.jpg")
	told("doctor", b.run("", "doctor"), "all is well", "file "+waits+"  waiting")
	refused := []string{"refused  大图.jpg", "over the limit of 1048576", "attach a smaller one"}
	told("sync", b.run("", "sync"), append(refused, "files: 1 sent, 1 file not sent, 1 of them with a problem")...)
	told("status", b.run("", "status"), append(refused, "1 file not sent, 1 of them with a problem")...)
	out, complaint, err := b.try("", "doctor")
	if err == nil {
		t.Errorf("the doctor finds nothing, %q", complaint)
	}
	told("doctor", out, "file 大图.jpg", "over the limit of 1048576", "attach a smaller one")

	for _, command := range []string{"sync", "status"} {
		var said struct {
			Waiting int `json:"files_waiting"`
			Refused int `json:"files_refused"`
			Files   []struct{ Attachment, Name, State, Code, Message, Hint string }
		}
		if err := json.Unmarshal([]byte(b.run("", command, "--json")), &said); err != nil {
			t.Fatal(err)
		}
		if said.Waiting != 1 || said.Refused != 1 || len(said.Files) != 1 {
			t.Fatalf("%s --json: %+v", command, said)
		}
		if f := said.Files[0]; f.Attachment != large || f.Name != "大图.jpg" || f.State != "refused" || f.Code != "too_large" || f.Message == "" || f.Hint == "" {
			t.Errorf("%s --json: %+v", command, f)
		}
	}
	ctx, end := context.WithTimeout(t.Context(), time.Minute)
	defer end()
	cmd := b.command(ctx, "", "sync", "--watch")
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	watched := ""
	for sc := bufio.NewScanner(pipe); !strings.Contains(watched, "attach a smaller one") && sc.Scan(); {
		watched += sc.Text() + "\n"
	}
	told("sync --watch", watched, refused...)
	_ = cmd.Process.Kill() // what it says after that is nobody's concern
	_ = cmd.Wait()
	told("logout", b.run("", "logout"), append(refused, "1 file not sent")...)
}
