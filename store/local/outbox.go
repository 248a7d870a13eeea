package local

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/wire"
)

// The states of a change in the outbox. All but passed and undone are live: part of the overlay.
const (
	stateWaiting  = 0 // to be sent
	stateSettled  = 1 // taken by the server; in the overlay until a pull has brought the result
	statePassed   = 2 // taken and seen; kept for the history and in case the server loses it
	stateRejected = 3 // refused; waits for the user
	stateHeld     = 4 // waits for a refused one that it depends on
	stateUndone   = 5 // taken back by the user; never to be sent (again)
	// stateSuperseded is that of a refused change that was written anew; what it held is in this device's history.
	stateSuperseded = 6
)

// change is one change of the outbox.
type change struct {
	wire.Change
	pos         int64
	incarnation string
	author      string
	title       string // names the record, as it was at the time of writing
	writtenAt   sales.Instant
	before      map[int]any // what the fields held

	state   int
	offered bool // it may be at the server already
	resent  bool
	outcome wire.Outcome
	lost    []int
	problem wire.Verdict
	mark    uint64
	// settledAt is when the server took it, or refused it, last; read only where it is needed.
	settledAt sales.Instant
}

// stamp is the stamp of the change's fields.
func (c *change) stamp() hlc.Stamp { return hlc.Stamp{HLC: c.HLC, Node: wire.NodeOf(c.incarnation)} }

func (c *change) waits() bool {
	return c.state == stateWaiting || c.state == stateRejected || c.state == stateHeld
}

const changeColumns = `pos, id, incarnation, counter, grp, kind, record_id, verb, hlc, schema, base, fields, author, title, written_at,
	state, offered, resent, outcome, lost, code, field, message, hint, mark`

func scanChange(from scanner) (*change, error) {
	c := &change{}
	var counter, group, reading, writtenAt, mark int64
	var base []byte
	var fields, lost string
	if err := from.Scan(&c.pos, &c.ID, &c.incarnation, &counter, &group, &c.Kind, &c.RecordID, &c.Verb, &reading, &c.Schema, &base, &fields,
		&c.author, &c.title, &writtenAt, &c.state, &c.offered, &c.resent, &c.outcome, &lost, &c.problem.Code, &c.problem.Field,
		&c.problem.Message, &c.problem.Hint, &mark); err != nil {
		return nil, err
	}
	c.Counter, c.Group, c.HLC, c.mark = uint64(counter), uint64(group), hlc.Reading(reading), uint64(mark)
	c.writtenAt, c.Base = sales.Instant(writtenAt), readStamp(base)
	if lost != "" {
		if err := json.Unmarshal([]byte(lost), &c.lost); err != nil {
			return c, fmt.Errorf("%w: read change %s: %w", errDamaged, c.ID, err)
		}
	}
	var stored []storedField
	if err := json.Unmarshal([]byte(fields), &stored); err != nil {
		return c, fmt.Errorf("%w: read change %s: %w", errDamaged, c.ID, err)
	}
	c.before = make(map[int]any, len(stored))
	for _, f := range stored {
		c.Fields = append(c.Fields, wire.FieldEdit{
			Number: f.Number, Value: f.Value.any, Base: f.Stamp.stamp(), Added: f.Added, Removed: f.Removed, Delta: f.Delta,
		})
		if f.Before.any != nil {
			c.before[f.Number] = f.Before.any
		}
	}
	return c, nil
}

func (c *change) encodeFields() (string, error) {
	stored := make([]storedField, len(c.Fields))
	for i, f := range c.Fields {
		stored[i] = storedField{
			Number: f.Number, Value: value{f.Value}, Stamp: textOf(f.Base), Before: value{c.before[f.Number]},
			Added: f.Added, Removed: f.Removed, Delta: f.Delta,
		}
	}
	b, err := json.Marshal(stored)
	return string(b), err
}

