package server_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/client"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/server"
	"github.com/rounds-field/rounds/sync/wire"
)

// BenchmarkPush pushes new tasks from one end of the wire to the other, 2,000 at a time, client and server in one process. One operation is one change.
func BenchmarkPush(b *testing.B) {
	s := newSite(b, server.Limits{})
	c, err := client.New(s.url, "")
	if err != nil {
		b.Fatal(err)
	}
	incarnation := uuid.NewString()
	in, err := c.SignIn(b.Context(), wire.SignInRequest{User: "li.na", Password: password, Device: "bench", Incarnation: incarnation})
	if err != nil {
		b.Fatal(err)
	}
	if c, err = client.New(s.url, in.Token); err != nil {
		b.Fatal(err)
	}
	var partners []sales.Edit
	for i := range 100 {
		partners = append(partners, sales.CreateOf(sales.Partner{Name: fmt.Sprint("Partner ", i), RegionCode: fmt.Sprintf("31%02d", i)}))
	}
	ids, err := s.journal.Commit(b.Context(), wire.Caller{}, partners...)
	if err != nil {
		b.Fatal(err)
	}
	clock := hlc.New(time.Now, 0)
	changes := make([]wire.Change, b.N)
	for i := range changes {
		n := uint64(i + 1)
		changes[i] = wire.Change{
			ID: sales.NewID(), Counter: n, Group: n, Kind: "task", RecordID: sales.NewID(), Verb: sales.Create, HLC: clock.Next(), Schema: wire.SchemaVersion,
			Fields: []wire.FieldEdit{{Number: 1, Value: "回访价格问题"}, {Number: 2, Value: strings.Repeat("下周再确认报价。", 4)}, {Number: 8, Value: ids[i%len(ids)]}},
		}
	}
	b.ResetTimer()
	const batch = 2000
	for i := 0; i < len(changes); i += batch {
		part := changes[i:min(i+batch, len(changes))]
		resp, err := c.Push(context.Background(), wire.PushRequest{Incarnation: incarnation, Changes: part})
		if err != nil || resp.Verdicts[0].Outcome != wire.Applied {
			b.Fatalf("%+v, %v", resp.Verdicts, err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "changes/s")
}
