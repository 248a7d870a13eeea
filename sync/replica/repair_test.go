package replica

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/wire"
)

// bucketOf gives n records of one bucket, and their parts as a device that has them all keeps them.
func bucketOf(n int) (states []wire.RecordState, parts []wire.RecordSum) {
	for i := range n {
		st := wire.RecordState{
			Kind: "partner", ID: fmt.Sprintf("00000000-0000-4000-8000-0000%08x", i*2654435761&0xffffffff), Bucket: "t:34",
			Fields: []wire.FieldState{{Number: 1, Value: "x", Stamp: hlc.Stamp{HLC: hlc.Reading(i + 1), Node: 1}}},
		}
		states = append(states, st)
		parts = append(parts, wire.RecordSum{Kind: st.Kind, ID: st.ID, Sum: wire.ChecksumOf(&st)})
	}
	return states, parts
}

// differing is a store whose checkpoint finds the bucket different each time.
func differing(parts []wire.RecordSum) *fakeStore {
	return &fakeStore{publish: []Published{{Mismatched: []string{"t:34"}}}, parts: parts, seq: 9}
}

func TestOnlyTheRecordsThatDifferAreFetched(t *testing.T) {
	states, parts := bucketOf(1000)
	parts[17].Sum.Lo++
	missing := parts[400].ID
	parts = slices.Delete(parts, 400, 401)
	extra := wire.RecordSum{Kind: "visit", ID: sales.NewID(), Sum: wire.Sum{Hi: 1}}
	store, server := differing(append(parts, extra)), &fakeServer{has: states, seq: 9}
	report, err := New(store, server, Options{}).Sync(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var fetched []string
	for _, r := range server.repairs {
		fetched = append(fetched, r.Records...)
	}
	slices.Sort(fetched)
	want := []string{states[17].ID, missing}
	slices.Sort(want)
	if !slices.Equal(fetched, want) {
		t.Errorf("fetched %v, want %v", fetched, want)
	}
	if len(server.repairs) != 3 || len(store.mended) != 1 || len(store.mended[0].Drop) != 1 || store.mended[0].Drop[0] != extra {
		t.Errorf("%d questions, mended %+v", len(server.repairs), store.mended)
	}
	if report.Mended != 3 || len(store.differs) != 0 {
		t.Errorf("report %+v, differences %v", report, store.differs)
	}
}

func TestAChecksumThatIsWrongForGoodIsRepairedThreeTimesThenReportedAndLeftAlone(t *testing.T) {
	states, parts := bucketOf(50)
	now := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	store, server := differing(parts), &fakeServer{has: states, seq: 9, books: wire.Sum{Lo: 1}}
	e := New(store, server, Options{Now: func() time.Time { return now }})
	sync := func(want int, when string) {
		t.Helper()
		server.repairs = nil
		if _, err := e.Sync(t.Context()); err != nil {
			t.Fatalf("%s: %v: the other buckets are not to suffer", when, err)
		}
		if len(server.repairs) != want {
			t.Errorf("%s: %d questions about the bucket, want %d", when, len(server.repairs), want)
		}
	}
	sync(3, "the first time")
	if len(store.differs) != 1 || store.differs[0].Bucket != "t:34" || store.differs[0].Total != 0 || store.differs[0].Seq != 9 {
		t.Fatalf("reported: %+v", store.differs)
	}
	if s := e.State(); s.Differences != 1 || s.Phase != sales.SyncIdle {
		t.Errorf("the state is %+v", s)
	}
	now = now.Add(time.Hour)
	sync(0, "an hour later")
	sync(0, "and again")
	store.seq, server.seq = 10, 10
	sync(3, "after something happened in the bucket")
	sync(0, "and then")
	now = now.Add(25 * time.Hour)
	sync(3, "a day later")
}

func TestARepairWaitsForThePullWhereTheServerHasMovedOn(t *testing.T) {
	states, parts := bucketOf(50)
	store, server := differing(parts[1:]), &fakeServer{has: states, seq: 10}
	if _, err := New(store, server, Options{}).Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	if store.published != maxRounds || len(store.mended) != 0 || len(store.differs) != 0 {
		t.Errorf("%d checkpoints, mended %+v, reported %v: want a pull each time, and nothing else", store.published, store.mended, store.differs)
	}
}

func TestWithManyBucketsOnlySumsTravelAndTheCursorsOfWhatDiffers(t *testing.T) {
	var cursors []wire.Cursor
	for i := range 100 {
		cursors = append(cursors, wire.Cursor{Bucket: fmt.Sprint("t:", i), Epoch: 1, Seq: 5, Chain: uint64(i)})
	}
	ask := &asking{cursors: cursors, brief: true}
	req := ask.request()
	if len(req.Cursors) != 0 || len(req.Digests) != wire.DigestSlots || !req.Brief {
		t.Errorf("request %+v", req)
	}
	ask.slots = []int{wire.DigestSlotOf("t:42")}
	req = ask.request()
	if !slices.ContainsFunc(req.Cursors, func(c wire.Cursor) bool { return c.Bucket == "t:42" }) || len(req.Cursors) > 20 {
		t.Errorf("%d cursors in the request", len(req.Cursors))
	}
	ask.cursors = cursors[:manyCursors-1]
	if req = ask.request(); len(req.Cursors) != manyCursors-1 || len(req.Digests) != 0 {
		t.Errorf("few cursors travel as they are: %+v", req)
	}
}
