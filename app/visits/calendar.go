package visits

import (
	"fmt"
	"math"
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
	margins     = 20
)

// How many minutes a visit must take for a second and a third line of text.
const (
	oneLine    = 56
	threeLines = 80
)

// calendar shows some days beside one another, with visits at their hours. A click where nothing stands plans a visit there;
// a planned visit is dragged to another time.
type calendar struct {
	widget.BaseWidget
	onOpen func(Row)
	onPlan func(time.Time)
	onMove func(Row, time.Time)
	days   []Day
	first  int // the first hour that is shown
	last   int // the hour with which the last one ends
}

func newCalendar(onOpen func(Row), onPlan func(time.Time), onMove func(Row, time.Time)) *calendar {
	c := &calendar{onOpen: onOpen, onPlan: onPlan, onMove: onMove, first: dayBegins, last: dayEnds}
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
	return fyne.NewSize(gutterWidth+float32(len(c.days))*70, float32(c.last-c.first)*hourHeight+margins)
}

// hour is the height of an hour: more than the least one where the window has room for it.
func (c *calendar) hour() float32 {
	return max(hourHeight, (c.Size().Height-margins)/float32(c.last-c.first))
}

func (c *calendar) column(width float32) float32 {
	return (width - gutterWidth) / float32(max(1, len(c.days)))
}

func (c *calendar) y(minutes int) float32 {
	return float32(minutes-c.first*60)*c.hour()/60 + 8
}

// Tapped implements fyne.Tappable: it plans a visit at the half hour that was clicked.
func (c *calendar) Tapped(event *fyne.PointEvent) {
	i := int((event.Position.X - gutterWidth) / c.column(c.Size().Width))
	if event.Position.X < gutterWidth || i < 0 || i >= len(c.days) {
		return
	}
	minutes := c.first*60 + int((event.Position.Y-8)*60/c.hour())
	c.onPlan(c.moment(i, minutes/30*30))
}

// moment is a clock time, in minutes since midnight, on one of the days.
func (c *calendar) moment(day, minutes int) time.Time {
	minutes = max(0, min(minutes, 23*60+45))
	at := c.days[day].Date.Time(ui.Now().Location())
	return time.Date(at.Year(), at.Month(), at.Day(), minutes/60, minutes%60, 0, 0, at.Location())
}

// drop moves a visit to where its block was dragged, to the quarter of an hour.
func (c *calendar) drop(r Row, block fyne.CanvasObject, by fyne.Position) {
	middle := block.Position().X + block.Size().Width/2 - gutterWidth
	day := max(0, min(int(middle/c.column(c.Size().Width)), len(c.days)-1))
	planned := r.PlannedAt.Time().In(ui.Now().Location())
	minutes := planned.Hour()*60 + planned.Minute() + int(math.Round(float64(by.Y*60/c.hour()/15)))*15
	if to := c.moment(day, minutes); !to.Equal(planned) {
		c.onMove(r, to)
	}
	c.Refresh() // back to its place, until the move is saved
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

// block is one visit: the company, and below it the times, the type and the subject as far as there is room.
func (r *calendarRenderer) block(slot Slot) fyne.CanvasObject {
	c, row := r.calendar, slot.Row
	clock := ui.FormatTime(row.When().Time())
	what := row.Type.In(ui.Lang())
	if row.Foreign && row.Owner != "" {
		what = row.Owner + " · " + what
	}
	lines := []fyne.CanvasObject{ui.Strong(row.Company).Elastic(), ui.Caption(clock + " " + what).Elastic()}
	switch length := slot.To - slot.From; {
	case length < oneLine:
		lines = []fyne.CanvasObject{ui.Strong(clock + " " + row.Company).Elastic()}
	case length >= threeLines && row.Subject != "":
		lines = append(lines, ui.Caption(row.Subject).Elastic())
	}
	tap := func() { c.onOpen(row) }
	if row.Status != sales.VisitPlanned {
		return ui.NewBlock(statusTone(row), ui.VGap(0, lines...), tap)
	}
	return newDragBlock(ui.NewBlock(statusTone(row), ui.VGap(0, lines...), nil), tap, func(block *dragBlock, by fyne.Position) { c.drop(row, block, by) })
}

// nowLine marks the present moment, behind the visits, so that it strikes no name through.
func nowLine() fyne.CanvasObject { return ui.NewRule(ui.ToneDanger) }
