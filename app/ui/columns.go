package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
)

// Columns puts a wide column and beside it a narrow one of a fixed width, both as high as they need: the body of a record's page.
func Columns(gap, width float32, wide, narrow fyne.CanvasObject) *fyne.Container {
	side := container.New(layout.NewCustomPaddedLayout(0, 0, gap, 0), VGap(0, Fixed(width, 0, narrow)))
	return Border(nil, nil, nil, side, VGap(0, wide))
}

// ScrollBeside scrolls vertically, with the scroll bar beside the content and not over it.
func ScrollBeside(object fyne.CanvasObject) *container.Scroll {
	return Scroll(container.New(layout.NewCustomPaddedLayout(0, 0, 0, 12), object))
}
