package exchange

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rounds-field/rounds/sales"
)

// entry is a record of the workbook, or one that the file adds, as it stands after the rows so far.
type entry struct {
	before *sales.Record // nil when it is new
	after  sales.Record
	rows   []*row // the rows that made it what it is
}

func (e *entry) changed() bool {
	return e.before == nil || len(sales.Diff(e.before.Values, e.after.Values)) > 0
}

// ledger knows the records of a kind by the keys under which a row finds its own.
type ledger struct {
	kind    *sales.Kind
	now     time.Time
	user    string
	entries []*entry
	byID    map[string]*entry
	byKey   map[string][]*entry          // field, value and, for names, the parents
	byPrint map[string]map[string]*entry // which fields, what is in them; for kinds without natural keys
}

func newLedger(ctx context.Context, wb sales.Reader, k *sales.Kind, now time.Time, user string) (*ledger, error) {
	records, err := wb.List(ctx, sales.Query{Kind: k.Name})
	if err != nil {
		return nil, fmt.Errorf("read present %s records: %w", k.Name, err)
	}
	l := &ledger{kind: k, now: now, user: user, byID: make(map[string]*entry, len(records)), byKey: map[string][]*entry{}, byPrint: map[string]map[string]*entry{}}
	for i := range records {
		l.enter(&entry{before: &records[i], after: records[i]})
	}
	return l, nil
}

func (l *ledger) enter(e *entry) {
	l.entries = append(l.entries, e)
	l.byID[e.after.ID] = e
	l.index(e)
	for mask, prints := range l.byPrint {
		prints[l.print(strings.Split(mask, ","), e.after.Values)] = e
	}
}

func (l *ledger) index(e *entry) {
	for _, field := range l.kind.Natural {
		if key, ok := l.key(field, e.after.Values); ok && !slices.Contains(l.byKey[key], e) {
			l.byKey[key] = append(l.byKey[key], e)
		}
	}
}

// key makes the key of a natural field. A name counts within its company only: there are many 王伟.
func (l *ledger) key(field string, v sales.Values) (string, bool) {
	text, _ := v[field].(string)
	if text == "" {
		return "", false
	}
	key := field + "\x00" + fold(text)
	if field == "name" && l.kind.Scope == sales.InParent {
		for _, parent := range l.kind.Parents {
			p, _ := v[parent].(string)
			key += "\x00" + p
		}
	}
	return key, true
}

// find gives the record that a row is about, nil when it is new: by id, by the natural keys that the file tells, else by those
// that its layout makes up. A name alone does not find a record whose code is another.
func (l *ledger) find(r *row) (*entry, *sales.Error) {
	if e := l.byID[r.id]; e != nil {
		return e, nil
	}
	values := r.values
	if !slices.ContainsFunc(l.kind.Natural, func(f string) bool { return values[f] != nil }) {
		values = sales.Apply(r.derived, values)
	}
	for i, field := range l.kind.Natural {
		key, ok := l.key(field, values)
		if !ok {
			continue
		}
		var found []*entry
		for _, e := range l.byKey[key] {
			now, ok := l.key(field, e.after.Values)
			if ok && now == key && !l.othersDiffer(l.kind.Natural[:i], e.after.Values, values) {
				found = append(found, e)
			}
		}
		if len(found) > 1 {
			return nil, &sales.Error{
				Code: sales.CodeDuplicate, Kind: l.kind.Name, Field: field, Message: fmt.Sprintf("%d records have it: %v", len(found), values[field]),
				Hint: "give the code or the id of the one that is meant", Args: map[string]any{"Value": values[field]},
			}
		}
		if len(found) == 1 {
			return found[0], nil
		}
	}
	if len(l.kind.Natural) == 0 && r.id == "" {
		return l.same(r), nil
	}
	return nil, nil
}

// othersDiffer says whether one of the surer keys is filled on both sides and differs.
func (l *ledger) othersDiffer(surer []string, a, b sales.Values) bool {
	return slices.ContainsFunc(surer, func(f string) bool {
		return !sales.Empty(a[f]) && !sales.Empty(b[f]) && !sales.Same(a[f], b[f])
	})
}

