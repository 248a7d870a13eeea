package local

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

func TestMoreEditsThanTheServerTakesAtOnceAreRefusedAndTried(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: make test-long runs it without the race detector")
	}
	s := openTest(t)
	edits := make([]sales.Edit, wire.MaxChanges+1)
	for i := range edits {
		edits[i] = sales.CreateOf(sales.Partner{Name: fmt.Sprint("伙伴", i)})
	}
	if _, err := s.Write(t.Context(), edits...); !sales.HasCode(err, sales.CodeInvalid) {
		t.Errorf("writing them gives %v", err)
	}
	if err := s.Try(t.Context(), edits...); err != nil {
		t.Errorf("trying them gives %v", err)
	}
	edits[wire.MaxChanges].Values["name"] = nil
	if err := s.Try(t.Context(), edits...); !sales.HasCode(err, sales.CodeRequired) {
		t.Errorf("trying a bad one gives %v", err)
	}
	if n, err := s.Count(t.Context(), sales.Query{Kind: "partner"}); err != nil || n != 0 {
		t.Errorf("%d partners were saved, %v", n, err)
	}
	if p, err := s.Pending(t.Context()); err != nil || len(p) != 0 {
		t.Errorf("%d changes wait, %v", len(p), err)
	}
}

func TestTheLifeOfARecordIsNotToldInTheFieldsOfAnotherKind(t *testing.T) {
	s := openTest(t)
	ids, err := s.Write(t.Context(), sales.CreateOf(sales.Partner{Name: "甲"}))
	if err != nil {
		t.Fatal(err)
	}
	if life, err := s.History(t.Context(), "visit", ids[0]); err != nil || len(life) != 0 {
		t.Errorf("a partner has the life of a visit: %v, %v", life, err)
	}
}

func TestACheckFindsABackupThatCouldNotBeMade(t *testing.T) {
	dir := t.TempDir()
	for range 2 {
		s, err := Open(t.Context(), dir, Options{Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		found, err := s.Check(t.Context(), false)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := s.Count(t.Context(), sales.Query{Kind: "partner"}); err != nil || len(found) != n {
			t.Errorf("with %d partners the check finds %v, %v", n, found, err)
		}
		if _, err := s.Write(t.Context(), sales.CreateOf(sales.Partner{Name: "甲"})); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.RemoveAll(filepath.Join(dir, backupFolder)); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, backupFolder), nil, 0o600); err != nil { // a folder cannot be made there
			t.Fatal(err)
		}
	}
}
