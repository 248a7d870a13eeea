package feedback

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// write does something to the feedback that is shown and tells the window.
func (p *detailPane) write(do func(context.Context) error, done func()) {
	ui.Do(ui.Lasting(p.host), do, func(err error) {
		if err != nil {
			p.host.ShowError(err)
			return
		}
		if done != nil {
			done()
		}
		p.host.Changed(kind, "feedback_reply")
	})
}

// send adds the reply that was written to the thread.
func (p *detailPane) send() {
	if p.reply == nil || p.detail.ID == "" {
		return
	}
	text, id := strings.TrimSpace(p.reply.Text), p.detail.ID
	if text == "" {
		p.host.Canvas().Focus(p.reply)
		return
	}
	p.write(func(ctx context.Context) error { return p.model.Reply(ctx, id, text) }, func() {
		p.reply.SetText("")
		p.draft.Clear()
	})
}

// setStatus moves the feedback on; closing asks for the answer that was given.
func (p *detailPane) setStatus(to string) {
	id := p.detail.ID
	set := func(answer string) {
		p.write(func(ctx context.Context) error { return p.model.SetStatus(ctx, id, to, answer) }, func() {
			p.host.Toast(ui.T("feedback.moved", "Status", optionText("status", to)))
		})
	}
	if to != sales.FeedbackClosed {
		set("")
		return
	}
	suggested := p.detail.ClosedWith
	if n := len(p.detail.Replies); suggested == "" && n > 0 {
		suggested = p.detail.Replies[n-1].Body // most often the last reply is the answer
	}
	ui.AskText(p.host.Canvas(), ui.AskOptions{
		Title: ui.T("feedback.to.closed"), Label: fieldText("closed_with"), Text: suggested, Yes: ui.T("feedback.to.closed"),
		Required: true, Multiline: true,
	}, set)
}

func (p *detailPane) assignTo(userID string) {
	id := p.detail.ID
	p.write(func(ctx context.Context) error { return p.model.Assign(ctx, id, userID) }, func() { p.host.Toast(ui.T("feedback.assigned")) })
}

func (p *detailPane) assign() {
	user := ui.NewPicker(choose(p.model.Book, "user"))
	user.Set(p.detail.AssigneeID, p.detail.Assignee)
	p.ask(ui.T("feedback.assign"), fieldText("assignee_id"), user, user, func() { p.assignTo(user.ID()) })
}

func (p *detailPane) askSeverity() {
	id := p.detail.ID
	severity := ui.NewSelect(choices("severity", nil), nil)
	severity.SetCode(p.detail.Severity)
	p.ask(ui.T("feedback.severity"), fieldText("severity"), severity, severity, func() {
		code := severity.Code()
		p.write(func(ctx context.Context) error { return p.model.SetSeverity(ctx, id, code) }, nil)
	})
}

func (p *detailPane) addTask() {
	f := p.detail.Feedback
	ui.AskTask(p.host.Canvas(), func(title, day string) {
		ui.Do(ui.Lasting(p.host), func(ctx context.Context) error { return p.model.AddTask(ctx, f, title, sales.Date(day)) }, func(err error) {
			if err != nil {
				p.host.ShowError(err)
				return
			}
			p.host.Toast(ui.T("feedback.task.added"))
			p.host.Changed("task")
		})
	})
}

// ask asks for one value in a dialog.
func (p *detailPane) ask(title, label string, field fyne.CanvasObject, focus fyne.Focusable, use func()) {
	var modal *ui.Modal
	save := func() {
		modal.Hide()
		use()
	}
	modal = ui.ShowModal(p.host.Canvas(), title, ui.NewForm().Add("value", label, field), ui.ModalOptions{
		Width: 440, Focus: focus,
		Buttons:   []fyne.CanvasObject{ui.Button(ui.T("feedback.cancel"), func() { modal.Hide() }), ui.PrimaryButton(ui.T("feedback.save"), save)},
		Shortcuts: []ui.Shortcut{{Key: fyne.KeyReturn, Ctrl: true, LabelKey: "feedback.save", Run: save}},
	})
}
