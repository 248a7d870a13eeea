package central_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store/central"
	"github.com/rounds-field/rounds/sync/wire"
)

// Whatever is pushed, the checksums and counts that were kept along the way are those of the records themselves, and who pulls at any time holds
// the same.
func TestTheChecksumsKeptAlongTheWayAreThoseOfTheRecords(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: make test-long runs it without the race detector")
	}
	w := newWorld(t)
	round := 0
	rapid.Check(t, func(rt *rapid.T) {
		round++
		devices := []*device{w.device(fmt.Sprintf("boss%d", round), sales.RoleAdmin), w.device(fmt.Sprintf("east%d", round), sales.RoleRep, "31"), w.device(fmt.Sprintf("south%d", round), sales.RoleManager, "44")}
		held := make([]map[string]wire.RecordState, len(devices))
		cursors := make([][]wire.Cursor, len(devices))
		regions := rapid.SampledFrom([]string{"", "31", "3101", "44", "4401", "99"})
		var partners, visits []string
		for range rapid.IntRange(1, 25).Draw(rt, "steps") {
			i := rapid.IntRange(0, len(devices)-1).Draw(rt, "device")
			d := devices[i]
			var batch []wire.Change
			for range rapid.IntRange(1, 4).Draw(rt, "batch") {
				what := rapid.IntRange(0, 5).Draw(rt, "what")
				switch {
				case what == 0 || len(partners) == 0:
					c := d.create(sales.Partner{Name: "P", RegionCode: regions.Draw(rt, "region")})
					partners = append(partners, c.RecordID)
					batch = append(batch, c)
				case what == 1 || len(visits) == 0:
					v := sales.Visit{VisitType: "routine", OwnerID: d.caller.UserID, Status: "planned", PlannedAt: sales.InstantOf(w.now)}
					if rapid.Bool().Draw(rt, "with partner") {
						v.PartnerID = rapid.SampledFrom(partners).Draw(rt, "partner")
					}
					c := d.create(v)
					visits = append(visits, c.RecordID)
					batch = append(batch, c, d.create(sales.Task{Title: "T", VisitID: c.RecordID, OwnerID: d.caller.UserID}))
				case what == 2:
					id := rapid.SampledFrom(partners).Draw(rt, "partner")
					batch = append(batch, d.change(sales.Update, "partner", id, set(seenBy(held[i], id, "partner"), "region_code", regions.Draw(rt, "region"))))
				case what == 3:
					id := rapid.SampledFrom(visits).Draw(rt, "visit")
					batch = append(batch, d.change(sales.Update, "visit", id, set(seenBy(held[i], id, "visit"), "partner_id", rapid.SampledFrom(partners).Draw(rt, "partner"))))
				case what == 4:
					id := rapid.SampledFrom(visits).Draw(rt, "visit")
					c := d.change(sales.Delete, "visit", id)
					s := seenBy(held[i], id, "visit")
					c.Base = s.Latest()
					batch = append(batch, c)
				default:
					id := rapid.SampledFrom(partners).Draw(rt, "partner")
					c := d.change(sales.Delete, "partner", id)
					s := seenBy(held[i], id, "partner")
					c.Base = s.Latest()
					batch = append(batch, c)
				}
			}
			if rapid.Bool().Draw(rt, "grouped") {
				batch = group(batch...)
			}
			d.push(batch...)
			if rapid.Bool().Draw(rt, "pull") {
				if held[i] == nil {
					held[i] = map[string]wire.RecordState{}
				}
				held[i], cursors[i] = d.pullFrom(held[i], cursors[i], rapid.SampledFrom([]int{0, 1, 3}).Draw(rt, "page"))
			}
		}
		if wrong, err := w.journal.Verify(context.Background()); err != nil || len(wrong) > 0 {
			rt.Fatalf("buckets %v, %v", wrong, err)
		}
	})
}

func seenBy(held map[string]wire.RecordState, id, kind string) wire.RecordState {
	if r, ok := held[id]; ok {
		return r
	}
	return wire.RecordState{Kind: kind, ID: id}
}

// An unfinished transaction must leave nothing behind, neither in the database nor in what is remembered of the territories.
func TestATerritoryTreeOfATransactionThatWasUndoneIsForgotten(t *testing.T) {
	w := newWorld(t)
	taken := central.NewAccount{Account: central.Account{Name: "taken"}, User: sales.User{Name: "taken", DisplayName: "T", Role: "rep"}}
	if _, err := w.journal.AddAccounts(t.Context(), system, taken); err != nil {
		t.Fatal(err)
	}
	one, two := taken, taken
	one.Name, one.User.Name, two.Name, two.User.Name = "one", "one", "two", "two"
	if _, err := w.journal.AddAccounts(t.Context(), system, one, two, taken); !sales.HasCode(err, sales.CodeDuplicate) {
		t.Fatal(err)
	}
	// The number that the undone transaction had given is given again, to a territory.
	w.commit(sales.CreateOf(sales.Territory{Code: "5101", Name: "Chengdu", ParentCode: "31"}))
	tree, err := w.journal.Territories(t.Context())
	if err != nil || tree["5101"] != "31" {
		t.Errorf("%v, %v", tree, err)
	}
}

func TestTheJournalServesOnAfterTheDiskWasFull(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.db")
	j, err := central.Open(t.Context(), path, central.Options{Sync: "normal"})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	limit := j.LimitPages(t.Context(), 0)
	j.LimitPages(t.Context(), limit+4)
	long := make([]byte, 200<<10)
	for i := range long {
		long[i] = 'x'
	}
	p := sales.Partner{Name: "P", RegionCode: "31", Notes: string(long)}
	full := 0
	for range 3 {
		if _, err := j.Commit(t.Context(), system, sales.CreateOf(p)); sales.HasCode(err, sales.CodeStorage) {
			full++
		}
	}
	if full == 0 {
		t.Fatal("the disk was never full")
	}
	j.LimitPages(t.Context(), 1<<20)
	if _, err := j.Commit(t.Context(), system, sales.CreateOf(p)); err != nil {
		t.Errorf("with room again: %v", err)
	}
	if wrong, err := j.Verify(t.Context()); err != nil || len(wrong) > 0 {
		t.Errorf("buckets %v, %v", wrong, err)
	}
}
