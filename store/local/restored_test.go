package local

import (
	"testing"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/wire"
)

// observe has the device hear what time it is at the server.
func observe(t *testing.T, s *Store, now time.Time) {
	t.Helper()
	if err := s.Observe(t.Context(), hlc.Reading(now.UnixMilli()<<16)); err != nil {
		t.Fatal(err)
	}
}

// What a restored server lost waits for what it was built on for thirty days from when it was taken, and not for thirty more from each time that it was held.
func TestTheWaitForWhatARestoredServerLostEnds(t *testing.T) {
	s, f := openTest(t), newFakeServer()
	taken := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	observe(t, s, taken)
	id := mustWrite(t, s, sales.CreateOf(sales.Task{Title: "t"}))[0]
	onServer(t, s, f)
	if n, err := s.Resend(t.Context()); err != nil || n != 1 {
		t.Fatal(n, err)
	}
	observe(t, s, taken.Add(29*24*time.Hour))
	hold(t, s, mustUnsent(t, s)...)
	delete(f.states, id)
	observe(t, s, taken.Add(31*24*time.Hour))
	publish(t, s, f.page())
	again := mustUnsent(t, s)
	if len(again) != 1 {
		t.Fatalf("to be sent: %v", again)
	}
	settle(t, s, wire.Verdict{ChangeID: again[0].ID, Outcome: wire.Rejected, Code: sales.CodeBadReference, Message: "no"})
	publish(t, s, f.page())
	if p := mustPending(t, s); len(p) != 1 || p[0].State != sales.Rejected {
		t.Errorf("in the tray: %+v", p)
	}
}

// A change that was refused, and that the server took after all when it came a second time, is sent again after a restore also when an edit took its place in
// the tray.
func TestARefusedChangeThatTheServerTookAfterAllIsAmongTheAcknowledged(t *testing.T) {
	s, f := openTest(t), newFakeServer()
	id := mustWrite(t, s, sales.CreateOf(sales.Partner{Name: "p"}))[0]
	sent := mustUnsent(t, s)
	refuse(t, s, sent[0])
	f.take("t:11", sent, wire.NodeOf(s.incarnation))
	publish(t, s, f.page(f.states[id]))
	mustWrite(t, s, update("partner", id, sales.Values{"phone": "1"}))
	onServer(t, s, f)
	if _, err := s.Resend(t.Context()); err != nil {
		t.Fatal(err)
	}
	again := mustUnsent(t, s)
	if len(again) < 2 || again[0].ID != sent[0].ID {
		t.Errorf("sent again are %d changes, the creation not first among them", len(again))
	}
}

// A bucket that differs and was not repaired is compared again by the next pull, and once it was reported with the others once a day.
func TestWhatDiffersIsComparedAgainUntilItIsReported(t *testing.T) {
	s, f := openTest(t), newFakeServer()
	page := f.page(f.set("t:11", "partner", sales.NewID(), sales.Values{"name": "one"}))
	page.Buckets[0].Count++
	if got, err := s.Publish(t.Context(), page); err != nil || len(got.Mismatched) != 1 {
		t.Fatal(got, err)
	}
	if at, err := s.Compared(t.Context()); err != nil || !at.IsZero() {
		t.Errorf("the rest may be asked for briefly: all was compared at %v, %v", at, err)
	}
	if err := s.Differs(t.Context(), sales.Difference{Bucket: "t:11"}); err != nil {
		t.Fatal(err)
	}
	if at, err := s.Compared(t.Context()); err != nil || at.IsZero() {
		t.Errorf("it is compared with each pull: %v, %v", at, err)
	}
}

// A repeated change may have been taken long before others: by it nobody could tell that the others are lost.
func TestTheServerIsAskedForTheChangeThatItTookLast(t *testing.T) {
	s := openTest(t)
	ids := map[string]string{}
	for _, name := range []string{"first", "second", "third"} {
		mustWrite(t, s, sales.CreateOf(sales.Task{Title: name}))
		list := mustUnsent(t, s)
		ids[name] = list[len(list)-1].ID
	}
	for _, step := range []struct {
		settled, want string
		outcome       wire.Outcome
		at            uint32
	}{{"second", "second", wire.Applied, 200}, {"first", "second", wire.Duplicate, 100}, {"third", "third", wire.Duplicate, 300}} {
		settle(t, s, wire.Verdict{ChangeID: ids[step.settled], Outcome: step.outcome, TakenAt: step.at})
		if got, at, err := s.Acknowledged(t.Context()); err != nil || got != ids[step.want] || at == 0 {
			t.Errorf("after the %s: asked is for %s of %d, %v; want the %s", step.settled, got, at, err, step.want)
		}
	}
}
