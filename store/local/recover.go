package local

import (
	"context"
	"errors"
	"fmt"

	"github.com/rounds-field/rounds/sales"
)

// recoverChanges makes changes whole again that wait to be sent and cannot be read any more, from the records, which have what was written. Of one of which nothing
// is left its user is told in the tray: it must hold up no other.
func (s *Store) recoverChanges(ctx context.Context) error {
	broken, err := s.unreadable(ctx)
	if err != nil || len(broken) == 0 {
		return err
	}
	return s.write(ctx, "mend the outbox", func(t *txn) error {
		for _, c := range broken {
			if err := t.recoverChange(ctx, c); err != nil {
				return err
			}
		}
		return nil
	})
}

// unreadable gives the changes of which something is still to be done and that cannot be read, with all but their fields.
func (s *Store) unreadable(ctx context.Context) ([]*change, error) {
	rows, err := s.db.Writer().QueryContext(ctx, "SELECT "+changeColumns+" FROM wb_outbox WHERE state IN (0, 3, 4) ORDER BY pos")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []*change
	for rows.Next() {
		c, err := scanChange(rows)
		switch {
		case errors.Is(err, errDamaged):
			out = append(out, c)
		case err != nil:
			return nil, err
		}
	}
	return out, rows.Err()
}

func (t *txn) recoverChange(ctx context.Context, c *change) error {
	found := false
	version, err := metaUint(ctx, t, "declarations")
	if err != nil {
		return err
	}
	c.Schema = int(max(version, 1)) // that of the records, which may have been lifted since the change was written
	if tb, ok := tables[c.Kind]; ok {
		if found, err = t.fieldsAgain(ctx, tb, c); err != nil {
			return fmt.Errorf("change %s: %w", c.ID, err)
		}
	}
	t.s.log.Warn("a change of the outbox was damaged", "change", c.ID, "kind", c.Kind, "record", c.RecordID, "recovered", found)
	fields, err := c.encodeFields()
	if err != nil {
		return err
	}
	if !found {
		c.state = stateRejected
		c.problem.Code, c.problem.Message = sales.CodeStorage, "a fault of the disk destroyed what was written"
		c.problem.Hint = "write it anew, and undo this change; then have the disk looked at"
	}
	_, err = t.ExecContext(ctx, "UPDATE wb_outbox SET fields = ?, lost = '', schema = ?, state = ?, code = ?, message = ?, hint = ? WHERE pos = ?",
		fields, c.Schema, c.state, c.problem.Code, c.problem.Message, c.problem.Hint, c.pos)
	return err
}

// fieldsAgain gives a change the fields that the record has from it; false when it has none.
func (t *txn) fieldsAgain(ctx context.Context, tb *table, c *change) (bool, error) {
	c.Fields, c.before = nil, nil
	server, err := t.server(ctx, tb, c.RecordID)
	if err != nil {
		return false, err
	}
	if c.Verb == sales.Delete {
		if server != nil {
			c.Fields = basesOf(server)
		}
		return true, nil // its base says what its author saw
	}
	seen, err := tb.load(ctx, t, c.RecordID)
	if err != nil || seen == nil {
		return false, err
	}
	values := sales.Values{}
	for _, f := range seen.stamps {
		if d, ok := tb.kind.FieldNumber(f.number); ok && f.stamp == c.stamp() {
			values[d.Name] = seen.rec.Values[d.Name]
		}
	}
	var below *row
	if server != nil && c.Verb == sales.Update {
		below = rowOf(tb, server)
	}
	c.Fields, c.before = editsOf(tb.kind, below, values)
	return len(c.Fields) > 0, nil
}
