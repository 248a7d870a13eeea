package local

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/files"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/wire"
)

func addFile(t *testing.T, s *Store, a sales.Attachment, content []byte) string {
	t.Helper()
	id, err := s.AddFile(t.Context(), a, bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func hashOf(t *testing.T, content []byte) string {
	t.Helper()
	m, err := files.Describe(bytes.NewReader(content), nil)
	if err != nil {
		t.Fatal(err)
	}
	return m.Hash
}

// onServer has the server take all that waits and sends it back.
func onServer(t *testing.T, s *Store, f *fakeServer) {
	t.Helper()
	changes := mustUnsent(t, s)
	settle(t, s, f.take("t:11", changes, wire.NodeOf(s.incarnation))...)
	var states []wire.RecordState
	for _, c := range changes {
		states = append(states, f.states[c.RecordID])
	}
	publish(t, s, f.page(states...))
}

func toSend(t *testing.T, s *Store) []string {
	t.Helper()
	list, err := s.FilesToSend(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range list {
		out = append(out, f.Hash)
	}
	return out
}

func hasContent(t *testing.T, s *Store, hash string) bool {
	t.Helper()
	r, err := s.OpenFile(t.Context(), hash)
	if sales.HasCode(err, sales.CodeNotFound) {
		return false
	}
	if err != nil {
		t.Fatal(err)
	}
	return r.Close() == nil
}

// The server may have removed a file long ago whose attachment this device still shows: a content that is attached anew is offered anew.
func TestAContentThatIsAttachedAgainIsOfferedAgain(t *testing.T) {
	s, f := openTest(t), newFakeServer()
	partner := mustWrite(t, s, sales.CreateOf(sales.Partner{Name: "p"}))[0]
	content := []byte("a price list")
	addFile(t, s, sales.Attachment{FileName: "one.txt", PartnerID: partner}, content)
	onServer(t, s, f)
	if err := s.FileSent(t.Context(), hashOf(t, content)); err != nil {
		t.Fatal(err)
	}
	if got := toSend(t, s); len(got) != 0 {
		t.Fatalf("sent, and to be sent: %v", got)
	}
	addFile(t, s, sales.Attachment{FileName: "again.txt", PartnerID: partner}, content)
	onServer(t, s, f)
	if got := toSend(t, s); len(got) != 1 {
		t.Errorf("to be offered: %v", got)
	}
	healthy(t, s)
}

// A content that was sent in the last thirty days is offered again to a server that was put back, although the changes that named it are older than that.
func TestAFileSentLatelyIsOfferedAgainAlthoughItsRecordIsOld(t *testing.T) {
	dir, now := t.TempDir(), time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	begin := func() *Store {
		s, err := Open(t.Context(), dir, Options{Now: func() time.Time { return now }, NoBackup: true, Sync: "off"})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s, f := begin(), newFakeServer()
	partner := mustWrite(t, s, sales.CreateOf(sales.Partner{Name: "p"}))[0]
	content := []byte("a price list")
	addFile(t, s, sales.Attachment{FileName: "one.txt", PartnerID: partner}, content)
	onServer(t, s, f)
	now = now.Add(40 * 24 * time.Hour)
	if err := s.Observe(t.Context(), hlc.Reading(now.UnixMilli()<<16)); err != nil {
		t.Fatal(err)
	}
	publish(t, s, f.page())
	closeStore(t, s)
	s = begin()
	defer closeStore(t, s)
	if err := s.FileSent(t.Context(), hashOf(t, content)); err != nil {
		t.Fatal(err)
	}
	if n, err := s.Resend(t.Context()); err != nil || n != 0 {
		t.Fatalf("%d changes are sent again, %v", n, err)
	}
	if got := toSend(t, s); len(got) != 1 {
		t.Errorf("to be offered: %v", got)
	}
}

// A workbook is put back, and the first opening of it is cut short: what lies beside it is still there at the second.
func TestContentsBesideAWorkbookThatWasPutBackOutliveAnOpeningThatIsCut(t *testing.T) {
	for name, swap := range map[string]func(t *testing.T, database string, before []byte) error{
		"put back": func(_ *testing.T, database string, before []byte) error { return os.WriteFile(database, before, 0o600) },
		"lost":     func(_ *testing.T, database string, _ []byte) error { return os.Remove(database) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := openIn(t, dir)
			partner := mustWrite(t, s, sales.CreateOf(sales.Partner{Name: "p"}))[0]
			closeStore(t, s)
			database := filepath.Join(dir, DatabaseName)
			before, err := os.ReadFile(database)
			if err != nil {
				t.Fatal(err)
			}
			s = openIn(t, dir)
			content := []byte("a price list")
			addFile(t, s, sales.Attachment{FileName: "one.txt", PartnerID: partner}, content)
			closeStore(t, s)
			if err := swap(t, database, before); err != nil {
				t.Fatal(err)
			}
			// What cannot be removed ends the opening behind the note of the new incarnation.
			inWay := filepath.Join(dir, fileFolder, "00", "something", "else")
			if err := os.MkdirAll(inWay, 0o700); err != nil {
				t.Fatal(err)
			}
			if s, err := Open(t.Context(), dir, Options{NoBackup: true, Sync: "off"}); err == nil {
				closeStore(t, s)
				t.Fatal("the opening was not cut")
			}
			if err := os.RemoveAll(filepath.Join(dir, fileFolder, "00")); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				s = openIn(t, dir)
				if !hasContent(t, s, hashOf(t, content)) {
					t.Error("the content is gone")
				}
				closeStore(t, s)
			}
		})
	}
}

// A content whose record is on the server, in a territory that was lost meanwhile, is kept until it is sent, also beyond the time for which changes are kept.
func TestAnUnsentFileOfALostTerritoryIsKeptUntilItIsSent(t *testing.T) {
	dir, now := t.TempDir(), time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	begin := func() *Store {
		s, err := Open(t.Context(), dir, Options{Now: func() time.Time { return now }, NoBackup: true, Sync: "off"})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s, f := begin(), newFakeServer()
	partner := mustWrite(t, s, sales.CreateOf(sales.Partner{Name: "p"}))[0]
	content := []byte("a price list")
	addFile(t, s, sales.Attachment{FileName: "one.txt", PartnerID: partner}, content)
	onServer(t, s, f)
	clear(f.states)
	publish(t, s, f.page())
	for range 3 {
		now = now.Add(20 * 24 * time.Hour)
		if err := s.Observe(t.Context(), hlc.ReadingAt(now)); err != nil {
			t.Fatal(err)
		}
		publish(t, s, f.page())
		closeStore(t, s)
		s = begin()
		// An attachment that comes and goes has the contents looked through.
		passing := mustWrite(t, s, sales.CreateOf(sales.Attachment{FileName: "two.txt", MediaType: "text/plain", Size: 1}))[0]
		mustWrite(t, s, sales.Edit{Verb: sales.Delete, Kind: "attachment", ID: passing})
	}
	if got := toSend(t, s); len(got) != 1 || !hasContent(t, s, hashOf(t, content)) {
		t.Errorf("to be sent: %v", got)
	}
	if err := s.FileSent(t.Context(), hashOf(t, content)); err != nil {
		t.Fatal(err)
	}
	if hasContent(t, s, hashOf(t, content)) {
		t.Error("once it was sent it is still here")
	}
	closeStore(t, s)
	s = begin()
	defer closeStore(t, s)
	if left := kept(t, s, "one.txt"); len(left) > 0 {
		t.Errorf("its record is left in %v", left)
	}
	healthy(t, s)
}
