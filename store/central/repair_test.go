package central_test

import (
	"slices"
	"testing"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

func TestABucketIsToldBySlotsThenRecordsThenStates(t *testing.T) {
	w := newWorld(t)
	rep := w.device("rep", sales.RoleRep, "31")
	var batch []wire.Change
	for range 300 {
		batch = append(batch, rep.create(sales.Partner{Name: "P", RegionCode: "31"}))
	}
	rep.mustPush(batch...)
	gone := rep.change(sales.Delete, "partner", batch[0].RecordID)
	seen := rep.pullAll(0)[batch[0].RecordID]
	gone.Base = seen.Latest()
	rep.mustPush(gone)

	ask := func(req wire.RepairRequest) wire.RepairResponse {
		t.Helper()
		req.Bucket = "t:31"
		resp, err := w.journal.Repair(t.Context(), rep.caller, req)
		if err != nil {
			t.Fatal(err)
		}
		return resp
	}
	all := ask(wire.RepairRequest{})
	var total wire.Sum
	for _, s := range all.Slots {
		total = total.Add(s)
	}
	if len(all.Slots) != wire.RepairSlots || total != all.Checksum || all.Count != 299 || all.Cursor.Seq == 0 {
		t.Fatalf("%d slots, count %d, cursor %+v, sums agree: %v", len(all.Slots), all.Count, all.Cursor, total == all.Checksum)
	}
	slot := wire.RepairSlotOf(batch[7].RecordID)
	part := ask(wire.RepairRequest{Slots: []int{slot}})
	var sum wire.Sum
	var ids []string
	for _, s := range part.Sums {
		if wire.RepairSlotOf(s.ID) != slot || s.Kind != "partner" {
			t.Errorf("%s %s is of another slot", s.Kind, s.ID)
		}
		sum = sum.Add(s.Sum)
		ids = append(ids, s.ID)
	}
	if sum != all.Slots[slot] || !slices.Contains(ids, batch[7].RecordID) {
		t.Errorf("the records %v do not make up their slot", ids)
	}
	states := ask(wire.RepairRequest{Records: []string{batch[7].RecordID, batch[0].RecordID, sales.NewID()}}).Records
	if len(states) != 1 || states[0].ID != batch[7].RecordID || states[0].Bucket != "t:31" {
		t.Errorf("states %+v: want the one record that is there, neither the deleted nor the unknown one", states)
	}
}

func TestABucketThatACallerDoesNotSeeIsNotToldOf(t *testing.T) {
	w := newWorld(t)
	rep, other := w.device("rep", sales.RoleRep, "31"), w.device("other", sales.RoleRep, "44")
	c := rep.create(sales.Partner{Name: "P", RegionCode: "31"})
	rep.mustPush(c)
	for _, req := range []wire.RepairRequest{
		{Bucket: "t:31"},
		{Bucket: "t:31", Slots: []int{1}},
		{Bucket: "t:31", Records: []string{c.RecordID}},
		{Bucket: "t:4401", Records: []string{c.RecordID}},
		{Bucket: sales.PersonBucket(rep.caller.UserID)},
	} {
		if resp, err := w.journal.Repair(t.Context(), other.caller, req); !sales.HasCode(err, sales.CodeNotFound) || resp.Count != 0 {
			t.Errorf("%+v: %+v, %v", req, resp, err)
		}
	}
	// A record of a bucket that is not seen does not come through one that is.
	resp, err := w.journal.Repair(t.Context(), other.caller, wire.RepairRequest{Bucket: "o", Records: []string{c.RecordID}})
	if err != nil || len(resp.Records) != 0 {
		t.Errorf("%+v, %v", resp.Records, err)
	}
	for _, req := range []wire.RepairRequest{{Bucket: "o", Slots: []int{256}}, {Bucket: "o", Records: []string{"x"}}} {
		if _, err := w.journal.Repair(t.Context(), other.caller, req); !sales.HasCode(err, sales.CodeInvalid) {
			t.Errorf("%+v: %v", req, err)
		}
	}
}
