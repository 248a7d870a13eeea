package visits

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// actions does to a visit what its buttons offer, asks what has to be asked, and tells the window.
type actions struct {
	host  ui.Host
	model *Model
}

// done reports the outcome of a write.
func (a actions) done(err error, text string) {
	if err != nil {
		a.host.ShowError(err)
		return
	}
	a.host.Toast(text)
	a.host.Changed("visit")
}

func (a actions) open(r Row) { a.host.Open(RouteVisit + "/" + r.ID) }

// log opens the quick log of a planned visit.
func (a actions) log(r Row) { a.host.Open(RouteVisit + "/new?visit=" + r.ID) }

func (a actions) plan(at time.Time) {
	a.host.Open(RouteVisit + "/new?plan=1&at=" + stamp(at))
}

func (a actions) start(r Row) {
	ui.Do(a.host.Context(), func(ctx context.Context) error {
		_, err := a.model.Start(ctx, r.ID)
		return err
	}, func(err error) { a.done(err, ui.T("visits.started", "Company", r.Company)) })
}

// cancel asks for the reason, without which a visit is not cancelled.
func (a actions) cancel(r Row) {
	ui.AskText(a.host.Canvas(), ui.AskOptions{
		Title: ui.T("visits.cancel.title", "Company", r.Company), Label: ui.T("field.visit.cancel_reason"),
		Yes: ui.T("visits.cancel.yes"), No: ui.T("visits.cancel.no"), Required: true, Multiline: true,
	}, func(reason string) {
		ui.Do(a.host.Context(), func(ctx context.Context) error {
			_, err := a.model.Cancel(ctx, r.ID, reason)
			return err
		}, func(err error) { a.done(err, ui.T("visits.cancelled", "Company", r.Company)) })
	})
}

// reschedule asks for the new time; the nearest working days are one click away.
func (a actions) reschedule(r Row) {
	entry := ui.NewDateTimeEntry()
	planned := r.PlannedAt.Time().In(ui.Now().Location())
	entry.SetTime(planned)
	form := ui.NewForm()
	form.Add("planned_at", ui.T("visits.reschedule.to"), entry, ui.Required)
	var modal *ui.Modal
	move := func(to time.Time) {
		if to.IsZero() || !entry.Valid() {
			form.SetError("planned_at", ui.T("visits.reschedule.when"))
			return
		}
		modal.Hide()
		ui.Do(a.host.Context(), func(ctx context.Context) error {
			_, err := a.model.Reschedule(ctx, r.ID, to)
			return err
		}, func(err error) {
			a.done(err, ui.T("visits.rescheduled", "Company", r.Company, "When", ui.FormatDay(ui.DayOf(to))+" "+ui.FormatTime(to)))
		})
	}
	save := func() { move(entry.Time()) }
	modal = ui.ShowModal(a.host.Canvas(), ui.T("visits.reschedule.title", "Company", r.Company), ui.VStack(form, quickDays(planned, move)), ui.ModalOptions{
		Width: 480,
		Buttons: []fyne.CanvasObject{
			ui.Button(ui.T("ui.cancel"), func() { modal.Hide() }), ui.PrimaryButton(ui.T("visits.reschedule.yes"), save),
		},
		Shortcuts: []ui.Shortcut{{Key: fyne.KeyReturn, Ctrl: true, Run: save}},
	})
}

// move reschedules without asking, as dragging does; the toast takes it back.
func (a actions) move(r Row, to time.Time) {
	was := r.PlannedAt.Time()
	run := func(to time.Time, done func()) {
		ui.Do(a.host.Context(), func(ctx context.Context) error {
			_, err := a.model.Reschedule(ctx, r.ID, to)
			return err
		}, func(err error) {
			if err != nil {
				a.host.ShowError(err)
				return
			}
			done()
			a.host.Changed("visit")
		})
	}
	run(to, func() {
		text := ui.T("visits.rescheduled", "Company", r.Company, "When", ui.FormatDay(ui.DayOf(to))+" "+ui.FormatTime(to))
		a.host.ToastAction(text, ui.T("visits.undo"), func() { run(was, func() {}) })
	})
}

// quickDays offers to move to one of the next days at the same time of day.
func quickDays(planned time.Time, move func(time.Time)) fyne.CanvasObject {
	today := sales.DateOf(ui.Now())
	var buttons []fyne.CanvasObject
	for _, days := range []int{1, 2, 7} {
		day := AddDays(today, days).Time(planned.Location())
		to := time.Date(day.Year(), day.Month(), day.Day(), planned.Hour(), planned.Minute(), 0, 0, planned.Location())
		buttons = append(buttons, ui.Button(ui.RelativeDay(ui.DayOf(to))+" · "+ui.Weekday(to)+" "+ui.FormatTime(to), func() { move(to) }))
	}
	return ui.HStack(buttons...)
}
