package partners

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rounds-field/rounds/sales"
)

// Territories is the sales-region tree as lists and forms need it. The zero value is an empty tree.
type Territories struct {
	names    map[string]string
	parents  map[string]string
	children map[string][]string
	codes    []string // sorted
}

// loadTerritories reads the whole tree; a few thousand nodes.
func loadTerritories(ctx context.Context, book sales.Reader) (Territories, error) {
	recs, err := book.List(ctx, sales.Query{Kind: "territory", Sort: []string{"code"}})
	if err != nil {
		return Territories{}, fmt.Errorf("read territories: %w", err)
	}
	t := Territories{names: map[string]string{}, parents: map[string]string{}, children: map[string][]string{}}
	for _, r := range recs {
		code, parent := r.Text("code"), r.Text("parent_code")
		t.names[code], t.parents[code] = r.Text("name"), parent
		t.children[parent] = append(t.children[parent], code)
		t.codes = append(t.codes, code)
	}
	return t, nil
}

// Len is the number of territories.
func (t Territories) Len() int { return len(t.codes) }

// Name is a territory's name; the code itself where the tree does not know it.
func (t Territories) Name(code string) string {
	if name := t.names[code]; name != "" {
		return name
	}
	return code
}

// Path names the way down to a territory, the widest first; nil for "".
func (t Territories) Path(code string) []string {
	var path []string
	for range 20 { // bounds a tree that somebody tied into a loop
		if code == "" {
			break
		}
		path = append(path, t.Name(code))
		code = t.parents[code]
	}
	slices.Reverse(path)
	return path
}

// PathText is the path in one line, without names that repeat the one before them, as in cities that are provinces.
func (t Territories) PathText(code string) string {
	return strings.Join(slices.Compact(t.Path(code)), " / ")
}

// Short names a territory with the one above it, for lists.
func (t Territories) Short(code string) string {
	path := slices.Compact(t.Path(code))
	return strings.Join(path[max(0, len(path)-2):], " / ")
}

// Below gives the codes of a territory and of all territories below it.
func (t Territories) Below(code string) []string {
	codes, seen := []string{code}, map[string]bool{code: true}
	for i := 0; i < len(codes); i++ {
		for _, child := range t.children[codes[i]] {
			if !seen[child] {
				seen[child] = true
				codes = append(codes, child)
			}
		}
	}
	return codes
}

// Find gives at most limit codes whose name, path or code holds every word of the text, wider territories first.
func (t Territories) Find(text string, limit int) []string {
	words := strings.Fields(strings.ToLower(text))
	var found []string
	for _, code := range t.codes {
		path := strings.ToLower(t.PathText(code))
		if !containsAll(path, code, words) {
			continue
		}
		found = append(found, code)
	}
	slices.SortStableFunc(found, func(a, b string) int { return len(t.Path(a)) - len(t.Path(b)) })
	if len(found) > limit {
		found = found[:limit]
	}
	return found
}

// containsAll says whether each word is in the path or begins the code.
func containsAll(path, code string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(path, w) && !strings.HasPrefix(code, w) {
			return false
		}
	}
	return true
}
