package central_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store/central"
	"github.com/rounds-field/rounds/sync/wire"
)

// manyBuckets puts a partner into each of n territories.
func manyBuckets(tb testing.TB, j *central.Journal, n int) {
	tb.Helper()
	edits := make([]sales.Edit, n)
	for i := range edits {
		edits[i] = sales.CreateOf(sales.Partner{Name: fmt.Sprint("Partner ", i), RegionCode: fmt.Sprint("9", 10000+i)})
	}
	if _, err := j.Commit(tb.Context(), system, edits...); err != nil {
		tb.Fatal(err)
	}
}

// briefDevice pulls as a device with many buckets does.
type briefDevice struct {
	tb      testing.TB
	journal *central.Journal
	caller  wire.Caller
	at      map[string]wire.Cursor
	held    map[string]string // record to bucket
	out, in int               // bytes of the last pull, before compression
	calls   int               // of the last pull
}

func (d *briefDevice) cursors() []wire.Cursor {
	out := make([]wire.Cursor, 0, len(d.at))
	for _, c := range d.at {
		out = append(out, c)
	}
	return out
}

// pull takes a checkpoint in pages of limit records. between is called after each page but the last.
func (d *briefDevice) pull(brief bool, limit int, between func()) {
	d.tb.Helper()
	var slots []int
	d.out, d.in, d.calls = 0, 0, 0
	for d.calls = 1; d.calls < 1000; d.calls++ {
		req := wire.PullRequest{Brief: brief, Digests: wire.DigestsOf(d.cursors())[:], Slots: slots, Limit: limit}
		for _, c := range d.at {
			if slices.Contains(slots, wire.DigestSlotOf(c.Bucket)) {
				req.Cursors = append(req.Cursors, c)
			}
		}
		page, err := d.journal.Pull(context.Background(), d.caller, req)
		if err != nil {
			d.tb.Fatal(err)
		}
		d.out += proto.Size(wire.EncodePull(req))
		d.in += proto.Size(wire.EncodePage(page))
		if len(page.Differs) > 0 {
			if len(page.Records)+len(page.Buckets)+len(page.Lost) > 0 {
				d.tb.Fatalf("an answer that asks for cursors has more in it: %+v", page)
			}
			slots = append(slots, page.Differs...)
			continue
		}
		d.take(page)
		if !page.More {
			d.close(brief, page)
			return
		}
		brief = false
		if between != nil {
			between()
		}
	}
	d.tb.Fatal("the pull does not end")
}

func (d *briefDevice) take(page wire.PullResponse) {
	for _, b := range page.Buckets {
		if b.Reset {
			d.drop(b.Bucket)
		}
		d.at[b.Bucket] = b.Cursor
	}
	for _, r := range page.Records {
		switch {
		case !r.Deleted && !r.Moved:
			d.held[r.ID] = r.Bucket
		case d.held[r.ID] == r.Bucket:
			delete(d.held, r.ID)
		}
	}
}

func (d *briefDevice) close(brief bool, page wire.PullResponse) {
	lost := page.Lost
	if !brief {
		for name := range d.at {
			if !slices.ContainsFunc(page.Buckets, func(b wire.BucketState) bool { return b.Bucket == name }) {
				lost = append(lost, name)
			}
		}
	}
	for _, name := range lost {
		d.drop(name)
		delete(d.at, name)
	}
}

func (d *briefDevice) drop(bucket string) {
	for id, b := range d.held {
		if b == bucket {
			delete(d.held, id)
		}
	}
}

// same compares the device with one that takes everything.
func (d *briefDevice) same(when string) {
	d.tb.Helper()
	fresh := &briefDevice{tb: d.tb, journal: d.journal, caller: d.caller, at: map[string]wire.Cursor{}, held: map[string]string{}}
	fresh.pull(false, 0, nil)
	if len(fresh.held) != len(d.held) || len(fresh.at) != len(d.at) {
		d.tb.Errorf("%s: %d records in %d buckets, a new device has %d in %d", when, len(d.held), len(d.at), len(fresh.held), len(fresh.at))
	}
	for id, b := range fresh.held {
		if d.held[id] != b {
			d.tb.Errorf("%s: record %s is in bucket %q, at a new device in %q", when, id, d.held[id], b)
		}
	}
	for name, c := range fresh.at {
		if d.at[name] != c {
			d.tb.Errorf("%s: cursor %+v, at a new device %+v", when, d.at[name], c)
		}
	}
}

