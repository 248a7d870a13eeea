package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// ConfirmOptions are the words of a question. Empty Yes and No mean "OK" and "Cancel".
type ConfirmOptions struct {
	Title, Text, Yes, No string
	// Danger marks an answer that takes something away.
	Danger bool
	// OnNo is called when the question is answered with no or closed.
	OnNo func()
}

// Confirm asks before something is done.
func Confirm(canvas fyne.Canvas, options ConfirmOptions, onYes func()) *Modal {
	var modal *Modal
	answered := false
	yes := PrimaryButton(orText(options.Yes, "ui.ok"), nil)
	if options.Danger {
		yes.Importance = widget.DangerImportance
	}
	yes.OnTapped = func() {
		answered = true
		modal.Hide()
		onYes()
	}
	no := Button(orText(options.No, "ui.cancel"), func() { modal.Hide() })
	enter := yes.OnTapped
	if options.Danger {
		enter = nil // What takes something away must be meant.
	}
	modal = ShowModal(canvas, options.Title, Paragraph(options.Text), ModalOptions{
		Width: 440, Buttons: []fyne.CanvasObject{no, yes}, OnEnter: enter,
		Shortcuts: []Shortcut{{Key: fyne.KeyReturn, Ctrl: true, Run: yes.OnTapped}},
		OnHide: func() {
			if !answered && options.OnNo != nil {
				options.OnNo()
			}
		},
	})
	return modal
}

// AskOptions are the words of a question that is answered with a text, such as the reason of a cancellation.
type AskOptions struct {
	// No is the word of the way out, "Cancel" when empty: beside "Cancel the visit" it would be no answer.
	Title, Label, Text, Yes, No string
	Required, Multiline         bool
}

// AskText asks for a text. A required one must be given before the answer counts.
func AskText(canvas fyne.Canvas, options AskOptions, onYes func(text string)) *Modal {
	var modal *Modal
	entry := NewEntry()
	if options.Multiline {
		entry = NewMultiline(4)
	}
	entry.SetText(options.Text)
	form := NewForm()
	marks := []FieldOption{Wide}
	if options.Required {
		marks = append(marks, Required)
	}
	form.Add("text", options.Label, entry, marks...)
	answer := func() {
		text := strings.TrimSpace(entry.Text)
		if options.Required && text == "" {
			form.SetError("text", T("ui.required"))
			return
		}
		modal.Hide()
		onYes(text)
	}
	if !options.Multiline {
		entry.OnSubmitted = func(string) { answer() }
	}
	modal = ShowModal(canvas, options.Title, form, ModalOptions{
		Width: 480, Focus: entry,
		Buttons: []fyne.CanvasObject{
			Button(orText(options.No, "ui.cancel"), func() { modal.Hide() }), PrimaryButton(orText(options.Yes, "ui.ok"), answer),
		},
		Shortcuts: []Shortcut{{Key: fyne.KeyReturn, Ctrl: true, Run: answer}},
	})
	return modal
}

func orText(text, key string) string {
	if text != "" {
		return text
	}
	return T(key)
}

// MenuItem is one line of a menu that opens at an object.
type MenuItem struct {
	Label  string
	Icon   fyne.Resource
	Danger bool
	Run    func()
}

// ShowMenu opens a menu below an object.
func ShowMenu(canvas fyne.Canvas, anchor fyne.CanvasObject, items ...MenuItem) {
	entries := make([]*fyne.MenuItem, 0, len(items))
	for _, item := range items {
		entry := fyne.NewMenuItem(item.Label, item.Run)
		entry.Icon = item.Icon
		if item.Danger {
			entry.Icon = ToneIcon(IconDelete, ToneDanger)
		}
		entries = append(entries, entry)
	}
	position := fyne.CurrentApp().Driver().AbsolutePositionForObject(anchor)
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", entries...), canvas, position.AddXY(0, anchor.Size().Height+2))
}
