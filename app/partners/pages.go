package partners

import (
	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
)

// Routes names the routes that NewPage answers.
func Routes() []string { return []string{"partners", "partner", "accounts", "account", "contact"} }

// NewPage gives the factory of the package's pages. It answers the routes
//
//	partners, accounts            the lists; ?q=words&tier=gold&territory=44&mine=1&missed=1 start them filtered
//	partner/<id>, account/<id>    everything about one company; ?tab=visits opens a tab, ?edit=1 its form
//	partner/new, account/new      the form of a new one; ?name=… fills it in
//	contact/<id>                  the form of a person
//	contact/new?partner=<id>      the form of a new person there; or account=<id>
func NewPage(d Deps) func(ui.Host, ui.Route) ui.Page {
	return func(h ui.Host, r ui.Route) ui.Page {
		s := sideOf(r.Name)
		switch {
		case r.Name == s.list:
			return newListView(h, r, newListModel(d, s))
		case r.Name == "contact":
			return newContactView(h, r, d)
		case r.ID == "new" || r.Get("edit") != "":
			return newCompanyForm(h, r, d, s)
		}
		return newProfileView(h, r, newProfileModel(d, s, r.ID))
	}
}

// icon is the side's icon.
func (s side) icon() fyne.Resource {
	if s.kind == accountSide.kind {
		return ui.IconAccounts
	}
	return ui.IconPartners
}

// text is a text of this side: the key partners.<key> or accounts.<key>.
func (s side) text(key string, args ...any) string { return ui.T(s.list+"."+key, args...) }
