package simnet

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store/local"
	"github.com/rounds-field/rounds/sync/replica"
)

// device is one user's computer.
type device struct {
	name   string
	user   local.Identity
	dir    string
	store  *local.Store
	engine *replica.Engine
	net    *network
	skew   time.Duration // of its clock
	sim    *Sim
	writes []write         // what its user wrote and did not take back, in order
	gone   map[string]bool // records that its user deleted
}

// write is one field's value as a user wrote it. Values are unique, so that each can be found again.
type write struct {
	kind, id, field string
	value           any
	replaced        bool // its author wrote the field again: if the server never took it, it is not lost
}

func (d *device) now() time.Time { return d.sim.now.Add(d.skew) }

// open starts the program on the device.
func (d *device) open(ctx context.Context) error {
	store, err := local.Open(ctx, d.dir, local.Options{Now: d.now, NoBackup: true, Sync: "off"})
	if err != nil {
		return fmt.Errorf("%s opens: %w", d.name, err)
	}
	d.store = store
	d.engine = replica.New(store, d.net, replica.Options{Now: d.now})
	return nil
}

// restart ends the program and starts it again.
func (d *device) restart(ctx context.Context) error {
	if err := d.store.Close(); err != nil {
		return fmt.Errorf("%s closes: %w", d.name, err)
	}
	return d.open(ctx)
}

// sync does one pass. Losing the network is part of the game; anything else is a fault.
func (d *device) sync(ctx context.Context) error {
	r, err := d.engine.Sync(ctx)
	d.sim.note("%s sync: pushed %d rejected %d pulled %d conflicts %d %v", d.name, r.Pushed, r.Rejected, r.Pulled, r.Conflicts, err != nil)
	if err != nil && !sales.HasCode(err, sales.CodeOffline) {
		return fmt.Errorf("%s syncs: %w", d.name, err)
	}
	return nil
}

// save writes edits as the user would; a refusal by the rules of the domain is part of the game.
func (d *device) save(ctx context.Context, edits ...sales.Edit) error {
	ids, err := d.store.Write(ctx, edits...)
	if err != nil {
		var known bool
		for _, code := range []string{sales.CodeBadReference, sales.CodeNotFound, sales.CodeBadOrder, sales.CodeReasonNeeded, sales.CodeRequired, sales.CodeGone, sales.CodeForbidden, sales.CodeHeld} {
			known = known || sales.HasCode(err, code)
		}
		if !known {
			return fmt.Errorf("%s writes: %w", d.name, err)
		}
		d.sim.note("%s refused", d.name)
		return nil
	}
	for i, e := range edits {
		if e.Verb == sales.Delete {
			d.gone[ids[i]] = true
		}
		d.sim.note("%s %s %s %v", d.name, e.Verb, e.Kind, e.Values)
		for field, v := range e.Values {
			for j := range d.writes {
				if w := &d.writes[j]; w.id == ids[i] && w.field == field {
					w.replaced = true
				}
			}
			if unique(v) {
				d.writes = append(d.writes, write{kind: e.Kind, id: ids[i], field: field, value: v})
			}
		}
	}
	return nil
}

// undo takes back one waiting change, if there is one.
func (d *device) undo(ctx context.Context, rng *rand.Rand) error {
	list, err := d.store.Pending(ctx)
	if err != nil || len(list) == 0 {
		return err
	}
	p := list[rng.IntN(len(list))]
	if err := d.store.Undo(ctx, p.ID); err != nil {
		if sales.HasCode(err, sales.CodeBadReference) || sales.HasCode(err, sales.CodeNotFound) || sales.HasCode(err, sales.CodeBadOrder) {
			return nil
		}
		return fmt.Errorf("%s undoes: %w", d.name, err)
	}
	d.sim.note("%s undo %s %v", d.name, p.Kind, p.Values)
	left, err := d.store.Pending(ctx)
	if err != nil {
		return err
	}
	still := map[string]bool{}
	for _, q := range left {
		still[q.ID] = true
	}
	for _, q := range list {
		if !still[q.ID] || q.Group == p.Group { // what may be at the server already is undone by a further change
			d.forget(q)
		}
	}
	return nil
}

// forget strikes the writes of a change that its user took back.
func (d *device) forget(p sales.Pending) {
	kept := d.writes[:0]
	for _, w := range d.writes {
		if w.id == p.RecordID && sales.Same(p.Values[w.field], w.value) {
			continue
		}
		kept = append(kept, w)
	}
	d.writes = kept
}

func newDevice(ctx context.Context, s *Sim, root string, n int, user local.Identity, net *network) (*device, error) {
	d := &device{name: fmt.Sprintf("d%d(%s)", n, user.UserName), user: user, dir: filepath.Join(root, fmt.Sprintf("device%d", n)), net: net, sim: s, gone: map[string]bool{}}
	if err := d.open(ctx); err != nil {
		return nil, err
	}
	return d, d.store.Attach(ctx, user)
}
