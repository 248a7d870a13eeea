package opportunities

import (
	"context"
	"maps"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/rounds-field/rounds/app/ui"
)

// formPage creates an opportunity, or edits one.
type formPage struct {
	host    ui.Host
	model   *Model
	id      string // "" for a new one
	origin  Origin
	start   Draft
	fields  *fields
	draft   *ui.Draft
	content *fyne.Container
	saving  bool
}

func newForm(host ui.Host, model *Model, id string, origin Origin) *formPage {
	return &formPage{host: host, model: model, id: id, origin: origin, content: container.NewStack(ui.Loading())}
}

// Title implements ui.Page.
func (p *formPage) Title() string {
	if p.id == "" {
		return ui.T("opportunities.new")
	}
	return ui.T("opportunities.form.edit")
}

// Content implements ui.Page.
func (p *formPage) Content() fyne.CanvasObject { return p.content }

// Shortcuts implements ui.Shortcuts.
func (p *formPage) Shortcuts() []ui.Shortcut {
	return []ui.Shortcut{{Key: fyne.KeyReturn, Ctrl: true, LabelKey: "opportunities.save", Run: p.save}}
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
		return p.model.New(ctx, p.origin)
	}, func(d Draft, err error) {
		switch {
		case err != nil:
			p.content.Objects = []fyne.CanvasObject{ui.PadXY(16, 12, ui.VStack(ui.NewErrorBanner(err, p.Refresh)))}
			p.content.Refresh()
		case p.fields == nil:
			p.start = d
			p.build()
		}
	})
}

func (p *formPage) build() {
	p.fields = newFields(p.model, p.start)
	key := "opportunity/new" + p.origin.key()
	if p.id != "" {
		key = "opportunity/" + p.id
	}
	p.draft = ui.NewDraft(p.host.State(), key, p.fields.texts, p.fields.restore)
	restored := p.draft.Restore()
	p.fields.onChange = p.draft.Touch
	subtitle := ui.T("opportunities.form.hint")
	if p.id != "" {
		subtitle = ui.T("opportunities.form.edit.hint")
	}
	if restored {
		subtitle = ui.T("opportunities.form.restored")
	}
	actions := []fyne.CanvasObject{ui.Button(ui.T("opportunities.cancel"), p.cancel), ui.PrimaryButton(ui.T("opportunities.save"), p.save)}
	body := ui.ScrollBeside(ui.VStack(ui.Panel(p.fields.form)))
	p.content.Objects = []fyne.CanvasObject{ui.PageFrame(p.Title(), subtitle, actions, nil, body)}
	p.content.Refresh()
	if canvas := p.host.Canvas(); canvas != nil {
		canvas.Focus(p.fields.name)
	}
}

func (p *formPage) cancel() {
	leave := func() {
		p.fields.changed = false
		p.draft.Clear()
		p.host.Back()
	}
	if p.fields == nil {
		p.host.Back()
		return
	}
	if !p.fields.changed || maps.Equal(p.fields.texts(), newFields(p.model, p.start).texts()) {
		leave()
		return
	}
	ui.Confirm(p.host.Canvas(), ui.ConfirmOptions{
		Title: ui.T("opportunities.form.discard"), Text: ui.T("opportunities.form.discard.text"),
		Yes: ui.T("opportunities.form.discard.yes"), Danger: true,
	}, leave)
}

func (p *formPage) save() {
	if p.fields == nil || p.saving {
		return
	}
	next, problems := p.fields.read(p.start.Opportunity)
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
		p.host.Changed(kind, "stage_change")
		if !ui.Left(p.host) {
			p.host.Back()
		}
		if p.id == "" {
			p.host.ToastAction(ui.T("opportunities.created", "Name", next.Name), ui.T("opportunities.open"), func() { p.host.Open("opportunity/" + id) })
			return
		}
		p.host.Toast(ui.T("opportunities.saved"))
	})
}
