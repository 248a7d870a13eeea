package visits

import (
	"fmt"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// Measures of the calendar, in pixels and hours.
const (
	hourHeight  = 48
	gutterWidth = 50
	headHeight  = 40
	dayBegins   = 8
	dayEnds     = 19
)

// How many minutes a visit must take for a second and a third line of text.
const (
	oneLine    = 56
	threeLines = 80
)

// calendar shows some days beside one another, with visits at their hours. A click where nothing stands plans a visit there.
type calendar struct {
	widget.BaseWidget
	onOpen func(Row)
	onPlan func(time.Time)
	days   []Day
	first  int // the first hour that is shown
	last   int // the hour with which the last one ends
}

func newCalendar(onOpen func(Row), onPlan func(time.Time)) *calendar {
	c := &calendar{onOpen: onOpen, onPlan: onPlan, first: dayBegins, last: dayEnds}
	c.ExtendBaseWidget(c)
	return c
}

// SetDays shows other days. The hours of a working day are always there, others only where a visit stands.
func (c *calendar) SetDays(days []Day) {
	c.days, c.first, c.last = days, dayBegins, dayEnds
	for _, day := range days {
		for _, r := range day.Visits {
			from, to := minutesOf(r, ui.Now().Location())
			c.first, c.last = min(c.first, from/60), max(c.last, (to+59)/60)
		}
	}
	c.Refresh()
}

// MinSize implements fyne.CanvasObject.
func (c *calendar) MinSize() fyne.Size {
	return fyne.NewSize(gutterWidth+float32(len(c.days))*70, float32(c.last-c.first)*hourHeight+20)
}

func (c *calendar) column(width float32) float32 {
	return (width - gutterWidth) / float32(max(1, len(c.days)))
}

func (c *calendar) y(minutes int) float32 {
	return float32(minutes-c.first*60)*hourHeight/60 + 8
}

// Tapped implements fyne.Tappable: it plans a visit at the half hour that was clicked.
func (c *calendar) Tapped(event *fyne.PointEvent) {
	i := int((event.Position.X - gutterWidth) / c.column(c.Size().Width))
	if event.Position.X < gutterWidth || i < 0 || i >= len(c.days) {
		return
	}
	minutes := c.first*60 + int((event.Position.Y-8)*60/hourHeight)
	minutes = max(0, min(minutes/30*30, 23*60+30))
	day := c.days[i].Date.Time(ui.Now().Location())
	c.onPlan(time.Date(day.Year(), day.Month(), day.Day(), minutes/60, minutes%60, 0, 0, day.Location()))
}

// CreateRenderer implements fyne.Widget.
func (c *calendar) CreateRenderer() fyne.WidgetRenderer {
	r := &calendarRenderer{calendar: c}
	r.Refresh()
	return r
}

// placed is an object of the calendar with the place that it takes at a width of the whole.
type placed struct {
	object fyne.CanvasObject
	place  func(width float32) (fyne.Position, fyne.Size)
}

type calendarRenderer struct {
	calendar *calendar
	parts    []placed
	objects  []fyne.CanvasObject
}

// Destroy implements fyne.WidgetRenderer.
func (r *calendarRenderer) Destroy() {}

// MinSize implements fyne.WidgetRenderer.
func (r *calendarRenderer) MinSize() fyne.Size { return r.calendar.MinSize() }

// Objects implements fyne.WidgetRenderer.
func (r *calendarRenderer) Objects() []fyne.CanvasObject { return r.objects }

// Layout implements fyne.WidgetRenderer.
func (r *calendarRenderer) Layout(size fyne.Size) {
	for _, p := range r.parts {
		at, size := p.place(size.Width)
		p.object.Move(at)
		p.object.Resize(size)
	}
}

// Refresh implements fyne.WidgetRenderer.
func (r *calendarRenderer) Refresh() {
	r.parts, r.objects = nil, nil
	r.hours()
	for i, day := range r.calendar.days {
		r.day(i, day)
	}
	r.Layout(r.calendar.Size())
}

func (r *calendarRenderer) add(object fyne.CanvasObject, place func(width float32) (fyne.Position, fyne.Size)) {
	r.parts = append(r.parts, placed{object, place})
	r.objects = append(r.objects, object)
}

func (r *calendarRenderer) hours() {
	c := r.calendar
	for hour := c.first; hour <= c.last; hour++ {
		y := c.y(hour * 60)
		r.add(ui.Line(), func(width float32) (fyne.Position, fyne.Size) {
			return fyne.NewPos(gutterWidth-6, y), fyne.NewSize(width-gutterWidth+6, 1)
		})
		label := ui.Caption(fmt.Sprintf("%02d:00", hour%24))
		label.Align = fyne.TextAlignTrailing
		r.add(label, func(float32) (fyne.Position, fyne.Size) {
			return fyne.NewPos(0, y-8), fyne.NewSize(gutterWidth-10, 16)
		})
	}
}

func (r *calendarRenderer) day(i int, day Day) {
	c := r.calendar
	left := func(width float32) float32 { return gutterWidth + float32(i)*c.column(width) }
	r.add(ui.Line(), func(width float32) (fyne.Position, fyne.Size) {
		return fyne.NewPos(left(width), 0), fyne.NewSize(1, c.y(c.last*60))
	})
	if now := ui.Now(); day.Date == sales.DateOf(now) {
		y := c.y(now.Hour()*60 + now.Minute())
		r.add(nowLine(), func(width float32) (fyne.Position, fyne.Size) {
			return fyne.NewPos(left(width)-4, y-1), fyne.NewSize(c.column(width)+4, 2)
		})
	}
	for _, slot := range Slots(day.Visits, ui.Now().Location()) {
		r.add(r.block(slot), func(width float32) (fyne.Position, fyne.Size) {
			lane := (c.column(width) - 5) / float32(slot.Lanes)
			return fyne.NewPos(left(width)+3+float32(slot.Lane)*lane, c.y(slot.From)+1),
				fyne.NewSize(lane-2, c.y(slot.To)-c.y(slot.From)-2)
		})
	}
}

// block is one visit: the company, and below it the times and the type as far as there is room.
func (r *calendarRenderer) block(slot Slot) fyne.CanvasObject {
	row := slot.Row
	clock := ui.FormatTime(row.When().Time())
	if slot.To-slot.From < oneLine {
		return ui.NewBlock(statusTone(row), ui.Strong(clock+" "+row.Company).Elastic(), func() { r.calendar.onOpen(row) })
	}
	lines := []fyne.CanvasObject{ui.Strong(row.Company).Elastic(), ui.Caption(clock + " " + row.Type.In(ui.Lang())).Elastic()}
	if slot.To-slot.From >= threeLines && row.Subject != "" {
		lines = append(lines, ui.Caption(row.Subject).Elastic())
	}
	return ui.NewBlock(statusTone(row), ui.VGap(0, lines...), func() { r.calendar.onOpen(row) })
}

// nowLine marks the present moment, behind the visits, so that it strikes no name through.
func nowLine() fyne.CanvasObject { return ui.NewRule(ui.ToneDanger) }
