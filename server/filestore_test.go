package server

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rounds-field/rounds/sales"
)

// s3 is the address of a bucket on an S3 server, for which the environment has keys.
func s3(t *testing.T, endpoint string) string {
	t.Helper()
	t.Setenv("AWS_ACCESS_KEY_ID", "rounds-test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "rounds-test-secret")
	t.Setenv("AWS_MAX_ATTEMPTS", "1")
	return "s3://nobucket?" + url.Values{"endpoint": {endpoint}, "region": {"us-east-1"}, "use_path_style": {"true"}}.Encode()
}

func TestAFileStoreThatWaitingDoesNotMendEndsTheStart(t *testing.T) {
	srv := httptest.NewServer(http.NotFoundHandler())
	defer srv.Close()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, place := range map[string]string{"no bucket": s3(t, srv.URL), "no region": "s3://nobucket", "no folder": filepath.Join(file, "files")} {
		// A server that serves would do so until the test ends.
		ctx, stop := context.WithCancel(t.Context())
		err := Serve(ctx, Config{Data: t.TempDir(), Listen: "127.0.0.1:0", Blobs: place}, slog.New(slog.DiscardHandler), func(string) { stop() })
		stop()
		if !sales.HasCode(err, sales.CodeStorage) || !strings.Contains(err.Error(), "--blobs") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Records need no file store: a balancer goes on with the server.
func TestAServerStartsWithoutAFileStoreThatMayComeBackAndSaysSo(t *testing.T) {
	url := running(t, Config{Data: t.TempDir(), Blobs: s3(t, "http://127.0.0.1:1")})
	if status, body := get(t, url+"/readyz"); status != http.StatusOK || !strings.Contains(body, "without the file store") {
		t.Errorf("%d %s", status, body)
	}
	if _, body := get(t, url+"/metrics"); !strings.Contains(body, "rounds_file_store_up 0") {
		t.Error("the metrics do not say it")
	}
}

// said is a log that tells what is said.
type said struct{ lines chan string }

func (l said) Enabled(context.Context, slog.Level) bool { return true }
func (l said) WithAttrs([]slog.Attr) slog.Handler       { return l }
func (l said) WithGroup(string) slog.Handler            { return l }
func (l said) Handle(_ context.Context, r slog.Record) error {
	l.lines <- r.Message
	return nil
}

// await waits until something with a text is said.
func (l said) await(t *testing.T, text string) {
	t.Helper()
	for patience := time.After(time.Minute); ; {
		select {
		case line := <-l.lines:
			if strings.Contains(line, text) {
				return
			}
		case <-patience:
			t.Fatalf("nobody says %q", text)
		}
	}
}

func TestAFileStoreThatGoesAndComesBackIsSaidAndSeen(t *testing.T) {
	c := Config{Data: t.TempDir()}
	folder := filepath.Join(c.Data, fileFolder)
	j, err := OpenJournal(t.Context(), c.Data, "")
	if err != nil {
		t.Fatal(err)
	}
	f, err := OpenFiles(t.Context(), c, j, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	log := said{make(chan string, 1000)}
	s := New(c, j, f, slog.New(log))
	s.ready.Store(true)
	defer func() {
		if err := errors.Join(f.Close(), j.Close()); err != nil {
			t.Error(err)
		}
	}()
	// watched lets the server try until it has said something. Nothing is tried while the folder goes and comes.
	watched := func(until string) {
		t.Helper()
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan bool)
		go func() { s.watchFiles(ctx, time.Millisecond); close(ended) }()
		log.await(t, until)
		stop()
		<-ended
	}
	seen := func(ready, metric string) {
		t.Helper()
		for path, want := range map[string]string{"/readyz": ready, "/metrics": "rounds_file_store_up " + metric + "\n"} {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody)
			r.RemoteAddr = "127.0.0.1:1"
			w := httptest.NewRecorder()
			s.handler.ServeHTTP(w, r)
			if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), want) {
				t.Errorf("%s says %d %.300s; want %q", path, w.Code, w.Body, want)
			}
		}
	}
	seen("ready\n", "1")
	if err := os.Rename(folder, folder+"-away"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(folder, nil, 0o600); err != nil { // as root no folder is closed to a test
		t.Fatal(err)
	}
	watched("cannot be used")
	seen("ready, without the file store", "0")
	if err := os.Remove(folder); err != nil {
		t.Fatal(err)
	}
	watched("can be used again")
	seen("ready\n", "1")
}
