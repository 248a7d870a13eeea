package central_test

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store/central"
	"github.com/rounds-field/rounds/sync/wire"
)

func TestARoleMayWriteWhatItsKindsAllowInBucketsThatItSees(t *testing.T) {
	w := newWorld(t)
	owner := w.device("owner", sales.RoleAdmin)
	here := w.commit(sales.CreateOf(sales.Partner{Name: "Here", RegionCode: "3101"}))[0]
	there := w.commit(sales.CreateOf(sales.Partner{Name: "There", RegionCode: "4401"}))[0]
	for _, c := range []struct {
		role  sales.Role
		make  func(d *device) wire.Change
		where string
		want  bool
	}{
		{sales.RoleRep, func(d *device) wire.Change { return d.create(sales.Partner{Name: "N", RegionCode: "3101"}) }, "own territory", true},
		{sales.RoleRep, func(d *device) wire.Change { return d.create(sales.Partner{Name: "N"}) }, "no territory yet", true},
		{sales.RoleRep, func(d *device) wire.Change { return d.create(sales.Partner{Name: "N", RegionCode: "4401"}) }, "another territory", false},
		{sales.RoleRep, func(d *device) wire.Change { return d.create(sales.Contact{Name: "N", PartnerID: there}) }, "child in another territory", false},
		{sales.RoleRep, func(d *device) wire.Change {
			return d.change(sales.Update, "partner", there, wire.FieldEdit{Number: 2, Value: "X"})
		}, "edit in another territory", false},
		{sales.RoleRep, func(d *device) wire.Change { return d.change(sales.Delete, "partner", there) }, "delete in another territory", false},
		{sales.RoleRep, func(d *device) wire.Change {
			return d.change(sales.Update, "partner", here, set(d.pullAll(0)[here], "region_code", "4401"))
		}, "give away to another territory", false},
		{sales.RoleRep, func(d *device) wire.Change { return d.create(sales.Product{Code: "P", Name: "P"}) }, "product", false},
		{sales.RoleOperations, func(d *device) wire.Change { return d.create(sales.Product{Code: "P", Name: "P"}) }, "product", true},
		{sales.RoleManager, func(d *device) wire.Change {
			return d.create(sales.Announcement{Title: "A", PublishedOn: "2026-01-01"})
		}, "announcement", true},
		{sales.RoleRep, func(d *device) wire.Change {
			return d.create(sales.Announcement{Title: "A", PublishedOn: "2026-01-01"})
		}, "announcement", false},
		{sales.RoleManager, func(d *device) wire.Change { return d.create(sales.User{Name: "u", Role: "admin"}) }, "user", false},
		{sales.RoleManager, func(d *device) wire.Change {
			return d.change(sales.Update, "user", d.caller.UserID, wire.FieldEdit{Number: 3, Value: "admin"})
		}, "own role", false},
		{sales.RoleAdmin, func(d *device) wire.Change { return d.create(sales.User{Name: "u", Role: "rep"}) }, "user", true},
		{sales.RoleAuditor, func(d *device) wire.Change { return d.create(sales.Partner{Name: "N", RegionCode: "3101"}) }, "partner", false},
		{sales.RoleAuditor, func(d *device) wire.Change {
			return d.create(sales.SavedView{UserID: d.caller.UserID, Kind: "visit", Name: "v"})
		}, "own saved view", true},
		{sales.RoleAdmin, func(d *device) wire.Change {
			return d.create(sales.SavedView{UserID: owner.caller.UserID, Kind: "visit", Name: "v"})
		}, "another's saved view", false},
		{sales.RoleRep, func(d *device) wire.Change {
			return d.create(sales.Conflict{UserID: owner.caller.UserID, RecordKind: "partner", RecordID: here, FieldName: "name"})
		}, "another's conflict", false},
	} {
		d := w.device("u-"+sales.NewID(), c.role, "31")
		v := d.push(c.make(d))[0]
		if c.want && v.Outcome != wire.Applied || !c.want && (v.Outcome != wire.Rejected || v.Code != sales.CodeForbidden) {
			t.Errorf("%s, %s: %s %s: %s", c.role, c.where, v.Outcome, v.Code, v.Message)
		}
	}
	if r := w.device("x", sales.RoleAdmin).pullAll(0)[here]; r.Bucket != "t:3101" {
		t.Errorf("the partner went to %s", r.Bucket)
	}
}

