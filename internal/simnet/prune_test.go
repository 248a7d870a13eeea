package simnet

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store/central"
)

// calm is a play in which nothing goes wrong by itself, with the devices of ann (two) and bob.
func calm(t *testing.T) (s *Sim, ann, ann2, bob *device) {
	t.Helper()
	s = newSim(1, t.TempDir())
	t.Cleanup(s.close)
	if err := s.prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, d := range s.devices {
		d.net.bad = false
	}
	s.unrepaired(t)
	return s, s.devices[0], s.devices[1], s.devices[2]
}

// must does the steps of a story, a second apart.
func (s *Sim) must(t *testing.T, steps ...func(context.Context) error) {
	t.Helper()
	for i, step := range steps {
		s.now = s.now.Add(time.Second)
		if err := step(t.Context()); err != nil {
			t.Fatalf("step %d: %v", i+1, err)
		}
	}
}

func (s *Sim) prune(ctx context.Context) error {
	_, err := s.journal.Prune(ctx, central.DefaultHorizon)
	return err
}

func (d *device) saves(edits ...sales.Edit) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := d.store.Write(ctx, edits...)
		return err
	}
}

// has says whether a device shows a record.
func (d *device) has(t *testing.T, kind, id string) bool {
	t.Helper()
	_, err := d.store.Get(t.Context(), kind, id)
	if err != nil && !sales.HasCode(err, sales.CodeNotFound) && !sales.HasCode(err, sales.CodeGone) {
		t.Fatal(err)
	}
	return err == nil
}

// Guarantee 19: a tombstone was pruned, and an update comes from a device that was offline for 120 days.
func TestAnUpdateFrom120DaysOfflineOfAPrunedRecordIsGoneAndInTheTray(t *testing.T) {
	s, ann, ann2, bob := calm(t)
	id, other := sales.NewID(), sales.NewID()
	s.must(t,
		ann.saves(sales.CreateOf(sales.Partner{ID: id, Name: "铜陵达人科技", RegionCode: "1101"}), sales.CreateOf(sales.Partner{ID: other, Name: "桂林声智", RegionCode: "1101"})),
		ann.sync, ann2.sync, bob.sync,
		// Now bob goes offline for 120 days; his edit of the first day waits in his outbox, and so does a new record that hangs on nothing.
		bob.saves(sales.Edit{Verb: sales.Update, Kind: "partner", ID: id, Values: sales.Values{"notes": "不要删，下月续签"}}),
		bob.saves(sales.Edit{Verb: sales.Update, Kind: "partner", ID: other, Values: sales.Values{"notes": "离线四个月"}}),
		ann.saves(sales.Edit{Verb: sales.Delete, Kind: "partner", ID: id}), ann.sync,
	)
	for range 120 {
		s.now = s.now.Add(24 * time.Hour)
		s.must(t, ann.sync)
	}
	s.must(t, s.prune, bob.sync, bob.sync)
	list, err := bob.store.Pending(t.Context())
	if err != nil || len(list) != 1 || list[0].RecordID != id || list[0].Problem == nil || list[0].Problem.Code != sales.CodeGone || list[0].Values["notes"] != "不要删，下月续签" {
		t.Fatalf("the tray of the device that was offline has %+v, %v", list, err)
	}
	// The record can be made anew with the edit in it, as another record; the old one does not come back, however often the device starts.
	s.must(t, bob.restart, func(ctx context.Context) error { return bob.store.Retry(ctx, list[0].ID) }, bob.sync, ann.sync, ann2.sync)
	if bob.has(t, "partner", id) {
		t.Error("the deleted record is back on the device that was offline")
	}
	anew, err := ann.store.Search(t.Context(), "铜陵达人", "partner", 10)
	if err != nil || len(anew) != 1 || anew[0].ID == id {
		t.Fatalf("a colleague finds %+v, %v", anew, err)
	}
	if r, err := ann.store.Get(t.Context(), "partner", anew[0].ID); err != nil || r.Text("notes") != "不要删，下月续签" || r.Text("region_code") != "1101" {
		t.Errorf("made anew, the record is %v, %v", r.Values, err)
	}
	for _, d := range []*device{ann, ann2} {
		if d.has(t, "partner", id) {
			t.Errorf("the deleted record is back on %s", d.name)
		}
		if r, err := d.store.Get(t.Context(), "partner", other); err != nil || r.Text("notes") != "离线四个月" {
			t.Errorf("the other edit did not come through to %s: %v, %v", d.name, r.Values, err)
		}
	}
	for _, d := range s.devices {
		s.must(t, d.sync)
	}
	if err := s.converged(t.Context()); err != nil {
		t.Error(err)
	}
}

