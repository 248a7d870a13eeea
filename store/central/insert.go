package central

import (
	"fmt"
	"strings"
)

// table is how rows are written into a table.
type table struct {
	columns  []string // their types, as PostgreSQL calls them
	one, all string   // the statement for one row, and that for any number of them, of which each value is a column
}

// intoTable describes an INSERT into columns, each given with its type; tail says what to do about rows that are there already. Without it, a row that
// another transaction inserted at the same time makes the database give this one up, and the next try sees it.
func intoTable(name, columns, tail string) table {
	var t table
	var names, marks, arrays []string
	for column := range strings.SplitSeq(columns, ", ") {
		name, kind, _ := strings.Cut(column, " ")
		t.columns = append(t.columns, kind)
		names, marks, arrays = append(names, name), append(marks, "?"), append(arrays, "?::"+kind+"[]")
	}
	into := "INSERT INTO " + name + " (" + strings.Join(names, ", ") + ") "
	t.one = into + "VALUES (" + strings.Join(marks, ", ") + ")" + tail
	t.all = into + "SELECT * FROM unnest(" + strings.Join(arrays, ", ") + ")" + tail
	return t
}

// insert writes rows, given as one list of values after another: all at once where the database takes whole columns, because each statement is a trip
// to its server and back.
func (b *batch) insert(t table, values []any) error {
	width := len(t.columns)
	if len(values)%width != 0 {
		return fmt.Errorf("%s: %d values for %d columns", t.one, len(values), width)
	}
	if len(values) > width && b.j.sql.arrays() {
		arrays, err := t.arrays(values)
		if err != nil {
			return err
		}
		return b.exec(t.all, arrays...)
	}
	for ; len(values) > 0; values = values[width:] {
		if err := b.exec(t.one, values[:width]...); err != nil {
			return err
		}
	}
	return nil
}

// arrays turns rows into columns.
func (t table) arrays(values []any) ([]any, error) {
	width := len(t.columns)
	out := make([]any, width)
	for i, kind := range t.columns {
		var err error
		switch kind {
		case "bytea":
			out[i], err = columnOf[[]byte](values, i, width)
		case "text":
			out[i], err = columnOf[string](values, i, width)
		default:
			out[i], err = columnOf[int64](values, i, width)
		}
		if err != nil {
			return nil, fmt.Errorf("column %d of %s: %w", i+1, t.one, err)
		}
	}
	return out, nil
}

// columnOf gathers every width-th value; nil is NULL.
func columnOf[T any](values []any, from, width int) ([]*T, error) {
	out := make([]*T, 0, len(values)/width)
	for i := from; i < len(values); i += width {
		v := values[i]
		if n, ok := v.(int); ok {
			v = int64(n)
		}
		switch x := v.(type) {
		case nil:
			out = append(out, nil)
		case T:
			if b, ok := v.([]byte); ok && b == nil {
				out = append(out, nil)
				continue
			}
			out = append(out, &x)
		default:
			return nil, fmt.Errorf("%T is not what it holds", v)
		}
	}
	return out, nil
}
