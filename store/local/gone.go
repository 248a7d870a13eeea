package local

import (
	"context"
	"slices"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

// takeAway removes a record that was deleted, left the bucket, or whose bucket is no longer seen. Changes of it that wait stay in the outbox and get their
// verdicts; those that the server has taken are done with.
func (p *pulling) takeAway(ctx context.Context, tb *table, old *wire.RecordState, deleted bool, by *wire.RecordState) error {
	p.account(old.Bucket, sumBytes(old), "", nil)
	if !deleted {
		p.left = append(p.left, sales.RecordRef{Kind: tb.kind.Name, ID: old.ID})
	}
	if deleted {
		e := storedEntry{Verb: sales.Delete, User: by.UpdatedBy, At: sales.Instant(by.Latest().HLC.Millis())}
		if e.At == 0 {
			e.At = sales.InstantOf(p.s.now())
		}
		if err := p.remember(ctx, old.ID, e); err != nil {
			return err
		}
	}
	if p.edited[old.ID] {
		if _, err := p.ExecContext(ctx, "UPDATE wb_outbox SET state = 2 WHERE record_id = ? AND state = 1", old.ID); err != nil {
			return err
		}
		if deleted {
			if err := p.bury(ctx, old); err != nil {
				return err
			}
		}
		return p.rebase(ctx, tb, old.ID, nil)
	}
	return p.removeRow(ctx, tb, old.ID)
}

// forgetLeft forgets what others did to the records that left this user's sight: it is part of them.
func (p *pulling) forgetLeft(ctx context.Context) error {
	for _, r := range p.left {
		if _, err := p.ExecContext(ctx, "DELETE FROM wb_history WHERE record_id = ?1 AND NOT EXISTS (SELECT 1 FROM "+tables[r.Kind].name+" WHERE id = ?1)", r.ID); err != nil {
			return err
		}
	}
	return nil
}

// inSight says whether a change belongs into the history: that of a record that is here, or that was deleted. One that left this user's sight has none.
func (t *txn) inSight(ctx context.Context, c *change) (bool, error) {
	var found bool
	query := "SELECT EXISTS (SELECT 1 FROM wb_history WHERE record_id = ?1 AND json_extract(entry, '$.verb') = 3)"
	if tb, ok := tables[c.Kind]; ok {
		query += " OR EXISTS (SELECT 1 FROM " + tb.name + " WHERE id = ?1)"
	}
	err := t.QueryRowContext(ctx, query, c.RecordID).Scan(&found)
	return found, err
}

// sweep takes away what did not come again of the buckets that were taken anew.
func (p *pulling) sweep(ctx context.Context) error {
	if len(p.came) == 0 {
		return nil
	}
	if err := p.keepContents(ctx); err != nil {
		return err
	}
	for _, name := range sortedKeys(p.came) {
		if err := p.dropExcept(ctx, name, p.came[name]); err != nil {
			return err
		}
		p.bucket(name).retake = false
		delete(p.came, name)
	}
	return nil
}

// dropLost takes away the buckets that this user no longer sees. A brief last page names them; any other one names all that hold anything.
func (p *pulling) dropLost(ctx context.Context, page *wire.PullResponse) error {
	lost := page.Lost
	if !page.Brief {
		seen := make(map[string]bool, len(page.Buckets))
		for i := range page.Buckets {
			seen[page.Buckets[i].Bucket] = true
		}
		lost = slices.DeleteFunc(p.names(), func(name string) bool { return seen[name] })
	}
	for _, name := range lost {
		if p.held(name) == nil {
			continue
		}
		if err := p.dropExcept(ctx, name, nil); err != nil {
			return err
		}
		p.drop(name)
		if _, err := p.ExecContext(ctx, "DELETE FROM wb_bucket WHERE bucket = ?", name); err != nil {
			return err
		}
	}
	return nil
}

func (p *pulling) dropExcept(ctx context.Context, name string, keep map[string]bool) error {
	for _, k := range sales.Kinds() {
		tb := tables[k.Name]
		ids, err := texts(ctx, p, "SELECT id FROM "+tb.name+" WHERE _bucket = ?1 UNION SELECT record_id FROM wb_shadow WHERE kind = ?2", name, k.Name)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if keep[id] {
				continue
			}
			old, err := p.server(ctx, tb, id)
			if err != nil {
				return err
			}
			if old == nil || old.Bucket != name {
				continue
			}
			if keep != nil && p.edited[id] {
				// It may have been deleted so long ago that the server no longer says so: what is edited here can be made anew.
				if err := p.bury(ctx, old); err != nil {
					return err
				}
			}
			if err := p.takeAway(ctx, tb, old, false, nil); err != nil {
				return err
			}
		}
	}
	return p.dropForeign(ctx, name, keep)
}
