package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// Column is one column of a table.
type Column[R any] struct {
	// Key names the column in the remembered widths and in the sort order.
	Key, Title string
	// Width is the width in pixels at the normal text size; Flex is the share of what is left over that the
	// column gets besides.
	Width, Flex float32
	Align       fyne.TextAlign
	Text        func(R) string
	// Tone colors the text, or the badge that Badge makes of it; nil means no color.
	Tone     func(R) Tone
	Badge    bool
	Bold     bool
	Sortable bool
}

// Table is a list of records in columns. It draws only the rows in view and nothing per row besides its texts,
// so that 100,000 rows scroll like ten; the toolkit's own table makes an object for each row that exists.
type Table[R any] struct {
	widget.BaseWidget
	// OnOpen is called for a double click and for Enter.
	OnOpen func(R)
	// OnSelect is called when another row is selected.
	OnSelect func(R)
	// OnSort is called when the user asks for another order.
	OnSort func(key string, descending bool)
	// ID, when set, keeps the selection on the same record when the rows are replaced.
	ID func(R) string

	columns []Column[R]
	rows    Rows[R]
	grid    *grid
	empty   *fyne.Container
	body    fyne.CanvasObject
}

// NewTable returns a table without rows. The name keeps the columns' widths over restarts.
func NewTable[R any](state State, name string, columns []Column[R]) *Table[R] {
	t := &Table[R]{columns: columns, rows: SliceRows[R](nil)}
	specs := make([]columnSpec, len(columns))
	for i, column := range columns {
		specs[i] = columnSpec{
			key: column.Key, title: column.Title, width: column.Width, flex: column.Flex,
			align: column.Align, badge: column.Badge, bold: column.Bold, sortable: column.Sortable,
		}
	}
	t.grid = newGrid(state, "table."+name, specs)
	t.grid.length = func() int { return t.rows.Length() }
	t.grid.cell = t.cell
	t.grid.onSelect = func(i int) {
		if row, ok := t.rows.Row(i); ok && t.OnSelect != nil {
			t.OnSelect(row)
		}
	}
	t.grid.onOpen = func(i int) {
		if row, ok := t.rows.Row(i); ok && t.OnOpen != nil {
			t.OnOpen(row)
		}
	}
	t.grid.onSort = func(key string, descending bool) {
		if t.OnSort != nil {
			t.OnSort(key, descending)
		}
	}
	t.empty = container.NewStack(container.NewCenter(Muted(T("ui.table.empty"))))
	t.empty.Hide()
	t.body = bareCard(container.NewStack(t.grid, t.empty))
	t.ExtendBaseWidget(t)
	return t
}

func (t *Table[R]) cell(row, column int) (text string, tone Tone, ok bool) {
	value, ok := t.rows.Row(row)
	if !ok {
		return "", ToneMuted, false
	}
	spec := t.columns[column]
	if spec.Tone != nil {
		tone = spec.Tone(value)
	}
	return spec.Text(value), tone, true
}

// SetRows replaces the rows. The selection stays on the same record when the table knows IDs, else it ends.
func (t *Table[R]) SetRows(rows Rows[R]) {
	selected, had := t.Selected()
	t.rows = rows
	if late, ok := rows.(notifier); ok {
		late.onLoaded(t.grid.refreshRows)
	}
	keep := -1
	if had && t.ID != nil {
		keep = t.find(t.ID(selected))
	}
	t.grid.selected = keep
	if rows.Length() == 0 {
		t.empty.Show()
	} else {
		t.empty.Hide()
	}
	t.grid.reload()
}

// find looks for a record near where it was, which is where it is unless much changed.
func (t *Table[R]) find(id string) int {
	const near = 100
	at := max(0, t.grid.selected-near)
	for i := at; i < min(t.rows.Length(), at+2*near); i++ {
		if row, ok := t.rows.Row(i); ok && t.ID(row) == id {
			return i
		}
	}
	return -1
}

// SetEmpty replaces what is shown when there are no rows.
func (t *Table[R]) SetEmpty(object fyne.CanvasObject) {
	t.empty.Objects = []fyne.CanvasObject{object}
	t.empty.Refresh()
}

// Length returns the number of rows.
func (t *Table[R]) Length() int { return t.rows.Length() }

// Select selects a row, scrolls to it and tells OnSelect; -1 selects none.
func (t *Table[R]) Select(i int) { t.grid.selectRow(i) }

// SelectID selects the record of an id if it is among the first rows, without telling OnSelect.
func (t *Table[R]) SelectID(id string) bool {
	if t.ID == nil {
		return false
	}
	t.grid.selected = t.find(id)
	t.grid.refreshRows()
	return t.grid.selected >= 0
}

// Selected returns the selected record.
func (t *Table[R]) Selected() (R, bool) { return t.rows.Row(t.grid.selected) }

// SetSort shows by which column the rows are sorted; it does not sort them.
func (t *Table[R]) SetSort(key string, descending bool) {
	t.grid.sortKey, t.grid.descending = key, descending
	t.grid.header.Refresh()
}

// Sort returns by which column the rows are sorted.
func (t *Table[R]) Sort() (key string, descending bool) { return t.grid.sortKey, t.grid.descending }

// ScrollOffset returns how far the table is scrolled, in pixels.
func (t *Table[R]) ScrollOffset() float32 { return t.grid.scroll.Offset.Y }

// SetScrollOffset scrolls the table, as far as its rows go.
func (t *Table[R]) SetScrollOffset(offset float32) {
	t.grid.pending = offset
	t.grid.applyPending()
}

// Focusable returns what takes the keyboard, for Canvas.Focus.
func (t *Table[R]) Focusable() fyne.Focusable { return t.grid.body }

// MinSize implements fyne.CanvasObject.
func (t *Table[R]) MinSize() fyne.Size { return fyne.NewSize(200, 120) }

// CreateRenderer implements fyne.Widget.
func (t *Table[R]) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(t.body) }
