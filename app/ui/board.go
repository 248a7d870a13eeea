package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// BoardColumn is one column of a board with its cards. Summary stands below the title: totals. Count is how many
// cards there are in all when not all are loaded; More then labels the link below the cards that asks for the rest.
type BoardColumn struct {
	Key, Title, Summary string
	Tone                Tone
	Cards               []BoardCard
	Count               int
	More                string
}

// BoardCard is one card: what it is, a line below, a value, a remark, a badge. Tone colors its left edge.
type BoardCard struct {
	ID, Title, Subtitle, Value, Note string
	Tone                             Tone
	Badge                            string
	BadgeTone                        Tone
}

// Board shows cards in columns. A card is moved by dragging it, or with Ctrl and the arrow keys; the arrow keys
// alone choose a card and Enter opens it.
type Board struct {
	widget.BaseWidget
	// OnMove is called when the user moved a card to another column. The board shows the move only when it gets
	// its columns anew, so a move that is refused needs no undoing.
	OnMove func(cardID, from, to string)
	// OnOpen is called for a click on a card and for Enter.
	OnOpen func(cardID string)
	// OnMore is called for a click on the link below a column's cards.
	OnMore func(column string)

	columns  []BoardColumn
	views    []*boardColumn
	selected string
	focused  bool
	row      *fyne.Container
	scroll   *container.Scroll
	ghost    *fyne.Container
	dragging *boardCard
}

// NewBoard returns a board without columns.
func NewBoard() *Board {
	b := &Board{ghost: container.NewWithoutLayout()}
	b.row = container.New(&boardLayout{})
	b.scroll = container.NewHScroll(b.row)
	b.ExtendBaseWidget(b)
	return b
}

// SetColumns replaces columns and cards. Which card is selected and how far columns are scrolled stays.
func (b *Board) SetColumns(columns []BoardColumn) {
	offsets := map[string]float32{}
	for _, view := range b.views {
		offsets[view.data.Key] = view.scroll.Offset.Y
	}
	b.columns = columns
	b.views = b.views[:0]
	objects := make([]fyne.CanvasObject, 0, len(columns))
	for _, column := range columns {
		view := newBoardColumn(b, column)
		view.scroll.Offset.Y = offsets[column.Key]
		b.views = append(b.views, view)
		objects = append(objects, view)
	}
	b.row.Objects = objects
	b.row.Refresh()
	b.Refresh()
}

// Selected returns the id of the selected card, or "".
func (b *Board) Selected() string { return b.selected }

// Select selects a card without opening it.
func (b *Board) Select(id string) {
	before := b.selected
	b.selected = id
	for _, view := range b.views {
		for _, card := range view.cards {
			if card.data.ID == before || card.data.ID == id {
				card.paint()
			}
		}
	}
}

func (b *Board) locate(id string) (column, card int) {
	for c, data := range b.columns {
		for i := range data.Cards {
			if data.Cards[i].ID == id {
				return c, i
			}
		}
	}
	return -1, -1
}

func (b *Board) move(id, to string) {
	from, _ := b.locate(id)
	if from < 0 || b.columns[from].Key == to || b.OnMove == nil {
		return
	}
	b.OnMove(id, b.columns[from].Key, to)
}

// FocusGained implements fyne.Focusable.
func (b *Board) FocusGained() {
	b.focused = true
	if column, _ := b.locate(b.selected); column < 0 {
		b.step(0, 0)
	}
	b.Select(b.selected)
}

// FocusLost implements fyne.Focusable.
func (b *Board) FocusLost() {
	b.focused = false
	b.Select(b.selected)
}

// TypedRune implements fyne.Focusable.
func (b *Board) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (b *Board) TypedKey(event *fyne.KeyEvent) {
	switch event.Name {
	case fyne.KeyLeft:
		b.step(-1, 0)
	case fyne.KeyRight:
		b.step(1, 0)
	case fyne.KeyUp:
		b.step(0, -1)
	case fyne.KeyDown:
		b.step(0, 1)
	case fyne.KeyReturn, fyne.KeyEnter:
		if b.selected != "" && b.OnOpen != nil {
			b.OnOpen(b.selected)
		}
	default:
		passKey(b, event)
	}
}

// step selects the card beside or below the selected one, over empty columns.
func (b *Board) step(columns, cards int) {
	c, i := b.locate(b.selected)
	if c < 0 {
		for _, column := range b.columns {
			if len(column.Cards) > 0 {
				b.Select(column.Cards[0].ID)
				return
			}
		}
		return
	}
	next := c + columns
	for columns != 0 && next >= 0 && next < len(b.columns) && len(b.columns[next].Cards) == 0 {
		next += columns
	}
	if next < 0 || next >= len(b.columns) {
		return
	}
	i = max(0, min(i+cards, len(b.columns[next].Cards)-1))
	b.Select(b.columns[next].Cards[i].ID)
	b.views[next].reveal(i)
}