func TestAPersonalRecordIsSeenByNobodyElse(t *testing.T) {
	w := newWorld(t)
	a, boss := w.device("a", sales.RoleRep, "31"), w.device("boss", sales.RoleAdmin)
	note := a.create(sales.Task{Title: "Buy flowers", OwnerID: a.caller.UserID})
	a.mustPush(note)
	if r := a.pullAll(0)[note.RecordID]; r.Bucket != sales.PersonBucket(a.caller.UserID) {
		t.Errorf("the task lies in %q", r.Bucket)
	}
	if _, seen := boss.pullAll(0)[note.RecordID]; seen {
		t.Error("an administrator sees it")
	}
	if _, err := w.journal.History(t.Context(), boss.caller, "task", note.RecordID); !sales.HasCode(err, sales.CodeNotFound) {
		t.Errorf("its history: %v", err)
	}
}

func TestAPartnerThatMovesTakesEverythingAlong(t *testing.T) {
	w := newWorld(t)
	boss, east, south := w.device("boss", sales.RoleAdmin), w.device("east", sales.RoleRep, "31"), w.device("south", sales.RoleRep, "44")
	partner := east.create(sales.Partner{Name: "Mover", RegionCode: "3101"})
	visit := east.create(sales.Visit{PartnerID: partner.RecordID, VisitType: "routine", OwnerID: east.caller.UserID})
	result := east.create(sales.VisitResult{VisitID: visit.RecordID, StepCode: "s", Result: "done"})
	stays := east.create(sales.Partner{Name: "Stays", RegionCode: "3101"})
	east.mustPush(partner, visit, result, stays)
	eastHeld, eastAt := east.pullFrom(map[string]wire.RecordState{}, nil, 0)
	southHeld, southAt := south.pullFrom(map[string]wire.RecordState{}, nil, 0)
	move := func(to string) {
		t.Helper()
		seen := boss.pullAll(0)[partner.RecordID]
		boss.mustPush(boss.change(sales.Update, "partner", partner.RecordID, set(seen, "region_code", to)))
		eastHeld, eastAt = east.pullFrom(eastHeld, eastAt, 1)
		southHeld, southAt = south.pullFrom(southHeld, southAt, 2)
		for _, id := range []string{partner.RecordID, visit.RecordID, result.RecordID} {
			_, e := eastHeld[id]
			_, s := southHeld[id]
			if e != (to == "3101") || s != (to == "4401") {
				t.Errorf("after the move to %s: east has it: %v, south has it: %v", to, e, s)
			}
		}
		if _, ok := eastHeld[stays.RecordID]; !ok {
			t.Error("what stays went, too")
		}
	}
	move("4401")
	move("3101")
	move("4401")
	if wrong, err := w.journal.Verify(t.Context()); err != nil || len(wrong) > 0 {
		t.Errorf("checksums differ in %v, %v", wrong, err)
	}
}

func TestARecordThatFindsItsPartnerTakesItsOwnChildrenAlong(t *testing.T) {
	w := newWorld(t)
	a := w.device("a", sales.RoleRep, "31")
	deal := a.create(sales.Opportunity{Name: "Deal", Stage: "prospect", OwnerID: a.caller.UserID})
	item := a.create(sales.LineItem{OpportunityID: deal.RecordID, Quantity: 1})
	partner := a.create(sales.Partner{Name: "P", RegionCode: "3101"})
	a.mustPush(deal, item, partner)
	if got := a.pullAll(0)[item.RecordID].Bucket; got != sales.PersonBucket(a.caller.UserID) {
		t.Fatalf("before: %s", got)
	}
	a.mustPush(a.change(sales.Update, "opportunity", deal.RecordID, wire.FieldEdit{Number: 5, Value: partner.RecordID}))
	if got := a.pullAll(0)[item.RecordID].Bucket; got != "t:3101" {
		t.Errorf("after: %s", got)
	}
}

func TestALostBucketIsNotNamedAndARegainedOneComesWhole(t *testing.T) {
	w := newWorld(t)
	a := w.device("a", sales.RoleRep, "31", "44")
	p := w.commit(sales.CreateOf(sales.Partner{Name: "P", RegionCode: "4401"}))[0]
	held, at := a.pullFrom(map[string]wire.RecordState{}, nil, 0)
	a.caller.Territories = []string{"31"}
	held, at = a.pullFrom(held, at, 0)
	if _, ok := held[p]; ok {
		t.Error("the record of the lost bucket is still there")
	}
	kept := at[:0]
	for _, c := range at {
		if c.Bucket != "t:4401" {
			kept = append(kept, c)
		}
	}
	a.caller.Territories = []string{"31", "44"}
	if held, _ = a.pullFrom(held, kept, 0); held[p].ID == "" {
		t.Error("the regained bucket did not come")
	}
}

