package local

import (
	"context"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

// bury keeps the last state of a record that was deleted elsewhere while this device had edits of it.
func (t *txn) bury(ctx context.Context, old *wire.RecordState) error {
	text, err := encodeState(old)
	if err != nil {
		return err
	}
	_, err = t.ExecContext(ctx, `INSERT INTO wb_grave (record_id, state) SELECT ?1, ?2 WHERE EXISTS
		(SELECT 1 FROM wb_outbox WHERE record_id = ?1 AND state IN (0, 3, 4)) ON CONFLICT (record_id) DO UPDATE SET state = excluded.state`, old.ID, text)
	return err
}

// makeAnew creates a record again, under a new id, that was deleted elsewhere while this device edited it: with what it held last and the edits
// over it. false when its last state is not known.
func (w *writing) makeAnew(ctx context.Context, tb *table, id string, edits []*change) (bool, error) {
	list, err := texts(ctx, w, "SELECT state FROM wb_grave WHERE record_id = ?", id)
	if err != nil || len(list) == 0 {
		return false, err
	}
	last, err := decodeState(list[0])
	if err != nil {
		return false, err
	}
	seen := overlay(last, edits)
	if seen == nil {
		return false, nil
	}
	values := rowOf(tb, seen).rec.Values
	rec := sales.Record{Kind: tb.kind.Name, ID: w.s.newID(), Values: values}
	if err := sales.Validate(nil, rec); err != nil {
		return false, err
	}
	if err := w.checkReferences(ctx, tb, rec.ID, values); err != nil {
		return false, err
	}
	fields, _ := editsOf(tb.kind, nil, values)
	if err := w.apply(ctx, tb, nil, &change{Change: wire.Change{Kind: tb.kind.Name, RecordID: rec.ID, Verb: sales.Create, Fields: fields}}); err != nil {
		return false, err
	}
	_, err = w.ExecContext(ctx, "DELETE FROM wb_grave WHERE record_id = ?", id)
	return true, err
}
