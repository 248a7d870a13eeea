package opportunities

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// nextStep is the next step of an opportunity as a field that is saved where it stands. What is being typed stays when the page
// is loaded anew, because something else changed.
type nextStep struct {
	step *ui.Entry
	on   *ui.DateEntry
	save *ui.PushButton
	was  sales.Opportunity
}

func newNextStep(save func(step string, on sales.Date)) *nextStep {
	n := &nextStep{step: ui.NewEntry(), on: ui.NewDateEntry()}
	n.step.SetPlaceHolder(ui.T("opportunities.next_step.hint"))
	n.save = ui.Button(ui.T("opportunities.save"), func() {
		if n.on.Valid() == nil {
			save(n.step.Text, sales.Date(n.on.Day()))
		}
	})
	n.step.OnChanged = func(string) { n.check() }
	n.on.OnChanged = func(string) { n.check() }
	n.step.OnSubmitted = func(string) { n.save.OnTapped() }
	return n
}

func (n *nextStep) changed() bool {
	return n.step.Text != n.was.NextStep || n.on.Entry().Text != string(n.was.NextStepOn)
}

func (n *nextStep) check() {
	if n.changed() && n.on.Valid() == nil {
		n.save.Enable()
	} else {
		n.save.Disable()
	}
}

// show puts an opportunity's next step into the fields, unless another one is being typed.
func (n *nextStep) show(o sales.Opportunity) {
	typing := n.was.ID != "" && n.changed()
	n.was = o
	if !typing {
		n.step.SetText(o.NextStep)
		n.on.SetDay(string(o.NextStepOn))
	}
	n.check()
}

func (p *detailPage) saveNextStep(step string, on sales.Date) {
	p.write(func(ctx context.Context) error { return p.model.SetNextStep(ctx, p.id, step, on) },
		func() { p.host.Toast(ui.T("opportunities.saved")) }, kind)
}

func (p *detailPage) nextStepCard() fyne.CanvasObject {
	d := p.detail
	p.next.show(d.Opportunity)
	title := ui.SectionHeader(fieldText("next_step"))
	if d.NeedsNextStep(p.model.today()) {
		text := ui.T("opportunities.next_step.missing")
		if d.NextStep != "" {
			text = ui.T("opportunities.next_step.late", "Day", ui.RelativeDay(string(d.NextStepOn)))
		}
		title = ui.SectionHeader(fieldText("next_step"), ui.NewBadge(text, ui.ToneWarning))
	}
	return ui.Panel(ui.VGap(8, title, ui.HStack(ui.Grow(p.next.step), ui.Fixed(190, 0, p.next.on), p.next.save)))
}
