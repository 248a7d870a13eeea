package opportunities

import (
	"context"

	"github.com/rounds-field/rounds/sales"
)

// kind is the kind of record that this package shows.
const kind = "opportunity"

// Model reads and writes what the screens of this package show. It is synchronous and knows no toolkit.
type Model struct{ Deps }

// NewModel makes the model.
func NewModel(d Deps) *Model { return &Model{Deps: d} }

func (m *Model) today() sales.Date { return sales.DateOf(m.Now()) }

func (m *Model) me() string { return m.Me().ID }

// Card is an opportunity with the names that boards and lists show beside it.
type Card struct {
	sales.Opportunity
	Company  string // the partner's name, or the key account's
	Owner    string
	StuckFor int   // days by which it is in its stage for too long; 0 when it is not
	Late     bool  // open past its expected close
	Weighted int64 // minor units
}

// cards adds names and marks to opportunities.
func (m *Model) cards(ctx context.Context, records []sales.Record) ([]Card, error) {
	var names sales.Names
	cards := make([]Card, len(records))
	for i, o := range sales.AllAs[sales.Opportunity](records) {
		cards[i] = Card{Opportunity: o}
		names.Want("partner", o.PartnerID)
		names.Want("account", o.AccountID)
		names.Want("user", o.OwnerID)
	}
	if err := names.Load(ctx, m.Book); err != nil {
		return nil, err
	}
	for i := range cards {
		c := &cards[i]
		c.Company, c.Owner = names.Company(c.PartnerID, c.AccountID), names.Of("user", c.OwnerID)
		c.StuckFor, c.Late, c.Weighted = c.Stuck(m.today()), c.PastClose(m.today()), sales.Weighted(c.Opportunity)
	}
	return cards, nil
}
