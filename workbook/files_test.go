package workbook

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"image"
	"image/jpeg"
	"io"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/server/accounts"
	"github.com/rounds-field/rounds/server/files"
	"github.com/rounds-field/rounds/store/central"
	syncserver "github.com/rounds-field/rounds/sync/server"
	"github.com/rounds-field/rounds/sync/wire"
)

// fileSite is a server with files, whose calls about files a test may get in the way of.
type fileSite struct {
	t       *testing.T
	url     string
	journal *central.Journal
	people  *accounts.Service
	store   *files.Store
	inWay   atomic.Pointer[func(http.Handler) http.Handler]
	close   func() // nobody answers any more
}

func startFileServer(t *testing.T, limits files.Limits) *fileSite {
	t.Helper()
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "") // no keyring: the token goes into its file
	dir := t.TempDir()
	journal, err := central.Open(t.Context(), filepath.Join(dir, "journal.db"), central.Options{Sync: "normal"})
	if err != nil {
		t.Fatal(err)
	}
	s := &fileSite{t: t, journal: journal, people: accounts.New(journal, nil)}
	for _, name := range []string{"li.na", "wang.wei"} {
		s.addUser(name, "31")
	}
	if s.store, err = files.Open(t.Context(), filepath.Join(dir, "files"), journal, limits, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/", syncserver.NewHandler(syncserver.New(journal, syncserver.Limits{}), s.people, slog.New(slog.DiscardHandler), nil))
	contents := s.store.Handler(s.people, nil)
	mux.HandleFunc("/files/", func(w http.ResponseWriter, r *http.Request) {
		h := contents
		if f := s.inWay.Load(); f != nil {
			h = (*f)(contents)
		}
		h.ServeHTTP(w, r)
	})
	srv := httptest.NewServer(mux)
	t.Cleanup(func() {
		srv.Close()
		if err := s.store.Close(); err != nil {
			t.Error(err)
		}
		if err := journal.Close(); err != nil {
			t.Error(err)
		}
	})
	s.url, s.close = srv.URL, srv.Close
	return s
}

func (s *fileSite) addUser(name string, territories ...string) {
	s.t.Helper()
	if _, _, err := s.people.Add(s.t.Context(), wire.Caller{}, accounts.NewUser{Name: name, Role: sales.RoleRep, Password: password, Territories: territories}); err != nil {
		s.t.Fatal(err)
	}
}

// device is a workbook that is signed in.
func (s *fileSite) device(user string) *Workbook {
	s.t.Helper()
	wb := open(s.t, s.t.TempDir())
	s.t.Cleanup(func() { closeBook(s.t, wb) })
	signIn(s.t, wb, s.url, user)
	return wb
}

func syncBook(t *testing.T, wb *Workbook) {
	t.Helper()
	if _, err := wb.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func attach(t *testing.T, wb *Workbook, a sales.Attachment, content []byte) string {
	t.Helper()
	id, err := wb.AddFile(t.Context(), a, bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func partnerIn(t *testing.T, wb *Workbook, region string) string {
	t.Helper()
	ids, err := wb.Write(t.Context(), sales.CreateOf(sales.Partner{Name: "甲 " + region, RegionCode: region}))
	if err != nil {
		t.Fatal(err)
	}
	return ids[0]
}

func stateOf(t *testing.T, wb *Workbook, content []byte) sales.FileState {
	t.Helper()
	h := hashOf(content)
	states, err := wb.FileStates(t.Context(), []string{h})
	if err != nil {
		t.Fatal(err)
	}
	return states[h].State
}

func hashOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func randomBytes(seed uint64, n int) []byte {
	r := rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8)})
	b := make([]byte, n)
	_, _ = r.Read(b)
	return b
}

