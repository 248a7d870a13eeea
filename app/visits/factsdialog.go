package visits

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// factsDialog mends what was entered wrongly: whom, what for, and when.
type factsDialog struct {
	actions
	visit   sales.Visit
	company *ui.Picker
	types   *ui.Select
	planned *ui.DateTimeEntry
	started *ui.DateTimeEntry
	ended   *ui.DateTimeEntry
	form    *ui.Form
	modal   *ui.Modal
}

// editFacts opens the dialog once the types of visit are known.
func editFacts(a actions, d Detail) {
	ui.Go(a.host.Context(), a.model.Types, func(types []TypeChoice, err error) {
		if err != nil {
			a.host.ShowError(err)
			return
		}
		showFactsDialog(a, d, types)
	})
}

func showFactsDialog(a actions, d Detail, types []TypeChoice) *factsDialog {
	f := &factsDialog{actions: a, visit: d.Visit, company: companyPicker(a.model)}
	f.company.Set(CompanyKey(d.PartnerID, d.AccountID), d.Company)
	f.types = ui.NewSelect(typeOptions(types), nil)
	f.types.SetCode(d.VisitType)
	f.form = ui.NewForm()
	f.form.Add("partner_id", ui.T("visits.company"), f.company, ui.Required)
	f.form.Add("visit_type", ui.T("field.visit.visit_type"), f.types, ui.Required)
	f.planned = f.time("planned_at", d.PlannedAt)
	if !d.Open() || d.StartedAt != 0 {
		f.started = f.time("started_at", d.StartedAt)
		f.ended = f.time("ended_at", d.EndedAt)
	}
	f.modal = ui.ShowModal(a.host.Canvas(), ui.T("visits.facts.edit"), f.form, ui.ModalOptions{
		Width: 560,
		Buttons: []fyne.CanvasObject{
			ui.Button(ui.T("ui.cancel"), func() { f.modal.Hide() }), ui.WithIcon(ui.PrimaryButton(ui.T("visits.save"), f.save), ui.IconCheck),
		},
		Shortcuts: []ui.Shortcut{{Key: fyne.KeyReturn, Ctrl: true, Run: f.save}},
	})
	return f
}

func (f *factsDialog) time(field string, at sales.Instant) *ui.DateTimeEntry {
	entry := ui.NewDateTimeEntry()
	entry.SetTime(at.Time())
	f.form.Add(field, ui.T("field.visit."+field), ui.HStack(ui.Fixed(270, 0, entry)))
	return entry
}

func (f *factsDialog) save() {
	f.form.ClearErrors()
	next := f.visit
	next.PartnerID, next.AccountID = CompanyRefs(f.company.ID())
	next.VisitType = f.types.Code()
	for field, part := range map[string]struct {
		entry *ui.DateTimeEntry
		value *sales.Instant
	}{"planned_at": {f.planned, &next.PlannedAt}, "started_at": {f.started, &next.StartedAt}, "ended_at": {f.ended, &next.EndedAt}} {
		switch {
		case part.entry == nil:
		case !part.entry.Valid():
			f.form.SetError(field, ui.T("visits.reschedule.when"))
			return
		default:
			*part.value = sameMinute(*part.value, part.entry.Time())
		}
	}
	ui.Go(f.host.Context(), func(ctx context.Context) (sales.Visit, error) { return f.model.Update(ctx, f.visit, next) }, func(_ sales.Visit, err error) {
		if err != nil {
			if rest := f.form.SetErrors(ui.FieldErrors(err)); len(rest) > 0 {
				f.host.ShowError(err)
			}
			return
		}
		f.modal.Hide()
		f.done(nil, ui.T("visits.saved"))
	})
}

// sameMinute keeps an instant whose minute was not changed: the field shows no seconds.
func sameMinute(before sales.Instant, typed time.Time) sales.Instant {
	if !typed.IsZero() && before.Time().Truncate(time.Minute).Equal(typed.Truncate(time.Minute)) {
		return before
	}
	return sales.InstantOf(typed)
}
