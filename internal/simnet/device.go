package simnet

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store/local"
	"github.com/rounds-field/rounds/sync/replica"
)

// device is one user's computer.
type device struct {
	name   string
	userID string
	dir    string
	store  *local.Store
	engine *replica.Engine
	net    *network
	sim    *Sim
	newID  func() string
	skew   time.Duration // of its clock
	busy   bool          // in the middle of a pass
	cut    int           // calls of the store until the program is killed, 0 for never
	killed bool

	memory memory
	copies []copied
}

// memory is what the play knows of a device's database: it goes back with a copy of it.
type memory struct {
	writes []write         // what its user wrote and did not take back, in order
	gone   map[string]bool // records that its user deleted
}

func (m memory) clone() memory {
	return memory{writes: slices.Clone(m.writes), gone: maps.Clone(m.gone)}
}

// write is one field's value as a user wrote it. Values are unique, so that each can be found again.
type write struct {
	kind, id, field string
	value           string
	replaced        bool // its author wrote the field again: if the server never took it, it is not lost
}

// copied is a copy of a device's folder.
type copied struct {
	dir    string
	memory memory
}

func (d *device) now() time.Time { return d.sim.now.Add(d.skew) }

// addDevice makes a device whose folder is a copy of another one.
func (s *Sim) addDevice(ctx context.Context, name, userID, from string) (*device, error) {
	n := len(s.devices)
	d := &device{name: name, userID: userID, dir: filepath.Join(s.root, fmt.Sprintf("device%d", n)), sim: s, memory: memory{gone: map[string]bool{}}}
	d.newID = idsOf(s.seed, uint64(n)+1, d.now)
	d.net = newNetwork(s, d)
	if err := copyFolder(from, d.dir); err != nil {
		return nil, err
	}
	s.devices = append(s.devices, d)
	err := d.open(ctx)
	return d, err
}

// open starts the program on the device.
func (d *device) open(ctx context.Context) error {
	store, err := local.Open(ctx, d.dir, local.Options{Now: d.now, NoBackup: true, Sync: "off", NewID: d.newID, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return fmt.Errorf("%s opens: %w", d.name, err)
	}
	d.store, d.killed, d.cut = store, false, 0
	d.engine = replica.New(&cutStore{Store: store, d: d}, d.net, replica.Options{Now: d.now})
	incarnation, err := store.Incarnation(ctx)
	d.sim.note("%s opens as %s", d.name, incarnation)
	return err
}

// restart ends the program and starts it again.
func (d *device) restart(ctx context.Context) error {
	if err := d.store.Close(); err != nil {
		return fmt.Errorf("%s closes: %w", d.name, err)
	}
	return d.open(ctx)
}

// kill ends the program where it is: what it has committed is there, what it would have done at its end is not. Its clock may be another one when it
// starts again.
func (d *device) kill(ctx context.Context) error {
	d.sim.note("%s is killed", d.name)
	left := d.dir + ".left"
	if err := d.freeze(left); err != nil {
		return err
	}
	_ = d.store.Close() // the program is dead: what it does now is thrown away
	if err := replaceFolder(left, d.dir); err != nil {
		return err
	}
	if d.sim.one(2) {
		d.setClock()
	}
	return d.open(ctx)
}

// freeze copies the device's folder as it is while the program runs.
func (d *device) freeze(to string) error {
	d.store.WaitForSearch()
	return replaceFolder(d.dir, to)
}

// skews are the ways in which a clock may be wrong.
var skews = []time.Duration{0, 0, 0, time.Hour, -time.Hour, -24 * time.Hour, 24 * time.Hour, -36 * time.Hour, 10 * 365 * 24 * time.Hour, -3 * 365 * 24 * time.Hour}

func (d *device) setClock() {
	d.skew = skews[d.sim.rng.IntN(len(skews))]
	d.sim.note("%s clock %v", d.name, d.skew)
}

// sync does one pass, in which the program may be killed. Losing the network is part of the game; anything else is a fault.
func (d *device) sync(ctx context.Context) error {
	if d.net.bad && d.sim.one(12) {
		d.cut = 1 + d.sim.rng.IntN(14)
	}
	d.busy = true
	r, err := d.engine.Sync(ctx)
	d.busy, d.cut = false, 0
	d.sim.note("%s sync: pushed %d rejected %d pulled %d conflicts %d %v", d.name, r.Pushed, r.Rejected, r.Pulled, r.Conflicts, err != nil)
	if d.killed {
		return d.kill(ctx)
	}
	if err != nil && !sales.HasCode(err, sales.CodeOffline) {
		return fmt.Errorf("%s syncs: %w", d.name, err)
	}
	return nil
}

// keepCopy keeps a copy of the device's folder.
func (d *device) keepCopy(ctx context.Context) error {
	c := copied{dir: fmt.Sprintf("%s.copy%d", d.dir, len(d.copies)%2), memory: d.memory.clone()}
	d.sim.note("%s is copied", d.name)
	if err := d.freeze(c.dir); err != nil {
		return err
	}
	d.copies = append(slices.DeleteFunc(d.copies, func(o copied) bool { return o.dir == c.dir }), c)
	return ctx.Err()
}

// putBack puts a copy of the database, or of the whole folder, in the place of what the device has.
func (d *device) putBack(ctx context.Context) error {
	if len(d.copies) == 0 {
		return nil
	}
	c := d.copies[d.sim.rng.IntN(len(d.copies))]
	whole := d.sim.one(2)
	d.sim.note("%s is put back, the whole folder %v", d.name, whole)
	if err := d.store.Close(); err != nil {
		return err
	}
	var err error
	if whole {
		err = replaceFolder(c.dir, d.dir)
	} else {
		err = d.replaceDatabase(c.dir)
	}
	if err != nil {
		return err
	}
	d.memory = c.memory.clone()
	return d.open(ctx)
}

// replaceDatabase leaves what lies beside the database as it is.
func (d *device) replaceDatabase(from string) error {
	keep := d.dir + ".beside"
	if err := replaceFolder(d.dir, keep); err != nil {
		return err
	}
	if err := replaceFolder(from, d.dir); err != nil {
		return err
	}
	return copyFile(filepath.Join(keep, "incarnation"), filepath.Join(d.dir, "incarnation"))
}

// clone gives the user a further computer with a copy of this one's folder; both are used from now on.
func (s *Sim) clone(ctx context.Context, d *device) error {
	if len(s.devices) > len(people)+1 {
		return nil
	}
	s.note("%s is cloned", d.name)
	from := d.dir + ".cloned"
	if err := d.freeze(from); err != nil {
		return err
	}
	c, err := s.addDevice(ctx, fmt.Sprintf("d%d(%s)", len(s.devices), s.office.users[d.userID].Name), d.userID, from)
	if err != nil {
		return err
	}
	c.memory, c.net.bad = d.memory.clone(), d.net.bad
	return nil
}

// errKilled is what a call of a program that is no more gives.
var errKilled = errors.New("the program was killed")
