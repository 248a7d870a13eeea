package local

import (
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

// onDisk gives the cursors and the books as the database has them.
func onDisk(t *testing.T, s *Store) (cursors []wire.Cursor, of map[string]bucket) {
	t.Helper()
	var err error
	if readErr := s.db.Read(t.Context(), func(tx *sql.Tx) error {
		cursors, err = readCursors(t.Context(), tx, `SELECT bucket, epoch, seq, chain FROM wb_stage_bucket
			UNION ALL SELECT bucket, epoch, seq, chain FROM wb_bucket
			WHERE retake = 0 AND bucket NOT IN (SELECT bucket FROM wb_stage_bucket) ORDER BY 1`)
		return err
	}); readErr != nil {
		t.Fatal(readErr)
	}
	if err := s.write(t.Context(), "read the books", func(x *txn) error {
		of, err = (&pulling{txn: x}).readBooks(t.Context())
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return cursors, of
}

func TestTheBooksInMemoryAreThoseOnTheDisk(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	s, f := openTest(t), newFakeServer()
	name := func() string { return fmt.Sprintf("t:%d", r.IntN(6)) }
	errGone := errors.New("gone wrong")
	kept := 0
	for turn := range 150 {
		var err error
		var records []wire.RecordState
		for range r.IntN(4) {
			records = append(records, f.set(name(), "partner", sales.NewID(), sales.Values{"name": "a"}))
		}
		page := f.page(records...)
		var what string
		switch r.IntN(7) {
		case 0:
			what, page.More = "stage", true
			err = s.Stage(t.Context(), page)
		case 1:
			what = "forget"
			err = s.Forget(t.Context(), []string{name(), name()})
		case 2:
			what = "a pull that fails"
			err = s.pull(t.Context(), what, func(p *pulling) error {
				p.bucket(name()).cursor.Seq = 1 << 40
				p.bucket("t:99").count = 7
				p.drop(name())
				return errGone
			})
			if !errors.Is(err, errGone) {
				t.Fatalf("a pull that fails gives %v", err)
			}
			err = nil
		case 3:
			what = "lose a bucket"
			lost := name()
			maps.DeleteFunc(f.states, func(_ string, st wire.RecordState) bool { return st.Bucket == lost })
			_, err = s.Publish(t.Context(), f.page())
		case 4:
			what, page.Brief = "publish briefly", true
			page.Lost = []string{name()}
			page.Buckets = slices.DeleteFunc(page.Buckets, func(b wire.BucketState) bool { return b.Bucket == page.Lost[0] || r.IntN(2) == 0 })
			_, err = s.Publish(t.Context(), page)
		default:
			what = "publish"
			_, err = s.Publish(t.Context(), page)
		}
		if err != nil {
			t.Fatalf("turn %d: %s: %v", turn, what, err)
		}
		cursors, of := onDisk(t, s)
		got, err := s.Cursors(t.Context())
		if err != nil || !slices.Equal(got, cursors) {
			t.Fatalf("turn %d: after %s the cursors are\n%v, on the disk\n%v (%v)", turn, what, got, cursors, err)
		}
		if in := s.books.of; in != nil {
			kept++
			if !maps.Equal(in, of) {
				t.Fatalf("turn %d: after %s the books are\n%v, on the disk\n%v", turn, what, in, of)
			}
		}
	}
	if kept < 50 {
		t.Errorf("the books were in memory after %d of 150 transactions only", kept)
	}
}

// A transaction that begins before another one has given the books back reads them anew, and keeps what it read.
func TestBooksThatAnotherHasTakenSinceAreNotGivenBack(t *testing.T) {
	var b books
	_, first := b.take()
	_, second := b.take()
	b.giveBack(map[string]bucket{"t:1": {count: 2}}, second, true)
	b.giveBack(map[string]bucket{"t:1": {count: 1}}, first, true)
	if of, _ := b.take(); of["t:1"].count != 2 {
		t.Errorf("the books are %v, want those of the later transaction", of)
	}
}