func photo(t *testing.T, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, w, h)), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// contentsOn lists the files of contents and thumbnails below a device's folder.
func contentsOn(t *testing.T, wb *Workbook) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(wb.Dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.Contains(d.Name(), ".") == strings.HasSuffix(d.Name(), ".jpg") && len(strings.TrimSuffix(d.Name(), ".jpg")) == 64 {
			found = append(found, d.Name())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestAPhotoAddedOfflineReachesAColleagueWhole(t *testing.T) {
	s := startFileServer(t, files.Limits{})
	mine, theirs := s.device("li.na"), s.device("wang.wei")
	partner := partnerIn(t, mine, "31")
	content := photo(t, 1600, 1200)
	id := attach(t, mine, sales.Attachment{FileName: "入口.jpg", Caption: "展架", PartnerID: partner}, content)
	if got := stateOf(t, mine, content); got != sales.FileWaiting {
		t.Errorf("before any sync the photo is %q", got)
	}
	if small, err := mine.Thumbnail(t.Context(), id); err != nil || len(small) == 0 {
		t.Errorf("its own thumbnail: %d bytes, %v", len(small), err)
	}
	// The record goes first: the colleague hears of the photo before it is there, and sees that it is on its way.
	if _, err := mine.Engine().Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	syncBook(t, theirs)
	if got := stateOf(t, theirs, content); got != sales.FileComing {
		t.Errorf("while only the record is there the colleague sees %q", got)
	}
	if _, err := theirs.FetchFile(t.Context(), id); !sales.HasCode(err, sales.CodeNotReady) {
		t.Errorf("opening it then: %v", err)
	}
	syncBook(t, mine)
	if got := stateOf(t, mine, content); got != sales.FileHere {
		t.Errorf("after the sync the photo is %q", got)
	}
	small, err := theirs.Thumbnail(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if c, _, err := image.DecodeConfig(bytes.NewReader(small)); err != nil || c.Width != 320 || c.Height != 240 {
		t.Errorf("the thumbnail is %dx%d, %v", c.Width, c.Height, err)
	}
	if got := stateOf(t, theirs, content); got != sales.FileThere {
		t.Errorf("before it is opened the colleague sees %q", got)
	}
	path, err := theirs.FetchFile(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(path); err != nil || !bytes.Equal(b, content) || filepath.Base(path) != "入口.jpg" {
		t.Errorf("%s holds %d bytes, %v", path, len(b), err)
	}
	if got := stateOf(t, theirs, content); got != sales.FileHere {
		t.Errorf("after it was opened the colleague sees %q", got)
	}
}

// cutter cuts the transfer of a content each time when another hundredth of it has come across.
type cutter struct {
	size   int64
	across atomic.Int64 // bytes of the content that are across
	wire   atomic.Int64 // bytes of the content that were on the wire
	cuts   atomic.Int64
}

func (c *cutter) at(pos int64) bool {
	k := c.cuts.Load() + 1
	return k <= 100 && pos >= c.size*k/100-1 && c.cuts.CompareAndSwap(k-1, k)
}

// uploads cuts what a device sends.
func (c *cutter) uploads(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPut {
			next.ServeHTTP(w, r)
			return
		}
		body := r.Body
		var n int64
		r.Body = io.NopCloser(readFunc(func(b []byte) (int, error) {
			got, err := body.Read(b)
			n += int64(got)
			c.wire.Add(int64(got))
			if c.at(c.across.Add(int64(got))) {
				panic(http.ErrAbortHandler)
			}
			return got, err
		}))
		rec := &statusWriter{ResponseWriter: w}
		defer func() {
			if rec.status != http.StatusCreated {
				c.across.Add(-n)
			}
		}()
		next.ServeHTTP(rec, r)
	})
}

// downloads cuts what a device fetches.
func (c *cutter) downloads(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(&cutWriter{ResponseWriter: w, cut: c}, r)
	})
}

type cutWriter struct {
	http.ResponseWriter
	cut *cutter
}

