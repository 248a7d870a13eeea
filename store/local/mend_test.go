package local

import (
	"testing"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/replica"
	"github.com/rounds-field/rounds/sync/wire"
)

// A row that cannot be read must not stop the pull that brings it anew: the bucket is found different, and mended.
func TestAPullGoesOnOverARowThatCannotBeRead(t *testing.T) {
	s, f := openTest(t), newFakeServer()
	id := sales.NewID()
	publish(t, s, f.page(f.set("t:11", "partner", id, sales.Values{"name": "one"}), f.set("t:11", "partner", sales.NewID(), sales.Values{"name": "two"})))
	if _, err := s.db.Writer().ExecContext(t.Context(), "UPDATE partner SET _stamps = x'ff' WHERE id = ?", id); err != nil {
		t.Fatal(err)
	}
	got, err := s.Publish(t.Context(), f.page(f.set("t:11", "partner", id, sales.Values{"phone": "1"})))
	if err != nil || len(got.Mismatched) != 1 {
		t.Fatalf("published %+v, %v", got, err)
	}
	if text(t, s, "partner", id, "name") != "one" || text(t, s, "partner", id, "phone") != "1" {
		t.Error("the record is not as the server has it")
	}
	var sum wire.Sum
	n := uint64(0)
	at, err := s.Parts(t.Context(), "t:11", func(r wire.RecordSum) { sum, n = sum.Add(r.Sum), n+1 })
	if err != nil {
		t.Fatal(err)
	}
	done, err := s.Mend(t.Context(), replica.Mending{Cursor: at, Checksum: sum, Count: n})
	if err != nil || !done.Agrees || n != 2 {
		t.Errorf("mended %+v of %d records, %v", done, n, err)
	}
	healthy(t, s)
}

// What is asked for from another place than this device stands at is not taken.
func TestNothingIsMendedFromAnotherPlace(t *testing.T) {
	s, f := openTest(t), newFakeServer()
	st := f.set("t:11", "partner", sales.NewID(), sales.Values{"name": "one"})
	publish(t, s, f.page(st))
	at, err := s.Parts(t.Context(), "t:11", func(wire.RecordSum) {})
	if err != nil {
		t.Fatal(err)
	}
	at.Seq++
	done, err := s.Mend(t.Context(), replica.Mending{Cursor: at, Drop: []wire.RecordSum{{Kind: "partner", ID: st.ID}}})
	if err != nil || !done.Moved {
		t.Errorf("%+v, %v", done, err)
	}
	if text(t, s, "partner", st.ID, "name") != "one" {
		t.Error("the record is gone")
	}
	healthy(t, s)
}

// A damaged record of this device's own making is written anew from the outbox, without any server.
func TestARecordThatOnlyThisDeviceKnowsIsRebuiltFromItsOutbox(t *testing.T) {
	s := openTest(t)
	id := mustWrite(t, s, sales.CreateOf(sales.Partner{Name: "one", Notes: "what was written"}))[0]
	if _, err := s.db.Writer().ExecContext(t.Context(), "UPDATE partner SET notes = 'what was w' WHERE id = ?", id); err != nil {
		t.Fatal(err)
	}
	found, err := s.Check(t.Context(), true)
	if err != nil || len(found) != 1 || found[0].Code != "row" || found[0].ID != id {
		t.Fatalf("found %+v, %v", found, err)
	}
	if err := s.Rebuild(t.Context(), found, false); err != nil {
		t.Fatal(err)
	}
	if got := text(t, s, "partner", id, "notes"); got != "what was written" {
		t.Errorf("the notes are %q", got)
	}
	healthy(t, s)
}
