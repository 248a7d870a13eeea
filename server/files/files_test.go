package files_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/png"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/server/accounts"
	"github.com/rounds-field/rounds/server/files"
	"github.com/rounds-field/rounds/store/central"
	syncfiles "github.com/rounds-field/rounds/sync/files"
	"github.com/rounds-field/rounds/sync/wire"
)

const password = "correct horse"

// site is a server of files over a blob store, whose time a test moves.
type site struct {
	t       *testing.T
	url     string
	journal *central.Journal
	people  *accounts.Service
	store   *files.Store
	now     time.Time
}

func newSite(t *testing.T, blobs string, limits files.Limits) *site {
	t.Helper()
	s := &site{t: t, now: time.Now()}
	dir := t.TempDir()
	if blobs == "" {
		blobs = filepath.Join(dir, "files")
	}
	clock := func() time.Time { return s.now }
	var err error
	if s.journal, err = central.Open(t.Context(), filepath.Join(dir, "journal.db"), central.Options{Sync: "normal", Now: clock}); err != nil {
		t.Fatal(err)
	}
	s.people = accounts.New(s.journal, nil)
	if s.store, err = files.Open(t.Context(), blobs, s.journal, limits, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	s.store.SetClock(clock)
	srv := httptest.NewServer(s.store.Handler(s.people, nil))
	t.Cleanup(func() {
		srv.Close()
		if err := s.store.Close(); err != nil {
			t.Error(err)
		}
		if err := s.journal.Close(); err != nil {
			t.Error(err)
		}
	})
	s.url = srv.URL
	return s
}

// user makes a user and gives their token.
func (s *site) user(name string, role sales.Role, territories ...string) string {
	s.t.Helper()
	if _, _, err := s.people.Add(s.t.Context(), wire.Caller{}, accounts.NewUser{Name: name, Role: role, Password: password, Territories: territories}); err != nil {
		s.t.Fatal(err)
	}
	who, err := s.people.SignIn(s.t.Context(), wire.SignInRequest{User: name, Password: password, Device: "test", Incarnation: uuid.NewString()}, "")
	if err != nil {
		s.t.Fatal(err)
	}
	return who.Token
}

// reply is what the server answered, its body read.
type reply struct {
	StatusCode int
	Header     http.Header
}

func (s *site) call(token, method, path string, body []byte, header ...string) (reply, []byte) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.url+"/files/"+path, bytes.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return reply{resp.StatusCode, resp.Header}, b
}

// refused makes a call that has to be refused, with a status and a code.
func (s *site) refused(status int, code, token, method, path string, body []byte) string {
	s.t.Helper()
	resp, b := s.call(token, method, path, body)
	var e struct{ Code, Message string }
	if err := json.Unmarshal(b, &e); err != nil || resp.StatusCode != status || e.Code != code || e.Message == "" {
		s.t.Errorf("%s %s: %d %s, want %d %s", method, path, resp.StatusCode, b, status, code)
	}
	return e.Message
}

func manifestOf(t *testing.T, content []byte, mediaType string) (syncfiles.Manifest, []byte) {
	t.Helper()
	m, err := syncfiles.Describe(bytes.NewReader(content), nil)
	if err != nil {
		t.Fatal(err)
	}
	m.MediaType = mediaType
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return m, b
}

func (s *site) offer(token string, manifest []byte) syncfiles.Status {
	s.t.Helper()
	resp, b := s.call(token, http.MethodPost, "manifests", manifest)
	var status syncfiles.Status
	if err := json.Unmarshal(b, &status); err != nil || resp.StatusCode != http.StatusOK {
		s.t.Fatalf("offer: %d %s", resp.StatusCode, b)
	}
	return status
}

func chunkOf(content []byte, i int) []byte {
	return content[i*syncfiles.ChunkSize : min((i+1)*syncfiles.ChunkSize, len(content))]
}

// upload sends a content as a device does and gives how many chunks that took.
func (s *site) upload(token string, content []byte, mediaType string) (hash string, sent int) {
	s.t.Helper()
	m, b := manifestOf(s.t, content, mediaType)
	status := s.offer(token, b)
	for _, c := range status.Missing {
		if resp, answer := s.call(token, http.MethodPut, "chunks/"+c, chunkOf(content, slices.Index(m.Chunks, c))); resp.StatusCode != http.StatusCreated {
			s.t.Fatalf("chunk: %d %s", resp.StatusCode, answer)
		}
	}
	if !status.Ready && !s.offer(token, b).Ready {
		s.t.Fatal("all chunks are there, and the file is not ready")
	}
	return m.Hash, len(status.Missing)
}

