package ui

import (
	"unicode"

	"fyne.io/fyne/v2"
)

// Prose is text that wraps, can be selected and copied, and stands flush with the labels above and below it: what people wrote,
// in full.
func Prose(text string) *fyne.Container {
	label := Paragraph(text)
	label.Selectable = true
	if mostlyHan(text) {
		label.Wrapping = fyne.TextWrapBreak // The toolkit would break at spaces, of which Chinese has few.
	}
	// The toolkit's label keeps a padding around its text that fields need and columns of text do not.
	return PadXY(-7, -6, label)
}

func mostlyHan(text string) bool {
	han, all := 0, 0
	for _, r := range text {
		all++
		if unicode.Is(unicode.Han, r) {
			han++
		}
	}
	return 2*han > all
}