// same finds a record that holds all that the row says, for kinds of which nothing else identifies a record.
func (l *ledger) same(r *row) *entry {
	var fields []string
	for name := range r.values {
		fields = append(fields, name)
	}
	slices.Sort(fields)
	mask := strings.Join(fields, ",")
	if l.byPrint[mask] == nil {
		l.byPrint[mask] = map[string]*entry{}
		for _, e := range l.entries {
			l.byPrint[mask][l.print(fields, e.after.Values)] = e
		}
	}
	return l.byPrint[mask][l.print(fields, r.values)]
}

func (l *ledger) print(fields []string, v sales.Values) string {
	var b strings.Builder
	for _, name := range fields {
		if f, ok := l.kind.Field(name); ok {
			b.WriteString(cellOf(f, v[name]))
		}
		b.WriteByte(0)
	}
	return b.String()
}

// cellOf writes a value in the one form in which it comes back from a file: false and zero are like nothing.
func cellOf(f *sales.Field, v any) string {
	switch v {
	case false, int64(0):
		return ""
	}
	s := strings.ReplaceAll(sales.FormatValue(f, v), "\r\n", "\n")
	if f.Type == sales.Set {
		if parsed, err := sales.ParseValue(f, s, time.UTC); err == nil {
			s = sales.FormatValue(f, parsed)
		}
	}
	return strings.TrimSpace(s)
}

// outcome is what a row did.
type outcome uint8

const (
	created outcome = iota
	updated
	skipped
	rejected
)

// take lays a row over the record that it is about.
func (l *ledger) take(r *row) outcome {
	if len(r.errs) > 0 {
		return rejected
	}
	e, ambiguous := l.find(r)
	if ambiguous != nil {
		r.errs = append(r.errs, ambiguous)
		return rejected
	}
	if e == nil {
		return l.create(r)
	}
	edit := sales.Values{}
	for name, v := range r.values {
		f, _ := l.kind.Field(name)
		is, was := cellOf(f, v), cellOf(f, e.after.Values[name])
		if is != was && (fold(is) != fold(was) || !slices.Contains(l.kind.Natural, name)) {
			edit[name] = v // but a key in other letters has only served to find the record
		}
	}
	if len(edit) == 0 {
		return skipped
	}
	next := e.after
	next.Values = sales.Apply(e.after.Values, edit)
	if r.reject(sales.Validate(e.before, next)) {
		return rejected
	}
	e.after, e.rows = next, append(e.rows, r)
	l.index(e)
	return updated
}

func (l *ledger) create(r *row) outcome {
	rec := sales.Record{Kind: l.kind.Name, ID: r.id, Values: sales.Apply(r.derived, r.values)}
	if rec.ID == "" {
		rec.ID, r.made = sales.NewID(), true
	}
	rec = sales.Complete(rec, l.now, l.user)
	if r.reject(sales.Validate(nil, rec)) {
		return rejected
	}
	l.enter(&entry{after: rec, rows: []*row{r}})
	return created
}

// reject keeps what is wrong with a row.
func (r *row) reject(err error) bool {
	if err == nil {
		return false
	}
	var errs sales.Errors
	var one *sales.Error
	switch {
	case errors.As(err, &errs):
	case errors.As(err, &one):
		errs = sales.Errors{one}
	default:
		errs = sales.Errors{{Code: sales.CodeInvalid, Kind: r.kind.Name, Message: err.Error()}}
	}
	for _, e := range errs {
		if r.made { // an id that nobody has seen helps nobody; the line does
			c := *e
			c.ID = ""
			e = &c
		}
		r.errs = append(r.errs, e)
	}
	return true
}

// edit is what brings the workbook to where the entry stands.
func (l *ledger) edit(e *entry) sales.Edit {
	if e.before == nil {
		return sales.Edit{Verb: sales.Create, Kind: l.kind.Name, ID: e.after.ID, Values: e.after.Values}
	}
	return sales.Edit{Verb: sales.Update, Kind: l.kind.Name, ID: e.after.ID, Values: sales.Diff(e.before.Values, e.after.Values)}
}
