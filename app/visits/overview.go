package visits

import (
	"context"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// The views of the overview.
const (
	viewDay  = "day"
	viewWeek = "week"
	viewList = "list"
)

// overview is the page of all visits: the agenda of a day or a week, or the list.
type overview struct {
	actions
	view    string
	day     sales.Date
	mine    bool
	list    *listView
	agenda  *agendaView
	views   *ui.Chips
	owners  *ui.Chips
	bar     *fyne.Container
	body    *fyne.Container
	content fyne.CanvasObject
	loads   int // numbers the loads, so that a slow one does not overwrite a later one
}

func newOverview(h ui.Host, r ui.Route, m *Model) *overview {
	o := &overview{actions: actions{h, m}, view: viewWeek, day: m.today(), mine: true}
	if view := r.Get("view"); view == viewDay || view == viewList {
		o.view = view
	}
	if _, ok := ui.ParseDay(r.Get("day")); ok {
		o.day = sales.Date(r.Get("day"))
	}
	o.list = newListView(o.actions, r)
	o.agenda = newAgendaView(o.actions, o.showDay)
	refreshOn(h, o.Refresh)
	return o
}

// Title implements ui.Page.
func (o *overview) Title() string { return ui.T("visits.title") }

// Content implements ui.Page.
func (o *overview) Content() fyne.CanvasObject {
	o.views = ui.NewChips(false, func(codes []string) { o.show(only(codes)) },
		ui.Option{Code: viewDay, Label: ui.T("visits.view.day")},
		ui.Option{Code: viewWeek, Label: ui.T("visits.view.week")},
		ui.Option{Code: viewList, Label: ui.T("visits.view.list")})
	o.owners = ui.NewChips(false, func(codes []string) {
		o.mine = only(codes) != "all"
		o.Refresh()
	}, ui.Option{Code: "mine", Label: ui.T("visits.mine")}, ui.Option{Code: "all", Label: ui.T("visits.everybody")})
	o.bar, o.body = container.NewStack(), container.NewStack()
	plan := ui.WithIcon(ui.Button(ui.T("visits.plan"), func() { o.host.Open(RouteVisit + "/new?plan=1") }), ui.IconCalendar)
	log := ui.WithIcon(ui.PrimaryButton(ui.T("visits.log"), func() { o.host.Open(RouteVisit + "/new") }), ui.IconAdd)
	toolbar := ui.HStack(o.views, ui.Grow(o.bar), o.owners)
	o.content = ui.PageFrame(ui.T("visits.title"), "", []fyne.CanvasObject{plan, log}, toolbar, o.body)
	o.arrange()
	return o.content
}

// show changes the view; taking the present one off leaves it on.
func (o *overview) show(view string) {
	if view != "" {
		o.view = view
	}
	o.arrange()
	o.Refresh()
}

func (o *overview) showDay(day sales.Date) {
	o.day = day
	o.show(viewDay)
}

// arrange puts the present view and its part of the toolbar into place.
func (o *overview) arrange() {
	if o.body == nil {
		return
	}
	o.views.Set(o.view)
	o.owners.Set("all")
	if o.mine {
		o.owners.Set("mine")
	}
	o.bar.Objects = []fyne.CanvasObject{o.paging()}
	o.body.Objects = []fyne.CanvasObject{o.agenda.object()}
	if o.view == viewList {
		o.bar.Objects = []fyne.CanvasObject{o.list.search()}
		o.body.Objects = []fyne.CanvasObject{o.list.object()}
	}
	o.bar.Refresh()
	o.body.Refresh()
}

// paging moves by a day or a week.
func (o *overview) paging() fyne.CanvasObject {
	days := 7
	text := weekText(Monday(o.day))
	if o.view == viewDay {
		days, text = 1, ui.FormatDay(string(o.day))
	}
	move := func(n int) func() {
		return func() {
			o.day = AddDays(o.day, n)
			o.show("")
		}
	}
	today := ui.Button(ui.T("ui.day.today"), func() {
		o.day = o.model.today()
		o.show("")
	})
	return ui.HGap(4, ui.IconButton(ui.IconLeft, ui.T("visits.earlier"), move(-days)), today,
		ui.IconButton(ui.IconRight, ui.T("visits.later"), move(days)), ui.Grow(ui.Strong(text).Elastic()))
}

// weekText names a week by its days.
func weekText(monday sales.Date) string {
	from, to := monday.Time(ui.Now().Location()), AddDays(monday, 6).Time(ui.Now().Location())
	_, number := from.ISOWeek()
	return ui.T("visits.week", "From", from.Format("2006-01-02"), "To", to.Format("01-02"), "Number", strconv.Itoa(number))
}

// Refresh implements ui.Page.
func (o *overview) Refresh() {
	if o.view == viewList {
		o.list.load(o.mine)
		return
	}
	from, days, mine := Monday(o.day), 7, o.mine
	if o.view == viewDay {
		from, days = o.day, 1
	}
	o.loads++
	load := o.loads
	ui.Go(o.host.Context(), func(ctx context.Context) (Agenda, error) {
		return o.model.Agenda(ctx, from, days, mine)
	}, func(a Agenda, err error) {
		if load != o.loads {
			return
		}
		o.agenda.show(a, err, o.Refresh)
	})
}

// SaveState implements ui.Stateful.
func (o *overview) SaveState() map[string]string {
	state := map[string]string{"view": o.view, "day": string(o.day), "mine": strconv.FormatBool(o.mine)}
	if o.day == o.model.today() {
		delete(state, "day") // "today" means the day on which one comes back
	}
	o.list.saveState(state)
	return state
}

// RestoreState implements ui.Stateful.
func (o *overview) RestoreState(state map[string]string) {
	if view := state["view"]; view == viewDay || view == viewWeek || view == viewList {
		o.view = view
	}
	if _, ok := ui.ParseDay(state["day"]); ok {
		o.day = sales.Date(state["day"])
	}
	o.mine = state["mine"] != "false"
	o.list.restoreState(state)
	o.arrange()
}

// Shortcuts implements ui.Shortcuts.
func (o *overview) Shortcuts() []ui.Shortcut {
	return []ui.Shortcut{
		{Key: fyne.Key1, Alt: true, LabelKey: "visits.view.day", Run: func() { o.show(viewDay) }},
		{Key: fyne.Key2, Alt: true, LabelKey: "visits.view.week", Run: func() { o.show(viewWeek) }},
		{Key: fyne.Key3, Alt: true, LabelKey: "visits.view.list", Run: func() { o.show(viewList) }},
	}
}

// TypedKey implements ui.KeyHandler: left and right turn the pages of the agenda.
func (o *overview) TypedKey(event *fyne.KeyEvent) bool {
	days := 7
	if o.view == viewDay {
		days = 1
	}
	switch {
	case o.view == viewList:
		return false
	case event.Name == fyne.KeyLeft:
		o.day = AddDays(o.day, -days)
	case event.Name == fyne.KeyRight:
		o.day = AddDays(o.day, days)
	case event.Name == fyne.KeyHome:
		o.day = o.model.today()
	default:
		return false
	}
	o.show("")
	return true
}
