package visits

import (
	"context"
	"fmt"

	"github.com/rounds-field/rounds/sales"
)

// Row is a visit with the names that lists and agendas show beside it.
type Row struct {
	sales.Visit
	Company string // the partner's name, or the key account's
	Owner   string // the user's name
	Type    Label
	Late    bool // planned for a day that has passed
	Foreign bool // somebody else's
}

// Label is a name that the office keeps in both languages.
type Label struct{ Code, En, Zh string }

// In gives the name in a language, with the other language's and the code behind it.
func (l Label) In(lang string) string {
	first, second := l.En, l.Zh
	if lang == "zh" {
		first, second = l.Zh, l.En
	}
	for _, s := range []string{first, second} {
		if s != "" {
			return s
		}
	}
	return l.Code
}

// TypeChoice is a type of visit that can be chosen.
type TypeChoice struct {
	Label
	Minutes int64 // usual length; 0 when the office gave none
}

// Types lists the types of visit in the office's order. A workbook whose office defined none has the routine visit.
func (m *Model) Types(ctx context.Context) ([]TypeChoice, error) {
	records, err := m.Book.List(ctx, sales.Query{Kind: "visit_type"})
	if err != nil {
		return nil, fmt.Errorf("read the types of visit: %w", err)
	}
	var out []TypeChoice
	for _, t := range sales.AllAs[sales.VisitType](records) {
		if !t.Inactive {
			out = append(out, TypeChoice{Label{t.Code, t.Name, t.NameZh}, t.Minutes})
		}
	}
	if len(out) == 0 {
		out = append(out, TypeChoice{Label: routine})
	}
	return out, nil
}

// routine is the one type that every workbook has.
var routine = Label{Code: "routine", En: "Routine visit", Zh: "例行走访"}

func (m *Model) typeLabels(ctx context.Context) (map[string]Label, error) {
	records, err := m.Book.List(ctx, sales.Query{Kind: "visit_type"})
	if err != nil {
		return nil, fmt.Errorf("read the types of visit: %w", err)
	}
	out := map[string]Label{routine.Code: routine}
	for _, t := range sales.AllAs[sales.VisitType](records) {
		out[t.Code] = Label{t.Code, t.Name, t.NameZh}
	}
	return out, nil
}

// rows adds names to visits, asking once for each kind of name.
func (m *Model) rows(ctx context.Context, visits []sales.Visit) ([]Row, error) {
	types, err := m.typeLabels(ctx)
	if err != nil {
		return nil, err
	}
	var names sales.Names
	for _, v := range visits {
		names.Want("partner", v.PartnerID)
		names.Want("account", v.AccountID)
		names.Want("user", v.OwnerID)
	}
	if err := names.Load(ctx, m.Book); err != nil {
		return nil, err
	}
	out := make([]Row, len(visits))
	for i, v := range visits {
		label, known := types[v.VisitType]
		if !known {
			label = Label{Code: v.VisitType}
		}
		out[i] = Row{Visit: v, Company: names.Company(v.PartnerID, v.AccountID), Owner: names.Of("user", v.OwnerID), Type: label, Late: v.Overdue(m.Now()), Foreign: m.me() != "" && v.OwnerID != m.me()}
	}
	return out, nil
}
