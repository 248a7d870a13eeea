package opportunities

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// The widths of the columns of the line items, after the product's, which takes the rest.
var itemWidths = []float32{64, 110, 88, 120, 68}

func itemRow(product fyne.CanvasObject, cells ...fyne.CanvasObject) fyne.CanvasObject {
	row := []fyne.CanvasObject{ui.Grow(product)}
	for i, cell := range cells {
		row = append(row, ui.Fixed(itemWidths[i], 0, cell))
	}
	return ui.HStack(row...)
}

func right(text *ui.Text) fyne.CanvasObject {
	text.Align = fyne.TextAlignTrailing
	return text.Elastic()
}

func (p *detailPage) itemsCard() fyne.CanvasObject {
	d := p.detail
	add := ui.WithIcon(ui.QuietButton(ui.T("opportunities.items.add"), func() {
		p.editItem(Item{LineItem: sales.LineItem{OpportunityID: p.id, Quantity: 1}})
	}), ui.IconAdd)
	if len(d.Items) == 0 {
		return ui.NewCard(ui.T("opportunities.items"), ui.Muted(ui.T("opportunities.items.none")), add)
	}
	label := func(field string) *ui.Text { return ui.Caption(ui.T("field.line_item." + field)) }
	rows := []fyne.CanvasObject{itemRow(label("product_id"), right(label("quantity")), right(label("unit_price")), right(label("discount")),
		right(ui.Caption(ui.T("opportunities.items.sum"))), ui.Caption(""))}
	for _, item := range d.Items {
		name := item.Product
		switch {
		case name == "":
			name = item.Description
		case item.Description != "":
			name += " · " + item.Description
		}
		discount := ""
		if item.Discount > 0 {
			discount = ui.FormatPercent(float64(item.Discount) / 100)
		}
		tools := ui.HGap(0,
			ui.IconButton(ui.IconEdit, ui.T("opportunities.items.edit"), func() { p.editItem(item) }),
			ui.IconButton(ui.IconDelete, ui.T("opportunities.items.delete"), func() { p.deleteItem(item) }))
		rows = append(rows, itemRow(ui.Label(name).Elastic(), right(ui.Label(ui.FormatNumber(item.Quantity))),
			right(ui.Label(money(item.UnitPrice, d.Currency))), right(ui.Label(discount)), right(ui.Label(money(item.Sum, d.Currency))), tools))
	}
	rows = append(rows, itemRow(ui.Strong(ui.T("opportunities.items.total")), ui.Caption(""), ui.Caption(""), ui.Caption(""),
		right(ui.Strong(money(d.ItemsTotal, d.Currency))), ui.Caption("")))
	if d.ItemsTotal != d.Amount && d.Open() {
		rows = append(rows, ui.PadXY(0, 4, ui.HStack(ui.Spacer(),
			ui.Button(ui.T("opportunities.items.use", "Amount", money(d.ItemsTotal, d.Currency)), func() {
				p.write(func(ctx context.Context) error { return p.model.UseItemsTotal(ctx, p.id) },
					func() { p.host.Toast(ui.T("opportunities.saved")) }, kind)
			}))))
	}
	return ui.NewCard(ui.T("opportunities.items"), ui.VGap(2, rows...), add)
}

func (p *detailPage) deleteItem(item Item) {
	p.write(func(ctx context.Context) error { return p.model.DeleteItem(ctx, item.ID) }, func() {
		p.host.ToastAction(ui.T("opportunities.items.deleted"), ui.T("opportunities.undo"), func() {
			again := item.LineItem
			again.ID = ""
			p.write(func(ctx context.Context) error { return p.model.SaveItem(ctx, again) }, nil, "line_item")
		})
	}, "line_item")
}

// editItem asks for a line item: the product fills in its price, and the sum follows.
func (p *detailPage) editItem(item Item) {
	currency := currencyOf(p.detail.Currency)
	form := ui.NewForm()
	product := ui.NewPicker(choose(p.model.Book, "product"))
	product.Set(item.ProductID, item.Product)
	description := ui.NewEntry()
	description.SetText(item.Description)
	quantity, price, discount := ui.NewNumberEntry(), ui.NewMoneyEntry(currency), ui.NewNumberEntry()
	quantity.SetValue(item.Quantity)
	if item.UnitPrice > 0 {
		price.SetMinor(item.UnitPrice)
	}
	if item.Discount > 0 {
		discount.SetValue(item.Discount)
	}
	sum := ui.Strong("")
	read := func() sales.LineItem {
		next := item.LineItem
		next.ProductID, next.Description = product.ID(), description.Text
		next.Quantity, _ = quantity.Value()
		next.UnitPrice, _ = price.Minor()
		next.Discount, _ = discount.Value()
		return next
	}
	show := func(string) { sum.SetText(money(read().Amount(), currency)) }
	quantity.OnChanged, price.OnChanged, discount.OnChanged = show, show, show
	product.OnChanged = func(chosen ui.PickItem) {
		if chosen.ID == "" {
			return
		}
		ui.Go(p.host.Context(), func(ctx context.Context) (sales.Product, error) { return p.model.Product(ctx, chosen.ID) },
			func(found sales.Product, err error) {
				if err == nil && found.Price > 0 {
					price.SetMinor(found.Price)
				}
			})
	}
	show("")
	label := func(field string) string { return ui.T("field.line_item." + field) }
	form.Add("product_id", label("product_id"), product).Add("description", label("description"), description).
		Add("quantity", label("quantity"), quantity, ui.Required).Add("unit_price", label("unit_price"), price).
		Add("discount", label("discount"), discount).Add("sum", ui.T("opportunities.items.sum"), sum)
	var modal *ui.Modal
	save := func() {
		next := read()
		ui.Do(ui.Lasting(p.host), func(ctx context.Context) error { return p.model.SaveItem(ctx, next) }, func(err error) {
			if err != nil {
				if rest := form.SetErrors(ui.FieldErrors(err)); len(rest) > 0 {
					p.host.ShowError(err)
				}
				return
			}
			modal.Hide()
			p.host.Changed("line_item")
		})
	}
	modal = ui.ShowModal(p.host.Canvas(), ui.T("opportunities.items.item"), form, ui.ModalOptions{
		Width: 520, Focus: product,
		Buttons:   []fyne.CanvasObject{ui.Button(ui.T("opportunities.cancel"), func() { modal.Hide() }), ui.PrimaryButton(ui.T("opportunities.save"), save)},
		Shortcuts: []ui.Shortcut{{Key: fyne.KeyReturn, Ctrl: true, LabelKey: "opportunities.save", Run: save}},
	})
}
