package firstsync

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rounds-field/rounds/internal/faultfs"
	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store/central"
	"github.com/rounds-field/rounds/store/local"
	"github.com/rounds-field/rounds/sync/replica"
	"github.com/rounds-field/rounds/sync/wire"
)

// site is a server with many records, and one representative who comes new to them.
type site struct {
	t        testing.TB
	journal  *central.Journal
	caller   wire.Caller
	partners []string
	records  int
	gone     []string
}

func newSite(t testing.TB, records int) *site {
	t.Helper()
	j, err := central.Open(t.Context(), filepath.Join(t.TempDir(), "journal.db"), central.Options{Sync: "normal"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := j.Close(); err != nil {
			t.Error(err)
		}
	})
	s := &site{t: t, journal: j}
	s.commit(sales.CreateOf(sales.Territory{Code: "31", Name: "South"}), sales.CreateOf(sales.Territory{Code: "44", Name: "North"}),
		sales.CreateOf(sales.VisitType{Code: "routine", Name: "Routine"}))
	me := s.commit(sales.CreateOf(sales.User{Name: "li.na", DisplayName: "Li Na", Role: string(sales.RoleRep), Territories: []string{"31", "44"}}))[0]
	s.caller = wire.Caller{Access: sales.Access{UserID: me, Role: sales.RoleRep, Territories: []string{"31", "44"}}, Device: "new"}
	for s.records < records {
		var edits []sales.Edit
		for range min(5000, records-s.records) {
			id := sales.NewID()
			s.partners = append(s.partners, id)
			edits = append(edits, sales.CreateOf(sales.Partner{ID: id, Name: "Partner " + id[24:], RegionCode: []string{"31", "44"}[len(s.partners)%2], Phone: id[30:]}))
		}
		s.commit(edits...)
		s.records += len(edits)
	}
	now := time.Now()
	for i := range 20 {
		s.commit(sales.CreateOf(sales.Visit{
			PartnerID: s.partners[i*len(s.partners)/20], VisitType: "routine", Status: sales.VisitPlanned, PlannedAt: sales.InstantOf(now.AddDate(0, 0, i%7)), OwnerID: me,
		}))
	}
	return s
}

func (s *site) commit(edits ...sales.Edit) []string {
	s.t.Helper()
	ids, err := s.journal.Commit(s.t.Context(), wire.Caller{}, edits...)
	if err != nil {
		s.t.Fatal(err)
	}
	return ids
}

// line is the way between the device and the server.
type line struct {
	s       *site
	caller  wire.Caller
	limit   int         // records in a page
	budget  int         // records that come before the line is cut; 0: it holds
	over    func()      // called with the page that goes beyond the budget, which then comes; nil: it is cut before
	between func(n int) // called before each page
	pages   int
	came    map[string]bool // in this life of the program
	urgent  []wire.RecordState
}

var errCut = &sales.Error{Code: sales.CodeOffline, Message: "the line is cut"}

func (l *line) Pull(ctx context.Context, req wire.PullRequest) (wire.PullResponse, error) {
	spent := l.budget > 0 && len(l.came) >= l.budget
	if spent && l.over == nil {
		return wire.PullResponse{}, errCut
	}
	if l.between != nil {
		l.between(l.pages)
	}
	l.pages++
	if l.limit > 0 {
		req.Limit = l.limit
	}
	page, err := l.s.journal.Pull(ctx, l.caller, wire.DecodePull(wire.EncodePull(req)))
	if err != nil {
		return page, err
	}
	if page.Urgent {
		l.urgent = page.Records
	} else {
		for _, r := range page.Records {
			l.came[fmt.Sprint(r.ID, r.Seq)] = true
		}
	}
	if spent {
		l.over()
		l.over = nil
	}
	return wire.DecodePage(wire.EncodePage(page)), nil
}

func (l *line) Push(ctx context.Context, req wire.PushRequest) (wire.PushResponse, error) {
	return l.s.journal.Push(ctx, l.caller, req)
}

func (l *line) Repair(ctx context.Context, req wire.RepairRequest) (wire.RepairResponse, error) {
	l.s.t.Errorf("bucket %s is repaired", req.Bucket)
	return l.s.journal.Repair(ctx, l.caller, req)
}

func (l *line) History(context.Context, string, string) ([]sales.HistoryEntry, error) {
	return nil, errors.ErrUnsupported
}
func (l *line) Watch(context.Context, func(bool)) error { return errors.ErrUnsupported }
func (l *line) Traffic() (out, in int64)                { return 0, 0 }

