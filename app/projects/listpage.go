package projects

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// listPage is the list of projects with their health.
type listPage struct {
	host    ui.Host
	model   *Model
	filter  Filter
	list    List
	search  *ui.Entry
	health  *ui.Chips
	more    *ui.Chips
	phase   *ui.Select
	clear   fyne.CanvasObject
	tool    *fyne.Container
	table   *ui.Table[Row]
	body    *fyne.Container
	content fyne.CanvasObject
	quiet   bool
}

func newListPage(host ui.Host, model *Model) *listPage {
	p := &listPage{host: host, model: model, body: container.NewStack(ui.Loading())}
	p.table = newTable(host.State())
	p.table.OnOpen = func(r Row) { host.Open("project/" + r.ID) }
	add := ui.WithIcon(ui.PrimaryButton(ui.T("projects.new"), p.add), ui.IconAdd)
	p.content = ui.PageFrame(ui.T("projects.title"), "", []fyne.CanvasObject{add}, p.tools(), p.body)
	p.apply()
	ui.RefreshOn(host, p.Refresh, kind, "milestone", "project_risk", "partner", "account", "user")
	return p
}

// Title implements ui.Page.
func (p *listPage) Title() string { return ui.T("projects.title") }

// Content implements ui.Page.
func (p *listPage) Content() fyne.CanvasObject { return p.content }

// Shortcuts implements ui.Shortcuts.
func (p *listPage) Shortcuts() []ui.Shortcut {
	return []ui.Shortcut{{Key: fyne.KeyN, Ctrl: true, LabelKey: "projects.new", Run: p.add}}
}

// TypedKey implements ui.KeyHandler: the arrows go to the list.
func (p *listPage) TypedKey(event *fyne.KeyEvent) bool {
	if event.Name != fyne.KeyUp && event.Name != fyne.KeyDown {
		return false
	}
	p.host.Canvas().Focus(p.table.Focusable())
	p.table.Focusable().TypedKey(event)
	return true
}

// SaveState implements ui.Stateful.
func (p *listPage) SaveState() map[string]string { return p.filter.State() }

// RestoreState implements ui.Stateful.
func (p *listPage) RestoreState(state map[string]string) {
	p.filter = FilterFrom(state)
	p.apply()
}

func (p *listPage) add() { p.host.Open("project/new") }

func (p *listPage) tools() fyne.CanvasObject {
	p.search = ui.NewSearchEntry(ui.T("projects.search"), func(text string) { p.change(func(f *Filter) { f.Text = text }) })
	p.health = ui.NewChips(false, func(codes []string) {
		p.change(func(f *Filter) {
			f.Health = ""
			if len(codes) == 1 {
				f.Health = codes[0]
			}
		})
	}, p.healths()...)
	p.more = ui.NewChips(true, func(codes []string) {
		p.change(func(f *Filter) {
			f.Mine, f.Closed = false, false
			for _, code := range codes {
				f.Mine, f.Closed = f.Mine || code == "mine", f.Closed || code == "closed"
			}
		})
	}, ui.Option{Code: "mine", Label: ui.T("projects.mine")}, ui.Option{Code: "closed", Label: ui.T("projects.closed_too")})
	p.phase = ui.NewSelect(append([]ui.Option{{Label: ui.T("projects.phase.all")}}, optionsOf(kind, "phase")...),
		func(code string) { p.change(func(f *Filter) { f.Phase = code }) })
	p.clear = ui.QuietButton(ui.T("projects.clear"), func() { p.use(Filter{}) })
	p.tool = ui.HGap(8, ui.Grow(p.search), ui.Fixed(140, 0, p.phase), ui.MinSize(310, 0, p.health), p.more, p.clear)
	return p.tool
}

func (p *listPage) healths() []ui.Option {
	var options []ui.Option
	for _, health := range []string{sales.HealthRed, sales.HealthAmber, sales.HealthGreen} {
		options = append(options, ui.Option{Code: health, Label: optionText("health", health), Count: p.list.Health[health]})
	}
	return options
}

