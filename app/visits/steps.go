package visits

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// stepsCard lists the steps that the visit's type asks for; each is done with one click, or skipped with a reason.
func (p *visitPage) stepsCard() fyne.CanvasObject {
	d := p.detail
	if len(d.Steps) == 0 {
		return ui.NewCard(ui.T("visits.steps"), ui.Muted(ui.T("visits.steps.none")).Elastic())
	}
	done := 0
	items := make([]ui.FeedItem, len(d.Steps))
	for i, s := range d.Steps {
		items[i] = p.stepItem(s)
		if s.Result.Result == sales.StepDone {
			done++
		}
	}
	progress := ui.Caption(ui.T("visits.steps.progress", "Done", done, "Total", len(d.Steps)))
	return ui.NewCard(ui.T("visits.steps"), ui.NewFeed(items), progress)
}

func (p *visitPage) stepItem(s Step) ui.FeedItem {
	item := ui.FeedItem{Icon: ui.IconFlag, Tone: ui.ToneMuted, Title: s.In(ui.Lang())}
	switch {
	case s.Result.Result == sales.StepDone:
		item.Icon, item.Tone = ui.IconOK, ui.ToneSuccess
		item.Text = s.Result.Note
	case s.Result.Result == sales.StepSkipped:
		item.Icon, item.Tone = ui.IconForward, ui.ToneWarning
		item.Text = ui.T("visits.step.skipped", "Reason", s.Result.SkipReason)
	case s.Mandatory:
		item.Badge = ui.NewBadge(ui.T("visits.step.required"), ui.ToneWarning)
	}
	item.Action = p.stepActions(s)
	return item
}

func (p *visitPage) stepActions(s Step) fyne.CanvasObject {
	if p.detail.Status == sales.VisitCancelled {
		return nil
	}
	note := ui.IconButton(ui.IconNote, ui.T("visits.step.note"), func() { p.noteStep(s) })
	if s.Result.ID != "" {
		undo := ui.IconButton(ui.IconUndo, ui.T("visits.step.undo"), func() { p.setStep(s, "", "") })
		if s.Result.Result == sales.StepSkipped {
			return ui.HGap(0, undo)
		}
		return ui.HGap(0, note, undo)
	}
	return ui.HGap(0,
		ui.IconButton(ui.IconCheck, ui.T("visits.step.done"), func() { p.setStep(s, sales.StepDone, "") }),
		note,
		ui.IconButton(ui.IconForward, ui.T("visits.step.skip"), func() { p.skipStep(s) }))
}

// noteStep marks a step as done, with a remark.
func (p *visitPage) noteStep(s Step) {
	ui.AskText(p.host.Canvas(), ui.AskOptions{
		Title: s.In(ui.Lang()), Label: ui.T("field.visit_result.note"), Text: s.Result.Note, Yes: ui.T("visits.step.done"), Multiline: true,
	}, func(text string) { p.setStep(s, sales.StepDone, text) })
}

func (p *visitPage) skipStep(s Step) {
	ui.AskText(p.host.Canvas(), ui.AskOptions{
		Title: ui.T("visits.step.skip.title", "Step", s.In(ui.Lang())), Label: ui.T("field.visit_result.skip_reason"),
		Yes: ui.T("visits.step.skip"), Required: true,
	}, func(text string) { p.setStep(s, sales.StepSkipped, text) })
}

func (p *visitPage) setStep(s Step, result, text string) {
	ui.Do(p.host.Context(), func(ctx context.Context) error { return p.model.SetStep(ctx, p.id, s, result, text) }, func(err error) {
		if err != nil {
			p.host.ShowError(err)
			return
		}
		p.host.Changed("visit_result")
	})
}
