package visits

import (
	"context"
	"fmt"
	"strings"

	"github.com/rounds-field/rounds/sales"
)

// Company is a partner or a key account, as the picker offers it.
type Company struct {
	Kind   string // "partner" or "account"
	ID     string
	Name   string
	Detail string // its code
}

// Key names the company in one text.
func (c Company) Key() string { return c.Kind + ":" + c.ID }

// CompanyRefs takes a key apart into the two references of a record.
func CompanyRefs(key string) (partnerID, accountID string) {
	kind, id, _ := strings.Cut(key, ":")
	if kind == "account" {
		return "", id
	}
	return id, ""
}

// CompanyKey is the key of a record's company, "" when it has none.
func CompanyKey(partnerID, accountID string) string {
	switch {
	case partnerID != "":
		return "partner:" + partnerID
	case accountID != "":
		return "account:" + accountID
	}
	return ""
}

// companyLimit bounds what the picker offers of each kind.
const companyLimit = 12

// Companies finds partners and key accounts by a few words. Without words it gives those that the user dealt with last.
func (m *Model) Companies(ctx context.Context, text string) ([]Company, error) {
	if strings.TrimSpace(text) == "" {
		return m.recentCompanies(ctx)
	}
	var out []Company
	for _, kind := range []string{"partner", "account"} {
		hits, err := m.Book.Search(ctx, text, kind, companyLimit)
		if err != nil {
			return nil, fmt.Errorf("search each %s: %w", kind, err)
		}
		ids := make([]string, len(hits))
		for i, h := range hits {
			ids[i] = h.ID
		}
		if len(ids) == 0 {
			continue
		}
		records, err := m.Book.List(ctx, sales.Query{Kind: kind, Where: []sales.Cond{{Field: "id", Op: sales.In, Value: ids}}})
		if err != nil {
			return nil, fmt.Errorf("read each %s found: %w", kind, err)
		}
		codes := map[string]string{}
		for _, r := range records {
			codes[r.ID] = r.Text("code")
		}
		for _, h := range hits {
			out = append(out, Company{Kind: kind, ID: h.ID, Name: h.Title, Detail: codes[h.ID]})
		}
	}
	return out, nil
}

// recentCompanies gives the companies of the user's latest visits; in a new workbook, the first partners.
func (m *Model) recentCompanies(ctx context.Context) ([]Company, error) {
	now := int64(sales.InstantOf(m.Now().AddDate(0, 0, 14)))
	visits, err := m.Book.List(ctx, sales.Query{
		Kind: "visit", Sort: []string{"-planned_at"}, Limit: 4 * companyLimit,
		Where: m.owned(true, sales.Cond{Field: "planned_at", Op: sales.Lt, Value: now}),
	})
	if err != nil {
		return nil, fmt.Errorf("read recent visits: %w", err)
	}
	var out []Company
	seen := map[string]bool{}
	for _, v := range sales.AllAs[sales.Visit](visits) {
		c := Company{Kind: "partner", ID: v.PartnerID}
		if v.PartnerID == "" {
			c = Company{Kind: "account", ID: v.AccountID}
		}
		if c.ID != "" && !seen[c.Key()] && len(out) < companyLimit {
			seen[c.Key()] = true
			out = append(out, c)
		}
	}
	if len(out) == 0 {
		first, err := m.Book.List(ctx, sales.Query{Kind: "partner", Limit: companyLimit})
		if err != nil {
			return nil, fmt.Errorf("read partners: %w", err)
		}
		for _, r := range first {
			out = append(out, Company{Kind: "partner", ID: r.ID, Name: r.Title(), Detail: r.Text("code")})
		}
		return out, nil
	}
	return out, m.nameCompanies(ctx, out)
}

func (m *Model) nameCompanies(ctx context.Context, companies []Company) error {
	var names sales.Names
	for _, c := range companies {
		names.Want(c.Kind, c.ID)
	}
	if err := names.Load(ctx, m.Book); err != nil {
		return err
	}
	for i, c := range companies {
		companies[i].Name = names.Of(c.Kind, c.ID)
	}
	return nil
}

// CompanyNamed gives the company of a key with its name.
func (m *Model) CompanyNamed(ctx context.Context, key string) (Company, error) {
	kind, id, _ := strings.Cut(key, ":")
	list := []Company{{Kind: kind, ID: id}}
	err := m.nameCompanies(ctx, list)
	return list[0], err
}
