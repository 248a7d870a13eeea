package partners

import (
	"context"
	"encoding/json"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// formView is the page on which one record is created or edited.
type formView struct {
	host   ui.Host
	model  *formModel
	places *listModel // for the region tree
	title  string
	form   *ui.Form
	inputs map[string]input
	draft  *ui.Draft
	seed   sales.Values // what the route fills in
	sure   bool         // the user knows that another record has this name
	quiet  bool         // the inputs are being set, not used
	saved  func(id string)

	about   *fyne.Container // of a person: the company
	banner  *fyne.Container
	body    *fyne.Container // banner over form
	content fyne.CanvasObject
}

// newCompanyForm is the form of a partner or key account.
func newCompanyForm(h ui.Host, r ui.Route, d Deps, s side) ui.Page {
	id, title, saved := r.ID, s.text("edit"), func(string) { h.Back() }
	if id == "new" {
		id, title = "", s.text("new")
		saved = func(id string) {
			h.Back()
			h.Open(s.route(id))
		}
	}
	v := &formView{host: h, model: companyForm(d, s, id), places: newListModel(d, s), title: title, saved: saved}
	if name := r.Get("name"); name != "" {
		v.seed = sales.Values{"name": name}
	}
	v.build(s.sections)
	return v
}

// newContactView is the form of a person at a company.
func newContactView(h ui.Host, r ui.Route, d Deps) ui.Page {
	id, title, field, company := r.ID, ui.T("partners.contact.edit"), "", ""
	if id == "new" {
		id, title, field, company = "", ui.T("partners.contact.new"), partnerSide.ref, r.Get(partnerSide.param())
		if account := r.Get(accountSide.param()); account != "" {
			field, company = accountSide.ref, account
		}
	}
	v := &formView{host: h, model: contactForm(d, id, field, company), places: newListModel(d, partnerSide), title: title, saved: func(string) { h.Back() }}
	v.build([]section{
		{"person", []string{"name", "job_title", "mobile", "email", "we_chat", "primary"}},
		{"influence", []string{"decision_role", "attitude", "notes"}},
	})
	return v
}

func (v *formView) build(sections []section) {
	v.form = ui.NewForm().SetColumns(2)
	v.inputs = map[string]input{}
	kind := sales.MustKind(v.model.kind)
	for _, s := range sections {
		v.form.Section(ui.T("partners.section." + s.name))
		for _, name := range s.fields {
			f, ok := kind.Field(name)
			if !ok {
				continue
			}
			in := v.newInput(f)
			v.inputs[name] = in
			var marks []ui.FieldOption
			if f.Required {
				marks = append(marks, ui.Required)
			}
			if in.wide {
				marks = append(marks, ui.Wide)
			}
			v.form.Add(name, label(v.model.kind, name), in.object, marks...)
		}
	}
	v.form.SetHint("visit_every", ui.T("partners.visit_every_hint"))
	key := v.model.kind + "/" + firstOf(v.model.id, "new")
	for _, company := range v.model.seed {
		key += "/" + textOf(company)
	}
	v.draft = ui.NewDraft(v.host.State(), key, v.keep, v.bring)
	v.banner = container.NewStack()
	actions := []fyne.CanvasObject{ui.Button(ui.T("partners.cancel"), v.cancel), ui.WithIcon(ui.PrimaryButton(ui.T("partners.save"), v.save), ui.IconCheck)}
	if v.model.id != "" && v.model.kind == "contact" && v.model.mayWrite("contact") {
		actions = append([]fyne.CanvasObject{ui.WithIcon(ui.QuietButton(ui.T("partners.delete"), v.remove), ui.IconDelete)}, actions...)
	}
	body := ui.Scroll(ui.MaxWidth(980, ui.VStack(ui.Panel(v.form))))
	v.about = container.NewStack()
	v.body = ui.Border(ui.VGap(0, v.about, v.banner), nil, nil, nil, body)
	v.content = ui.PageFrame(v.title, "", actions, nil, v.body)
	v.load()
}

// Title implements ui.Page.
func (v *formView) Title() string { return v.title }

// Content implements ui.Page.
func (v *formView) Content() fyne.CanvasObject { return v.content }

// Refresh implements ui.Page. It leaves the input alone: what a colleague changes meanwhile is merged field by field when both are synced.
func (v *formView) Refresh() {}

// load fills the form with the record, and with what was typed before a crash.
func (v *formView) load() {
	ui.Go(v.host.Context(), v.model.Load, func(values sales.Values, err error) {
		if err != nil {
			v.host.ShowError(err)
			return
		}
		v.fill(sales.Apply(values, v.seed))
		v.showCompany(values)
		if v.draft.Restore() {
			v.banner.Objects = []fyne.CanvasObject{ui.PadBottom(8, ui.NewBanner(ui.ToneInfo, ui.T("partners.draft"), ui.T("partners.draft_drop"), func() {
				v.draft.Clear()
				v.banner.Objects = nil
				v.body.Refresh()
				v.fill(sales.Apply(values, v.seed))
			}))}
			v.body.Refresh()
		}
		v.focus("name")
	})
}

// showCompany says above the form of a person which company the person is at.
func (v *formView) showCompany(values sales.Values) {
	if v.model.kind != "contact" {
		return
	}
	for _, s := range []side{partnerSide, accountSide} {
		id := textOf(values[s.ref])
		if id == "" {
			continue
		}
		ui.Go(v.host.Context(), func(ctx context.Context) (map[string]string, error) {
			return v.model.Book.Titles(ctx, s.kind, []string{id})
		}, func(names map[string]string, err error) {
			if err == nil && names[id] != "" {
				v.about.Objects = []fyne.CanvasObject{ui.PadBottom(8, ui.HGap(6, ui.Icon(s.icon()), ui.NewLink(names[id], func() { v.host.Open(s.route(id)) })))}
				v.body.Refresh()
			}
		})
		return
	}
}

func (v *formView) fill(values sales.Values) {
	v.quiet = true
	defer func() { v.quiet = false }()
	for name, in := range v.inputs {
		in.set(values[name])
	}
}

// values reads the form.
func (v *formView) values() sales.Values {
	out := sales.Values{}
	for name, in := range v.inputs {
		out[name] = in.get()
	}
	return out
}

// keep and bring carry the input through a crash, each value in JSON.
func (v *formView) keep() map[string]string {
	out := map[string]string{}
	for name, value := range v.values() {
		if text, err := json.Marshal(value); err == nil {
			out[name] = string(text)
		}
	}
	return out
}

func (v *formView) bring(input map[string]string) {
	values := sales.Values{}
	kind := sales.MustKind(v.model.kind)
	for name, text := range input {
		f, ok := kind.Field(name)
		if !ok {
			continue
		}
		if value, ok := readJSON(f.Type, text); ok {
			values[name] = value
		}
	}
	v.fill(values)
}

// readJSON reads a value of a field's type.
func readJSON(t sales.Type, text string) (any, bool) {
	var err error
	var out any
	switch t {
	case sales.Int, sales.Money, sales.Time:
		var n *int64
		if err = json.Unmarshal([]byte(text), &n); n != nil {
			out = *n
		}
	case sales.Bool:
		var b bool
		err = json.Unmarshal([]byte(text), &b)
		out = b
	case sales.Set:
		var set []string
		err = json.Unmarshal([]byte(text), &set)
		out = set
	default:
		var s string
		err = json.Unmarshal([]byte(text), &s)
		out = s
	}
	return out, err == nil
}

func (v *formView) touched() {
	if !v.quiet {
		v.sure = false
		v.draft.Touch()
	}
}

// focus gives a field the keyboard, where it takes it.
func (v *formView) focus(name string) {
	if f, ok := v.inputs[name].object.(fyne.Focusable); ok {
		v.host.Canvas().Focus(f)
	}
}

// cancel leaves the form and forgets the draft.
func (v *formView) cancel() {
	v.draft.Clear()
	v.host.Back()
}

func (v *formView) remove() {
	name := v.model.prev.Title()
	ui.Confirm(v.host.Canvas(), ui.ConfirmOptions{
		Title: ui.T("partners.delete_title", "Name", name), Text: ui.T("partners.delete_text"), Yes: ui.T("partners.delete"), Danger: true,
	}, func() {
		ui.Do(v.host.Context(), v.model.Delete, func(err error) {
			if err != nil {
				v.host.ShowError(err)
				return
			}
			v.draft.Clear()
			v.host.Changed(v.model.kind)
			v.host.Toast(ui.T("partners.deleted", "Name", name))
			v.host.Back()
		})
	})
}

// TypedKey implements ui.KeyHandler: Escape leaves; the draft stays, so that nothing is lost by a slip.
func (v *formView) TypedKey(event *fyne.KeyEvent) bool {
	if event.Name != fyne.KeyEscape {
		return false
	}
	v.host.Back()
	return true
}

// Shortcuts implements ui.Shortcuts.
func (v *formView) Shortcuts() []ui.Shortcut {
	return []ui.Shortcut{{Key: fyne.KeyReturn, Ctrl: true, LabelKey: "partners.save", Run: v.save}}
}

// Close implements ui.Closer: what was typed in the last moment is kept too.
func (v *formView) Close() { v.draft.Flush() }
