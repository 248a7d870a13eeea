package opportunities

import (
	"context"
	"fmt"

	"github.com/rounds-field/rounds/sales"
)

// SaveItem creates a line item, or updates it when it has an id. A new one goes to the end.
func (m *Model) SaveItem(ctx context.Context, item sales.LineItem) error {
	if item.ID != "" {
		record, err := m.Book.Get(ctx, "line_item", item.ID)
		if err != nil {
			return fmt.Errorf("save the line item: %w", err)
		}
		prev := sales.As[sales.LineItem](record)
		item.Position = prev.Position
		_, err = m.Book.Write(ctx, sales.UpdateOf(prev, item))
		return err
	}
	last, err := m.Book.Aggregate(ctx, sales.Query{Kind: "line_item", Where: []sales.Cond{
		{Field: "opportunity_id", Op: sales.Eq, Value: item.OpportunityID},
	}}, "", sales.MaxOf, "position")
	if err != nil {
		return fmt.Errorf("save the line item: %w", err)
	}
	item.Position = last[""] + 1
	_, err = m.Book.Write(ctx, sales.CreateOf(item))
	return err
}

// DeleteItem removes a line item.
func (m *Model) DeleteItem(ctx context.Context, id string) error {
	_, err := m.Book.Write(ctx, sales.Edit{Verb: sales.Delete, Kind: "line_item", ID: id})
	return err
}

// UseItemsTotal sets the opportunity's amount to the sum of its line items.
func (m *Model) UseItemsTotal(ctx context.Context, id string) error {
	var d Detail
	d.ID = id
	if err := m.loadItems(ctx, &d); err != nil {
		return err
	}
	_, err := m.Book.Write(ctx, sales.Edit{Verb: sales.Update, Kind: kind, ID: id, Values: sales.Values{"amount": d.ItemsTotal}})
	return err
}

// Product gives a product, for its price.
func (m *Model) Product(ctx context.Context, id string) (sales.Product, error) {
	record, err := m.Book.Get(ctx, "product", id)
	if err != nil {
		return sales.Product{}, fmt.Errorf("look up the product: %w", err)
	}
	return sales.As[sales.Product](record), nil
}
