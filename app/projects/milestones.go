package projects

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// milestoneTone colors a milestone: reached, late, near, or still far.
func milestoneTone(m sales.Milestone, today sales.Date) ui.Tone {
	switch {
	case m.DoneOn != "":
		return ui.ToneSuccess
	case m.Overdue(today) > 0:
		return ui.ToneDanger
	case m.Near(today):
		return ui.ToneWarning
	}
	return ui.ToneInfo
}

// milestoneText says how a milestone stands.
func milestoneText(m sales.Milestone, today sales.Date) string {
	switch late := m.Overdue(today); {
	case m.DoneOn != "" && m.DoneOn > m.DueOn:
		return ui.T("projects.milestone.done_late", "Day", ui.FormatDayShort(string(m.DoneOn)), "Count", sales.DaysBetween(m.DueOn, m.DoneOn))
	case m.DoneOn != "":
		return ui.T("projects.milestone.done", "Day", ui.FormatDayShort(string(m.DoneOn)))
	case late > 0:
		return ui.T("projects.milestone.late", "Count", late)
	}
	return ui.RelativeDay(string(m.DueOn))
}

// milestonesCard draws the milestones on a line of time, and lists them to be reached and changed.
func (p *detailPage) milestonesCard() fyne.CanvasObject {
	d, today := p.detail, p.model.today()
	add := ui.WithIcon(ui.QuietButton(ui.T("projects.milestone.add"), func() {
		p.editMilestone(sales.Milestone{ProjectID: p.id, Phase: d.Phase})
	}), ui.IconAdd)
	title := ui.T("projects.milestones")
	if len(d.Milestones) == 0 {
		return ui.NewCard(title, ui.Muted(ui.T("projects.milestones.none")), add)
	}
	var points []ui.Milestone
	var rows []fyne.CanvasObject
	for _, m := range d.Milestones {
		points = append(points, ui.Milestone{Day: string(m.DueOn), Label: m.Name, Tone: milestoneTone(m, today), Done: m.DoneOn != ""})
		check := ui.NewCheck("", nil)
		check.SetChecked(m.DoneOn != "")
		check.OnChanged = func(reached bool) {
			p.write(func(ctx context.Context) error { return p.model.Reach(ctx, m.ID, reached) }, func() {
				if reached {
					p.host.Toast(ui.T("projects.milestone.reached", "Name", m.Name))
				}
			}, "milestone")
		}
		rows = append(rows, ui.HGap(8, check, ui.Grow(ui.Label(m.Name).Elastic()), ui.PendingMark(m.Pending),
			ui.Fixed(112, 0, ui.Muted(ui.FormatDay(string(m.DueOn)))),
			ui.Fixed(168, 0, ui.HStack(ui.NewBadge(milestoneText(m, today), milestoneTone(m, today)), ui.Spacer())),
			ui.IconButton(ui.IconEdit, ui.T("projects.milestone.edit"), func() { p.editMilestone(m) }),
			ui.IconButton(ui.IconDelete, ui.T("projects.milestone.delete"), func() { p.deleteMilestone(m) })))
	}
	progress := ui.HGap(8, ui.Grow(ui.NewProgress(float64(d.Progress)/100, healthTone(d.Health))), ui.Caption(ui.FormatPercent(float64(d.Progress)/100)))
	line := ui.MinSize(0, 130, ui.NewMilestones(points, string(today)))
	return ui.NewCard(title, ui.VGap(6, progress, line, ui.VGap(0, rows...)), add)
}

func (p *detailPage) deleteMilestone(m sales.Milestone) {
	p.write(func(ctx context.Context) error { return p.model.DeletePart(ctx, "milestone", m.ID) }, func() {
		p.host.ToastAction(ui.T("projects.milestone.deleted", "Name", m.Name), ui.T("projects.undo"), func() {
			again := m
			again.ID = ""
			p.write(func(ctx context.Context) error { return p.model.SaveMilestone(ctx, again) }, nil, "milestone")
		})
	}, "milestone")
}

func (p *detailPage) editMilestone(m sales.Milestone) {
	name, due, done := ui.NewEntry(), ui.NewDateEntry(), ui.NewDateEntry()
	name.SetText(m.Name)
	due.SetDay(string(m.DueOn))
	done.SetDay(string(m.DoneOn))
	phase := ui.NewSelect(optionsOf(kind, "phase"), nil)
	phase.SetCode(m.Phase)
	label := func(field string) string { return ui.T("field.milestone." + field) }
	form := ui.NewForm().Add("name", label("name"), name, ui.Required).Add("due_on", label("due_on"), due, ui.Required).
		Add("phase", label("phase"), phase).Add("done_on", label("done_on"), done)
	p.ask(ui.T("projects.milestone"), form, name, map[string]*ui.DateEntry{"due_on": due, "done_on": done}, func(ctx context.Context) error {
		next := m
		next.Name, next.Phase = name.Text, phase.Code()
		next.DueOn, next.DoneOn = sales.Date(due.Day()), sales.Date(done.Day())
		return p.model.SaveMilestone(ctx, next)
	}, "milestone")
}

// ask shows a form in a dialog and saves it; what is wrong is said at its field.
func (p *detailPage) ask(title string, form *ui.Form, first fyne.Focusable, days map[string]*ui.DateEntry, save func(context.Context) error, kinds ...string) {
	var modal *ui.Modal
	try := func() {
		problems := map[string]string{}
		for field, entry := range days {
			if err := entry.Valid(); err != nil {
				problems[field] = ui.ErrorText(err)
			}
		}
		if len(problems) > 0 {
			form.SetErrors(problems)
			return
		}
		ui.Do(ui.Lasting(p.host), save, func(err error) {
			if err != nil {
				if rest := form.SetErrors(ui.FieldErrors(err)); len(rest) > 0 {
					p.host.ShowError(err)
				}
				return
			}
			modal.Hide()
			p.host.Changed(kinds...)
		})
	}
	modal = ui.ShowModal(p.host.Canvas(), title, form, ui.ModalOptions{
		Width: 500, Focus: first,
		Buttons:   []fyne.CanvasObject{ui.Button(ui.T("projects.cancel"), func() { modal.Hide() }), ui.PrimaryButton(ui.T("projects.save"), try)},
		Shortcuts: []ui.Shortcut{{Key: fyne.KeyReturn, Ctrl: true, LabelKey: "projects.save", Run: try}},
	})
}
