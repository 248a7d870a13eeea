package feedback

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
)

func (p *inboxPage) newTable() *ui.Table[Row] {
	table := ui.NewTable(p.host.State(), "feedback", []ui.Column[Row]{
		{
			Key: "kind", Title: fieldText("kind"), Width: 124, Badge: true,
			Text: func(r Row) string { return optionText("kind", r.Kind) },
			Tone: func(r Row) ui.Tone { return severityTone(r.Severity) },
		},
		{Key: "title", Title: ui.T("feedback.heard"), Width: 150, Flex: 3, Text: func(r Row) string { return r.Preview() }},
		{Key: "company", Title: ui.T("feedback.company"), Width: 96, Flex: 1, Text: func(r Row) string { return r.Company }, Tone: func(Row) ui.Tone { return ui.ToneMuted }},
		{
			Key: "captured", Title: ui.T("feedback.when"), Width: 104, Align: fyne.TextAlignTrailing,
			Text: func(r Row) string {
				when := ui.RelativeDay(ui.DayOf(r.CapturedAt.Time()))
				if r.Pending {
					return "● " + when // a column of its own would take the room of the text
				}
				return when
			},
			Tone: func(r Row) ui.Tone {
				switch {
				case r.Late > 0:
					return ui.ToneDanger
				case r.Pending:
					return ui.ToneWarning
				}
				return ui.ToneMuted
			},
		},
	})
	table.ID = func(r Row) string { return r.ID }
	table.OnSelect = func(r Row) {
		if p.id != r.ID {
			p.id = r.ID
			p.showDetail()
		}
	}
	table.OnOpen = table.OnSelect
	return table
}

func (p *inboxPage) showList(filter Filter, total int) {
	if total == 0 {
		if filter.Narrowed() {
			put(p.list, ui.NewEmpty(ui.IconFilter, ui.T("feedback.none.filtered"), ui.T("feedback.none.filtered.hint"), ui.T("feedback.clear"), func() { p.use(Filter{}) }))
			return
		}
		put(p.list, ui.NewEmpty(ui.IconFeedback, ui.T("feedback.none"), ui.T("feedback.none.hint"), ui.T("feedback.new"), func() { p.host.Open("feedback/new") }))
		return
	}
	p.table.SetRows(ui.NewPagedRows(p.host.Context(), total, func(ctx context.Context, offset, limit int) ([]Row, error) {
		return p.model.Page(ctx, filter, offset, limit)
	}, p.host.ShowError))
	put(p.list, p.table)
	if p.id != "" {
		p.table.SelectID(p.id)
	}
}

// showDetail shows the chosen feedback, or what to do where none is chosen.
func (p *inboxPage) showDetail() {
	if p.id == "" {
		put(p.pane, ui.NewEmpty(ui.IconFeedback, ui.T("feedback.choose"), ui.T("feedback.choose.hint"), "", nil))
		return
	}
	put(p.pane, p.detail.content)
	p.detail.show(p.id)
}
