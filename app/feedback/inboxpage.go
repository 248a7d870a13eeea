package feedback

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"github.com/rounds-field/rounds/app/ui"
)

// inboxPage is the inbox: filters, the list, and beside it the feedback that is chosen.
type inboxPage struct {
	host   ui.Host
	model  *Model
	filter Filter
	id     string // the feedback that is shown
	shown  Counts

	search     *ui.Entry
	facets     map[string]*ui.Chips
	whose      *ui.Select
	order      *ui.Select
	count      *ui.Text
	clear      fyne.CanvasObject
	row        *fyne.Container
	table      *ui.Table[Row]
	list, pane *fyne.Container
	detail     *detailPane
	content    fyne.CanvasObject
	quiet      bool
}

func newInbox(host ui.Host, model *Model, id string) *inboxPage {
	p := &inboxPage{host: host, model: model, id: id, facets: map[string]*ui.Chips{}}
	p.count = ui.Muted("").Elastic()
	p.count.Align = fyne.TextAlignTrailing
	p.list, p.pane = container.NewStack(ui.Loading()), container.NewStack()
	p.table = p.newTable()
	p.detail = newDetailPane(host, model)
	add := ui.WithIcon(ui.PrimaryButton(ui.T("feedback.new"), func() { host.Open("feedback/new") }), ui.IconAdd)
	split := ui.NewMasterDetail(host.State(), "feedback", 0.5, p.list, p.pane)
	p.content = ui.PageFrame(ui.T("feedback.title"), "", []fyne.CanvasObject{ui.Grow(p.count), add}, p.tools(), split)
	p.apply()
	ui.RefreshOn(host, p.Refresh, kind, "feedback_reply", "partner", "account", "user", "product")
	return p
}

// Title implements ui.Page.
func (p *inboxPage) Title() string { return ui.T("feedback.title") }

// Content implements ui.Page.
func (p *inboxPage) Content() fyne.CanvasObject { return p.content }

// Shortcuts implements ui.Shortcuts.
func (p *inboxPage) Shortcuts() []ui.Shortcut {
	return []ui.Shortcut{
		{Key: fyne.KeyN, Ctrl: true, LabelKey: "feedback.new", Run: func() { p.host.Open("feedback/new") }},
		{Key: fyne.KeyReturn, Ctrl: true, LabelKey: "feedback.reply.send", Run: p.detail.send},
	}
}

// TypedKey implements ui.KeyHandler: the arrows go to the list.
func (p *inboxPage) TypedKey(event *fyne.KeyEvent) bool {
	if event.Name != fyne.KeyUp && event.Name != fyne.KeyDown {
		return false
	}
	p.host.Canvas().Focus(p.table.Focusable())
	p.table.Focusable().TypedKey(event)
	return true
}

// SaveState implements ui.Stateful.
func (p *inboxPage) SaveState() map[string]string {
	state := p.filter.State()
	state["id"] = p.id
	return state
}

// RestoreState implements ui.Stateful.
func (p *inboxPage) RestoreState(state map[string]string) {
	if len(state) == 0 {
		return
	}
	p.filter = FilterFrom(state)
	if state["id"] != "" {
		p.id = state["id"]
	}
	p.apply()
}

// Close implements ui.Closer: a reply that was begun is kept.
func (p *inboxPage) Close() { p.detail.keep() }

func (p *inboxPage) tools() fyne.CanvasObject {
	p.search = ui.NewSearchEntry(ui.T("feedback.search"), func(text string) { p.change(func(f *Filter) { f.Text = text }) })
	p.whose = ui.NewSelect([]ui.Option{
		{Code: WhoseAll, Label: ui.T("feedback.whose.all")},
		{Code: WhoseAssigned, Label: ui.T("feedback.whose.assigned")},
		{Code: WhoseCaptured, Label: ui.T("feedback.whose.captured")},
	}, func(code string) { p.change(func(f *Filter) { f.Whose = code }) })
	p.order = ui.NewSelect([]ui.Option{{Code: "newest", Label: ui.T("feedback.newest")}, {Code: "oldest", Label: ui.T("feedback.oldest")}},
		func(code string) { p.change(func(f *Filter) { f.Oldest = code == "oldest" }) })
	p.clear = ui.QuietButton(ui.T("feedback.clear"), func() { p.use(Filter{Oldest: p.filter.Oldest}) })
	for _, facet := range facets {
		p.facets[facet] = ui.NewChips(true, func(codes []string) {
			p.change(func(f *Filter) {
				switch facet {
				case "kind":
					f.Kinds = codes
				case "status":
					f.Statuses = codes
				default:
					f.Severities = codes
				}
			})
		}, choices(facet, nil)...)
	}
	p.row = ui.HGap(6, ui.Grow(p.search), ui.Fixed(150, 0, p.whose), ui.Fixed(130, 0, p.order), p.clear)
	label := func(facet string, chips fyne.CanvasObject) fyne.CanvasObject {
		return ui.HGap(8, ui.Fixed(56*theme.Size(theme.SizeNameText)/13, 0, ui.Muted(fieldText(facet)).Elastic()), ui.Grow(chips))
	}
	return ui.VGap(6, p.row, label("kind", p.facets["kind"]), label("status", p.facets["status"]), label("severity", p.facets["severity"]))
}

func (p *inboxPage) change(set func(*Filter)) {
	if p.quiet {
		return
	}
	next := p.filter
	set(&next)
	p.use(next)
}

func (p *inboxPage) use(f Filter) {
	p.filter = f
	p.apply()
	p.Refresh()
}

// apply shows the filter in the tools.
func (p *inboxPage) apply() {
	p.quiet = true
	defer func() { p.quiet = false }()
	if p.search.Text != p.filter.Text {
		p.search.SetText(p.filter.Text)
	}
	p.whose.SetCode(p.filter.Whose)
	p.order.SetCode("newest")
	if p.filter.Oldest {
		p.order.SetCode("oldest")
	}
	for facet, chips := range p.facets {
		chips.SetOptions(choices(facet, p.shown.By[facet])...)
		chips.Set(p.filter.chosen(facet)...)
	}
	if p.filter.Narrowed() {
		p.clear.Show()
	} else {
		p.clear.Hide()
	}
	p.row.Refresh() // what is shown now needs its place
}

// Refresh implements ui.Page.
func (p *inboxPage) Refresh() {
	filter := p.filter
	ui.Go(p.host.Context(), func(ctx context.Context) (Counts, error) { return p.model.Counts(ctx, filter) }, func(c Counts, err error) {
		if err != nil {
			put(p.list, ui.VStack(ui.NewErrorBanner(err, p.Refresh)))
			return
		}
		p.shown = c
		p.apply()
		p.count.SetText(ui.T("feedback.count", "Count", c.Total))
		p.showList(filter, c.Total)
	})
	p.showDetail()
}

func put(place *fyne.Container, object fyne.CanvasObject) {
	place.Objects = []fyne.CanvasObject{object}
	place.Refresh()
}
