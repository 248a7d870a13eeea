package ui

import (
	"image/color"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

const cellPadding = 10

// gridBody is as high as all rows together and holds the canvas objects of those in view only. It is one widget
// for all rows: it finds the row of a click by arithmetic.
type gridBody struct {
	widget.BaseWidget
	grid    *grid
	rows    map[int]*gridRow
	free    []*gridRow
	objects []fyne.CanvasObject
	focused bool
	tapped  time.Time
	tapRow  int
}

// gridRow is what one row in view is drawn with.
type gridRow struct {
	back   *canvas.Rectangle
	line   *canvas.Rectangle
	texts  []*canvas.Text
	badges []*canvas.Rectangle
}

func newGridBody(g *grid) *gridBody {
	b := &gridBody{grid: g, rows: map[int]*gridRow{}}
	b.ExtendBaseWidget(b)
	return b
}

func (b *gridBody) window() (first, last int) {
	height := b.grid.rowHeight()
	first = int(b.grid.scroll.Offset.Y / height)
	last = int((b.grid.scroll.Offset.Y + b.grid.scroll.Size().Height) / height)
	return max(0, first), min(last, b.grid.length()-1)
}

// scrolled draws what came into view.
func (b *gridBody) scrolled() { b.update(false) }

// rebuild throws the drawn rows away: columns or theme changed.
func (b *gridBody) rebuild() {
	b.rows, b.free = map[int]*gridRow{}, nil
	b.Resize(fyne.NewSize(b.grid.scroll.Size().Width, max(b.grid.scroll.Size().Height, b.MinSize().Height)))
	b.update(true)
}

// update moves row drawings to the rows in view; with all it also fills those that stay anew.
func (b *gridBody) update(all bool) {
	if len(b.grid.widths) == 0 {
		return
	}
	first, last := b.window()
	for i, row := range b.rows {
		if i < first || i > last {
			delete(b.rows, i)
			b.free = append(b.free, row)
		}
	}
	for i := first; i <= last; i++ {
		row, drawn := b.rows[i]
		if !drawn {
			row = b.take()
			b.rows[i] = row
		}
		if !drawn || all {
			b.fill(row, i)
		}
	}
	b.objects = b.objects[:0]
	for i := first; i <= last; i++ {
		b.objects = b.rows[i].append(b.objects)
	}
	canvas.Refresh(b)
}

func (r *gridRow) append(objects []fyne.CanvasObject) []fyne.CanvasObject {
	objects = append(objects, r.back, r.line)
	for i, text := range r.texts {
		if r.badges[i] != nil && r.badges[i].Visible() {
			objects = append(objects, r.badges[i])
		}
		if text.Text != "" {
			objects = append(objects, text)
		}
	}
	return objects
}

func (b *gridBody) take() *gridRow {
	if n := len(b.free); n > 0 {
		row := b.free[n-1]
		b.free = b.free[:n-1]
		return row
	}
	columns := len(b.grid.columns)
	row := &gridRow{
		back: canvas.NewRectangle(color.Transparent), line: canvas.NewRectangle(themeColor(colorGrid)),
		texts: make([]*canvas.Text, columns), badges: make([]*canvas.Rectangle, columns),
	}
	for i, column := range b.grid.columns {
		row.texts[i] = canvas.NewText("", color.Black)
		row.texts[i].Alignment = column.align
		if column.badge {
			row.badges[i] = canvas.NewRectangle(color.Transparent)
			row.badges[i].CornerRadius = 9
		}
	}
	return row
}

func (b *gridBody) fill(row *gridRow, i int) {
	g := b.grid
	height := g.rowHeight()
	y := float32(i) * height
	row.back.FillColor = b.background(i)
	row.back.Move(fyne.NewPos(0, y))
	row.back.Resize(fyne.NewSize(g.Size().Width, height))
	row.line.FillColor = themeColor(colorGrid)
	row.line.Move(fyne.NewPos(0, y+height-1))
	row.line.Resize(fyne.NewSize(g.Size().Width, 1))
	x := float32(0)
	for c, column := range g.columns {
		b.fillCell(row, i, c, column, fyne.NewPos(x, y), fyne.NewSize(g.widths[c], height))
		x += g.widths[c]
	}
}

func (b *gridBody) fillCell(row *gridRow, i, c int, column columnSpec, at fyne.Position, size fyne.Size) {
	value, tone, loaded := b.grid.cell(i, c)
	text := row.texts[c]
	if !loaded {
		value = ""
		if c == 0 {
			value = T("ui.table.loading")
		}
	}
	text.TextSize = theme.Size(theme.SizeNameText)
	text.TextStyle = fyne.TextStyle{Bold: column.bold}
	text.Color = themeColor(tone.textColor())
	padding := float32(cellPadding)
	badge := row.badges[c]
	if badge != nil {
		text.TextSize = theme.Size(theme.SizeNameCaptionText)
		text.Color = themeColor(badgeTextColor(tone))
		padding += 8
	}
	text.Text = Elide(value, size.Width-2*padding, text.TextSize, column.bold)
	line := measure("国", text.TextSize, column.bold).Height
	top := at.Y + (size.Height-line)/2
	text.Move(fyne.NewPos(at.X+padding, top))
	text.Resize(fyne.NewSize(size.Width-2*padding, line))
	if badge == nil {
		return
	}
	badge.Hidden = text.Text == ""
	badge.FillColor = themeColor(tone.fillColor())
	width := measure(text.Text, text.TextSize, column.bold).Width
	left := at.X + padding
	switch column.align {
	case fyne.TextAlignCenter:
		left = at.X + (size.Width-width)/2
	case fyne.TextAlignTrailing:
		left = at.X + size.Width - padding - width
	}
	badge.Move(fyne.NewPos(left-8, top-2))
	badge.Resize(fyne.NewSize(width+16, line+4))
}

func (b *gridBody) background(i int) color.Color {
	switch {
	case i == b.grid.selected && b.focused:
		return themeColor(colorAccentFill)
	case i == b.grid.selected:
		return themeColor(theme.ColorNameSelection)
	case i == b.grid.hovered:
		return themeColor(theme.ColorNameHover)
	default:
		return color.Transparent
	}
}

func (b *gridBody) repaint(i int) {
	if row, ok := b.rows[i]; ok {
		row.back.FillColor = b.background(i)
		row.back.Refresh()
	}
}

func (b *gridBody) rowAt(y float32) int {
	i := int(y / b.grid.rowHeight())
	if y < 0 || i >= b.grid.length() {
		return -1
	}
	return i
}

// MinSize implements fyne.CanvasObject.
func (b *gridBody) MinSize() fyne.Size {
	return fyne.NewSize(10, float32(b.grid.length())*b.grid.rowHeight())
}

// CreateRenderer implements fyne.Widget.
func (b *gridBody) CreateRenderer() fyne.WidgetRenderer { return &gridBodyRenderer{b} }

type gridBodyRenderer struct{ body *gridBody }

func (r *gridBodyRenderer) Destroy()                     {}
func (r *gridBodyRenderer) Layout(fyne.Size)             {}
func (r *gridBodyRenderer) MinSize() fyne.Size           { return r.body.MinSize() }
func (r *gridBodyRenderer) Objects() []fyne.CanvasObject { return r.body.objects }
func (r *gridBodyRenderer) Refresh()                     { r.body.update(true) }

// Tapped implements fyne.Tappable. A double click is told by time, because the toolkit would hold every single
// click back for as long as a double click may take.
func (b *gridBody) Tapped(event *fyne.PointEvent) {
	if window := fyne.CurrentApp().Driver().CanvasForObject(b); window != nil {
		window.Focus(b)
	}
	i := b.rowAt(event.Position.Y)
	if i < 0 {
		return
	}
	now := time.Now()
	again := i == b.tapRow && now.Sub(b.tapped) < 400*time.Millisecond
	b.tapped, b.tapRow = now, i
	b.grid.selectRow(i)
	if again {
		b.tapped = time.Time{}
		b.grid.onOpen(i)
	}
}

// MouseIn implements desktop.Hoverable.
func (b *gridBody) MouseIn(event *desktop.MouseEvent) { b.MouseMoved(event) }

// MouseMoved implements desktop.Hoverable.
func (b *gridBody) MouseMoved(event *desktop.MouseEvent) { b.hover(b.rowAt(event.Position.Y)) }

// MouseOut implements desktop.Hoverable.
func (b *gridBody) MouseOut() { b.hover(-1) }

func (b *gridBody) hover(i int) {
	before := b.grid.hovered
	if before == i {
		return
	}
	b.grid.hovered = i
	b.repaint(before)
	b.repaint(i)
}

// FocusGained implements fyne.Focusable.
func (b *gridBody) FocusGained() {
	b.focused = true
	if b.grid.selected < 0 && b.grid.length() > 0 {
		b.grid.selected, _ = b.window()
	}
	b.repaint(b.grid.selected)
}

// FocusLost implements fyne.Focusable.
func (b *gridBody) FocusLost() {
	b.focused = false
	b.repaint(b.grid.selected)
}

// TypedRune implements fyne.Focusable.
func (b *gridBody) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (b *gridBody) TypedKey(event *fyne.KeyEvent) {
	g := b.grid
	page := max(1, int(g.scroll.Size().Height/g.rowHeight())-1)
	switch event.Name {
	case fyne.KeyDown:
		g.selectRow(g.selected + 1)
	case fyne.KeyUp:
		g.selectRow(max(0, g.selected-1))
	case fyne.KeyPageDown:
		g.selectRow(g.selected + page)
	case fyne.KeyPageUp:
		g.selectRow(max(0, g.selected-page))
	case fyne.KeyHome:
		g.selectRow(0)
	case fyne.KeyEnd:
		g.selectRow(g.length() - 1)
	case fyne.KeyReturn, fyne.KeyEnter:
		if g.selected >= 0 {
			g.onOpen(g.selected)
		}
	default:
		passKey(b, event)
	}
}

// passKey gives a key that a focused widget has no use for to the window.
func passKey(from fyne.CanvasObject, event *fyne.KeyEvent) {
	window := fyne.CurrentApp().Driver().CanvasForObject(from)
	if window == nil || (event.Name == fyne.KeyEscape && HideTopModal(window)) {
		return
	}
	if onKey := window.OnTypedKey(); onKey != nil {
		onKey(event)
	}
}
