package simnet

import (
	"testing"
	"time"

	"github.com/rounds-field/rounds/sales"
)

// TestADeletionDoesNotSweepAwayAnEditThatItsAuthorNeverSaw has a colleague with a slow clock edit what another one edits and then deletes: the newest stamp is the
// deleting device's own, so only the field that it never saw tells.
func TestADeletionDoesNotSweepAwayAnEditThatItsAuthorNeverSaw(t *testing.T) {
	ctx := t.Context()
	s := newSim(1, t.TempDir())
	defer s.close()
	if err := s.prepare(ctx); err != nil {
		t.Fatal(err)
	}
	a, b := s.devices[0], s.devices[2] // ann and bob
	a.net.bad, b.net.bad = false, false
	b.skew = -time.Hour
	id := sales.NewID()
	steps := []func() error{
		func() error {
			return a.save(ctx, sales.CreateOf(sales.Partner{ID: id, Name: "铜陵达人科技", RegionCode: "1101"}))
		},
		func() error { return a.sync(ctx) },
		func() error { return b.sync(ctx) },
		func() error {
			return b.save(ctx, sales.Edit{Verb: sales.Update, Kind: "partner", ID: id, Values: sales.Values{"notes": "不要删，下月续签"}})
		},
		func() error { return b.sync(ctx) },
		func() error {
			return a.save(ctx, sales.Edit{Verb: sales.Update, Kind: "partner", ID: id, Values: sales.Values{"phone": "13800138000"}})
		},
		func() error { return a.save(ctx, sales.Edit{Verb: sales.Delete, Kind: "partner", ID: id}) },
		func() error { return a.sync(ctx) },
		func() error { return b.sync(ctx) },
	}
	for i, step := range steps {
		s.now = s.now.Add(time.Second)
		if err := step(); err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
	}
	for _, d := range []*device{a, b} {
		r, err := d.store.Get(ctx, "partner", id)
		if err != nil || r.Text("notes") != "不要删，下月续签" {
			t.Errorf("%s sees %v, %v", d.name, r.Values, err)
		}
	}
	list, err := a.store.Pending(ctx)
	if err != nil || len(list) != 1 || list[0].Problem == nil || list[0].Problem.Code != sales.CodeChangedMeanwhile {
		t.Errorf("the deleting user's tray has %+v, %v", list, err)
	}
}
