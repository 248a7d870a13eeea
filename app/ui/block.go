package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// NewBlock is content on the soft color of a tone, with a stripe of its full color at the left: an entry of a calendar.
// Without onTap a click goes through to what holds the block.
func NewBlock(tone Tone, content fyne.CanvasObject, onTap func()) fyne.CanvasObject {
	stripe := newSurface(tone.solidColor(), colorClear, 2)
	stripe.least = fyne.NewSize(3, 0)
	face := Border(nil, nil, stripe, nil, PadXY(5, 2, content))
	if onTap == nil {
		return container.NewStack(newSurface(tone.fillColor(), colorClear, 4), face)
	}
	return container.NewStack(newSurface(tone.fillColor(), colorClear, 4), newTappable(face, 4, onTap))
}

// Line is the thin line between things, as wide or as high as it is laid out.
func Line() fyne.CanvasObject { return hairline() }

// NewRule is a line in the full color of a tone.
func NewRule(tone Tone) fyne.CanvasObject { return newSurface(tone.solidColor(), colorClear, 0) }

// NewTappable makes any content react to a click and a hover.
func NewTappable(content fyne.CanvasObject, onTap func()) fyne.CanvasObject {
	return newTappable(content, 4, onTap)
}

// Surface is content on a bordered surface without space around it: a calendar, a list that scrolls.
func Surface(content fyne.CanvasObject) fyne.CanvasObject { return bareCard(content) }
