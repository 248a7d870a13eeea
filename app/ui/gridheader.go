package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// gridHeader names the columns. A click sorts, a drag of a column's edge makes it wider.
type gridHeader struct {
	widget.BaseWidget
	grid    *grid
	back    *canvas.Rectangle
	line    *canvas.Rectangle
	titles  []*canvas.Text
	arrow   *canvas.Image
	drag    int
	start   float32
	edge    bool
	grabbed bool
}

const edgeReach = 5

func newGridHeader(g *grid) *gridHeader {
	h := &gridHeader{grid: g, drag: -1, back: canvas.NewRectangle(nil), line: canvas.NewRectangle(nil), arrow: &canvas.Image{}}
	h.back.CornerRadius = 8
	h.arrow.FillMode = canvas.ImageFillContain
	for range g.columns {
		h.titles = append(h.titles, canvas.NewText("", nil))
	}
	h.ExtendBaseWidget(h)
	return h
}

// CreateRenderer implements fyne.Widget.
func (h *gridHeader) CreateRenderer() fyne.WidgetRenderer {
	r := &gridHeaderRenderer{h}
	r.Refresh()
	return r
}

type gridHeaderRenderer struct{ header *gridHeader }

func (r *gridHeaderRenderer) Destroy()           {}
func (r *gridHeaderRenderer) MinSize() fyne.Size { return fyne.NewSize(10, r.header.grid.rowHeight()) }
func (r *gridHeaderRenderer) Layout(fyne.Size)   { r.place() }

// Objects implements fyne.WidgetRenderer.
func (r *gridHeaderRenderer) Objects() []fyne.CanvasObject {
	objects := []fyne.CanvasObject{r.header.back, r.header.line}
	for _, title := range r.header.titles {
		objects = append(objects, title)
	}
	return append(objects, r.header.arrow)
}

// Refresh implements fyne.WidgetRenderer.
func (r *gridHeaderRenderer) Refresh() {
	r.place()
	canvas.Refresh(r.header)
}

func (r *gridHeaderRenderer) place() {
	h, g := r.header, r.header.grid
	size := h.Size()
	h.back.FillColor = themeColor(theme.ColorNameHeaderBackground)
	h.back.Move(fyne.NewPos(1, 1))
	h.back.Resize(size.SubtractWidthHeight(2, 1))
	h.line.FillColor = themeColor(theme.ColorNameSeparator)
	h.line.Move(fyne.NewPos(0, size.Height-1))
	h.line.Resize(fyne.NewSize(size.Width, 1))
	h.arrow.Hide()
	x := float32(0)
	for i, column := range g.columns {
		if i >= len(g.widths) {
			break
		}
		sorted := column.sortable && column.key == g.sortKey
		title := h.titles[i]
		title.TextSize = theme.Size(theme.SizeNameCaptionText)
		title.TextStyle = fyne.TextStyle{Bold: true}
		title.Alignment = column.align
		title.Color = themeColor(colorMuted)
		room := g.widths[i] - 2*cellPadding
		if sorted {
			title.Color = themeColor(colorAccentText)
			room -= 14
		}
		title.Text = Elide(column.title, room, title.TextSize, true)
		height := measure("国", title.TextSize, true).Height
		title.Move(fyne.NewPos(x+cellPadding, (size.Height-height)/2))
		title.Resize(fyne.NewSize(room, height))
		if sorted {
			h.placeArrow(x, room, title, size.Height)
		}
		x += g.widths[i]
	}
}

func (h *gridHeader) placeArrow(x, room float32, title *canvas.Text, height float32) {
	icon := IconUp
	if h.grid.descending {
		icon = IconDown
	}
	h.arrow.Resource = ToneIcon(icon, ToneAccent)
	h.arrow.Resize(fyne.NewSize(12, 12))
	at := x + cellPadding + measure(title.Text, title.TextSize, true).Width + 3
	switch title.Alignment {
	case fyne.TextAlignTrailing:
		at = x + cellPadding + room + 2
	case fyne.TextAlignCenter:
		at = x + cellPadding + room/2 + measure(title.Text, title.TextSize, true).Width/2 + 3
	}
	h.arrow.Move(fyne.NewPos(at, (height-12)/2))
	h.arrow.Show()
	h.arrow.Refresh()
}

// at returns the column at x, and the column whose right edge is there, or -1.
func (h *gridHeader) at(x float32) (column, edge int) {
	right := float32(0)
	for i, width := range h.grid.widths {
		right += width
		if x >= right-edgeReach && x <= right+edgeReach && i < len(h.grid.widths)-1 {
			return i, i
		}
		if x < right {
			return i, -1
		}
	}
	return -1, -1
}

// Tapped implements fyne.Tappable.
func (h *gridHeader) Tapped(event *fyne.PointEvent) {
	if column, edge := h.at(event.Position.X); column >= 0 && edge < 0 {
		h.grid.sortBy(column)
	}
}

// MouseIn implements desktop.Hoverable.
func (h *gridHeader) MouseIn(event *desktop.MouseEvent) { h.MouseMoved(event) }

// MouseMoved implements desktop.Hoverable.
func (h *gridHeader) MouseMoved(event *desktop.MouseEvent) {
	_, edge := h.at(event.Position.X)
	h.edge = edge >= 0
}

// MouseOut implements desktop.Hoverable.
func (h *gridHeader) MouseOut() { h.edge = false }

// Cursor implements desktop.Cursorable.
func (h *gridHeader) Cursor() desktop.Cursor {
	if h.edge || h.drag >= 0 {
		return desktop.HResizeCursor
	}
	return desktop.DefaultCursor
}

// Dragged implements fyne.Draggable.
func (h *gridHeader) Dragged(event *fyne.DragEvent) {
	if !h.grabbed {
		h.grabbed = true
		_, h.drag = h.at(event.Position.X - event.Dragged.DX)
		if h.drag >= 0 {
			h.start = h.grid.widths[h.drag] - (event.Position.X - event.Dragged.DX)
		}
	}
	if h.drag >= 0 {
		h.grid.setWidth(h.drag, h.start+event.Position.X)
	}
}

// DragEnd implements fyne.Draggable.
func (h *gridHeader) DragEnd() {
	h.grabbed = false
	if h.drag >= 0 {
		h.drag = -1
		h.grid.keepWidths()
	}
}
