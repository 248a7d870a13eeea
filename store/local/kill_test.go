package local

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rounds-field/rounds/internal/faultfs"
	"github.com/rounds-field/rounds/sales"
)

// Guarantee 4: a program that is killed before any of the writes to the disk that its saves take leaves each save whole (rows, search entries and
// outbox) or not at all, and none that was acknowledged is missing.
func TestASaveKilledBeforeAnyWriteOfTheDiskIsWholeOrNotThere(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: make test-long runs it without the race detector")
	}
	dir, album := filepath.Join(t.TempDir(), "book"), t.TempDir()
	disk := faultfs.Watch(t, filepath.Dir(dir))
	s, err := Open(t.Context(), dir, Options{NoBackup: true})
	if err != nil {
		t.Fatal(err)
	}
	const saves = 3
	var acknowledged []int // saves, by picture
	done := 0
	disk.Before(func(int, string) {
		photograph(t, dir, filepath.Join(album, fmt.Sprint(len(acknowledged))))
		acknowledged = append(acknowledged, done)
	})
	for i := range saves {
		title := fmt.Sprintf("达人科技 %d", i)
		if _, err := s.Write(t.Context(), sales.CreateOf(sales.Partner{Name: title}), sales.CreateOf(sales.Task{Title: title})); err != nil {
			t.Fatal(err)
		}
		done++
	}
	disk.Before(nil)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if len(acknowledged) < 15*saves {
		t.Fatalf("only %d writes were seen", len(acknowledged))
	}
	for i, want := range acknowledged {
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		photograph(t, filepath.Join(album, fmt.Sprint(i)), dir)
		s, err := Open(t.Context(), dir, Options{NoBackup: true})
		if err != nil {
			t.Fatalf("killed before write %d: %v", i, err)
		}
		partners, err := s.Count(t.Context(), sales.Query{Kind: "partner"})
		if err != nil {
			t.Fatal(err)
		}
		tasks, err := s.Count(t.Context(), sales.Query{Kind: "task"})
		if err != nil {
			t.Fatal(err)
		}
		if changes := len(mustPending(t, s)); partners != tasks || changes != partners+tasks || partners < want || partners > want+1 {
			t.Errorf("killed before write %d, after %d saves: %d partners, %d tasks, %d changes", i, want, partners, tasks, changes)
		}
		healthy(t, s)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if t.Failed() {
			return
		}
	}
	t.Logf("killed before each of %d writes", len(acknowledged))
}

// Guarantee 16: the clock steps back by a year while the program is dead.
func TestStampsIncreaseWhenTheClockStepsBackAcrossACrash(t *testing.T) {
	dir, left := filepath.Join(t.TempDir(), "book"), filepath.Join(t.TempDir(), "left")
	now := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	start := func() *Store {
		t.Helper()
		s, err := Open(t.Context(), dir, Options{NoBackup: true, Now: func() time.Time { return now }})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := start()
	save := func() {
		t.Helper()
		if _, err := s.Write(t.Context(), sales.CreateOf(sales.Partner{Name: "达人科技"})); err != nil {
			t.Fatal(err)
		}
	}
	save()
	save()
	photograph(t, dir, left)
	if err := s.Close(); err != nil { // the program is dead: what it does now is thrown away
		t.Fatal(err)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	photograph(t, left, dir)
	now = now.AddDate(-1, 0, 0)
	s = start()
	t.Cleanup(func() { _ = s.Close() })
	save()
	changes, err := s.Unsent(t.Context(), 10)
	if err != nil || len(changes) != 3 {
		t.Fatalf("%d changes, %v", len(changes), err)
	}
	for i := 1; i < len(changes); i++ {
		if changes[i].HLC <= changes[i-1].HLC || changes[i].Counter != changes[i-1].Counter+1 {
			t.Errorf("change %d has stamp %d and counter %d after %d and %d", i+1, changes[i].HLC, changes[i].Counter, changes[i-1].HLC, changes[i-1].Counter)
		}
	}
}
