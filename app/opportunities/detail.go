package opportunities

import (
	"context"
	"fmt"

	"github.com/rounds-field/rounds/sales"
)

// relatedRows is how many related records of a kind the page shows.
const relatedRows = 6

// Change is one entry of the stage history.
type Change struct {
	sales.StageChange
	Author string
}

// Item is a line item with its product's name and its sum.
type Item struct {
	sales.LineItem
	Product string
	Sum     int64 // minor units, after discount
}

// Detail is everything that the page of one opportunity shows.
type Detail struct {
	Card
	Partner, Account string
	Next             []string // stages that it may move to
	History          []Change // latest first
	Items            []Item
	ItemsTotal       int64        // minor units
	Tasks            []sales.Task // open ones first
	Visits           []sales.Visit
	Feedback         []sales.Feedback
}

// Detail loads an opportunity with all that belongs to it, and the latest visits and feedback of its company.
func (m *Model) Detail(ctx context.Context, id string) (Detail, error) {
	record, err := m.Book.Get(ctx, kind, id)
	if err != nil {
		return Detail{}, fmt.Errorf("open the opportunity: %w", err)
	}
	cards, err := m.cards(ctx, []sales.Record{record})
	if err != nil {
		return Detail{}, err
	}
	d := Detail{Card: cards[0], Next: sales.NextStages(cards[0].Opportunity)}
	for _, load := range []func(context.Context, *Detail) error{m.loadNames, m.loadHistory, m.loadItems, m.loadRelated} {
		if err := load(ctx, &d); err != nil {
			return Detail{}, fmt.Errorf("open the opportunity: %w", err)
		}
	}
	return d, nil
}

func (m *Model) loadNames(ctx context.Context, d *Detail) error {
	var names sales.Names
	names.Want("partner", d.PartnerID)
	names.Want("account", d.AccountID)
	err := names.Load(ctx, m.Book)
	d.Partner, d.Account = names.Of("partner", d.PartnerID), names.Of("account", d.AccountID)
	return err
}

// of finds the records of a kind that belong to an opportunity.
func (m *Model) of(ctx context.Context, kind, id string, sort ...string) ([]sales.Record, error) {
	return m.Book.List(ctx, sales.Query{Kind: kind, Where: []sales.Cond{{Field: "opportunity_id", Op: sales.Eq, Value: id}}, Sort: sort})
}

func (m *Model) loadHistory(ctx context.Context, d *Detail) error {
	records, err := m.of(ctx, "stage_change", d.ID, "-changed_at", "-id")
	if err != nil {
		return err
	}
	var names sales.Names
	for _, c := range sales.AllAs[sales.StageChange](records) {
		names.Want("user", c.AuthorID)
		d.History = append(d.History, Change{StageChange: c})
	}
	if err := names.Load(ctx, m.Book); err != nil {
		return err
	}
	for i := range d.History {
		d.History[i].Author = names.Of("user", d.History[i].AuthorID)
	}
	return nil
}

func (m *Model) loadItems(ctx context.Context, d *Detail) error {
	records, err := m.of(ctx, "line_item", d.ID, "position", "id")
	if err != nil {
		return err
	}
	var names sales.Names
	for _, l := range sales.AllAs[sales.LineItem](records) {
		names.Want("product", l.ProductID)
		d.Items = append(d.Items, Item{LineItem: l, Sum: l.Amount()})
		d.ItemsTotal += l.Amount()
	}
	if err := names.Load(ctx, m.Book); err != nil {
		return err
	}
	for i := range d.Items {
		d.Items[i].Product = names.Of("product", d.Items[i].ProductID)
	}
	return nil
}

func (m *Model) loadRelated(ctx context.Context, d *Detail) error {
	tasks, err := m.of(ctx, "task", d.ID, "-status", "due_on")
	if err != nil {
		return err
	}
	d.Tasks = sales.AllAs[sales.Task](tasks)
	field, id := "partner_id", d.PartnerID
	if id == "" {
		field, id = "account_id", d.AccountID
	}
	if id == "" {
		return nil
	}
	where := []sales.Cond{{Field: field, Op: sales.Eq, Value: id}}
	visits, err := m.Book.List(ctx, sales.Query{Kind: "visit", Where: where, Limit: relatedRows, Sort: []string{"-planned_at", "-started_at"}})
	if err != nil {
		return err
	}
	d.Visits = sales.AllAs[sales.Visit](visits)
	feedback, err := m.Book.List(ctx, sales.Query{Kind: "feedback", Where: where, Limit: relatedRows, Sort: []string{"-captured_at"}})
	if err != nil {
		return err
	}
	d.Feedback = sales.AllAs[sales.Feedback](feedback)
	return nil
}

// SetNextStep writes the next step and its day; both may be empty.
func (m *Model) SetNextStep(ctx context.Context, id, step string, on sales.Date) error {
	_, err := m.Book.Write(ctx, sales.Edit{Verb: sales.Update, Kind: kind, ID: id, Values: sales.Values{"next_step": step, "next_step_on": string(on)}})
	return err
}

// AddTask creates a follow-up of an opportunity; the day may be empty.
func (m *Model) AddTask(ctx context.Context, o sales.Opportunity, title string, on sales.Date) error {
	_, err := m.Book.Write(ctx, sales.CreateOf(sales.Task{
		Title: title, DueOn: on, OpportunityID: o.ID, PartnerID: o.PartnerID, AccountID: o.AccountID, OwnerID: m.me(),
	}))
	return err
}

// Delete removes an opportunity with its line items and its stage history.
func (m *Model) Delete(ctx context.Context, id string) error {
	var edits []sales.Edit
	for _, part := range []string{"line_item", "stage_change"} {
		records, err := m.of(ctx, part, id)
		if err != nil {
			return err
		}
		for _, r := range records {
			edits = append(edits, sales.Edit{Verb: sales.Delete, Kind: part, ID: r.ID})
		}
	}
	_, err := m.Book.Write(ctx, append(edits, sales.Edit{Verb: sales.Delete, Kind: kind, ID: id})...)
	return err
}
