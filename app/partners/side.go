package partners

import "github.com/rounds-field/rounds/sales"

// side says what differs between channel partners and key accounts.
type side struct {
	kind string // record kind, and the route of one record
	list string // route of the list
	ref  string // field by which visits, feedback and the rest refer to the company
	// category is the field beside tier and status by which the list filters and tells companies apart.
	category string
	// size is the money field among the facts.
	size string
	// goods says whether we ship to it and invoice it.
	goods bool
	// sections are the form's fields under their headings.
	sections []section
}

// section is a headed group of the form's fields. Its heading is the text of partners.section.<name>.
type section struct {
	name   string
	fields []string
}

var partnerSide = side{
	kind: "partner", list: "partners", ref: "partner_id", category: "type", size: "credit_limit", goods: true,
	sections: []section{
		{"basics", []string{"name", "code", "tier", "type", "status", "owner_id", "region_code", "visit_every"}},
		{"reach", []string{"phone", "email", "website", "address"}},
		{"terms", []string{"credit_limit", "currency", "signed_on", "agreement_ends"}},
		{"more", []string{"tags", "notes"}},
	},
}

var accountSide = side{
	kind: "account", list: "accounts", ref: "account_id", category: "industry", size: "revenue",
	sections: []section{
		{"basics", []string{"name", "code", "tier", "industry", "status", "owner_id", "region_code", "visit_every"}},
		{"reach", []string{"phone", "website", "address", "parent_name"}},
		{"size", []string{"revenue", "currency", "employees", "founded_in"}},
		{"more", []string{"tags", "notes"}},
	},
}

// sideOf finds the side of a route or of a record kind; partners for anything that is not an account.
func sideOf(name string) side {
	if name == accountSide.kind || name == accountSide.list {
		return accountSide
	}
	return partnerSide
}

// param is the name under which the company travels in a route: visit/new?partner=<id>.
func (s side) param() string { return s.kind }

// route is the address of one company's page.
func (s side) route(id string) string { return s.kind + "/" + id }

// tiers, and statuses, in display order.
func (s side) options(field string) []string {
	f, ok := sales.MustKind(s.kind).Field(field)
	if !ok {
		return nil
	}
	return f.Options
}
