package local

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rounds-field/rounds/internal/faultfs"
	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

// pinch is one thing that a workbook does, to be tried on a disk that is full at each of its writes in turn.
type pinch struct {
	name    string
	prepare func(t *testing.T, s *Store) any
	do      func(t *testing.T, s *Store, with any) error
	done    func(t *testing.T, s *Store, with any) // after it went through
}

var bigText = strings.Repeat("a long line of notes, as a visit has them; ", 40)

func pinches() []pinch {
	partners := func(f *fakeServer, n int) []wire.RecordState {
		out := make([]wire.RecordState, n)
		for i := range out {
			out[i] = f.set("t:11", "partner", sales.NewID(), sales.Values{"name": fmt.Sprint("partner ", i), "notes": bigText})
		}
		return out
	}
	count := func(t *testing.T, s *Store, want int) {
		t.Helper()
		if n, err := s.Count(t.Context(), sales.Query{Kind: "partner"}); err != nil || n != want {
			t.Errorf("%d partners, %v, want %d", n, err, want)
		}
	}
	type plan struct {
		f    *fakeServer
		page wire.PullResponse
		id   string
		vs   []wire.Verdict
	}
	synced := func(t *testing.T, s *Store) *plan {
		p := &plan{f: newFakeServer()}
		first := partners(p.f, 3)
		p.id = first[0].ID
		publish(t, s, p.f.page(first...))
		return p
	}
	return []pinch{
		{
			"save", func(t *testing.T, s *Store) any { return synced(t, s) },
			func(t *testing.T, s *Store, with any) error {
				_, err := s.Write(t.Context(), sales.CreateOf(sales.Partner{Name: "new", Notes: bigText}), update("partner", with.(*plan).id, sales.Values{"notes": bigText + "!"}))
				return err
			},
			func(t *testing.T, s *Store, _ any) {
				count(t, s, 4)
				if got := mustUnsent(t, s); len(got) != 2 {
					t.Errorf("%d changes wait", len(got))
				}
			},
		},
		{
			"stage", func(t *testing.T, s *Store) any {
				p := synced(t, s)
				p.page = wire.PullResponse{More: true, Records: partners(p.f, 10), Buckets: []wire.BucketState{{Cursor: wire.Cursor{Bucket: "t:11", Epoch: 1, Seq: p.f.seq}}}}
				return p
			},
			func(t *testing.T, s *Store, with any) error { return s.Stage(t.Context(), with.(*plan).page) },
			func(t *testing.T, s *Store, with any) {
				count(t, s, 3)
				publish(t, s, with.(*plan).f.page())
				count(t, s, 13)
			},
		},
		{
			"first page", func(_ *testing.T, _ *Store) any {
				p := &plan{f: newFakeServer()}
				p.page = wire.PullResponse{More: true, Records: partners(p.f, 10), Remaining: 2 * inlineEntries, Buckets: []wire.BucketState{{Cursor: wire.Cursor{Bucket: "t:11", Epoch: 1, Seq: p.f.seq}}}}
				return p
			},
			func(t *testing.T, s *Store, with any) error { return s.Stage(t.Context(), with.(*plan).page) },
			func(t *testing.T, s *Store, with any) {
				publish(t, s, with.(*plan).f.page())
				count(t, s, 10)
			},
		},
		{
			"publish", func(t *testing.T, s *Store) any {
				p := synced(t, s)
				p.page = p.f.page(partners(p.f, 10)...)
				p.page = p.f.page(p.page.Records...)
				mustWrite(t, s, update("partner", p.id, sales.Values{"phone": "1"}))
				return p
			},
			func(t *testing.T, s *Store, with any) error {
				_, err := s.Publish(t.Context(), with.(*plan).page)
				return err
			},
			func(t *testing.T, s *Store, with any) {
				count(t, s, 13)
				if got := text(t, s, "partner", with.(*plan).id, "phone"); got != "1" {
					t.Errorf("the edit that waits shows %q", got)
				}
			},
		},
		{
			"settle", func(t *testing.T, s *Store) any {
				p := synced(t, s)
				for i := range 20 {
					mustWrite(t, s, update("partner", p.id, sales.Values{"notes": fmt.Sprint(i, bigText)}))
				}
				for _, c := range mustUnsent(t, s) {
					p.vs = append(p.vs, wire.Verdict{ChangeID: c.ID, Outcome: wire.Applied})
				}
				p.vs[19].Outcome, p.vs[19].Code, p.vs[19].Message = wire.Rejected, sales.CodeForbidden, "no"
				return p
			},
			func(t *testing.T, s *Store, with any) error { return s.Settle(t.Context(), with.(*plan).vs) },
			func(t *testing.T, s *Store, _ any) {
				if w, r, _, err := s.Counts(t.Context()); err != nil || w != 0 || r != 1 {
					t.Errorf("%d wait, %d refused, %v", w, r, err)
				}
			},
		},
	}
}

