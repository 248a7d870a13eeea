package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// PickItem is a record that can be picked, or a hit of a search.
type PickItem struct {
	ID, Title, Subtitle string
	Icon                fyne.Resource
	// Group is the heading above the first item of each group.
	Group string
	// Run is what picking does, where the list is one of commands.
	Run func()
}

// OptionList is a field to type in with the list of what fits below it. The keyboard stays in the field: Up,
// Down and Enter work on the list. The picker and the window's search are made of it.
type OptionList struct {
	widget.BaseWidget
	Entry *Entry
	// OnPick is called with the item that the user chose.
	OnPick func(PickItem)
	// OnEscape is called when the user gives up.
	OnEscape func()
	items    []PickItem
	rows     []*optionRow
	at       int
	list     *fyne.Container
	scroll   *container.Scroll
	body     fyne.CanvasObject
	note     *Text
}

// NewOptionList returns a list that asks search for what fits whenever the text changes. search must call back
// with SetItems, at once or later.
func NewOptionList(placeholder string, search func(text string)) *OptionList {
	l := &OptionList{list: VGap(0), note: Caption("")}
	l.Entry = NewSearchEntry(placeholder, search)
	l.Entry.OnKey = l.key
	l.scroll = container.NewVScroll(l.list)
	l.body = Border(PadBottom(4, l.Entry), PadXY(4, 2, l.note), nil, nil, l.scroll)
	l.ExtendBaseWidget(l)
	return l
}

// SetItems shows what fits and marks the first.
func (l *OptionList) SetItems(items []PickItem) {
	l.items, l.at = items, 0
	l.rows = l.rows[:0]
	objects := []fyne.CanvasObject{}
	group := ""
	for i, item := range items {
		if item.Group != group && item.Group != "" {
			objects = append(objects, PadXY(8, 4, Caption(item.Group)))
		}
		group = item.Group
		row := newOptionRow(item, func() { l.pick(i) })
		l.rows = append(l.rows, row)
		objects = append(objects, row)
	}
	l.note.SetText("")
	if len(items) == 0 {
		l.note.SetText(T("ui.pick.none"))
	}
	l.list.Objects = objects
	l.list.Refresh()
	l.scroll.Refresh() // the list has another height
	l.mark()
	l.scroll.ScrollToTop()
}

// Items returns what is shown.
func (l *OptionList) Items() []PickItem { return l.items }

func (l *OptionList) key(event *fyne.KeyEvent) bool {
	var step int
	switch event.Name {
	case fyne.KeyDown:
		step = 1
	case fyne.KeyUp:
		step = -1
	case fyne.KeyPageDown:
		step = 8
	case fyne.KeyPageUp:
		step = -8
	case fyne.KeyReturn, fyne.KeyEnter:
		l.pick(l.at)
		return true
	case fyne.KeyEscape:
		if l.OnEscape != nil {
			l.OnEscape()
			return true
		}
		return false
	default:
		return false
	}
	l.at = max(0, min(len(l.rows)-1, l.at+step))
	l.mark()
	return true
}

func (l *OptionList) mark() {
	for i, row := range l.rows {
		row.mark(i == l.at)
	}
	if l.at >= len(l.rows) {
		return
	}
	row := l.rows[l.at]
	top, bottom := row.Position().Y, row.Position().Y+row.Size().Height
	switch height := l.scroll.Size().Height; {
	case top < l.scroll.Offset.Y:
		l.scroll.ScrollToOffset(fyne.NewPos(0, top))
	case bottom > l.scroll.Offset.Y+height:
		l.scroll.ScrollToOffset(fyne.NewPos(0, bottom-height))
	}
}

func (l *OptionList) pick(i int) {
	if i < 0 || i >= len(l.items) {
		return
	}
	if l.OnPick != nil {
		l.OnPick(l.items[i])
	}
}

// CreateRenderer implements fyne.Widget.
func (l *OptionList) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(l.body) }

type optionRow struct{ tappable }

func newOptionRow(item PickItem, onTap func()) *optionRow {
	texts := []fyne.CanvasObject{NewText(item.Title).Elastic()}
	if item.Subtitle != "" {
		texts = append(texts, Caption(item.Subtitle).Elastic())
	}
	parts := []fyne.CanvasObject{}
	if item.Icon != nil {
		parts = append(parts, Icon(ToneIcon(item.Icon, ToneMuted)))
	}
	parts = append(parts, Grow(VGap(0, texts...)))
	r := &optionRow{}
	r.content = PadXY(8, 4, HGap(8, parts...))
	r.hover = newSurface(colorClear, colorClear, 5)
	r.onTap, r.lit = onTap, theme.ColorNameHover
	r.ExtendBaseWidget(r)
	return r
}

func (r *optionRow) mark(on bool) {
	if on {
		r.hover.setColors(theme.ColorNameSelection, colorClear)
	} else {
		r.hover.setColors(colorClear, colorClear)
	}
}
