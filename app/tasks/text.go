package tasks

import (
	"context"
	"time"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// dueText is the due day of an open task, and the day on which a closed one was closed.
func dueText(r Row) string {
	switch {
	case !r.Open() && r.DoneAt != 0:
		return ui.FormatDayShort(ui.DayOf(r.DoneAt.Time()))
	case r.DueOn == "":
		return "—"
	}
	return ui.RelativeDay(string(r.DueOn))
}

func dueTone(r Row) ui.Tone {
	switch {
	case !r.Open():
		return ui.ToneMuted
	case r.Late > 0:
		return ui.ToneDanger
	case string(r.DueOn) == ui.Today():
		return ui.ToneWarning
	}
	return ui.ToneNeutral
}

// priorityText names a priority that is worth a look; a closed task shows what became of it.
func priorityText(r Row) string {
	switch {
	case !r.Open():
		return ui.T("option.status." + r.Status)
	case r.Priority == "" || r.Priority == "normal":
		return ""
	}
	return ui.T("option.priority." + r.Priority)
}

func priorityTone(r Row) ui.Tone {
	switch {
	case r.Status == sales.TaskDone:
		return ui.ToneSuccess
	case r.Open() && r.Priority == "high":
		return ui.ToneDanger
	}
	return ui.ToneNeutral
}

// toggle finishes an open task and opens a closed one again; the toast takes it back.
func toggle(h ui.Host, m *Model, t sales.Task) {
	do, undo, text := m.Finish, m.Reopen, "tasks.done"
	if !t.Open() {
		do, undo, text = m.Reopen, m.Finish, "tasks.reopened"
	}
	run := func(change func(context.Context, string) error, done func()) {
		ui.Do(h.Context(), func(ctx context.Context) error { return change(ctx, t.ID) }, func(err error) {
			if err != nil {
				h.ShowError(err)
				return
			}
			done()
			h.Changed("task")
		})
	}
	run(do, func() {
		h.ToastAction(ui.T(text, "Title", t.Title), ui.T("tasks.undo"), func() { run(undo, func() {}) })
	})
}

// companyPicker is a field for a partner or a key account; an item's id is kind and id.
func companyPicker(m *Model) *ui.Picker {
	p := ui.NewPicker(func(ctx context.Context, text string) ([]ui.PickItem, error) {
		var items []ui.PickItem
		for _, kind := range []string{"partner", "account"} {
			found, err := sales.Choices(ctx, m.Book, kind, text, 12)
			if err != nil {
				return nil, err
			}
			for _, hit := range found {
				items = append(items, ui.PickItem{ID: kind + ":" + hit.ID, Title: hit.Title, Subtitle: ui.T("kind."+kind) + " · " + hit.Excerpt})
			}
		}
		return items, nil
	})
	p.SetPlaceHolder(ui.T("tasks.company.choose"))
	return p
}

// companyKey is the id of a task's company in a picker.
func companyKey(t sales.Task) string {
	switch {
	case t.PartnerID != "":
		return "partner:" + t.PartnerID
	case t.AccountID != "":
		return "account:" + t.AccountID
	}
	return ""
}

// parseMoment reads what ui.FormatDateTime wrote; the zero time when it is none.
func parseMoment(text string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", text, ui.Now().Location())
	if err != nil {
		return time.Time{}
	}
	return t
}
