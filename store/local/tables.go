package local

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/wire"
)

// ownColumns are the columns that every table of records has besides its fields.
var ownColumns = []string{"_bucket", "_seq", "_updated_at", "_updated_by", "_pending", "_stamps", "_unknown", "_sum", "_key", "_check"}

// table is the table of one kind: a column for each field, and what the store itself must know of a record.
type table struct {
	kind *sales.Kind
	name string // quoted
	get  string // all columns of one id
	list string // all columns, up to the condition
	add  string // inserts unless the id exists
	put  string // inserts or replaces by id, and gives the row's number
	drop string // deletes by id, and gives the row's number
}

// row is one record as its table holds it.
type row struct {
	number  int64 // the row's own number, which the search index refers to
	rec     sales.Record
	seq     uint64
	created hlc.Stamp
	stamps  []fieldStamp
	unknown []storedField  // fields that this program does not know
	sum     []byte         // the server state's part in its bucket's sum; nil when the server has none
	key     sql.NullString // by which lists are sorted; of a row that was read only
	check   sql.NullInt64  // over what was written; of a row that was read only, and not of one from before there were checks
}

var tables = buildTables()

func buildTables() map[string]*table {
	out := map[string]*table{}
	for _, k := range sales.Kinds() {
		out[k.Name] = newTable(k)
	}
	return out
}

func newTable(k *sales.Kind) *table {
	t := &table{kind: k, name: quote(k.Name)}
	cols := make([]string, 0, len(k.Fields)+len(ownColumns)+1)
	cols = append(cols, "id")
	for i := range k.Fields {
		cols = append(cols, quote(k.Fields[i].Name))
	}
	cols = append(cols, ownColumns...)
	all := strings.Join(cols, ", ")
	sets := make([]string, len(cols)-1)
	for i, c := range cols[1:] {
		sets[i] = c + " = excluded." + c
	}
	t.list = "SELECT _row, " + all + " FROM " + t.name
	t.get = t.list + " WHERE id = ?"
	insert := "INSERT INTO " + t.name + " (" + all + ") VALUES (?" + strings.Repeat(", ?", len(cols)-1) + ") ON CONFLICT (id) "
	t.add = insert + "DO NOTHING"
	t.put = insert + "DO UPDATE SET " + strings.Join(sets, ", ") + " RETURNING _row"
	t.drop = "DELETE FROM " + t.name + " WHERE id = ? RETURNING _row"
	return t
}

// alike says whether two rows hold the same values; with searched, in the fields that are searched.
func (t *table) alike(a, b *row, searched bool) bool {
	if !searched && (len(a.unknown) > 0 || len(b.unknown) > 0) {
		return false
	}
	for i := range t.kind.Fields {
		f := &t.kind.Fields[i]
		if (f.Search || !searched) && !sales.Same(a.rec.Values[f.Name], b.rec.Values[f.Name]) {
			return false
		}
	}
	return true
}

// touch writes what the store itself knows of a record whose values stay: its indexes and its search entry stay too.
func (t *table) touch(ctx context.Context, e execer, number int64, r *row) error {
	args, err := t.args(r)
	if err != nil {
		return err
	}
	own := args[len(args)-len(ownColumns):]
	_, err = e.ExecContext(ctx, "UPDATE "+t.name+" SET _bucket = ?, _seq = ?, _updated_at = ?, _updated_by = ?, _pending = ?, _stamps = ?, _unknown = ?, _sum = ?,"+
		" _key = ?, _check = ? WHERE _row = ?", append(slices.Clone(own), number)...)
	return err
}

// quote makes a name from a declaration safe as an SQL identifier.
func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func columnType(f *sales.Field) string {
	switch f.Type {
	case sales.Int, sales.Money, sales.Time, sales.Bool:
		return "INTEGER"
	}
	return "TEXT"
}

type scanner interface{ Scan(dest ...any) error }

// scan reads a row that was selected by list or get. Of one that cannot be read as what it should be, its number and id come with the error.
func (t *table) scan(from scanner) (*row, error) {
	r := &row{rec: sales.Record{Kind: t.kind.Name}}
	n := len(t.kind.Fields)
	texts, numbers := make([]sql.NullString, n), make([]sql.NullInt64, n)
	var stamps, unknown []byte
	var updatedAt, seq int64
	dest := make([]any, 0, n+len(ownColumns)+2)
	dest = append(dest, &r.number, &r.rec.ID)
	for i := range t.kind.Fields {
		if columnType(&t.kind.Fields[i]) == "INTEGER" {
			dest = append(dest, &numbers[i])
		} else {
			dest = append(dest, &texts[i])
		}
	}
	dest = append(dest, &r.rec.Bucket, &seq, &updatedAt, &r.rec.UpdatedBy, &r.rec.Pending, &stamps, &unknown, &r.sum, &r.key, &r.check)
	if err := from.Scan(dest...); err != nil {
		return r, err
	}
	r.seq, r.rec.UpdatedAt = uint64(seq), sales.Instant(updatedAt)
	r.rec.Values = make(sales.Values, n)
	for i := range t.kind.Fields {
		f := &t.kind.Fields[i]
		switch {
		case numbers[i].Valid && f.Type == sales.Bool:
			r.rec.Values[f.Name] = numbers[i].Int64 != 0
		case numbers[i].Valid:
			r.rec.Values[f.Name] = numbers[i].Int64
		case texts[i].Valid && f.Type == sales.Set:
			var set []string
			if err := json.Unmarshal([]byte(texts[i].String), &set); err != nil {
				return r, fmt.Errorf("read the set %s of %s %s: %w", f.Name, t.kind.Name, r.rec.ID, err)
			}
			r.rec.Values[f.Name] = set
		case texts[i].Valid:
			r.rec.Values[f.Name] = texts[i].String
		}
	}
	var err error
	if r.created, r.stamps, err = unpackStamps(stamps); err != nil {
		return r, fmt.Errorf("read %s %s: %w", t.kind.Name, r.rec.ID, err)
	}
	if len(unknown) > 0 {
		if err := json.Unmarshal(unknown, &r.unknown); err != nil {
			return r, fmt.Errorf("read the unknown fields of %s %s: %w", t.kind.Name, r.rec.ID, err)
		}
	}
	return r, nil
}

