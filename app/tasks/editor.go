package tasks

import (
	"context"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// editor shows and changes one task. What is typed is kept as a draft until it is saved.
type editor struct {
	host   ui.Host
	model  *Model
	onGone func() // called when the task was deleted; nil shows the empty editor
	id     string
	detail Detail
	dirty  bool
	fill   bool

	title    *ui.Entry
	due      *ui.DateEntry
	remind   *ui.DateTimeEntry
	priority *ui.Chips
	company  *ui.Picker
	notes    *ui.Entry
	form     *ui.Form
	draft    *ui.Draft
	save     *fyne.Container
	root     *fyne.Container
}

func newEditor(h ui.Host, m *Model) *editor {
	e := &editor{host: h, model: m, root: container.NewStack()}
	touch := func() {
		if e.fill || e.id == "" {
			return
		}
		e.dirty = true
		if e.id != newID {
			e.save.Show()
		}
		e.draft.Touch()
	}
	e.title, e.notes = ui.NewEntry(), ui.NewMultiline(4)
	e.due, e.remind = ui.NewDateEntry(), ui.NewDateTimeEntry()
	e.title.OnChanged = func(string) { touch() }
	e.notes.OnChanged = func(string) { touch() }
	e.due.OnChanged = func(string) { touch() }
	e.remind.OnChanged = func(time.Time) { touch() }
	e.priority = ui.NewChips(false, func([]string) { touch() }, priorities()...)
	e.company = companyPicker(m)
	e.company.OnChanged = func(ui.PickItem) { touch() }
	e.form = ui.NewForm()
	e.form.Add("title", ui.T("field.task.title"), e.title, ui.Required)
	e.form.Add("due_on", ui.T("field.task.due_on"), ui.HStack(ui.Fixed(190, 0, e.due)))
	e.form.Add("remind_at", ui.T("field.task.remind_at"), ui.HStack(ui.Fixed(265, 0, e.remind)))
	e.form.Add("priority", ui.T("field.task.priority"), e.priority)
	e.form.Add("partner_id", ui.T("tasks.column.company"), e.company)
	e.form.Add("notes", ui.T("field.task.notes"), e.notes)
	e.save = ui.HStack(ui.Spacer(), ui.ColorText(ui.T("tasks.unsaved"), ui.ToneWarning), ui.WithIcon(ui.PrimaryButton(ui.T("tasks.save"), e.submit), ui.IconCheck))
	e.save.Hide()
	e.showNothing()
	return e
}

func priorities() []ui.Option {
	f, _ := sales.MustKind("task").Field("priority")
	options := make([]ui.Option, len(f.Options))
	for i, code := range f.Options {
		options[i] = ui.Option{Code: code, Label: ui.T("option.priority." + code)}
	}
	return options
}

func (e *editor) object() fyne.CanvasObject { return e.root }

func (e *editor) show(object fyne.CanvasObject) {
	e.root.Objects = []fyne.CanvasObject{object}
	e.root.Refresh()
}

func (e *editor) showNothing() {
	e.show(ui.Surface(ui.NewEmpty(ui.IconTasks, ui.T("tasks.choose"), ui.T("tasks.choose.hint"), "", nil)))
}

// open shows another task. What was typed into the one before stays in its draft.
func (e *editor) open(id string) {
	if id == e.id {
		return
	}
	e.keep()
	e.id, e.dirty = id, false
	e.draft = ui.NewDraft(e.host.State(), "task/"+id, e.input, e.restore)
	e.form.ClearErrors()
	e.load(true)
}

// keep writes what was typed in the last moment into the draft.
func (e *editor) keep() {
	if e.draft != nil {
		e.draft.Flush()
	}
}

// refresh loads the task anew, unless the rep is in the middle of changing it.
func (e *editor) refresh() {
	if e.id != "" && e.id != newID {
		e.load(false)
	}
}

func (e *editor) load(withDraft bool) {
	id := e.id
	ui.Go(e.host.Context(), func(ctx context.Context) (Detail, error) { return e.model.Load(ctx, id) }, func(d Detail, err error) {
		switch {
		case id != e.id:
		case sales.HasCode(err, sales.CodeNotFound):
			e.gone()
		case err != nil:
			e.show(ui.VStack(ui.NewErrorBanner(err, e.refresh)))
		default:
			e.take(d, withDraft)
		}
	})
}

func (e *editor) take(d Detail, withDraft bool) {
	e.detail.Links, e.detail.Status = d.Links, d.Status
	if !e.dirty {
		e.detail = d
		e.setInput(d)
		e.save.Hide()
		if withDraft && e.draft.Restore() {
			e.dirty = true
			e.save.Show()
		}
	}
	e.show(e.card())
}

func (e *editor) setInput(d Detail) {
	e.fill = true
	defer func() { e.fill = false }()
	e.title.SetText(d.Title)
	e.notes.SetText(d.Notes)
	e.due.SetDay(string(d.DueOn))
	e.remind.SetTime(d.RemindAt.Time())
	e.priority.Set(d.Priority)
	e.company.Set(companyKey(d.Task), d.Company)
}

// card is the task's form with what can be done about it.
func (e *editor) card() fyne.CanvasObject {
	if e.id == newID {
		return e.newCard()
	}
	t := e.detail.Task
	main := ui.WithIcon(ui.PrimaryButton(ui.T("tasks.finish"), func() { toggle(e.host, e.model, t) }), ui.IconCheck)
	if !t.Open() {
		main = ui.WithIcon(ui.Button(ui.T("tasks.reopen"), func() { toggle(e.host, e.model, t) }), ui.IconUndo)
	}
	more := ui.Button("", nil)
	more.SetIcon(ui.IconMore)
	more.OnTapped = func() { e.menu(more) }
	status := ui.NewBadge(ui.T("option.status."+t.Status), statusTone(e.detail.Row))
	parts := []fyne.CanvasObject{ui.HStack(status, ui.Spacer(), main, more)}
	if t.Open() {
		parts = append(parts, e.postponing())
	}
	parts = append(parts, e.form, e.save)
	if len(e.detail.Links) > 0 {
		parts = append(parts, ui.SectionHeader(ui.T("tasks.about")), e.links())
	}
	return ui.Surface(ui.Scroll(ui.Pad(ui.VGap(12, parts...))))
}

func statusTone(r Row) ui.Tone {
	switch {
	case r.Status == sales.TaskDone:
		return ui.ToneSuccess
	case r.Late > 0:
		return ui.ToneDanger
	case r.Open():
		return ui.ToneInfo
	}
	return ui.ToneMuted
}

// postponing moves the due day with one click.
func (e *editor) postponing() fyne.CanvasObject {
	parts := []fyne.CanvasObject{ui.MinSize(0, 33, ui.Muted(ui.T("tasks.postpone")))}
	for _, choice := range []struct {
		key  string
		days int
	}{{"today", 0}, {"tomorrow", 1}, {"week", 7}} {
		day := e.model.Due(choice.days)
		parts = append(parts, ui.Button(ui.T("tasks.due."+choice.key), func() { e.postpone(day) }))
	}
	return ui.Flow(parts...)
}

func (e *editor) postpone(to sales.Date) {
	ui.Do(e.host.Context(), func(ctx context.Context) error { return e.model.Postpone(ctx, e.id, to) }, func(err error) {
		if err != nil {
			e.host.ShowError(err)
			return
		}
		e.host.Toast(ui.T("tasks.postponed", "When", ui.FormatDay(string(to))))
		e.host.Changed("task")
	})
}

// links lead to what the task is about.
func (e *editor) links() fyne.CanvasObject {
	items := make([]ui.FeedItem, len(e.detail.Links))
	for i, l := range e.detail.Links {
		title := l.Title
		if title == "" {
			title = ui.T("kind." + l.Kind)
		}
		items[i] = ui.FeedItem{Icon: linkIcon(l.Kind), Tone: ui.ToneAccent, Title: title, Meta: ui.T("kind." + l.Kind), OnTap: func() { e.host.Open(l.Route()) }}
	}
	return ui.NewFeed(items)
}

func linkIcon(kind string) fyne.Resource {
	switch kind {
	case "partner":
		return ui.IconPartners
	case "account":
		return ui.IconAccounts
	case "visit":
		return ui.IconVisits
	case "opportunity":
		return ui.IconOpportunities
	case "project":
		return ui.IconProjects
	}
	return ui.IconFeedback
}

// next is the task as it was typed.
func (e *editor) next() sales.Task {
	t := e.detail.Task
	t.Title, t.Notes, t.DueOn, t.RemindAt = e.title.Text, e.notes.Text, sales.Date(e.due.Day()), sales.InstantOf(e.remind.Time())
	t.Priority = ""
	if codes := e.priority.Selected(); len(codes) > 0 {
		t.Priority = codes[0]
	}
	t.PartnerID, t.AccountID = "", ""
	if kind, id, _ := strings.Cut(e.company.ID(), ":"); kind == "account" {
		t.AccountID = id
	} else {
		t.PartnerID = id
	}
	return t
}

func (e *editor) submit() {
	if !e.dirty && e.id != newID {
		return
	}
	e.form.ClearErrors()
	if e.due.Valid() != nil || !e.remind.Valid() {
		e.form.SetError("due_on", ui.T("tasks.due.invalid"))
		return
	}
	before, next := e.detail.Task, e.next()
	if e.id == newID {
		e.add(next)
		return
	}
	ui.Do(e.host.Context(), func(ctx context.Context) error { return e.model.Update(ctx, before, next) }, func(err error) {
		if err != nil {
			e.refused(err)
			return
		}
		e.dirty = false
		e.draft.Clear()
		e.host.Toast(ui.T("tasks.saved"))
		e.host.Changed("task")
	})
}

// refused says at each field what is wrong with it.
func (e *editor) refused(err error) {
	if rest := e.form.SetErrors(ui.FieldErrors(err)); len(rest) > 0 {
		e.host.ShowError(err)
	}
}

func (e *editor) shortcuts() []ui.Shortcut {
	return []ui.Shortcut{{Key: fyne.KeyReturn, Ctrl: true, LabelKey: "tasks.save", Run: e.submit}}
}
