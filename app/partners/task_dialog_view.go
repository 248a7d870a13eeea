package partners

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// AddTask notes something to be done for the company, by the user.
func (m *profileModel) AddTask(ctx context.Context, title string, due sales.Date) error {
	t := sales.Task{Title: strings.TrimSpace(title), DueOn: due, OwnerID: m.Me().ID, PartnerID: m.id}
	if m.side.ref != partnerSide.ref {
		t.PartnerID, t.AccountID = "", m.id
	}
	_, err := m.Book.Write(ctx, sales.CreateOf(t))
	return wrap("save the task", err)
}

// addTask asks for a task in a dialog: what and by when suffice, and the rep stays with the company.
func (v *profileView) addTask() {
	title, due := ui.NewEntry(), ui.NewDateEntry()
	due.SetDay(string(sales.DateOf(v.model.Now().AddDate(0, 0, 7))))
	form := ui.NewForm()
	form.Add("title", label("task", "title"), title, ui.Required)
	form.Add("due_on", label("task", "due_on"), due)
	var modal *ui.Modal
	save := func() {
		if err := due.Valid(); err != nil {
			form.SetError("due_on", ui.ErrorText(err))
			return
		}
		ui.Do(v.host.Context(), func(ctx context.Context) error {
			return v.model.AddTask(ctx, title.Text, sales.Date(due.Day()))
		}, func(err error) {
			if err != nil {
				if rest := form.SetErrors(ui.FieldErrors(err)); len(rest) > 0 {
					v.host.ShowError(err)
				}
				return
			}
			modal.Hide()
			v.host.Toast(ui.T("partners.task_saved"))
			v.host.Changed("task")
		})
	}
	title.OnSubmitted = func(string) { save() }
	modal = ui.ShowModal(v.host.Canvas(), ui.T("partners.create.tasks"), form, ui.ModalOptions{
		Width: 480, Focus: title,
		Buttons: []fyne.CanvasObject{
			ui.Button(ui.T("partners.cancel"), func() { modal.Hide() }), ui.WithIcon(ui.PrimaryButton(ui.T("partners.save"), save), ui.IconCheck),
		},
		Shortcuts: []ui.Shortcut{{Key: fyne.KeyReturn, Ctrl: true, LabelKey: "partners.save", Run: save}},
	})
}