func TestAPullOverManyBucketsCarriesOnlyWhatMoved(t *testing.T) {
	w := newWorld(t)
	manyBuckets(t, w.journal, 500)
	boss := w.device("boss", sales.RoleManager)
	d := &briefDevice{tb: t, journal: w.journal, caller: boss.caller, at: map[string]wire.Cursor{}, held: map[string]string{}}
	d.pull(false, 0, nil)
	d.pull(true, 0, nil)
	if d.calls != 1 || d.out > 600 || d.in > 50 {
		t.Errorf("nothing new: %d calls, %d bytes out, %d in", d.calls, d.out, d.in)
	}
	d.same("after nothing")

	p := w.commit(sales.CreateOf(sales.Partner{Name: "new", RegionCode: "910007"}))[0]
	d.pull(true, 0, nil)
	if d.calls != 1 || d.in > 1000 {
		t.Errorf("one record: %d calls, %d bytes in", d.calls, d.in)
	}
	d.same("after a record")
	w.commit(sales.Edit{Verb: sales.Update, Kind: "partner", ID: p, Values: sales.Values{"region_code": "910008"}})
	d.pull(true, 0, nil)
	d.same("after a move")
	w.commit(sales.CreateOf(sales.Partner{Name: "new", RegionCode: "7777"}))
	d.pull(true, 0, nil)
	d.same("after a new bucket")

	d.caller.Territories = []string{"910008", "7777"}
	d.pull(true, 0, nil)
	if len(d.at) > 8 {
		t.Errorf("%d buckets are held by one who sees two territories", len(d.at))
	}
	d.same("after the territories changed")
	d.caller.Territories = nil
	d.pull(true, 0, nil)
	d.same("after all was seen again")

	for name, c := range d.at { // as after a restore: another history
		c.Chain++
		d.at[name] = c
		break
	}
	d.pull(true, 0, nil)
	d.same("after another history")
}

func TestPagesAndSumsTogetherMissNothingWhileOthersWrite(t *testing.T) {
	w := newWorld(t)
	manyBuckets(t, w.journal, 200)
	boss := w.device("boss", sales.RoleManager)
	d := &briefDevice{tb: t, journal: w.journal, caller: boss.caller, at: map[string]wire.Cursor{}, held: map[string]string{}}
	n := 0
	var moving string
	d.pull(false, 7, func() {
		n++
		if moving == "" {
			moving = w.commit(sales.CreateOf(sales.Partner{Name: "moving", RegionCode: "910000"}))[0]
		}
		// Now before what was taken already, now behind it.
		w.commit(sales.Edit{Verb: sales.Update, Kind: "partner", ID: moving, Values: sales.Values{"region_code": fmt.Sprint("9", 10000+n*37%200)}})
	})
	d.same("the first pull")
	for range 30 {
		w.commit(sales.Edit{Verb: sales.Update, Kind: "partner", ID: moving, Values: sales.Values{"region_code": fmt.Sprint("9", 10000+n*53%200)}})
		n++
	}
	d.pull(true, 7, func() {
		w.commit(sales.Edit{Verb: sales.Update, Kind: "partner", ID: moving, Values: sales.Values{"region_code": fmt.Sprint("9", 10000+n*37%200)}})
		n++
	})
	d.same("a brief pull of several pages")
}

func TestMalformedSumsAreRefused(t *testing.T) {
	w := newWorld(t)
	boss := w.device("boss", sales.RoleManager)
	for _, req := range []wire.PullRequest{{Digests: make([]uint64, 3)}, {Digests: make([]uint64, wire.DigestSlots), Slots: []int{64}}} {
		if _, err := w.journal.Pull(t.Context(), boss.caller, req); !sales.HasCode(err, sales.CodeInvalid) {
			t.Errorf("%+v: %v", req, err)
		}
	}
}

// BenchmarkEmptyPull asks for news of 3,000 buckets in which there is none.
func BenchmarkEmptyPull(b *testing.B) {
	j, err := central.Open(b.Context(), filepath.Join(b.TempDir(), "j.db"), central.Options{Sync: "normal"})
	if err != nil {
		b.Fatal(err)
	}
	defer j.Close()
	manyBuckets(b, j, 3000)
	d := &briefDevice{
		tb: b, journal: j, caller: wire.Caller{Access: sales.Access{UserID: sales.NewID(), Role: sales.RoleManager}}, at: map[string]wire.Cursor{}, held: map[string]string{},
	}
	d.pull(false, 0, nil)
	cursors, sums := d.cursors(), wire.DigestsOf(d.cursors())
	for name, req := range map[string]wire.PullRequest{"cursors": {Cursors: cursors}, "brief": {Cursors: cursors, Brief: true}, "sums": {Digests: sums[:], Brief: true}} {
		b.Run(name, func(b *testing.B) {
			var in int
			for b.Loop() {
				page, err := j.Pull(context.Background(), d.caller, req)
				if err != nil || len(page.Differs) > 0 {
					b.Fatal(page.Differs, err)
				}
				in = proto.Size(wire.EncodePage(page))
			}
			b.ReportMetric(float64(proto.Size(wire.EncodePull(req))), "B-out")
			b.ReportMetric(float64(in), "B-in")
		})
	}
}
