package projects

import (
	"context"
	"strings"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// NewPage gives the factory of the pages of projects, for the routes "projects", "project/new" (?account=, ?partner=) and
// "project/<id>" (?edit=1 for its form).
func NewPage(d Deps) func(ui.Host, ui.Route) ui.Page {
	return func(host ui.Host, route ui.Route) ui.Page {
		model := NewModel(d)
		switch {
		case route.Name == "projects" || route.ID == "":
			return newListPage(host, model)
		case route.ID == "new":
			return newForm(host, model, "", route.Get("account"), route.Get("partner"))
		case route.Get("edit") != "":
			return newForm(host, model, route.ID, "", "")
		}
		return newDetailPage(host, model, route.ID)
	}
}

func optionText(field, code string) string { return ui.T("option." + field + "." + code) }

func fieldText(field string) string { return ui.T("field.project." + field) }

// optionsOf gives the declared codes of a field with their labels.
func optionsOf(kind, field string) []ui.Option {
	declared, _ := sales.MustKind(kind).Field(field)
	options := make([]ui.Option, len(declared.Options))
	for i, code := range declared.Options {
		options[i] = ui.Option{Code: code, Label: optionText(field, code)}
	}
	return options
}

func healthTone(health string) ui.Tone {
	switch health {
	case sales.HealthRed:
		return ui.ToneDanger
	case sales.HealthAmber:
		return ui.ToneWarning
	}
	return ui.ToneSuccess
}

// reasonText explains one fact that decided a project's health.
func reasonText(r sales.HealthReason) string {
	return ui.T("health."+r.Code, "Title", r.Title, "Days", r.Days, "Count", r.Days)
}

func moneyText(p sales.Project) string {
	if p.Revenue == 0 {
		return ""
	}
	currency := p.Currency
	if currency == "" {
		currency = sales.DefaultCurrency
	}
	return strings.TrimSuffix(ui.FormatMoney(p.Revenue, currency), ".00")
}

// choose makes the search of a picker for records of a kind.
func choose(book sales.ReadSearcher, kind string) func(context.Context, string) ([]ui.PickItem, error) {
	return func(ctx context.Context, text string) ([]ui.PickItem, error) {
		hits, err := sales.Choices(ctx, book, kind, text, 30)
		items := make([]ui.PickItem, len(hits))
		for i, h := range hits {
			items[i] = ui.PickItem{ID: h.ID, Title: h.Title, Subtitle: h.Excerpt}
		}
		return items, err
	}
}
