package local

import (
	"context"
	"slices"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/wire"
)

// A change that takes the place of refused ones (combine) is laid and sent behind all that was written meanwhile. What it says of a field is what the old ones said,
// as far as their author has said nothing later, and against the value that their author had seen.

// notWrittenSince gives the fields of an old edit that its author has not written again: by a change that stays, or, where the edit was taken once and lost by a restored
// server, by one that the server has still. Of a set it is the members that were not named again. A text that was not made of this one is joined with it.
func notWrittenSince(k *sales.Kind, old *change, stay []*change, base *wire.RecordState) []wire.FieldEdit {
	if old.Verb != sales.Update {
		return old.Fields
	}
	out := make([]wire.FieldEdit, 0, len(old.Fields))
	for _, e := range old.Fields {
		f, known := k.FieldNumber(e.Number)
		later := laterOf(stay, old.pos, e.Number)
		switch {
		case known && f.Merge == sales.SetMerge:
			for _, l := range later {
				e.Added, e.Removed = without(e.Added, l.Added, l.Removed), without(e.Removed, l.Added, l.Removed)
			}
		case known && f.Merge == sales.SumMerge:
		case known && f.Merge == sales.TextMerge:
			if slices.ContainsFunc(later, func(l wire.FieldEdit) bool { return l.Base == old.stamp() }) {
				continue // it was made of this one
			}
		case len(later) > 0:
			continue
		case old.resent && base != nil:
			if at := base.Field(e.Number); at != nil && at.Stamp.Node == old.stamp().Node && at.Stamp.After(old.stamp()) {
				continue
			}
		}
		out = append(out, e)
	}
	return out
}

// beginEarlier lets the texts of changes that stay begin with what the old ones began with of which they were made: that is what lies below them when those are
// gone. It is what the device remembers of a change, and not of what is sent.
func (w *writing) beginEarlier(ctx context.Context, k *sales.Kind, old, stay []*change) error {
	for _, c := range stay {
		changed := false
		for i := range c.Fields {
			e := &c.Fields[i]
			f, ok := k.FieldNumber(e.Number)
			if !ok || f.Merge != sales.TextMerge {
				continue
			}
			for _, o := range old {
				if at := o.indexOf(e.Number); at >= 0 && o.Verb == sales.Update && c.pos > o.pos && e.Base == o.stamp() && c.before != nil {
					c.before[e.Number], changed = o.before[e.Number], true
				}
			}
		}
		if !changed {
			continue
		}
		fields, err := c.encodeFields()
		if err != nil {
			return err
		}
		if _, err := w.ExecContext(ctx, "UPDATE wb_outbox SET fields = ? WHERE pos = ?", fields, c.pos); err != nil {
			return err
		}
	}
	return nil
}

// laterOf gives what changes behind a position say of a field.
func laterOf(changes []*change, pos int64, number int) []wire.FieldEdit {
	var out []wire.FieldEdit
	for _, c := range changes {
		for _, e := range c.Fields {
			if c.pos > pos && e.Number == number {
				out = append(out, e)
			}
		}
	}
	return out
}

// without gives the members that none of the others has.
func without(members []string, others ...[]string) []string {
	return slices.DeleteFunc(slices.Clone(members), func(m string) bool {
		return slices.ContainsFunc(others, func(o []string) bool { return slices.Contains(o, m) })
	})
}

// ownBases gives back to the edits that a restored server had lost the base that their author had seen, where somebody else has written since: they were not made over that
// value, and whose value loses is to be told. What the user sets now is made over what is seen now.
func (c *change) ownBases(plain, old []*change, prev *row, mending sales.Values) {
	if prev == nil {
		return
	}
	kind := tables[c.Kind].kind
	done := map[int]bool{} // the first of several edits is the one that was made over a value that the server knows
	for i, o := range old {
		if !o.resent || o.Verb != sales.Update {
			continue
		}
		for _, e := range plain[i].Fields {
			f, known := kind.FieldNumber(e.Number)
			at := c.indexOf(e.Number)
			if !known || at < 0 || done[e.Number] || !prev.stamp(e.Number).After(o.stamp()) {
				continue
			}
			done[e.Number] = true
			if _, mended := mending[f.Name]; !mended {
				c.Fields[at].Base = e.Base
			}
		}
	}
}

// indexOf is the place of a field in a change, -1 where the change does not name it.
func (c *change) indexOf(number int) int {
	return slices.IndexFunc(c.Fields, func(e wire.FieldEdit) bool { return e.Number == number })
}

// sayAgain adds to a change that takes the place of old ones what those of them said that the server had taken and lost: the state of the record that this device
// has may be from before that, and would make it seem as if the server still knew. The same is true of a change that said such things again and was refused: what
// seems to be there already is not the value that its author began with. Of a group all fields are said, or none.
func (c *change) sayAgain(plain, old []*change, prev, wanted *row) {
	kind := tables[c.Kind].kind
	added := map[int]bool{}
	begun := map[int]hlc.Stamp{} // by field: of the value that the author began with
	for i, o := range old {
		if o.Verb == sales.Delete {
			continue
		}
		for _, e := range o.Fields {
			if _, ok := begun[e.Number]; !ok {
				begun[e.Number] = e.Base
			}
		}
		// prev has a creation's stamp unless the server did not know it, or did not know it any more.
		if o.Verb == sales.Create && (o.resent || prev != nil && !slices.ContainsFunc(o.Fields, func(e wire.FieldEdit) bool { return prev.stamp(e.Number) == o.stamp() })) {
			c.Verb = sales.Create
		}
		groups := map[string]bool{}
		lost := func(e *wire.FieldEdit) bool {
			f, known := kind.FieldNumber(e.Number)
			return o.resent || prev != nil && known && f.Merge != sales.SumMerge && prev.stamp(e.Number) != begun[e.Number] && sales.Same(e.Value, wanted.rec.Values[f.Name])
		}
		for _, e := range plain[i].Fields {
			if f, known := kind.FieldNumber(e.Number); known && f.Group != "" && lost(&e) {
				groups[f.Group] = true
			}
		}
		for _, e := range plain[i].Fields {
			f, known := kind.FieldNumber(e.Number)
			if at := c.indexOf(e.Number); at >= 0 {
				if added[e.Number] && known && f.Merge == sales.SetMerge {
					was := &c.Fields[at]
					was.Added, was.Removed = sales.CleanSet(append(without(was.Added, e.Removed), e.Added...)), sales.CleanSet(append(without(was.Removed, e.Added), e.Removed...))
				}
				continue
			}
			if !lost(&e) && !(known && groups[f.Group]) {
				continue
			}
			if known {
				e.Value = wanted.rec.Values[f.Name]
			}
			if !o.resent {
				e.Base = begun[e.Number]
			}
			if was, ok := o.before[e.Number]; ok {
				if c.before == nil {
					c.before = map[int]any{}
				}
				c.before[e.Number] = was
			}
			added[e.Number] = true
			c.Fields = append(c.Fields, e)
		}
	}
	slices.SortFunc(c.Fields, func(a, b wire.FieldEdit) int { return a.Number - b.Number })
}
