package partners

import (
	"encoding/json"
	"slices"

	"github.com/rounds-field/rounds/sales"
)

// Filter is what a list of companies shows and in which order. Its JSON form is what saved views keep.
type Filter struct {
	Text       string   `json:"text,omitempty"`       // words, pinyin initials, codes, phone fragments
	Tiers      []string `json:"tiers,omitempty"`      // none means any
	Categories []string `json:"categories,omitempty"` // partner types or industries; none means any
	Statuses   []string `json:"statuses,omitempty"`   // none means any
	Territory  string   `json:"territory,omitempty"`  // code; stands for the territory and all below it
	Mine       bool     `json:"mine,omitempty"`       // only those that the user owns
	Missed     bool     `json:"missed,omitempty"`     // only those whose visit cadence is missed
	Sort       string   `json:"sort,omitempty"`       // field; "" means the name
	Desc       bool     `json:"desc,omitempty"`
}

// Encode gives the filter's JSON; "" for the empty filter.
func (f Filter) Encode() string {
	if f.empty() && f.Sort == "" {
		return ""
	}
	text, err := json.Marshal(f)
	if err != nil {
		return "" // cannot be: texts and flags only
	}
	return string(text)
}

// DecodeFilter reads what Encode wrote. Anything else gives the empty filter: a view that another version saved must not
// keep the list from opening.
func DecodeFilter(text string) Filter {
	var f Filter
	if err := json.Unmarshal([]byte(text), &f); err != nil {
		return Filter{}
	}
	return f
}

// empty says whether the filter lets everything through.
func (f Filter) empty() bool {
	return f.Text == "" && len(f.Tiers) == 0 && len(f.Categories) == 0 && len(f.Statuses) == 0 && f.Territory == "" && !f.Mine && !f.Missed
}

// query is the filter as the store understands it. Missed is not among its conditions: the store cannot know the rule.
func (f Filter) query(s side, userID string, tree Territories) sales.Query {
	q := sales.Query{Kind: s.kind, Match: f.Text, Sort: []string{"name"}} // one field: then a page needs no sorting of all
	oneOf := func(field string, codes []string) {
		if len(codes) > 0 {
			q.Where = append(q.Where, sales.Cond{Field: field, Op: sales.In, Value: slices.Clone(codes)})
		}
	}
	oneOf("tier", f.Tiers)
	oneOf(s.category, f.Categories)
	oneOf("status", f.Statuses)
	if f.Territory != "" {
		oneOf("region_code", tree.Below(f.Territory))
	}
	if f.Mine {
		q.Where = append(q.Where, sales.Cond{Field: "owner_id", Op: sales.Eq, Value: userID})
	}
	if f.Sort != "" {
		q.Sort = []string{f.Sort}
	}
	if f.Desc {
		q.Sort[0] = "-" + q.Sort[0]
	}
	return q
}
