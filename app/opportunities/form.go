package opportunities

import (
	"context"
	"fmt"

	"github.com/rounds-field/rounds/sales"
)

// Origin says where a new opportunity comes from; each id may be empty.
type Origin struct{ PartnerID, AccountID, VisitID string }

// key tells drafts of different origins apart.
func (o Origin) key() string {
	for _, id := range []string{o.VisitID, o.PartnerID, o.AccountID} {
		if id != "" {
			return "/" + id
		}
	}
	return ""
}

// Draft is an opportunity in the form, with the names of what it refers to.
type Draft struct {
	sales.Opportunity
	Partner, Account, Owner string
}

// New prepares the form of a new opportunity. One that comes out of a visit is with the visit's company.
func (m *Model) New(ctx context.Context, from Origin) (Draft, error) {
	d := Draft{Opportunity: sales.Opportunity{
		PartnerID: from.PartnerID, AccountID: from.AccountID, Stage: sales.StageProspect, OwnerID: m.me(),
		Currency: sales.DefaultCurrency, EngagedOn: m.today(), Pipeline: sales.PipelineChannel,
	}}
	if from.VisitID != "" {
		record, err := m.Book.Get(ctx, "visit", from.VisitID)
		if err != nil {
			return d, fmt.Errorf("look up the visit: %w", err)
		}
		visit := sales.As[sales.Visit](record)
		d.PartnerID, d.AccountID = visit.PartnerID, visit.AccountID
	}
	if d.AccountID != "" && d.PartnerID == "" {
		d.Pipeline = sales.PipelineKeyAccount
	}
	err := m.nameDraft(ctx, &d)
	return d, err
}

// Edit prepares the form of an opportunity that exists.
func (m *Model) Edit(ctx context.Context, id string) (Draft, error) {
	record, err := m.Book.Get(ctx, kind, id)
	if err != nil {
		return Draft{}, fmt.Errorf("open the opportunity: %w", err)
	}
	d := Draft{Opportunity: sales.As[sales.Opportunity](record)}
	err = m.nameDraft(ctx, &d)
	return d, err
}

func (m *Model) nameDraft(ctx context.Context, d *Draft) error {
	var names sales.Names
	names.Want("partner", d.PartnerID)
	names.Want("account", d.AccountID)
	names.Want("user", d.OwnerID)
	err := names.Load(ctx, m.Book)
	d.Partner, d.Account, d.Owner = names.Of("partner", d.PartnerID), names.Of("account", d.AccountID), names.Of("user", d.OwnerID)
	return err
}

// Save creates the opportunity, with the first entry of its stage history, or writes what changed of one that exists. It
// gives the id.
func (m *Model) Save(ctx context.Context, o sales.Opportunity) (string, error) {
	if o.ID != "" {
		record, err := m.Book.Get(ctx, kind, o.ID)
		if err != nil {
			return "", fmt.Errorf("save the opportunity: %w", err)
		}
		edit := sales.UpdateOf(sales.As[sales.Opportunity](record), o)
		if len(edit.Values) == 0 {
			return o.ID, nil
		}
		_, err = m.Book.Write(ctx, edit)
		return o.ID, err
	}
	o.ID = sales.NewID()
	first := sales.StageChange{OpportunityID: o.ID, ToStage: o.Stage, ChangedAt: sales.InstantOf(m.Now()), AuthorID: m.me()}
	_, err := m.Book.Write(ctx, sales.CreateOf(o), sales.CreateOf(first))
	return o.ID, err
}
