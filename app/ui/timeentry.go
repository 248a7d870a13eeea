package ui

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// TimeEntry is a field for a clock time, 15:04. Up and Down move by a quarter of an hour. It reads 9, 930, 9:30
// and 9：30 too.
type TimeEntry struct {
	widget.BaseWidget
	// OnChanged is called with HH:MM, or "" when the field is empty. Text that is no time is not told.
	OnChanged func(clock string)
	entry     *Entry
}

// NewTimeEntry returns an empty field for a clock time.
func NewTimeEntry() *TimeEntry {
	t := &TimeEntry{entry: NewEntry()}
	t.entry.SetPlaceHolder("09:30")
	t.entry.OnKey = t.key
	t.entry.OnChanged = func(text string) {
		if t.OnChanged != nil && (t.Clock() != "" || strings.TrimSpace(text) == "") {
			t.OnChanged(t.Clock())
		}
	}
	t.entry.OnFocus = func(focused bool) {
		if clock := t.Clock(); clock != "" && !focused {
			t.entry.SetText(clock)
		}
	}
	t.ExtendBaseWidget(t)
	return t
}

// Clock returns the time, HH:MM, or "" when there is none.
func (t *TimeEntry) Clock() string {
	text := strings.ReplaceAll(strings.TrimSpace(t.entry.Text), "：", ":")
	if len(text) == 3 && !strings.Contains(text, ":") {
		text = "0" + text
	}
	for _, layout := range []string{"15:04", "1504", "15"} {
		if parsed, err := time.Parse(layout, text); err == nil {
			return parsed.Format("15:04")
		}
	}
	return ""
}

// SetClock shows a time; "" empties the field.
func (t *TimeEntry) SetClock(clock string) { t.entry.SetText(clock) }

// Valid reports whether the field is empty or holds a time.
func (t *TimeEntry) Valid() bool { return strings.TrimSpace(t.entry.Text) == "" || t.Clock() != "" }

func (t *TimeEntry) key(event *fyne.KeyEvent) bool {
	step := 15 * time.Minute
	switch event.Name {
	case fyne.KeyUp:
	case fyne.KeyDown:
		step = -step
	default:
		return false
	}
	at, err := time.Parse("15:04", t.Clock())
	if err != nil {
		at = Now().Truncate(15 * time.Minute)
	}
	t.entry.SetText(at.Add(step).Format("15:04"))
	return true
}

// MinSize implements fyne.CanvasObject.
func (t *TimeEntry) MinSize() fyne.Size {
	width := measure("00:00", theme.Size(theme.SizeNameText), false).Width + 34
	return fyne.NewSize(width, t.entry.MinSize().Height)
}

// CreateRenderer implements fyne.Widget.
func (t *TimeEntry) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(t.entry) }

// DateTimeEntry is a field for an instant: a day and a clock time in the user's time zone.
type DateTimeEntry struct {
	widget.BaseWidget
	// OnChanged is called with the instant, or the zero time when there is none.
	OnChanged func(time.Time)
	day       *DateEntry
	clock     *TimeEntry
	body      fyne.CanvasObject
}

// NewDateTimeEntry returns an empty field for an instant.
func NewDateTimeEntry() *DateTimeEntry {
	d := &DateTimeEntry{day: NewDateEntry(), clock: NewTimeEntry()}
	tell := func(string) {
		if d.OnChanged != nil {
			d.OnChanged(d.Time())
		}
	}
	d.day.OnChanged, d.clock.OnChanged = tell, tell
	d.body = HGap(6, Grow(d.day), d.clock)
	d.ExtendBaseWidget(d)
	return d
}

// Time returns the instant; the zero time when the day is missing. A missing clock time means 00:00.
func (d *DateTimeEntry) Time() time.Time {
	day, ok := ParseDay(d.day.Day())
	if !ok {
		return time.Time{}
	}
	clock, err := time.Parse("15:04", d.clock.Clock())
	if err != nil {
		return day
	}
	return time.Date(day.Year(), day.Month(), day.Day(), clock.Hour(), clock.Minute(), 0, 0, day.Location())
}

// SetTime shows an instant; the zero time empties the field.
func (d *DateTimeEntry) SetTime(t time.Time) {
	d.day.SetDay(DayOf(t))
	d.clock.SetClock(FormatTime(t))
}

// Valid reports whether both parts are empty or hold what they should.
func (d *DateTimeEntry) Valid() bool { return d.day.Valid() == nil && d.clock.Valid() }

// CreateRenderer implements fyne.Widget.
func (d *DateTimeEntry) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(d.body) }
