package feedback

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/rounds-field/rounds/app/ui"
)

// capturePage captures feedback in two steps: what was heard, then, for those who want, what it is about. Ctrl+Enter saves at
// either.
type capturePage struct {
	host    ui.Host
	model   *Model
	origin  Origin
	start   Draft
	form    *captureForm
	draft   *ui.Draft
	step    int
	saving  bool
	content *fyne.Container
}

func newCapture(host ui.Host, model *Model, origin Origin) *capturePage {
	return &capturePage{host: host, model: model, origin: origin, step: 1, content: container.NewStack(ui.Loading())}
}

// Title implements ui.Page.
func (p *capturePage) Title() string { return ui.T("feedback.new") }

// Content implements ui.Page.
func (p *capturePage) Content() fyne.CanvasObject { return p.content }

// Shortcuts implements ui.Shortcuts.
func (p *capturePage) Shortcuts() []ui.Shortcut {
	return []ui.Shortcut{{Key: fyne.KeyReturn, Ctrl: true, LabelKey: "feedback.save", Run: p.save}}
}

// Close implements ui.Closer: what was typed is kept.
func (p *capturePage) Close() {
	if p.form != nil && p.form.changed {
		p.draft.Flush()
	}
}

// Refresh implements ui.Page. What is being typed stays, whatever else changes.
func (p *capturePage) Refresh() {
	if p.form != nil {
		return
	}
	ui.Go(p.host.Context(), func(ctx context.Context) (Draft, error) { return p.model.New(ctx, p.origin) }, func(d Draft, err error) {
		switch {
		case err != nil:
			put(p.content, ui.PadXY(16, 12, ui.VStack(ui.NewErrorBanner(err, p.Refresh))))
		case p.form == nil:
			p.start = d
			p.form = newCaptureForm(p.model, d)
			p.draft = ui.NewDraft(p.host.State(), "feedback/new"+p.origin.key(), p.form.texts, p.form.restore)
			p.draft.Restore()
			p.form.onChange = p.draft.Touch
			p.build()
		}
	})
}

func (p *capturePage) build() {
	f := p.form
	row := []fyne.CanvasObject{ui.Button(ui.T("feedback.cancel"), p.cancel), ui.Spacer()}
	parts := []fyne.CanvasObject{}
	focus := fyne.Focusable(f.body)
	if p.step == 1 {
		parts = append(parts, f.first)
		row = append(row, ui.WithIcon(ui.Button(ui.T("feedback.next"), p.advance), ui.IconForward))
	} else {
		heard := ui.HGap(8, ui.NewBadge(optionText("kind", f.kind()), ui.ToneAccent), ui.Grow(ui.Muted(oneLine(f.body.Text)).Elastic()))
		parts = append(parts, heard, f.later)
		row = append(row, ui.WithIcon(ui.Button(ui.T("feedback.back"), func() { p.goTo(1) }), ui.IconBack))
		focus = f.company
	}
	row = append(row, ui.PrimaryButton(ui.T("feedback.save"), p.save))
	form := ui.Panel(ui.VGap(14, append(parts, ui.HStack(row...))...))
	subtitle := ui.T("feedback.step", "Step", p.step, "Hint", ui.T("feedback.step.hint"))
	put(p.content, ui.PageFrame(ui.T("feedback.new"), subtitle, nil, p.about(), ui.Scroll(ui.VStack(ui.MaxWidth(900, form)))))
	if canvas := p.host.Canvas(); canvas != nil {
		canvas.Focus(focus)
	}
}

// about says about whom the feedback is when that is known from where it was begun.
func (p *capturePage) about() fyne.CanvasObject {
	if p.start.Company == "" {
		return nil
	}
	text := p.start.Company
	if p.start.VisitID != "" {
		subject := p.start.Visit
		if subject == "" {
			subject = ui.T("kind.visit")
		}
		text += " · " + subject
	}
	return ui.HGap(8, ui.Icon(ui.ToneIcon(ui.IconPartners, ui.ToneMuted)), ui.Grow(ui.Label(text).Elastic()))
}

func (p *capturePage) goTo(step int) {
	p.step = step
	p.build()
}

// advance goes on to the second step once the first one is complete.
func (p *capturePage) advance() {
	if p.complete() {
		p.goTo(2)
	}
}

// complete checks the first step, the only one that must be filled in.
func (p *capturePage) complete() bool {
	problems := map[string]string{}
	if p.form.kind() == "" {
		problems["kind"] = ui.T("feedback.kind.missing")
	}
	if strings.TrimSpace(p.form.body.Text) == "" {
		problems["body"] = ui.T("feedback.body.missing")
	}
	if len(problems) > 0 && p.step != 1 {
		p.goTo(1)
	}
	p.form.first.SetErrors(problems)
	p.content.Refresh() // what is said below the fields needs its place
	return len(problems) == 0
}

func (p *capturePage) cancel() {
	leave := func() {
		p.form.changed = false
		p.draft.Clear()
		p.host.Back()
	}
	switch {
	case p.form == nil:
		p.host.Back()
	case strings.TrimSpace(p.form.body.Text) == "":
		leave()
	default:
		ui.Confirm(p.host.Canvas(), ui.ConfirmOptions{
			Title: ui.T("feedback.discard"), Text: ui.T("feedback.discard.text"), Yes: ui.T("feedback.discard.yes"), Danger: true,
		}, leave)
	}
}

func (p *capturePage) save() {
	if p.form == nil || p.saving || !p.complete() {
		return
	}
	p.saving = true
	next := p.form.read(p.start.Feedback)
	ui.Go(ui.Lasting(p.host), func(ctx context.Context) (string, error) { return p.model.Save(ctx, next) }, func(id string, err error) {
		p.saving = false
		if err != nil {
			if rest := p.form.first.SetErrors(ui.FieldErrors(err)); len(rest) > 0 {
				p.host.ShowError(err)
			}
			return
		}
		p.form.changed = false
		p.draft.Clear()
		p.host.Changed(kind)
		if !ui.Left(p.host) {
			p.host.Back()
		}
		p.host.ToastAction(ui.T("feedback.saved"), ui.T("feedback.open"), func() { p.host.Open("feedback/" + id) })
	})
}
