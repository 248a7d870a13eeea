package local

import (
	"context"
	"slices"
	"strconv"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

// Pending gives the changes of this device that the server has not settled, oldest first: waiting, rejected and held ones.
func (s *Store) Pending(ctx context.Context) ([]sales.Pending, error) {
	changes, err := changesWhere(ctx, s.reading, "state IN (0, 3, 4)")
	if err != nil {
		return nil, s.explain("list the pending changes", err)
	}
	back := heldBackAmong(changes, nil)
	out := make([]sales.Pending, len(changes))
	for i, c := range changes {
		if why := back[c.pos]; why != nil {
			c.state, c.problem = stateHeld, why.holds()
		}
		out[i] = c.pending()
	}
	return out, nil
}

func (c *change) pending() sales.Pending {
	p := sales.Pending{
		ID: c.ID, Group: groupName(c), Verb: c.Verb, Kind: c.Kind, RecordID: c.RecordID, Title: c.title, WrittenAt: c.writtenAt,
		State: sales.Waiting, Values: sales.Values{}, Before: sales.Values{},
	}
	if k, ok := sales.KindNamed(c.Kind); ok && c.Verb != sales.Delete {
		for _, e := range c.Fields {
			if f, ok := k.FieldNumber(e.Number); ok {
				p.Values[f.Name] = e.Value
				if was, ok := c.before[e.Number]; ok {
					p.Before[f.Name] = was
				}
			}
		}
	}
	switch c.state {
	case stateRejected:
		p.State = sales.Rejected
	case stateHeld:
		p.State = sales.Held
	}
	if c.state != stateWaiting {
		p.Problem = &sales.Error{
			Code: c.problem.Code, Kind: c.Kind, ID: c.RecordID, Field: c.problem.Field, Message: c.problem.Message, Hint: c.problem.Hint,
		}
		if p.Problem.Code == "" && c.state == stateHeld {
			p.Problem.Code = sales.CodeHeld
		}
	}
	return p
}

// refused gives the rejected and held changes of a record.
func (t *txn) refused(ctx context.Context, id string) ([]*change, error) {
	return changesWhere(ctx, t, "record_id = ? AND state IN (3, 4)", id)
}

// waitingChange finds a change that the user may still decide about, with the others of its group that wait too.
func (w *writing) waitingChange(ctx context.Context, id string) ([]*change, error) {
	group, err := changesWhere(ctx, w, `(incarnation, grp) = (SELECT incarnation, grp FROM wb_outbox WHERE id = ? AND state IN (0, 3, 4))
		AND state IN (0, 3, 4)`, id)
	if err != nil {
		return nil, err
	}
	if len(group) == 0 {
		return nil, &sales.Error{
			Code: sales.CodeNotFound, Message: "the change " + id + " does not wait any more",
			Hint: "the server has taken it, or it was undone; edit the record instead",
		}
	}
	return group, nil
}

// Undo takes back a change that the server has not settled, and all that was saved together with it; the records show again what they held. Of a
// record whose creation is undone later edits go too; as long as other records refer to it, it is refused with CodeBadReference. What may
// be at the server already is undone by a new change that sets the old values again.
func (s *Store) Undo(ctx context.Context, changeID string) error {
	return s.write(ctx, "undo a change", func(t *txn) error {
		w := &writing{txn: t, who: s.user()}
		group, err := w.waitingChange(ctx, changeID)
		if err != nil {
			return err
		}
		for _, c := range slices.Backward(group) {
			if err := w.undo(ctx, c); err != nil {
				return err
			}
		}
		if err := w.checkDeleted(ctx); err != nil {
			return err
		}
		return w.release(ctx, nil)
	})
}

func (w *writing) undo(ctx context.Context, c *change) error {
	tb, ok := tables[c.Kind]
	if !ok {
		return w.setState(ctx, c, stateUndone)
	}
	if c.offered && c.state == stateWaiting {
		return w.compensate(ctx, tb, c)
	}
	server, err := w.server(ctx, tb, c.RecordID)
	if err != nil {
		return err
	}
	refused := c.state != stateWaiting
	if err := w.setState(ctx, c, stateUndone); err != nil {
		return err
	}
	all, err := live(ctx, w, c.RecordID)
	if err != nil {
		return err
	}
	if c.Verb == sales.Create && server == nil {
		for _, later := range all {
			if err := w.setState(ctx, later, stateUndone); err != nil {
				return err
			}
		}
		w.deleted = append(w.deleted, sales.Cond{Field: c.Kind, Value: c.RecordID})
		all = nil
	}
	if err := w.rebase(ctx, tb, c.RecordID, server); err != nil {
		return err
	}
	// What was written on top of the undone values is based on a stamp that will never exist: it is written anew. So is what the
	// refusal of this change held back.
	var anew []*change
	for _, later := range all {
		if later.pos > c.pos && (later.state == stateWaiting && !later.offered && later.builtOn(c) || refused && later.state == stateHeld) {
			anew = append(anew, later)
		}
	}
	return w.reissue(ctx, anew, nil)
}

func (c *change) builtOn(other *change) bool {
	return slices.ContainsFunc(c.Fields, func(f wire.FieldEdit) bool { return f.Base == other.stamp() }) || c.Base == other.stamp()
}

// compensate undoes a change that may be at the server already: by a further change.
func (w *writing) compensate(ctx context.Context, tb *table, c *change) error {
	prev, err := tb.load(ctx, w, c.RecordID)
	if err != nil {
		return err
	}
	switch {
	case c.Verb == sales.Delete:
		return &sales.Error{
			Code: sales.CodeBadOrder, Kind: c.Kind, ID: c.RecordID, Message: "the deletion is on its way to the server",
			Hint: "sync, then make the record anew if it is still needed",
		}
	case prev == nil:
		return nil // it was deleted since: there is nothing to set back
	case c.Verb == sales.Create:
		return w.remove(ctx, tb, c.RecordID)
	}
	values := sales.Values{}
	for _, e := range c.Fields {
		if f, ok := tb.kind.FieldNumber(e.Number); ok && prev.stamp(e.Number) == c.stamp() {
			values[f.Name] = c.before[e.Number]
			if f.Merge == sales.TextMerge { // what others wrote into it meanwhile stays
				now := wire.FieldState{Value: prev.rec.Values[f.Name], Stamp: c.stamp()}
				values[f.Name] = mergeText(e.Value, now, c.before[e.Number], c.stamp())
			}
		}
	}
	edits, before := editsOf(tb.kind, prev, values)
	if len(edits) == 0 {
		return nil
	}
	return w.apply(ctx, tb, prev, &change{
		Change: wire.Change{Kind: c.Kind, RecordID: c.RecordID, Verb: sales.Update, Fields: edits}, before: before,
	})
}

// Retry writes a rejected or held change anew, with all that was saved together with it and all that waits for it: as new changes
// with the values that the records hold now as their base. They are sent with the next sync.
func (s *Store) Retry(ctx context.Context, changeID string) error {
	return s.write(ctx, "try a change again", func(t *txn) error {
		w := &writing{txn: t, who: s.user()}
		group, err := w.waitingChange(ctx, changeID)
		if err != nil {
			return err
		}
		group = slices.DeleteFunc(group, func(c *change) bool { return c.state == stateWaiting })
		if len(group) == 0 {
			return errNothing // it is about to be sent anyhow
		}
		if err := w.reissue(ctx, group, nil); err != nil {
			return err
		}
		return w.release(ctx, nil)
	})
}

// reissue supersedes changes by new ones, one for each record, in one new group. mending holds further values for some of the records. Changes that
// wait for the given ones, and later ones of the same records that were not sent, are written anew with them.
func (w *writing) reissue(ctx context.Context, set []*change, mending map[string]sales.Values) error {
	if len(set) == 0 {
		return nil
	}
	waiting, err := changesWhere(ctx, w, "state IN (0, 3, 4)")
	if err != nil {
		return err
	}
	set = withDependants(set, waiting)
	var order []groupMember
	for _, c := range set {
		state, err := w.replaced(ctx, c)
		if err != nil {
			return err
		}
		if err := w.setState(ctx, c, state); err != nil {
			return err
		}
		m := groupMember{c.Kind, c.RecordID}
		if !slices.Contains(order, m) {
			order = append(order, m)
		}
	}
	for _, m := range order {
		var own []*change
		for _, c := range set {
			if c.RecordID == m.id {
				own = append(own, c)
			}
		}
		if err := w.combine(ctx, tables[m.kind], own, mending[m.id]); err != nil {
			return err
		}
	}
	return nil
}

// replaced is what becomes of a change whose place a new one takes. One that the server took after all, as its state of the record shows, is kept with the
// acknowledged ones: a server that is put back from a backup may lose it, and the new one is built on it.
func (w *writing) replaced(ctx context.Context, c *change) (state int, err error) {
	tb, ok := tables[c.Kind]
	if !ok {
		return stateSuperseded, nil
	}
	st, err := w.server(ctx, tb, c.RecordID)
	if err != nil || st == nil {
		return stateSuperseded, err
	}
	if slices.ContainsFunc(st.Fields, func(f wire.FieldState) bool { return f.Stamp == c.stamp() }) {
		return statePassed, nil
	}
	return stateSuperseded, nil
}

type groupMember struct{ kind, id string }

// combine writes one new change for a record in place of several that were superseded.
func (w *writing) combine(ctx context.Context, tb *table, old []*change, mending sales.Values) error {
	if tb == nil {
		return nil
	}
	id := old[0].RecordID
	server, err := w.server(ctx, tb, id)
	if err != nil {
		return err
	}
	remaining, err := live(ctx, w, id)
	if err != nil {
		return err
	}
	if err := w.beginEarlier(ctx, tb.kind, old, remaining); err != nil {
		return err
	}
	base := overlay(server, remaining)
	title := old[len(old)-1].title
	c := &change{Change: wire.Change{Kind: tb.kind.Name, RecordID: id, Verb: sales.Update}, title: title}
	if mending != nil { // an edit takes a refused deletion back
		old = slices.DeleteFunc(slices.Clone(old), func(o *change) bool { return o.Verb == sales.Delete })
	}
	if len(old) > 0 && old[len(old)-1].Verb == sales.Delete {
		if base == nil {
			return w.rebase(ctx, tb, id, server)
		}
		c.Verb, c.Base, c.Fields = sales.Delete, base.Latest(), basesOf(base)
	} else {
		plain := make([]*change, len(old)) // laid as if they were new
		for i, o := range old {
			p := *o
			p.state, p.resent = stateWaiting, false
			p.Fields = notWrittenSince(tb.kind, o, remaining, base)
			plain[i] = &p
		}
		wanted := overlay(base, plain)
		if wanted == nil {
			for i, o := range old {
				plain[i].Fields = o.Fields // of a record that is not there any more nothing was written since
			}
			made, err := w.makeAnew(ctx, tb, id, plain)
			if err != nil || made {
				return err
			}
			return &sales.Error{
				Code: sales.CodeGone, Kind: tb.kind.Name, ID: id, Message: title + " is no longer there to be changed",
				Hint: "undo the change; make the record anew if it is still needed",
			}
		}
		var prev *row
		if base == nil {
			c.Verb = sales.Create
		} else {
			prev = rowOf(tb, base)
		}
		c.Fields, c.before = editsOf(tb.kind, prev, cleared(prev, sales.Apply(rowOf(tb, wanted).rec.Values, mending)))
		c.ownBases(plain, old, prev, mending)
		c.sayAgain(plain, old, prev, rowOf(tb, wanted))
		if len(c.Fields) == 0 && base != nil {
			return w.rebase(ctx, tb, id, server)
		}
	}
	if err := w.add(ctx, c); err != nil {
		return err
	}
	return w.rebase(ctx, tb, id, server)
}

// cleared adds an empty value for every field that prev has and next lacks.
func cleared(prev *row, next sales.Values) sales.Values {
	if prev == nil {
		return next
	}
	for name := range prev.rec.Values {
		if _, ok := next[name]; !ok {
			next[name] = nil
		}
	}
	return next
}

// groupName is how the changes of one group are recognised in the tray.
func groupName(c *change) string {
	return c.incarnation + "/" + strconv.FormatUint(c.Group, 10)
}