// TypedShortcut implements fyne.Shortcutable: Ctrl and an arrow move the selected card to the next column.
func (b *Board) TypedShortcut(shortcut fyne.Shortcut) {
	custom, ok := shortcut.(*desktop.CustomShortcut)
	if ok && custom.Modifier == fyne.KeyModifierControl && (custom.KeyName == fyne.KeyLeft || custom.KeyName == fyne.KeyRight) {
		step := 1
		if custom.KeyName == fyne.KeyLeft {
			step = -1
		}
		if column, _ := b.locate(b.selected); column >= 0 && column+step >= 0 && column+step < len(b.columns) {
			b.move(b.selected, b.columns[column+step].Key)
		}
		return
	}
	passShortcut(b, shortcut)
}

// dragTo moves the picture of the card that is dragged, and marks the column below it.
func (b *Board) dragTo(card *boardCard, at fyne.Position) {
	if b.dragging != card {
		b.dragging = card
		picture := newBoardCard(nil, card.data)
		picture.lift()
		picture.Resize(card.Size())
		b.ghost.Objects = []fyne.CanvasObject{picture}
		b.ghost.Refresh()
		b.Select(card.data.ID)
	}
	origin := fyne.CurrentApp().Driver().AbsolutePositionForObject(b)
	b.ghost.Objects[0].Move(at.Subtract(origin).SubtractXY(card.Size().Width/2, 16))
	target := b.columnAt(at)
	for _, view := range b.views {
		view.mark(view == target)
	}
}

func (b *Board) drop(at fyne.Position) {
	card := b.dragging
	b.dragging = nil
	b.ghost.Objects = nil
	b.ghost.Refresh()
	target := b.columnAt(at)
	for _, view := range b.views {
		view.mark(false)
	}
	if card != nil && target != nil {
		b.move(card.data.ID, target.data.Key)
	}
}

func (b *Board) columnAt(at fyne.Position) *boardColumn {
	driver := fyne.CurrentApp().Driver()
	for _, view := range b.views {
		left := driver.AbsolutePositionForObject(view).X
		if at.X >= left && at.X < left+view.Size().Width {
			return view
		}
	}
	return nil
}

// MinSize implements fyne.CanvasObject.
func (b *Board) MinSize() fyne.Size { return fyne.NewSize(300, 200) }

// CreateRenderer implements fyne.Widget.
func (b *Board) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewStack(b.scroll, b.ghost))
}

// boardLayout gives all columns the same width: as wide as the window allows, but not so narrow that cards
// cannot be read; then the board scrolls.
type boardLayout struct{}

const boardMinColumn = 168

func (boardLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(float32(len(objects))*(boardMinColumn+gapNormal)-gapNormal, 150)
}

func (boardLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	if len(objects) == 0 {
		return
	}
	count := float32(len(objects))
	width := min(320, (size.Width-gapNormal*(count-1))/count)
	for i, o := range objects {
		o.Move(fyne.NewPos(float32(i)*(width+gapNormal), 0))
		o.Resize(fyne.NewSize(width, size.Height))
	}
}

type boardColumn struct {
	widget.BaseWidget
	data   BoardColumn
	back   *surface
	cards  []*boardCard
	scroll *container.Scroll
	body   fyne.CanvasObject
}

func newBoardColumn(board *Board, data BoardColumn) *boardColumn {
	c := &boardColumn{data: data, back: newSurface(colorNeutralFill, colorClear, 8)}
	list := VGap(6)
	for _, card := range data.Cards {
		view := newBoardCard(board, card)
		c.cards = append(c.cards, view)
		list.Objects = append(list.Objects, view)
	}
	if len(data.Cards) == 0 {
		none := Caption(T("ui.board.empty"))
		none.Align = fyne.TextAlignCenter
		list.Objects = append(list.Objects, PadXY(0, 12, none))
	}
	if data.More != "" {
		more := NewLink(data.More, func() {
			if board.OnMore != nil {
				board.OnMore(data.Key)
			}
		})
		list.Objects = append(list.Objects, PadXY(4, 4, more))
	}
	c.scroll = container.NewVScroll(PadXY(6, 2, list))
	line := newSurface(data.Tone.solidColor(), colorClear, 2)
	line.least = fyne.NewSize(10, 3)
	header := VGap(2, HGap(6, Grow(Strong(data.Title).Elastic()), Caption(FormatNumber(int64(max(data.Count, len(data.Cards)))))),
		Caption(data.Summary).Elastic(), line)
	c.body = Border(PadXY(10, 8, header), nil, nil, nil, PadBottom(6, c.scroll))
	c.ExtendBaseWidget(c)
	return c
}

func (c *boardColumn) mark(on bool) {
	if on {
		c.back.setColors(colorAccentFill, theme.ColorNamePrimary)
	} else {
		c.back.setColors(colorNeutralFill, colorClear)
	}
}

func (c *boardColumn) reveal(i int) {
	card := c.cards[i]
	if card.Position().Y < c.scroll.Offset.Y || card.Position().Y+card.Size().Height > c.scroll.Offset.Y+c.scroll.Size().Height {
		c.scroll.ScrollToOffset(fyne.NewPos(0, card.Position().Y))
	}
}

// CreateRenderer implements fyne.Widget.
func (c *boardColumn) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewStack(c.back, c.body))
}