func (w *cutWriter) Write(b []byte) (int, error) {
	whole := len(b)
	for len(b) > 0 {
		part := b[:min(len(b), 8<<10)]
		n, err := w.ResponseWriter.Write(part)
		w.cut.wire.Add(int64(n))
		if pos := w.cut.across.Add(int64(n)); w.cut.at(pos) {
			if err := http.NewResponseController(w.ResponseWriter).Flush(); err != nil {
				return 0, err
			}
			panic(http.ErrAbortHandler)
		}
		if err != nil {
			return 0, err
		}
		b = b[n:]
	}
	return whole, nil
}

func (w *cutWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

type readFunc func([]byte) (int, error)

func (f readFunc) Read(b []byte) (int, error) { return f(b) }

// Guarantee 37: a file of 50 MB that is cut at each hundredth, on the way up and on the way down, goes on where it was; its hash is equal and nobody sees
// it half-ready.
func TestAFileCutAtEachHundredthResumesAndIsNeverSeenHalfReady(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: make test-long runs it without the race detector")
	}
	s := startFileServer(t, files.Limits{})
	mine, theirs := s.device("li.na"), s.device("wang.wei")
	content := randomBytes(37, 50_000_000)
	id := attach(t, mine, sales.Attachment{FileName: "巡店.mp4", PartnerID: partnerIn(t, mine, "31")}, content)
	up := &cutter{size: int64(len(content))}
	getInWay := up.uploads
	s.inWay.Store(&getInWay)
	tries := 0
	for stateOf(t, mine, content) != sales.FileHere {
		if tries++; tries > 300 {
			t.Fatalf("not across after %d tries and %d cuts", tries, up.cuts.Load())
		}
		_, err := mine.Sync(t.Context())
		if err != nil && !sales.HasCode(err, sales.CodeOffline) {
			t.Fatal(err)
		}
		if err == nil {
			break
		}
		if tries%10 == 1 {
			syncBook(t, theirs)
			if _, err := theirs.FetchFile(t.Context(), id); !sales.HasCode(err, sales.CodeNotReady) {
				t.Fatalf("after %d cuts the colleague gets %v", up.cuts.Load(), err)
			}
		}
	}
	if up.cuts.Load() != 100 {
		t.Errorf("cut %d times on the way up", up.cuts.Load())
	}
	// What a cut costs is the chunks that were on their way, never what was across.
	if over := up.wire.Load() - up.size; over > up.cuts.Load()*3*(512<<10) {
		t.Errorf("%d bytes too many were sent in %d cuts", over, up.cuts.Load())
	}
	t.Logf("up: %d tries, %d bytes for %d", tries, up.wire.Load(), up.size)

	syncBook(t, theirs)
	down := &cutter{size: int64(len(content))}
	getInWay = down.downloads
	s.inWay.Store(&getInWay)
	tries = 0
	var path string
	for path == "" {
		if tries++; tries > 300 {
			t.Fatalf("not here after %d tries", tries)
		}
		var err error
		if path, err = theirs.FetchFile(t.Context(), id); err == nil {
			break
		}
		if !sales.HasCode(err, sales.CodeOffline) {
			t.Fatal(err)
		}
		if got := stateOf(t, theirs, content); got.Here() || len(contentsOn(t, theirs)) > 1 { // the part that has come lies under its hash
			t.Fatalf("after %d cuts the colleague sees %q and %v", down.cuts.Load(), got, contentsOn(t, theirs))
		}
		// What the cut swallowed on its way comes again.
		info, err := os.Stat(partOf(t, theirs, content))
		if err != nil {
			t.Fatal(err)
		}
		down.across.Store(info.Size())
	}
	b, err := os.ReadFile(path)
	if err != nil || hashOf(b) != hashOf(content) {
		t.Errorf("the content differs, %v", err)
	}
	if down.cuts.Load() != 100 {
		t.Errorf("cut %d times on the way down", down.cuts.Load())
	}
	if over := down.wire.Load() - down.size; over > down.cuts.Load()*(64<<10) {
		t.Errorf("%d bytes came twice in %d cuts", over, down.cuts.Load())
	}
	t.Logf("down: %d tries, %d bytes for %d", tries, down.wire.Load(), down.size)
}