func (s *site) open(dir string) (*local.Store, *replica.Engine, *line) {
	s.t.Helper()
	book, err := local.Open(s.t.Context(), dir, local.Options{Logger: slog.New(slog.DiscardHandler), NoBackup: true, Sync: "normal"})
	if err != nil {
		s.t.Fatal(err)
	}
	id := local.Identity{UserID: s.caller.UserID, UserName: "li.na", Role: sales.RoleRep, Server: "http://here", OrganisationID: s.journal.Organisation()}
	if err := book.SetIdentity(s.t.Context(), id); err != nil {
		s.t.Fatal(err)
	}
	l := &line{s: s, caller: s.caller, came: map[string]bool{}}
	if l.caller.Incarnation, err = book.Incarnation(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	return book, replica.New(book, l, replica.Options{}), l
}

// whole checks that a device has all that the server has, once.
func (s *site) whole(book *local.Store) {
	s.t.Helper()
	findings, err := book.Check(s.t.Context(), true)
	if err != nil || len(findings) > 0 {
		s.t.Errorf("the workbook: %v, %v", findings, err)
	}
	n, err := book.Count(s.t.Context(), sales.Query{Kind: "partner"})
	if err != nil || n != len(s.partners) {
		s.t.Errorf("%d partners, %v, want %d", n, err, len(s.partners))
	}
}

// photograph copies a folder's files as they are now: what a program that is killed now leaves behind.
func photograph(t *testing.T, from, to string) {
	t.Helper()
	if err := os.MkdirAll(to, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{local.DatabaseName, local.DatabaseName + "-wal", "incarnation"} {
		in, err := os.Open(filepath.Join(from, name))
		if err != nil {
			t.Fatal(err)
		}
		out, err := os.Create(filepath.Join(to, name))
		if err == nil {
			_, err = io.Copy(out, in)
		}
		if err != nil {
			t.Fatal(err)
		}
		_, _ = in.Close(), out.Close()
	}
}

// cut plays a first sync that is cut after each 5 % of the records: by turns the line, and the program, killed at some write of the page that it is keeping.
func cut(t *testing.T, records, page int) {
	s := newSite(t, records)
	root := t.TempDir()
	dir, photo := filepath.Join(root, "book"), filepath.Join(root, "photo")
	disk := faultfs.Watch(t, root)
	book, engine, l := s.open(dir)
	defer func() { _ = book.Close() }()
	killedBefore := false
	before := map[string]bool{} // what came in earlier lives
	cuts, urgent := 0, 0
	most := map[bool]int{} // records that came twice for one cut; true: the program was killed
	for {
		l.limit, l.budget = page, records/20
		kill, killed := cuts%2 == 1, false
		if kill {
			l.over = func() {
				countdown := 1 + cuts*5
				disk.Before(func(int, string) {
					if countdown--; countdown == 0 {
						killed = true
						photograph(t, dir, photo)
					}
				})
			}
		}
		_, err := engine.Sync(t.Context())
		disk.Before(nil)
		if err != nil && !sales.HasCode(err, sales.CodeOffline) {
			t.Fatal(err)
		}
		again := 0
		for id := range l.came {
			if before[id] {
				again++
			}
			before[id] = true
		}
		most[killedBefore] = max(most[killedBefore], again)
		killedBefore = killed
		if l.urgent != nil {
			urgent++
		}
		if err == nil && !killed {
			break
		}
		cuts++
		if err := book.Close(); err != nil {
			t.Fatal(err)
		}
		if killed { // what was done after the photograph never was
			if err := os.RemoveAll(dir); err != nil {
				t.Fatal(err)
			}
			if err := os.Rename(photo, dir); err != nil {
				t.Fatal(err)
			}
		}
		if cuts > 60 {
			t.Fatal("the first sync does not end")
		}
		book, engine, l = s.open(dir)
	}
	t.Logf("%d cuts; at most %d records came twice after the line was cut, %d after the program was killed; pages of %d", cuts, most[false], most[true], page)
	// A cut line costs no more than the page on it. A killed program also loses the page that it was keeping meanwhile.
	if cuts < 15 || most[false] > page || most[true] > 2*page || urgent != 1 {
		t.Errorf("today's work came %d times", urgent)
	}
	s.whole(book)
}

func TestAFirstSyncThatIsCutAtEveryTwentiethGoesOnWhereItWas(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: make test-long runs it without the race detector")
	}
	if os.Getenv("ROUNDS_SOAK") != "" {
		cut(t, 200_000, 5000)
		return
	}
	cut(t, 20_000, 1000) // large enough to fetch the next page while one is kept
}

func TestWritesDuringAFirstSyncAreNeitherMissedNorDoubled(t *testing.T) {
	s := newSite(t, 6000)
	book, engine, l := s.open(t.TempDir())
	defer func() { _ = book.Close() }()
	l.limit = 200
	me := s.caller.UserID
	var mine []string
	l.between = func(n int) {
		if n < 2 {
			return
		}
		ctx := t.Context()
		// Others: a new record, an edit of an early and a late one, a deletion of either, a move of either.
		fresh := sales.NewID()
		early, late := s.partners[n*7], s.partners[len(s.partners)-1-n*7]
		gone1, gone2 := s.partners[n*7+1], s.partners[len(s.partners)-2-n*7]
		moved1, moved2 := s.partners[n*7+2], s.partners[len(s.partners)-3-n*7]
		s.commit(
			sales.CreateOf(sales.Partner{ID: fresh, Name: "fresh", RegionCode: "31"}),
			edit("partner", early, "notes", "edited"), edit("partner", late, "notes", "edited"),
			edit("partner", moved1, "region_code", "44"), edit("partner", moved2, "region_code", "31"),
		)
		for _, id := range []string{gone1, gone2} {
			if _, err := s.journal.Commit(ctx, wire.Caller{}, sales.Edit{Verb: sales.Delete, Kind: "partner", ID: id}); err == nil {
				s.gone = append(s.gone, id)
			}
		}
		// The representative: a new record, and an edit of one that is here already.
		ids, err := book.Write(ctx, sales.CreateOf(sales.Task{Title: "written meanwhile", OwnerID: me, Status: sales.TaskOpen}))
		if err != nil {
			t.Error(err)
			return
		}
		mine = append(mine, ids...)
		if len(l.urgent) > 0 {
			for _, r := range l.urgent {
				if r.Kind == "partner" {
					if _, err := book.Write(ctx, edit("partner", r.ID, "website", fmt.Sprint("seen at page ", n))); err != nil && !sales.HasCode(err, sales.CodeNotFound) {
						t.Error(err)
					}
					break
				}
			}
		}
	}
	if _, err := engine.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	l.between = nil
	if _, err := engine.Sync(t.Context()); err != nil { // what was written meanwhile
		t.Fatal(err)
	}
	for _, id := range mine {
		if r, err := book.Get(t.Context(), "task", id); err != nil || r.Pending {
			t.Errorf("the task written meanwhile: %+v, %v", r, err)
		}
		if h, err := s.journal.History(t.Context(), wire.Caller{}, "task", id); err != nil || len(h) != 1 {
			t.Errorf("on the server: %v, %v", h, err)
		}
	}
	fresh, second, _ := s.open(t.TempDir())
	defer func() { _ = fresh.Close() }()
	if _, err := second.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	same(t, book, fresh)
	if len(mine) < 20 || len(s.gone) < 20 {
		t.Fatalf("only %d writes and %d deletions", len(mine), len(s.gone))
	}
}

func edit(kind, id, field, value string) sales.Edit {
	return sales.Edit{Verb: sales.Update, Kind: kind, ID: id, Values: sales.Values{field: value}}
}

// same says whether two devices show the same records.
func same(t *testing.T, a, b *local.Store) {
	t.Helper()
	for _, k := range sales.Kinds() {
		q := sales.Query{Kind: k.Name, Sort: []string{"id"}}
		one, err := a.List(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		two, err := b.List(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if len(one) != len(two) {
			t.Errorf("%s: %d records here, %d on a fresh device", k.Name, len(one), len(two))
			continue
		}
		for i := range one {
			if one[i].ID != two[i].ID || len(sales.Diff(one[i].Values, two[i].Values)) > 0 {
				t.Errorf("%s %s differs from %s on a fresh device: %v", k.Name, one[i].ID, two[i].ID, sales.Diff(one[i].Values, two[i].Values))
			}
		}
	}
	for _, s := range []*local.Store{a, b} {
		if findings, err := s.Check(t.Context(), true); err != nil || len(findings) > 0 {
			t.Errorf("a workbook: %v, %v", findings, err)
		}
	}
}

func TestTodaysWorkIsInSightAfterTheFirstAnswer(t *testing.T) {
	s := newSite(t, 3000)
	book, engine, l := s.open(t.TempDir())
	defer func() { _ = book.Close() }()
	l.limit, l.budget = 100, 1
	if _, err := engine.Sync(t.Context()); !sales.HasCode(err, sales.CodeOffline) {
		t.Fatal(err)
	}
	visits, err := book.List(t.Context(), sales.Query{Kind: "visit"})
	if err != nil || len(visits) != 20 {
		t.Fatalf("%d visits in sight, %v", len(visits), err)
	}
	for _, v := range visits {
		if _, err := book.Get(t.Context(), "partner", v.Text("partner_id")); err != nil {
			t.Errorf("the partner of a visit: %v", err)
		}
	}
	types, err := book.Count(t.Context(), sales.Query{Kind: "visit_type", Where: []sales.Cond{{Field: "code", Op: sales.Eq, Value: "routine"}}})
	if err != nil || types == 0 {
		t.Errorf("types of visit: %d, %v", types, err)
	}
	l.budget = 0
	if _, err := engine.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.whole(book)
}
