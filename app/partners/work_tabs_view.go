package partners

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

func (v *profileView) feedbackTab() fyne.CanvasObject {
	return tableTab[sales.Feedback]{
		key: "feedback", id: func(f sales.Feedback) string { return f.ID }, route: "feedback", icon: ui.IconFeedback, kind: "feedback", create: v.open(v.with("feedback/new")),
		read: func(ctx context.Context) ([]sales.Feedback, error) {
			return rowsOf[sales.Feedback](ctx, v.model, "feedback", "-captured_at")
		},
		columns: []ui.Column[sales.Feedback]{
			pendingColumn(func(f sales.Feedback) bool { return f.Pending }),
			{Key: "captured_at", Title: label("feedback", "captured_at"), Width: 100, Text: func(f sales.Feedback) string { return instantDay(f.CapturedAt) }},
			{Key: "kind", Title: label("feedback", "kind"), Width: 100, Text: func(f sales.Feedback) string { return option("kind", f.Kind) }},
			{Key: "severity", Title: label("feedback", "severity"), Width: 86, Badge: true, Text: func(f sales.Feedback) string { return option("severity", f.Severity) }, Tone: func(f sales.Feedback) ui.Tone { return severityTone(f.Severity) }},
			{Key: "status", Title: label("feedback", "status"), Width: 110, Badge: true, Text: func(f sales.Feedback) string { return option("status", f.Status) }, Tone: func(f sales.Feedback) ui.Tone { return feedbackTone(f.Status) }},
			{Key: "text", Title: label("feedback", "body"), Width: 300, Flex: 1, Text: func(f sales.Feedback) string { return joined(f.Title, f.Body) }},
		},
	}.build(v)
}

func (v *profileView) opportunitiesTab() fyne.CanvasObject {
	today := v.model.today()
	return tableTab[sales.Opportunity]{
		key: "opportunities", id: func(o sales.Opportunity) string { return o.ID }, route: "opportunity", icon: ui.IconOpportunities, kind: "opportunity", create: v.open(v.with("opportunity/new")),
		read: func(ctx context.Context) ([]sales.Opportunity, error) {
			return rowsOf[sales.Opportunity](ctx, v.model, "opportunity", "-expected_close", "name")
		},
		columns: []ui.Column[sales.Opportunity]{
			pendingColumn(func(o sales.Opportunity) bool { return o.Pending }),
			{Key: "name", Title: label("opportunity", "name"), Width: 180, Flex: 2, Bold: true, Text: func(o sales.Opportunity) string { return o.Name }},
			{Key: "stage", Title: label("opportunity", "stage"), Width: 110, Badge: true, Text: func(o sales.Opportunity) string { return option("stage", o.Stage) }, Tone: func(o sales.Opportunity) ui.Tone { return stageTone(o.Stage) }},
			{Key: "amount", Title: label("opportunity", "amount"), Width: 120, Align: fyne.TextAlignTrailing, Text: func(o sales.Opportunity) string { return money(o.Amount, o.Currency) }},
			{Key: "chance", Title: label("opportunity", "probability"), Width: 106, Align: fyne.TextAlignTrailing, Text: func(o sales.Opportunity) string { return ui.FormatPercent(float64(o.Chance()) / 100) }},
			{Key: "expected_close", Title: label("opportunity", "expected_close"), Width: 120, Text: func(o sales.Opportunity) string { return day(o.ExpectedClose) }, Tone: func(o sales.Opportunity) ui.Tone { return toneIf(o.PastClose(today), ui.ToneDanger) }},
			{Key: "next_step", Title: label("opportunity", "next_step"), Width: 140, Flex: 2, Text: nextStepText, Tone: func(o sales.Opportunity) ui.Tone { return toneIf(o.NeedsNextStep(today), ui.ToneWarning) }},
		},
	}.build(v)
}