// changesWhere reads changes in the order of their writing; where is the condition after WHERE. Read through the store's own transaction or pool, they are as
// this program would have written them; read through anything else, they are as they were written, to be sent. Those that cannot be read any more are left out
// where they are done with.
func changesWhere(ctx context.Context, q querier, where string, args ...any) ([]*change, error) {
	rows, err := q.QueryContext(ctx, "SELECT "+changeColumns+" FROM wb_outbox WHERE "+where+" ORDER BY pos", args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []*change
	for rows.Next() {
		c, err := scanChange(rows)
		if errors.Is(err, errDamaged) && c.done() {
			continue // the server has it: the damage is for the deep check to tell
		}
		if err != nil {
			return nil, err
		}
		if d, ok := q.(declared); ok {
			c.lift(d.declarations())
		}
		out = append(out, c)
	}
	return out, rows.Err()
}

// done says whether nothing more is to be sent of a change.
func (c *change) done() bool {
	return c.state == stateSettled || c.state == statePassed || c.state == stateUndone || c.state == stateSuperseded
}

// live gives the changes that lie over a record.
func live(ctx context.Context, q querier, id string) ([]*change, error) {
	return changesWhere(ctx, q, "record_id = ? AND state IN (0, 1, 3, 4)", id)
}

// append writes a new change: it gets its id, counter and stamp here. group is the counter of the first change of its group, 0 when it is that
// first one.
func (t *txn) append(ctx context.Context, c *change, group uint64) error {
	if t.counter == 0 {
		n, err := metaUint(ctx, t, "counter")
		if err != nil {
			return err
		}
		t.counter = n
	}
	t.counter++
	c.ID, c.Counter, c.Group, c.incarnation, c.HLC, c.Schema = t.s.newID(), t.counter, group, t.s.incarnation, t.s.clock.Next(), t.s.versions.Now
	if c.Group == 0 {
		c.Group = c.Counter
	}
	if c.author == "" {
		c.author = t.s.user().UserID
	}
	c.writtenAt, c.state, c.offered, c.resent = sales.InstantOf(t.s.now()), stateWaiting, false, false
	fields, err := c.encodeFields()
	if err != nil {
		return err
	}
	res, err := t.ExecContext(ctx, `INSERT INTO wb_outbox (id, incarnation, counter, grp, kind, record_id, verb, hlc, schema, base, fields, author, title,
		written_at, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		c.ID, c.incarnation, int64(c.Counter), int64(c.Group), c.Kind, c.RecordID, c.Verb, int64(c.HLC), c.Schema, packStamp(c.Base), fields,
		c.author, c.title, int64(c.writtenAt), c.state)
	if err != nil {
		return fmt.Errorf("write to the outbox: %w", err)
	}
	if c.pos, err = res.LastInsertId(); err != nil {
		return err
	}
	return setMetaUint(ctx, t, "counter", t.counter)
}

func (s *Store) user() Identity {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.identity
}

func (t *txn) setState(ctx context.Context, c *change, state int) error {
	c.state = state
	_, err := t.ExecContext(ctx, "UPDATE wb_outbox SET state = ? WHERE pos = ?", state, c.pos)
	return err
}

// shadow reads the last server state of a record that has changes on top; nil when there is none.
func shadow(ctx context.Context, q querier, id string) (*wire.RecordState, error) {
	list, err := texts(ctx, q, "SELECT state FROM wb_shadow WHERE record_id = ?", id)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	st, err := decodeState(list[0])
	if err != nil {
		err = fmt.Errorf("%w: %w", errDamaged, err)
	}
	return st, err
}

// server gives the last server state of a record: its shadow, else its row when the server knows it; nil when it does not.
func (t *txn) server(ctx context.Context, tb *table, id string) (*wire.RecordState, error) {
	st, err := shadow(ctx, t, id)
	if errors.Is(err, errDamaged) {
		// What is seen takes its place until the comparison of the bucket brings the server's state again.
		t.s.log.Warn("a damaged server state is left out", "kind", tb.kind.Name, "record", id, "error", err)
		err = nil
	}
	if err != nil || st != nil {
		return st, err
	}
	r, err := tb.load(ctx, t, id)
	if err != nil || r == nil || r.rec.Bucket == "" {
		return nil, err
	}
	return r.state(tb.kind), nil
}

// rebase writes what the user sees of a record: the server's state with the live changes over it. It keeps the shadow in step.
func (t *txn) rebase(ctx context.Context, tb *table, id string, server *wire.RecordState) error {
	changes, err := live(ctx, t, id)
	if err != nil {
		return err
	}
	return t.rebaseOver(ctx, tb, id, server, changes)
}

func (t *txn) rebaseOver(ctx context.Context, tb *table, id string, server *wire.RecordState, changes []*change) error {
	if err := t.keepShadow(ctx, tb, id, server, changes); err != nil {
		return err
	}
	return t.show(ctx, tb, id, server, changes, nil)
}

// keepShadow keeps the server's state of a record as long as changes lie over it.
func (t *txn) keepShadow(ctx context.Context, tb *table, id string, server *wire.RecordState, changes []*change) error {
	if len(changes) == 0 || server == nil {
		_, err := t.ExecContext(ctx, "DELETE FROM wb_shadow WHERE record_id = ?", id)
		return err
	}
	text, err := encodeState(server)
	if err != nil {
		return err
	}
	_, err = t.ExecContext(ctx, "INSERT INTO wb_shadow (record_id, kind, state) VALUES (?, ?, ?) ON CONFLICT (record_id) DO UPDATE SET state = excluded.state",
		id, tb.kind.Name, text)
	return err
}

// show writes what the user sees of a record, and its search entry. was is the row as it is; nil when that is not known, or when there is none.
func (t *txn) show(ctx context.Context, tb *table, id string, server *wire.RecordState, changes []*change, was *row) error {
	t.kinds[tb.kind.Name] = true
	seen := overlay(server, changes)
	if seen == nil {
		return t.removeRow(ctx, tb, id)
	}
	r := rowOf(tb, seen)
	for _, c := range changes {
		r.rec.Pending = r.rec.Pending || c.waits()
	}
	if server != nil {
		r.sum = sumBytes(server)
	}
	if was != nil && tb.alike(was, r, false) {
		return tb.touch(ctx, t, was.number, r)
	}
	var err error
	if r.number, err = tb.save(ctx, t, r); err != nil {
		return err
	}
	if was != nil && tb.alike(was, r, true) {
		return nil // it is found as before
	}
	return t.indexRecord(ctx, tb, r.number, r.rec)
}

// removeRow takes a record out of its table and out of the search index.
func (t *txn) removeRow(ctx context.Context, tb *table, id string) error {
	var number int64
	err := t.QueryRowContext(ctx, tb.drop, id).Scan(&number)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	t.kinds[tb.kind.Name] = true
	return t.unindex(ctx, tb, number)
}

func sumBytes(s *wire.RecordState) []byte {
	b := wire.ChecksumOf(s).Bytes()
	return b[:]
}
