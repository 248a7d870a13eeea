package simnet

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

// stage is a server and the devices of ann (11), bob (11 and 12), cai (12) and the manager dee, with a network that is fine.
type stage struct {
	t   *testing.T
	ctx context.Context //nolint:containedctx // the test's
	*Sim
	ann, bob, cai, dee *device
}

func newStage(t *testing.T) *stage {
	t.Helper()
	s := newSim(1, t.TempDir())
	t.Cleanup(s.close)
	if err := s.prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, d := range s.devices {
		d.net.bad = false
	}
	s.unrepaired(t)
	return &stage{t: t, ctx: t.Context(), Sim: s, ann: s.devices[0], bob: s.devices[2], cai: s.devices[3], dee: s.devices[4]}
}

// unrepaired has a story fail at its end in which a bucket had to be repaired: a repair mends what was told wrongly, so that nothing else would show it.
func (s *Sim) unrepaired(t *testing.T) {
	t.Cleanup(func() {
		for _, d := range s.devices {
			if d.net.repairs > 0 {
				t.Errorf("%s asked %d times what differs in a bucket: it was told something wrong, or nothing", d.name, d.net.repairs)
			}
		}
	})
}

func (s *stage) write(d *device, edits ...sales.Edit) []string {
	s.t.Helper()
	ids, err := d.store.Write(s.ctx, edits...)
	if err != nil {
		s.t.Fatal(err)
	}
	return ids
}

func (s *stage) sync(ds ...*device) {
	s.t.Helper()
	for _, d := range ds {
		if err := d.sync(s.ctx); err != nil {
			s.t.Fatal(err)
		}
	}
}

func (s *stage) office(edits ...sales.Edit) []string {
	s.t.Helper()
	ids, err := s.journal.Commit(s.ctx, wire.Caller{Device: "office"}, edits...)
	if err != nil {
		s.t.Fatal(err)
	}
	return ids
}

func (s *stage) pending(d *device) []sales.Pending {
	s.t.Helper()
	list, err := d.store.Pending(s.ctx)
	if err != nil {
		s.t.Fatal(err)
	}
	return list
}

func (s *stage) has(d *device, kind, id string) bool {
	s.t.Helper()
	_, err := d.store.Get(s.ctx, kind, id)
	if err != nil && !sales.HasCode(err, sales.CodeNotFound) {
		s.t.Fatal(err)
	}
	return err == nil
}

// converge lets everybody sync and checks all devices against the server, and each against itself.
func (s *stage) converge() {
	s.t.Helper()
	s.sync(s.devices...)
	if err := s.converged(s.ctx); err != nil {
		s.t.Error(err)
	}
}

func set(kind, id, field string, v any) sales.Edit {
	return sales.Edit{Verb: sales.Update, Kind: kind, ID: id, Values: sales.Values{field: v}}
}

// customers makes n partners in a territory, each with a contact, and gives the ids of both.
func (s *stage) customers(n int, region string) (partners, contacts []string) {
	s.t.Helper()
	var edits []sales.Edit
	for i := range n {
		p := sales.Partner{ID: sales.NewID(), Name: fmt.Sprintf("%s customer %d", region, i), RegionCode: region}
		c := sales.Contact{ID: sales.NewID(), Name: fmt.Sprintf("%s person %d", region, i), PartnerID: p.ID}
		partners, contacts = append(partners, p.ID), append(contacts, c.ID)
		edits = append(edits, sales.CreateOf(p), sales.CreateOf(c))
	}
	s.office(edits...)
	return partners, contacts
}

// dump is everything that a device shows, by kind and id.
func (s *stage) dump(d *device) map[string]map[string]sales.Values {
	s.t.Helper()
	out := map[string]map[string]sales.Values{}
	for _, k := range sales.Kinds() {
		list, err := d.store.List(s.ctx, sales.Query{Kind: k.Name})
		if err != nil {
			s.t.Fatal(err)
		}
		for _, r := range list {
			if out[k.Name] == nil {
				out[k.Name] = map[string]sales.Values{}
			}
			out[k.Name][r.ID] = r.Values
		}
	}
	return out
}

// fresh is a new device of the same user, synced.
func (s *stage) fresh(d *device) *device {
	s.t.Helper()
	f, err := s.join(s.ctx, s.Sim.office.users[d.userID].Name)
	if err != nil {
		s.t.Fatal(err)
	}
	f.net.bad = false
	s.sync(f)
	return f
}

// sameAsFresh compares a device with a new one of the same user: what is shown, and where both stand in which buckets.
func (s *stage) sameAsFresh(d *device) {
	s.t.Helper()
	f := s.fresh(d)
	if diff := cmp.Diff(s.dump(f), s.dump(d)); diff != "" {
		s.t.Errorf("%s differs from a new device (-new +it):\n%s", d.name, diff)
	}
	want, err := f.store.Cursors(s.ctx)
	if err != nil {
		s.t.Fatal(err)
	}
	got, err := d.store.Cursors(s.ctx)
	if err != nil {
		s.t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		s.t.Errorf("%s stands elsewhere than a new device (-new +it):\n%s", d.name, diff)
	}
}
