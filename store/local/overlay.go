package local

import (
	"slices"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/merge"
	"github.com/rounds-field/rounds/sync/wire"
)

// overlay lays changes, in the order of their writing, over the server's state of a record: what the user sees. server is nil when the server
// has no such record, or none that this user sees; the result is nil when there is nothing to see. Neither argument is altered.
//
// A refused edit stays in sight until the user decides about it. A refused deletion does not: the record is back, so that it can be seen
// what was to be deleted.
func overlay(server *wire.RecordState, changes []*change) *wire.RecordState {
	var out *wire.RecordState
	if server != nil {
		c := *server
		c.Fields = slices.Clone(server.Fields)
		out = &c
	}
	for _, c := range changes {
		switch c.Verb {
		case sales.Delete:
			if c.state != stateRejected && c.state != stateHeld {
				out = nil
			}
		case sales.Create:
			if out == nil {
				out = &wire.RecordState{Kind: c.Kind, ID: c.RecordID, Created: c.stamp()}
			}
			lay(out, c)
		case sales.Update:
			if out != nil {
				lay(out, c)
			}
		}
	}
	return out
}

func lay(s *wire.RecordState, c *change) {
	kind, known := sales.KindNamed(s.Kind)
	stamp := c.stamp()
	for _, e := range c.Fields {
		f := fieldState(s, e.Number)
		rule := sales.LastWriter
		if known {
			if d, ok := kind.FieldNumber(e.Number); ok {
				rule = d.Merge
			}
		}
		if c.resent && rule != sales.TextMerge && !stamp.After(f.Stamp) {
			continue // sent a second time after the server lost it, and somebody has written since
		}
		switch rule {
		case sales.TextMerge:
			f.Value = mergeText(c.before[e.Number], *f, e.Value, stamp)
		case sales.SetMerge:
			f.Value = mergeSet(f.Value, e)
		case sales.SumMerge:
			was, _ := f.Value.(int64)
			f.Value = was + e.Delta
		default:
			f.Value = e.Value
		}
		f.Stamp = stamp
	}
	s.UpdatedBy = c.author
}

// mergeText lays the edit of a text over the current one as the server will: what others changed in it since its author saw it stays.
func mergeText(before any, now wire.FieldState, value any, stamp hlc.Stamp) any {
	began, _ := before.(string)
	theirs, _ := now.Value.(string)
	mine, _ := value.(string)
	earlier, later := theirs, mine
	if now.Stamp.After(stamp) {
		earlier, later = mine, theirs
	}
	text, _ := merge.Text(began, earlier, later)
	switch {
	case text == "":
		return nil
	case len(text) > sales.MaxLong:
		return later
	}
	return text
}

func mergeSet(was any, e wire.FieldEdit) any {
	have, _ := was.([]string)
	out := make([]string, 0, len(have)+len(e.Added))
	for _, m := range have {
		if !slices.Contains(e.Removed, m) {
			out = append(out, m)
		}
	}
	if out = sales.CleanSet(append(out, e.Added...)); len(out) == 0 {
		return nil
	}
	return out
}

// fieldState finds a field's state, or makes an empty one in the order of numbers.
func fieldState(s *wire.RecordState, number int) *wire.FieldState {
	at, found := slices.BinarySearchFunc(s.Fields, number, func(f wire.FieldState, n int) int { return f.Number - n })
	if !found {
		s.Fields = slices.Insert(s.Fields, at, wire.FieldState{Number: number})
	}
	return &s.Fields[at]
}

// editsOf turns new values into the fields of a change over the state that they replace, in the order of numbers. The stamp that a field has in the
// overlay is the base of its edit, also when it is that of an edit of this device's own that is still pending.
func editsOf(kind *sales.Kind, prev *row, values sales.Values) ([]wire.FieldEdit, map[int]any) {
	var edits []wire.FieldEdit
	before := map[int]any{}
	moved := movedGroups(kind, prev, values)
	for i := range kind.Fields {
		f := &kind.Fields[i]
		v, ok := values[f.Name]
		if moved[f.Group] && !ok {
			v, ok = prev.rec.Values[f.Name], true
		}
		if !ok {
			continue
		}
		var was any
		var base hlc.Stamp
		if prev != nil {
			was, base = prev.rec.Values[f.Name], prev.stamp(f.Number)
		}
		if sales.Same(was, v) && !moved[f.Group] {
			continue
		}
		if sales.Empty(v) {
			v = nil
		}
		edit := wire.FieldEdit{Number: f.Number, Value: v, Base: base}
		switch f.Merge {
		case sales.SetMerge:
			edit.Added, edit.Removed = setDiff(was, v)
		case sales.SumMerge:
			a, _ := was.(int64)
			b, _ := v.(int64)
			edit.Delta = b - a
		}
		edits = append(edits, edit)
		if !sales.Empty(was) {
			before[f.Number] = was
		}
	}
	slices.SortFunc(edits, func(a, b wire.FieldEdit) int { return a.Number - b.Number })
	return edits, before
}

// movedGroups names the groups of which an edit of an existing record changes a field. Such an edit names every field of the group, unchanged ones
// with the value that the author saw, so that a concurrent edit of any of them is decided for the group as a whole.
func movedGroups(kind *sales.Kind, prev *row, values sales.Values) map[string]bool {
	moved := map[string]bool{}
	if prev == nil {
		return moved
	}
	for i := range kind.Fields {
		f := &kind.Fields[i]
		if v, ok := values[f.Name]; ok && f.Group != "" && !sales.Same(prev.rec.Values[f.Name], v) {
			moved[f.Group] = true
		}
	}
	return moved
}

func setDiff(was, next any) (added, removed []string) {
	a, _ := was.([]string)
	b, _ := next.([]string)
	for _, m := range b {
		if !slices.Contains(a, m) {
			added = append(added, m)
		}
	}
	for _, m := range a {
		if !slices.Contains(b, m) {
			removed = append(removed, m)
		}
	}
	return added, removed
}
