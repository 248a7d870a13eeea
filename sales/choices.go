package sales

import (
	"context"
	"fmt"
	"strings"
)

// ReadSearcher reads and searches: what choosing a record takes.
type ReadSearcher interface {
	Reader
	Searcher
}

// Choices gives at most limit records of a kind that a person may choose from: those that fit a few words, best first; without
// words the first ones in the kind's own order. The excerpt of each is its code, to tell namesakes apart.
func Choices(ctx context.Context, book ReadSearcher, kind, text string, limit int) ([]Hit, error) {
	q := Query{Kind: kind, Limit: limit}
	if kind == "user" {
		q.Where = []Cond{{Field: "disabled", Op: Ne, Value: true}}
	}
	var ids []string
	if text = strings.TrimSpace(text); text != "" {
		hits, err := book.Search(ctx, text, kind, limit)
		if err != nil {
			return nil, fmt.Errorf("search each %s: %w", kind, err)
		}
		for _, h := range hits {
			ids = append(ids, h.ID)
		}
		if len(ids) == 0 {
			return nil, nil
		}
		q.Where = append(q.Where, Cond{Field: "id", Op: In, Value: ids})
	}
	records, err := book.List(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("list each %s: %w", kind, err)
	}
	found := make(map[string]Hit, len(records))
	for _, r := range records {
		found[r.ID] = Hit{Kind: kind, ID: r.ID, Title: r.Title(), Excerpt: firstOf(r.Text("code"), r.Text("name"))}
		if text == "" {
			ids = append(ids, r.ID)
		}
	}
	out := make([]Hit, 0, len(ids))
	for _, id := range ids {
		if h, ok := found[id]; ok {
			out = append(out, h)
		}
	}
	return out, nil
}
