package simnet

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/replica"
	"github.com/rounds-field/rounds/sync/wire"
)

// lying is a server whose kept checksum of one bucket is wrong.
type lying struct {
	replica.Transport
	bucket string
	honest bool
	asked  int // how often the bucket was drilled down
}

func (l *lying) Pull(ctx context.Context, req wire.PullRequest) (wire.PullResponse, error) {
	page, err := l.Transport.Pull(ctx, req)
	for i := range page.Buckets {
		if page.Buckets[i].Bucket == l.bucket && !l.honest {
			page.Buckets[i].Checksum[3] ^= 1
		}
	}
	return page, err
}

func (l *lying) Repair(ctx context.Context, req wire.RepairRequest) (wire.RepairResponse, error) {
	resp, err := l.Transport.Repair(ctx, req)
	if len(req.Slots)+len(req.Records) == 0 {
		l.asked++
	}
	if !l.honest {
		resp.Checksum.Hi ^= 1 << 32
	}
	return resp, err
}

// TestAChecksumThatIsWrongForGoodIsReportedAfterThreeRepairsAndHoldsNothingUp has the server be wrong about one bucket for days.
func TestAChecksumThatIsWrongForGoodIsReportedAfterThreeRepairsAndHoldsNothingUp(t *testing.T) {
	s := newStage(t)
	partners, _ := s.customers(40, "1101")
	s.sync(s.bob)
	net := &lying{Transport: s.bob.net, bucket: "t:1101"}
	engine := replica.New(s.bob.store, net, replica.Options{Now: s.bob.now})
	sync := func(want int, when string) {
		t.Helper()
		net.asked = 0
		if _, err := engine.Sync(s.ctx); err != nil {
			t.Fatalf("%s: %v", when, err)
		}
		if net.asked != want {
			t.Errorf("%s: the bucket was compared %d times, want %d", when, net.asked, want)
		}
	}
	s.now = s.now.Add(25 * time.Hour)
	sync(3, "when it is found")
	list, err := s.bob.store.Differences(s.ctx)
	if err != nil || len(list) != 1 || list[0].Bucket != "t:1101" || list[0].Total != 0 {
		t.Fatalf("reported: %+v, %v", list, err)
	}
	findings, err := s.bob.store.Check(s.ctx, false)
	if err != nil || len(findings) != 1 || findings[0].Code != "differs" || findings[0].Where != "bucket t:1101" || findings[0].Hint == "" {
		t.Errorf("doctor says %+v, %v", findings, err)
	}
	if st := engine.State(); st.Differences != 1 || st.Problem != nil {
		t.Errorf("the state is %+v", st)
	}
	for range 5 {
		s.now = s.now.Add(time.Hour)
		sync(0, "in the hours after")
	}
	other := s.office(sales.CreateOf(sales.Partner{Name: "elsewhere", RegionCode: "1201"}))[0]
	here := s.write(s.bob, sales.CreateOf(sales.Partner{Name: "written here", RegionCode: "1201"}))[0]
	sync(0, "when something happens elsewhere")
	if !s.has(s.bob, "partner", other) || len(s.pending(s.bob)) != 0 {
		t.Error("the other buckets are held up")
	}
	s.sync(s.cai)
	if !s.has(s.cai, "partner", here) {
		t.Error("what was written here was not sent")
	}
	s.office(set("partner", partners[3], "phone", "1"))
	sync(3, "when something happens in it")
	if r, err := s.bob.store.Get(s.ctx, "partner", partners[3]); err != nil || r.Text("phone") != "1" {
		t.Errorf("what happened in it is not here: %v, %v", r.Values, err)
	}
	net.honest = true
	s.now = s.now.Add(25 * time.Hour)
	sync(0, "once the server is mended, a day later")
	if list, err := s.bob.store.Differences(s.ctx); err != nil || len(list) != 0 {
		t.Errorf("still reported: %+v, %v", list, err)
	}
	s.converge()
	s.bob.net.repairs = 0 // they are what this is about
}

// tampering changes or leaves out records on their way, once.
type tampering struct {
	replica.Transport
	meanwhile    func() // happens while a page is on its way
	change, omit string
	fetched      []string
}

func (x *tampering) Pull(ctx context.Context, req wire.PullRequest) (wire.PullResponse, error) {
	page, err := x.Transport.Pull(ctx, req)
	if x.meanwhile != nil {
		x.meanwhile()
		x.meanwhile = nil
	}
	for i := range page.Records {
		if page.Records[i].ID == x.change && len(page.Records[i].Fields) > 0 {
			page.Records[i].Fields[0].Stamp.HLC++
			x.change = ""
		}
	}
	page.Records = slices.DeleteFunc(page.Records, func(r wire.RecordState) bool { return r.ID == x.omit })
	return page, err
}

func (x *tampering) Repair(ctx context.Context, req wire.RepairRequest) (wire.RepairResponse, error) {
	x.fetched = append(x.fetched, req.Records...)
	return x.Transport.Repair(ctx, req)
}

// TestOnlyTheRowsThatDifferAreFetchedAndEditsStayOverThem has two of 200 records arrive wrong, one of them with the user's own edit waiting.
func TestOnlyTheRowsThatDifferAreFetchedAndEditsStayOverThem(t *testing.T) {
	s := newStage(t)
	partners, _ := s.customers(100, "1101")
	s.sync(s.ann)
	before := s.dump(s.ann)
	s.office(set("partner", partners[10], "phone", "server's"), set("partner", partners[20], "phone", "server's"))
	net := &tampering{Transport: s.ann.net, change: partners[10], omit: partners[20]}
	net.meanwhile = func() { s.write(s.ann, set("partner", partners[10], "notes", "ann's")) }
	report, err := replica.New(s.ann.store, net, replica.Options{Now: s.ann.now}).Sync(s.ctx)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(s.pending(s.ann)); n != 1 {
		t.Errorf("%d changes wait, want the one that was written during the pull", n)
	}
	slices.Sort(net.fetched)
	want := []string{partners[10], partners[20]}
	slices.Sort(want)
	if !slices.Equal(net.fetched, want) || report.Mended != 2 {
		t.Errorf("fetched %v (mended %d), want %v", net.fetched, report.Mended, want)
	}
	for _, i := range []int{10, 20} {
		r, err := s.ann.store.Get(s.ctx, "partner", partners[i])
		if err != nil || r.Text("phone") != "server's" || i == 10 && r.Text("notes") != "ann's" {
			t.Errorf("partner %d is %v, %v", i, r.Values, err)
		}
	}
	if after := s.dump(s.ann); len(after["partner"]) != len(before["partner"]) {
		t.Errorf("%d partners, %d before", len(after["partner"]), len(before["partner"]))
	}
	s.sync(s.ann)
	s.sameAsFresh(s.ann)
	s.converge()
	s.ann.net.repairs = 0 // they are what this is about
}