// attached writes an attachment of a content in a territory, from the server's side, and gives its id.
func (s *site) attached(hash, region string) string {
	s.t.Helper()
	ids, err := s.journal.Commit(s.t.Context(), wire.Caller{}, sales.CreateOf(sales.Partner{ID: sales.NewID(), Name: "甲", RegionCode: region}))
	if err != nil {
		s.t.Fatal(err)
	}
	ids, err = s.journal.Commit(s.t.Context(), wire.Caller{}, sales.CreateOf(sales.Attachment{FileName: "x", SHA256: hash, PartnerID: ids[0]}))
	if err != nil {
		s.t.Fatal(err)
	}
	return ids[0]
}

func (s *site) detached(id string) {
	s.t.Helper()
	if _, err := s.journal.Commit(s.t.Context(), wire.Caller{}, sales.Edit{Verb: sales.Delete, Kind: "attachment", ID: id}); err != nil {
		s.t.Fatal(err)
	}
}

// blobs lists what lies in the blob store under a word.
func (s *site) blobs(word string) []string {
	s.t.Helper()
	var keys []string
	list := s.store.Bucket().List(nil)
	for {
		o, err := list.Next(s.t.Context())
		if errors.Is(err, io.EOF) {
			return keys
		}
		if err != nil {
			s.t.Fatal(err)
		}
		if strings.Contains(o.Key, word) {
			keys = append(keys, o.Key)
		}
	}
}

func (s *site) collect() string {
	s.t.Helper()
	said, err := s.store.Collect(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	return said
}

func (s *site) audited(action string) int {
	s.t.Helper()
	list, err := s.journal.AuditTrail(s.t.Context(), 100, 0)
	if err != nil {
		s.t.Fatal(err)
	}
	n := 0
	for _, e := range list {
		if e.Action == action {
			n++
		}
	}
	return n
}

func randomBytes(seed byte, n int) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{seed}).Read(b)
	return b
}

// Guarantee 38: a chunk that is not what its hash says is refused, audited, and not there; a duplicate is stored once and costs nothing on the wire.
func TestABadChunkIsRefusedAndADuplicateIsStoredOnce(t *testing.T) {
	everywhere(t, func(t *testing.T, blobs string) {
		s := newSite(t, blobs, files.Limits{})
		li, wang := s.user("li.na", sales.RoleRep), s.user("wang.wei", sales.RoleRep)
		content := randomBytes(1, 2*syncfiles.ChunkSize+1000)
		m, b := manifestOf(t, content, "video/mp4")
		if status := s.offer(li, b); status.Ready || len(status.Missing) != 3 {
			t.Fatalf("%+v", status)
		}
		bad := slices.Clone(chunkOf(content, 0))
		bad[7] ^= 1
		s.refused(http.StatusUnprocessableEntity, sales.CodeInvalid, li, http.MethodPut, "chunks/"+m.Chunks[0], bad)
		if s.audited("chunk_refused") != 1 || len(s.blobs("chunks/")) != 0 || len(s.offer(li, b).Missing) != 3 {
			t.Errorf("after a bad chunk: %d audited, %v stored", s.audited("chunk_refused"), s.blobs("chunks/"))
		}
		s.refused(http.StatusRequestEntityTooLarge, sales.CodeTooLarge, li, http.MethodPut, "chunks/"+m.Chunks[0], make([]byte, syncfiles.ChunkSize+1))
		s.refused(http.StatusBadRequest, sales.CodeInvalid, li, http.MethodPut, "chunks/"+syncfiles.HashOf([]byte("x")), []byte("x")) // nobody asked for it
		if _, sent := s.upload(li, content, "video/mp4"); sent != 3 {
			t.Errorf("%d chunks sent", sent)
		}
		if n := len(s.blobs("chunks/")); n != 3 {
			t.Errorf("%d chunks stored", n)
		}
		// The same file again, from somebody else; and one that begins the same.
		if _, sent := s.upload(wang, content, "video/mp4"); sent != 0 {
			t.Errorf("a duplicate cost %d chunks", sent)
		}
		if _, sent := s.upload(wang, append(slices.Clone(content[:2*syncfiles.ChunkSize]), "another end"...), ""); sent != 1 {
			t.Errorf("a file that differs in its last chunk cost %d", sent)
		}
		// A chunk that is there already may be sent again, even at the same time; a wrong one not even then.
		if resp, _ := s.call(wang, http.MethodPut, "chunks/"+m.Chunks[1], chunkOf(content, 1)); resp.StatusCode != http.StatusOK {
			t.Errorf("a chunk that is there: %d", resp.StatusCode)
		}
		s.refused(http.StatusUnprocessableEntity, sales.CodeInvalid, wang, http.MethodPut, "chunks/"+m.Chunks[1], bad)
		if n := len(s.blobs("chunks/")); n != 4 {
			t.Errorf("%d chunks stored in the end: %v", n, s.blobs("chunks/"))
		}
	})
}

