package opportunities

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
)

func newCardTable(state ui.State) *ui.Table[Card] {
	late := func(c Card) ui.Tone {
		if c.Late {
			return ui.ToneDanger
		}
		return ui.ToneNeutral
	}
	table := ui.NewTable(state, "opportunities", []ui.Column[Card]{
		ui.PendingColumn(func(r Card) bool { return r.Pending }),
		{Key: "name", Title: fieldText("name"), Width: 160, Flex: 3, Bold: true, Sortable: true, Text: func(c Card) string { return c.Name }},
		{Key: "company", Title: ui.T("opportunities.company"), Width: 120, Flex: 2, Text: func(c Card) string { return c.Company }},
		{
			Key: "stage", Title: fieldText("stage"), Width: 116, Badge: true, Sortable: true,
			Text: func(c Card) string { return stageText(c.Stage) },
			Tone: func(c Card) ui.Tone { return stageTone(c.Stage) },
		},
		{
			Key: "stuck", Title: "", Width: 104, Badge: true,
			Text: func(c Card) string {
				if c.StuckFor == 0 {
					return ""
				}
				return ui.T("opportunities.stuck", "Count", c.StuckFor)
			},
			Tone: func(Card) ui.Tone { return ui.ToneWarning },
		},
		{Key: "amount", Title: fieldText("amount"), Width: 110, Align: fyne.TextAlignTrailing, Sortable: true, Text: func(c Card) string { return amountText(c.Amount, c.Currency) }},
		{Key: "weighted", Title: ui.T("opportunities.weighted"), Width: 110, Align: fyne.TextAlignTrailing, Text: func(c Card) string {
			if c.Weighted == 0 {
				return ""
			}
			return amountText(c.Weighted, c.Currency)
		}},
		{Key: "expected_close", Title: fieldText("expected_close"), Width: 124, Sortable: true, Tone: late, Text: func(c Card) string {
			if !c.Open() {
				return ui.FormatDayShort(string(c.ClosedOn))
			}
			return ui.FormatDayShort(string(c.ExpectedClose))
		}},
		{Key: "next_step", Title: fieldText("next_step"), Width: 110, Flex: 2, Text: func(c Card) string { return c.NextStep }},
		{Key: "owner", Title: fieldText("owner_id"), Width: 70, Flex: 0.5, Text: func(c Card) string { return c.Owner }},
	})
	table.ID = func(c Card) string { return c.ID }
	return table
}

func (v *overview) showList(s Summary) {
	v.setSummary(s.Count, s.Totals)
	if s.Count == 0 {
		v.put(v.nothing())
		return
	}
	query := v.query
	v.table.SetRows(ui.NewPagedRows(v.host.Context(), s.Count, func(ctx context.Context, offset, limit int) ([]Card, error) {
		return v.model.Page(ctx, query, offset, limit)
	}, v.host.ShowError))
	v.put(v.table)
}
