package visits

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// agendaView shows a week in a calendar, or a day in a calendar and as a list to act on. Late visits stand above both.
type agendaView struct {
	actions
	onDay    func(sales.Date)
	calendar *calendar
	scroll   *container.Scroll
	head     *fyne.Container
	late     *fyne.Container
	side     *fyne.Container
	root     *fyne.Container
}

func newAgendaView(a actions, onDay func(sales.Date)) *agendaView {
	v := &agendaView{actions: a, onDay: onDay}
	v.calendar = newCalendar(a.open, a.plan, a.move)
	v.scroll = ui.Scroll(v.calendar)
	v.head, v.late, v.side = container.NewStack(), container.NewStack(), container.NewStack()
	v.root = container.NewStack(ui.Loading())
	return v
}

func (v *agendaView) object() fyne.CanvasObject { return v.root }

func (v *agendaView) show(a Agenda, err error, retry func()) {
	if err != nil {
		v.root.Objects = []fyne.CanvasObject{ui.VStack(ui.NewErrorBanner(err, retry))}
		v.root.Refresh()
		return
	}
	v.calendar.SetDays(a.Days)
	v.scroll.Refresh()
	v.head.Objects = []fyne.CanvasObject{calendarHead(a.Days, v.onDay)}
	sheet := ui.Surface(ui.Border(ui.VGap(0, ui.PadXY(0, 3, v.head), ui.Line()), nil, nil, nil, v.scroll))
	var top fyne.CanvasObject
	if len(a.Late) > 0 {
		top = ui.PadBottom(10, v.lateBanner(a.Late))
	}
	body := sheet
	if len(a.Days) == 1 {
		body = ui.NewMasterDetail(v.host.State(), "visits.day", 0.55, v.dayList(a.Days[0]), ui.PadXY(6, 0, sheet))
	}
	v.root.Objects = []fyne.CanvasObject{ui.Border(top, nil, nil, nil, body)}
	v.root.Refresh()
}

// lateBanner says how many visits are late and offers the oldest one.
func (v *agendaView) lateBanner(late []Row) fyne.CanvasObject {
	text := ui.T("visits.late.banner", "Count", len(late), "Company", late[0].Company, "When", ui.RelativeDay(ui.DayOf(late[0].PlannedAt.Time())))
	return ui.NewBanner(ui.ToneWarning, text, ui.T("visits.late.show"), func() { v.onDay(sales.Date(ui.DayOf(late[0].PlannedAt.Time()))) })
}

// dayList is the day as rows with their actions.
func (v *agendaView) dayList(day Day) fyne.CanvasObject {
	if len(day.Visits) == 0 {
		return ui.Surface(ui.NewEmpty(ui.IconCalendar, ui.T("visits.day.empty"), ui.T("visits.day.empty.hint"), ui.T("visits.plan"), func() {
			at := day.Date.Time(ui.Now().Location())
			v.plan(at.Add(followUpHour * 3600e9))
		}))
	}
	items := make([]ui.FeedItem, len(day.Visits))
	for i, r := range day.Visits {
		text := r.Type.In(ui.Lang())
		if r.Foreign && r.Owner != "" {
			text = r.Owner + " · " + text
		}
		if r.Subject != "" {
			text += " · " + r.Subject
		}
		items[i] = ui.FeedItem{
			Icon: ui.IconVisits, Tone: statusTone(r), Title: clockText(r.Visit) + "  " + r.Company, Text: text,
			Badge: ui.NewBadge(statusText(r), statusTone(r)), Action: v.rowActions(r), OnTap: func() { v.open(r) },
		}
	}
	return ui.Surface(ui.Scroll(ui.PadXY(8, 8, ui.NewFeed(items))))
}

// rowActions is what can be done about a visit where it stands.
func (v *agendaView) rowActions(r Row) fyne.CanvasObject {
	var buttons []fyne.CanvasObject
	if r.Status == sales.VisitPlanned {
		buttons = append(buttons,
			ui.IconButton(ui.IconPlay, ui.T("visits.start"), func() { v.start(r) }),
			ui.IconButton(ui.IconClock, ui.T("visits.reschedule"), func() { v.reschedule(r) }))
	}
	if r.Open() {
		buttons = append(buttons,
			ui.IconButton(ui.IconCheck, ui.T("visits.log.this"), func() { v.log(r) }),
			ui.IconButton(ui.IconClose, ui.T("visits.cancel"), func() { v.cancel(r) }))
	}
	return ui.HGap(0, buttons...)
}
