package central_test

import (
	"testing"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

// Somebody writes between two questions that one pull asks the database: the page is of the moment of the first. A record that got a later number in between would
// be missing in a page that says that it is complete, and one that moved would be there twice or not at all.
func TestAPullIsOfOneMomentWhateverIsWrittenMeanwhile(t *testing.T) {
	for _, question := range []string{"FROM buckets WHERE", "FROM records WHERE org_id = ? AND bucket", "FROM departures WHERE", "FROM bucket_log WHERE"} {
		w := newWorld(t)
		d := w.device("boss", sales.RoleManager)
		writer := w.several(2)[1]
		var made []string
		write := func(edits ...sales.Edit) {
			t.Helper()
			ids, err := writer.Commit(t.Context(), wire.Caller{}, edits...)
			if err != nil {
				t.Fatal(err)
			}
			made = append(made, ids...)
		}
		several := func() {
			edits := make([]sales.Edit, 6)
			for i := range edits {
				edits[i] = sales.CreateOf(sales.Partner{Name: "N", RegionCode: []string{"3101", "4401"}[i%2]})
			}
			write(edits...)
		}
		several()
		left := 0
		meddle := func() {
			if left--; left < 0 {
				return // a pull that is outrun does not end
			}
			n := len(made)
			write(
				sales.CreateOf(sales.Partner{Name: "N", RegionCode: "3101"}),
				sales.Edit{Verb: sales.Update, Kind: "partner", ID: made[n-2], Values: sales.Values{"notes": "edited"}},
				sales.Edit{Verb: sales.Update, Kind: "partner", ID: made[n-3], Values: sales.Values{"region_code": []string{"3101", "4401"}[left%2]}},
				sales.Edit{Verb: sales.Update, Kind: "partner", ID: made[n-4], Values: sales.Values{"region_code": []string{"4401", "3101"}[left%2]}},
			)
			made = made[:n+1]
		}
		calm := w.journal.BeforeQuery(question, meddle)
		held, cursors := map[string]wire.RecordState{}, []wire.Cursor(nil)
		for _, limit := range []int{0, 2, 0, 3, 0} {
			several()
			left = 4
			held, cursors = d.pullFrom(held, cursors, limit) // compares what it has with each last page
			if left == 4 && question != "FROM bucket_log WHERE" {
				t.Errorf("%q is not asked: the test shows nothing", question)
			}
		}
		calm()
		held, _ = d.pullFrom(held, cursors, 0)
		if fresh := d.pullAll(0); len(fresh) != len(held) {
			t.Errorf("before %q: a new device has %d records, this one %d", question, len(fresh), len(held))
		}
	}
}

// A change that a restored server has, but not as it was acknowledged, is missing there like one that it has never seen.
func TestAnAcknowledgedChangeThatIsRefusedNowCountsAsForgotten(t *testing.T) {
	w := newWorld(t)
	a := w.device("a", sales.RoleRep, "31")
	taken, refused := a.create(sales.Partner{Name: "P", RegionCode: "3101"}), a.create(sales.Contact{Name: "C", PartnerID: sales.NewID()})
	if got := outcomes(a.push(taken, refused)); got != "applied rejected" {
		t.Fatal(got)
	}
	for change, want := range map[string]bool{"": false, taken.ID: false, refused.ID: true, sales.NewID(): true} {
		push, err := w.journal.Push(t.Context(), a.caller, wire.PushRequest{Incarnation: a.caller.Incarnation, Acknowledged: change})
		if err != nil || push.Forgotten != want {
			t.Errorf("push, %s: %v, %v", change, push.Forgotten, err)
		}
		pull, err := w.journal.Pull(t.Context(), a.caller, wire.PullRequest{Acknowledged: change})
		if err != nil || pull.Forgotten != want {
			t.Errorf("pull, %s: %v, %v", change, pull.Forgotten, err)
		}
	}
}

// After a restore a message that was long on its way may bring the last acknowledged change again, and not what was acknowledged before it: the device is
// asked for all of it nevertheless.
func TestAnAcknowledgedChangeThatCameInAgainLaterCountsAsForgotten(t *testing.T) {
	w := newWorld(t)
	a := w.device("a", sales.RoleRep, "31")
	c := a.create(sales.Partner{Name: "P", RegionCode: "3101"})
	before := uint32(w.now.Unix()) - 60
	if got := outcomes(a.push(c)); got != "applied" {
		t.Fatal(got)
	}
	for at, want := range map[uint32]bool{0: false, before: true, uint32(w.now.Unix()) + 1: false} {
		push, err := w.journal.Push(t.Context(), a.caller, wire.PushRequest{Incarnation: a.caller.Incarnation, Acknowledged: c.ID, AcknowledgedAt: at})
		if err != nil || push.Forgotten != want {
			t.Errorf("push, told at %d: %v, %v", at, push.Forgotten, err)
		}
		pull, err := w.journal.Pull(t.Context(), a.caller, wire.PullRequest{Acknowledged: c.ID, AcknowledgedAt: at})
		if err != nil || pull.Forgotten != want {
			t.Errorf("pull, told at %d: %v, %v", at, pull.Forgotten, err)
		}
	}
}

// A verdict on a change that was taken before says when that was.
func TestARepeatedChangeIsToldWithTheTimeAtWhichItWasTaken(t *testing.T) {
	w := newWorld(t)
	a := w.device("a", sales.RoleRep, "31")
	c := a.create(sales.Partner{Name: "P", RegionCode: "3101"})
	first := a.push(c)[0]
	w.now = w.now.Add(time.Hour)
	again := a.push(c, a.create(sales.Task{Title: "t", OwnerID: a.caller.UserID}))
	if first.TakenAt == 0 || again[0].TakenAt != first.TakenAt || again[1].TakenAt != first.TakenAt+3600 {
		t.Errorf("taken at %d, said again to be at %d; another an hour later at %d", first.TakenAt, again[0].TakenAt, again[1].TakenAt)
	}
}
