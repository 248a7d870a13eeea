package simnet

import (
	"context"
	"fmt"

	"github.com/rounds-field/rounds/sales"
)

// accounted looks for every value that a user wrote and did not take back.
func (s *Sim) accounted(ctx context.Context) error {
	histories := map[string]map[string]bool{}
	for _, d := range s.devices {
		tray, err := d.tray(ctx)
		if err != nil {
			return err
		}
		for _, w := range d.memory.writes {
			if w.replaced || tray[w] {
				continue
			}
			known, ok := histories[w.id]
			if !ok {
				if known, err = s.historyOf(ctx, d, w.kind, w.id); err != nil {
					return err
				}
				histories[w.id] = known
			}
			if known == nil {
				continue // forgotten
			}
			if !known[w.value] && !(len(known) == 0 && d.memory.gone[w.id]) {
				return fmt.Errorf("%s wrote %v into %s %s %s: neither in its history nor in the tray", d.name, w.value, w.kind, w.id, w.field)
			}
		}
	}
	return nil
}

// tray gives the words of the changes that the server has refused.
func (d *device) tray(ctx context.Context) (map[write]bool, error) {
	pending, err := d.store.Pending(ctx)
	if err != nil {
		return nil, err
	}
	out := map[write]bool{}
	for _, p := range pending {
		for field, v := range p.Values {
			for _, word := range wordsOf(v) {
				out[write{kind: p.Kind, id: p.RecordID, field: field, value: word}] = true
			}
		}
	}
	return out, nil
}

// historyOf gives every word that the history of a record holds.
func (s *Sim) historyOf(ctx context.Context, d *device, kind, id string) (map[string]bool, error) {
	entries, err := s.journal.History(ctx, s.everybody(), kind, id)
	if err != nil { // what is in somebody's personal bucket only that user sees
		entries, err = s.journal.History(ctx, s.caller(d), kind, id)
	}
	if sales.HasCode(err, sales.CodeGone) { // deleted and forgotten, its history with it
		return nil, nil
	}
	if err != nil && !sales.HasCode(err, sales.CodeNotFound) && !sales.HasCode(err, sales.CodeForbidden) {
		return nil, err
	}
	known := map[string]bool{}
	for _, e := range entries {
		for _, f := range e.Fields {
			for _, v := range []any{f.New, f.Old} {
				for _, word := range wordsOf(v) {
					known[word] = true
				}
			}
		}
	}
	return known, nil
}
