package local

import (
	"bytes"
	"context"
	"database/sql"
	"errors"

	"github.com/google/uuid"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

// deepSlice is how many rows a deep check reads between two chances for others.
const deepSlice = 1000

// deep is a deep check under way.
type deep struct {
	tx     *sql.Tx
	pace   func(ctx context.Context) error
	report reporter
	found  func(Finding)
	bare   map[string][]int64 // rows without a check, by kind
	shadow map[string]*wire.RecordState
}

const mendHint = "`roundsctl doctor --deep` fetches it again when the server can be reached, and the app does so by itself"

// rows reads every record and compares it with what was written.
func (d *deep) rows(ctx context.Context) error {
	if err := d.shadows(ctx); err != nil {
		return err
	}
	for _, k := range sales.Kinds() {
		tb := tables[k.Name]
		for after, n := int64(0), deepSlice; n == deepSlice; {
			if err := d.pace(ctx); err != nil {
				return err
			}
			var err error
			if after, n, err = d.slice(ctx, tb, after); err != nil {
				return err
			}
		}
	}
	return nil
}

// shadows reads the server states that are kept beside rows with edits over them.
func (d *deep) shadows(ctx context.Context) error {
	rows, err := d.tx.QueryContext(ctx, "SELECT record_id, kind, state FROM wb_shadow")
	if err != nil {
		return err
	}
	defer rows.Close()
	d.shadow = map[string]*wire.RecordState{}
	var lost []Finding
	for rows.Next() {
		var id, kind, text string
		if err := rows.Scan(&id, &kind, &text); err != nil {
			return err
		}
		st, err := decodeState(text)
		if err != nil || st.ID != id || st.Kind != kind {
			lost = append(lost, Finding{Code: "shadow", Where: kind + " " + id, Message: "the server's state below your edits cannot be read", Hint: mendHint, Kind: kind, ID: id})
			st = nil
		}
		d.shadow[id] = st
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, f := range lost {
		// Its bucket, which is to be compared, the row above it tells.
		if tb, ok := tables[f.Kind]; ok {
			err := d.tx.QueryRowContext(ctx, "SELECT _bucket FROM "+tb.name+" WHERE id = ?", f.ID).Scan(&f.Bucket)
			if err != nil && !errors.Is(err, sql.ErrNoRows) {
				return err
			}
		}
		d.found(f)
	}
	return nil
}

func (d *deep) slice(ctx context.Context, tb *table, after int64) (last int64, n int, err error) {
	rows, err := d.tx.QueryContext(ctx, tb.list+" WHERE _row > ? ORDER BY _row LIMIT ?", after, deepSlice)
	if err != nil {
		return 0, 0, err
	}
	defer rows.Close()
	for ; rows.Next(); n++ {
		r, err := tb.scan(rows)
		if r.number <= after {
			return 0, 0, err // not even the number could be read
		}
		after = r.number
		var why string
		if err != nil {
			why = err.Error()
		} else {
			why = d.row(tb, r)
		}
		if why != "" {
			d.found(Finding{Code: "row", Where: tb.kind.Name + " " + r.rec.ID, Message: why, Hint: mendHint, Kind: tb.kind.Name, ID: r.rec.ID, Bucket: r.rec.Bucket})
		}
	}
	return after, n, rows.Err()
}

// row says what is wrong with a row, "" for nothing.
func (d *deep) row(tb *table, r *row) string {
	args, err := tb.args(r)
	if err != nil {
		return err.Error() // a value that cannot be written again was not written
	}
	switch {
	case !r.check.Valid:
		d.bare[tb.kind.Name] = append(d.bare[tb.kind.Name], r.number)
	case r.check.Int64 != args[len(args)-1]:
		return "it does not hold what was written there"
	case r.key.Valid != (args[len(args)-2] != nil), r.key.Valid && r.key.String != args[len(args)-2]:
		return "it is not sorted by its name"
	}
	server, edited := d.shadow[r.rec.ID]
	switch {
	case edited && server != nil && r.rec.Bucket != "" && !bytes.Equal(sumBytes(server), r.sum):
		return "its part in the sum does not fit the server's state below your edits"
	case !edited && r.rec.Bucket != "" && !bytes.Equal(sumBytes(r.state(tb.kind)), r.sum):
		d.found(Finding{
			Code: "stamps", Where: tb.kind.Name + " " + r.rec.ID, Message: "its part in the sum does not fit its stamps", Hint: mendHint,
			Kind: tb.kind.Name, ID: r.rec.ID, Bucket: r.rec.Bucket,
		})
	}
	return ""
}

// outbox reads every change that is kept: whether it can be read, and is in its place.
func (d *deep) outbox(ctx context.Context) error {
	const hint = "keep a copy of the workbook's folder and send the report of `roundsctl doctor` to support"
	type place struct{ counter, group, hlc uint64 }
	last := map[string]place{}
	rows, err := d.tx.QueryContext(ctx, "SELECT "+changeColumns+" FROM wb_outbox ORDER BY incarnation, counter")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		c, err := scanChange(rows)
		if err != nil {
			d.report("outbox", "the outbox", hint, "a change cannot be read: %v", err)
			continue
		}
		where := "change " + c.ID
		was, ok := last[c.incarnation]
		_, idErr := uuid.Parse(c.ID)
		_, recordErr := uuid.Parse(c.RecordID)
		switch {
		case idErr != nil || recordErr != nil:
			d.report("outbox", where, hint, "its id or that of its record is malformed")
		case c.Verb != sales.Create && c.Verb != sales.Update && c.Verb != sales.Delete:
			d.report("outbox", where, hint, "it does what no change does (%d)", c.Verb)
		case c.Group > c.Counter, ok && c.Group != c.Counter && c.Group != was.group && c.Counter == was.counter+1:
			d.report("outbox", where, hint, "change %d is in no group that began before it (%d)", c.Counter, c.Group)
		case ok && uint64(c.HLC) <= was.hlc:
			d.report("outbox", where, hint, "its stamp is not later than that of the change before it")
		}
		last[c.incarnation] = place{c.Counter, c.Group, uint64(c.HLC)}
	}
	return rows.Err()
}

// search looks for records without an entry in the search index and for entries without a record.
func (d *deep) search(ctx context.Context) error {
	var busy bool
	if err := d.tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM wb_indexing)").Scan(&busy); err != nil || busy {
		return err
	}
	for _, k := range sales.Kinds() {
		tb := tables[k.Name]
		if !tb.searched() {
			continue
		}
		if err := d.pace(ctx); err != nil {
			return err
		}
		from, to := entryRange(k)
		var without, stray int
		if err := d.tx.QueryRowContext(ctx, "SELECT count(*) FROM "+tb.name+" r WHERE NOT EXISTS (SELECT 1 FROM wb_search_docsize WHERE id = r._row + ?)", from).Scan(&without); err != nil {
			return err
		}
		if err := d.tx.QueryRowContext(ctx, "SELECT count(*) FROM wb_search_docsize WHERE id BETWEEN ?1 AND ?2 AND id - ?1 NOT IN (SELECT _row FROM "+tb.name+")", from, to).Scan(&stray); err != nil {
			return err
		}
		if without+stray > 0 {
			d.report("search", k.Name, "a deep check (`roundsctl doctor --deep`) makes it anew", "%d records have no entry in the search index, %d entries no record", without, stray)
		}
	}
	return nil
}
