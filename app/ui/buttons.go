package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Button is the ordinary button.
func Button(label string, onTap func()) *widget.Button { return widget.NewButton(label, onTap) }

// PrimaryButton is the one button of a screen or dialog that does what it is for.
func PrimaryButton(label string, onTap func()) *widget.Button {
	return withImportance(label, onTap, widget.HighImportance)
}

// DangerButton is a button that takes something away.
func DangerButton(label string, onTap func()) *widget.Button {
	return withImportance(label, onTap, widget.DangerImportance)
}

// QuietButton is a button without a face, for things that are seldom needed.
func QuietButton(label string, onTap func()) *widget.Button {
	return withImportance(label, onTap, widget.LowImportance)
}

func withImportance(label string, onTap func(), importance widget.Importance) *widget.Button {
	button := widget.NewButton(label, onTap)
	button.Importance = importance
	return button
}

// WithIcon puts an icon before a button's label and returns the button.
func WithIcon(button *widget.Button, icon fyne.Resource) *widget.Button {
	button.SetIcon(icon)
	return button
}

// iconButton is a button that is an icon only; its tip says what it does when the pointer rests on it.
type iconButton struct {
	widget.Button
	tip string
}

// IconButton is a quiet button with an icon only. The tip is shown while the pointer is on it.
func IconButton(icon fyne.Resource, tip string, onTap func()) fyne.CanvasObject {
	b := &iconButton{tip: tip}
	b.Icon, b.OnTapped, b.Importance = icon, onTap, widget.LowImportance
	b.ExtendBaseWidget(b)
	return b
}

// MouseIn implements desktop.Hoverable.
func (b *iconButton) MouseIn(event *desktop.MouseEvent) {
	b.Button.MouseIn(event)
	showTip(b, b.tip)
}

// MouseOut implements desktop.Hoverable.
func (b *iconButton) MouseOut() {
	b.Button.MouseOut()
	hideTip()
}

// Tapped implements fyne.Tappable.
func (b *iconButton) Tapped(event *fyne.PointEvent) {
	hideTip()
	b.Button.Tapped(event)
}

// NewLink is a text that does something when it is tapped.
func NewLink(text string, onTap func()) fyne.CanvasObject {
	label := NewText(text)
	label.ColorName = theme.ColorNameHyperlink
	return newTappable(label, 3, onTap)
}

// NewCheck returns a check box with a label.
func NewCheck(label string, onChanged func(bool)) *widget.Check {
	return widget.NewCheck(label, onChanged)
}
