package partners

import (
	"context"
	"fmt"
	"strings"

	"github.com/rounds-field/rounds/sales"
)

// View is a filter under a name of the user's own.
type View struct {
	ID     string
	Name   string
	Filter Filter
}

// Views gives the user's saved views of this list, by name.
func (m *listModel) Views(ctx context.Context) ([]View, error) {
	recs, err := m.Book.List(ctx, sales.Query{Kind: "saved_view", Sort: []string{"name"}, Where: []sales.Cond{
		{Field: "user_id", Op: sales.Eq, Value: m.Me().ID}, {Field: "kind", Op: sales.Eq, Value: m.side.kind},
	}})
	if err != nil {
		return nil, fmt.Errorf("read saved views: %w", err)
	}
	views := make([]View, len(recs))
	for i, r := range recs {
		views[i] = View{ID: r.ID, Name: r.Text("name"), Filter: DecodeFilter(r.Text("query"))}
	}
	return views, nil
}

// SaveView keeps a filter under a name, in place of the view that has this name already, and gives the view's id.
func (m *listModel) SaveView(ctx context.Context, name string, f Filter) (string, error) {
	name = strings.TrimSpace(name)
	views, err := m.Views(ctx)
	if err != nil {
		return "", err
	}
	edit := sales.CreateOf(sales.SavedView{UserID: m.Me().ID, Kind: m.side.kind, Name: name, Query: f.Encode()})
	for _, v := range views {
		if v.Name == name {
			edit = sales.Edit{Verb: sales.Update, Kind: "saved_view", ID: v.ID, Values: sales.Values{"query": f.Encode()}}
		}
	}
	ids, err := m.Book.Write(ctx, edit)
	if err != nil {
		return "", fmt.Errorf("save view: %w", err)
	}
	return ids[0], nil
}

// DeleteView forgets a saved view.
func (m *listModel) DeleteView(ctx context.Context, id string) error {
	if _, err := m.Book.Write(ctx, sales.Edit{Verb: sales.Delete, Kind: "saved_view", ID: id}); err != nil {
		return fmt.Errorf("delete view: %w", err)
	}
	return nil
}
