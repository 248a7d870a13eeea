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
	for turn := range 40 {
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
		var slots []int
		for {
			req := wire.PullRequest{Brief: true, Slots: slots}
			digests := wire.Digests{}
			for _, c := range at {
				digests.Add(c)
				if slices.Contains(slots, wire.DigestSlotOf(c.Bucket)) {
					req.Cursors = append(req.Cursors, c)
				}
			}
			req.Digests = digests[:]
			want := ask(t, fresh, boss, req)
			for i, j := range processes {
				if got := ask(t, j, boss, req); fmt.Sprint(got) != fmt.Sprint(want) {
					t.Fatalf("turn %d: process %d answers\n%+v\none that knows nothing\n%+v", turn, i, got, want)
				}
			}
			whole := ask(t, fresh, boss, wire.PullRequest{Limit: 10_000})
			for _, b := range want.Buckets {
				if !slices.ContainsFunc(whole.Buckets, func(w wire.BucketState) bool { w.Reset = b.Reset; return w == b }) {
					t.Fatalf("turn %d: a brief answer says %+v, which a whole one does not", turn, b)
				}
				at[b.Bucket] = b.Cursor
			}
			if slots = append(slots, want.Differs...); len(want.Differs) == 0 && !want.More {
				break
			}
		}
		if err := fresh.Close(); err != nil {
			t.Fatal(err)
		}
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
