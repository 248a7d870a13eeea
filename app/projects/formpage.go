package projects

import (
	"context"
	"maps"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/rounds-field/rounds/app/ui"
)

// formPage creates a project, or edits one.
type formPage struct {
	host               ui.Host
	model              *Model
	id                 string // "" for a new one
	account, partnerID string // what a new one is for
	start              Draft
	fields             *fields
	draft              *ui.Draft
	content            *fyne.Container
	saving             bool
}

func newForm(host ui.Host, model *Model, id, accountID, partnerID string) *formPage {
	return &formPage{host: host, model: model, id: id, account: accountID, partnerID: partnerID, content: container.NewStack(ui.Loading())}
}

// Title implements ui.Page.
func (p *formPage) Title() string {
	if p.id == "" {
		return ui.T("projects.new")
	}
	return ui.T("projects.form.edit")
}

// Content implements ui.Page.
func (p *formPage) Content() fyne.CanvasObject { return p.content }

// Shortcuts implements ui.Shortcuts.
func (p *formPage) Shortcuts() []ui.Shortcut {
	return []ui.Shortcut{{Key: fyne.KeyReturn, Ctrl: true, LabelKey: "projects.save", Run: p.save}}
}

// Close implements ui.Closer: what was typed is kept.
func (p *formPage) Close() {
	if p.fields != nil && p.fields.changed {
		p.draft.Flush()
	}
}

// Refresh implements ui.Page. What is being typed stays, whatever else changes.
func (p *formPage) Refresh() {
	if p.fields != nil {
		return
	}
	ui.Go(p.host.Context(), func(ctx context.Context) (Draft, error) {
		if p.id != "" {
			return p.model.Edit(ctx, p.id)
		}
		return p.model.New(ctx, p.account, p.partnerID)
	}, func(d Draft, err error) {
		switch {
		case err != nil:
			p.put(ui.PadXY(16, 12, ui.VStack(ui.NewErrorBanner(err, p.Refresh))))
		case p.fields == nil:
			p.start = d
			p.build()
		}
	})
}

func (p *formPage) put(object fyne.CanvasObject) {
	p.content.Objects = []fyne.CanvasObject{object}
	p.content.Refresh()
}

func (p *formPage) build() {
	p.fields = newFields(p.model, p.start)
	key := "project/new/" + p.account + p.partnerID
	if p.id != "" {
		key = "project/" + p.id
	}
	p.draft = ui.NewDraft(p.host.State(), key, p.fields.texts, p.fields.restore)
	subtitle := ui.T("projects.form.hint")
	if p.id != "" {
		subtitle = ui.T("projects.form.edit.hint")
	}
	if p.draft.Restore() {
		subtitle = ui.T("projects.form.restored")
	}
	p.fields.onChange = p.draft.Touch
	actions := []fyne.CanvasObject{ui.Button(ui.T("projects.cancel"), p.cancel), ui.PrimaryButton(ui.T("projects.save"), p.save)}
	p.put(ui.PageFrame(p.Title(), subtitle, actions, nil, ui.ScrollBeside(ui.VStack(ui.Panel(p.fields.form)))))
	if canvas := p.host.Canvas(); canvas != nil {
		canvas.Focus(p.fields.name)
	}
}

func (p *formPage) cancel() {
	if p.fields == nil {
		p.host.Back()
		return
	}
	leave := func() {
		p.fields.changed = false
		p.draft.Clear()
		p.host.Back()
	}
	if !p.fields.changed || maps.Equal(p.fields.texts(), newFields(p.model, p.start).texts()) {
		leave()
		return
	}
	ui.Confirm(p.host.Canvas(), ui.ConfirmOptions{
		Title: ui.T("projects.form.discard"), Text: ui.T("projects.form.discard.text"), Yes: ui.T("projects.form.discard.yes"), Danger: true,
	}, leave)
}

func (p *formPage) save() {
	if p.fields == nil || p.saving {
		return
	}
	next, problems := p.fields.read(p.start.Project)
	if len(problems) > 0 {
		p.fields.form.SetErrors(problems)
		p.content.Refresh() // what is said below the fields needs its place
		return
	}
	p.saving = true
	ui.Go(ui.Lasting(p.host), func(ctx context.Context) (string, error) { return p.model.Save(ctx, next) }, func(id string, err error) {
		p.saving = false
		if err != nil {
			if rest := p.fields.form.SetErrors(ui.FieldErrors(err)); len(rest) > 0 {
				p.host.ShowError(err)
			}
			return
		}
		p.fields.changed = false
		p.draft.Clear()
		p.host.Changed(kind)
		if !ui.Left(p.host) {
			p.host.Back()
		}
		if p.id == "" {
			p.host.ToastAction(ui.T("projects.created", "Name", next.Name), ui.T("projects.open"), func() { p.host.Open("project/" + id) })
			return
		}
		p.host.Toast(ui.T("projects.saved"))
	})
}
