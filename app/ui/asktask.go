package ui

import (
	"strings"

	"fyne.io/fyne/v2"
)

// AskTask asks for a follow-up: what is to be done, which must be said, and by which day, which may be left open.
func AskTask(canvas fyne.Canvas, onYes func(title, day string)) *Modal {
	var modal *Modal
	what, due := NewEntry(), NewDateEntry()
	form := NewForm().Add("title", T("field.task.title"), what, Required).Add("due_on", T("field.task.due_on"), due)
	answer := func() {
		problems := map[string]string{}
		if strings.TrimSpace(what.Text) == "" {
			problems["title"] = T("ui.required")
		}
		if err := due.Valid(); err != nil {
			problems["due_on"] = ErrorText(err)
		}
		if form.SetErrors(problems); len(problems) > 0 {
			return
		}
		modal.Hide()
		onYes(strings.TrimSpace(what.Text), due.Day())
	}
	what.OnSubmitted = func(string) { answer() }
	modal = ShowModal(canvas, T("kind.task"), form, ModalOptions{
		Width: 480, Focus: what,
		Buttons: []fyne.CanvasObject{
			Button(T("ui.cancel"), func() { modal.Hide() }), PrimaryButton(T("ui.ok"), answer),
		},
		Shortcuts: []Shortcut{{Key: fyne.KeyReturn, Ctrl: true, LabelKey: "ui.ok", Run: answer}},
	})
	return modal
}
