package tasks

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// newID stands for the id of a task that is not made yet, in routes and in the editor.
const newID = "new"

// begin shows the form of a new task that is about what t refers to.
func (e *editor) begin(t sales.Task) {
	e.id, e.dirty = newID, false
	e.draft = ui.NewDraft(e.host.State(), "task/new/"+t.PartnerID+t.AccountID+t.VisitID+t.OpportunityID+t.ProjectID+t.FeedbackID, e.input, e.restore)
	ui.Go(e.host.Context(), func(ctx context.Context) (Detail, error) { return e.model.New(ctx, t) }, func(d Detail, err error) {
		if err != nil {
			e.show(ui.VStack(ui.NewErrorBanner(err, func() { e.begin(t) })))
			return
		}
		e.detail = d
		e.setInput(d)
		e.draft.Restore()
		e.show(e.card())
	})
}

// newCard is the form of a new task.
func (e *editor) newCard() fyne.CanvasObject {
	parts := []fyne.CanvasObject{e.form, ui.HStack(ui.Spacer(), ui.Button(ui.T("ui.cancel"), e.giveUp), ui.WithIcon(ui.PrimaryButton(ui.T("tasks.add"), e.submit), ui.IconAdd))}
	e.save.Hide()
	if len(e.detail.Links) > 0 {
		parts = append(parts, ui.SectionHeader(ui.T("tasks.about")), e.links())
	}
	return ui.Surface(ui.Scroll(ui.Pad(ui.VGap(12, parts...))))
}

// add makes the task and leaves.
func (e *editor) add(t sales.Task) {
	ui.Go(e.host.Context(), func(ctx context.Context) (string, error) { return e.model.Add(ctx, t) }, func(id string, err error) {
		if err != nil {
			e.refused(err)
			return
		}
		e.dirty = false
		e.draft.Clear()
		e.host.ToastAction(ui.T("tasks.added", "Title", t.Title), ui.T("tasks.open"), func() { e.host.Open(RouteTask + "/" + id) })
		e.host.Back()
		e.host.Changed("task")
	})
}

// giveUp leaves without the task, on purpose.
func (e *editor) giveUp() {
	e.draft.Clear()
	e.host.Back()
}
