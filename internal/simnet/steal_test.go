package simnet

import (
	"strings"
	"testing"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/replica"
)

// The role is the same, but the territory is gone: what lies there can neither be deleted any more nor be taken along into a territory that is left, where it could
// be read.
func TestALostTerritoryCannotBeEmptiedByEditsFromBefore(t *testing.T) {
	const secret = "a secret written after the right was gone"
	s := newStage(t)
	partners, contacts := s.customers(4, "1201")
	own, _ := s.customers(1, "1101")
	lone := s.office(sales.CreateOf(sales.Partner{Name: "without contacts", RegionCode: "1201"}))[0]
	s.sync(s.bob, s.cai)
	s.write(s.bob, sales.Edit{Verb: sales.Delete, Kind: "contact", ID: contacts[0]})
	s.write(s.bob, set("partner", partners[1], "region_code", "1101"))
	s.write(s.bob, set("contact", contacts[2], "partner_id", own[0]))
	s.write(s.bob, sales.Edit{Verb: sales.Delete, Kind: "partner", ID: lone})
	s.write(s.cai, set("partner", partners[1], "phone", secret), set("contact", contacts[1], "mobile", secret), set("contact", contacts[2], "mobile", secret))
	s.sync(s.cai)
	s.bob.becomes(sales.RoleRep, []string{"11"})
	spy := &listening{Transport: s.bob.net}
	for range 2 {
		if _, err := replica.New(s.bob.store, spy, replica.Options{Now: s.bob.now}).Sync(s.ctx); err != nil {
			t.Fatal(err)
		}
	}
	if strings.Contains(spy.heard.String(), secret) {
		t.Errorf("the server told: %s", &spy.heard)
	}
	tray := s.pending(s.bob)
	if len(tray) != 4 {
		t.Fatalf("%d changes in the tray, want all 4", len(tray))
	}
	for _, p := range tray {
		if p.Problem == nil || p.Problem.Code != sales.CodeForbidden {
			t.Errorf("%s %s: %v: want a refusal", p.Verb, p.Kind, p.Problem)
		}
	}
	s.sync(s.cai)
	if !s.has(s.cai, "partner", lone) {
		t.Error("a partner is gone from the territory")
	}
	for i := range partners {
		if !s.has(s.cai, "partner", partners[i]) || !s.has(s.cai, "contact", contacts[i]) {
			t.Errorf("record %d is gone from the territory", i)
		}
	}
	if r, err := s.cai.store.Get(s.ctx, "contact", contacts[2]); err != nil || r.Text("partner_id") != partners[2] {
		t.Errorf("a contact was taken along: %v, %v", r.Values, err)
	}
	for _, p := range tray {
		if err := s.bob.store.Undo(s.ctx, p.ID); err != nil && !sales.HasCode(err, sales.CodeNotFound) {
			t.Fatal(err)
		}
	}
	s.sync(s.bob)
	s.sameAsFresh(s.bob)
	s.converge()
}
