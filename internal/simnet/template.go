package simnet

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store/local"
	"github.com/rounds-field/rounds/sync/wire"
)

// templates are folders that plays begin with, made once: making the tables of six databases costs as much as two hundred steps.
type templates struct {
	server string // of a server with the records of a new organisation
	device string // of a workbook that nobody has used
	office office
}

var template = func() func(ctx context.Context) (templates, error) {
	var once sync.Once
	var made templates
	var err error
	return func(ctx context.Context) (templates, error) {
		once.Do(func() { made, err = makeTemplates(ctx) })
		return made, err
	}
}()

// templateDir is where the templates are; who removes it when all plays are over is up to the caller.
var templateDir = func() (string, error) { return os.MkdirTemp("", "simnet-template") }

func makeTemplates(ctx context.Context) (templates, error) {
	dir, err := templateDir()
	if err != nil {
		return templates{}, err
	}
	s := newSim(0, dir)
	out := templates{server: s.serverDir(), device: filepath.Join(dir, "device")}
	if err := os.MkdirAll(out.server, 0o700); err != nil {
		return out, err
	}
	if err := s.openServer(ctx); err != nil {
		return out, err
	}
	if out.office, err = s.found(ctx); err != nil {
		return out, err
	}
	if err := s.journal.Close(); err != nil {
		return out, err
	}
	store, err := local.Open(ctx, out.device, local.Options{
		Now: func() time.Time { return begin }, NoBackup: true, Sync: "off", NewID: idsOf(0, 1, func() time.Time { return begin }),
	})
	if err != nil {
		return out, err
	}
	return out, store.Close()
}

// found gives a new server the records of the organisation and its users.
func (s *Sim) found(ctx context.Context) (office, error) {
	out := office{ids: map[string]string{}, users: map[string]sales.User{}}
	edits := first(s.newID)
	for _, p := range people {
		if out.ids[p.name] != "" {
			continue
		}
		u := sales.User{ID: s.newID(), Name: p.name, DisplayName: p.name, Role: string(p.role), Territories: p.territories}
		out.ids[p.name], out.users[u.ID] = u.ID, u
		edits = append(edits, sales.CreateOf(u))
	}
	if _, err := s.journal.Commit(ctx, wire.Caller{Device: "office"}, edits...); err != nil {
		return out, fmt.Errorf("prepare the server: %w", err)
	}
	return out, nil
}
