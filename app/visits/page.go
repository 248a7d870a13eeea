package visits

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
)

// Routes that this package shows.
const (
	RouteVisits = "visits" // the agenda and the list; query view=day|week|list, day=YYYY-MM-DD
	RouteVisit  = "visit"  // visit/<id>; visit/new?partner=<id>|account=<id>&plan=1&at=2006-01-02T15:04&visit=<id to log>
)

// NewPage gives the factory of the pages of visits: visits, visit/<id>, visit/new.
func NewPage(d Deps) func(ui.Host, ui.Route) ui.Page {
	return func(h ui.Host, r ui.Route) ui.Page {
		m := NewModel(d)
		switch {
		case r.Name == RouteVisit && (r.ID == "new" || r.ID == ""):
			return newLogPage(h, r, m)
		case r.Name == RouteVisit:
			return newVisitPage(h, r.ID, m)
		}
		return newOverview(h, r, m)
	}
}

// watched are the kinds whose change a page of visits shows.
var watched = map[string]bool{
	"visit": true, "visit_result": true, "visit_type": true, "visit_step": true, "partner": true, "account": true,
	"feedback": true, "opportunity": true, "task": true, "attachment": true, "contact": true,
}

// refreshOn loads a page anew when something that it shows was written, here or by sync.
func refreshOn(h ui.Host, refresh func()) {
	h.OnChanged(func(kinds []string) {
		for _, kind := range kinds {
			if watched[kind] {
				refresh()
				return
			}
		}
	})
}

// backOnEscape leaves a page.
func backOnEscape(h ui.Host, event *fyne.KeyEvent) bool {
	if event.Name != fyne.KeyEscape {
		return false
	}
	h.Back()
	return true
}

// companyPicker is a field for a partner or a key account; its items are keys of companies.
func companyPicker(m *Model) *ui.Picker {
	p := ui.NewPicker(func(ctx context.Context, text string) ([]ui.PickItem, error) {
		found, err := m.Companies(ctx, text)
		items := make([]ui.PickItem, len(found))
		for i, c := range found {
			items[i] = ui.PickItem{ID: c.Key(), Title: c.Name, Subtitle: companyDetail(c)}
		}
		return items, err
	})
	p.SetPlaceHolder(ui.T("visits.company.choose"))
	return p
}

func companyDetail(c Company) string {
	detail := ui.T("kind." + c.Kind)
	if c.Detail != "" {
		detail += " · " + c.Detail
	}
	return detail
}
