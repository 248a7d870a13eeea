package simnet

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
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
	Seed     uint64
	Steps    int    // what users, office, clocks and network do, all devices together
	Dir      string // an empty folder for the databases
	Database string // of the server, an empty one as for central.Open; "" makes one in Dir. It is not put back from backups.
	Restores bool   // the server and devices are put back from copies
	Full     bool   // the trace holds every message in words, not only a digest of it
}

// Sim is one play.
type Sim struct {
	seed     uint64
	rng      *rand.Rand
	now      time.Time
	root     string
	newID    func() string // of the server
	journal  *central.Journal
	office   office
	devices  []*device
	trace    strings.Builder
	full     bool
	database string
	restores bool
	serial   int
	starts   uint64 // of the server
	backups  []backup
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

// begin is the moment at which every play begins.
var begin = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

// Play runs one play and checks it. The trace tells what happened, in order, also when err says that the check failed.
func Play(ctx context.Context, o Options) (trace string, err error) {
	s := newSim(o.Seed, o.Dir)
	s.full, s.restores, s.database = o.Full, o.Restores, o.Database
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
	if err := s.end(ctx); err != nil {
		return "", err
	}
	return "", s.last(ctx)
}

// last adds what the server holds in the end to the trace.
func (s *Sim) last(ctx context.Context) error { return s.journal.Dump(ctx, &s.trace) }

// end lets everything come to rest and checks it.
func (s *Sim) end(ctx context.Context) error {
	if err := s.settle(ctx); err != nil {
		return fmt.Errorf("settle: %w", err)
	}
	if err := s.converged(ctx); err != nil {
		return fmt.Errorf("not converged: %w", err)
	}
	if err := s.accounted(ctx); err != nil {
		return fmt.Errorf("not accounted for: %w", err)
	}
	return nil
}

func newSim(seed uint64, dir string) *Sim {
	rng := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // a play is to be repeated
	s := &Sim{seed: seed, rng: rng, now: begin, root: dir}
	s.newID = idsOf(seed, 0, func() time.Time { return s.now })
	return s
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

// one draws whether something happens that happens once in n times.
func (s *Sim) one(n int) bool { return s.rng.IntN(n) == 0 }

// text makes a value that occurs once.
func (s *Sim) text() string {
	s.serial++
	return fmt.Sprintf("v#%d.", s.serial)
}

// prepare makes the server with what every organisation has, and a device for each of the people, who begin with that.
func (s *Sim) prepare(ctx context.Context) error {
	from, err := template(ctx)
	if err != nil {
		return err
	}
	if s.database == "" {
		if err := copyFolder(from.server, s.serverDir()); err != nil {
			return err
		}
		s.office = from.office.clone()
	}
	if err := s.openServer(ctx); err != nil {
		return err
	}
	if s.database != "" {
		if s.office, err = s.found(ctx); err != nil {
			return err
		}
	}
	for _, p := range people {
		if _, err := s.join(ctx, p.name); err != nil {
			return err
		}
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

// join gives a user a further device, with an empty workbook.
func (s *Sim) join(ctx context.Context, name string) (*device, error) {
	from, err := template(ctx)
	if err != nil {
		return nil, err
	}
	userID := s.office.ids[name]
	d, err := s.addDevice(ctx, fmt.Sprintf("d%d(%s)", len(s.devices), name), userID, from.device)
	if err != nil {
		return nil, err
	}
	u := s.office.users[userID]
	return d, d.store.Attach(ctx, local.Identity{
		UserID: userID, UserName: name, DisplayName: name, Role: sales.Role(u.Role), Server: "sim", OrganisationID: s.journal.Organisation(),
	})
}

// first are the records of a new organisation, besides its users.
func first(newID func() string) []sales.Edit {
	var edits []sales.Edit
	for _, r := range sales.Defaults() {
		edits = append(edits, sales.Edit{Verb: sales.Create, Kind: r.Kind, ID: r.ID, Values: r.Values})
	}
	for _, t := range [][2]string{{"11", ""}, {"12", ""}, {"1101", "11"}, {"1201", "12"}} {
		edits = append(edits, sales.CreateOf(sales.Territory{ID: newID(), Code: t[0], Name: "territory " + t[0], ParentCode: t[1]}))
	}
	return edits
}

// meanwhile is what another device does between two pages of a pull.
func (s *Sim) meanwhile(ctx context.Context, puller *device) {
	if !s.one(3) {
		return
	}
	other := s.devices[s.rng.IntN(len(s.devices))]
	if other == puller || other.busy {
		return
	}
	// A fault here is found again at the end, by what it leaves behind.
	_ = s.work(ctx, other)
	_ = other.sync(ctx)
}

// accessOf is what a user may see, as the server knows it at the moment.
func (s *Sim) accessOf(userID string) sales.Access { return s.office.users[userID].Access() }

// caller is who calls from a device.
func (s *Sim) caller(d *device) wire.Caller {
	return wire.Caller{Access: s.accessOf(d.userID), Device: d.name}
}

func (s *Sim) serverDir() string { return filepath.Join(s.root, "server") }

// copyFolder copies the files of a folder into another, which is made.
func copyFolder(from, to string) error {
	if err := os.MkdirAll(to, 0o700); err != nil {
		return err
	}
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, e := range entries {
		// The index of the write-ahead log lives as long as somebody has the database open.
		if e.IsDir() || strings.HasSuffix(e.Name(), "-shm") || strings.HasSuffix(e.Name(), ".lock") {
			continue
		}
		b, err := os.ReadFile(filepath.Join(from, e.Name()))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, e.Name()), b, 0o600); err != nil { // #nosec G703 -- the folders of a play
			return err
		}
	}
	return nil
}

// replaceFolder puts a copy in the place of a folder.
func replaceFolder(from, to string) error {
	if err := os.RemoveAll(to); err != nil {
		return err
	}
	return copyFolder(from, to)
}

func copyFile(from, to string) error {
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, b, 0o600) // #nosec G703 -- the same
}
