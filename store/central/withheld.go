package central

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/rounds-field/rounds/sync/wire"
)

// withhold takes from a conflict what its author may not see who does not see the record any more: what stayed, and of what lost all that others put into it.
func (b *batch) withhold(l loss, loser origin, values map[string]any) error {
	for _, name := range []string{"kept_value", "kept_by", "kept_device", "record_title", "lost_value"} {
		delete(values, name)
	}
	values["withheld"] = true
	own, known := l.Lost, true
	if !l.Mine {
		var err error
		if own, known, err = b.ownValue(loser.change, l.Field); err != nil {
			return err
		}
	}
	if !known {
		return nil
	}
	text, err := json.Marshal(own)
	if err != nil {
		return fmt.Errorf("note a lost value: %w", err)
	}
	values["lost_value"] = string(text)
	return nil
}

// ownValue gives what a change itself said of a field: a text may have been joined with another's since, and a set or a sum holds what everybody put in. It is
// not known of changes whose content was pruned.
func (b *batch) ownValue(change string, field int) (value any, known bool, err error) {
	c, err := b.changeByID(change)
	if c == nil || err != nil {
		return nil, false, err
	}
	for i := range c.Fields {
		switch e := &c.Fields[i]; {
		case e.Number != field:
		case len(e.Added) > 0:
			return e.Added, true, nil
		case e.Delta != 0:
			return e.Delta, true, nil
		default:
			return e.Value, true, nil
		}
	}
	return nil, false, nil
}

// changeByID gives a change of this batch or of before; nil when it is not known, or its content is not any more.
func (b *batch) changeByID(id string) (*wire.Change, error) {
	if e := b.offered[id]; e != nil {
		return e.change, nil
	}
	s, err := b.stmt("SELECT payload FROM changes WHERE org_id = ? AND id = ?")
	if err != nil {
		return nil, err
	}
	var payload []byte
	err = s.QueryRowContext(b.ctx, b.j.org, idBytes(id)).Scan(&payload)
	if errors.Is(err, sql.ErrNoRows) || err == nil && len(payload) == 0 {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look for an earlier change: %w", err)
	}
	return b.decodeChange(payload)
}
