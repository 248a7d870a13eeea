package local

import (
	"context"
	"slices"
	"strings"

	"github.com/rounds-field/rounds/sales"
)

// manyRows is from how many matching rows on it is quicker to walk a list in its order than to find all that match and sort them.
const manyRows = 2000

// sortedFirst says whether a page of a list is found by walking its order: when its order has an index and none of the indexed conditions is met by
// few rows. The database cannot tell, because it does not know that one page is asked for.
func (s *Store) sortedFirst(ctx context.Context, tb *table, q sales.Query) (bool, error) {
	if q.Limit <= 0 || len(q.Any) > 0 || len(q.Where) == 0 && strings.TrimSpace(q.Match) == "" || !tb.orderIndexed(q) {
		return false, nil
	}
	for _, c := range q.Where {
		col, _, err := tb.column(c.Field)
		if err != nil {
			return false, err
		}
		if c.Field == "id" {
			return false, nil
		}
		if !tb.indexed(c.Field) || c.Op == sales.Ne || c.Op == sales.NotIn || c.Op == sales.Contains {
			continue
		}
		where, args, err := tb.where(sales.Query{Kind: q.Kind, Where: []sales.Cond{c}}, false)
		if err != nil {
			return false, err
		}
		few, err := s.fewer(ctx, "SELECT "+col+" FROM "+tb.name+where, args)
		if err != nil || few {
			return false, err
		}
	}
	if m := strings.TrimSpace(q.Match); m != "" {
		where, args, err := tb.where(sales.Query{Kind: q.Kind, Match: m}, false)
		if err != nil {
			return false, err
		}
		few, err := s.fewer(ctx, "SELECT 1 FROM "+tb.name+where, args)
		if err != nil || few {
			return false, err
		}
	}
	return true, nil
}

func (s *Store) fewer(ctx context.Context, query string, args []any) (bool, error) {
	var n int
	err := s.reading.QueryRowContext(ctx, "SELECT count(*) FROM ("+query+" LIMIT ?)", append(slices.Clone(args), manyRows)...).Scan(&n)
	return n < manyRows, s.explain("count rows", err)
}

// orderIndexed says whether one index gives the whole order of a query.
func (t *table) orderIndexed(q sales.Query) bool {
	sorts := q.Sort
	if len(sorts) == 0 {
		sorts = []string{t.kind.Sort}
	}
	return len(sorts) == 1 && t.indexed(strings.TrimPrefix(sorts[0], "-"))
}

// indexed says whether a field, or one of the store's own columns, has an index of its own.
func (t *table) indexed(name string) bool {
	if name == t.kind.Title && name != "" {
		return true
	}
	_, ok := t.indexes()["ix_"+t.kind.Name+"_"+name]
	return ok
}
