package ui

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// DateEntry is a field for a day, YYYY-MM-DD in both languages, with the weekday beside it and a calendar that
// opens from it. Up and Down move by a day, Page Up and Page Down by a month.
type DateEntry struct {
	widget.BaseWidget
	// OnChanged is called with YYYY-MM-DD, or "" when the field is empty. Text that is no day is not told.
	OnChanged func(day string)
	entry     *Entry
	weekday   *Text
	day       fyne.CanvasObject
	beside    *fyne.Container
	body      *fyne.Container
	popup     *widget.PopUp
}

// NewDateEntry returns an empty field for a day.
func NewDateEntry() *DateEntry {
	d := &DateEntry{entry: NewEntry(), weekday: Caption("")}
	d.entry.SetPlaceHolder(T("ui.date.placeholder"))
	d.entry.OnKey = d.key
	d.entry.OnChanged = func(string) { d.changed() }
	d.entry.OnFocus = func(focused bool) {
		if day, ok := ParseDay(d.entry.Text); ok && !focused {
			d.entry.SetText(day.Format(dayLayout))
		}
	}
	calendar := IconButton(IconCalendar, T("ui.date.calendar"), d.OpenCalendar)
	d.day = MinSize(34, 0, d.weekday)
	d.day.Hide() // until there is one to name
	d.beside = HGap(2, d.day, calendar)
	d.body = Border(nil, nil, nil, d.beside, d.entry)
	d.ExtendBaseWidget(d)
	return d
}

// ErrNoDay is what Valid says of text that is no day. Its code is "no_day".
var ErrNoDay CodedError = noDayError{}

type noDayError struct{}

func (noDayError) Error() string             { return "read a day: write it as YYYY-MM-DD" }
func (noDayError) ErrorCode() string         { return "no_day" }
func (noDayError) ErrorArgs() map[string]any { return nil }

// Day returns the day, YYYY-MM-DD, or "" when there is none.
func (d *DateEntry) Day() string {
	if day, ok := ParseDay(d.entry.Text); ok {
		return day.Format(dayLayout)
	}
	return ""
}

// SetDay shows a day; "" empties the field.
func (d *DateEntry) SetDay(day string) { d.entry.SetText(day) }

// Valid returns ErrNoDay when the field holds text that is no day.
func (d *DateEntry) Valid() error {
	if strings.TrimSpace(d.entry.Text) != "" && d.Day() == "" {
		return ErrNoDay
	}
	return nil
}

// Entry returns the field itself, to give it the keyboard.
func (d *DateEntry) Entry() *Entry { return d.entry }

func (d *DateEntry) changed() {
	day, ok := ParseDay(d.entry.Text)
	text := ""
	if ok {
		text = Weekday(day)
	}
	d.weekday.SetText(text)
	if d.day.Visible() != ok {
		if ok {
			d.day.Show()
		} else {
			d.day.Hide()
		}
		d.body.Refresh()
	}
	if d.OnChanged != nil && (ok || d.entry.Text == "") {
		d.OnChanged(d.Day())
	}
}

func (d *DateEntry) key(event *fyne.KeyEvent) bool {
	day, ok := ParseDay(d.entry.Text)
	if !ok {
		day = Now()
	}
	switch event.Name {
	case fyne.KeyUp:
		day = day.AddDate(0, 0, 1)
	case fyne.KeyDown:
		day = day.AddDate(0, 0, -1)
	case fyne.KeyPageUp:
		day = day.AddDate(0, 1, 0)
	case fyne.KeyPageDown:
		day = day.AddDate(0, -1, 0)
	default:
		return false
	}
	d.entry.SetText(day.Format(dayLayout))
	return true
}

// OpenCalendar opens the month of the day to choose from.
func (d *DateEntry) OpenCalendar() {
	canvas := fyne.CurrentApp().Driver().CanvasForObject(d)
	if canvas == nil {
		return
	}
	calendar := newCalendar(d.Day(), func(day string) {
		d.popup.Hide()
		d.entry.SetText(day)
		canvas.Focus(d.entry)
	})
	d.popup = widget.NewPopUp(calendar, canvas)
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(d)
	y := at.Y + d.Size().Height + 2
	if size := d.popup.MinSize(); y+size.Height > canvas.Size().Height {
		y = max(0, at.Y-size.Height-2)
	}
	d.popup.ShowAtPosition(fyne.NewPos(at.X, y))
}

// MinSize implements fyne.CanvasObject.
func (d *DateEntry) MinSize() fyne.Size {
	d.ExtendBaseWidget(d)
	day := measure("2026-12-30", theme.Size(theme.SizeNameText), false).Width + 30
	return d.BaseWidget.MinSize().Max(fyne.NewSize(day+70, 0))
}

// CreateRenderer implements fyne.Widget.
func (d *DateEntry) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(d.body) }

// calendar is a month to choose a day from; weeks begin on Monday, as in China.
type calendar struct {
	widget.BaseWidget
	chosen string
	month  time.Time
	onPick func(string)
	title  *Text
	days   *fyne.Container
	body   fyne.CanvasObject
}

func newCalendar(day string, onPick func(string)) *calendar {
	at, ok := ParseDay(day)
	if !ok {
		at = Now()
	}
	c := &calendar{chosen: day, month: at.AddDate(0, 0, 1-at.Day()), onPick: onPick, title: Strong(""), days: container.NewGridWithColumns(7)}
	c.title.Align = fyne.TextAlignCenter
	header := HGap(0,
		IconButton(IconLeft, T("ui.date.previous"), func() { c.move(-1) }), Grow(c.title),
		IconButton(IconRight, T("ui.date.next"), func() { c.move(1) }))
	today := QuietButton(T("ui.day.today"), func() { onPick(Today()) })
	c.body = Pad(VStack(header, c.days, today))
	c.ExtendBaseWidget(c)
	c.move(0)
	return c
}

func (c *calendar) move(months int) {
	c.month = c.month.AddDate(0, months, 0)
	c.title.SetText(T("ui.date.month", "Year", c.month.Year(), "Name", T("ui.month."+c.month.Format("1"))))
	objects := make([]fyne.CanvasObject, 0, 49)
	monday := c.month.AddDate(0, 0, -(int(c.month.Weekday())+6)%7)
	for i := range 7 {
		name := Caption(T("ui.weekday.short." + monday.AddDate(0, 0, i).Format("Mon")))
		name.Align = fyne.TextAlignCenter
		objects = append(objects, name)
	}
	for i := range 42 {
		objects = append(objects, c.cell(monday.AddDate(0, 0, i)))
	}
	c.days.Objects = objects
	c.days.Refresh()
}

func (c *calendar) cell(day time.Time) fyne.CanvasObject {
	text := day.Format(dayLayout)
	label := NewText(day.Format("2"))
	label.Align = fyne.TextAlignCenter
	fill := colorClear
	switch {
	case text == c.chosen:
		fill, label.ColorName = theme.ColorNamePrimary, theme.ColorNameForegroundOnPrimary
	case text == Today():
		fill, label.ColorName = colorAccentFill, colorAccentText
	case day.Month() != c.month.Month():
		label.ColorName = theme.ColorNameDisabled
	}
	return MinSize(32, 28, newTappable(container.NewStack(newSurface(fill, colorClear, 6), label), 6, func() { c.onPick(text) }))
}

// CreateRenderer implements fyne.Widget.
func (c *calendar) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(c.body) }
