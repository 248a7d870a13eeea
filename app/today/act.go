package today

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// do runs a change, tells the window what changed, and says so; undo may be nil.
func (p *page) do(change func(context.Context) error, kind, text string, undo func(context.Context) error) {
	ui.Do(p.host.Context(), change, func(err error) {
		if err != nil {
			p.host.ShowError(err)
			return
		}
		if undo == nil {
			p.host.Toast(text)
		} else {
			p.host.ToastAction(text, ui.T("today.undo"), func() { p.do(undo, kind, ui.T("today.undone"), nil) })
		}
		p.host.Changed(kind)
	})
}

func (p *page) finishTask(t Task) {
	p.do(func(ctx context.Context) error { return p.model.FinishTask(ctx, t.ID) }, "task", ui.T("today.task.finished", "Title", t.Title),
		func(ctx context.Context) error { return p.model.ReopenTask(ctx, t.ID) })
}

func (p *page) startVisit(v Visit) {
	p.do(func(ctx context.Context) error { return p.model.StartVisit(ctx, v.ID) }, "visit", ui.T("today.visit.started", "Company", v.Company), nil)
}

// moveButton offers to move a late visit to one of the next days.
func (p *page) moveButton(v Visit) fyne.CanvasObject {
	var button fyne.CanvasObject
	button = ui.IconButton(ui.IconClock, ui.T("today.visit.move"), func() {
		var items []ui.MenuItem
		for _, days := range []int{0, 1, 2, 7} {
			day := sales.DateOf(p.model.Now().AddDate(0, 0, days))
			items = append(items, ui.MenuItem{Label: ui.RelativeDay(string(day)) + " · " + ui.FormatDay(string(day)), Run: func() {
				p.do(func(ctx context.Context) error { return p.model.MoveVisit(ctx, v.ID, day) }, "visit",
					ui.T("today.visit.moved", "Company", v.Company, "When", ui.FormatDay(string(day))), nil)
			}})
		}
		ui.ShowMenu(p.host.Canvas(), button, items...)
	})
	return button
}

// askNextStep asks what comes next for an opportunity.
func (p *page) askNextStep(o Deal) {
	step, day := ui.NewEntry(), ui.NewDateEntry()
	step.SetText(o.NextStep)
	day.SetDay(string(sales.DateOf(p.model.Now().AddDate(0, 0, 7))))
	form := ui.NewForm()
	form.Add("next_step", ui.T("field.opportunity.next_step"), step, ui.Required)
	form.Add("next_step_on", ui.T("field.opportunity.next_step_on"), day)
	var modal *ui.Modal
	save := func() {
		if step.Text == "" {
			form.SetError("next_step", ui.T("ui.required"))
			return
		}
		if day.Valid() != nil {
			form.SetError("next_step_on", ui.T("today.day.invalid"))
			return
		}
		text, on := step.Text, sales.Date(day.Day())
		modal.Hide()
		p.do(func(ctx context.Context) error { return p.model.SetNextStep(ctx, o.ID, text, on) }, "opportunity", ui.T("today.deal.saved"), nil)
	}
	step.OnSubmitted = func(string) { save() }
	modal = ui.ShowModal(p.host.Canvas(), o.Name, form, ui.ModalOptions{
		Width: 480, Focus: step,
		Buttons:   []fyne.CanvasObject{ui.Button(ui.T("ui.cancel"), func() { modal.Hide() }), ui.PrimaryButton(ui.T("today.save"), save)},
		Shortcuts: []ui.Shortcut{{Key: fyne.KeyReturn, Ctrl: true, Run: save}},
	})
}

// longBody is the length in bytes from which an announcement scrolls.
const longBody = 1500

// read shows an announcement; one that asks for a receipt is confirmed by its button, the others by being read.
func (p *page) read(a sales.Announcement) {
	var modal *ui.Modal
	confirm := func() {
		modal.Hide()
		p.do(func(ctx context.Context) error { return p.model.Confirm(ctx, a.ID) }, "receipt", ui.T("today.announcement.done"), nil)
	}
	label := ui.T("today.announcement.ok")
	if a.MustConfirm {
		label = ui.T("today.announcement.yes")
	}
	var body fyne.CanvasObject = ui.Prose(a.Body)
	if len(a.Body) > longBody {
		body = ui.MinSize(0, 340, ui.Scroll(body))
	}
	content := ui.VGap(8, ui.Caption(categoryText(a)+ui.FormatDay(string(a.PublishedOn))), body)
	modal = ui.ShowModal(p.host.Canvas(), a.Title, content, ui.ModalOptions{
		Width: 560, Buttons: []fyne.CanvasObject{
			ui.Button(ui.T("today.announcement.later"), func() { modal.Hide() }), ui.WithIcon(ui.PrimaryButton(label, confirm), ui.IconCheck),
		},
		Shortcuts: []ui.Shortcut{{Key: fyne.KeyReturn, Ctrl: true, Run: confirm}},
	})
}
