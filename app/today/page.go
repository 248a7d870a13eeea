package today

import (
	"cmp"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/rounds-field/rounds/app/ui"
)

// RouteToday is the route of the home screen.
const RouteToday = "today"

// NewPage gives the factory of the home screen.
func NewPage(d Deps) func(ui.Host, ui.Route) ui.Page {
	return func(h ui.Host, _ ui.Route) ui.Page { return newPage(h, NewModel(d)) }
}

// page is the home screen: the day's figures above three columns of what to do.
type page struct {
	host  ui.Host
	model *Model
	day   Day
	root  *fyne.Container
	roll  *container.Scroll
	loads int // numbers the loads, so that a slow one does not overwrite a later one
}

func newPage(h ui.Host, m *Model) *page {
	return &page{host: h, model: m, root: container.NewStack(ui.Loading())}
}

// Title implements ui.Page.
func (p *page) Title() string { return ui.T("today.title") }

// Content implements ui.Page.
func (p *page) Content() fyne.CanvasObject {
	p.host.OnChanged(func([]string) { p.Refresh() })
	return p.root
}

// Refresh implements ui.Page.
func (p *page) Refresh() {
	p.loads++
	load := p.loads
	ui.Go(p.host.Context(), p.model.Load, func(d Day, err error) {
		switch {
		case load != p.loads:
		case err != nil:
			p.put(ui.PadXY(16, 12, ui.VStack(ui.NewErrorBanner(err, p.Refresh))))
		default:
			p.day = d
			p.show()
		}
	})
}

func (p *page) put(object fyne.CanvasObject) {
	p.root.Objects = []fyne.CanvasObject{object}
	p.root.Refresh()
}

func (p *page) show() {
	offset := fyne.NewPos(0, 0)
	if p.roll != nil {
		offset = p.roll.Offset
	}
	var body fyne.CanvasObject
	if p.day.quiet() {
		body = p.empty()
	} else {
		columns := ui.Grid(310,
			ui.VGap(12, p.visitsCard(), p.missedCard()),
			ui.VGap(12, p.tasksCard(), p.dealsCard()),
			ui.VGap(12, p.announcementsCard(), p.projectsCard(), p.newsCard()))
		p.roll = ui.Scroll(columns)
		body = ui.Border(ui.PadBottom(12, p.tiles()), nil, nil, nil, p.roll)
	}
	actions := []fyne.CanvasObject{
		ui.WithIcon(ui.Button(ui.T("today.add.task"), func() { p.host.Open("task/new") }), ui.IconTasks),
		ui.WithIcon(ui.Button(ui.T("today.plan"), func() { p.host.Open("visit/new?plan=1") }), ui.IconCalendar),
		ui.WithIcon(ui.PrimaryButton(ui.T("today.log"), func() { p.host.Open("visit/new") }), ui.IconAdd),
	}
	p.put(ui.PageFrame(p.greeting(), ui.FormatDay(ui.Today()), actions, nil, body))
	if p.roll != nil {
		p.roll.Offset = offset
		p.roll.Refresh()
	}
}

// greeting is by the time of day, with the name of the user.
func (p *page) greeting() string {
	key := "today.hello.evening"
	switch hour := ui.Now().Hour(); {
	case hour >= 4 && hour < 12:
		key = "today.hello.morning"
	case hour >= 12 && hour < 18:
		key = "today.hello.afternoon"
	}
	user := p.model.Me()
	name := cmp.Or(user.DisplayName, user.Name)
	if name == "" {
		return ui.T(key)
	}
	return ui.T("today.hello.name", "Hello", ui.T(key), "Name", name)
}

// empty is the home screen of a workbook in which there is nothing to do.
func (p *page) empty() fyne.CanvasObject {
	return ui.NewEmpty(ui.IconToday, ui.T("today.empty"), ui.T("today.empty.hint"), ui.T("today.log"), func() { p.host.Open("visit/new") })
}

// Shortcuts implements ui.Shortcuts.
func (p *page) Shortcuts() []ui.Shortcut {
	return []ui.Shortcut{
		{Key: fyne.KeyL, Ctrl: true, LabelKey: "today.log", Run: func() { p.host.Open("visit/new") }},
		{Key: fyne.KeyP, Ctrl: true, LabelKey: "today.plan", Run: func() { p.host.Open("visit/new?plan=1") }},
	}
}