// plainly checks what a full disk makes of a call: an error that says so and what to do.
func plainly(t *testing.T, err error) {
	t.Helper()
	var e *sales.Error
	if !errors.As(err, &e) || e.Code != sales.CodeStorage || !strings.Contains(e.Hint, "full") {
		t.Errorf("a full disk gives %v", err)
	}
}

// after is the next write to try: each of the first ones, then every fifth; in a soak each of them.
func after(n int) int {
	if n < 30 || os.Getenv("ROUNDS_SOAK") != "" {
		return n + 1
	}
	return n + 5
}

func TestADiskFullAtEachWriteLosesNothingAndLetsGoOn(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: make test-long runs it without the race detector")
	}
	for _, p := range pinches() {
		t.Run(p.name, func(t *testing.T) {
			root := t.TempDir()
			dir := filepath.Join(root, "book")
			s := openIn(t, dir)
			with := p.prepare(t, s)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			asIs := filepath.Join(root, "as it is")
			photograph(t, dir, asIs)
			disk := faultfs.Watch(t, root)
			refused := 0
			for n := 1; ; n = after(n) {
				again(t, dir, asIs)
				s := openIn(t, dir)
				disk.Fill(n)
				err := p.do(t, s, with)
				full := disk.Refused() > 0
				disk.Room()
				if err != nil {
					plainly(t, err)
					if !full {
						t.Errorf("it fails without a refused write: %v", err)
					}
					refused++
					healthy(t, s)
					if err := p.do(t, s, with); err != nil { // with room again
						t.Fatalf("after write %d found no room: %v", n, err)
					}
				}
				p.done(t, s, with)
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
				s = openIn(t, dir)
				healthy(t, s)
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
				if t.Failed() {
					t.Fatalf("at write %d", n)
				}
				if !full {
					break // all writes had room
				}
			}
			if refused == 0 {
				t.Error("no write was refused")
			}
			t.Logf("%d writes refused in turn", refused)
		})
	}
}

func TestADiskFullAtEachWriteOfAMigrationLosesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: make test-long runs it without the race detector")
	}
	root := t.TempDir()
	dir := filepath.Join(root, "book")
	a := version1(t, dir)
	forgetSchema(t, dir)
	asIs := filepath.Join(root, "as it is")
	photograph(t, dir, asIs)
	disk := faultfs.Watch(t, root)
	refused := 0
	for n := 1; ; n = after(n) {
		again(t, dir, asIs)
		disk.Fill(n)
		s, err := openVersion(t, dir, later)
		full := disk.Refused() > 0
		disk.Room()
		if err != nil {
			refused++
			plainly(t, err)
			if s, err = openVersion(t, dir, later); err != nil {
				t.Fatalf("after write %d found no room: %v", n, err)
			}
		}
		a.asToday(t, s)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if t.Failed() || !full {
			break
		}
	}
	if refused == 0 {
		t.Error("no write was refused")
	}
	t.Logf("%d writes refused in turn", refused)
}
