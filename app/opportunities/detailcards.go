package opportunities

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// stageBar shows all stages in order, the present one marked; a click moves there.
func (p *detailPage) stageBar() fyne.CanvasObject {
	d := p.detail
	stages := sales.Stages(d.Pipeline)
	at := slices.Index(stages, d.Stage)
	buttons := make([]fyne.CanvasObject, len(stages))
	for i, stage := range stages {
		button := ui.Button(stageText(stage), func() { p.move(stage) })
		switch {
		case stage == d.Stage:
			button.Importance = widget.HighImportance
			switch stage {
			case sales.StageWon:
				button.Importance = widget.SuccessImportance
			case sales.StageLost:
				button.Importance = widget.DangerImportance
			}
		case !p.mayMove(stage):
			button.Disable()
		case i < at && !sales.Closed(stage):
			button.SetIcon(ui.IconCheck)
		}
		buttons[i] = button
	}
	row := container.NewGridWithColumns(len(stages), buttons...)
	note := []fyne.CanvasObject{ui.Caption(ui.T("opportunities.in_stage", "Count", d.Age(p.model.Now())))}
	if d.StuckFor > 0 {
		note = append(note, ui.NewBadge(ui.T("opportunities.stuck", "Count", d.StuckFor), ui.ToneWarning))
	}
	if !d.Open() {
		note = []fyne.CanvasObject{
			ui.NewBadge(stageText(d.Stage), stageTone(d.Stage)),
			ui.Grow(ui.Label(ui.T("opportunities.closed_because", "Day", ui.FormatDay(string(d.ClosedOn)), "Reason", d.CloseReason)).Elastic()),
		}
	}
	return ui.Panel(ui.VGap(6, row, ui.HStack(note...)))
}

func (p *detailPage) factsCard() fyne.CanvasObject {
	d := p.detail
	link := func(text, route string) fyne.CanvasObject {
		if text == "" {
			return nil
		}
		return ui.NewLink(text, func() { p.host.Open(route) })
	}
	day := func(date sales.Date) string {
		if date == "" {
			return ""
		}
		return ui.FormatDay(string(date))
	}
	chance := ui.FormatPercent(float64(d.Chance()) / 100)
	facts := []ui.KV{
		{Label: fieldText("amount"), Object: ui.Strong(amountText(d.Amount, d.Currency))},
		{Label: ui.T("opportunities.chance"), Value: chance},
		{Label: ui.T("opportunities.weighted"), Value: amountText(d.Weighted, d.Currency)},
		{Label: fieldText("expected_close"), Value: day(d.ExpectedClose)},
		{Label: ui.T("kind.partner"), Object: link(d.Partner, "partner/"+d.PartnerID)},
		{Label: ui.T("kind.account"), Object: link(d.Account, "account/"+d.AccountID)},
		{Label: fieldText("competitor"), Value: d.Competitor},
		{Label: fieldText("product_name"), Value: d.ProductName},
		{Label: fieldText("owner_id"), Value: d.Owner},
		{Label: fieldText("engaged_on"), Value: day(d.EngagedOn)},
	}
	if d.Forecast != "" {
		facts = append(facts, ui.KV{Label: fieldText("forecast"), Value: ui.T("option.forecast." + d.Forecast)})
	}
	content := ui.VGap(10, ui.KeyValue(facts...))
	if d.Notes != "" {
		content.Add(ui.Prose(d.Notes))
	}
	return ui.NewCard(ui.T("opportunities.facts"), content)
}

func (p *detailPage) historyCard() fyne.CanvasObject {
	items := make([]ui.TimelineItem, 0, len(p.detail.History))
	for _, c := range p.detail.History {
		title := stageText(c.ToStage)
		if c.FromStage != "" {
			title = stageText(c.FromStage) + " → " + title
		}
		items = append(items, ui.TimelineItem{
			Time: c.ChangedAt.Time(), Icon: ui.IconFlag, Tone: stageTone(c.ToStage), Title: title, Text: c.Reason, Meta: c.Author,
		})
	}
	if len(items) == 0 {
		return ui.NewCard(ui.T("opportunities.stages"), ui.Muted(ui.T("opportunities.stages.none")))
	}
	return ui.NewCard(ui.T("opportunities.stages"), ui.NewTimeline(items))
}
