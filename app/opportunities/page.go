package opportunities

import (
	"github.com/rounds-field/rounds/app/ui"
)

// NewPage gives the factory of the pages of opportunities, for the routes "opportunities" (board and list; ?period=, one of Periods), "opportunity/new"
// (?partner=, ?account=, ?visit=) and "opportunity/<id>" (?edit=1 for its form).
func NewPage(d Deps) func(ui.Host, ui.Route) ui.Page {
	return func(host ui.Host, route ui.Route) ui.Page {
		model := NewModel(d)
		switch {
		case route.Name == "opportunities" || route.ID == "":
			return newOverview(host, model, route.Get("period"))
		case route.ID == "new":
			return newForm(host, model, "", Origin{PartnerID: route.Get("partner"), AccountID: route.Get("account"), VisitID: route.Get("visit")})
		case route.Get("edit") != "":
			return newForm(host, model, route.ID, Origin{})
		}
		return newDetailPage(host, model, route.ID)
	}
}
