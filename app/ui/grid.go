package ui

import (
	"encoding/json"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// columnSpec is a Column without the type of its rows.
type columnSpec struct {
	key, title            string
	width, flex           float32
	align                 fyne.TextAlign
	badge, bold, sortable bool
}

// grid is the part of a table that does not know the type of its rows: a header above a scrolling body.
type grid struct {
	widget.BaseWidget
	state   State
	name    string
	columns []columnSpec
	widths  []float32 // laid out
	chosen  map[string]float32

	length   func() int
	cell     func(row, column int) (text string, tone Tone, ok bool)
	onSelect func(int)
	onOpen   func(int)
	onSort   func(key string, descending bool)

	selected, hovered int
	sortKey           string
	descending        bool
	pending           float32

	header *gridHeader
	body   *gridBody
	scroll *container.Scroll
}

func newGrid(state State, name string, columns []columnSpec) *grid {
	g := &grid{state: state, name: name, columns: columns, selected: -1, hovered: -1, chosen: map[string]float32{}}
	// Widths that cannot be read are as if none were kept.
	_ = json.Unmarshal([]byte(state.Get(name+".widths")), &g.chosen)
	g.header = newGridHeader(g)
	g.body = newGridBody(g)
	g.scroll = container.NewVScroll(g.body)
	g.scroll.OnScrolled = func(fyne.Position) { g.body.scrolled() }
	g.ExtendBaseWidget(g)
	return g
}

// rowHeight is the height of each row, its line included.
func (g *grid) rowHeight() float32 {
	return measure("国", theme.Size(theme.SizeNameText), false).Height + 14
}

// layoutColumns gives each column its width: the user's choice or its own, and a share of what is left. When
// there is too little, the columns that would grow shrink first, then all.
func (g *grid) layoutColumns(available float32) {
	scale := theme.Size(theme.SizeNameText) / 13
	total, flex := float32(0), float32(0)
	g.widths = make([]float32, len(g.columns))
	for i, column := range g.columns {
		width, fixed := g.chosen[column.key]
		if !fixed {
			width = column.width * scale
			flex += column.flex
		}
		g.widths[i] = max(width, 40)
		total += g.widths[i]
	}
	left := available - total
	if flex > 0 {
		for i, column := range g.columns {
			if _, fixed := g.chosen[column.key]; !fixed && column.flex > 0 {
				g.widths[i] = max(60, g.widths[i]+left*column.flex/flex)
			}
		}
	} else if left > 0 && len(g.widths) > 0 {
		g.widths[len(g.widths)-1] += left
	}
	total = 0
	for _, width := range g.widths {
		total += width
	}
	if total > available+1 {
		for i := range g.widths {
			g.widths[i] *= available / total
		}
	}
}

func (g *grid) setWidth(column int, width float32) {
	g.chosen[g.columns[column].key] = max(40, width)
	g.relayout()
}

func (g *grid) keepWidths() {
	content, err := json.Marshal(g.chosen)
	if err == nil {
		g.state.Set(g.name+".widths", string(content))
	}
}

func (g *grid) relayout() {
	g.layoutColumns(g.Size().Width)
	g.header.Refresh()
	g.body.rebuild()
}

// reload shows other rows: their number may have changed.
func (g *grid) reload() {
	g.scroll.Refresh()
	g.body.Resize(fyne.NewSize(g.scroll.Size().Width, max(g.scroll.Size().Height, g.body.MinSize().Height)))
	g.applyPending()
	g.refreshRows()
}

func (g *grid) applyPending() {
	if g.pending == 0 || g.length() == 0 || g.scroll.Size().Height == 0 {
		return
	}
	g.scroll.ScrollToOffset(fyne.NewPos(0, g.pending))
	g.pending = 0
	g.body.scrolled()
}

// refreshRows draws the rows in view anew.
func (g *grid) refreshRows() { g.body.update(true) }

func (g *grid) selectRow(i int) {
	i = min(i, g.length()-1)
	if i < 0 {
		g.selected = -1
		g.refreshRows()
		return
	}
	changed := g.selected != i
	g.selected = i
	g.reveal(i)
	g.refreshRows()
	if changed && g.onSelect != nil {
		g.onSelect(i)
	}
}

func (g *grid) reveal(i int) {
	height := g.rowHeight()
	top, view := float32(i)*height, g.scroll.Size().Height
	switch {
	case top < g.scroll.Offset.Y:
		g.scroll.ScrollToOffset(fyne.NewPos(0, top))
	case top+height > g.scroll.Offset.Y+view:
		g.scroll.ScrollToOffset(fyne.NewPos(0, top+height-view))
	}
}

func (g *grid) sortBy(column int) {
	spec := g.columns[column]
	if !spec.sortable {
		return
	}
	g.descending = g.sortKey == spec.key && !g.descending
	g.sortKey = spec.key
	g.header.Refresh()
	if g.onSort != nil {
		g.onSort(g.sortKey, g.descending)
	}
}

// CreateRenderer implements fyne.Widget.
func (g *grid) CreateRenderer() fyne.WidgetRenderer {
	return &gridRenderer{WidgetRenderer: widget.NewSimpleRenderer(container.NewWithoutLayout(g.header, g.scroll)), grid: g}
}

type gridRenderer struct {
	fyne.WidgetRenderer
	grid *grid
}

// MinSize implements fyne.WidgetRenderer.
func (r *gridRenderer) MinSize() fyne.Size { return fyne.NewSize(100, 80) }

// Layout implements fyne.WidgetRenderer.
func (r *gridRenderer) Layout(size fyne.Size) {
	r.WidgetRenderer.Layout(size)
	g := r.grid
	g.layoutColumns(size.Width)
	header := g.rowHeight()
	g.header.Resize(fyne.NewSize(size.Width, header))
	g.scroll.Move(fyne.NewPos(0, header))
	g.scroll.Resize(fyne.NewSize(size.Width, max(0, size.Height-header-1)))
	g.header.Refresh()
	g.body.rebuild()
	g.applyPending()
}

// Refresh implements fyne.WidgetRenderer: the theme or the text size may be another.
func (r *gridRenderer) Refresh() {
	r.Layout(r.grid.Size())
	r.grid.scroll.Refresh()
}
