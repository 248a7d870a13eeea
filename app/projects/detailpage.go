package projects

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// detailPage shows one project.
type detailPage struct {
	host    ui.Host
	model   *Model
	id      string
	title   string
	detail  Detail
	note    *ui.Entry
	draft   *ui.Draft
	step    *ui.Entry // the next step; what is being typed stays when the page is loaded anew
	save    *ui.PushButton
	scroll  *container.Scroll
	content *fyne.Container
	files   *ui.Attachments
}

func newDetailPage(host ui.Host, model *Model, id string) *detailPage {
	p := &detailPage{host: host, model: model, id: id, title: ui.T("kind.project"), content: container.NewStack(ui.Loading())}
	p.note = ui.NewMultiline(2)
	p.note.SetPlaceHolder(ui.T("projects.note.hint"))
	p.draft = ui.NewDraft(host.State(), "project/note/"+id,
		func() map[string]string { return map[string]string{"text": p.note.Text} },
		func(input map[string]string) { p.note.SetText(input["text"]) })
	p.draft.Restore()
	p.note.OnChanged = func(string) { p.draft.Touch() }
	p.newNextStep()
	ui.RefreshOn(host, p.Refresh, kind, "milestone", "project_note", "project_risk", "task", "partner", "account", "user")
	return p
}

// Title implements ui.Page.
func (p *detailPage) Title() string { return p.title }

// Content implements ui.Page.
func (p *detailPage) Content() fyne.CanvasObject { return p.content }

// Shortcuts implements ui.Shortcuts.
func (p *detailPage) Shortcuts() []ui.Shortcut {
	return []ui.Shortcut{
		{Key: fyne.KeyE, Ctrl: true, LabelKey: "projects.edit", Run: p.edit},
		{Key: fyne.KeyReturn, Ctrl: true, LabelKey: "projects.note.add", Run: p.addNote},
	}
}

// Close implements ui.Closer: a note that was begun is kept.
func (p *detailPage) Close() {
	if p.note.Text != "" {
		p.draft.Flush()
	}
}

// Refresh implements ui.Page.
func (p *detailPage) Refresh() {
	ui.Go(p.host.Context(), func(ctx context.Context) (Detail, error) { return p.model.Detail(ctx, p.id) }, func(d Detail, err error) {
		if err != nil {
			p.put(ui.PadXY(16, 12, ui.VStack(ui.NewErrorBanner(err, p.Refresh))))
			return
		}
		typing := p.detail.ID != "" && p.step.Text != p.detail.NextStep
		p.detail, p.title = d, d.Name
		if !typing {
			p.step.SetText(d.NextStep)
		}
		p.build()
	})
}

func (p *detailPage) put(object fyne.CanvasObject) {
	p.content.Objects = []fyne.CanvasObject{object}
	p.content.Refresh()
}

func (p *detailPage) build() {
	offset := fyne.Position{}
	if p.scroll != nil {
		offset = p.scroll.Offset
	}
	d := p.detail
	left := ui.VGap(12, p.milestonesCard(), p.risksCard(), p.tasksCard(), p.filesCard(), p.notesCard())
	right := ui.VGap(12, p.healthCard(), p.nextStepCard(), p.factsCard(), p.membersCard())
	p.scroll = ui.ScrollBeside(ui.VGap(12, p.phaseBar(), ui.Columns(12, 348, left, right)))
	subtitle := ui.T("kind.project")
	for _, part := range []string{d.Code, d.Company} {
		if part != "" {
			subtitle += " · " + part
		}
	}
	p.put(ui.PageFrame(d.Name, subtitle, p.actions(), nil, p.scroll))
	p.scroll.ScrollToOffset(offset)
}

