package visits

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"github.com/rounds-field/rounds/app/ui"
)

// logPage is the quick log, and the planner. A company and a type suffice; saving a log asks once for the next follow-up.
type logPage struct {
	host    ui.Host
	model   *Model
	visitID string // the planned visit that is logged; "" for a new one
	plan    bool

	company *ui.Picker
	types   *ui.Chips
	modes   *ui.Chips
	at      *ui.DateTimeEntry
	minutes *ui.NumberEntry
	subject *ui.Entry
	notes   *ui.Entry
	outcome *ui.Chips
	form    *ui.Form
	banner  *fyne.Container
	save    *fyne.Container
	context *fyne.Container
	column  *fyne.Container // holds the form; laid out anew when that grows
	draft   *ui.Draft
	hint    *widget.Label
	choices []TypeChoice
	saving  bool
	filling bool // the program writes into the fields, not the user
	loaded  bool
}

func newLogPage(h ui.Host, r ui.Route, m *Model) *logPage {
	p := &logPage{host: h, model: m, visitID: r.Get("visit"), plan: r.Get("plan") != ""}
	key := CompanyKey(r.Get("partner"), r.Get("account"))
	p.draft = ui.NewDraft(h.State(), "visit/new"+r.Get("plan")+p.visitID+key+r.Get("at"), p.input, p.restore)
	p.build()
	p.fill(func() { p.at.SetTime(parseStamp(r.Get("at"))) })
	if key != "" {
		p.nameCompany(key)
	}
	if p.visitID == "" { // the draft of a planned visit is laid over it once it is loaded
		p.draft.Restore()
	}
	h.OnChanged(func([]string) {}) // what others write does not disturb a form
	return p
}

// fill writes into fields without making a draft of it.
func (p *logPage) fill(write func()) {
	before := p.filling
	p.filling = true
	write()
	p.filling = before
}

// Title implements ui.Page.
func (p *logPage) Title() string {
	if p.plan {
		return ui.T("visits.plan.title")
	}
	return ui.T("visits.log.title")
}

func (p *logPage) build() {
	touch := func() {
		if !p.filling {
			p.draft.Touch()
		}
	}
	p.company = companyPicker(p.model)
	p.company.OnChanged = func(ui.PickItem) {
		p.form.SetError("partner_id", "")
		touch()
		p.loadContext()
	}
	p.types = ui.NewChips(false, func(codes []string) {
		touch()
		p.setLength(only(codes))
	}, typeOptions([]TypeChoice{{Label: routine}})...)
	p.types.Set(routine.Code)
	p.modes = ui.NewChips(false, func(codes []string) {
		p.plan = only(codes) == "plan"
		p.arrange()
		touch()
	}, ui.Option{Code: "log", Label: ui.T("visits.mode.log")}, ui.Option{Code: "plan", Label: ui.T("visits.mode.plan")})
	p.at = ui.NewDateTimeEntry()
	p.at.OnChanged = func(time.Time) { touch() }
	p.minutes = ui.NewNumberEntry()
	p.subject, p.notes = ui.NewEntry(), ui.NewMultiline(6)
	for _, e := range []*ui.Entry{p.subject, p.notes, &p.minutes.Entry} {
		e.OnChanged = func(string) { touch() }
	}
	p.outcome = ui.NewChips(false, func([]string) { touch() }, fieldOptions("visit", "outcome")...)
	p.form = ui.NewForm()
	p.form.Add("partner_id", ui.T("visits.company"), p.company, ui.Required)
	p.form.Add("visit_type", ui.T("field.visit.visit_type"), p.types, ui.Required)
	p.form.Add("planned_at", ui.T("visits.when"), ui.HStack(ui.Fixed(270, 0, p.at)))
	p.form.Add("minutes", ui.T("visits.minutes"), ui.HStack(ui.Fixed(90, 0, p.minutes)))
	p.form.Add("subject", ui.T("field.visit.subject"), p.subject)
	p.form.Add("outcome", ui.T("field.visit.outcome"), p.outcome)
	p.form.Add("notes", ui.T("field.visit.notes"), p.notes)
	p.banner, p.save, p.context = container.NewStack(), container.NewStack(), container.NewStack()
}

// Content implements ui.Page.
func (p *logPage) Content() fyne.CanvasObject {
	hint := ui.MutedParagraph(ui.T("visits.log.hint"))
	p.hint = hint
	form := ui.Panel(ui.VGap(12, p.modes, p.banner, p.form, ui.HStack(ui.Spacer(), ui.Caption(ui.T("visits.log.keys")), p.save)))
	p.column = ui.VGap(8, form, hint)
	body := ui.Scroll(ui.Border(nil, nil, ui.Fixed(620, 0, p.column), nil, ui.PadXY(16, 0, p.context)))
	p.arrange()
	return ui.PageFrame(p.Title(), "", []fyne.CanvasObject{ui.Button(ui.T("ui.cancel"), p.leave)}, nil, body)
}

