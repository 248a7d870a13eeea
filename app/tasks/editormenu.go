package tasks

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
)

// menu offers what is seldom done to a task.
func (e *editor) menu(anchor fyne.CanvasObject) {
	var items []ui.MenuItem
	if e.detail.Open() {
		items = append(items, ui.MenuItem{Label: ui.T("tasks.cancel"), Icon: ui.IconClose, Run: e.callOff})
	}
	items = append(items, ui.MenuItem{Label: ui.T("tasks.delete"), Danger: true, Run: e.remove})
	ui.ShowMenu(e.host.Canvas(), anchor, items...)
}

func (e *editor) callOff() {
	ui.Do(e.host.Context(), func(ctx context.Context) error { return e.model.Cancel(ctx, e.id) }, func(err error) {
		if err != nil {
			e.host.ShowError(err)
			return
		}
		e.host.Toast(ui.T("tasks.cancelled"))
		e.host.Changed("task")
	})
}

func (e *editor) remove() {
	ui.Confirm(e.host.Canvas(), ui.ConfirmOptions{
		Title: ui.T("tasks.delete.title"), Text: ui.T("tasks.delete.text", "Title", e.detail.Title), Yes: ui.T("tasks.delete"), Danger: true,
	}, func() {
		ui.Do(e.host.Context(), func(ctx context.Context) error { return e.model.Delete(ctx, e.id) }, func(err error) {
			if err != nil {
				e.host.ShowError(err)
				return
			}
			e.host.Toast(ui.T("tasks.deleted"))
			e.gone()
			e.host.Changed("task")
		})
	})
}

// gone is called when the task no longer exists, here or by sync.
func (e *editor) gone() {
	if e.draft != nil {
		e.draft.Clear()
	}
	e.id, e.dirty, e.detail = "", false, Detail{}
	e.showNothing()
	if e.onGone != nil {
		e.onGone()
	}
}

func (e *editor) input() map[string]string {
	t := e.next()
	item := e.company.Item()
	return map[string]string{
		"title": t.Title, "notes": t.Notes, "due": string(t.DueOn), "remind": ui.FormatDateTime(t.RemindAt.Time()),
		"priority": t.Priority, "company": item.ID, "name": item.Title,
	}
}

func (e *editor) restore(input map[string]string) {
	e.fill = true
	defer func() { e.fill = false }()
	e.title.SetText(input["title"])
	e.notes.SetText(input["notes"])
	e.due.SetDay(input["due"])
	e.remind.SetTime(parseMoment(input["remind"]))
	e.priority.Set(input["priority"])
	e.company.Set(input["company"], input["name"])
}
