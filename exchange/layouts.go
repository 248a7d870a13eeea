package exchange

import (
	"fmt"
	"strings"

	"github.com/rounds-field/rounds/sales"
)

// layout is what is known of how other systems write a kind.
type layout struct {
	aliases map[string]string // plain header to field, or to a part beginning with "@" that derive reads
	derive  func(r *row)      // fills what a new record needs and the file says otherwise
}

// layouts knows the shapes in which data comes: shipments and receivables from the maker's ERP, comments of customers, and
// a pipeline of another sales system.
var layouts = map[string]layout{
	"shipment": {
		aliases: map[string]string{"partnercode": "partner_id", "product": "product_name"},
	},
	"receivable": {
		aliases: map[string]string{"partnercode": "partner_id"},
	},
	"feedback": {
		aliases: map[string]string{"text": "body", "comment": "body", "review": "body"},
		derive: func(r *row) {
			kind := "complaint"
			if positive, _ := r.values["positive"].(bool); positive {
				kind = "satisfaction"
			}
			r.suggest("kind", kind)
		},
	},
	"product": {
		aliases: map[string]string{"product": "name", "productcode": "code", "salesprice": "price"},
		derive:  func(r *row) { r.suggest("code", r.values["name"]); r.suggest("active", true) },
	},
	"account": {
		aliases: map[string]string{
			"account": "name", "sector": "industry", "yearestablished": "founded_in", "officelocation": "address", "subsidiaryof": "parent_name",
		},
	},
	"user": {
		aliases: map[string]string{"salesagent": "display_name"},
		derive: func(r *row) {
			name, _ := r.values["display_name"].(string)
			r.suggest("name", strings.Join(strings.Fields(strings.ToLower(name)), "."))
			r.suggest("role", string(sales.RoleRep))
		},
	},
	"opportunity": {
		aliases: map[string]string{
			"opportunityid": "code", "salesagent": "@agent", "product": "product_name", "account": "@account", "dealstage": "stage",
			"engagedate": "engaged_on", "closedate": "closed_on", "closevalue": "amount",
		},
		derive: deriveOpportunity,
	},
}

// stageNames are what other sales systems call the stages.
var stageNames = map[string]string{
	"prospecting": sales.StageProspect, "engaging": sales.StageQualified, "closedwon": sales.StageWon, "closedlost": sales.StageLost,
}

// deriveOpportunity keeps in the notes whom the other system names and this one does not know: a sale without its seller is
// still a sale.
func deriveOpportunity(r *row) {
	account := r.parts["@account"]
	if strings.EqualFold(account, "null") {
		account = ""
	}
	var notes []string
	for _, p := range []struct{ part, text, label, kind, field string }{
		{"@account", account, "Account", "account", "account_id"},
		{"@agent", r.parts["@agent"], "Sales agent", "user", "owner_id"},
	} {
		if p.text == "" {
			continue
		}
		if id, err := r.refs.find(p.kind, p.text); err == nil {
			r.suggest(p.field, id)
		} else {
			notes = append(notes, p.label+": "+p.text)
		}
	}
	if len(notes) > 0 {
		r.suggest("notes", strings.Join(notes, "\n"))
	}
	product, _ := r.values["product_name"].(string)
	code, _ := r.values["code"].(string)
	name := strings.Trim(account+" "+product, " ")
	if name == "" {
		name = code
	}
	r.suggest("name", name)
	if stage := r.values["stage"]; stage == sales.StageWon || stage == sales.StageLost {
		r.suggest("expected_close", r.values["closed_on"])
	}
}

// keyOf makes up a shipment line's key from its order, its product and its count within the two in this file.
func keyOf(r *row, seen map[string]int) {
	if r.kind.Name != "shipment" || r.values["key"] != nil {
		return
	}
	base := fmt.Sprintf("%v/%v", r.values["order_no"], orNothing(r.values["product_code"]))
	seen[base]++
	r.values["key"] = fmt.Sprintf("%s/%d", base, seen[base])
}

func orNothing(v any) any {
	if v == nil {
		return ""
	}
	return v
}