// arrange shows the fields of the mode.
func (p *logPage) arrange() {
	label, mode := ui.T("visits.log.save"), "log"
	hint, placeholder := ui.T("visits.log.hint"), ui.T("visits.notes.placeholder")
	if p.plan {
		label, mode = ui.T("visits.plan.save"), "plan"
		hint, placeholder = ui.T("visits.plan.hint"), ui.T("visits.plan.placeholder")
		if p.at.Time().IsZero() {
			next := ui.Now().Add(time.Hour).Truncate(time.Hour)
			p.fill(func() { p.at.SetTime(next) })
		}
	}
	p.modes.Set(mode)
	p.hint.SetText(hint)
	p.notes.SetPlaceHolder(placeholder)
	if p.visitID != "" {
		p.modes.Hide()
	}
	p.form.SetVisible("outcome", !p.plan)
	p.form.SetVisible("minutes", p.plan)
	if !p.plan {
		p.form.SetHint("planned_at", ui.T("visits.when.hint"))
	} else {
		p.form.SetHint("planned_at", "")
	}
	p.save.Objects = []fyne.CanvasObject{ui.WithIcon(ui.PrimaryButton(label, p.submit), ui.IconCheck)}
	p.save.Refresh()
}

// Refresh implements ui.Page. It fills the types once, and the visit that is logged.
func (p *logPage) Refresh() {
	if p.loaded {
		return
	}
	p.loaded = true
	ui.Go(p.host.Context(), p.model.Types, func(types []TypeChoice, err error) {
		if err != nil {
			p.host.ShowError(err)
			return
		}
		p.choices = types
		p.types.SetOptions(typeOptions(types)...)
		p.form.ClearErrors() // lays the form out anew: the types may take more lines
		p.column.Refresh()
		if only(p.types.Selected()) == "" {
			p.types.Set(routine.Code)
		}
		if p.minutes.Text == "" {
			p.setLength(only(p.types.Selected()))
		}
	})
	if p.visitID != "" {
		p.loadPlanned()
	}
	p.loadContext()
	if p.company.ID() == "" {
		p.host.Canvas().Focus(p.company)
	} else {
		p.host.Canvas().Focus(p.notes)
	}
}

// loadPlanned fills in the planned visit; a draft of it has precedence.
func (p *logPage) loadPlanned() {
	type loaded struct {
		entry Entry
		row   Row
	}
	ui.Go(p.host.Context(), func(ctx context.Context) (loaded, error) {
		e, row, err := p.model.Prefill(ctx, p.visitID)
		return loaded{e, row}, err
	}, func(l loaded, err error) {
		if err != nil {
			p.host.ShowError(err)
			return
		}
		p.company.Set(CompanyKey(l.entry.PartnerID, l.entry.AccountID), l.row.Company)
		p.types.Set(l.entry.Type)
		p.fill(func() {
			p.subject.SetText(l.entry.Subject)
			p.notes.SetText(l.entry.Notes)
		})
		p.outcome.Set(l.entry.Outcome)
		p.draft.Restore()
		p.banner.Objects = []fyne.CanvasObject{ui.NewBanner(ui.ToneInfo, ui.T("visits.log.planned", "When", whenText(l.row.Visit)), "", nil)}
		p.column.Refresh()
		p.loadContext()
	})
}

func (p *logPage) nameCompany(key string) {
	p.company.Set(key, "")
	ui.Go(p.host.Context(), func(ctx context.Context) (Company, error) { return p.model.CompanyNamed(ctx, key) }, func(c Company, err error) {
		if err == nil && p.company.ID() == key {
			p.company.Set(key, c.Name)
		}
	})
}

// setLength takes over the usual length of a type of visit.
func (p *logPage) setLength(code string) {
	for _, t := range p.choices {
		if t.Code == code && t.Minutes > 0 {
			p.fill(func() { p.minutes.SetValue(t.Minutes) })
		}
	}
}

// leave gives the input up, on purpose.
func (p *logPage) leave() {
	p.draft.Clear()
	p.host.Back()
}

// TypedKey implements ui.KeyHandler: Escape goes back and keeps the draft.
func (p *logPage) TypedKey(event *fyne.KeyEvent) bool { return backOnEscape(p.host, event) }

// Close implements ui.Closer: what was typed in the last moment is kept too.
func (p *logPage) Close() { p.draft.Flush() }

// Shortcuts implements ui.Shortcuts.
func (p *logPage) Shortcuts() []ui.Shortcut {
	return []ui.Shortcut{{Key: fyne.KeyReturn, Ctrl: true, LabelKey: "visits.save", Run: p.submit}}
}
