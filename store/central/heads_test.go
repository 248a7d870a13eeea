package central_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store/central"
	"github.com/rounds-field/rounds/sync/wire"
)

// TestAProcessThatKnowsTheHeadsAnswersAsOneThatReadsThem lets two processes write to one database, and one device ask either of them after each write. A third
// journal, opened anew for each question, knows nothing and reads everything.
func TestAProcessThatKnowsTheHeadsAnswersAsOneThatReadsThem(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	database := newDatabase(t)
	processes := []*central.Journal{journalIn(t, database, central.Options{}), journalIn(t, database, central.Options{})}
	manyBuckets(t, processes[0], 120)
	boss := wire.Caller{Access: sales.Access{UserID: sales.NewID(), Role: sales.RoleAdmin}}
	at := map[string]wire.Cursor{}
	known := 0
	for turn := range 60 {
		switch n := r.IntN(8); n {
		case 0: // nothing
		case 1:
			commit(t, processes[r.IntN(2)], sales.CreateOf(sales.Partner{Name: "New", RegionCode: fmt.Sprint("8", 1000+turn)}))
		case 2: // more than are read one by one
			edits := make([]sales.Edit, 70)
			for i := range edits {
				edits[i] = sales.CreateOf(sales.Partner{Name: "Many", RegionCode: fmt.Sprint("9", 10000+i)})
			}
			commit(t, processes[r.IntN(2)], edits...)
		case 3:
			putBack(t, database, r)
		default:
			for range n - 3 {
				commit(t, processes[r.IntN(2)], sales.CreateOf(sales.Partner{Name: "Another", RegionCode: fmt.Sprint("9", 10000+r.IntN(120))}))
			}
		}
		fresh, err := central.Open(t.Context(), database, central.Options{Sync: "normal"})
		if err != nil {
			t.Fatal(err)
		}
		want, calls := wholly(t, fresh, boss, at)
		if len(want.Buckets) > 0 && calls != 2 {
			t.Fatalf("turn %d: one that knows nothing needs %d calls", turn, calls)
		}
		for i, j := range processes {
			got, calls := wholly(t, j, boss, at)
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Fatalf("turn %d: process %d answers\n%+v\none that knows nothing\n%+v", turn, i, got, want)
			}
			if len(got.Buckets) > 0 && calls == 1 {
				known++
			}
		}
		whole := ask(t, fresh, boss, wire.PullRequest{Limit: 10_000})
		for _, b := range want.Buckets {
			if !slices.ContainsFunc(whole.Buckets, func(w wire.BucketState) bool { w.Reset = b.Reset; return w == b }) {
				t.Fatalf("turn %d: a brief answer says %+v, which a whole one does not", turn, b)
			}
			at[b.Bucket] = b.Cursor
		}
		if err := fresh.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if known < 20 {
		t.Errorf("of 120 questions %d were answered without the cursors of slots", known)
	}
}

// wholly asks briefly with the sums of cursors, and again with those of the slots that differ, and says how many calls that took.
func wholly(t *testing.T, j *central.Journal, caller wire.Caller, at map[string]wire.Cursor) (wire.PullResponse, int) {
	t.Helper()
	var slots []int
	for calls := 1; ; calls++ {
		req := wire.PullRequest{Brief: true, Slots: slots, Limit: 10_000}
		digests := wire.Digests{}
		for _, c := range at {
			digests.Add(c)
			if slices.Contains(slots, wire.DigestSlotOf(c.Bucket)) {
				req.Cursors = append(req.Cursors, c)
			}
		}
		req.Digests = digests[:]
		page := ask(t, j, caller, req)
		if len(page.Differs) == 0 {
			return page, calls
		}
		slots = append(slots, page.Differs...)
	}
}

func commit(t *testing.T, j *central.Journal, edits ...sales.Edit) {
	t.Helper()
	if _, err := j.Commit(t.Context(), system, edits...); err != nil {
		t.Fatal(err)
	}
}

// ask pulls, and leaves out what differs from call to call.
func ask(t *testing.T, j *central.Journal, caller wire.Caller, req wire.PullRequest) wire.PullResponse {
	t.Helper()
	page, err := j.Pull(context.Background(), caller, req)
	if err != nil {
		t.Fatal(err)
	}
	page.HLC = 0
	return page
}

// putBack gives one bucket another history, under the hands of those who have the database open, as when a backup is put in its place.
func putBack(t *testing.T, database string, r *rand.Rand) {
	t.Helper()
	driver := "sqlite"
	if onPostgres {
		driver = "pgx"
	}
	db, err := sql.Open(driver, database)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	what := []string{"epoch = epoch + 1", "chain = chain + 1"}[r.IntN(2)]
	if _, err := db.ExecContext(t.Context(), "UPDATE buckets SET "+what+fmt.Sprintf(" WHERE bucket = 't:9%d'", 10000+r.IntN(120))); err != nil {
		t.Fatal(err)
	}
}
