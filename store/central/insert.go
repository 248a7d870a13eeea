package central

import (
	"fmt"
	"strings"
)

// table is how rows are written into a table, many with one statement.
type table struct {
	into    string // "table (columns)"
	columns int
	tail    string // what to do about rows that are there already; "" makes them an error
}

// intoTable describes an INSERT. A row that another transaction inserted at the same time makes the database give this one up, and the next try sees it.
func intoTable(name, columns, tail string) table {
	return table{into: name + " (" + columns + ")", columns: strings.Count(columns, ",") + 1, tail: tail}
}

// insert writes rows, given as one list of values after another.
func (b *batch) insert(t table, values []any) error {
	if len(values)%t.columns != 0 {
		return fmt.Errorf("insert into %s: %d values for %d columns", t.into, len(values), t.columns)
	}
	for most := b.j.sql.rows(); len(values) > 0; {
		for most > 1 && most*t.columns > len(values) {
			most /= 2 // powers of two, so that there are few different statements to prepare
		}
		n := most * t.columns
		if err := b.exec(t.statement(most), values[:n]...); err != nil {
			return err
		}
		values = values[n:]
	}
	return nil
}

func (t table) statement(rows int) string {
	row := "(" + marks(t.columns) + ")"
	var s strings.Builder
	s.Grow(len(t.into) + len(t.tail) + rows*(len(row)+2) + 32)
	s.WriteString("INSERT INTO ")
	s.WriteString(t.into)
	s.WriteString(" VALUES ")
	for i := range rows {
		if i > 0 {
			s.WriteString(", ")
		}
		s.WriteString(row)
	}
	s.WriteString(t.tail)
	return s.String()
}

// marks is a list of n placeholders.
func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }
