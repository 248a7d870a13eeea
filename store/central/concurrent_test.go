package central_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store/central"
	"github.com/rounds-field/rounds/sync/wire"
)

// errUndone is what a transaction ends with that a test undoes.
var errUndone = errors.New("undone by the test")

// several opens further journals of the world's database: what other server processes would be.
func (w *world) several(n int) []*central.Journal {
	w.t.Helper()
	out := []*central.Journal{w.journal}
	for range n - 1 {
		out = append(out, journalIn(w.t, w.database, central.Options{Now: func() time.Time { return w.now }}))
	}
	return out
}

// slow makes transactions last up to 20 ms and undoes one of twenty, until calm is called.
func slow(journals []*central.Journal, seed uint64) (calm func()) {
	var mu sync.Mutex
	rng := rand.New(rand.NewPCG(seed, 6))
	for _, j := range journals {
		j.BeforeCommit(func(context.Context, *sql.Tx) error {
			mu.Lock()
			pause, undo := time.Duration(rng.IntN(20_000))*time.Microsecond, rng.IntN(20) == 0
			mu.Unlock()
			time.Sleep(pause)
			if undo {
				return errUndone
			}
			return nil
		})
	}
	return func() {
		for _, j := range journals {
			j.BeforeCommit(func(context.Context, *sql.Tx) error { return nil })
		}
	}
}

// step is what somebody did with a bucket: wrote records in it, of which the last has this id, or read how many numbers it has given.
type step struct {
	bucket  string
	written int
	record  string
	number  int // the last record's, or the one that was read
}

// counting is the bucket as one counter: what is written counts from one moment between call and answer on, for everybody, and has the numbers
// of that moment.
var counting = porcupine.Model{
	Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
		of := map[string][]porcupine.Operation{}
		for _, o := range history {
			name := o.Input.(step).bucket
			of[name] = append(of[name], o)
		}
		out := make([][]porcupine.Operation, 0, len(of))
		for _, list := range of {
			out = append(out, list)
		}
		return out
	},
	Init: func() any { return 0 },
	Step: func(state, _, output any) (bool, any) {
		s := output.(step)
		if s.written > 0 {
			return s.number == state.(int)+s.written, s.number
		}
		return s.number == state.(int), state
	},
}

// Sixteen writers, spread over several processes on one database, with transactions of 0 to 20 ms of which one in twenty is undone, and a
// reader that polls each bucket all the while: it misses nothing, sees no number twice, and reads at each moment what had been written then.
func TestAPollingReaderMissesNothingWhileSixteenWrite(t *testing.T) {
	const writers, pushes, seed = 16, 8, 20260302
	t.Logf("seed %d", seed)
	w := newWorld(t)
	journals := w.several(4)
	regions := []string{"3101", "4401"}
	devices := make([]*device, writers)
	for i := range devices {
		devices[i] = w.device(fmt.Sprint("writer", i), sales.RoleRep, "31", "44")
	}
	readers := []*device{w.device("east", sales.RoleManager, "3101"), w.device("south", sales.RoleManager, "4401")}
	calm := slow(journals, seed)

	var mu sync.Mutex
	var history []porcupine.Operation
	note := func(client int, begun int64, s step) {
		mu.Lock()
		defer mu.Unlock()
		history = append(history, porcupine.Operation{ClientId: client, Input: s, Call: begun, Output: s, Return: time.Now().UnixNano()})
	}
	written := map[string]int{}
	var done sync.WaitGroup
	for i, d := range devices {
		done.Go(func() {
			rng := rand.New(rand.NewPCG(seed, uint64(i)))
			for range pushes {
				region := regions[rng.IntN(2)]
				changes := make([]wire.Change, 1+rng.IntN(3))
				for n := range changes {
					changes[n] = d.create(sales.Partner{Name: "N", RegionCode: region})
				}
				for undone := true; undone; { // as a device does: the same changes again
					begun := time.Now().UnixNano()
					_, err := journals[rng.IntN(len(journals))].Push(context.Background(), d.caller, wire.PushRequest{Incarnation: d.caller.Incarnation, Changes: changes})
					undone = errors.Is(err, errUndone)
					if err != nil && !undone {
						t.Error(err)
					}
					if err == nil {
						note(i, begun, step{bucket: "t:" + region, written: len(changes), record: changes[len(changes)-1].RecordID})
						mu.Lock()
						written["t:"+region] += len(changes)
						mu.Unlock()
					}
				}
			}
		})
	}
	finished := make(chan struct{})
	go func() { done.Wait(); close(finished) }()
	var polling sync.WaitGroup
	for n, d := range readers {
		bucket := "t:" + regions[n]
		polling.Go(func() {
			seen, at := map[uint64]bool{}, uint64(0)
			cursors := map[string]wire.Cursor{}
			for last := false; ; {
				select {
				case <-finished:
					last = true
				default:
				}
				begun := time.Now().UnixNano()
				req := wire.PullRequest{}
				for _, c := range cursors {
					req.Cursors = append(req.Cursors, c)
				}
				page, err := journals[n].Pull(context.Background(), d.caller, req)
				if err != nil {
					t.Error(err)
					return
				}
				for _, b := range page.Buckets {
					cursors[b.Bucket] = b.Cursor
				}
				for _, r := range page.Records {
					if r.Bucket != bucket {
						continue
					}
					if seen[r.Seq] || r.Seq <= at {
						t.Errorf("bucket %s: number %d comes after the reader stood at %d", bucket, r.Seq, at)
					}
					seen[r.Seq] = true
				}
				at = cursors[bucket].Seq
				note(writers+n, begun, step{bucket: bucket, number: int(at)})
				if uint64(len(seen)) != at {
					t.Errorf("bucket %s: the reader stands at %d and has %d records", bucket, at, len(seen))
				}
				if last {
					return
				}
			}
		})
	}
	polling.Wait()
	calm()
	numbers := map[string]int{}
	for n, region := range regions {
		count := 0
		for id, r := range readers[n].pullAll(0) {
			if r.Bucket == "t:"+region {
				count++
				numbers[id] = int(r.Seq)
			}
		}
		if count != written["t:"+region] {
			t.Errorf("bucket t:%s has %d records, and %d were written", region, count, written["t:"+region])
		}
	}
	for i := range history {
		if s := history[i].Output.(step); s.written > 0 {
			s.number = numbers[s.record]
			history[i].Output = s
		}
	}
	for _, j := range journals {
		if n, _ := j.Retries(); n > 0 {
			t.Errorf("%d transactions were done twice, though no two wrote the same record", n)
		}
	}
	if !porcupine.CheckOperations(counting, history) {
		t.Error("what was read is not what had been written at any one moment")
	}
	if report, err := w.journal.VerifyAll(t.Context()); err != nil || !report.Good() {
		t.Error(err, report)
	}
}

