package workbook

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/server/files"
)

// pathOf finds a content in a device's folder.
func pathOf(t *testing.T, wb *Workbook, content []byte) string {
	t.Helper()
	hash := hashOf(content)
	return strings.Join([]string{wb.store().Dir(), "files", hash[:2], hash}, string(os.PathSeparator))
}

// One file that cannot be sent, whoever's fault it is, keeps none of the others from the server.
func TestOneFileThatCannotBeSentHoldsUpNoOther(t *testing.T) {
	refuse := func(s *fileSite, part string, status int, body string) {
		f := func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method != http.MethodGet && strings.Contains(r.URL.Path, part) {
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
	for name, spoil := range map[string]struct {
		how  func(s *fileSite, path, hash string) error
		want sales.FileState
	}{
		"its content cannot be read": {func(_ *fileSite, path, _ string) error {
			if err := os.Remove(path); err != nil {
				return err
			}
			return os.Mkdir(path, 0o700)
		}, sales.FileDamaged},
		"its content is shorter than it was": {func(_ *fileSite, path, _ string) error { return os.Truncate(path, 700_000) }, sales.FileDamaged},
		"its content is another one":         {func(_ *fileSite, path, _ string) error { return os.WriteFile(path, randomBytes(8, 1_000_000), 0o600) }, sales.FileDamaged},
		"the server fails with one of its chunks": {func(s *fileSite, _, hash string) error {
			refuse(s, hash, http.StatusServiceUnavailable, `{"code":"storage","message":"the server's file store does not answer"}`)
			return nil
		}, sales.FileWaiting},
	} {
		t.Run(name, func(t *testing.T) {
			s := startFileServer(t, files.Limits{})
			mine, theirs := s.device("li.na"), s.device("wang.wei")
			partner := partnerIn(t, mine, "31")
			bad, good := randomBytes(7, 1_000_000), randomBytes(9, 1000)
			attach(t, mine, sales.Attachment{FileName: "bad.bin", PartnerID: partner}, bad)
			// A first try that is cut, after which the device knows the manifest.
			refuse(s, "/chunks/", http.StatusBadGateway, "")
			if _, err := mine.Sync(t.Context()); err == nil {
				t.Fatal("nothing was in the way")
			}
			s.inWay.Store(nil)
			id := attach(t, mine, sales.Attachment{FileName: "good.bin", PartnerID: partner}, good)
			if err := spoil.how(s, pathOf(t, mine, bad), hashOf(bad[:512<<10])); err != nil {
				t.Fatal(err)
			}
			for range 3 {
				_, _ = mine.Sync(t.Context()) // what it says of the bad one is in its state
			}
			if got := stateOf(t, mine, bad); got != spoil.want {
				t.Errorf("the bad one is %q", got)
			}
			syncBook(t, theirs)
			if _, err := theirs.FetchFile(t.Context(), id); err != nil {
				t.Errorf("the good one: %v", err)
			}
		})
	}
}

// Small pictures that the server cannot give keep none of the others from a device.
func TestOneSmallPictureThatDoesNotComeHoldsUpNoOther(t *testing.T) {
	s := startFileServer(t, files.Limits{})
	mine, theirs := s.device("li.na"), s.device("wang.wei")
	partner := partnerIn(t, mine, "31")
	good := photo(t, 700, 500)
	attach(t, mine, sales.Attachment{FileName: "good.jpg", PartnerID: partner}, good)
	bad := map[string]bool{}
	for i := range 5 {
		content := photo(t, 400+i, 300)
		attach(t, mine, sales.Attachment{FileName: "bad.jpg", PartnerID: partner}, content)
		bad[hashOf(content)] = true
	}
	syncBook(t, mine)
	syncBook(t, mine)
	f := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if hash, ok := strings.CutSuffix(strings.TrimPrefix(r.URL.Path, "/files/"), "/thumbnail"); ok && bad[hash] {
				w.Header().Set("Rounds-Files", "1")
				w.WriteHeader(http.StatusServiceUnavailable)
				_, _ = w.Write([]byte(`{"code":"storage","message":"the server's file store does not answer"}`)) // the client sees what is missing
				return
			}
			next.ServeHTTP(w, r)
		})
	}
	s.inWay.Store(&f)
	for range 3 {
		_, _ = theirs.Sync(t.Context()) // says that some did not come
	}
	if small, known, err := theirs.store().Thumbnail(t.Context(), hashOf(good)); err != nil || !known || len(small) == 0 {
		t.Errorf("the good one has %d bytes, known %v, %v", len(small), known, err)
	}
}
