package partners

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/rounds-field/rounds/sales"
)

// Row is one company in the list.
type Row struct {
	ID        string
	Code      string
	Name      string
	Tier      string
	Category  string // partner type or industry
	Status    string
	Territory string // with the one above it
	Owner     string
	Size      int64 // credit limit or revenue, minor units of Currency
	Currency  string
	Cadence   sales.Cadence
	UpdatedAt sales.Instant
	Pending   bool // has edits that the server has not confirmed
}

// Found is the answer to a filter: how many companies, and a way to get at them page by page.
type Found struct {
	Total int
	// Page loads rows from an offset, at most limit of them.
	Page func(ctx context.Context, offset, limit int) ([]Row, error)
	// Query is what was asked, for an export.
	Query sales.Query
}

// listModel finds companies of one side.
type listModel struct {
	Deps
	side side

	mu   sync.Mutex // Page runs on background goroutines
	tree Territories
}

func newListModel(d Deps, s side) *listModel { return &listModel{Deps: d, side: s} }

// Territories gives the region tree, read anew only when its size changed: names of regions hardly ever do.
func (m *listModel) Territories(ctx context.Context) (Territories, error) {
	n, err := m.Book.Count(ctx, sales.Query{Kind: "territory"})
	if err != nil {
		return Territories{}, fmt.Errorf("count territories: %w", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if n != m.tree.Len() {
		if m.tree, err = loadTerritories(ctx, m.Book); err != nil {
			return Territories{}, err
		}
	}
	return m.tree, nil
}

// Find answers a filter.
func (m *listModel) Find(ctx context.Context, f Filter) (Found, error) {
	tree, err := m.Territories(ctx)
	if err != nil {
		return Found{}, err
	}
	q := f.query(m.side, m.Me().ID, tree)
	if f.Missed {
		return m.findMissed(ctx, q, tree)
	}
	total, err := m.Book.Count(ctx, q)
	if err != nil {
		return Found{}, fmt.Errorf("count %s: %w", m.side.list, err)
	}
	page := func(ctx context.Context, offset, limit int) ([]Row, error) {
		q := q
		q.Offset, q.Limit = offset, limit
		recs, err := m.Book.List(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", m.side.list, err)
		}
		return m.rows(ctx, recs, tree)
	}
	return Found{Total: total, Page: page, Query: q}, nil
}

// manyCompanies is from how many companies on it is quicker to add up all visits than to ask for those of each company.
const manyCompanies = 5000

// findMissed reads all companies of a query and keeps those whose cadence is missed: the rule lives in sales, not in the store.
func (m *listModel) findMissed(ctx context.Context, q sales.Query, tree Territories) (Found, error) {
	recs, err := m.Book.List(ctx, q)
	if err != nil {
		return Found{}, fmt.Errorf("read %s: %w", m.side.list, err)
	}
	var ids []string // of all companies, unless they are few
	if len(recs) < manyCompanies {
		for _, r := range recs {
			ids = append(ids, r.ID)
		}
	}
	last, err := lastVisits(ctx, m.Book, m.side, ids)
	if err != nil {
		return Found{}, err
	}
	recs = slices.DeleteFunc(recs, func(r sales.Record) bool {
		return cadenceOf(r, last[r.ID], m.Now()).State != sales.CadenceOverdue
	})
	page := func(ctx context.Context, offset, limit int) ([]Row, error) {
		end := min(offset+limit, len(recs))
		return m.rows(ctx, recs[min(offset, end):end], tree)
	}
	return Found{Total: len(recs), Page: page, Query: q}, nil
}

// rows adds to records what a list shows besides their own fields.
func (m *listModel) rows(ctx context.Context, recs []sales.Record, tree Territories) ([]Row, error) {
	ids, owners := make([]string, len(recs)), make([]string, 0, len(recs))
	for i, r := range recs {
		ids[i] = r.ID
		owners = append(owners, r.Text("owner_id"))
	}
	names, err := m.Book.Titles(ctx, "user", sales.CleanSet(owners))
	if err != nil {
		return nil, fmt.Errorf("read owners of %s: %w", m.side.list, err)
	}
	last, err := lastVisits(ctx, m.Book, m.side, ids)
	if err != nil {
		return nil, err
	}
	out := make([]Row, len(recs))
	for i, r := range recs {
		out[i] = Row{
			ID: r.ID, Code: r.Text("code"), Name: r.Text("name"), Tier: r.Text("tier"), Category: r.Text(m.side.category),
			Status: r.Text("status"), Territory: tree.Short(r.Text("region_code")), Owner: names[r.Text("owner_id")],
			Size: r.Int(m.side.size), Currency: r.Text("currency"), Cadence: cadenceOf(r, last[r.ID], m.Now()),
			UpdatedAt: r.UpdatedAt, Pending: r.Pending,
		}
	}
	return out, nil
}

// Industries gives the industries that key accounts have, most frequent first, for the filter; nil for partners,
// whose types are a fixed list.
func (m *listModel) Industries(ctx context.Context) ([]string, error) {
	if m.side.category != "industry" {
		return nil, nil
	}
	counts, err := m.Book.Aggregate(ctx, sales.Query{Kind: m.side.kind}, "industry", sales.CountOf, "")
	if err != nil {
		return nil, fmt.Errorf("count industries: %w", err)
	}
	delete(counts, "")
	names := make([]string, 0, len(counts))
	for name := range counts {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if counts[a] != counts[b] {
			return int(counts[b] - counts[a])
		}
		if a < b {
			return -1
		}
		return 1
	})
	return names, nil
}
