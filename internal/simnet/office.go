package simnet

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store/central"
	"github.com/rounds-field/rounds/sync/wire"
)

// office is what the server's administrators have set. It is part of the server's database, and goes back with it.
type office struct {
	ids   map[string]string // users by name
	users map[string]sales.User
}

func (o office) clone() office { return office{ids: o.ids, users: maps.Clone(o.users)} }

// backup is a copy of the server's database.
type backup struct {
	dir    string
	at     time.Time
	office office
}

func (s *Sim) openServer(ctx context.Context) (err error) {
	s.starts++ // each process of the server has its own node number
	database := s.database
	if database == "" {
		database = filepath.Join(s.serverDir(), "server.db")
	}
	s.journal, err = central.Open(ctx, database, central.Options{
		Now: func() time.Time { return s.now }, Sync: "off", NewID: s.newID, Node: s.starts << 16,
	})
	return err
}

func (s *Sim) restartServer(ctx context.Context) error {
	if err := s.journal.Close(); err != nil {
		return err
	}
	return s.openServer(ctx)
}

// backup keeps a copy of the server's database.
func (s *Sim) backup(ctx context.Context) error {
	if err := s.journal.Close(); err != nil {
		return err
	}
	b := backup{dir: filepath.Join(s.root, fmt.Sprintf("backup%d", len(s.backups))), at: s.now, office: s.office.clone()}
	if err := replaceFolder(s.serverDir(), b.dir); err != nil {
		return err
	}
	s.backups = append(s.backups, b)
	s.note("server is backed up: %d", len(s.backups))
	return s.openServer(ctx)
}

// horizon is for how long devices keep acknowledged changes: from an older backup the server is not restored.
const horizon = 30 * 24 * time.Hour

// restore puts one of the backups in the place of the server's database.
func (s *Sim) restore(ctx context.Context) error {
	i := len(s.backups) - 1 - s.rng.IntN(3)
	if i < 0 || s.now.Sub(s.backups[i].at) >= horizon {
		return nil
	}
	return s.restoreFrom(ctx, s.backups[i])
}

func (s *Sim) restoreFrom(ctx context.Context, b backup) error {
	s.note("server is restored from %v ago", s.now.Sub(b.at))
	if err := s.journal.Close(); err != nil {
		return err
	}
	if err := replaceFolder(b.dir, s.serverDir()); err != nil {
		return err
	}
	s.office = b.office.clone()
	return s.openServer(ctx)
}

// officeWork is what administrators do: a territory goes to another one, a user to other territories, a role is revoked or given back.
func (s *Sim) officeWork(ctx context.Context) error {
	if s.one(3) {
		return s.moveTerritory(ctx)
	}
	ids := slices.Sorted(maps.Keys(s.office.users))
	u := s.office.users[ids[s.rng.IntN(len(ids))]]
	switch {
	case s.one(3) && u.Role == string(sales.RoleRep):
		u.Role = string(sales.RoleAuditor)
	case u.Role == string(sales.RoleAuditor):
		u.Role = string(sales.RoleRep)
	default:
		u.Territories = [][]string{{"11"}, {"12"}, {"11", "12"}, {"1101"}, {"1201"}, {"1101", "12"}}[s.rng.IntN(6)]
	}
	return s.setUser(ctx, u)
}

// setUser writes a user's role and territories.
func (s *Sim) setUser(ctx context.Context, u sales.User) error {
	s.note("office: %s is %s in %v", u.Name, u.Role, u.Territories)
	values := sales.Values{"role": u.Role, "territories": u.Territories}
	if _, err := s.journal.Commit(ctx, wire.Caller{Device: "office"}, sales.Edit{Verb: sales.Update, Kind: "user", ID: u.ID, Values: values}); err != nil {
		return fmt.Errorf("office: %w", err)
	}
	s.office.users[u.ID] = u
	return nil
}

// moveTerritory puts 1101 or 1201 below 11 or 12.
func (s *Sim) moveTerritory(ctx context.Context) error {
	code, parent := []string{"1101", "1201"}[s.rng.IntN(2)], []string{"11", "12"}[s.rng.IntN(2)]
	s.note("office: %s lies in %s", code, parent)
	list, err := s.view(ctx, s.everybody())
	if err != nil {
		return err
	}
	for id, v := range list["territory"] {
		if v["code"] == code {
			_, err := s.journal.Commit(ctx, wire.Caller{Device: "office"}, sales.Edit{Verb: sales.Update, Kind: "territory", ID: id, Values: sales.Values{"parent_code": parent}})
			return err
		}
	}
	return fmt.Errorf("office: there is no territory %s", code)
}

// everybody is a caller who sees every territory.
func (s *Sim) everybody() wire.Caller {
	return wire.Caller{Access: sales.Access{UserID: s.office.ids["dee"], Role: sales.RoleAdmin}}
}
