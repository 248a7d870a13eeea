package tasks

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// quickAdd is the row above the list: a title and Enter make a task.
type quickAdd struct {
	host    ui.Host
	model   *Model
	title   *ui.Entry
	due     *ui.DateEntry
	company *ui.Picker
	draft   *ui.Draft
	root    fyne.CanvasObject
}

func newQuickAdd(h ui.Host, m *Model) *quickAdd {
	q := &quickAdd{host: h, model: m, title: ui.NewEntry(), due: ui.NewDateEntry(), company: companyPicker(m)}
	q.title.SetPlaceHolder(ui.T("tasks.add.hint"))
	q.due.SetDay(string(m.Due(0)))
	q.draft = ui.NewDraft(h.State(), "task/new", func() map[string]string {
		item := q.company.Item()
		return map[string]string{"title": q.title.Text, "due": q.due.Day(), "company": item.ID, "name": item.Title}
	}, func(input map[string]string) {
		q.title.SetText(input["title"])
		q.due.SetDay(input["due"])
		q.company.Set(input["company"], input["name"])
	})
	q.draft.Restore()
	q.title.OnChanged = func(string) { q.draft.Touch() }
	q.title.OnSubmitted = func(string) { q.submit() }
	add := ui.WithIcon(ui.PrimaryButton(ui.T("tasks.add"), q.submit), ui.IconAdd)
	q.root = ui.HStack(ui.Grow(q.title), ui.Fixed(200, 0, q.company), ui.Fixed(180, 0, q.due), add)
	return q
}

func (q *quickAdd) object() fyne.CanvasObject { return q.root }

func (q *quickAdd) focus() { q.host.Canvas().Focus(q.title) }

func (q *quickAdd) submit() {
	t := sales.Task{Title: q.title.Text, DueOn: sales.Date(q.due.Day())}
	if kind, id, _ := strings.Cut(q.company.ID(), ":"); kind == "account" {
		t.AccountID = id
	} else {
		t.PartnerID = id
	}
	if err := q.due.Valid(); err != nil {
		q.host.ShowError(&sales.Error{Code: sales.CodeInvalid, Kind: "task", Field: "due_on", Message: "not a day", Hint: "write it as YYYY-MM-DD"})
		return
	}
	if strings.TrimSpace(t.Title) == "" {
		q.focus()
		return
	}
	ui.Go(q.host.Context(), func(ctx context.Context) (string, error) { return q.model.Add(ctx, t) }, func(id string, err error) {
		if err != nil {
			q.host.ShowError(err)
			return
		}
		q.title.SetText("")
		q.company.Set("", "")
		q.draft.Clear()
		q.host.ToastAction(ui.T("tasks.added", "Title", t.Title), ui.T("tasks.open"), func() { q.host.Open(RouteTask + "/" + id) })
		q.host.Changed("task")
		q.focus()
	})
}