func partOf(t *testing.T, wb *Workbook, content []byte) string {
	t.Helper()
	return filepath.Join(wb.store().Dir(), "partial", hashOf(content))
}

// Guarantee 9, for files: with a lost bucket its files vanish from the device; a file that a record of another bucket names too stays, and so does what
// this user has not sent.
func TestAFileOfALostBucketVanishesAndASharedOneStays(t *testing.T) {
	s := startFileServer(t, files.Limits{})
	s.addUser("zhao.min", "31", "32")
	mine, theirs := s.device("li.na"), s.device("zhao.min")
	here := partnerIn(t, mine, "31")
	ids, err := s.journal.Commit(t.Context(), wire.Caller{}, sales.CreateOf(sales.Partner{Name: "乙", RegionCode: "32"}))
	if err != nil {
		t.Fatal(err)
	}
	there := ids[0]
	syncBook(t, mine)
	syncBook(t, theirs)
	shared, lost, own := randomBytes(1, 4000), photo(t, 700, 500), randomBytes(2, 5000)
	attach(t, mine, sales.Attachment{FileName: "shared.bin", PartnerID: here}, shared)
	syncBook(t, mine)
	// The colleague has a copy of the shared file in the other territory, and a photo that is nowhere else.
	attach(t, theirs, sales.Attachment{FileName: "shared.bin", PartnerID: there}, shared)
	attach(t, theirs, sales.Attachment{FileName: "lost.jpg", PartnerID: there}, lost)
	syncBook(t, theirs)
	if n := len(contentsOn(t, theirs)); n != 3 { // two contents and a thumbnail
		t.Fatalf("%d files on the device: %v", n, contentsOn(t, theirs))
	}
	if _, err := s.journal.Commit(t.Context(), wire.Caller{}, territoriesOf(t, s, "zhao.min", "31")); err != nil {
		t.Fatal(err)
	}
	attach(t, theirs, sales.Attachment{FileName: "unsent.bin", PartnerID: there}, own) // not knowing that the territory is gone
	syncBook(t, theirs)
	left := contentsOn(t, theirs)
	want := map[string]bool{hashOf(shared): true, hashOf(own): true}
	for _, name := range left {
		if !want[name] {
			t.Errorf("%s is left on the device", name)
		}
		delete(want, name)
	}
	if len(want) > 0 {
		t.Errorf("gone although they are shared or unsent: %v", want)
	}
	// The server gives it no more either, and the thumbnail neither.
	for _, path := range []string{hashOf(lost), hashOf(lost) + "/thumbnail", hashOf(own)} {
		if status := s.get(t, theirs, path); status != http.StatusNotFound {
			t.Errorf("%s: %d", path, status)
		}
	}
	if status := s.get(t, theirs, hashOf(shared)); status != http.StatusOK {
		t.Errorf("shared: %d", status)
	}
}

