package simnet

import (
	"testing"

	"github.com/rounds-field/rounds/sales"
)

// Guarantee 29: the database of a device is put back from a copy, or its folder is cloned to another computer. It writes under a new incarnation, and the server
// takes what it and its twin write from then on.
func TestADeviceThatWasPutBackOrClonedWritesOn(t *testing.T) {
	s, ann, _, bob := calm(t)
	id := sales.NewID()
	s.must(t, ann.saves(partner(id, "v#1.")), ann.sync, bob.sync, ann.keepCopy, ann.saves(noting(id, "v#2.")), ann.sync, bob.sync)
	incarnation := func(d *device) string {
		t.Helper()
		inc, err := d.store.Incarnation(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return inc
	}
	before := incarnation(ann)
	if err := ann.store.Close(); err != nil {
		t.Fatal(err)
	}
	if err := ann.replaceDatabase(ann.copies[0].dir); err != nil {
		t.Fatal(err)
	}
	s.must(t, ann.open)
	if now := incarnation(ann); now == before {
		t.Errorf("the database that was put back still writes as %s", now)
	}
	s.must(t, ann.sync, ann.saves(phoning(id, "v#3.")), ann.sync, bob.sync)
	if err := s.clone(t.Context(), ann); err != nil {
		t.Fatal(err)
	}
	twin := s.devices[len(s.devices)-1]
	twin.net.bad = false
	if incarnation(twin) == incarnation(ann) {
		t.Error("the clone writes as its twin")
	}
	s.must(t, ann.saves(noting(id, "v#4.")), twin.saves(partner(sales.NewID(), "v#5.")), ann.sync, twin.sync, ann.sync, bob.sync)
	s.rests(t)
	if got := bob.notes(t, id); got != "v#4." {
		t.Errorf("bob sees %q", got)
	}
	for _, d := range []*device{ann, twin, bob} {
		if n, err := d.store.Count(t.Context(), sales.Query{Kind: "partner"}); err != nil || n != 2 {
			t.Errorf("%s has %d partners, %v", d.name, n, err)
		}
		if list, err := d.store.Pending(t.Context()); err != nil || len(list) != 0 {
			t.Errorf("%s: %+v, %v", d.name, list, err)
		}
	}
}
