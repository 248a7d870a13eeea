package ui

import "fyne.io/fyne/v2"

// Prose is text that wraps, can be selected and copied, and stands flush with the labels above and below it: what people wrote,
// in full.
func Prose(text string) *fyne.Container {
	label := Paragraph(text)
	label.Selectable = true
	// The toolkit's label keeps a padding around its text that fields need and columns of text do not.
	return PadXY(-7, -6, label)
}
