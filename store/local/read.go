package local

import (
	"context"
	"fmt"
	"slices"

	"github.com/rounds-field/rounds/sales"
)

// Get implements sales.Reader.
func (s *Store) Get(ctx context.Context, kind, id string) (sales.Record, error) {
	tb, ok := tables[kind]
	if !ok {
		return sales.Record{}, unknownKind(kind)
	}
	r, err := tb.load(ctx, s.reading, id)
	if err != nil {
		return sales.Record{}, s.explain("read "+kind+" "+id, err)
	}
	if r == nil {
		return sales.Record{}, notFound(kind, id)
	}
	return r.rec, nil
}

// List implements sales.Reader. Empty values come first in ascending order; the title is ordered by pinyin.
func (s *Store) List(ctx context.Context, q sales.Query) ([]sales.Record, error) {
	tb, ok := tables[q.Kind]
	if !ok {
		return nil, unknownKind(q.Kind)
	}
	sorted, err := s.sortedFirst(ctx, tb, q)
	if err != nil {
		return nil, err
	}
	where, args, err := tb.where(q, sorted)
	if err != nil {
		return nil, err
	}
	order, err := tb.order(q)
	if err != nil {
		return nil, err
	}
	query := tb.list + where + order
	if q.Limit > 0 || q.Offset > 0 {
		limit := q.Limit
		if limit <= 0 {
			limit = -1
		}
		query += " LIMIT ? OFFSET ?"
		args = append(args, limit, max(q.Offset, 0))
	}
	return s.rows(ctx, tb, query, args)
}

func (s *Store) rows(ctx context.Context, tb *table, query string, args []any) ([]sales.Record, error) {
	rows, err := s.reading.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, s.explain("list "+tb.kind.Name, err)
	}
	defer rows.Close()
	var out []sales.Record
	for rows.Next() {
		r, err := tb.scan(rows)
		if err != nil {
			return nil, s.explain("list "+tb.kind.Name, err)
		}
		out = append(out, r.rec)
	}
	return out, s.explain("list "+tb.kind.Name, rows.Err())
}

// Count implements sales.Reader.
func (s *Store) Count(ctx context.Context, q sales.Query) (int, error) {
	tb, ok := tables[q.Kind]
	if !ok {
		return 0, unknownKind(q.Kind)
	}
	where, args, err := tb.where(q, false)
	if err != nil {
		return 0, err
	}
	query := "SELECT count(*) FROM " + tb.name + where
	if where == " WHERE "+tb.matching() { // the index alone knows
		from, to := entryRange(tb.kind)
		query = fmt.Sprintf("SELECT count(*) FROM wb_search WHERE wb_search MATCH ? AND rowid BETWEEN %d AND %d", from, to)
	}
	var n int
	err = s.reading.QueryRowContext(ctx, query, args...).Scan(&n)
	return n, s.explain("count "+q.Kind, err)
}

// Aggregate implements sales.Reader. Records whose field is empty do not count towards a minimum or maximum.
func (s *Store) Aggregate(ctx context.Context, q sales.Query, by string, fn sales.Fn, field string) (map[string]int64, error) {
	tb, ok := tables[q.Kind]
	if !ok {
		return nil, unknownKind(q.Kind)
	}
	where, args, err := tb.where(q, false)
	if err != nil {
		return nil, err
	}
	group := "''"
	if by != "" {
		col, _, err := tb.column(by)
		if err != nil {
			return nil, err
		}
		group = "coalesce(CAST(" + col + " AS TEXT), '')"
	}
	value := "count(*)"
	if fn != sales.CountOf {
		col, typ, err := tb.column(field)
		if err != nil {
			return nil, err
		}
		if (typ != sales.Int && typ != sales.Money && typ != sales.Time) || !slices.Contains([]sales.Fn{sales.SumOf, sales.MinOf, sales.MaxOf}, fn) {
			return nil, &sales.Error{
				Code: sales.CodeInvalid, Kind: q.Kind, Field: field, Message: fmt.Sprintf("there is no %s of a %s", fn, typ),
				Hint: "choose count, or a numeric field", Args: map[string]any{"Value": string(fn)},
			}
		}
		value = "coalesce(" + string(fn) + "(" + col + "), 0)"
	}
	rows, err := s.reading.QueryContext(ctx, "SELECT "+group+", "+value+" FROM "+tb.name+where+" GROUP BY 1", args...)
	if err != nil {
		return nil, s.explain("sum up "+q.Kind, err)
	}
	defer rows.Close()
	out := map[string]int64{}
	for rows.Next() {
		var key string
		var n int64
		if err := rows.Scan(&key, &n); err != nil {
			return nil, s.explain("sum up "+q.Kind, err)
		}
		out[key] = n
	}
	return out, s.explain("sum up "+q.Kind, rows.Err())
}
