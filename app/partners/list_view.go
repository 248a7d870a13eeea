package partners

import (
	"context"
	"slices"
	"strconv"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// listView is the page of a list of companies.
type listView struct {
	host   ui.Host
	model  *listModel
	filter Filter
	turn   int // counts questions, so that a late answer to an old one is not shown
	query  sales.Query
	filled bool // the list has companies, whatever the filter

	bar     *filterBar
	table   *ui.Table[Row]
	content fyne.CanvasObject
}

func newListView(h ui.Host, r ui.Route, m *listModel) *listView {
	v := &listView{host: h, model: m, filter: filterOf(r)}
	v.table = ui.NewTable(h.State(), m.side.list, listColumns(m.side))
	v.table.ID = func(r Row) string { return r.ID }
	v.table.OnOpen = func(r Row) { h.Open(m.side.route(r.ID)) }
	v.table.OnSort = func(key string, desc bool) {
		v.filter.Sort, v.filter.Desc = key, desc
		v.Refresh()
	}
	v.bar = newFilterBar(v)
	v.content = ui.PageFrame(v.Title(), "", v.actions(), v.bar.object, v.table)
	v.show(v.filter)
	refreshOn(h, v.Refresh, m.side.kind, "visit", "user", "territory", "saved_view")
	return v
}

// refreshOn loads a page anew when records of these kinds were written, here or by sync.
func refreshOn(h ui.Host, refresh func(), shown ...string) {
	h.OnChanged(func(kinds []string) {
		if slices.ContainsFunc(kinds, func(kind string) bool { return slices.Contains(shown, kind) }) {
			refresh()
		}
	})
}

// filterOf is the filter that a route asks for.
func filterOf(r ui.Route) Filter {
	f := Filter{Text: r.Get("q"), Territory: r.Get("territory"), Mine: r.Get("mine") != "", Missed: r.Get("missed") != ""}
	if tier := r.Get("tier"); tier != "" {
		f.Tiers = []string{tier}
	}
	return f
}

// Title implements ui.Page.
func (v *listView) Title() string { return v.model.side.text("title") }

// Content implements ui.Page.
func (v *listView) Content() fyne.CanvasObject { return v.content }

func (v *listView) actions() []fyne.CanvasObject {
	s := v.model.side
	var out []fyne.CanvasObject
	if v.model.Import != nil && v.model.mayWrite(s.kind) {
		out = append(out, ui.WithIcon(ui.Button(ui.T("partners.import"), func() { v.model.Import(s.kind) }), ui.IconUpload))
	}
	if v.model.Export != nil {
		out = append(out, ui.WithIcon(ui.Button(ui.T("partners.export"), func() { v.model.Export(v.query) }), ui.IconFile))
	}
	if v.model.mayWrite(s.kind) {
		out = append(out, ui.WithIcon(ui.PrimaryButton(s.text("new"), v.create), ui.IconAdd))
	}
	return out
}

func (v *listView) create() { v.host.Open(v.model.side.kind + "/new") }

// listColumns are the columns of a side's list. Sortable are those whose order in the store means something to people.
func listColumns(s side) []ui.Column[Row] {
	columns := []ui.Column[Row]{
		{Key: "pending", Title: "", Width: 40, Align: fyne.TextAlignCenter, Text: func(r Row) string { return unsynced(r.Pending) }, Tone: func(Row) ui.Tone { return ui.ToneWarning }},
		{Key: "name", Title: label(s.kind, "name"), Width: 170, Flex: 3, Bold: true, Sortable: true, Text: func(r Row) string { return r.Name }},
		{Key: "code", Title: label(s.kind, "code"), Width: 76, Sortable: true, Text: func(r Row) string { return r.Code }, Tone: func(Row) ui.Tone { return ui.ToneMuted }},
		{Key: "tier", Title: label(s.kind, "tier"), Width: 100, Badge: true, Text: func(r Row) string { return option("tier", r.Tier) }, Tone: func(r Row) ui.Tone { return tierTone(r.Tier) }},
		{Key: s.category, Title: label(s.kind, s.category), Width: 92, Sortable: s.category == "industry", Text: func(r Row) string { return option(s.category, r.Category) }},
		{Key: "status", Title: label(s.kind, "status"), Width: 100, Badge: true, Text: func(r Row) string { return option("status", r.Status) }, Tone: func(r Row) ui.Tone { return statusTone(r.Status) }},
		{Key: "region_code", Title: label(s.kind, "region_code"), Width: 140, Flex: 2, Sortable: true, Text: func(r Row) string { return r.Territory }},
		{Key: "owner", Title: label(s.kind, "owner_id"), Width: 76, Text: func(r Row) string { return r.Owner }},
		{Key: "last", Title: ui.T("partners.last_visit"), Width: 92, Text: func(r Row) string { return day(r.Cadence.Last) }},
		{Key: "cadence", Title: ui.T("partners.next_due"), Width: 136, Badge: true, Text: func(r Row) string { return cadenceText(r.Cadence) }, Tone: func(r Row) ui.Tone { return cadenceTone(r.Cadence) }},
	}
	return columns
}

// Refresh implements ui.Page.
func (v *listView) Refresh() {
	v.turn++
	turn, filter := v.turn, v.filter
	type answer struct {
		found      Found
		any        int
		views      []View
		tree       Territories
		industries []string
	}
	ui.Go(v.host.Context(), func(ctx context.Context) (a answer, err error) {
		if a.found, err = v.model.Find(ctx, filter); err != nil {
			return a, err
		}
		a.any = a.found.Total
		if a.any == 0 && !filter.empty() {
			if a.any, err = v.model.Book.Count(ctx, sales.Query{Kind: v.model.side.kind}); err != nil {
				return a, err
			}
		}
		if a.views, err = v.model.Views(ctx); err != nil {
			return a, err
		}
		if a.tree, err = v.model.Territories(ctx); err != nil {
			return a, err
		}
		a.industries, err = v.model.Industries(ctx)
		return a, err
	}, func(a answer, err error) {
		switch {
		case turn != v.turn:
			return
		case err != nil:
			v.host.ShowError(err)
			return
		}
		v.query, v.filled = a.found.Query, a.any > 0
		v.table.SetEmpty(v.empty())
		v.table.SetRows(ui.NewPagedRows(v.host.Context(), a.found.Total, a.found.Page, v.host.ShowError))
		v.bar.loaded(a.found.Total, a.views, a.tree, a.industries)
	})
}

// empty says what to do about a list without rows.
func (v *listView) empty() fyne.CanvasObject {
	s := v.model.side
	if v.filled {
		return ui.NewEmpty(ui.IconFilter, ui.T("partners.empty.filter"), ui.T("partners.empty.filter_hint"), ui.T("partners.clear_filters"), func() { v.apply(Filter{}) })
	}
	if !v.model.mayWrite(s.kind) {
		return ui.NewEmpty(s.icon(), s.text("empty"), ui.T("partners.empty.wait"), "", nil)
	}
	return ui.NewEmpty(s.icon(), s.text("empty"), s.text("empty_hint"), s.text("new"), v.create)
}

// apply shows the companies of a filter; its words and switches follow.
func (v *listView) apply(f Filter) {
	v.show(f)
	v.Refresh()
}

// show makes the filter's widgets say what the filter says.
func (v *listView) show(f Filter) {
	v.filter = f
	v.table.SetSort(f.Sort, f.Desc)
	if f.Sort == "" {
		v.table.SetSort("name", false)
	}
	v.bar.show(f)
}

// SaveState implements ui.Stateful.
func (v *listView) SaveState() map[string]string {
	return map[string]string{"filter": v.filter.Encode(), "scroll": strconv.FormatFloat(float64(v.table.ScrollOffset()), 'f', 0, 32)}
}

// RestoreState implements ui.Stateful.
func (v *listView) RestoreState(state map[string]string) {
	v.show(DecodeFilter(state["filter"]))
	if offset, err := strconv.ParseFloat(state["scroll"], 32); err == nil {
		v.table.SetScrollOffset(float32(offset))
	}
}

// Shortcuts implements ui.Shortcuts.
func (v *listView) Shortcuts() []ui.Shortcut {
	shortcuts := []ui.Shortcut{{Key: fyne.KeyF, Ctrl: true, LabelKey: "partners.search", Run: func() { v.host.Canvas().Focus(v.bar.search) }}}
	if v.model.mayWrite(v.model.side.kind) {
		shortcuts = append(shortcuts, ui.Shortcut{Key: fyne.KeyN, Ctrl: true, LabelKey: v.model.side.list + ".new", Run: v.create})
	}
	return shortcuts
}
