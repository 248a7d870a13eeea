package local

import (
	"context"
	"encoding/json"

	"github.com/rounds-field/rounds/sync/wire"
)

// offeredAmong gives the waiting changes that verdicts speak of, by id, with no more of each than settling needs.
func (t *txn) offeredAmong(ctx context.Context, verdicts []wire.Verdict) (map[string]*change, error) {
	ids := make([]string, len(verdicts))
	for i := range verdicts {
		ids[i] = verdicts[i].ChangeID
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	rows, err := t.QueryContext(ctx, "SELECT pos, id, kind, record_id, verb, resent, settled_at FROM wb_outbox WHERE id IN (SELECT value FROM json_each(?)) AND state = 0", string(list))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := make(map[string]*change, len(ids))
	for rows.Next() {
		c := &change{}
		if err := rows.Scan(&c.pos, &c.ID, &c.Kind, &c.RecordID, &c.Verb, &c.resent, &c.settledAt); err != nil {
			return nil, err
		}
		out[c.ID] = c
	}
	return out, rows.Err()
}

// settlePlain settles the changes that were simply taken, which nearly all are, by a few statements.
func (t *txn) settlePlain(ctx context.Context, verdicts []wire.Verdict, found map[string]*change, mark uint64) error {
	positions := map[wire.Outcome][]int64{}
	records := map[string][]string{}
	for i := range verdicts {
		v := &verdicts[i]
		if c := found[v.ChangeID]; c != nil && plain(v) {
			positions[v.Outcome] = append(positions[v.Outcome], c.pos)
			records[c.Kind] = append(records[c.Kind], c.RecordID)
		}
	}
	for outcome, list := range positions {
		b, err := json.Marshal(list)
		if err != nil {
			return err
		}
		if _, err := t.ExecContext(ctx, `UPDATE wb_outbox SET state = 1, outcome = ?, lost = '', code = '', field = '', message = '', hint = '', settled_at = ?,
			mark = ?, resent = 0 WHERE pos IN (SELECT value FROM json_each(?))`, outcome, t.s.serverTime().UnixMilli(), int64(mark), string(b)); err != nil {
			return err
		}
	}
	for _, name := range sortedKeys(records) {
		tb, ok := tables[name]
		if !ok {
			continue
		}
		b, err := json.Marshal(records[name])
		if err != nil {
			return err
		}
		t.kinds[name] = true
		if _, err := t.ExecContext(ctx, "UPDATE "+tb.name+` SET _pending = EXISTS (SELECT 1 FROM wb_outbox o WHERE o.record_id = `+tb.name+`.id AND o.state IN (0, 3, 4))
			WHERE id IN (SELECT value FROM json_each(?))`, string(b)); err != nil {
			return err
		}
	}
	return nil
}