func territoriesOf(t *testing.T, s *fileSite, name string, territories ...string) sales.Edit {
	t.Helper()
	_, u, err := s.journal.Account(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return sales.Edit{Verb: sales.Update, Kind: "user", ID: u.ID, Values: sales.Values{"territories": territories}}
}

// get asks the server for a path below /files/ as a device would.
func (s *fileSite) get(t *testing.T, wb *Workbook, path string) int {
	t.Helper()
	token, err := loadToken(filepath.Join(wb.Dir, wb.sub))
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/files/"+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	return resp.StatusCode
}

// What was removed by mistake before it was sent comes back with its attachment; what nobody can bring back any more goes.
func TestAnUnsentFileOutlivesARemovalThatIsUndone(t *testing.T) {
	s := startFileServer(t, files.Limits{})
	mine, theirs := s.device("li.na"), s.device("wang.wei")
	partner := partnerIn(t, mine, "31")
	content, mistake := randomBytes(5, 600_000), randomBytes(6, 700)
	id := attach(t, mine, sales.Attachment{FileName: "a.pdf", PartnerID: partner}, content)
	if _, err := mine.Engine().Sync(t.Context()); err != nil { // the record is there, its content is not
		t.Fatal(err)
	}
	wrong := attach(t, mine, sales.Attachment{FileName: "b.pdf", PartnerID: partner}, mistake)
	for _, gone := range []string{id, wrong} {
		if _, err := mine.Write(t.Context(), sales.Edit{Verb: sales.Delete, Kind: "attachment", ID: gone}); err != nil {
			t.Fatal(err)
		}
	}
	if left := contentsOn(t, mine); len(left) != 2 {
		t.Errorf("after both were removed, and nothing is settled: %v", left)
	}
	pending, err := mine.Pending(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pending {
		if p.RecordID == id {
			if err := mine.Undo(t.Context(), p.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	syncBook(t, mine)
	if left := contentsOn(t, mine); len(left) != 1 || left[0] != hashOf(content) {
		t.Errorf("after the sync: %v", left)
	}
	syncBook(t, theirs)
	path, err := theirs.FetchFile(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(path); err != nil || !bytes.Equal(b, content) {
		t.Errorf("%d bytes, %v", len(b), err)
	}
}

// A content that something on the way has changed is never shown; it is fetched once more.
func TestAContentThatArrivesChangedIsFetchedAgain(t *testing.T) {
	s := startFileServer(t, files.Limits{})
	mine, theirs := s.device("li.na"), s.device("wang.wei")
	content := randomBytes(7, 900_000)
	id := attach(t, mine, sales.Attachment{FileName: "a.bin", PartnerID: partnerIn(t, mine, "31")}, content)
	syncBook(t, mine)
	syncBook(t, theirs)
	fetched := 0
	changed := func(times int) func(http.Handler) http.Handler {
		return func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if fetched++; fetched <= times {
					w = flipping{w}
				}
				next.ServeHTTP(w, r)
			})
		}
	}
	always := changed(1000)
	s.inWay.Store(&always)
	if _, err := theirs.FetchFile(t.Context(), id); !sales.HasCode(err, sales.CodeOffline) || fetched != 2 {
		t.Errorf("always changed: %v after %d times", err, fetched)
	}
	if got := contentsOn(t, theirs); len(got) > 1 || stateOf(t, theirs, content).Here() { // the empty part
		t.Errorf("left: %v, %s", got, stateOf(t, theirs, content))
	}
	fetched = 0
	once := changed(1)
	s.inWay.Store(&once)
	path, err := theirs.FetchFile(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(path); err != nil || !bytes.Equal(b, content) || fetched != 2 {
		t.Errorf("%d bytes after %d times, %v", len(b), fetched, err)
	}
}

// flipping changes a byte of everything that is written.
type flipping struct{ http.ResponseWriter }

func (f flipping) Write(b []byte) (int, error) {
	c := bytes.Clone(b)
	c[len(c)/2] ^= 1
	return f.ResponseWriter.Write(c)
}

func (f flipping) Unwrap() http.ResponseWriter { return f.ResponseWriter }

// A file that the server does not take stays, says so, and goes through once the limit is raised.
func TestAFileThatTheServerDoesNotTakeStaysAndSaysSo(t *testing.T) {
	s := startFileServer(t, files.Limits{User: 1000})
	mine := s.device("li.na")
	content := randomBytes(9, 1001)
	attach(t, mine, sales.Attachment{FileName: "a.bin", PartnerID: partnerIn(t, mine, "31")}, content)
	syncBook(t, mine)
	if got := stateOf(t, mine, content); got != sales.FileRefused {
		t.Errorf("the file is %q", got)
	}
	if state, err := mine.State(t.Context()); err != nil || state.FilesWaiting != 1 || state.Waiting != 0 {
		t.Errorf("%+v, %v", state, err)
	}
	if len(contentsOn(t, mine)) != 1 {
		t.Error("it is gone")
	}
}
