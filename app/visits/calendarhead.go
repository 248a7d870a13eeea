package visits

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// calendarHead names the days above a calendar; a click on one opens it.
func calendarHead(days []Day, onDay func(sales.Date)) fyne.CanvasObject {
	cells := make([]fyne.CanvasObject, len(days))
	for i, day := range days {
		cells[i] = dayHead(day, len(days) == 1, onDay)
	}
	return container.New(&headLayout{}, cells...)
}

func dayHead(day Day, alone bool, onDay func(sales.Date)) fyne.CanvasObject {
	at := day.Date.Time(ui.Now().Location())
	tone := ui.ToneNeutral
	if day.Date == sales.DateOf(ui.Now()) {
		tone = ui.ToneAccent
	}
	text := ui.Weekday(at) + " " + strconv.Itoa(at.Day())
	if alone {
		text = ui.FormatDay(string(day.Date))
	}
	name := ui.Strong(text).Elastic()
	name.SetTone(tone)
	parts := []fyne.CanvasObject{name}
	if n := len(day.Visits); n > 0 {
		parts = append(parts, ui.NewBadge(strconv.Itoa(n), tone))
	}
	parts = append(parts, ui.Spacer())
	return ui.NewTappable(ui.PadXY(6, 6, ui.HGap(6, parts...)), func() { onDay(day.Date) })
}

// headLayout stands the days' names above the columns of the calendar.
type headLayout struct{}

// MinSize implements fyne.Layout.
func (headLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(gutterWidth+float32(len(objects))*70, headHeight-6)
}

// Layout implements fyne.Layout.
func (headLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	column := (size.Width - gutterWidth) / float32(max(1, len(objects)))
	for i, o := range objects {
		o.Move(fyne.NewPos(gutterWidth+float32(i)*column, 0))
		o.Resize(fyne.NewSize(column, size.Height))
	}
}
