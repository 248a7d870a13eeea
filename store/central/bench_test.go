package central_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store/central"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/wire"
)

// BenchmarkPush pushes visits in batches, durably as far as the disk allows: the private PostgreSQL does not write through. One operation is one change.
func BenchmarkPush(b *testing.B) {
	for _, size := range []int{1, 50, 500, 2000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) { benchmarkPush(b, size) })
	}
}

func benchmarkPush(b *testing.B, size int) {
	j := journalIn(b, newDatabase(b), central.Options{Sync: "full"})
	caller := wire.Caller{Access: sales.Access{UserID: sales.NewID(), Role: sales.RoleRep}, Incarnation: uuid.NewString(), Device: "bench"}
	partner, err := j.Commit(b.Context(), wire.Caller{}, sales.CreateOf(sales.Partner{Name: "P", RegionCode: "31"}))
	if err != nil {
		b.Fatal(err)
	}
	clock := hlc.New(time.Now, 0)
	changes := make([]wire.Change, b.N)
	for i := range changes {
		n := uint64(i + 1)
		changes[i] = wire.Change{
			ID: sales.NewID(), Counter: n, Group: n, Kind: "visit", RecordID: sales.NewID(), Verb: sales.Create, HLC: clock.Next(), Schema: 1,
			Fields: []wire.FieldEdit{
				{Number: 1, Value: partner[0]},
				{Number: 3, Value: "routine"},
				{Number: 4, Value: "done"},
				{Number: 8, Value: int64(1700000000000)},
				{Number: 9, Value: int64(1700000900000)},
				{Number: 11, Value: fmt.Sprint("走访客户,讨论库存与回款,下周再确认报价 ", i)},
				{Number: 15, Value: caller.UserID},
			},
		}
	}
	b.ResetTimer()
	for i := 0; i < len(changes); i += size {
		batch := changes[i:min(i+size, len(changes))]
		resp, err := j.Push(context.Background(), caller, wire.PushRequest{Incarnation: caller.Incarnation, Changes: batch})
		if err != nil || resp.Verdicts[0].Outcome != wire.Applied {
			b.Fatalf("%+v, %v", resp.Verdicts[0], err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "changes/s")
}

// BenchmarkPull takes 20,000 records in pages of 5,000. One operation is one record.
func BenchmarkPull(b *testing.B) {
	j := journalIn(b, newDatabase(b), central.Options{})
	const records = 20_000
	edits := make([]sales.Edit, records)
	for i := range edits {
		edits[i] = sales.CreateOf(sales.Partner{Name: fmt.Sprint("Partner ", i), RegionCode: "31", Status: "active", Address: "南京西路 1000 号", Phone: "021-5555 0100"})
	}
	if _, err := j.Commit(b.Context(), wire.Caller{}, edits...); err != nil {
		b.Fatal(err)
	}
	caller := wire.Caller{Access: sales.Access{UserID: sales.NewID(), Role: sales.RoleManager}}
	b.ResetTimer()
	for done := 0; done < b.N; {
		cursors := map[string]wire.Cursor{}
		for more := true; more && done < b.N; {
			req := wire.PullRequest{Limit: 5000}
			for _, c := range cursors {
				req.Cursors = append(req.Cursors, c)
			}
			page, err := j.Pull(context.Background(), caller, req)
			if err != nil {
				b.Fatal(err)
			}
			for _, s := range page.Buckets {
				cursors[s.Bucket] = s.Cursor
			}
			done += len(page.Records)
			more = page.More
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
}