func (v *profileView) projectsTab() fyne.CanvasObject {
	return tableTab[sales.Project]{
		key: "projects", id: func(p sales.Project) string { return p.ID }, route: "project", icon: ui.IconProjects, kind: "project", create: v.open(v.with("project/new")),
		read: func(ctx context.Context) ([]sales.Project, error) {
			return rowsOf[sales.Project](ctx, v.model, "project", "name")
		},
		columns: []ui.Column[sales.Project]{
			pendingColumn(func(p sales.Project) bool { return p.Pending }),
			{Key: "name", Title: label("project", "name"), Width: 200, Flex: 2, Bold: true, Text: func(p sales.Project) string { return p.Name }},
			{Key: "phase", Title: label("project", "phase"), Width: 110, Text: func(p sales.Project) string { return option("phase", p.Phase) }},
			{Key: "status", Title: label("project", "status"), Width: 100, Badge: true, Text: func(p sales.Project) string { return option("status", p.Status) }, Tone: func(p sales.Project) ui.Tone { return statusTone(p.Status) }},
			{Key: "revenue", Title: label("project", "revenue"), Width: 130, Align: fyne.TextAlignTrailing, Text: func(p sales.Project) string { return money(p.Revenue, p.Currency) }},
			{Key: "ends_on", Title: label("project", "ends_on"), Width: 100, Text: func(p sales.Project) string { return day(p.EndsOn) }},
			{Key: "next_step", Title: label("project", "next_step"), Width: 160, Flex: 2, Text: func(p sales.Project) string { return p.NextStep }},
		},
	}.build(v)
}

func (v *profileView) tasksTab() fyne.CanvasObject {
	today := v.model.today()
	return tableTab[sales.Task]{
		key: "tasks", id: func(t sales.Task) string { return t.ID }, route: "task", icon: ui.IconTasks, kind: "task", create: v.addTask,
		read: func(ctx context.Context) ([]sales.Task, error) {
			return rowsOf[sales.Task](ctx, v.model, "task", "-status", "due_on", "title")
		},
		columns: []ui.Column[sales.Task]{
			pendingColumn(func(t sales.Task) bool { return t.Pending }),
			{Key: "title", Title: label("task", "title"), Width: 220, Flex: 3, Bold: true, Text: func(t sales.Task) string { return t.Title }},
			{Key: "due_on", Title: label("task", "due_on"), Width: 184, Text: func(t sales.Task) string { return dueText(t.DueOn) }, Tone: func(t sales.Task) ui.Tone { return toneIf(t.Overdue(today) > 0, ui.ToneDanger) }},
			{Key: "status", Title: label("task", "status"), Width: 100, Badge: true, Text: func(t sales.Task) string { return option("status", t.Status) }, Tone: taskTone},
			{Key: "priority", Title: label("task", "priority"), Width: 90, Badge: true, Text: func(t sales.Task) string { return option("priority", t.Priority) }, Tone: func(t sales.Task) ui.Tone { return severityTone(t.Priority) }},
			{Key: "notes", Title: label("task", "notes"), Width: 180, Flex: 2, Text: func(t sales.Task) string { return t.Notes }},
		},
	}.build(v)
}

func (v *profileView) filesTab() fyne.CanvasObject {
	files := ui.NewAttachments(v.host, v.model.Attach, v.model.side.kind, v.model.id)
	v.reload["files"] = files.Refresh
	return ui.Scroll(ui.Panel(files.Content()))
}

func visitTone(x sales.Visit, now time.Time) ui.Tone {
	switch {
	case x.Overdue(now):
		return ui.ToneDanger
	case x.Status == sales.VisitDone:
		return ui.ToneSuccess
	case x.Open():
		return ui.ToneInfo
	}
	return ui.ToneNeutral
}

func severityTone(severity string) ui.Tone {
	switch severity {
	case "critical":
		return ui.ToneDanger
	case "high":
		return ui.ToneWarning
	}
	return ui.ToneNeutral
}

func feedbackTone(status string) ui.Tone {
	switch status {
	case "captured":
		return ui.ToneWarning
	case "acknowledged", "in_progress":
		return ui.ToneInfo
	case "answered":
		return ui.ToneSuccess
	}
	return ui.ToneNeutral
}

func stageTone(stage string) ui.Tone {
	switch stage {
	case sales.StageWon:
		return ui.ToneSuccess
	case sales.StageLost:
		return ui.ToneDanger
	}
	return ui.ToneInfo
}

// nextStepText is a deal's next step, or says that an open one lacks it.
func nextStepText(o sales.Opportunity) string {
	if o.NextStep == "" && o.Open() {
		return ui.T("partners.no_next_step")
	}
	return o.NextStep
}

func taskTone(t sales.Task) ui.Tone {
	switch {
	case t.Open():
		return ui.ToneInfo
	case t.Status == sales.TaskDone:
		return ui.ToneSuccess
	}
	return ui.ToneNeutral
}

// dueText writes a day with how far it is from today.
func dueText(d sales.Date) string {
	if d == "" {
		return "—"
	}
	return joined(string(d), ui.RelativeDay(string(d)))
}
