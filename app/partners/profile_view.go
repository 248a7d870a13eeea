package partners

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// profileView is the page of one company: what is always true of it above, everything else in tabs.
type profileView struct {
	host    ui.Host
	model   *profileModel
	profile Profile
	loaded  bool

	head    *fyne.Container
	tabs    *ui.Tabs
	reload  map[string]func() // by tab that has been opened: reads its records anew
	shown   int               // entries of the timeline
	content fyne.CanvasObject
}

func newProfileView(h ui.Host, r ui.Route, m *profileModel) *profileView {
	v := &profileView{host: h, model: m, head: container.NewStack(ui.MinSize(0, 96, ui.Panel(ui.Loading()))), reload: map[string]func(){}, shown: timelinePage}
	v.tabs = ui.NewTabs(v.buildTabs()...)
	v.tabs.OnChanged = func(string) { v.refreshTab() }
	if tab := r.Get("tab"); tab != "" {
		v.tabs.Select(tab)
	}
	v.content = ui.PadXY(16, 12, ui.Border(ui.PadBottom(8, v.head), nil, nil, nil, v.tabs))
	kinds := []string{m.side.kind, "user", "territory", "visit_type", "shipment"}
	for _, t := range m.side.tabs() {
		kinds = append(kinds, t.kind)
	}
	refreshOn(h, v.Refresh, kinds...)
	return v
}

// Title implements ui.Page.
func (v *profileView) Title() string {
	if v.loaded {
		return v.profile.Record.Title()
	}
	return v.model.side.text("one")
}

// Content implements ui.Page.
func (v *profileView) Content() fyne.CanvasObject { return v.content }

// Refresh implements ui.Page.
func (v *profileView) Refresh() {
	ui.Go(v.host.Context(), v.model.Load, func(p Profile, err error) {
		if err != nil {
			v.failed(err)
			return
		}
		v.profile, v.loaded = p, true
		v.head.Objects = []fyne.CanvasObject{v.header()}
		v.content.Refresh() // the header's height decides where the tabs begin
		for key, n := range p.Counts {
			v.tabs.SetBadge(key, n)
		}
		v.refreshTab()
	})
}

// refreshTab reads the open tab anew; the others are read when they are opened.
func (v *profileView) refreshTab() {
	if reload := v.reload[v.tabs.Selected()]; reload != nil && v.loaded {
		reload()
	}
}

// failed says why there is nothing to see: a record that is gone is no fault of the program.
func (v *profileView) failed(err error) {
	if v.loaded || !sales.HasCode(err, sales.CodeNotFound) {
		v.host.ShowError(err)
		return
	}
	s := v.model.side
	v.head.Objects = []fyne.CanvasObject{ui.Panel(ui.NewEmpty(s.icon(), ui.T("partners.gone"), ui.T("partners.gone_hint"), s.text("title"), func() { v.host.Open(s.list) }))}
	v.content.Refresh()
	v.tabs.Hide()
}

