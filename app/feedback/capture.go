package feedback

import (
	"context"
	"fmt"
	"strings"

	"github.com/rounds-field/rounds/sales"
)

// Origin says where new feedback comes from; each id may be empty.
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

// Draft is feedback being captured, with the names of what it refers to.
type Draft struct {
	sales.Feedback
	Company, Product, Visit string
}

// New prepares the capture. What is heard in a visit is about the visit's company.
func (m *Model) New(ctx context.Context, from Origin) (Draft, error) {
	d := Draft{Feedback: sales.Feedback{PartnerID: from.PartnerID, AccountID: from.AccountID, VisitID: from.VisitID}}
	if from.VisitID != "" {
		record, err := m.Book.Get(ctx, "visit", from.VisitID)
		if err != nil {
			return d, fmt.Errorf("look up the visit: %w", err)
		}
		visit := sales.As[sales.Visit](record)
		d.PartnerID, d.AccountID, d.Visit = visit.PartnerID, visit.AccountID, record.Title()
	}
	var names sales.Names
	names.Want("partner", d.PartnerID)
	names.Want("account", d.AccountID)
	err := names.Load(ctx, m.Book)
	d.Company = names.Company(d.PartnerID, d.AccountID)
	return d, err
}

// Save captures feedback and gives its id. Kind and text suffice: who, when and where it stands fill themselves.
func (m *Model) Save(ctx context.Context, f sales.Feedback) (string, error) {
	f.Body = strings.TrimSpace(f.Body)
	if f.CapturedAt == 0 {
		f.CapturedAt = sales.InstantOf(m.Now())
	}
	if f.OwnerID == "" {
		f.OwnerID = m.me()
	}
	ids, err := m.Book.Write(ctx, sales.CreateOf(f))
	if err != nil {
		return "", err
	}
	return ids[0], nil
}
