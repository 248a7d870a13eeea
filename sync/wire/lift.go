package wire

import (
	"slices"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/hlc"
)

// LiftChange gives a change as today's declarations would have written it. One that needs no lift is given back as it is; none is altered.
func LiftChange(v sales.Versions, c *Change) *Change {
	out := c
	for _, l := range v.Since(c.Schema) {
		if l.Kind != c.Kind {
			continue
		}
		if out == c {
			lifted := *c
			lifted.Fields = slices.Clone(c.Fields)
			out = &lifted
		}
		out.Fields = liftEdits(&l, out.Verb, out.Fields)
	}
	if out != c {
		out.Schema = v.Now
	}
	return out
}

func liftEdits(l *sales.Lift, verb sales.Verb, edits []FieldEdit) []FieldEdit {
	at := slices.IndexFunc(edits, func(e FieldEdit) bool { return e.Number == l.Field })
	switch {
	case l.Retired != nil && at >= 0:
		was := edits[at]
		edits = slices.Delete(edits, at, at+1)
		for i, value := range l.Parts(was.Value) {
			e := was
			e.Number, e.Value = l.Into[i], value
			if l.Split != nil {
				e.Added, e.Removed, e.Delta = nil, nil, 0
			}
			if !slices.ContainsFunc(edits, func(o FieldEdit) bool { return o.Number == e.Number }) {
				edits = append(edits, e)
			}
		}
		slices.SortFunc(edits, func(a, b FieldEdit) int { return a.Number - b.Number })
	case l.Codes != nil && at >= 0:
		e := &edits[at]
		e.Value = l.Code(e.Value)
		if len(e.Added)+len(e.Removed) > 0 {
			e.Added, e.Removed = l.CodesOf(e.Added), l.CodesOf(e.Removed)
			// What an edit of today's options both adds and takes away, it leaves in.
			e.Removed = slices.DeleteFunc(e.Removed, func(code string) bool { return slices.Contains(e.Added, code) })
		}
	case l.Default != nil && verb != sales.Delete:
		if at >= 0 && sales.Empty(edits[at].Value) {
			edits[at].Value = l.Default
		} else if at < 0 && verb == sales.Create {
			edits = append(edits, FieldEdit{Number: l.Field, Value: l.Default})
			slices.SortFunc(edits, func(a, b FieldEdit) int { return a.Number - b.Number })
		}
	}
	return edits
}

// LiftState gives a record's state as it is under today's declarations, and whether that is another one. A value keeps its stamp wherever it goes, one
// that only stands in for a missing one has the zero stamp: device and server come to the same checksum. Lifting twice is lifting once.
func LiftState(v sales.Versions, version int, r *RecordState) (*RecordState, bool) {
	if r.Deleted || r.Moved {
		return r, false
	}
	fields, changed := r.Fields, false
	for _, l := range v.Since(version) {
		if l.Kind != r.Kind {
			continue
		}
		if !changed {
			fields = slices.Clone(r.Fields)
		}
		var did bool
		fields, did = liftFields(&l, fields)
		changed = changed || did
	}
	if !changed {
		return r, false
	}
	out := *r
	out.Fields = fields
	return &out, true
}

func liftFields(l *sales.Lift, fields []FieldState) ([]FieldState, bool) {
	at, found := slices.BinarySearchFunc(fields, l.Field, func(f FieldState, n int) int { return f.Number - n })
	switch {
	case l.Retired != nil && found:
		was := fields[at]
		fields = slices.Delete(fields, at, at+1)
		for i, value := range l.Parts(was.Value) {
			fields = putLater(fields, FieldState{Number: l.Into[i], Value: value, Stamp: was.Stamp})
		}
		return fields, true
	case l.Codes != nil && found:
		value := l.Code(fields[at].Value)
		if sales.Same(value, fields[at].Value) {
			return fields, false
		}
		fields[at].Value = value
		return fields, true
	case l.Default != nil && found:
		if !sales.Empty(fields[at].Value) {
			return fields, false
		}
		fields[at].Value = l.Default
		return fields, true
	case l.Default != nil:
		return slices.Insert(fields, at, FieldState{Number: l.Field, Value: l.Default}), true
	}
	return fields, false
}

// putLater puts a field's state in order of number; where there is one already, the later stays.
func putLater(fields []FieldState, f FieldState) []FieldState {
	at, found := slices.BinarySearchFunc(fields, f.Number, func(f FieldState, n int) int { return f.Number - n })
	if !found {
		return slices.Insert(fields, at, f)
	}
	if f.Stamp.After(fields[at].Stamp) || fields[at].Stamp == (hlc.Stamp{}) {
		fields[at] = f
	}
	return fields
}

// LiftNumbers gives the numbers that fields of a kind have today.
func LiftNumbers(v sales.Versions, version int, kind string, numbers []int) []int {
	out := slices.Clone(numbers)
	for _, l := range v.Since(version) {
		if l.Kind != kind || l.Retired == nil {
			continue
		}
		if at := slices.Index(out, l.Field); at >= 0 {
			out = slices.Replace(out, at, at+1, l.Into...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// LowerNumbers gives those fields of a change, by the numbers of its own version, whose values are among the given ones of today.
func LowerNumbers(v sales.Versions, c *Change, today []int) []int {
	if len(today) == 0 || len(v.Since(c.Schema)) == 0 {
		return today
	}
	var out []int
	for i := range c.Fields {
		n := c.Fields[i].Number
		if slices.ContainsFunc(LiftNumbers(v, c.Schema, c.Kind, []int{n}), func(m int) bool { return slices.Contains(today, m) }) {
			out = append(out, n)
		}
	}
	return out
}
