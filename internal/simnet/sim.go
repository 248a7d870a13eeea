package simnet

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store/central"
	"github.com/rounds-field/rounds/store/local"
	"github.com/rounds-field/rounds/sync/wire"
)

// Options say what to play.
type Options struct {
	Seed  uint64
	Steps int    // what users, clocks and network do, all devices together
	Dir   string // an empty folder for the databases
}

// Sim is one play.
type Sim struct {
	rng     *rand.Rand
	now     time.Time
	root    string
	journal *central.Journal
	devices []*device
	trace   strings.Builder
	serial  int
}

// people are the users: two devices belong to the first, territories overlap, and one sees all.
var people = []struct {
	name        string
	role        sales.Role
	territories []string
}{
	{"ann", sales.RoleRep, []string{"11"}},
	{"ann", sales.RoleRep, []string{"11"}},
	{"bob", sales.RoleRep, []string{"11", "12"}},
	{"cai", sales.RoleRep, []string{"12"}},
	{"dee", sales.RoleManager, nil},
}

// Play runs one play and checks it. The trace tells what happened, in order, also when err says that the check failed.
func Play(ctx context.Context, o Options) (trace string, err error) {
	s := newSim(o.Seed, o.Dir)
	defer func() {
		s.close()
		trace = s.trace.String()
	}()
	if err := s.prepare(ctx); err != nil {
		return "", err
	}
	for i := range o.Steps {
		s.now = s.now.Add(time.Duration(s.rng.IntN(600_000)) * time.Millisecond)
		if err := s.step(ctx); err != nil {
			return "", fmt.Errorf("step %d: %w", i, err)
		}
	}
	if err := s.settle(ctx); err != nil {
		return "", fmt.Errorf("settle: %w", err)
	}
	if err := s.converged(ctx); err != nil {
		return "", fmt.Errorf("not converged: %w", err)
	}
	if err := s.accounted(ctx); err != nil {
		return "", fmt.Errorf("not accounted for: %w", err)
	}
	return "", nil
}

func newSim(seed uint64, dir string) *Sim {
	rng := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // a play is to be repeated
	return &Sim{rng: rng, now: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC), root: dir}
}

// close closes what is open; the databases are thrown away, so that its errors tell nothing.
func (s *Sim) close() {
	for _, d := range s.devices {
		if d.store != nil {
			_ = d.store.Close()
		}
	}
	if s.journal != nil {
		_ = s.journal.Close()
	}
}

func (s *Sim) note(format string, a ...any) { fmt.Fprintf(&s.trace, format+"\n", a...) }

// unique says whether a value is one of those that occur once.
func unique(v any) bool {
	t, ok := v.(string)
	return ok && strings.HasPrefix(t, "v#")
}

// text makes a value that occurs once.
func (s *Sim) text() string {
	s.serial++
	return fmt.Sprintf("v#%d", s.serial)
}

func (s *Sim) prepare(ctx context.Context) error {
	if err := s.openServer(ctx); err != nil {
		return err
	}
	var edits []sales.Edit
	for _, r := range sales.Defaults() {
		edits = append(edits, sales.Edit{Verb: sales.Create, Kind: r.Kind, ID: r.ID, Values: r.Values})
	}
	for _, c := range []string{"11", "12", "1101", "1201"} {
		edits = append(edits, sales.CreateOf(sales.Territory{Code: c, Name: "territory " + c, ParentCode: strings.TrimSuffix(c, "01")}))
	}
	edits[len(edits)-4].Values["parent_code"], edits[len(edits)-3].Values["parent_code"] = nil, nil
	ids := map[string]string{}
	for _, p := range people {
		if ids[p.name] == "" {
			u := sales.User{ID: sales.NewID(), Name: p.name, DisplayName: p.name, Role: string(p.role), Territories: p.territories}
			ids[p.name] = u.ID
			edits = append(edits, sales.CreateOf(u))
		}
	}
	if _, err := s.journal.Commit(ctx, wire.Caller{Device: "office"}, edits...); err != nil {
		return fmt.Errorf("prepare the server: %w", err)
	}
	for i, p := range people {
		net := &network{rng: s.rng, journal: func() *central.Journal { return s.journal }, bad: true, note: s.note, page: 1 + s.rng.IntN(40)}
		net.caller = wire.Caller{Access: sales.Access{UserID: ids[p.name], Role: p.role, Territories: p.territories}, Device: fmt.Sprintf("device %d", i)}
		net.between = func() { s.meanwhile(ctx, i) }
		user := local.Identity{UserID: ids[p.name], UserName: p.name, DisplayName: p.name, Role: p.role, Server: "sim", OrganisationID: s.journal.Organisation()}
		d, err := newDevice(ctx, s, s.root, i, user, net)
		if err != nil {
			return err
		}
		if net.caller.Incarnation, err = d.store.Incarnation(ctx); err != nil {
			return err
		}
		s.devices = append(s.devices, d)
	}
	for _, d := range s.devices { // everybody begins with what the organisation has
		d.net.bad = false
		if err := d.sync(ctx); err != nil {
			return err
		}
		d.net.bad = true
	}
	return nil
}

func (s *Sim) openServer(ctx context.Context) (err error) {
	s.journal, err = central.Open(ctx, filepath.Join(s.root, "server.db"), central.Options{Now: func() time.Time { return s.now }, Sync: "off"})
	return err
}

// skews are the ways in which a clock may be wrong.
var skews = []time.Duration{0, 0, 0, time.Hour, -time.Hour, 24 * time.Hour, -36 * time.Hour, 10 * 365 * 24 * time.Hour, -3 * 365 * 24 * time.Hour}

// step lets one thing happen.
func (s *Sim) step(ctx context.Context) error {
	d := s.devices[s.rng.IntN(len(s.devices))]
	switch x := s.rng.IntN(100); {
	case x < 62:
		return s.work(ctx, d)
	case x < 80:
		return d.sync(ctx)
	case x < 84:
		d.net.down = !d.net.down
		s.note("%s down %v", d.name, d.net.down)
		return nil
	case x < 88:
		s.note("%s restarts", d.name)
		return d.restart(ctx)
	case x < 91:
		d.skew = skews[s.rng.IntN(len(skews))]
		s.note("%s clock %v", d.name, d.skew)
		return nil
	case x < 94:
		return d.undo(ctx, s.rng)
	case x < 97:
		return d.net.deliverLate(ctx)
	}
	s.note("server restarts")
	if err := s.journal.Close(); err != nil {
		return err
	}
	return s.openServer(ctx)
}

// meanwhile is what another device does between two pages of a pull.
func (s *Sim) meanwhile(ctx context.Context, puller int) {
	if s.rng.IntN(3) != 0 {
		return
	}
	other := s.devices[(puller+1+s.rng.IntN(len(s.devices)-1))%len(s.devices)]
	was := other.net.between
	other.net.between = nil
	defer func() { other.net.between = was }()
	// A fault here is found again at the end, by what it leaves behind.
	_ = s.work(ctx, other)
	_ = other.sync(ctx)
}
