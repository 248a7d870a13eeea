package central_test

import (
	"testing"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store/central"
	"github.com/rounds-field/rounds/sync/wire"
)

// Somebody writes between two questions that one pull asks the database: the page is of the moment of the first. What would slip into it beyond its cursor would come
// again, and what the cursor passed over would never come.
func TestAPullIsOfOneMomentWhateverIsWrittenMeanwhile(t *testing.T) {
	const bucket = "t:3101"
	for _, question := range []string{"FROM buckets WHERE", "FROM records WHERE org_id = ? AND bucket", "FROM departures WHERE", "FROM bucket_log WHERE"} {
		w := newWorld(t)
		d := w.device("east", sales.RoleManager, "3101")
		writer := w.several(2)[1]
		write := func() {
			edits := make([]sales.Edit, 3)
			for i := range edits {
				edits[i] = sales.CreateOf(sales.Partner{Name: "N", RegionCode: "3101"})
			}
			if _, err := writer.Commit(t.Context(), wire.Caller{}, edits...); err != nil {
				t.Error(err)
			}
		}
		write()
		cursors, seen := map[string]wire.Cursor{}, map[uint64]bool{}
		pull := func(limit int) {
			t.Helper()
			req := wire.PullRequest{Limit: limit}
			for _, c := range cursors {
				req.Cursors = append(req.Cursors, c)
			}
			page, err := w.journal.Pull(t.Context(), d.caller, req)
			if err != nil {
				t.Fatal(err)
			}
			for _, b := range page.Buckets {
				if b.Reset {
					t.Errorf("before %q: bucket %s is taken for another one", question, b.Bucket)
				}
				cursors[b.Bucket] = b.Cursor
			}
			for _, r := range page.Records {
				if r.Bucket != bucket {
					continue
				}
				if seen[r.Seq] || r.Seq > cursors[bucket].Seq {
					t.Errorf("before %q: number %d comes, and the cursor is at %d", question, r.Seq, cursors[bucket].Seq)
				}
				seen[r.Seq] = true
			}
			if at := cursors[bucket].Seq; uint64(len(seen)) != at {
				t.Errorf("before %q: the reader stands at %d and has %d records", question, at, len(seen))
			}
		}
		times := 0
		calm := w.journal.BeforeQuery(question, func() { times++; write() })
		for _, limit := range []int{0, 2, 0, 2, 2, 0} {
			write()
			pull(limit)
		}
		calm()
		pull(0)
		if report, err := w.journal.VerifyAll(t.Context()); err != nil || len(seen) != int(numberOf(report.Buckets, bucket)) {
			t.Errorf("before %q: %d records came of %+v, %v", question, len(seen), report.Buckets, err)
		}
		if times == 0 {
			t.Errorf("%q is not asked: the test shows nothing", question)
		}
	}
}

func numberOf(list []central.BucketInfo, bucket string) uint64 {
	for _, b := range list {
		if b.Name == bucket {
			return b.Seq
		}
	}
	return 0
}
