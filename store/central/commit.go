package central

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/wire"
)

// Commit writes records from the server's side: the console, the command line, the sample. All edits are saved, or none
// of them and the reason is the error. A caller without a user is the server itself, which may do everything; any other is held to role and territories
// as in a push. It gives the ids in order.
func (j *Journal) Commit(ctx context.Context, caller wire.Caller, edits ...sales.Edit) ([]string, error) {
	var ids []string
	var moved []wire.Cursor
	err := j.db.Write(ctx, func(tx *sql.Tx) error {
		var err error
		ids, moved, err = j.commit(ctx, tx, caller, edits)
		return err
	})
	if err != nil {
		return nil, store.Explain(fmt.Sprintf("write %d records", len(edits)), err)
	}
	j.moves.tell("", moved)
	return ids, nil
}

func (j *Journal) commit(ctx context.Context, tx *sql.Tx, caller wire.Caller, edits []sales.Edit) (ids []string, moved []wire.Cursor, err error) {
	b, err := j.begin(ctx, tx, caller, j.node)
	if err != nil {
		return nil, nil, err
	}
	if err := b.prefetchEdits(edits); err != nil {
		return nil, nil, err
	}
	ids = make([]string, 0, len(edits))
	for i := range edits {
		c, err := b.changeOf(&edits[i])
		if err != nil {
			return nil, nil, err
		}
		e := b.entryOf(c, hlc.Stamp{HLC: c.HLC, Node: j.node})
		refused, _, err := b.apply(e)
		if err != nil {
			return nil, nil, err
		}
		if refused != nil {
			return nil, nil, refused
		}
		b.tried = append(b.tried, e)
		b.accept()
		ids = append(ids, c.RecordID)
	}
	err = b.finish("")
	return ids, b.moved, err
}

// Once writes records like Commit does for the server itself, and remembers it under a mark, so that it is done once in the life of the
// database. It gives false when it was done before; edits is then not called.
func (j *Journal) Once(ctx context.Context, mark string, edits func() ([]sales.Edit, error)) (bool, error) {
	done := false
	var moved []wire.Cursor
	err := j.db.Write(ctx, func(tx *sql.Tx) error {
		done = false
		marks, err := j.marks(ctx, tx, j.sql.forUpdate()) // whoever else wants to do it waits here, and then finds it done
		if err != nil {
			return err
		}
		if slices.Contains(strings.Fields(marks), mark) {
			return nil
		}
		list, err := edits()
		if err != nil {
			return err
		}
		if _, moved, err = j.commit(ctx, tx, wire.Caller{}, list); err != nil {
			return err
		}
		done = true
		_, err = tx.ExecContext(ctx, j.sql.bind("UPDATE organisations SET marks = ? WHERE org_id = ?"), marks+mark+" ", j.org)
		return err
	})
	if err != nil {
		return false, store.Explain("write the records of "+mark, err)
	}
	j.moves.tell("", moved)
	return done, nil
}

// changeOf turns an edit into a change whose author has seen the current state.
func (b *batch) changeOf(e *sales.Edit) (*wire.Change, error) {
	k, ok := sales.KindNamed(e.Kind)
	if !ok {
		return nil, &sales.Error{Code: sales.CodeUnknownKind, Message: "no kind of record is called " + e.Kind}
	}
	c := &wire.Change{ID: b.j.newID(), Kind: e.Kind, RecordID: e.ID, Verb: e.Verb, HLC: b.j.clock.Next(), Schema: b.j.versions.Now}
	if e.Verb == sales.Create {
		if c.RecordID == "" {
			c.RecordID = b.j.newID()
			b.rows[key{c.Kind, c.RecordID}] = nil // nobody can have it
		}
		rec := sales.Complete(sales.Record{Kind: e.Kind, ID: c.RecordID, Values: e.Values}, b.now, b.caller.UserID)
		c.Fields = editsOf(k, rec.Values, nil)
		return c, unknownFields(k, e.Values)
	}
	cur, err := b.load(key{e.Kind, e.ID})
	if err != nil {
		return nil, err
	}
	if cur != nil {
		c.Base = cur.state.Latest()
		// Another server, whose clock may be ahead, may have written it last.
		if c.HLC <= c.Base.HLC {
			b.j.clock.Observe(c.Base.HLC)
			c.HLC = max(b.j.clock.Next(), c.Base.HLC+1)
		}
		if e.Verb == sales.Update {
			c.Fields = editsOf(k, e.Values, &cur.state)
		}
	}
	return c, unknownFields(k, e.Values)
}

func unknownFields(k *sales.Kind, values sales.Values) error {
	for name := range values {
		if _, ok := k.Field(name); !ok {
			return &sales.Error{Code: sales.CodeUnknownField, Kind: k.Name, Field: name, Message: "no such field", Hint: "`roundsctl kinds` lists the fields"}
		}
	}
	return nil
}

// editsOf turns values into field edits on top of a state, nil for a new record.
func editsOf(k *sales.Kind, values sales.Values, state *wire.RecordState) []wire.FieldEdit {
	out := make([]wire.FieldEdit, 0, len(values))
	for _, name := range slices.Sorted(maps.Keys(values)) {
		f, ok := k.Field(name)
		if !ok {
			continue
		}
		e := wire.FieldEdit{Number: f.Number, Value: values[name]}
		if sales.Empty(e.Value) {
			e.Value = nil
		}
		if state != nil {
			if cur := state.Field(f.Number); cur != nil {
				e.Base = cur.Stamp
			}
		}
		out = append(out, e)
	}
	slices.SortFunc(out, func(a, b wire.FieldEdit) int { return a.Number - b.Number })
	return out
}
