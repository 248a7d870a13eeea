package files_test

import (
	"errors"
	"fmt"
	"io"
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
	"github.com/rounds-field/rounds/server/files"
	"github.com/rounds-field/rounds/store/central"
)

func TestACheckOfAFileStoreThatWorksLeavesNothing(t *testing.T) {
	everywhere(t, func(t *testing.T, blobs string) {
		s := newSite(t, blobs, files.Limits{})
		for range 2 { // the second one is the cheap one
			if err := s.store.Check(t.Context()); err != nil {
				t.Error(err)
			}
		}
		if o, err := s.store.Bucket().List(nil).Next(t.Context()); !errors.Is(err, io.EOF) {
			t.Errorf("it left %+v, %v", o, err)
		}
	})
}

// A server was killed in the middle of a check.
func TestWhatACheckLeftOverIsCollected(t *testing.T) {
	s := newSite(t, "", files.Limits{})
	key := s.journal.Organisation() + "/checks/0123456789abcdef"
	if err := s.store.Bucket().WriteAll(t.Context(), key, []byte("x"), nil); err != nil {
		t.Fatal(err)
	}
	s.now = s.now.Add(files.DefaultGrace + time.Hour)
	if did, err := s.store.Collect(t.Context()); err != nil || !strings.Contains(did, "1 left-over") {
		t.Error(did, err)
	}
}

// checked opens a file store, gives it and what a check of it finds.
func checked(t *testing.T, address func(organisation string) string) (*files.Store, error) {
	t.Helper()
	journal, err := central.Open(t.Context(), filepath.Join(t.TempDir(), "journal.db"), central.Options{Sync: "normal"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = journal.Close() })
	s, err := files.Open(t.Context(), address(journal.Organisation()), journal, files.Limits{}, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() { _ = s.Close() })
	err = s.Check(t.Context())
	return s, err
}

// withKeys gives the environment of a test keys for S3, or none, whatever this computer has.
func withKeys(t *testing.T, id, secret string) {
	t.Helper()
	none := filepath.Join(t.TempDir(), "none")
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": id, "AWS_SECRET_ACCESS_KEY": secret, "AWS_SHARED_CREDENTIALS_FILE": none, "AWS_CONFIG_FILE": none,
		"AWS_REGION": "", "AWS_PROFILE": "", "AWS_EC2_METADATA_DISABLED": "true", "AWS_MAX_ATTEMPTS": "1",
	} {
		t.Setenv(name, value)
	}
}

// answering is an S3 server that answers everything in one way.
func answering(t *testing.T, status int, code string) string {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		fmt.Fprintf(w, "<Error><Code>%s</Code><Message>as the test says</Message></Error>", code)
	}))
	t.Cleanup(srv.Close)
	return srv.URL
}

func s3At(endpoint string) string {
	return "s3://nobucket?" + url.Values{"endpoint": {endpoint}, "region": {"us-east-1"}, "use_path_style": {"true"}}.Encode()
}

// What only another option or another right mends is told from what may be over in a minute.
func TestACheckSaysWhatToDoAndWhetherWaitingMayHelp(t *testing.T) {
	for name, c := range map[string]struct {
		address func(t *testing.T) string
		passing bool
		hint    string
	}{
		"no such bucket": {func(t *testing.T) string { return s3At(answering(t, http.StatusNotFound, "NoSuchBucket")) }, false, "make the bucket"},
		"access denied":  {func(t *testing.T) string { return s3At(answering(t, http.StatusForbidden, "AccessDenied")) }, false, "AWS_ACCESS_KEY_ID"},
		"wrong keys":     {func(t *testing.T) string { return s3At(answering(t, http.StatusForbidden, "InvalidAccessKeyId")) }, false, "AWS_ACCESS_KEY_ID"},
		"another region": {func(t *testing.T) string { return s3At(answering(t, http.StatusMovedPermanently, "PermanentRedirect")) }, false, "region"},
		"no region":      {func(*testing.T) string { return "s3://nobucket" }, false, "region"},
		"no keys":        {func(t *testing.T) string { withKeys(t, "", ""); return s3At("http://127.0.0.1:1") }, false, "AWS_ACCESS_KEY_ID"},
		"nobody listens": {func(*testing.T) string { return s3At("http://127.0.0.1:1") }, true, "runs"},
		"no such name":   {func(*testing.T) string { return s3At("http://nowhere.invalid") }, true, "runs"},
		"out of order":   {func(t *testing.T) string { return s3At(answering(t, http.StatusServiceUnavailable, "SlowDown")) }, true, "runs"},
		"too many calls": {func(t *testing.T) string { return s3At(answering(t, http.StatusTooManyRequests, "Throttling")) }, true, "runs"},
	} {
		t.Run(name, func(t *testing.T) {
			withKeys(t, "rounds-test", "rounds-test-secret")
			address := c.address(t)
			_, err := checked(t, func(string) string { return address })
			told(t, err, c.hint)
			if files.Passing(err) != c.passing {
				t.Errorf("it may mend itself: %v; %v", files.Passing(err), err)
			}
		})
	}
}

// told makes sure that an error names --blobs and says what to do.
func told(t *testing.T, err error, hint string) {
	t.Helper()
	var e *sales.Error
	if !errors.As(err, &e) || e.Code != sales.CodeStorage || !strings.Contains(e.Message, "file store") || !strings.Contains(e.Message+e.Hint, "--blobs") || !strings.Contains(e.Hint, hint) {
		t.Errorf("%v; want %q", err, hint)
	}
}

// The tests may run as root, who may write in any folder: what is in the way is a file.
func TestAFolderThatCannotBeWrittenIsRefused(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := checked(t, func(string) string { return filepath.Join(file, "files") })
	told(t, err, "--blobs")
	s, err := checked(t, func(organisation string) string {
		if err := os.WriteFile(filepath.Join(dir, organisation), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		return dir
	})
	if s == nil {
		t.Fatal(err)
	}
	told(t, err, "write in that folder")
	if files.Passing(err) {
		t.Error("waiting does not help:", err)
	}
}

// The file store worked, and then no longer.
func TestAStoreThatIsGoneLaterIsNoticed(t *testing.T) {
	dir := t.TempDir()
	s, err := checked(t, func(string) string { return filepath.Join(dir, "files") })
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(dir, "files")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "files"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Check(t.Context()); err == nil {
		t.Error("nobody noticed")
	}
	if err := os.Remove(filepath.Join(dir, "files")); err != nil {
		t.Fatal(err)
	}
	if err := s.Check(t.Context()); err != nil {
		t.Error("it is there again:", err)
	}
}

// A network disk that is gone may keep a call for good: no second one waits behind it.
func TestACheckDoesNotWaitForAnEarlierOne(t *testing.T) {
	s := newSite(t, "", files.Limits{})
	over := s.store.Hanging()
	if err := s.store.Check(t.Context()); !files.Passing(err) {
		t.Errorf("the disk hangs: %v", err)
	}
	over()
	if err := s.store.Check(t.Context()); err != nil {
		t.Error("it answers again:", err)
	}
}