// args gives a row's values in the order of put.
func (t *table) args(r *row) ([]any, error) {
	out := make([]any, 0, len(t.kind.Fields)+len(ownColumns)+1)
	out = append(out, r.rec.ID)
	for i := range t.kind.Fields {
		v, err := columnValue(&t.kind.Fields[i], r.rec.Values[t.kind.Fields[i].Name])
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	var unknown any
	if len(r.unknown) > 0 {
		b, err := json.Marshal(r.unknown)
		if err != nil {
			return nil, err
		}
		unknown = b
	}
	var sum, key any
	if r.sum != nil {
		sum = r.sum
	}
	if t.kind.Title != "" {
		if s := sortKey(r.rec.Text(t.kind.Title)); s != "" {
			key = s
		}
	}
	stamps := packStamps(r.created, r.stamps)
	check := t.check(r.rec.ID, out[1:], r.rec.Bucket, int64(r.seq), int64(r.rec.UpdatedAt), r.rec.UpdatedBy, stamps, unknown, key)
	return append(out, r.rec.Bucket, int64(r.seq), int64(r.rec.UpdatedAt), r.rec.UpdatedBy, r.rec.Pending, stamps, unknown, sum, key, check), nil
}

// columnValue gives the column's value: NULL for every empty one, so that emptiness has one form.
func columnValue(f *sales.Field, v any) (any, error) {
	if sales.Empty(v) {
		return nil, nil
	}
	integer := columnType(f) == "INTEGER"
	switch x := v.(type) {
	case []string:
		b, err := json.Marshal(x)
		return string(b), err
	case string:
		if !integer {
			return x, nil
		}
	case int64:
		if integer {
			return x, nil
		}
	case bool:
		if integer {
			return x, nil
		}
	}
	return nil, fmt.Errorf("a %s cannot hold %v in %s", f.Type, v, f.Name)
}

// rowOf makes the row of a server state or an overlay. Values of a type that the field does not have are left to the unknown ones: a
// newer program may have changed what it means.
func rowOf(t *table, s *wire.RecordState) *row {
	r := &row{rec: sales.Record{Kind: s.Kind, ID: s.ID, Values: make(sales.Values, len(s.Fields))}, seq: s.Seq, created: s.Created}
	r.rec.Bucket, r.rec.UpdatedBy = s.Bucket, s.UpdatedBy
	r.rec.UpdatedAt = sales.Instant(s.Latest().HLC.Millis())
	r.stamps = make([]fieldStamp, len(s.Fields))
	for i, f := range s.Fields {
		r.stamps[i] = fieldStamp{f.Number, f.Stamp}
		if sales.Empty(f.Value) {
			continue
		}
		d, ok := t.kind.FieldNumber(f.Number)
		if ok {
			if _, err := columnValue(d, f.Value); err == nil {
				r.rec.Values[d.Name] = f.Value
				continue
			}
		}
		r.unknown = append(r.unknown, storedField{Number: f.Number, Value: value{f.Value}})
	}
	return r
}

// state is the wire form of a row: of the server state when nothing lies over it, else of the overlay.
func (r *row) state(k *sales.Kind) *wire.RecordState {
	s := &wire.RecordState{
		Kind: r.rec.Kind, ID: r.rec.ID, Bucket: r.rec.Bucket, Seq: r.seq, Created: r.created, UpdatedBy: r.rec.UpdatedBy,
		Fields: make([]wire.FieldState, len(r.stamps)),
	}
	for i, f := range r.stamps {
		s.Fields[i] = wire.FieldState{Number: f.number, Stamp: f.stamp}
		if d, ok := k.FieldNumber(f.number); ok {
			s.Fields[i].Value = r.rec.Values[d.Name]
		}
		for _, u := range r.unknown {
			if u.Number == f.number {
				s.Fields[i].Value = u.Value.any
			}
		}
	}
	return s
}

// stamp is the stamp of one field, zero when it was never set.
func (r *row) stamp(number int) hlc.Stamp {
	for _, f := range r.stamps {
		if f.number == number {
			return f.stamp
		}
	}
	return hlc.Stamp{}
}

type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// load reads one row; nil when there is none.
func (t *table) load(ctx context.Context, q querier, id string) (*row, error) {
	r, err := t.scan(q.QueryRowContext(ctx, t.get, id))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil && r.number > 0 {
		err = fmt.Errorf("%w: %w", errDamaged, err)
	}
	if err != nil {
		return nil, err
	}
	return r, nil
}

// errDamaged says that a row is there and cannot be read as what it should be.
var errDamaged = errors.New("the row is damaged")
