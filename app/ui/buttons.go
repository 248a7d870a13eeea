package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// PushButton is the toolkit's button, except that it passes on the keys it has no use for: else Escape and F5 would be dead while a button has
// the keyboard.
type PushButton struct{ widget.Button }

// Button is the ordinary button.
func Button(label string, onTap func()) *PushButton {
	return newButton(label, onTap, widget.MediumImportance)
}

// PrimaryButton is the one button of a screen or dialog that does what it is for.
func PrimaryButton(label string, onTap func()) *PushButton {
	return newButton(label, onTap, widget.HighImportance)
}

// DangerButton is a button that takes something away.
func DangerButton(label string, onTap func()) *PushButton {
	return newButton(label, onTap, widget.DangerImportance)
}

// QuietButton is a button without a face, for things that are seldom needed.
func QuietButton(label string, onTap func()) *PushButton {
	return newButton(label, onTap, widget.LowImportance)
}

func newButton(label string, onTap func(), importance widget.Importance) *PushButton {
	b := &PushButton{}
	b.Text, b.OnTapped, b.Importance = label, onTap, importance
	b.ExtendBaseWidget(b)
	return b
}

// TypedKey implements fyne.Focusable. Enter presses the button as Space does.
func (b *PushButton) TypedKey(event *fyne.KeyEvent) {
	switch event.Name {
	case fyne.KeySpace:
		b.Button.TypedKey(event)
	case fyne.KeyReturn, fyne.KeyEnter:
		b.Button.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	default:
		passKey(b, event)
	}
}

// WithIcon puts an icon before a button's label and returns the button.
func WithIcon(button *PushButton, icon fyne.Resource) *PushButton {
	button.SetIcon(icon)
	return button
}

// iconButton is a button that is an icon only; its tip says what it does when the pointer rests on it.
type iconButton struct {
	PushButton
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
	b.PushButton.MouseIn(event)
	showTip(b, b.tip, event.AbsolutePosition)
}

// MouseOut implements desktop.Hoverable.
func (b *iconButton) MouseOut() {
	b.PushButton.MouseOut()
	hideTip()
}

// Tapped implements fyne.Tappable.
func (b *iconButton) Tapped(event *fyne.PointEvent) {
	hideTip()
	b.PushButton.Tapped(event)
}

// NewLink is a text that does something when it is tapped.
func NewLink(text string, onTap func()) fyne.CanvasObject {
	label := NewText(text)
	label.ColorName = theme.ColorNameHyperlink
	return newTappable(label, 3, onTap)
}

// Check is the toolkit's check box; it passes on the keys it has no use for, as PushButton does.
type Check struct{ widget.Check }

// NewCheck returns a check box with a label.
func NewCheck(label string, onChanged func(bool)) *Check {
	c := &Check{}
	c.Text, c.OnChanged = label, onChanged
	c.ExtendBaseWidget(c)
	return c
}

// TypedKey implements fyne.Focusable.
func (c *Check) TypedKey(event *fyne.KeyEvent) {
	if event.Name != fyne.KeySpace { // a space comes as a rune
		passKey(c, event)
	}
}
