package files_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/server/files"
	"github.com/rounds-field/rounds/store/central"
	syncfiles "github.com/rounds-field/rounds/sync/files"
	"github.com/rounds-field/rounds/sync/wire"
)

// The file store was put back from an older copy than the journal: who has the file sends what is missing, instead of hearing that it is there.
func TestAChunkThatTheFileStoreLostIsSentAgain(t *testing.T) {
	everywhere(t, func(t *testing.T, blobs string) {
		s := newSite(t, blobs, files.Limits{})
		li := s.user("li.na", sales.RoleRep)
		content := randomBytes(20, 2*syncfiles.ChunkSize+7)
		hash, _ := s.upload(li, content, "")
		other := append(bytes.Clone(content[:syncfiles.ChunkSize]), "another end"...)
		shares, _ := s.upload(li, other, "")
		s.attached(hash, "")
		s.attached(shares, "")
		m, _ := manifestOf(t, content, "")
		for _, key := range s.blobs(m.Chunks[0]) {
			if err := s.store.Bucket().Delete(t.Context(), key); err != nil {
				t.Fatal(err)
			}
		}
		if _, sent := s.upload(li, content, ""); sent != 1 {
			t.Errorf("%d chunks were sent again", sent)
		}
		if _, sent := s.upload(li, other, ""); sent != 0 {
			t.Errorf("of a file that shares the chunk %d were sent again", sent)
		}
		// The same of one that is not ready yet: it would never become so.
		third := randomBytes(21, 900)
		whole, b := manifestOf(t, third, "")
		s.offer(li, b)
		if resp, answer := s.call(li, http.MethodPut, "chunks/"+whole.Chunks[0], third); resp.StatusCode != http.StatusCreated {
			t.Fatalf("%d %s", resp.StatusCode, answer)
		}
		for _, key := range s.blobs(whole.Chunks[0]) {
			if err := s.store.Bucket().Delete(t.Context(), key); err != nil {
				t.Fatal(err)
			}
		}
		if _, sent := s.upload(li, third, ""); sent != 1 {
			t.Errorf("of a file that was not ready %d were sent again", sent)
		}
		for h, want := range map[string][]byte{hash: content, shares: other} {
			if resp, b := s.call(li, http.MethodGet, h, nil); resp.StatusCode != http.StatusOK || !bytes.Equal(b, want) {
				t.Errorf("%d, %d bytes", resp.StatusCode, len(b))
			}
		}
	})
}

// Between the reading of a whole file and its being made visible somebody offers another manifest for the same hash: what nobody has read is not made visible.
func TestAFileIsNotMadeReadyOfOtherChunksThanWereRead(t *testing.T) {
	s := newSite(t, "", files.Limits{})
	li := s.user("li.na", sales.RoleRep)
	s.upload(li, []byte("something else"), "")
	m, b := manifestOf(t, []byte("what it is to be"), "")
	s.offer(li, b)
	if resp, answer := s.call(li, http.MethodPut, "chunks/"+m.Chunks[0], []byte("what it is to be")); resp.StatusCode != http.StatusCreated {
		t.Fatalf("%d %s", resp.StatusCode, answer)
	}
	read, err := s.journal.FileParts(t.Context(), m.Hash)
	if err != nil {
		t.Fatal(err)
	}
	wrong := m
	wrong.Size, wrong.Chunks = int64(len("something else")), []string{syncfiles.HashOf([]byte("something else"))}
	if _, err := s.journal.OfferFile(t.Context(), wire.Caller{}, wrong, central.FileLimits{}); err != nil {
		t.Fatal(err)
	}
	if err := s.journal.FileReady(t.Context(), m.Hash, read.Blobs); !sales.HasCode(err, sales.CodeNotReady) {
		t.Errorf("it became ready of chunks that nobody read: %v", err)
	}
	var status syncfiles.Status
	if resp, answer := s.call(li, http.MethodPost, "manifests", b); json.Unmarshal(answer, &status) != nil || !status.Ready {
		t.Errorf("the right one, offered again: %d %s", resp.StatusCode, answer)
	}
}

// A manifest that lies is read for a while. In the meantime somebody else has offered the right one, and the file is ready: it stays.
func TestAManifestThatLiedDoesNotTakeAFileAlongThatBecameReadyMeanwhile(t *testing.T) {
	s := newSite(t, "", files.Limits{})
	li := s.user("li.na", sales.RoleRep)
	content := []byte("what it is to be")
	m, _ := manifestOf(t, content, "")
	wrong := m
	wrong.Size, wrong.Chunks = int64(len("something else")), []string{syncfiles.HashOf([]byte("something else"))}
	s.upload(li, []byte("something else"), "")
	if _, err := s.journal.OfferFile(t.Context(), wire.Caller{}, wrong, central.FileLimits{}); err != nil {
		t.Fatal(err)
	}
	lies, err := s.journal.FileParts(t.Context(), m.Hash) // is being read from here on
	if err != nil {
		t.Fatal(err)
	}
	s.upload(li, content, "")
	if err := s.journal.FileRefused(t.Context(), wire.Caller{}, m.Hash, lies.Blobs); err != nil {
		t.Fatal(err)
	}
	if f, err := s.journal.FileParts(t.Context(), m.Hash); err != nil || !f.Ready {
		t.Errorf("the file is gone: %+v, %v", f, err)
	}
	if s.audited("file_refused") != 1 {
		t.Error("the lie is not in the audit")
	}
}
