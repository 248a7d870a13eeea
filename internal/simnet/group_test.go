package simnet

import (
	"testing"

	"github.com/rounds-field/rounds/sales"
)

// TestFieldsThatBelongTogetherNeverMixTwoEdits has one device move a deal to another stage while another corrects its closing day: the stage and the
// day are of one group, so the deal must end as one of the two left it, and the other's author is told.
func TestFieldsThatBelongTogetherNeverMixTwoEdits(t *testing.T) {
	ctx := t.Context()
	s := newSim(1, t.TempDir())
	defer s.close()
	if err := s.prepare(ctx); err != nil {
		t.Fatal(err)
	}
	a, b := s.devices[0], s.devices[2] // ann and bob
	for _, d := range s.devices {
		d.net.bad = false
	}
	deal := sales.Opportunity{ID: sales.NewID(), Name: "三十台终端", Stage: "won", ClosedOn: "2026-02-20", CloseReason: "price"}
	partner := sales.Partner{ID: sales.NewID(), Name: "铜陵达人科技", RegionCode: "1101"}
	deal.PartnerID = partner.ID
	write := func(d *device, edits ...sales.Edit) {
		t.Helper()
		if _, err := d.store.Write(ctx, edits...); err != nil {
			t.Fatal(err)
		}
	}
	sync := func(ds ...*device) {
		t.Helper()
		for _, d := range ds {
			if err := d.sync(ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
	write(a, sales.CreateOf(partner), sales.CreateOf(deal))
	sync(a, b)
	write(a, sales.Edit{Verb: sales.Update, Kind: "opportunity", ID: deal.ID, Values: sales.Values{"closed_on": "2026-02-25"}})
	write(b, sales.Edit{Verb: sales.Update, Kind: "opportunity", ID: deal.ID, Values: sales.Values{"close_reason": "service"}})
	sync(a, b, a, b)
	for _, d := range []*device{a, b} {
		r, err := d.store.Get(ctx, "opportunity", deal.ID)
		if err != nil {
			t.Fatal(err)
		}
		day, reason := r.Text("closed_on"), r.Text("close_reason")
		if !(day == "2026-02-25" && reason == "price") && !(day == "2026-02-20" && reason == "service") {
			t.Errorf("%s sees a mixture: closed on %s because of %s", d.name, day, reason)
		}
	}
	told := 0
	for _, d := range []*device{a, b} {
		n, err := d.store.Count(ctx, sales.Query{Kind: "conflict"})
		if err != nil {
			t.Fatal(err)
		}
		told += n
	}
	if told == 0 {
		t.Error("nobody is told that an edit lost")
	}
}