// TestWritersAtOnceLeaveNoGapInTheSequence also lets a reader poll all the while, which has to miss nothing.
func TestWritersAtOnceLeaveNoGapInTheSequence(t *testing.T) {
	w := newWorld(t)
	const writers, rounds = 8, 25
	devices := make([]*device, writers)
	for i := range devices {
		devices[i] = w.device(fmt.Sprint("writer", i), sales.RoleRep, "31")
	}
	reader := w.device("reader", sales.RoleManager, "31")
	var done sync.WaitGroup
	for i, d := range devices {
		done.Go(func() {
			rng := rand.New(rand.NewPCG(uint64(i), 7))
			for range rounds {
				changes := []wire.Change{d.create(sales.Partner{Name: "N", RegionCode: []string{"31", "3101"}[rng.IntN(2)]})}
				if rng.IntN(10) == 0 {
					changes = append(changes, d.create(sales.Partner{RegionCode: "31"})) // refused
				}
				if _, err := w.journal.Push(context.Background(), d.caller, wire.PushRequest{Incarnation: d.caller.Incarnation, Changes: changes}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	finished := make(chan struct{})
	go func() { done.Wait(); close(finished) }()
	held, at := map[string]wire.RecordState{}, []wire.Cursor(nil)
	for polling := true; polling; {
		select {
		case <-finished:
			polling = false
		default:
		}
		held, at = reader.pullFrom(held, at, 7)
	}
	n := 0
	seqs := map[string]map[uint64]bool{}
	for _, r := range held {
		if r.Kind == "partner" {
			n++
			if seqs[r.Bucket] == nil {
				seqs[r.Bucket] = map[uint64]bool{}
			}
			seqs[r.Bucket][r.Seq] = true
		}
	}
	if n != writers*rounds {
		t.Errorf("the reader has %d of %d records", n, writers*rounds)
	}
	for bucket, have := range seqs {
		for i := range uint64(len(have)) {
			if !have[i+1] {
				t.Errorf("bucket %s: number %d of %d is missing", bucket, i+1, len(have))
			}
		}
	}
}

func TestAServerRestoredFromABackupIsNoticedEvenAfterItWroteOn(t *testing.T) {
	now := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	dir := t.TempDir()
	open := func(name string) *world {
		t.Helper()
		j, err := central.Open(t.Context(), filepath.Join(dir, name), central.Options{Now: func() time.Time { return now }, Sync: "normal"})
		if err != nil {
			t.Fatal(err)
		}
		return &world{t: t, journal: j, now: now}
	}
	w := open("a.db")
	a := w.device("a", sales.RoleRep, "31")
	a.mustPush(a.create(sales.Partner{Name: "Old", RegionCode: "31"}))
	if err := w.journal.Close(); err != nil {
		t.Fatal(err)
	}
	copyFile(t, filepath.Join(dir, "a.db"), filepath.Join(dir, "backup.db"))
	w = open("a.db")
	a.w = w
	lost := []wire.Change{a.create(sales.Partner{Name: "Lost 1", RegionCode: "31"}), a.create(sales.Partner{Name: "Lost 2", RegionCode: "31"})}
	a.mustPush(lost...)
	_, at := a.pullFrom(map[string]wire.RecordState{}, nil, 0)
	if err := w.journal.Close(); err != nil {
		t.Fatal(err)
	}
	w = open("backup.db")
	defer w.journal.Close()
	a.w = w
	reset := func() bool {
		t.Helper()
		page, err := w.journal.Pull(t.Context(), a.caller, wire.PullRequest{Cursors: at})
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range page.Buckets {
			if b.Bucket == "t:31" {
				return b.Reset
			}
		}
		return false
	}
	if !reset() {
		t.Error("a cursor beyond the head went unnoticed")
	}
	b := w.device("b", sales.RoleRep, "31")
	for range 5 {
		b.mustPush(b.create(sales.Partner{Name: "New", RegionCode: "31"}))
	}
	if !reset() {
		t.Error("a fork that has grown past the cursor went unnoticed")
	}
	a.mustPush(lost...) // sent again, taken again
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestTheAuditCannotBeChanged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j.db")
	j, err := central.Open(t.Context(), path, central.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Audit(t.Context(), central.AuditEntry{Action: "tested"}); err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, stmt := range []string{"DELETE FROM audit", "UPDATE audit SET actor = 'x'"} {
		if _, err := db.ExecContext(t.Context(), stmt); err == nil {
			t.Errorf("%s went through", stmt)
		}
	}
}
