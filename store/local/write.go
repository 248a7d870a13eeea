package local

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

// Write implements sales.Writer: rows, search entries and outbox changes are one transaction. Refusals are sales.Errors or a sales.Error. More
// edits than the server takes in one push (wire.MaxChanges) are refused: they could never be sent.
//
// An edit of a record whose earlier change was refused by the server mends it: the refused change and the edit become one new change.
func (s *Store) Write(ctx context.Context, edits ...sales.Edit) ([]string, error) {
	if len(edits) > wire.MaxChanges {
		return nil, &sales.Error{
			Code: sales.CodeInvalid, Message: fmt.Sprintf("%d edits cannot be saved together: the server takes at most %d", len(edits), wire.MaxChanges),
			Hint: "save them in smaller groups", Args: map[string]any{"Value": len(edits)},
		}
	}
	return s.lay(ctx, edits, false)
}

// Try says whether Write would take the edits, of any number, one after the other: nil, or what it would give. Nothing is changed.
func (s *Store) Try(ctx context.Context, edits ...sales.Edit) error {
	_, err := s.lay(ctx, edits, true)
	return err
}

func (s *Store) lay(ctx context.Context, edits []sales.Edit, trial bool) ([]string, error) {
	ids := make([]string, len(edits))
	err := s.write(ctx, "save", func(t *txn) error {
		w := &writing{txn: t, who: s.user()}
		for i, e := range edits {
			id, err := w.edit(ctx, e)
			if err != nil {
				return err
			}
			ids[i] = id
		}
		if err := w.checkDeleted(ctx); err != nil {
			return err
		}
		if trial || len(t.kinds) == 0 {
			return errNothing
		}
		if w.mended {
			return w.release(ctx, nil)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return ids, nil
}

// writing is one call of Write.
type writing struct {
	*txn
	who     Identity
	group   uint64       // counter of the first change of the group that is being written, 0 before it
	size    int          // changes in it
	mended  bool         // a refused change is no more: what it held may go on
	deleted []sales.Cond // kind and id of what was deleted, to be looked at once all edits are laid
}

func (w *writing) edit(ctx context.Context, e sales.Edit) (string, error) {
	tb, ok := tables[e.Kind]
	if !ok {
		return "", &sales.Error{Code: sales.CodeUnknownKind, Message: fmt.Sprintf("no kind of record is called %q", e.Kind), Hint: "`roundsctl kinds` lists them"}
	}
	if w.who.Server != "" && !w.who.Role.MayWrite(tb.kind) {
		return "", &sales.Error{
			Code: sales.CodeForbidden, Kind: e.Kind, ID: e.ID, Message: fmt.Sprintf("the role %s may not change it", w.who.Role),
			Hint: "ask an administrator", Args: map[string]any{"Role": string(w.who.Role)},
		}
	}
	values := make(sales.Values, len(e.Values))
	for name, v := range e.Values {
		values[name] = canonical(v)
	}
	switch e.Verb {
	case sales.Create:
		return w.create(ctx, tb, e.ID, values)
	case sales.Update:
		return e.ID, w.update(ctx, tb, e.ID, values)
	case sales.Delete:
		return e.ID, w.remove(ctx, tb, e.ID)
	}
	return "", &sales.Error{Code: sales.CodeInternal, Kind: e.Kind, ID: e.ID, Message: fmt.Sprintf("no such verb: %d", e.Verb), Hint: "report this"}
}

func (w *writing) create(ctx context.Context, tb *table, id string, values sales.Values) (string, error) {
	if id == "" {
		id = w.s.newID()
	} else if u, err := uuid.Parse(id); err != nil || u.String() != id {
		return "", &sales.Error{Code: sales.CodeInvalid, Kind: tb.kind.Name, Field: "id", Message: fmt.Sprintf("%q is not an id", id), Hint: "leave it out: a new one is made", Args: map[string]any{"Value": id}}
	}
	var taken bool
	if err := w.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM "+tb.name+" WHERE id = ?1) OR EXISTS (SELECT 1 FROM wb_shadow WHERE record_id = ?1)", id).Scan(&taken); err != nil {
		return "", err
	}
	if taken {
		return "", &sales.Error{Code: sales.CodeDuplicate, Kind: tb.kind.Name, ID: id, Message: "a record with this id exists already", Hint: "edit it, or leave the id out"}
	}
	rec := sales.Record{Kind: tb.kind.Name, ID: id, Values: sales.Apply(nil, values)}
	rec = sales.Complete(rec, w.s.now(), w.who.UserID)
	if err := sales.Validate(nil, withNil(rec, values)); err != nil {
		return "", err
	}
	if err := w.checkReferences(ctx, tb, id, rec.Values); err != nil {
		return "", err
	}
	edits, _ := editsOf(tb.kind, nil, rec.Values)
	return id, w.apply(ctx, tb, nil, &change{Change: wire.Change{Kind: tb.kind.Name, RecordID: id, Verb: sales.Create, Fields: edits}})
}

// withNil lets the validation see names that Apply leaves out because their value is empty, so that a misspelt one is refused.
func withNil(rec sales.Record, values sales.Values) sales.Record {
	all := make(sales.Values, len(rec.Values))
	for name := range values {
		all[name] = nil
	}
	for name, v := range rec.Values {
		all[name] = v
	}
	rec.Values = all
	return rec
}

func (w *writing) update(ctx context.Context, tb *table, id string, values sales.Values) error {
	prev, err := w.find(ctx, tb, id)
	if err != nil {
		return err
	}
	next := prev.rec
	next.Values = sales.Apply(prev.rec.Values, values)
	if err := sales.Validate(&prev.rec, withNil(next, values)); err != nil {
		return err
	}
	changed := sales.Diff(prev.rec.Values, next.Values)
	refused, err := w.refused(ctx, id)
	if err != nil {
		return err
	}
	if len(changed) == 0 {
		return nil // saving what is there already is not an edit; a refused change waits for Retry
	}
	if err := w.checkReferences(ctx, tb, id, changed); err != nil {
		return err
	}
	if len(refused) > 0 {
		w.mended = true
		return w.reissue(ctx, refused, map[string]sales.Values{id: changed})
	}
	edits, before := editsOf(tb.kind, prev, changed)
	c := &change{Change: wire.Change{Kind: tb.kind.Name, RecordID: id, Verb: sales.Update, Fields: edits}, before: before}
	if unknown, err := w.isSeed(ctx, prev); err != nil {
		return err
	} else if unknown {
		c.Verb = sales.Create
		c.Fields, _ = editsOf(tb.kind, nil, next.Values)
	}
	return w.apply(ctx, tb, prev, c)
}

// isSeed says whether neither the server nor a change of this device knows the record: its first edit creates it.
func (w *writing) isSeed(ctx context.Context, r *row) (bool, error) {
	if r.rec.Bucket != "" || len(r.stamps) > 0 {
		return false, nil
	}
	all, err := live(ctx, w, r.rec.ID)
	return len(all) == 0, err
}

func (w *writing) remove(ctx context.Context, tb *table, id string) error {
	prev, err := w.find(ctx, tb, id)
	if err != nil {
		return err
	}
	w.deleted = append(w.deleted, sales.Cond{Field: tb.kind.Name, Value: id})
	refused, err := w.refused(ctx, id)
	if err != nil {
		return err
	}
	w.mended = w.mended || len(refused) > 0
	for _, c := range refused {
		if err := w.setState(ctx, c, stateUndone); err != nil {
			return err
		}
	}
	server, err := w.server(ctx, tb, id)
	if err != nil {
		return err
	}
	all, err := live(ctx, w, id)
	if err != nil {
		return err
	}
	if server == nil && !createdAmong(all) {
		// The server never took it: there is nothing to tell. Edits that waited for its creation go with it.
		for _, c := range all {
			if err := w.setState(ctx, c, stateUndone); err != nil {
				return err
			}
		}
		return w.rebase(ctx, tb, id, nil)
	}
	seen := prev.state(tb.kind)
	c := &change{Change: wire.Change{Kind: tb.kind.Name, RecordID: id, Verb: sales.Delete, Base: seen.Latest(), Fields: basesOf(seen)}}
	return w.apply(ctx, tb, prev, c)
}

// basesOf names every field of a record with the stamp that a deletion's author saw, so that the server notices any edit they did not see, even
// one of a slow clock.
func basesOf(seen *wire.RecordState) []wire.FieldEdit {
	out := make([]wire.FieldEdit, len(seen.Fields))
	for i, f := range seen.Fields {
		out[i] = wire.FieldEdit{Number: f.Number, Base: f.Stamp}
	}
	return out
}

func createdAmong(changes []*change) bool {
	for _, c := range changes {
		if c.Verb == sales.Create {
			return true
		}
	}
	return false
}

func (w *writing) find(ctx context.Context, tb *table, id string) (*row, error) {
	prev, err := tb.load(ctx, w, id)
	if err == nil && prev == nil {
		err = notFound(tb.kind.Name, id)
	}
	return prev, err
}

func notFound(kind, id string) error {
	return &sales.Error{
		Code: sales.CodeNotFound, Kind: kind, ID: id, Message: "there is no such record here",
		Hint: "it may have been deleted, or lie in a territory that you no longer see",
	}
}

// apply puts a change into the outbox and writes what the user then sees.
func (w *writing) apply(ctx context.Context, tb *table, prev *row, c *change) error {
	server, err := w.server(ctx, tb, c.RecordID)
	if err != nil {
		return err
	}
	title := sales.Record{Kind: tb.kind.Name, ID: c.RecordID, Values: valuesAfter(tb, prev, c)}
	if c.title, err = w.describe(ctx, title); err != nil {
		return err
	}
	if err := w.add(ctx, c); err != nil {
		return err
	}
	return w.rebase(ctx, tb, c.RecordID, server)
}

// add puts a change into the outbox with those that this call wrote before. What mending takes along may be more than the server takes at once, and never could
// be sent as one group: then another begins.
func (w *writing) add(ctx context.Context, c *change) error {
	if w.size == wire.MaxChanges {
		w.group, w.size = 0, 0
	}
	if err := w.append(ctx, c, w.group); err != nil {
		return err
	}
	w.size++
	if w.group == 0 {
		w.group = c.Counter
	}
	return nil
}

func valuesAfter(tb *table, prev *row, c *change) sales.Values {
	out := sales.Values{}
	if prev != nil {
		out = sales.Apply(prev.rec.Values, nil)
	}
	for _, e := range c.Fields {
		if f, ok := tb.kind.FieldNumber(e.Number); ok {
			out[f.Name] = e.Value
		}
	}
	return out
}

// checkReferences refuses references that lead nowhere on this device, and codes that no record has.
func (w *writing) checkReferences(ctx context.Context, tb *table, id string, values sales.Values) error {
	for i := range tb.kind.Fields {
		f := &tb.kind.Fields[i]
		v, _ := values[f.Name].(string)
		if f.Of == "" || v == "" {
			continue
		}
		of, ok := tables[f.Of]
		if !ok {
			continue
		}
		column := "id"
		if f.Type == sales.Code {
			column = "code"
		} else if f.Of == "user" && v == w.who.UserID {
			continue
		}
		var found bool
		query := "SELECT EXISTS (SELECT 1 FROM " + of.name + " WHERE " + column + " = ?)"
		if f.Of == "territory" { // without a tree any code may be right
			query += " OR NOT EXISTS (SELECT 1 FROM " + of.name + ")"
		}
		if err := w.QueryRowContext(ctx, query, v).Scan(&found); err != nil {
			return err
		}
		if !found {
			return &sales.Error{
				Code: sales.CodeBadReference, Kind: tb.kind.Name, ID: id, Field: f.Name, Message: fmt.Sprintf("there is no %s %q here", f.Of, v),
				Hint: "choose one that exists", Args: map[string]any{"Of": f.Of, "Value": v},
			}
		}
	}
	return nil
}

// maxNamed bounds how many dependants a refusal names.
const maxNamed = 5

// checkDeleted refuses to delete what others still refer to once all edits of the call are done.
func (w *writing) checkDeleted(ctx context.Context) error {
	for _, d := range w.deleted {
		id, ok := d.Value.(string)
		if !ok {
			continue
		}
		var named []string
		count := 0
		for _, k := range sales.Kinds() {
			found, err := w.referring(ctx, tables[k.Name], d.Field, id)
			if err != nil {
				return err
			}
			for _, r := range found {
				count++
				if len(named) < maxNamed {
					named = append(named, k.Name+" "+r)
				}
			}
		}
		if count > 0 {
			list := strings.Join(named, ", ")
			return &sales.Error{
				Code: sales.CodeBadReference, Kind: d.Field, ID: id, Message: fmt.Sprintf("%d other records refer to it: %s", count, list),
				Hint: "delete or change those first", Args: map[string]any{"Count": count, "Names": list},
			}
		}
	}
	return nil
}

// referring names the records of one kind that refer to another record.
func (t *txn) referring(ctx context.Context, tb *table, kind, id string) ([]string, error) {
	var conds []string
	var args []any
	for i := range tb.kind.Fields {
		if f := &tb.kind.Fields[i]; f.Type == sales.Ref && f.Of == kind {
			conds = append(conds, quote(f.Name)+" = ?")
			args = append(args, id)
		}
	}
	if len(conds) == 0 {
		return nil, nil
	}
	title := "id"
	if tb.kind.Title != "" {
		title = "coalesce(" + quote(tb.kind.Title) + ", id)"
	}
	return texts(ctx, t, "SELECT "+title+" FROM "+tb.name+" WHERE "+strings.Join(conds, " OR "), args...)
}