// The whole hash decides: chunks that are each right and make another content are refused, and nothing is left visible.
func TestAManifestThatLiesAboutTheWholeIsRefused(t *testing.T) {
	s := newSite(t, "", files.Limits{})
	li := s.user("li.na", sales.RoleRep)
	content := randomBytes(2, 1000)
	m, _ := manifestOf(t, content, "")
	m.Hash = syncfiles.HashOf([]byte("something else"))
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	s.attached(m.Hash, "")
	s.offer(li, b)
	if resp, answer := s.call(li, http.MethodPut, "chunks/"+m.Chunks[0], content); resp.StatusCode != http.StatusCreated {
		t.Fatalf("%d %s", resp.StatusCode, answer)
	}
	s.refused(http.StatusUnprocessableEntity, sales.CodeInvalid, li, http.MethodPost, "manifests", b)
	s.refused(http.StatusNotFound, sales.CodeNotReady, li, http.MethodGet, m.Hash, nil)
	if s.audited("file_refused") != 1 {
		t.Error("it is not in the audit")
	}
	for _, bad := range []string{"", "{", `{"sha256":"x"}`, `{"sha256":"` + m.Hash + `","size":-1}`, `{"sha256":"` + m.Hash + `","size":5}`, `{"sha256":"` + m.Hash + `","size":5,"chunks":["../../etc"]}`} {
		s.refused(http.StatusBadRequest, sales.CodeInvalid, li, http.MethodPost, "manifests", []byte(bad))
	}
	s.refused(http.StatusBadRequest, sales.CodeInvalid, li, http.MethodPut, "chunks/..%2f..%2fetc", []byte("x"))
}

// Who sees no live attachment that names a file cannot fetch it, whatever else they know.
func TestAFileIsFetchedOnlyThroughALiveAttachmentThatOneSees(t *testing.T) {
	s := newSite(t, "", files.Limits{})
	li, wang, auditor := s.user("li.na", sales.RoleRep, "31"), s.user("wang.wei", sales.RoleRep, "32"), s.user("qian", sales.RoleAuditor)
	content := randomBytes(3, syncfiles.ChunkSize+100)
	hash, _ := s.upload(li, content, "application/pdf")
	s.refused(http.StatusNotFound, sales.CodeNotFound, li, http.MethodGet, hash, nil) // no record names it yet
	id := s.attached(hash, "31")
	resp, b := s.call(li, http.MethodGet, hash, nil)
	if !bytes.Equal(b, content) || resp.Header.Get("Content-Type") != "application/pdf" || resp.Header.Get("ETag") != `"`+hash+`"` || resp.Header.Get("Content-Disposition") != "attachment" {
		t.Errorf("%d bytes, %v", len(b), resp.Header)
	}
	from := syncfiles.ChunkSize - 10
	if resp, b = s.call(li, http.MethodGet, hash, nil, "Range", fmt.Sprintf("bytes=%d-%d", from, from+19)); resp.StatusCode != http.StatusPartialContent || !bytes.Equal(b, content[from:from+20]) {
		t.Errorf("a range across two chunks: %d, %d bytes", resp.StatusCode, len(b))
	}
	if resp, _ = s.call(auditor, http.MethodGet, hash, nil); resp.StatusCode != http.StatusOK {
		t.Errorf("an auditor of everything: %d", resp.StatusCode)
	}
	for _, path := range []string{hash, hash + "/thumbnail", syncfiles.HashOf([]byte("no such"))} {
		said := s.refused(http.StatusNotFound, sales.CodeNotFound, wang, http.MethodGet, path, nil)
		if strings.Contains(said, "on its way") { // which would tell that there is one
			t.Errorf("%s: %s", path, said)
		}
	}
	s.refused(http.StatusUnauthorized, sales.CodeSignedOut, "nonsense", http.MethodGet, hash, nil)
	s.refused(http.StatusUnauthorized, sales.CodeSignedOut, "", http.MethodPut, "chunks/"+hash, []byte("x"))
	_, manifest := manifestOf(t, content, "")
	s.refused(http.StatusForbidden, sales.CodeForbidden, auditor, http.MethodPost, "manifests", manifest)
	s.detached(id)
	s.refused(http.StatusNotFound, sales.CodeNotFound, li, http.MethodGet, hash, nil)
}

