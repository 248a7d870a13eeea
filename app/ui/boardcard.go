package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// boardCard is a card that is clicked and dragged. The toolkit has no drop targets: the board finds the column
// below the pointer itself.
type boardCard struct {
	widget.BaseWidget
	board *Board
	data  BoardCard
	back  *surface
	body  fyne.CanvasObject
	last  fyne.Position
}

func newBoardCard(board *Board, data BoardCard) *boardCard {
	c := &boardCard{board: board, data: data, back: newSurface(colorSurface, theme.ColorNameSeparator, 7)}
	rows := []fyne.CanvasObject{NewText(data.Title).Elastic()}
	if data.Subtitle != "" {
		rows = append(rows, Caption(data.Subtitle).Elastic())
	}
	if data.Value != "" || data.Badge != "" {
		parts := []fyne.CanvasObject{Grow(Strong(data.Value).Elastic())}
		if data.Badge != "" {
			parts = append(parts, NewBadge(data.Badge, data.BadgeTone))
		}
		rows = append(rows, HGap(6, parts...))
	}
	if data.Note != "" {
		note := Caption(data.Note).Elastic()
		if data.Tone != ToneNeutral {
			note.ColorName = data.Tone.textColor()
		}
		rows = append(rows, note)
	}
	c.body = PadXY(10, 8, VGap(3, rows...))
	c.ExtendBaseWidget(c)
	c.paint()
	return c
}

func (c *boardCard) paint() {
	edge := theme.ColorNameSeparator
	fill := colorSurface
	if c.board != nil && c.board.selected == c.data.ID {
		edge = theme.ColorNamePrimary
		if c.board.focused {
			fill = colorAccentFill
		}
	}
	c.back.setColors(fill, edge)
}

// lift shows the card as one that is being dragged.
func (c *boardCard) lift() { c.back.setColors(colorSurface, theme.ColorNamePrimary) }

// Tapped implements fyne.Tappable.
func (c *boardCard) Tapped(*fyne.PointEvent) {
	if window := fyne.CurrentApp().Driver().CanvasForObject(c.board); window != nil {
		window.Focus(c.board)
	}
	c.board.Select(c.data.ID)
	if c.board.OnOpen != nil {
		c.board.OnOpen(c.data.ID)
	}
}

// Dragged implements fyne.Draggable.
func (c *boardCard) Dragged(event *fyne.DragEvent) {
	if c.board == nil {
		return
	}
	c.last = event.AbsolutePosition
	if c.last.IsZero() { // The test driver gives the position within the card only.
		c.last = fyne.CurrentApp().Driver().AbsolutePositionForObject(c).Add(event.Position).AddXY(event.Dragged.DX, event.Dragged.DY)
	}
	c.board.dragTo(c, c.last)
}

// DragEnd implements fyne.Draggable.
func (c *boardCard) DragEnd() {
	if c.board != nil {
		c.board.drop(c.last)
	}
}

// MouseIn implements desktop.Hoverable.
func (c *boardCard) MouseIn(*desktop.MouseEvent) {
	c.back.setColors(c.back.fill, theme.ColorNamePrimary)
}

// MouseMoved implements desktop.Hoverable.
func (c *boardCard) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (c *boardCard) MouseOut() { c.paint() }

// Cursor implements desktop.Cursorable.
func (c *boardCard) Cursor() desktop.Cursor { return desktop.PointerCursor }

// CreateRenderer implements fyne.Widget.
func (c *boardCard) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewStack(c.back, c.body))
}
