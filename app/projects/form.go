package projects

import (
	"context"
	"fmt"

	"github.com/rounds-field/rounds/sales"
)

// Draft is a project in the form, with the names of what it refers to.
type Draft struct {
	sales.Project
	Account, Partner, Owner string
}

// New prepares the form of a new project; each id may be empty.
func (m *Model) New(ctx context.Context, accountID, partnerID string) (Draft, error) {
	d := Draft{Project: sales.Project{
		AccountID: accountID, PartnerID: partnerID, OwnerID: m.me(), Currency: sales.DefaultCurrency,
		Phase: "lead", Status: "active", Health: sales.HealthAuto, StartsOn: m.today(),
	}}
	err := m.nameDraft(ctx, &d)
	return d, err
}

// Edit prepares the form of a project that exists.
func (m *Model) Edit(ctx context.Context, id string) (Draft, error) {
	record, err := m.Book.Get(ctx, kind, id)
	if err != nil {
		return Draft{}, fmt.Errorf("open the project: %w", err)
	}
	d := Draft{Project: sales.As[sales.Project](record)}
	err = m.nameDraft(ctx, &d)
	return d, err
}

func (m *Model) nameDraft(ctx context.Context, d *Draft) error {
	var names sales.Names
	names.Want("account", d.AccountID)
	names.Want("partner", d.PartnerID)
	names.Want("user", d.OwnerID)
	err := names.Load(ctx, m.Book)
	d.Account, d.Partner, d.Owner = names.Of("account", d.AccountID), names.Of("partner", d.PartnerID), names.Of("user", d.OwnerID)
	return err
}

// Save creates the project, or writes what changed of one that exists. It gives the id.
func (m *Model) Save(ctx context.Context, p sales.Project) (string, error) {
	if p.ID != "" {
		return p.ID, savePart(ctx, m, p.ID, p)
	}
	ids, err := m.Book.Write(ctx, sales.CreateOf(p))
	if err != nil {
		return "", err
	}
	return ids[0], nil
}
