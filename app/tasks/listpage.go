package tasks

import (
	"context"
	"strconv"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
)

// listPage is the list of tasks with quick entry above it, and the selected task beside it.
type listPage struct {
	host   ui.Host
	model  *Model
	filter Filter
	entry  *quickAdd
	views  *ui.Chips
	owners *ui.Chips
	words  *ui.Entry
	table  *ui.Table[Row]
	editor *editor
	offset float32
	loads  int // numbers the loads, so that a slow one does not overwrite a later one
}

func newListPage(h ui.Host, r ui.Route, m *Model) *listPage {
	p := &listPage{host: h, model: m, filter: Filter{View: ViewOpen, Mine: true}, editor: newEditor(h, m)}
	for _, view := range Views() {
		if r.Get("view") == view {
			p.filter.View = view
		}
	}
	p.entry = newQuickAdd(h, m)
	refreshOn(h, p.Refresh)
	return p
}

// Title implements ui.Page.
func (p *listPage) Title() string { return ui.T("tasks.title") }

// Content implements ui.Page.
func (p *listPage) Content() fyne.CanvasObject {
	p.views = ui.NewChips(false, func(codes []string) {
		p.filter.View = ViewOpen
		if len(codes) > 0 {
			p.filter.View = codes[0]
		}
		p.filter.Sort = ""
		p.Refresh()
	})
	p.owners = ui.NewChips(false, func(codes []string) {
		p.filter.Mine = len(codes) == 0 || codes[0] != "all"
		p.Refresh()
	}, ui.Option{Code: "mine", Label: ui.T("tasks.mine")}, ui.Option{Code: "all", Label: ui.T("tasks.everybody")})
	p.words = ui.NewSearchEntry(ui.T("tasks.search"), func(text string) {
		p.filter.Text = text
		p.Refresh()
	})
	p.words.Text = p.filter.Text
	p.table = p.newTable()
	p.count(nil)
	toolbar := ui.VGap(10, p.entry.object(), ui.HStack(ui.Grow(p.views), ui.Fixed(200, 0, p.words), p.owners))
	body := ui.NewMasterDetail(p.host.State(), "tasks", 0.58, ui.PadXY(0, 0, p.table), ui.PadXY(6, 0, p.editor.object()))
	return ui.PageFrame(ui.T("tasks.title"), "", nil, toolbar, body)
}

func (p *listPage) newTable() *ui.Table[Row] {
	t := ui.NewTable(p.host.State(), "tasks", []ui.Column[Row]{
		{Key: "due_on", Title: ui.T("field.task.due_on"), Width: 110, Sortable: true, Text: dueText, Tone: dueTone},
		{Key: "title", Title: ui.T("field.task.title"), Width: 180, Flex: 3, Bold: true, Sortable: true, Text: func(r Row) string { return r.Title }},
		{Key: "company", Title: ui.T("tasks.column.company"), Width: 110, Flex: 1, Text: func(r Row) string { return r.Company }},
		{Key: "priority", Title: ui.T("field.task.priority"), Width: 80, Badge: true, Sortable: true, Text: priorityText, Tone: priorityTone},
	})
	t.ID = func(r Row) string { return r.ID }
	t.OnSelect = func(r Row) { p.editor.open(r.ID) }
	t.OnOpen = func(r Row) { p.host.Open(RouteTask + "/" + r.ID) }
	t.OnSort = func(key string, desc bool) {
		p.filter.Sort, p.filter.Desc = key, desc
		p.Refresh()
	}
	t.SetEmpty(ui.NewEmpty(ui.IconTasks, ui.T("tasks.empty"), ui.T("tasks.empty.hint"), "", nil))
	return t
}

// count writes the number of tasks into the views.
func (p *listPage) count(counts map[string]int) {
	options := make([]ui.Option, 0, len(Views()))
	for _, view := range Views() {
		options = append(options, ui.Option{Code: view, Label: ui.T("tasks.view." + view), Count: counts[view]})
	}
	p.views.SetOptions(options...)
	p.views.Set(p.filter.View)
	p.owners.Set("all")
	if p.filter.Mine {
		p.owners.Set("mine")
	}
}

// Refresh implements ui.Page.
func (p *listPage) Refresh() {
	if p.table == nil {
		return
	}
	p.loads++
	load, filter := p.loads, p.filter
	ui.Go(p.host.Context(), func(ctx context.Context) (Found, error) { return p.model.Find(ctx, filter) }, func(found Found, err error) {
		switch {
		case load != p.loads:
		case err != nil:
			p.host.ShowError(err)
		default:
			p.show(found)
		}
	})
	p.editor.refresh()
}

func (p *listPage) show(found Found) {
	p.count(found.Counts)
	p.table.SetSort(p.filter.Sort, p.filter.Desc)
	p.table.SetRows(ui.NewPagedRows(p.host.Context(), found.Total, found.Page, p.host.ShowError))
	if p.offset > 0 {
		p.table.SetScrollOffset(p.offset)
		p.offset = 0
	}
}

// SaveState implements ui.Stateful.
func (p *listPage) SaveState() map[string]string {
	state := map[string]string{
		"view": p.filter.View, "text": p.filter.Text, "sort": p.filter.Sort,
		"desc": strconv.FormatBool(p.filter.Desc), "mine": strconv.FormatBool(p.filter.Mine), "task": p.editor.id,
	}
	if p.table != nil {
		state["offset"] = strconv.FormatFloat(float64(p.table.ScrollOffset()), 'f', 0, 32)
	}
	return state
}

// RestoreState implements ui.Stateful.
func (p *listPage) RestoreState(state map[string]string) {
	for _, view := range Views() {
		if state["view"] == view {
			p.filter.View = view
		}
	}
	p.filter.Text, p.filter.Sort, p.filter.Desc = state["text"], state["sort"], state["desc"] == "true"
	p.filter.Mine = state["mine"] != "false"
	if offset, err := strconv.ParseFloat(state["offset"], 32); err == nil {
		p.offset = float32(offset)
	}
	if p.words != nil {
		p.words.Text = p.filter.Text
		p.words.Refresh()
	}
	if state["task"] != "" {
		p.editor.open(state["task"])
	}
}

// Close implements ui.Closer: what was typed in the last moment is kept too.
func (p *listPage) Close() {
	p.editor.keep()
	p.entry.draft.Flush()
}

// Shortcuts implements ui.Shortcuts.
func (p *listPage) Shortcuts() []ui.Shortcut {
	return append(p.editor.shortcuts(), ui.Shortcut{Key: fyne.KeyT, Ctrl: true, LabelKey: "tasks.add", Run: func() { p.entry.focus() }})
}

// TypedKey implements ui.KeyHandler: Space finishes the selected task, or opens it again.
func (p *listPage) TypedKey(event *fyne.KeyEvent) bool {
	if event.Name != fyne.KeySpace {
		return false
	}
	if row, ok := p.table.Selected(); ok {
		toggle(p.host, p.model, row.Task)
		return true
	}
	return false
}