func TestAFileOverALimitIsRefusedWithWhatIsLeft(t *testing.T) {
	s := newSite(t, "", files.Limits{File: 3000, User: 4000, Organisation: 6000})
	li, wang := s.user("li.na", sales.RoleRep), s.user("wang.wei", sales.RoleRep)
	offered := func(seed byte, n int) []byte {
		_, b := manifestOf(t, randomBytes(seed, n), "")
		return b
	}
	if said := s.refused(http.StatusRequestEntityTooLarge, sales.CodeTooLarge, li, http.MethodPost, "manifests", offered(1, 3001)); !strings.Contains(said, "3001") {
		t.Error(said)
	}
	s.upload(li, randomBytes(2, 3000), "")
	if said := s.refused(http.StatusInsufficientStorage, sales.CodeQuota, li, http.MethodPost, "manifests", offered(3, 1001)); !strings.Contains(said, "your files take 3000 of 4000") {
		t.Error(said)
	}
	s.upload(wang, randomBytes(4, 2500), "")
	if said := s.refused(http.StatusInsufficientStorage, sales.CodeQuota, wang, http.MethodPost, "manifests", offered(5, 501)); !strings.Contains(said, "the organisation's files take 5500 of 6000") {
		t.Error(said)
	}
	s.upload(wang, randomBytes(2, 3000), "") // what is there takes no room again
	s.upload(li, randomBytes(6, 500), "")
}

// The collection removes what nobody names any more, after the grace; it spares what an unsynced change may name, and chunks that others share.
func TestTheCollectionSparesFilesOfUnsyncedChangesAndSharedChunks(t *testing.T) {
	everywhere(t, func(t *testing.T, blobs string) {
		s := newSite(t, blobs, files.Limits{})
		li := s.user("li.na", sales.RoleRep)
		first := randomBytes(8, syncfiles.ChunkSize+10)
		second := append(slices.Clone(first[:syncfiles.ChunkSize]), "another end"...) // shares the first chunk
		kept, _ := s.upload(li, first, "")
		s.attached(kept, "")
		gone, _ := s.upload(li, second, "")
		picture := pictureOf(t, 600, 400)
		let, _ := s.upload(li, picture, "image/png")
		record := s.attached(let, "")
		if resp, _ := s.call(li, http.MethodGet, let+"/thumbnail", nil); resp.StatusCode != http.StatusOK {
			t.Fatalf("thumbnail: %d", resp.StatusCode)
		}
		// A device has been offline since before the grace began: its record, which names the second file, has not come yet.
		s.now = s.now.Add(31 * 24 * time.Hour)
		s.detached(record)
		if said := s.collect(); said != "0 files, 0 chunks and 0 left-over pieces removed" {
			t.Errorf("within the grace: %s", said)
		}
		s.now = s.now.Add(20 * 24 * time.Hour)
		if said := s.collect(); said != "1 files, 1 chunks and 0 left-over pieces removed" {
			t.Errorf("after 51 days: %s", said)
		}
		if n := len(s.blobs("chunks/")); n != 3 {
			t.Errorf("%d chunks are left", n)
		}
		if resp, b := s.call(li, http.MethodGet, kept, nil); resp.StatusCode != http.StatusOK || !bytes.Equal(b, first) {
			t.Errorf("the file that shares a chunk: %d, %d bytes", resp.StatusCode, len(b))
		}
		// The one whose attachment was deleted 20 days ago is spared: somebody may have an unsent edit of it.
		s.attached(let, "")
		if resp, _ := s.call(li, http.MethodGet, let, nil); resp.StatusCode != http.StatusOK {
			t.Errorf("the file of the deleted attachment: %d", resp.StatusCode)
		}
		// What was collected can come again.
		if _, sent := s.upload(li, second, ""); sent != 1 {
			t.Errorf("%d chunks sent again", sent)
		}
		s.attached(gone, "")
		if resp, b := s.call(li, http.MethodGet, gone, nil); resp.StatusCode != http.StatusOK || !bytes.Equal(b, second) {
			t.Errorf("come again: %d, %d bytes", resp.StatusCode, len(b))
		}
		// What a killed server left over goes, what is not of Rounds stays.
		stray := s.journal.Organisation() + "/chunks/aa/" + strings.Repeat("a", 64) + "-00000000"
		for _, key := range []string{stray, s.journal.Organisation() + "/notes.txt", "other/chunks/x"} {
			if err := s.store.Bucket().WriteAll(t.Context(), key, []byte("x"), nil); err != nil {
				t.Fatal(err)
			}
		}
		// Not soon: a database that was put back knows nothing of what came after it, and the one that was there may come back.
		s.now = time.Now().Add(30 * 24 * time.Hour)
		s.collect()
		if left := s.blobs(""); !slices.Contains(left, stray) {
			t.Errorf("left: %v", left)
		}
		s.now = time.Now().Add(100 * 24 * time.Hour)
		s.collect()
		if left := s.blobs(""); slices.Contains(left, stray) || !slices.Contains(left, "other/chunks/x") || !slices.Contains(left, s.journal.Organisation()+"/notes.txt") {
			t.Errorf("left: %v", left)
		}
	})
}

