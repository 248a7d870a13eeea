package ui_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/internal/uitest"
)

func numbers(count int) []partnerRow {
	rows := make([]partnerRow, count)
	for i := range rows {
		rows[i] = partnerRow{name: fmt.Sprintf("伙伴 %d", i), code: fmt.Sprint(i), tier: "gold", amount: int64(i)}
	}
	return rows
}

func shownTable(t testing.TB, h *uitest.Host, rows ui.Rows[partnerRow]) *ui.Table[partnerRow] {
	t.Helper()
	table := ui.NewTable(h.State(), "test", partnerColumns())
	table.ID = func(p partnerRow) string { return p.code }
	h.Window.SetContent(table)
	h.Window.Resize(fyne.NewSize(1000, 600))
	table.SetRows(rows)
	return table
}

func key(table *ui.Table[partnerRow], name fyne.KeyName) {
	table.Focusable().TypedKey(&fyne.KeyEvent{Name: name})
}

func TestATableIsWalkedByKeyboard(t *testing.T) {
	h := uitest.NewHost(t)
	table := shownTable(t, h, ui.SliceRows(numbers(1000)))
	var selected, opened string
	table.OnSelect = func(p partnerRow) { selected = p.code }
	table.OnOpen = func(p partnerRow) { opened = p.code }
	h.Canvas().Focus(table.Focusable())
	key(table, fyne.KeyDown)
	if selected != "1" {
		t.Errorf("Down selects %q", selected)
	}
	key(table, fyne.KeyEnd)
	if selected != "999" || !uitest.Shows(table, "伙伴 999") || uitest.Shows(table, "伙伴 1") {
		t.Errorf("End selects %q and shows %q", selected, uitest.Texts(table))
	}
	key(table, fyne.KeyDown)
	key(table, fyne.KeyPageUp)
	key(table, fyne.KeyReturn)
	if opened == "" || opened == "999" || opened != selected {
		t.Errorf("Enter after Page Up opens %q, selected is %q", opened, selected)
	}
	key(table, fyne.KeyHome)
	if selected != "0" || table.ScrollOffset() != 0 {
		t.Errorf("Home selects %q at offset %v", selected, table.ScrollOffset())
	}
}

func TestATableIsSelectedAndOpenedByClicks(t *testing.T) {
	h := uitest.NewHost(t)
	table := shownTable(t, h, ui.SliceRows(numbers(10)))
	opened := ""
	table.OnOpen = func(p partnerRow) { opened = p.code }
	test.TapCanvas(h.Canvas(), fyne.NewPos(40, 34*3+10))
	if got, ok := table.Selected(); !ok || got.code != "2" || opened != "" {
		t.Errorf("a click selects %v and opens %q", got, opened)
	}
	test.TapCanvas(h.Canvas(), fyne.NewPos(40, 34*3+10))
	if opened != "2" {
		t.Errorf("a double click opens %q", opened)
	}
}

func TestAHeaderSortsUpThenDown(t *testing.T) {
	h := uitest.NewHost(t)
	table := shownTable(t, h, ui.SliceRows(numbers(3)))
	var asked []string
	table.OnSort = func(key string, descending bool) { asked = append(asked, fmt.Sprint(key, descending)) }
	test.TapCanvas(h.Canvas(), fyne.NewPos(30, 15))
	test.TapCanvas(h.Canvas(), fyne.NewPos(30, 15))
	test.TapCanvas(h.Canvas(), fyne.NewPos(990, 15)) // The last column is not sortable.
	if fmt.Sprint(asked) != "[namefalse nametrue]" {
		t.Errorf("asked for %v", asked)
	}
}

func TestTheSelectionStaysOnItsRecord(t *testing.T) {
	h := uitest.NewHost(t)
	rows := numbers(50)
	table := shownTable(t, h, ui.SliceRows(rows))
	table.Select(7)
	table.SetRows(ui.SliceRows(rows[5:]))
	if got, ok := table.Selected(); !ok || got.code != "7" {
		t.Errorf("selected is %v", got)
	}
	table.SetRows(ui.SliceRows(rows[20:]))
	if got, ok := table.Selected(); ok {
		t.Errorf("%v is selected though its record is gone", got)
	}
	table.SetRows(ui.SliceRows[partnerRow](nil))
	if !uitest.Shows(table, ui.T("ui.table.empty")) {
		t.Errorf("a table without rows shows %q", uitest.Texts(table))
	}
}

func TestWidthsAreRemembered(t *testing.T) {
	h := uitest.NewHost(t)
	shownTable(t, h, ui.SliceRows(numbers(3)))
	before := h.Window.Canvas().Capture()
	// The edge of the first column lies where its width and its share of the rest put it: find it by trying.
	for x := float32(150); x < 500; x += 4 {
		test.Drag(h.Canvas(), fyne.NewPos(x, 15), 80, 0)
		if h.Store.Get("table.test.widths") != "" && h.Store.Get("table.test.widths") != "{}" {
			break
		}
	}
	if uitest.Difference(before, h.Window.Canvas().Capture()) == 0 {
		t.Fatal("dragging a column's edge changes nothing")
	}
	after := h.Window.Canvas().Capture()
	shownTable(t, h, ui.SliceRows(numbers(3)))
	if share := uitest.Difference(after, h.Window.Canvas().Capture()); share > 0.001 {
		t.Errorf("%.2f%% of a new table differs from the one that was dragged", share*100)
	}
}

func TestOnlyThePagesInViewAreLoaded(t *testing.T) {
	h := uitest.NewHost(t)
	var offsets []int
	failing := false
	var failed error
	rows := ui.NewPagedRows(t.Context(), 100_000, func(_ context.Context, offset, limit int) ([]partnerRow, error) {
		if failing {
			return nil, errors.New("read partners: the disk is gone")
		}
		offsets = append(offsets, offset)
		return numbers(100_000)[offset : offset+limit], nil
	}, func(err error) { failed = err })
	table := shownTable(t, h, rows)
	table.Select(50_000)
	if fmt.Sprint(offsets) != "[0 50000 49800]" && fmt.Sprint(offsets) != "[0 49800 50000]" {
		t.Errorf("loaded the pages at %v", offsets)
	}
	if !uitest.Shows(table, "伙伴 50000") {
		t.Errorf("shows %q", uitest.Texts(table))
	}
	failing = true
	table.Select(90_000)
	if failed == nil {
		t.Error("nobody is told that a page cannot be loaded")
	}
}

func TestScrollIsRestoredOnceThereAreRows(t *testing.T) {
	h := uitest.NewHost(t)
	table := shownTable(t, h, ui.SliceRows[partnerRow](nil))
	table.SetScrollOffset(2000)
	table.SetRows(ui.SliceRows(numbers(1000)))
	if got := table.ScrollOffset(); got != 2000 {
		t.Errorf("scrolled to %v", got)
	}
}

// BenchmarkScroll100k draws one frame of a scrolled table of 100,000 rows, besides the painting itself.
func BenchmarkScroll100k(b *testing.B) {
	h := uitest.NewHost(b)
	table := shownTable(b, h, ui.SliceRows(numbers(100_000)))
	offset := float32(0)
	for b.Loop() {
		offset += 90
		if offset > 3_000_000 {
			offset = 1
		}
		table.SetScrollOffset(offset)
	}
}
