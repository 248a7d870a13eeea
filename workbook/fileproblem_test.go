package workbook

import (
	"context"
	"errors"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/server/files"
	"github.com/rounds-field/rounds/sync/replica"
)

// unsentOf is what a workbook says of a content in its list of those that the server does not have.
func unsentOf(t *testing.T, wb *Workbook, content []byte) sales.UnsentFile {
	t.Helper()
	list, err := wb.UnsentFiles(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(list, func(f sales.UnsentFile) bool { return f.SHA256 == hashOf(content) })
	if i < 0 {
		t.Fatalf("it is not among the %d files that were not sent", len(list))
	}
	return list[i]
}

func stateNow(t *testing.T, wb *Workbook) sales.SyncState {
	t.Helper()
	state, err := wb.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return state
}

// answering has every call of a kind answered by the server as given.
func (s *fileSite) answering(method, part string, status int, body string) {
	f := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == method && strings.Contains(r.URL.Path, part) {
				w.Header().Set("Rounds-Files", "1")
				w.WriteHeader(status)
				_, _ = w.Write([]byte(body)) // the client sees what is missing
				return
			}
			next.ServeHTTP(w, r)
		})
	}
	s.inWay.Store(&f)
}

// Whoever looks at a file that is not sent reads why, and what to do: the reason outlives the program.
func TestAFileThatIsNotTakenSaysWhy(t *testing.T) {
	for name, c := range map[string]struct {
		limits       files.Limits
		spoil        func(t *testing.T, s *fileSite, path string)
		state        sales.FileState
		code, reason string
		says         string
	}{
		"it is too large":  {limits: files.Limits{File: 2 << 20}, state: sales.FileRefused, code: sales.CodeTooLarge, says: "over the limit"},
		"there is no room": {limits: files.Limits{User: 1000}, state: sales.FileRefused, code: sales.CodeQuota, says: "your files take 0 of 1000"},
		"the user may attach no": {spoil: func(_ *testing.T, s *fileSite, _ string) {
			s.answering("POST", "/manifests", 403, `{"code":"forbidden","message":"the role may not"}`)
		}, state: sales.FileRefused, code: sales.CodeForbidden, says: "the role may not"},
		"something else came": {spoil: func(_ *testing.T, s *fileSite, _ string) {
			s.answering("POST", "/manifests", 400, `{"code":"invalid","message":"another hash"}`)
		}, state: sales.FileRefused, code: sales.CodeInvalid, says: "another hash"},
		"it was damaged here": {spoil: func(t *testing.T, _ *fileSite, path string) { write(t, path, "other") }, state: sales.FileDamaged, code: sales.CodeFile, reason: sales.FileReasonDamaged, says: "not what it was"},
		"it cannot be read any more": {spoil: func(t *testing.T, _ *fileSite, path string) {
			if err := errors.Join(os.Remove(path), os.Mkdir(path, 0o700)); err != nil {
				t.Fatal(err)
			}
		}, state: sales.FileDamaged, code: sales.CodeFile, reason: sales.FileReasonDamaged, says: "directory"},
	} {
		t.Run(name, func(t *testing.T) {
			s := startFileServer(t, c.limits)
			dir := t.TempDir()
			mine := open(t, dir)
			signIn(t, mine, s.url, "li.na")
			content := randomBytes(9, 3<<20)
			id := attach(t, mine, sales.Attachment{FileName: "大图.jpg", PartnerID: partnerIn(t, mine, "31")}, content)
			if c.spoil != nil {
				c.spoil(t, s, pathOf(t, mine, content))
			}
			syncBook(t, mine)
			for range 2 {
				f := unsentOf(t, mine, content)
				var why *sales.Error
				if f.State != c.state || f.ID != id || f.Name() != "大图.jpg" || !errors.As(f.Problem, &why) {
					t.Fatalf("%+v", f)
				}
				if why.Code != c.code || why.Reason != c.reason || !strings.Contains(why.Message, c.says) {
					t.Errorf("it is %q, %q: %q", why.Code, why.Reason, why.Message)
				}
				if c.code == sales.CodeTooLarge && why.Args["Limit"] != "2 MB" {
					t.Errorf("the limit is not said: %v", why.Args)
				}
				states, err := mine.FileStates(t.Context(), []string{f.SHA256})
				if got := states[f.SHA256]; err != nil || got.State != c.state || !sales.HasCode(got.Problem, c.code) {
					t.Errorf("beside the file: %+v, %v", got, err)
				}
				if state := stateNow(t, mine); state.FilesWaiting != 1 || state.FilesRefused != 1 || state.FileProblem != nil {
					t.Errorf("%+v", state)
				}
				closeBook(t, mine)
				mine = open(t, dir)
			}
			closeBook(t, mine)
		})
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// While the server's file store is dead, nothing is refused, and yet nothing goes: each file says why it waits, also those that were not tried, until the store is back.
func TestFilesSayThatTheServersStoreIsDeadUntilItIsBack(t *testing.T) {
	s := startFileServer(t, files.Limits{})
	mine := s.device("li.na")
	partner := partnerIn(t, mine, "31")
	var contents [][]byte
	for i := range 5 {
		contents = append(contents, randomBytes(uint64(i), 1000))
		attach(t, mine, sales.Attachment{FileName: "a.bin", PartnerID: partner}, contents[i])
	}
	for range 2 { // the records are through, and nothing more comes of them
		if _, err := mine.Engine().Sync(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	var told atomic.Int64
	mine.Subscribe(func(kinds []string) {
		if slices.Contains(kinds, "attachment") {
			told.Add(1)
		}
	})
	s.answering("PUT", "/chunks/", http.StatusServiceUnavailable, `{"code":"storage","message":"the server's file store does not answer"}`)
	if _, err := mine.Sync(t.Context()); err == nil {
		t.Fatal("a sync that sent none of the files says that all is well")
	}
	if told.Load() == 0 {
		t.Error("no screen is told")
	}
	for i, content := range contents {
		f := unsentOf(t, mine, content)
		var why *sales.Error
		if f.State != sales.FileWaiting || !errors.As(f.Problem, &why) || why.Code != sales.CodeOffline || why.Reason != sales.OfflineFault {
			t.Errorf("file %d: %+v", i, f.FileStatus)
		}
	}
	state := stateNow(t, mine)
	if state.FilesWaiting != 5 || state.FilesRefused != 0 || state.Phase != sales.SyncIdle || !sales.HasCode(state.FileProblem, sales.CodeOffline) {
		t.Errorf("%+v", state)
	}
	s.inWay.Store(nil)
	syncBook(t, mine)
	if state := stateNow(t, mine); state.FilesWaiting != 0 || state.FileProblem != nil {
		t.Errorf("after the store is back: %+v", state)
	}
}

// Where the network is gone, the state of the records says so, and the files do not say it once more.
func TestFilesKeepSilentWhereTheRecordsDoNotGetThroughEither(t *testing.T) {
	s := startFileServer(t, files.Limits{})
	mine := s.device("li.na")
	partner := partnerIn(t, mine, "31")
	attach(t, mine, sales.Attachment{FileName: "a.bin", PartnerID: partner}, randomBytes(1, 1000))
	if _, err := mine.Engine().Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.close()
	if _, err := mine.Sync(t.Context()); !sales.HasCode(err, sales.CodeOffline) {
		t.Fatalf("without a server: %v", err)
	}
	ctx, stop := context.WithCancel(t.Context())
	rounds := make(chan error, 1)
	var running sync.WaitGroup
	running.Go(func() {
		mine.RunFiles(ctx, func(_ replica.FileReport, err error) {
			select {
			case rounds <- err:
			default: // one is enough
			}
		})
	})
	if err := <-rounds; err != nil {
		t.Errorf("told is %v", err)
	}
	if state := stateNow(t, mine); state.FileProblem != nil || state.FilesWaiting != 1 {
		t.Errorf("%+v", state)
	}
	stop()
	running.Wait()
}

// What travelled for files is part of what a sync says about itself.
func TestASyncCountsTheBytesOfFiles(t *testing.T) {
	s := startFileServer(t, files.Limits{})
	mine := s.device("li.na")
	attach(t, mine, sales.Attachment{FileName: "a.bin", PartnerID: partnerIn(t, mine, "31")}, randomBytes(1, 1_500_000))
	report, err := mine.Sync(t.Context())
	if err != nil || report.FilesSent != 1 || report.BytesOut < 1_500_000 {
		t.Errorf("%+v, %v", report, err)
	}
	if report, err = mine.Sync(t.Context()); err != nil || report.FilesSent != 0 || report.BytesOut > 100_000 {
		t.Errorf("once more: %+v, %v", report, err)
	}
}