func (p *detailPage) actions() []fyne.CanvasObject {
	d := p.detail
	var actions []fyne.CanvasObject
	if d.Pending {
		actions = append(actions, ui.NewBadge(ui.T("projects.pending"), ui.ToneInfo))
	}
	if d.Status != "active" {
		actions = append(actions, ui.NewBadge(optionText("status", d.Status), ui.ToneNeutral))
	}
	actions = append(actions, ui.WithIcon(ui.Button(ui.T("projects.edit"), p.edit), ui.IconEdit))
	var more fyne.CanvasObject
	more = ui.IconButton(ui.IconMore, ui.T("projects.more"), func() {
		items := []ui.MenuItem{
			{Label: ui.T("projects.task"), Icon: ui.IconTasks, Run: p.addTask},
			{Label: ui.T("projects.history"), Icon: ui.IconHistory, Run: func() { p.host.Open("history/" + p.id + "?kind=" + kind) }},
		}
		for _, status := range optionsOf(kind, "status") {
			if status.Code != d.Status {
				items = append(items, ui.MenuItem{Label: ui.T("projects.status.to", "Status", status.Label), Icon: ui.IconFlag, Run: func() {
					p.write(func(ctx context.Context) error { return p.model.SetStatus(ctx, p.id, status.Code) }, nil, kind)
				}})
			}
		}
		items = append(items, ui.MenuItem{Label: ui.T("projects.delete"), Danger: true, Run: p.delete})
		ui.ShowMenu(p.host.Canvas(), more, items...)
	})
	return append(actions, more)
}

// filesCard is the area of the project's photos and documents. They are the company's too.
func (p *detailPage) filesCard() fyne.CanvasObject {
	if p.files == nil {
		p.files = ui.NewAttachments(p.host, p.model.Attach, kind, p.id)
		p.files.Describe = func(a *sales.Attachment) { a.PartnerID, a.AccountID = p.detail.PartnerID, p.detail.AccountID }
		p.files.Refresh()
	}
	return ui.NewCard(ui.T("kind.attachment.plural"), p.files.Content())
}

func (p *detailPage) edit() { p.host.Open("project/" + p.id + "?edit=1") }

func (p *detailPage) delete() {
	ui.Confirm(p.host.Canvas(), ui.ConfirmOptions{
		Title: ui.T("projects.delete"), Text: ui.T("projects.delete.text", "Name", p.detail.Name), Yes: ui.T("projects.delete"), Danger: true,
	}, func() {
		p.write(func(ctx context.Context) error { return p.model.Delete(ctx, p.id) }, func() {
			p.host.Toast(ui.T("projects.deleted", "Name", p.detail.Name))
			p.host.Back()
		}, kind, "milestone", "project_note", "project_risk")
	})
}

// write does something off the UI thread and tells the window what changed. done may be nil.
func (p *detailPage) write(do func(context.Context) error, done func(), kinds ...string) {
	ui.Do(ui.Lasting(p.host), do, func(err error) {
		if err != nil {
			p.host.ShowError(err)
			return
		}
		if done != nil {
			done()
		}
		p.host.Changed(kinds...)
	})
}

// phaseBar shows all phases in order, the present one marked; a click moves there.
func (p *detailPage) phaseBar() fyne.CanvasObject {
	d := p.detail
	phases := sales.Phases()
	at := slices.Index(phases, d.Phase)
	buttons := make([]fyne.CanvasObject, len(phases))
	for i, phase := range phases {
		button := ui.Button(optionText("phase", phase), func() { p.setPhase(phase) })
		switch {
		case i < at:
			button.SetIcon(ui.IconCheck)
		case i == at:
			button.Importance = widget.HighImportance
		}
		buttons[i] = button
	}
	return ui.Panel(container.NewGridWithColumns(len(phases), buttons...))
}

func (p *detailPage) setPhase(phase string) {
	project := p.detail.Project
	if phase == project.Phase {
		return
	}
	p.write(func(ctx context.Context) error { return p.model.SetPhase(ctx, project, phase) }, func() {
		p.host.ToastAction(ui.T("projects.phase.moved", "Phase", optionText("phase", phase)), ui.T("projects.undo"), func() {
			moved := p.detail.Project
			p.write(func(ctx context.Context) error { return p.model.SetPhase(ctx, moved, project.Phase) }, nil, kind)
		})
	}, kind)
}