// Guarantee 19, the other half: what creates the record is sent again after its tombstone was pruned, because a device takes its buckets
// anew and then sends what was acknowledged.
func TestACreationThatIsSentAgainDoesNotResurrectAPrunedRecord(t *testing.T) {
	s, ann, ann2, bob := calm(t)
	id, refused := sales.NewID(), sales.NewID()
	s.must(t,
		// A refused change keeps everything behind it in the outbox: no device may rely on the thirty days alone.
		ann.saves(sales.CreateOf(sales.Partner{ID: refused, Name: "v", RegionCode: "1101"})), ann.sync,
		func(ctx context.Context) error {
			_, err := s.journal.Commit(ctx, s.caller(ann), sales.Edit{Verb: sales.Delete, Kind: "partner", ID: refused})
			return err
		},
		ann.saves(sales.Edit{Verb: sales.Update, Kind: "partner", ID: refused, Values: sales.Values{"notes": "x"}}),
		ann.sync,
		ann.saves(sales.CreateOf(sales.Partner{ID: id, Name: "铜陵达人科技", RegionCode: "1101"})), ann.sync, ann2.sync, bob.sync,
	)
	s.must(t, bob.saves(sales.Edit{Verb: sales.Delete, Kind: "partner", ID: id}), bob.sync)
	for range 120 { // ann is offline
		s.now = s.now.Add(24 * time.Hour)
		s.must(t, ann2.sync)
	}
	s.must(t, s.prune)
	if n, err := ann.store.Resend(t.Context()); err != nil || n == 0 {
		t.Fatalf("%d changes are sent again, %v", n, err)
	}
	s.must(t, ann.sync, ann.sync, ann2.sync, bob.sync)
	absent := func(when string) {
		t.Helper()
		for _, d := range []*device{ann, ann2, bob} {
			if d.has(t, "partner", id) {
				t.Errorf("%s the deleted record is back on %s", when, d.name)
			}
		}
	}
	absent("sent again")
	// Nor is it made anew by somebody whose change the server does not know.
	s.must(t, func(ctx context.Context) error {
		var refusal *sales.Error
		_, err := s.journal.Commit(ctx, s.caller(ann), sales.CreateOf(sales.Partner{ID: id, Name: "铜陵达人科技", RegionCode: "1101"}))
		if !errors.As(err, &refusal) || refusal.Code != sales.CodeGone {
			t.Errorf("made anew under the same id: %v", err)
		}
		return nil
	}, ann.sync, ann2.sync, bob.sync)
	absent("made anew")
	list, err := ann.store.Pending(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range list {
		if p.RecordID != refused {
			t.Errorf("the tray has %+v, which had been acknowledged", p)
		}
	}
}

// Guarantee 20.
func TestARecordThatWasCreatedAndDeletedIsAbsentFromAFreshInstall(t *testing.T) {
	for _, pruned := range []bool{false, true} {
		s, ann, _, bob := calm(t)
		id := sales.NewID()
		s.must(t, ann.saves(sales.CreateOf(sales.Partner{ID: id, Name: "铜陵达人科技", RegionCode: "1101"})), ann.sync, bob.sync,
			bob.saves(sales.Edit{Verb: sales.Delete, Kind: "partner", ID: id}), bob.sync)
		if pruned {
			s.now = s.now.Add(91 * 24 * time.Hour)
			s.must(t, s.prune)
		}
		fresh, err := s.join(t.Context(), "ann")
		if err != nil {
			t.Fatal(err)
		}
		fresh.net.bad, fresh.net.page = false, 3
		s.must(t, fresh.sync, ann.sync)
		if fresh.has(t, "partner", id) || ann.has(t, "partner", id) {
			t.Errorf("pruned %v: the deleted record is there", pruned)
		}
		hits, err := fresh.store.Search(t.Context(), "铜陵", "", 10)
		if err != nil || len(hits) != 0 {
			t.Errorf("pruned %v: the search finds %v, %v", pruned, hits, err)
		}
	}
}

// The server forgets after an hour what it otherwise keeps for 90 days, again and again, while devices are offline for longer, restart, and get answers late: everything
// converges and is accounted for as ever.
func TestPlaysConvergeWhateverTheServerForgets(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: make test-long runs it without the race detector")
	}
	horizon := central.Horizon{Deleted: time.Hour, Changes: 3 * time.Hour}
	var forgot int64
	for seed := range uint64(16) {
		s := newSim(10_000+seed, t.TempDir())
		err := s.prepare(t.Context())
		for i := 0; err == nil && i < 100; i++ {
			s.now = s.now.Add(time.Duration(s.rng.IntN(1_200_000)) * time.Millisecond)
			if err = s.step(t.Context()); err == nil && s.rng.IntN(6) == 0 {
				var did central.Pruned
				did, err = s.journal.Prune(t.Context(), horizon)
				forgot += did.Tombstones
				s.note("server forgets %s", did)
			}
		}
		for _, check := range []func(context.Context) error{s.settle, s.converged, s.accounted} {
			if err == nil {
				err = check(t.Context())
			}
		}
		if err == nil {
			var r *central.Report
			if r, err = s.journal.VerifyAll(t.Context()); err == nil {
				err = r.Err()
			}
		}
		if err != nil {
			t.Errorf("seed %d: %v\n%s", seed, err, tail(s.trace.String()))
		}
		s.close()
	}
	if forgot < 5 {
		t.Errorf("only %d deleted records were forgotten in all plays", forgot)
	}
}
