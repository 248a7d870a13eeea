package visits

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// followUpDays are the days that the question offers, from today: a week, two weeks, and about a month that ends on the
// same weekday, so that it is a working day when today is one.
var followUpDays = []struct {
	key  string
	days int
}{{"week", 7}, {"fortnight", 14}, {"month", 28}}

// askFollowUp asks once, after a visit was logged, for the next follow-up, and then leaves by done. Closing it means none.
func askFollowUp(h ui.Host, m *Model, v sales.Visit, company string, done func()) {
	var modal *ui.Modal
	kind := ui.NewChips(false, nil,
		ui.Option{Code: "task", Label: ui.T("visits.followup.task")}, ui.Option{Code: "visit", Label: ui.T("visits.followup.visit")})
	kind.Set("task")
	title := ui.NewEntry()
	title.SetText(ui.T("visits.followup.text", "Company", company))
	other := ui.NewDateEntry()
	saved := false
	save := func(on sales.Date) {
		saved = true
		f := FollowUp{On: on, Visit: only(kind.Selected()) == "visit", Title: title.Text}
		ui.Do(h.Context(), func(ctx context.Context) error { return m.SaveFollowUp(ctx, v, f) }, func(err error) {
			if err != nil {
				saved = false
				h.ShowError(err)
				return
			}
			h.Changed("visit", "task")
			modal.Hide()
			h.Toast(ui.T("visits.followup.saved", "When", ui.FormatDay(string(on))))
		})
	}
	var days []fyne.CanvasObject
	var first fyne.Focusable
	today := m.today()
	for _, choice := range followUpDays {
		on := AddDays(today, choice.days)
		button := ui.Button(ui.T("visits.followup."+choice.key)+" · "+ui.FormatDayShort(string(on)), func() { save(on) })
		if first == nil {
			first = button // Space is then "in a week"
		}
		days = append(days, button)
	}
	form := ui.NewForm()
	form.Add("kind", ui.T("visits.followup.kind"), kind)
	form.Add("title", ui.T("visits.followup.what"), title)
	onOther := func() {
		if other.Day() == "" || other.Valid() != nil {
			form.SetError("other", ui.T("visits.followup.when"))
			return
		}
		save(sales.Date(other.Day()))
	}
	form.Add("other", ui.T("visits.followup.other"), ui.HStack(ui.Fixed(220, 0, other), ui.Button(ui.T("visits.followup.save"), onOther)))
	content := ui.VGap(14, ui.ColorText(ui.T("visits.logged", "Company", company), ui.ToneSuccess).Elastic(), ui.Grid(130, days...), form)
	modal = ui.ShowModal(h.Canvas(), ui.T("visits.followup.title"), content, ui.ModalOptions{
		Width: 520, Focus: first,
		Buttons: []fyne.CanvasObject{ui.Button(ui.T("visits.followup.none"), func() { modal.Hide() })},
		OnHide: func() {
			if !saved {
				h.ToastAction(ui.T("visits.logged", "Company", company), ui.T("visits.open"), func() { h.Open(RouteVisit + "/" + v.ID) })
			}
			done()
		},
		Shortcuts: []ui.Shortcut{{Key: fyne.KeyReturn, Ctrl: true, Run: onOther}},
	})
}
