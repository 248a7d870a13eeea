package visits

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// notesForm is what the rep writes down in a visit: subject, notes, whom they met, how it went.
type notesForm struct {
	host    ui.Host
	model   *Model
	visit   sales.Visit // as it was loaded
	subject *ui.Entry
	notes   *ui.Entry
	outcome *ui.Chips
	people  *ui.MultiSelect
	form    *ui.Form
	save    fyne.CanvasObject
	draft   *ui.Draft
	dirty   bool
	filling bool
	object  fyne.CanvasObject
}

func newNotesForm(h ui.Host, m *Model, id string) *notesForm {
	f := &notesForm{host: h, model: m, subject: ui.NewEntry(), notes: ui.NewMultiline(7)}
	f.notes.SetPlaceHolder(ui.T("visits.notes.placeholder"))
	f.subject.OnChanged = func(string) { f.touch() }
	f.notes.OnChanged = func(string) { f.touch() }
	f.outcome = ui.NewChips(false, func([]string) { f.touch() }, fieldOptions("visit", "outcome")...)
	f.people = ui.NewMultiSelect(nil, func([]string) { f.touch() })
	f.draft = ui.NewDraft(h.State(), "visit/"+id, f.input, f.restore)
	save := ui.WithIcon(ui.PrimaryButton(ui.T("visits.save"), f.submit), ui.IconCheck)
	f.save = ui.HStack(ui.ColorText(ui.T("visits.unsaved"), ui.ToneWarning), save)
	f.save.Hide()
	return f
}

func (f *notesForm) touch() {
	if f.filling {
		return
	}
	f.dirty = true
	f.save.Show()
	f.draft.Touch()
}

// show takes over a visit that was loaded, unless the rep is in the middle of writing.
func (f *notesForm) show(d Detail) {
	options := make([]ui.Option, len(d.Contacts))
	for i, c := range d.Contacts {
		options[i] = ui.Option{Code: c.ID, Label: c.Name}
		if c.JobTitle != "" {
			options[i].Label += " · " + c.JobTitle
		}
	}
	f.people.SetOptions(options...)
	if f.form == nil {
		f.build(len(options) > 0)
	}
	if f.dirty {
		return
	}
	f.visit = d.Visit
	f.fill(d.Subject, d.Notes, d.Outcome, d.ContactIDs)
}

func (f *notesForm) fill(subject, notes, outcome string, people []string) {
	f.filling = true
	defer func() { f.filling = false }()
	f.subject.SetText(subject)
	f.notes.SetText(notes)
	f.outcome.Set(outcome)
	f.people.SetCodes(people)
}

func (f *notesForm) build(people bool) {
	f.form = ui.NewForm()
	f.form.Add("subject", ui.T("field.visit.subject"), f.subject)
	f.form.Add("notes", ui.T("field.visit.notes"), f.notes)
	if people {
		f.form.Add("contact_ids", ui.T("visits.met"), f.people)
	}
	f.form.Add("outcome", ui.T("field.visit.outcome"), f.outcome)
	f.object = ui.NewCard(ui.T("visits.notes"), f.form, f.save)
}

func (f *notesForm) card() fyne.CanvasObject { return f.object }

// apply lays what was typed over a visit.
func (f *notesForm) apply(v sales.Visit) sales.Visit {
	v.Subject, v.Notes, v.Outcome = f.subject.Text, f.notes.Text, only(f.outcome.Selected())
	v.ContactIDs = sales.CleanSet(f.people.Codes())
	return v
}

// saved ends the draft.
func (f *notesForm) saved() {
	f.dirty = false
	f.save.Hide()
	f.draft.Clear()
}

func (f *notesForm) submit() {
	if f.form == nil || !f.dirty {
		return
	}
	f.form.ClearErrors()
	before, next := f.visit, f.apply(f.visit)
	ui.Go(f.host.Context(), func(ctx context.Context) (sales.Visit, error) { return f.model.Update(ctx, before, next) }, func(_ sales.Visit, err error) {
		if err != nil {
			if rest := f.form.SetErrors(ui.FieldErrors(err)); len(rest) > 0 {
				f.host.ShowError(err)
			}
			return
		}
		f.saved()
		f.host.Toast(ui.T("visits.saved"))
		f.host.Changed("visit")
	})
}

func (f *notesForm) input() map[string]string {
	input := map[string]string{"subject": f.subject.Text, "notes": f.notes.Text, "outcome": only(f.outcome.Selected())}
	for _, id := range f.people.Codes() {
		input["met:"+id] = "1"
	}
	return input
}

func (f *notesForm) restore(input map[string]string) {
	var people []string
	for key := range input {
		if id, ok := strings.CutPrefix(key, "met:"); ok {
			people = append(people, id)
		}
	}
	f.fill(input["subject"], input["notes"], input["outcome"], people)
}

// restoreDraft puts back what was typed before a crash and not saved.
func (f *notesForm) restoreDraft() {
	if f.draft.Restore() {
		f.dirty = true
		f.save.Show()
	}
}