func (p *listPage) change(set func(*Filter)) {
	if p.quiet {
		return
	}
	next := p.filter
	set(&next)
	p.use(next)
}

func (p *listPage) use(f Filter) {
	p.filter = f
	p.apply()
	p.Refresh()
}

// apply shows the filter in the tools.
func (p *listPage) apply() {
	p.quiet = true
	defer func() { p.quiet = false }()
	if p.search.Text != p.filter.Text {
		p.search.SetText(p.filter.Text)
	}
	p.phase.SetCode(p.filter.Phase)
	p.health.SetOptions(p.healths()...)
	p.health.Set(p.filter.Health)
	var more []string
	if p.filter.Mine {
		more = append(more, "mine")
	}
	if p.filter.Closed {
		more = append(more, "closed")
	}
	p.more.Set(more...)
	if p.filter.Narrowed() {
		p.clear.Show()
	} else {
		p.clear.Hide()
	}
	p.tool.Refresh() // what is shown now needs its place
}

// Refresh implements ui.Page.
func (p *listPage) Refresh() {
	filter := p.filter
	ui.Go(p.host.Context(), func(ctx context.Context) (List, error) { return p.model.List(ctx, filter) }, func(list List, err error) {
		if err != nil {
			p.put(ui.VStack(ui.NewErrorBanner(err, p.Refresh)))
			return
		}
		p.list = list
		p.apply()
		switch {
		case len(list.Rows) > 0:
			p.table.SetRows(ui.SliceRows(list.Rows))
			p.put(p.table)
		case filter.Narrowed():
			p.put(ui.NewEmpty(ui.IconFilter, ui.T("projects.none.filtered"), ui.T("projects.none.filtered.hint"), ui.T("projects.clear"), func() { p.use(Filter{}) }))
		default:
			p.put(ui.NewEmpty(ui.IconProjects, ui.T("projects.none"), ui.T("projects.none.hint"), ui.T("projects.new"), p.add))
		}
	})
}

func (p *listPage) put(object fyne.CanvasObject) {
	p.body.Objects = []fyne.CanvasObject{object}
	p.body.Refresh()
}

func newTable(state ui.State) *ui.Table[Row] {
	table := ui.NewTable(state, "projects", []ui.Column[Row]{
		ui.PendingColumn(func(r Row) bool { return r.Pending }),
		{
			Key: "health", Title: fieldText("health"), Width: 100, Badge: true,
			Text: func(r Row) string { return optionText("health", r.Health) },
			Tone: func(r Row) ui.Tone { return healthTone(r.Health) },
		},
		{Key: "name", Title: fieldText("name"), Width: 160, Flex: 3, Bold: true, Text: func(r Row) string { return r.Name }},
		{Key: "company", Title: ui.T("projects.company"), Width: 110, Flex: 2, Text: func(r Row) string { return r.Company }},
		{Key: "phase", Title: fieldText("phase"), Width: 100, Badge: true, Text: func(r Row) string { return optionText("phase", r.Phase) }},
		{Key: "next", Title: ui.T("projects.next_milestone"), Width: 150, Flex: 2, Text: func(r Row) string { return r.Next.Name }},
		{
			Key: "due", Title: ui.T("projects.due"), Width: 96,
			Text: func(r Row) string { return ui.RelativeDay(string(r.Next.DueOn)) },
			Tone: func(r Row) ui.Tone {
				if r.Next.DueOn != "" && string(r.Next.DueOn) < ui.Today() {
					return ui.ToneDanger
				}
				return ui.ToneNeutral
			},
		},
		{Key: "progress", Title: ui.T("projects.progress"), Width: 84, Align: fyne.TextAlignTrailing, Text: func(r Row) string { return ui.FormatPercent(float64(r.Progress) / 100) }},
		{Key: "revenue", Title: fieldText("revenue"), Width: 136, Align: fyne.TextAlignTrailing, Text: func(r Row) string { return moneyText(r.Project) }},
		{Key: "owner", Title: fieldText("owner_id"), Width: 72, Text: func(r Row) string { return r.Owner }},
	})
	table.ID = func(r Row) string { return r.ID }
	return table
}
