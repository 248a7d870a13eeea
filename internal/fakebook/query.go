package fakebook

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rounds-field/rounds/sales"
)

// List implements sales.Reader.
func (b *Book) List(ctx context.Context, q sales.Query) ([]sales.Record, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := cmp.Or(b.Err, ctx.Err()); err != nil {
		return nil, err
	}
	b.Lists++
	out := b.matching(q)
	order := q.Sort
	if k, ok := sales.KindNamed(q.Kind); ok && len(order) == 0 && k.Sort != "" {
		order = []string{k.Sort}
	}
	slices.SortStableFunc(out, func(x, y sales.Record) int {
		for _, field := range order {
			name, desc := strings.CutPrefix(field, "-")
			c := compare(value(x, name), value(y, name))
			if desc {
				c = -c
			}
			if c != 0 {
				return c
			}
		}
		return strings.Compare(x.ID, y.ID)
	})
	out = out[min(q.Offset, len(out)):]
	if q.Limit > 0 {
		out = out[:min(q.Limit, len(out))]
	}
	return out, nil
}

// Count implements sales.Reader.
func (b *Book) Count(ctx context.Context, q sales.Query) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.matching(q)), cmp.Or(b.Err, ctx.Err())
}

// Aggregate implements sales.Reader.
func (b *Book) Aggregate(ctx context.Context, q sales.Query, by string, fn sales.Fn, field string) (map[string]int64, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := map[string]int64{}
	for _, r := range b.matching(q) {
		key := ""
		if by != "" {
			key = groupKey(value(r, by))
		}
		n := r.Int(field)
		was, seen := out[key]
		switch {
		case fn == sales.CountOf:
			out[key] = was + 1
		case fn == sales.SumOf:
			out[key] = was + n
		case !seen, fn == sales.MinOf && n < was, fn == sales.MaxOf && n > was:
			out[key] = n
		}
	}
	return out, cmp.Or(b.Err, ctx.Err())
}

// groupKey writes a value as a group's key: numbers in decimals, what is empty as "".
func groupKey(v any) string {
	if sales.Empty(v) {
		return ""
	}
	return fmt.Sprint(v)
}

// Search implements sales.Searcher by plain containment in searchable fields.
func (b *Book) Search(ctx context.Context, text, kind string, limit int) ([]sales.Hit, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []sales.Hit
	for _, k := range sales.Kinds() {
		if kind != "" && k.Name != kind {
			continue
		}
		for _, r := range b.matching(sales.Query{Kind: k.Name, Match: text}) {
			if limit > 0 && len(out) == limit {
				break
			}
			out = append(out, sales.Hit{Kind: r.Kind, ID: r.ID, Title: r.Title()})
		}
	}
	return out, cmp.Or(b.Err, ctx.Err())
}

func (b *Book) matching(q sales.Query) []sales.Record {
	var out []sales.Record
	for _, id := range b.order[q.Kind] {
		if r := b.records[q.Kind][id]; matches(r, q) {
			out = append(out, r)
		}
	}
	return out
}

func matches(r sales.Record, q sales.Query) bool {
	for _, c := range q.Where {
		if !holds(r, c) {
			return false
		}
	}
	if len(q.Any) > 0 && !slices.ContainsFunc(q.Any, func(c sales.Cond) bool { return holds(r, c) }) {
		return false
	}
	return q.Match == "" || mentions(r, q.Match)
}

func mentions(r sales.Record, text string) bool {
	for _, f := range sales.MustKind(r.Kind).Fields {
		if f.Search && strings.Contains(strings.ToLower(r.Text(f.Name)), strings.ToLower(strings.TrimSpace(text))) {
			return true
		}
	}
	return false
}

// holds decides one condition. An empty value is unequal to any other and never smaller or greater, as in SQL with
// emptiness made explicit.
func holds(r sales.Record, c sales.Cond) bool {
	v := value(r, c.Field)
	switch c.Op {
	case sales.IsEmpty:
		return sales.Empty(v)
	case sales.NotEmpty:
		return !sales.Empty(v)
	case sales.Eq:
		return sales.Same(v, canonical(c.Value))
	case sales.Ne:
		return !sales.Same(v, canonical(c.Value))
	case sales.In, sales.NotIn:
		set, _ := c.Value.([]string)
		text, _ := v.(string)
		return slices.Contains(set, text) == (c.Op == sales.In)
	case sales.Contains:
		text, _ := c.Value.(string)
		if set, ok := v.([]string); ok {
			return slices.Contains(set, text)
		}
		s, _ := v.(string)
		return strings.Contains(strings.ToLower(s), strings.ToLower(text))
	}
	if sales.Empty(v) {
		return false
	}
	order := compare(v, canonical(c.Value))
	switch c.Op {
	case sales.Lt:
		return order < 0
	case sales.Le:
		return order <= 0
	case sales.Gt:
		return order > 0
	case sales.Ge:
		return order >= 0
	}
	return false
}

func value(r sales.Record, field string) any {
	switch field {
	case "id":
		return r.ID
	case "updated_at":
		return int64(r.UpdatedAt)
	}
	return r.Values[field]
}

// canonical lets a test write a condition's value as a plain number or as the domain's own types.
func canonical(v any) any {
	switch x := v.(type) {
	case int:
		return int64(x)
	case sales.Instant:
		return int64(x)
	case sales.Date:
		return string(x)
	}
	return v
}

// compare orders two canonical values; what is empty comes first.
func compare(a, b any) int {
	switch x := a.(type) {
	case int64:
		y, _ := b.(int64)
		if b == nil {
			return 1
		}
		return cmp.Compare(x, y)
	case bool:
		y, _ := b.(bool)
		switch {
		case x == y:
			return 0
		case x:
			return 1
		}
		return -1
	}
	x, _ := a.(string)
	y, _ := b.(string)
	if _, number := b.(int64); number {
		return -1
	}
	return strings.Compare(x, y)
}
