package local

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/wire"
)

// kept lists where in the database a text stands.
func kept(t *testing.T, s *Store, secret string) []string {
	t.Helper()
	tables, err := texts(t.Context(), s.reading, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'wb\\_search%' ESCAPE '\\' AND name NOT LIKE 'sqlite%'")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, table := range tables {
		columns, err := texts(t.Context(), s.reading, "SELECT name FROM pragma_table_info(?)", table)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range columns {
			var n int
			query := fmt.Sprintf("SELECT count(*) FROM %s WHERE instr(CAST(%s AS TEXT), ?)", quote(table), quote(c))
			if err := s.reading.QueryRowContext(t.Context(), query, secret).Scan(&n); err != nil {
				t.Fatal(err)
			}
			if n > 0 {
				out = append(out, table+"."+c)
			}
		}
	}
	return out
}

// What others wrote in a territory that this user lost is nowhere on the device any more, not among what is remembered of its records either; what moved to
// another territory that the user sees is remembered.
func TestNothingThatOthersWroteInALostBucketIsLeft(t *testing.T) {
	dir, now := t.TempDir(), time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	begin := func() *Store {
		s, err := Open(t.Context(), dir, Options{Now: func() time.Time { return now }, NoBackup: true, Sync: "off"})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s, f := begin(), newFakeServer()
	id, moved := sales.NewID(), sales.NewID()
	publish(t, s, f.page(f.set("t:11", "partner", id, sales.Values{"name": "secret one"}), f.set("t:11", "partner", moved, sales.Values{"name": "shared one"})))
	mustWrite(t, s, update("partner", id, sales.Values{"name": "my own words"}))
	onServer(t, s, f)
	publish(t, s, f.page(f.set("t:11", "partner", id, sales.Values{"name": "secret two"}), f.set("t:11", "partner", moved, sales.Values{"name": "shared two"})))
	publish(t, s, f.page(f.set("t:12", "partner", moved, sales.Values{"name": "shared three"})))
	if len(kept(t, s, "secret two")) == 0 {
		t.Fatal("the test looks in the wrong places")
	}
	delete(f.states, id) // the territory is lost with all that is in it
	publish(t, s, f.page())
	if left := kept(t, s, "secret two"); len(left) > 0 {
		t.Errorf("what others wrote is left in %v", left)
	}
	if h, err := s.History(t.Context(), "partner", moved); err != nil || len(h) < 2 {
		t.Errorf("of the record that moved is remembered %+v, %v", h, err)
	}
	// What this device wrote there is kept as long as the server may lose it, and no longer.
	now = now.Add(40 * 24 * time.Hour)
	if err := s.Observe(t.Context(), hlc.Reading(now.UnixMilli()<<16)); err != nil {
		t.Fatal(err)
	}
	publish(t, s, f.page())
	closeStore(t, s)
	s = begin()
	defer closeStore(t, s)
	for _, secret := range []string{"secret one", "my own words"} {
		if left := kept(t, s, secret); len(left) > 0 {
			t.Errorf("after forty days %q is left in %v", secret, left)
		}
	}
	healthy(t, s)
}

// The pages of a checkpoint that was cut before are compared by the one that completes it.
func TestACheckpointThatWasCutIsComparedWhole(t *testing.T) {
	s, f := openTest(t), newFakeServer()
	publish(t, s, f.page(f.set("t:11", "partner", sales.NewID(), sales.Values{"name": "one"})))
	if at, err := s.Compared(t.Context()); err != nil || at.IsZero() {
		t.Fatal(at, err)
	}
	first := wire.PullResponse{More: true, Records: []wire.RecordState{f.set("t:11", "partner", sales.NewID(), sales.Values{"name": "two"})}}
	first.Buckets = []wire.BucketState{{Cursor: wire.Cursor{Bucket: "t:11", Epoch: 1, Seq: 2}}}
	if err := s.Stage(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	if at, err := s.Compared(t.Context()); err != nil || !at.IsZero() {
		t.Errorf("the rest may be asked for briefly: all was compared at %v, %v", at, err)
	}
}

// Whoever is made a manager need not sign in again to work as one; and whoever is one no more is told at once.
func TestTheRoleFollowsTheDirectory(t *testing.T) {
	s, f := openTest(t), newFakeServer()
	me := Identity{UserID: sales.NewID(), UserName: "ann", Role: sales.RoleRep, Server: "http://x", OrganisationID: sales.NewID()}
	if err := s.SetIdentity(t.Context(), me); err != nil {
		t.Fatal(err)
	}
	product := sales.CreateOf(sales.Product{Code: "q", Name: "q"})
	for role, may := range map[sales.Role]bool{sales.RoleAdmin: true, sales.RoleRep: false} {
		publish(t, s, f.page(f.set("o", "user", me.UserID, sales.Values{"name": "ann", "display_name": "Ann", "role": string(role)})))
		if err := s.Try(t.Context(), product); may != (err == nil) {
			t.Errorf("as %s: %v", role, err)
		}
		if id, err := s.Identity(t.Context()); err != nil || id.Role != role || !strings.EqualFold(id.UserName, "ann") {
			t.Errorf("%+v, %v", id, err)
		}
	}
}
