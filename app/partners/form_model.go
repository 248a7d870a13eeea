package partners

import (
	"context"
	"fmt"
	"strings"

	"github.com/rounds-field/rounds/sales"
)

// formModel creates and edits one record by its declared fields: a company, or a person at one.
type formModel struct {
	Deps
	kind string
	id   string       // "" for a new record
	seed sales.Values // what a new record starts with
	prev sales.Record // the record as it was opened
}

// companyForm is the form of a partner or key account.
func companyForm(d Deps, s side, id string) *formModel {
	return &formModel{Deps: d, kind: s.kind, id: id}
}

// contactForm is the form of a person at the company that field, partner_id or account_id, refers to.
func contactForm(d Deps, id, field, company string) *formModel {
	return &formModel{Deps: d, kind: "contact", id: id, seed: sales.Values{field: company}}
}

// Load gives the values that the form starts with.
func (m *formModel) Load(ctx context.Context) (sales.Values, error) {
	if m.id == "" {
		m.prev = sales.Record{Kind: m.kind}
		return sales.Apply(m.defaults(), m.seed), nil
	}
	rec, err := m.Book.Get(ctx, m.kind, m.id)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", m.kind, err)
	}
	m.prev = rec
	return rec.Values, nil
}

// defaults is what a new record most likely will be.
func (m *formModel) defaults() sales.Values {
	switch m.kind {
	case "contact":
		return sales.Values{"decision_role": "user", "attitude": "unknown"}
	default:
		v := sales.Values{"tier": "prospect", "status": "prospect", "currency": sales.DefaultCurrency, "owner_id": m.Me().ID}
		if m.kind == partnerSide.kind {
			v["type"] = "reseller"
		}
		if t := m.Me().Territories; len(t) == 1 {
			v["region_code"] = t[0]
		}
		return v
	}
}

// Check says what is wrong with the values, without saving them.
func (m *formModel) Check(values sales.Values) error {
	next := sales.Record{Kind: m.kind, ID: m.id, Values: sales.Apply(m.prev.Values, m.clean(values))}
	if m.id == "" {
		return sales.Validate(nil, next)
	}
	return sales.Validate(&m.prev, next)
}

// Save writes the values and gives the record's id. Values that are wrong come back as sales.Errors; the edit holds only what changed,
// so that a colleague's concurrent edit of another field stands.
func (m *formModel) Save(ctx context.Context, values sales.Values) (string, error) {
	values = m.clean(values)
	if err := m.Check(values); err != nil {
		return "", err
	}
	if err := m.taken(ctx, values); err != nil {
		return "", err
	}
	edit := sales.Edit{Verb: sales.Create, Kind: m.kind, Values: sales.Apply(m.seed, values)}
	if m.id != "" {
		edit = sales.Edit{Verb: sales.Update, Kind: m.kind, ID: m.id, Values: m.changed(values)}
		if len(edit.Values) == 0 {
			return m.id, nil
		}
	}
	ids, err := m.Book.Write(ctx, edit)
	if err != nil {
		return "", fmt.Errorf("save %s: %w", m.kind, err)
	}
	return ids[0], nil
}

// clean trims texts and gives empty values their one form.
func (m *formModel) clean(values sales.Values) sales.Values {
	out := make(sales.Values, len(values))
	for name, v := range values {
		switch x := v.(type) {
		case string:
			v = strings.TrimSpace(x)
		case []string:
			v = sales.CleanSet(x)
		}
		if sales.Empty(v) {
			v = nil
		}
		out[name] = v
	}
	return out
}

// changed gives those values that differ from the record as it was opened.
func (m *formModel) changed(values sales.Values) sales.Values {
	out := sales.Values{}
	for name, v := range values {
		if !sales.Same(m.prev.Values[name], v) {
			out[name] = v
		}
	}
	return out
}

// taken refuses a code that another company has already: codes are how orders and imports find a company.
func (m *formModel) taken(ctx context.Context, values sales.Values) error {
	code, _ := values["code"].(string)
	if code == "" || code == m.prev.Text("code") {
		return nil
	}
	others, err := m.Book.List(ctx, sales.Query{Kind: m.kind, Limit: 1, Where: []sales.Cond{
		{Field: "code", Op: sales.Eq, Value: code}, {Field: "id", Op: sales.Ne, Value: m.id},
	}})
	if err != nil || len(others) == 0 {
		return wrap("look for the code", err)
	}
	return sales.Errors{{
		Code: sales.CodeDuplicate, Kind: m.kind, Field: "code", Message: fmt.Sprintf("%q belongs to %s", code, others[0].Title()),
		Hint: "use another code, or open that record", Args: map[string]any{"Value": code, "Title": others[0].Title()},
	}}
}

// Similar finds another record of exactly this name, which may mean that the company is there already; "" when there is none.
func (m *formModel) Similar(ctx context.Context, name string) (id string, err error) {
	name = strings.TrimSpace(name)
	if name == "" || name == m.prev.Text("name") {
		return "", nil
	}
	found, err := m.Book.List(ctx, sales.Query{Kind: m.kind, Limit: 1, Where: []sales.Cond{
		{Field: "name", Op: sales.Eq, Value: name}, {Field: "id", Op: sales.Ne, Value: m.id},
	}})
	if err != nil || len(found) == 0 {
		return "", wrap("look for the name", err)
	}
	return found[0].ID, nil
}

// Delete deletes the record.
func (m *formModel) Delete(ctx context.Context) error {
	_, err := m.Book.Write(ctx, sales.Edit{Verb: sales.Delete, Kind: m.kind, ID: m.id})
	return wrap("delete "+m.kind, err)
}
