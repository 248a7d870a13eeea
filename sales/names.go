package sales

import (
	"context"
	"fmt"
	"maps"
	"slices"
)

// Names collects references from the records of a screen and finds the titles of what they lead to, with one question for
// each kind, whatever the number of records.
type Names struct {
	wanted map[string]map[string]bool
	found  map[string]map[string]string
}

// Want asks for the title of a record; an empty id asks for nothing.
func (n *Names) Want(kind string, ids ...string) {
	for _, id := range ids {
		if id == "" {
			continue
		}
		if n.wanted == nil {
			n.wanted = map[string]map[string]bool{}
		}
		if n.wanted[kind] == nil {
			n.wanted[kind] = map[string]bool{}
		}
		n.wanted[kind][id] = true
	}
}

// Load finds the titles that were asked for.
func (n *Names) Load(ctx context.Context, reader Reader) error {
	n.found = map[string]map[string]string{}
	for kind, ids := range n.wanted {
		titles, err := reader.Titles(ctx, kind, slices.Sorted(maps.Keys(ids)))
		if err != nil {
			return fmt.Errorf("name each %s: %w", kind, err)
		}
		n.found[kind] = titles
	}
	return nil
}

// Of gives the title of a record that was asked for; "" when it is unknown here.
func (n *Names) Of(kind, id string) string { return n.found[kind][id] }

// Company names the partner, else the key account, that a record refers to.
func (n *Names) Company(partnerID, accountID string) string {
	return firstOf(n.Of("partner", partnerID), n.Of("account", accountID))
}
