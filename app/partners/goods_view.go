package partners

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// shipmentsTab draws shipments by month over their list.
func (v *profileView) shipmentsTab() fyne.CanvasObject {
	var goods Goods
	return tableTab[sales.Shipment]{
		key: "shipments", id: func(s sales.Shipment) string { return s.ID }, icon: ui.IconTruck,
		read: func(ctx context.Context) ([]sales.Shipment, error) {
			g, err := v.model.Goods(ctx)
			goods = g
			return g.Shipments, err
		},
		above: func(rows []sales.Shipment) fyne.CanvasObject {
			if len(rows) == 0 {
				return nil
			}
			total := ui.Muted(ui.T("partners.shipped_total", "Amount", ui.FormatMoney(goods.Shipped, goods.Currency)))
			return ui.NewCard(ui.T("partners.chart.shipments"), monthChart(goods), total)
		},
		columns: []ui.Column[sales.Shipment]{
			{Key: "shipped_at", Title: label("shipment", "shipped_at"), Width: 100, Text: func(s sales.Shipment) string { return instantDay(s.ShippedAt) }},
			{Key: "order_no", Title: label("shipment", "order_no"), Width: 120, Text: func(s sales.Shipment) string { return s.OrderNo }},
			{Key: "product_code", Title: label("shipment", "product_code"), Width: 100, Text: func(s sales.Shipment) string { return s.ProductCode }},
			{Key: "product_name", Title: label("shipment", "product_name"), Width: 240, Flex: 1, Bold: true, Text: func(s sales.Shipment) string { return s.ProductName }},
			{Key: "quantity", Title: label("shipment", "quantity"), Width: 80, Align: fyne.TextAlignTrailing, Text: func(s sales.Shipment) string { return ui.FormatNumber(s.Quantity) }, Tone: cancelledTone},
			{Key: "unit_price", Title: label("shipment", "unit_price"), Width: 110, Align: fyne.TextAlignTrailing, Text: func(s sales.Shipment) string { return ui.FormatMoney(s.UnitPrice, s.Currency) }},
			{Key: "amount", Title: label("shipment", "amount"), Width: 130, Align: fyne.TextAlignTrailing, Text: func(s sales.Shipment) string { return ui.FormatMoney(s.Amount, s.Currency) }, Tone: cancelledTone},
		},
	}.build(v)
}

// cancelledTone marks a cancellation, which has a negative quantity.
func cancelledTone(s sales.Shipment) ui.Tone { return toneIf(s.Quantity < 0, ui.ToneDanger) }

// receivablesTab draws what is owed by its age over the list of invoices, overdue ones first and marked.
func (v *profileView) receivablesTab() fyne.CanvasObject {
	var goods Goods
	today := v.model.today()
	return tableTab[sales.Receivable]{
		key: "receivables", id: func(r sales.Receivable) string { return r.ID }, icon: ui.IconMoney,
		read: func(ctx context.Context) ([]sales.Receivable, error) {
			g, err := v.model.Goods(ctx)
			goods = g
			return g.Receivables, err
		},
		above: func(rows []sales.Receivable) fyne.CanvasObject {
			if !slices.ContainsFunc(rows, func(r sales.Receivable) bool { return r.Open(today) }) {
				return nil
			}
			total := ui.ColorText(ui.T("partners.overdue_total", "Amount", ui.FormatMoney(goods.Overdue, goods.Owed), "Open", ui.FormatMoney(goods.Open, goods.Owed)), toneIf(goods.Overdue > 0, ui.ToneDanger))
			return ui.NewCard(ui.T("partners.chart.ageing"), ageChart(goods), total)
		},
		columns: []ui.Column[sales.Receivable]{
			{Key: "invoice_no", Title: label("receivable", "invoice_no"), Width: 120, Flex: 1, Bold: true, Text: func(r sales.Receivable) string { return r.InvoiceNo }},
			{Key: "amount", Title: label("receivable", "amount"), Width: 130, Flex: 1, Align: fyne.TextAlignTrailing, Text: func(r sales.Receivable) string { return ui.FormatMoney(r.Amount, r.Currency) }},
			{Key: "invoiced_on", Title: label("receivable", "invoiced_on"), Width: 110, Flex: 1, Text: func(r sales.Receivable) string { return day(r.InvoicedOn) }},
			{Key: "due_on", Title: label("receivable", "due_on"), Width: 110, Flex: 1, Text: func(r sales.Receivable) string { return day(r.DueOn) }},
			{Key: "settled_on", Title: label("receivable", "settled_on"), Width: 110, Flex: 1, Text: func(r sales.Receivable) string { return day(r.SettledOn) }},
			{Key: "state", Title: ui.T("partners.state"), Width: 150, Flex: 1, Badge: true, Text: func(r sales.Receivable) string { return receivableText(r, today) }, Tone: func(r sales.Receivable) ui.Tone { return receivableTone(r, today) }},
			{Key: "disputed", Title: "", Width: 90, Badge: true, Text: func(r sales.Receivable) string { return textIf(r.Disputed, label("receivable", "disputed")) }, Tone: func(sales.Receivable) ui.Tone { return ui.ToneWarning }},
		},
	}.build(v)
}

// receivableText says how an invoice stands: overdue, open, paid in time, paid late.
func receivableText(r sales.Receivable, today sales.Date) string {
	late := r.Overdue(today)
	switch {
	case r.Open(today) && late > 0:
		return ui.T("partners.receivable.overdue", "Count", late)
	case r.Open(today):
		return ui.T("partners.receivable.open")
	case late > 0:
		return ui.T("partners.receivable.paid_late", "Count", late)
	}
	return ui.T("partners.receivable.paid")
}

func receivableTone(r sales.Receivable, today sales.Date) ui.Tone {
	switch {
	case r.Open(today) && r.Overdue(today) > 0:
		return ui.ToneDanger
	case r.Open(today):
		return ui.ToneInfo
	case r.Overdue(today) > 0:
		return ui.ToneWarning
	}
	return ui.ToneSuccess
}