// Four devices write in the buckets A and B, two in this order and two in that: new records, so that only the buckets are common to them, and in the
// second run also the same two records.
func TestWritersThatTouchBucketsInOppositeOrderDoNotDeadlock(t *testing.T) {
	for _, sameRecords := range []bool{false, true} {
		w := newWorld(t)
		journals := w.several(2)
		id := map[string]string{}
		for _, region := range []string{"3101", "4401"} {
			id[region] = w.commit(sales.CreateOf(sales.Partner{Name: "P", RegionCode: region}))[0]
		}
		var done sync.WaitGroup
		for i, order := range [][]string{{"3101", "4401"}, {"4401", "3101"}, {"3101", "4401"}, {"4401", "3101"}} {
			d := w.device(fmt.Sprint("writer", i), sales.RoleRep, "31", "44")
			done.Go(func() {
				for n := range 40 {
					var changes []wire.Change
					for _, region := range order {
						if sameRecords {
							changes = append(changes, d.change(sales.Update, "partner", id[region], wire.FieldEdit{Number: 16, Value: fmt.Sprint("note ", i, n)}))
						}
						changes = append(changes, d.create(sales.Partner{Name: "N", RegionCode: region}))
					}
					if _, err := journals[i%2].Push(context.Background(), d.caller, wire.PushRequest{Incarnation: d.caller.Incarnation, Changes: changes}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		done.Wait()
		for _, j := range journals {
			if _, n := j.Retries(); n > 0 {
				t.Errorf("same records %v: %d transactions were given up because of a deadlock", sameRecords, n)
			}
		}
		if report, err := w.journal.VerifyAll(t.Context()); err != nil || !report.Good() {
			t.Error(err, report)
		}
	}
}

// A partner moves to and fro between two territories while others write visits to it and change them: after each move, every visit is where its
// partner is.
func TestChildrenFollowAPartnerThatMovesWhileTheyAreWritten(t *testing.T) {
	const writers = 3
	w := newWorld(t)
	journals := w.several(1 + writers)
	partner := w.commit(sales.CreateOf(sales.Partner{Name: "Mover", RegionCode: "3101"}))[0]
	for n, j := range journals[1:] {
		j.BeforeCommit(func(context.Context, *sql.Tx) error { // the partner moves while a visit is written and not yet there
			time.Sleep(time.Duration(3*n) * time.Millisecond)
			return nil
		})
	}
	devices, visits := make([]*device, writers), make([]string, writers)
	for i := range devices {
		devices[i] = w.device(fmt.Sprint("writer", i), sales.RoleRep, "31", "44")
	}
	const rounds = 20
	for n := range rounds {
		atOnce(1+writers, func(i int) {
			if i == 0 {
				to := sales.Values{"region_code": []string{"4401", "3101"}[n%2]}
				if _, err := journals[0].Commit(context.Background(), system, sales.Edit{Verb: sales.Update, Kind: "partner", ID: partner, Values: to}); err != nil {
					t.Error(err)
				}
				return
			}
			d, visit := devices[i-1], &visits[i-1]
			change := d.change(sales.Update, "visit", *visit, wire.FieldEdit{Number: 11, Value: fmt.Sprint("note ", n)})
			if n%2 == 0 {
				change = d.create(sales.Visit{PartnerID: partner, VisitType: "routine", OwnerID: d.caller.UserID})
				*visit = change.RecordID
			}
			resp, err := journals[i].Push(context.Background(), d.caller, wire.PushRequest{Incarnation: d.caller.Incarnation, Changes: []wire.Change{change}})
			if err != nil || resp.Verdicts[0].Outcome != wire.Applied {
				t.Error(err, resp.Verdicts)
			}
		})
		if away := w.journal.Strings(t.Context(), "SELECT v.bucket || ' instead of ' || p.bucket FROM records v JOIN records p ON p.id = v.parent_id WHERE v.bucket <> p.bucket"); len(away) > 0 {
			t.Fatalf("after move %d visits lie in %v", n, away)
		}
	}
	if all := w.journal.Strings(t.Context(), "SELECT p.bucket FROM records v JOIN records p ON p.id = v.parent_id"); len(all) != writers*rounds/2 {
		t.Errorf("%d visits", len(all))
	}
	if report, err := w.journal.VerifyAll(t.Context()); err != nil || !report.Good() {
		t.Error(err, report)
	}
}