func pictureOf(t *testing.T, w, h int) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for x := range w {
		img.Set(x, x%h, color.NRGBA{R: uint8(x), A: 255})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestAThumbnailIsMadeOfAPictureAndABombIsNotUnpacked(t *testing.T) {
	s := newSite(t, "", files.Limits{})
	li := s.user("li.na", sales.RoleRep)
	hash, _ := s.upload(li, pictureOf(t, 1000, 500), "image/png")
	s.attached(hash, "")
	for range 2 { // made, and kept
		resp, b := s.call(li, http.MethodGet, hash+"/thumbnail", nil)
		if c, format, err := image.DecodeConfig(bytes.NewReader(b)); err != nil || format != "jpeg" || c.Width != 320 || c.Height != 160 || resp.Header.Get("Content-Type") != "image/jpeg" {
			t.Errorf("%+v %s %v", c, format, err)
		}
	}
	var animation bytes.Buffer
	if err := gif.Encode(&animation, image.NewPaletted(image.Rect(0, 0, 10, 10), color.Palette{color.Black}), nil); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		content   []byte
		mediaType string
		status    int
	}{
		"a small GIF":             {animation.Bytes(), "image/gif", http.StatusOK},
		"a document":              {[]byte("%PDF-1.7"), "application/pdf", http.StatusNoContent},
		"nonsense":                {[]byte("no picture"), "image/jpeg", http.StatusNoContent},
		"a cut picture":           {pictureOf(t, 400, 300)[:200], "image/png", http.StatusNoContent},
		"a bomb of 10 gigapixels": {bomb(100_000, 100_000), "image/png", http.StatusNoContent},
		"a picture of 72 million": {flat(t, 9000, 8000), "image/png", http.StatusNoContent}, // which could be unpacked, at a price
	} {
		h, _ := s.upload(li, c.content, c.mediaType)
		s.attached(h, "")
		for range 2 {
			if resp, b := s.call(li, http.MethodGet, h+"/thumbnail", nil); resp.StatusCode != c.status {
				t.Errorf("%s: %d, %.100s", name, resp.StatusCode, b)
			}
		}
	}
}

// flat is a whole picture of one colour, which packs into a few kilobytes.
func flat(t *testing.T, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewPaletted(image.Rect(0, 0, w, h), color.Palette{color.White, color.Black})); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// bomb is a PNG whose head promises a picture of any size.
func bomb(w, h uint32) []byte {
	b := []byte("\x89PNG\r\n\x1a\n")
	head := append([]byte("IHDR"), 0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0)
	binary.BigEndian.PutUint32(head[4:], w)
	binary.BigEndian.PutUint32(head[8:], h)
	b = binary.BigEndian.AppendUint32(b, 13)
	b = append(b, head...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(head))
}
