package visits

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// dragBlock is an entry of a calendar that is opened by a click and moved by dragging.
type dragBlock struct {
	widget.BaseWidget
	content fyne.CanvasObject
	onTap   func()
	onDrop  func(block *dragBlock, by fyne.Position)
	by      fyne.Position // how far it was dragged
}

func newDragBlock(content fyne.CanvasObject, onTap func(), onDrop func(*dragBlock, fyne.Position)) *dragBlock {
	b := &dragBlock{content: content, onTap: onTap, onDrop: onDrop}
	b.ExtendBaseWidget(b)
	return b
}

// Tapped implements fyne.Tappable.
func (b *dragBlock) Tapped(*fyne.PointEvent) { b.onTap() }

// Dragged implements fyne.Draggable: the block follows the pointer.
func (b *dragBlock) Dragged(event *fyne.DragEvent) {
	b.by = b.by.AddXY(event.Dragged.DX, event.Dragged.DY)
	b.Move(b.Position().AddXY(event.Dragged.DX, event.Dragged.DY))
}

// DragEnd implements fyne.Draggable.
func (b *dragBlock) DragEnd() {
	by := b.by
	b.by = fyne.Position{}
	b.onDrop(b, by)
}

// Cursor implements desktop.Cursorable.
func (b *dragBlock) Cursor() desktop.Cursor { return desktop.PointerCursor }

// CreateRenderer implements fyne.Widget.
func (b *dragBlock) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(b.content) }