// header shows name, marks, facts that decide the next step, and the ways to take it.
func (v *profileView) header() fyne.CanvasObject {
	p, r := v.profile, v.profile.Record
	name := []fyne.CanvasObject{ui.Title(r.Title()).Elastic()}
	marks := []fyne.CanvasObject{}
	mark := func(text string, tone ui.Tone) {
		if text != "" {
			marks = append(marks, ui.NewBadge(text, tone))
		}
	}
	mark(option("tier", r.Text("tier")), tierTone(r.Text("tier")))
	mark(option(v.model.side.category, r.Text(v.model.side.category)), ui.ToneNeutral)
	mark(option("status", r.Text("status")), statusTone(r.Text("status")))
	if due := cadenceText(p.Cadence); due != "" {
		mark(ui.T("partners.visit_due", "When", due), cadenceTone(p.Cadence))
	}
	if r.Pending {
		mark(ui.T("partners.pending"), ui.ToneWarning)
	}
	facts := []fyne.CanvasObject{}
	fact := func(icon fyne.Resource, text string) {
		if text != "" {
			facts = append(facts, ui.HGap(4, ui.Icon(ui.ToneIcon(icon, ui.ToneMuted)), ui.Muted(text)))
		}
	}
	fact(ui.IconList, r.Text("code"))
	fact(ui.IconPlace, p.Territory)
	fact(ui.IconUser, p.Owner)
	fact(ui.IconPhone, r.Text("phone"))
	if p.Cadence.Last != "" {
		fact(ui.IconHistory, ui.T("partners.last_on", "Day", ui.RelativeDay(string(p.Cadence.Last))))
	} else {
		fact(ui.IconHistory, ui.T("partners.never_visited"))
	}
	if p.NextVisit.ID != "" {
		facts = append(facts, ui.NewLink(ui.T("partners.next_visit", "When", ui.FormatDateTime(p.NextVisit.When().Time())), func() { v.host.Open("visit/" + p.NextVisit.ID) }))
	}
	return ui.Panel(ui.VGap(8, ui.HStack(append(name, marks...)...), ui.Flow(facts...), ui.Flow(v.quickActions()...)))
}

// quickActions are the things that a rep does from here, the likeliest first.
func (v *profileView) quickActions() []fyne.CanvasObject {
	var out []fyne.CanvasObject
	add := func(kind, key string, icon fyne.Resource, act func()) {
		if !v.model.mayWrite(kind) {
			return
		}
		button := ui.Button(ui.T(key), act)
		if len(out) == 0 {
			button = ui.PrimaryButton(ui.T(key), act)
		}
		out = append(out, ui.WithIcon(button, icon))
	}
	add("visit", "partners.do.visit", ui.IconCheck, v.open(v.with("visit/new")))
	add("visit", "partners.do.plan", ui.IconCalendar, v.open(v.with("visit/new")+"&plan=1"))
	add("feedback", "partners.do.feedback", ui.IconFeedback, v.open(v.with("feedback/new")))
	add("opportunity", "partners.do.opportunity", ui.IconOpportunities, v.open(v.with("opportunity/new")))
	if !v.model.side.goods {
		add("project", "partners.do.project", ui.IconProjects, v.open(v.with("project/new")))
	}
	add("task", "partners.do.task", ui.IconTasks, v.addTask)
	add("contact", "partners.do.contact", ui.IconUser, v.open(v.with("contact/new")))
	add(v.model.side.kind, "partners.do.edit", ui.IconEdit, v.open(v.editRoute()))
	return out
}

// open opens a route.
func (v *profileView) open(route string) func() { return func() { v.host.Open(route) } }

// with is the route of a new record about this company.
func (v *profileView) with(route string) string {
	return route + "?" + v.model.side.param() + "=" + v.model.id
}

func (v *profileView) editRoute() string { return v.model.side.route(v.model.id) + "?edit=1" }

// SaveState implements ui.Stateful.
func (v *profileView) SaveState() map[string]string {
	return map[string]string{"tab": v.tabs.Selected()}
}

// RestoreState implements ui.Stateful.
func (v *profileView) RestoreState(state map[string]string) {
	v.tabs.Select(state["tab"])
}

// Shortcuts implements ui.Shortcuts.
func (v *profileView) Shortcuts() []ui.Shortcut {
	if !v.model.mayWrite(v.model.side.kind) {
		return nil
	}
	return []ui.Shortcut{{Key: fyne.KeyE, Ctrl: true, LabelKey: "partners.do.edit", Run: func() { v.host.Open(v.editRoute()) }}}
}

// load reads for the open tab and shows, or says what went wrong.
func load[T any](v *profileView, read func(context.Context) (T, error), show func(T)) {
	ui.Go(v.host.Context(), read, func(value T, err error) {
		if err != nil {
			v.host.ShowError(err)
			return
		}
		show(value)
	})
}
