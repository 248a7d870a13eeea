package local

import (
	"context"
	"slices"
	"strings"

	"github.com/rounds-field/rounds/sales"
)

// Rebuild mends of what Check found as much as this device can by itself: indexes of the database, changes in the outbox, and records of which it has the server's state or the user's
// own changes apart from the row. fetch says that the server is at hand: then damaged records that are in no bucket of this device are let go, because
// the comparison of the buckets brings them again.
func (s *Store) Rebuild(ctx context.Context, found []Finding, fetch bool) error {
	if slices.ContainsFunc(found, func(f Finding) bool { return f.Code == "integrity" && strings.Contains(f.Message, "index") }) {
		if _, err := s.db.Writer().ExecContext(ctx, "REINDEX"); err != nil {
			return s.explain("make the indexes anew", err)
		}
	}
	if slices.ContainsFunc(found, func(f Finding) bool { return f.Code == "outbox" }) {
		if err := s.recoverChanges(ctx); err != nil {
			return err
		}
	}
	if !slices.ContainsFunc(found, Finding.ofRecord) {
		return nil
	}
	return s.pull(ctx, "mend records", func(p *pulling) error {
		for _, f := range found {
			if f.ofRecord() {
				if err := p.rebuild(ctx, f, fetch); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// ofRecord says whether a record is damaged that can be written anew.
func (f Finding) ofRecord() bool { return f.Code == "row" || f.Code == "shadow" || f.Code == "stamps" }

// rebuild writes a record anew from what lies beside its row. One that only the server has is left for the server to give.
func (p *pulling) rebuild(ctx context.Context, f Finding, fetch bool) error {
	tb, ok := tables[f.Kind]
	if !ok {
		return nil
	}
	changes, err := live(ctx, p, f.ID)
	if err != nil {
		return err
	}
	if len(changes) > 0 {
		server, err := shadow(ctx, p, f.ID)
		if err != nil && !fetch {
			return nil // what cannot be read is the finding; without the server there is nothing better
		}
		if err != nil {
			server = nil
		}
		if _, err := p.dropRow(ctx, tb, f.ID); err != nil {
			return err
		}
		return p.rebase(ctx, tb, f.ID, server)
	}
	switch {
	case f.Bucket == "":
		return p.rebuildSeed(ctx, tb, f.ID)
	case p.held(f.Bucket) == nil && fetch:
		_, err := p.dropRow(ctx, tb, f.ID)
		return err
	}
	return nil
}

// rebuildSeed writes anew what a workbook has from the beginning.
func (p *pulling) rebuildSeed(ctx context.Context, tb *table, id string) error {
	who := p.s.user()
	for _, rec := range sales.Defaults() {
		if rec.Kind == tb.kind.Name && rec.ID == id {
			if _, err := p.dropRow(ctx, tb, id); err != nil {
				return err
			}
			return p.putSeed(ctx, tb, rec)
		}
	}
	if tb.kind.Name == "user" && id == who.UserID {
		if _, err := p.dropRow(ctx, tb, id); err != nil {
			return err
		}
		return p.seedUser(ctx, who)
	}
	// Nothing of this device's knows the record under this id: the id itself was damaged.
	_, err := p.dropRow(ctx, tb, id)
	return err
}
