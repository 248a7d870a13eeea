package announcements

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// view is the list of announcements with the chosen one beside it.
type view struct {
	host   ui.Host
	model  *Model
	filter Filter
	open   string // id of the chosen one; "" when none is
	item   Item   // the chosen one, once it is loaded
	turn   int    // counts questions, so that a late answer to an old one is not shown

	search     *ui.Entry
	categories *ui.Chips
	flags      *ui.Chips
	table      *ui.Table[Item]
	detail     *fyne.Container
	content    fyne.CanvasObject
}

func newView(h ui.Host, r ui.Route, m *Model) *view {
	v := &view{host: h, model: m, open: r.ID, filter: Filter{Unread: r.Get("unread") != ""}, detail: container.NewStack()}
	v.table = ui.NewTable(h.State(), "announcements", v.columns())
	v.table.ID = func(i Item) string { return i.ID }
	v.table.OnSelect = func(i Item) { v.choose(i.ID) }
	v.search = ui.NewSearchEntry(ui.T("announcements.search"), func(text string) {
		v.filter.Text = strings.TrimSpace(text)
		v.Refresh()
	})
	category, _ := sales.MustKind("announcement").Field("category")
	v.categories = ui.NewChips(false, func(codes []string) {
		v.filter.Category = strings.Join(codes, "")
		v.Refresh()
	}, options("category", category.Options)...)
	v.flags = ui.NewChips(true, func(codes []string) {
		v.filter.Unread, v.filter.Expired = slices.Contains(codes, "unread"), slices.Contains(codes, "expired")
		v.Refresh()
	}, ui.Option{Code: "unread", Label: ui.T("announcements.unread")}, ui.Option{Code: "expired", Label: ui.T("announcements.with_expired")})
	var actions []fyne.CanvasObject
	if m.MayPublish() {
		actions = append(actions, ui.WithIcon(ui.PrimaryButton(ui.T("announcements.new"), v.create), ui.IconAdd))
	}
	toolbar := ui.HStack(ui.Fixed(260, 0, v.search), v.flags, v.categories)
	v.content = ui.PageFrame(v.Title(), "", actions, toolbar, ui.NewMasterDetail(h.State(), "announcements", 0.45, v.table, ui.PadXY(8, 0, v.detail)))
	v.showFilter()
	v.showNone()
	h.OnChanged(func(kinds []string) {
		if slices.Contains(kinds, "announcement") || slices.Contains(kinds, "receipt") {
			v.Refresh()
		}
	})
	return v
}

// Title implements ui.Page.
func (v *view) Title() string { return ui.T("announcements.title") }

// Content implements ui.Page.
func (v *view) Content() fyne.CanvasObject { return v.content }

func (v *view) create() { v.host.Open("announcement/new") }

func (v *view) columns() []ui.Column[Item] {
	return []ui.Column[Item]{
		{Key: "state", Title: "", Width: 96, Badge: true, Text: state, Tone: stateTone},
		{Key: "title", Title: label("title"), Width: 160, Flex: 1, Bold: true, Text: func(i Item) string { return i.Title }},
		{Key: "category", Title: label("category"), Width: 96, Badge: true, Text: func(i Item) string { return option("category", i.Category) }, Tone: func(i Item) ui.Tone { return categoryTone(i.Category) }},
		{Key: "published_on", Title: label("published_on"), Width: 112, Text: func(i Item) string { return string(i.PublishedOn) }, Tone: func(Item) ui.Tone { return ui.ToneMuted }},
	}
}

// state says in a word what the user still has to do about an announcement.
func state(i Item) string {
	switch {
	case i.Expired:
		return ui.T("announcements.state.expired")
	case i.Unread() && i.MustConfirm:
		return ui.T("announcements.state.confirm")
	case i.Unread():
		return ui.T("announcements.state.new")
	}
	return ""
}

func stateTone(i Item) ui.Tone {
	switch {
	case i.Expired:
		return ui.ToneMuted
	case i.MustConfirm:
		return ui.ToneDanger
	}
	return ui.ToneInfo
}

// Refresh implements ui.Page.
func (v *view) Refresh() {
	v.turn++
	turn, filter := v.turn, v.filter
	ui.Go(v.host.Context(), func(ctx context.Context) ([]Item, error) { return v.model.List(ctx, filter) }, func(items []Item, err error) {
		switch {
		case turn != v.turn:
			return
		case err != nil:
			v.host.ShowError(err)
			return
		}
		v.table.SetEmpty(v.empty())
		v.table.SetRows(ui.SliceRows(items))
		if v.open != "" {
			v.table.SelectID(v.open)
		}
	})
	if v.open != "" {
		v.load()
	}
}

func (v *view) empty() fyne.CanvasObject {
	if v.filter != (Filter{}) {
		return ui.NewEmpty(ui.IconFilter, ui.T("announcements.empty.filter"), ui.T("announcements.empty.filter_hint"), ui.T("announcements.clear"), func() {
			v.filter = Filter{}
			v.showFilter()
			v.Refresh()
		})
	}
	if v.model.MayPublish() {
		return ui.NewEmpty(ui.IconAnnounce, ui.T("announcements.empty"), ui.T("announcements.empty.publish"), ui.T("announcements.new"), v.create)
	}
	return ui.NewEmpty(ui.IconAnnounce, ui.T("announcements.empty"), ui.T("announcements.empty.hint"), "", nil)
}

func (v *view) showFilter() {
	if v.search.Text != v.filter.Text {
		v.search.SetText(v.filter.Text)
	}
	var on []string
	if v.filter.Unread {
		on = append(on, "unread")
	}
	if v.filter.Expired {
		on = append(on, "expired")
	}
	v.flags.Set(on...)
	v.categories.Set(v.filter.Category)
}

// choose shows an announcement beside the list.
func (v *view) choose(id string) {
	v.open = id
	v.load()
}

// SaveState implements ui.Stateful.
func (v *view) SaveState() map[string]string {
	return map[string]string{"open": v.open, "category": v.filter.Category, "text": v.filter.Text}
}

// RestoreState implements ui.Stateful.
func (v *view) RestoreState(state map[string]string) {
	if v.open == "" {
		v.open = state["open"]
	}
	v.filter.Category, v.filter.Text = state["category"], state["text"]
	v.showFilter()
}

// Shortcuts implements ui.Shortcuts.
func (v *view) Shortcuts() []ui.Shortcut {
	shortcuts := []ui.Shortcut{{Key: fyne.KeyReturn, Ctrl: true, LabelKey: "announcements.confirm", Run: v.confirm}}
	if v.model.MayPublish() {
		shortcuts = append(shortcuts, ui.Shortcut{Key: fyne.KeyN, Ctrl: true, LabelKey: "announcements.new", Run: v.create})
	}
	return shortcuts
}
