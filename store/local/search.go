package local

import (
	"context"
	"strings"

	"github.com/rounds-field/rounds/sales"
)

// searchOrder is the order in which kinds answer a search over everything: what a rep most likely means comes first.
var searchOrder = []string{
	"partner", "account", "contact", "opportunity", "project", "visit", "feedback", "task", "product", "announcement",
}

// excerptRunes is how much is shown around a match.
const excerptRunes = 40

// Search implements sales.Searcher. Records whose name matches come before those whose text does, and newer ones before older ones.
func (s *Store) Search(ctx context.Context, text, kind string, limit int) ([]sales.Hit, error) {
	if limit <= 0 {
		limit = 50
	}
	expr := matchExpression(strings.TrimSpace(text))
	if expr == "" {
		return nil, nil
	}
	kinds := searchedKinds()
	if kind != "" {
		tb, ok := tables[kind]
		if !ok {
			return nil, unknownKind(kind)
		}
		kinds = []*table{tb}
	}
	hits, err := s.find(ctx, kinds, text, expr, limit)
	return hits, s.explain("search", err)
}

func searchedKinds() []*table {
	var out []*table
	for _, name := range searchOrder {
		if tb, ok := tables[name]; ok && tb.searched() {
			out = append(out, tb)
		}
	}
	for _, k := range sales.Kinds() {
		if tb := tables[k.Name]; tb.searched() && !contains(searchOrder, k.Name) {
			out = append(out, tb)
		}
	}
	return out
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// found is a record that matches, by its number.
type found struct {
	tb     *table
	number int64
}

func (s *Store) find(ctx context.Context, kinds []*table, text, expr string, limit int) ([]sales.Hit, error) {
	// Two passes: names, then everything. Each stops at the limit, so that a common word costs no more than a rare one.
	passes := []string{nameExpression(text), expr}
	seen := map[found]bool{}
	var order []found
	for _, pass := range passes {
		if pass == "" {
			continue
		}
		if len(order) >= limit {
			break
		}
		perKind := limit
		for _, tb := range kinds {
			from, to := entryRange(tb.kind)
			numbers, err := s.numbers(ctx, pass, from, to, perKind)
			if err != nil {
				return nil, err
			}
			for _, n := range numbers {
				f := found{tb, n - from}
				if !seen[f] && len(order) < limit {
					seen[f] = true
					order = append(order, f)
				}
			}
			if len(order) >= limit {
				break
			}
		}
	}
	return s.hits(ctx, order, text)
}

// nameExpression looks for what was typed in names only.
func nameExpression(text string) string {
	if joined := strings.Map(dropSeparators, text); len(joined) >= minDigits && (term{text: joined}).digits() {
		return "digits : " + (term{text: joined}).phrase()
	}
	terms := termsOf(text)
	parts := make([]string, len(terms))
	for i, t := range terms {
		e := "title : " + t.phrase()
		if !t.paired && t.ascii() && len(t.text) >= 2 {
			e += " OR pinyin : " + t.phrase()
		}
		parts[i] = "(" + e + ")"
	}
	return strings.Join(parts, " AND ")
}

func (s *Store) numbers(ctx context.Context, expr string, from, to int64, limit int) ([]int64, error) {
	rows, err := s.reading.QueryContext(ctx,
		"SELECT rowid FROM wb_search WHERE wb_search MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid DESC LIMIT ?", expr, from, to, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []int64
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, rows.Err()
}

func (s *Store) hits(ctx context.Context, order []found, text string) ([]sales.Hit, error) {
	d := &describer{q: s.reading}
	terms := termsOf(text)
	out := make([]sales.Hit, 0, len(order))
	for _, f := range order {
		list, err := s.rows(ctx, f.tb, f.tb.list+" WHERE _row = ?", []any{f.number})
		if err != nil {
			return nil, err
		}
		if len(list) == 0 {
			continue
		}
		r := list[0]
		title, err := d.title(ctx, r, 0)
		if err != nil {
			return nil, err
		}
		out = append(out, sales.Hit{Kind: r.Kind, ID: r.ID, Title: title, Excerpt: excerpt(f.tb.kind, r, terms)})
	}
	return out, nil
}

// excerpt is the passage of a record that matched; "" when that is its name, which is shown anyhow.
func excerpt(k *sales.Kind, r sales.Record, terms []term) string {
	for i := range k.Fields {
		f := &k.Fields[i]
		text, _ := r.Values[f.Name].(string)
		if !f.Search || text == "" || f.Name == k.Title {
			continue
		}
		lower := []rune(strings.ToLower(text))
		for _, t := range terms {
			at := indexRunes(lower, []rune(t.text))
			if at < 0 {
				continue
			}
			rs := []rune(text)
			if len(rs) != len(lower) { // a letter whose small form has another length
				rs = lower
			}
			from, to := max(0, at-excerptRunes/2), min(len(rs), at+excerptRunes)
			s := strings.Join(strings.Fields(string(rs[from:to])), " ")
			if from > 0 {
				s = "…" + s
			}
			if to < len(rs) {
				s += "…"
			}
			return s
		}
	}
	return ""
}

func indexRunes(text, part []rune) int {
	for i := 0; i+len(part) <= len(text); i++ {
		if string(text[i:i+len(part)]) == string(part) {
			return i
		}
	}
	return -1
}
