package workbook

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/server/files"
	"github.com/rounds-field/rounds/store/central"
)

// A server is put back from between a record and its photo, which comes later over a poor line: no record is missing, so that no cursor tells. The device that
// sent the photo looks after a day whether it is still there, and sends it again.
func TestAPhotoThatARestoredServerLostWithoutItsRecordIsSentAgain(t *testing.T) {
	s := startFileServer(t, files.Limits{})
	var now atomic.Pointer[http.Handler]
	var asked atomic.Int64
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Range") != "" {
			asked.Add(1)
		}
		(*now.Load()).ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	first := serve(t, s.journal, t.TempDir())
	now.Store(&first)
	s.url = front.URL
	var ahead atomic.Int64
	mine, err := Open(t.Context(), t.TempDir(), Options{Now: func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeBook(t, mine) })
	signIn(t, mine, s.url, "li.na")
	partner := partnerIn(t, mine, "31")
	content := photo(t, 700, 500)
	id := attach(t, mine, sales.Attachment{FileName: "shop.jpg", PartnerID: partner}, content)
	if _, err := mine.Engine().Sync(t.Context()); err != nil { // the record is there, its content is not
		t.Fatal(err)
	}
	var backup bytes.Buffer
	if _, err := s.journal.Backup(t.Context(), &backup, "test"); err != nil {
		t.Fatal(err)
	}
	syncBook(t, mine)
	syncBook(t, mine)
	if state := stateOf(t, mine, content); state != sales.FileHere || asked.Load() != 0 {
		t.Fatalf("before the restore it is %v, and was asked for %d times", state, asked.Load())
	}
	database := filepath.Join(t.TempDir(), "restored.db")
	if _, _, err := central.Restore(t.Context(), database, &backup, central.RestoreOptions{}); err != nil {
		t.Fatal(err)
	}
	journal, err := central.Open(t.Context(), database, central.Options{Sync: "normal"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := journal.Close(); err != nil {
			t.Error(err)
		}
	})
	second := serve(t, journal, t.TempDir())
	now.Store(&second)
	ahead.Store(int64(25 * time.Hour))
	syncBook(t, mine)
	theirs := s.device("wang.wei")
	syncBook(t, theirs)
	path, err := theirs.FetchFile(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(path); err != nil || !bytes.Equal(b, content) {
		t.Errorf("%d bytes, %v", len(b), err)
	}
	// It looks ever more rarely: after one day more, two more, four more.
	asked.Store(0)
	for range 4 * 8 {
		ahead.Add(int64(6 * time.Hour))
		syncBook(t, mine)
	}
	if n := asked.Load(); n != 3 {
		t.Errorf("in eight days it asked %d times", n)
	}
}
