package tasks

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// Routes that this package shows.
const (
	RouteTasks = "tasks" // the list; query view=<one of Views>
	RouteTask  = "task"  // task/<id>; task/new?partner=<id>|account=<id>|visit=<id>|opportunity=<id>|project=<id>|feedback=<id>&due=YYYY-MM-DD
)

// NewPage gives the factory of the pages of tasks: tasks, task/<id>, task/new.
func NewPage(d Deps) func(ui.Host, ui.Route) ui.Page {
	return func(h ui.Host, r ui.Route) ui.Page {
		m := NewModel(d)
		if r.Name == RouteTask && r.ID != "" {
			return newTaskPage(h, r, m)
		}
		return newListPage(h, r, m)
	}
}

// refreshOn loads a page anew when tasks, or companies whose names they show, were written here or by sync.
func refreshOn(h ui.Host, refresh func()) {
	h.OnChanged(func(kinds []string) {
		for _, kind := range kinds {
			if kind == "task" || kind == "partner" || kind == "account" {
				refresh()
				return
			}
		}
	})
}

// taskPage is the page of one task.
type taskPage struct {
	host   ui.Host
	editor *editor
	frame  *fyne.Container
}

func newTaskPage(h ui.Host, r ui.Route, m *Model) *taskPage {
	p := &taskPage{host: h, editor: newEditor(h, m)}
	p.editor.onGone = h.Back
	if r.ID == newID {
		p.editor.begin(taskFor(r, m))
	} else {
		p.editor.open(r.ID)
	}
	refreshOn(h, p.Refresh)
	return p
}

// taskFor is the task that a route asks to be made; it is due today unless the route says otherwise.
func taskFor(r ui.Route, m *Model) sales.Task {
	due := sales.Date(r.Get("due"))
	if due == "" {
		due = m.today()
	}
	return sales.Task{
		PartnerID: r.Get("partner"), AccountID: r.Get("account"), VisitID: r.Get("visit"), OpportunityID: r.Get("opportunity"),
		ProjectID: r.Get("project"), FeedbackID: r.Get("feedback"), DueOn: due, Priority: "normal", Title: r.Get("title"),
	}
}

// Title implements ui.Page.
func (p *taskPage) Title() string {
	if p.editor.id == newID {
		return ui.T("tasks.new")
	}
	return ui.T("kind.task")
}

// Content implements ui.Page.
func (p *taskPage) Content() fyne.CanvasObject {
	p.frame = container.NewStack(ui.PageFrame(p.Title(), "", nil, nil, ui.MaxWidth(760, p.editor.object())))
	return p.frame
}

// Refresh implements ui.Page.
func (p *taskPage) Refresh() {
	p.editor.refresh()
	if p.editor.id == newID {
		p.host.Canvas().Focus(p.editor.title)
	}
}

// TypedKey implements ui.KeyHandler: Escape goes back and keeps what was typed as a draft.
func (p *taskPage) TypedKey(event *fyne.KeyEvent) bool {
	if event.Name != fyne.KeyEscape {
		return false
	}
	p.host.Back()
	return true
}

// Close implements ui.Closer: what was typed in the last moment is kept too.
func (p *taskPage) Close() { p.editor.keep() }

// Shortcuts implements ui.Shortcuts.
func (p *taskPage) Shortcuts() []ui.Shortcut { return p.editor.shortcuts() }
