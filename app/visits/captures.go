package visits

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// captures is what was heard, found and promised in a visit: feedback, opportunities, tasks, each with a short form above
// what there is, and the files.
type captures struct {
	actions
	detail Detail
	tabs   *ui.Tabs
	files  *ui.Attachments

	feedbackKind *ui.Select
	severity     *ui.Select
	feedback     *ui.Entry
	deal         *ui.Entry
	amount       *ui.MoneyEntry
	closing      *ui.DateEntry
	task         *ui.Entry
	due          *ui.DateEntry
	feedbackForm *ui.Form
	dealForm     *ui.Form
	taskForm     *ui.Form
	draft        *ui.Draft
	filling      bool // the program writes into the fields, not the user
}

// Keys of the tabs.
const (
	tabFeedback = "feedback"
	tabDeals    = "opportunity"
	tabTasks    = "task"
	tabFiles    = "attachment"
)

func newCaptures(a actions, id string) *captures {
	c := &captures{actions: a}
	c.feedbackKind = ui.NewSelect(fieldOptions("feedback", "kind"), nil)
	c.severity = ui.NewSelect(fieldOptions("feedback", "severity"), nil)
	c.severity.SetCode("normal")
	c.feedback = ui.NewMultiline(2)
	c.feedback.SetPlaceHolder(ui.T("visits.capture.feedback.hint"))
	c.deal, c.amount, c.closing = ui.NewEntry(), ui.NewMoneyEntry(sales.DefaultCurrency), ui.NewDateEntry()
	c.deal.SetPlaceHolder(ui.T("visits.capture.deal.hint"))
	c.task, c.due = ui.NewEntry(), ui.NewDateEntry()
	c.task.SetPlaceHolder(ui.T("visits.capture.task.hint"))
	c.due.SetDay(string(AddDays(a.model.today(), 7)))
	c.task.OnSubmitted = func(string) { c.addTask() }
	c.keepDraft(id)
	return c
}

func (c *captures) show(d Detail) {
	c.detail = d
	if c.tabs == nil {
		c.tabs = ui.NewTabs(
			ui.Tab{Key: tabFeedback, Label: ui.T("visits.tab.feedback"), Build: c.feedbackTab},
			ui.Tab{Key: tabDeals, Label: ui.T("visits.tab.deals"), Build: c.dealsTab},
			ui.Tab{Key: tabTasks, Label: ui.T("visits.tab.tasks"), Build: c.tasksTab},
			ui.Tab{Key: tabFiles, Label: ui.T("visits.tab.files"), Build: c.filesTab})
		c.draft.Restore()
	}
	for key, n := range map[string]int{tabFeedback: len(d.Feedback), tabDeals: len(d.Opportunities), tabTasks: len(d.Tasks), tabFiles: len(d.Attachments)} {
		c.tabs.SetBadge(key, n)
		if key != tabFiles { // which loads itself
			c.tabs.Rebuild(key)
		}
	}
}

func (c *captures) card() fyne.CanvasObject { return ui.Panel(c.tabs) }

// saved ends a capture: the form is emptied, the window told.
func (c *captures) saved(err error, form *ui.Form, kind string, empty func()) {
	if err != nil {
		if rest := form.SetErrors(ui.FieldErrors(err)); len(rest) > 0 {
			c.host.ShowError(err)
		}
		return
	}
	empty()
	if c.input() == nil {
		c.draft.Clear()
	} else {
		c.draft.Flush()
	}
	form.ClearErrors()
	c.host.Toast(ui.T("visits.captured", "Kind", ui.T("kind."+kind)))
	c.host.Changed(kind)
}

func (c *captures) add(label string, run func()) fyne.CanvasObject {
	return ui.HStack(ui.Spacer(), ui.WithIcon(ui.Button(label, run), ui.IconAdd))
}

func (c *captures) feedbackTab() fyne.CanvasObject {
	c.feedbackForm = ui.NewForm()
	c.feedbackForm.Add("kind", ui.T("field.feedback.kind"), ui.HStack(ui.Grow(c.feedbackKind), ui.Fixed(110, 0, c.severity)), ui.Required)
	c.feedbackForm.Add("body", ui.T("visits.capture.heard"), c.feedback, ui.Required)
	items := make([]ui.FeedItem, len(c.detail.Feedback))
	for i, f := range c.detail.Feedback {
		items[i] = ui.FeedItem{
			Icon: ui.IconFeedback, Tone: ui.ToneInfo, Title: firstLine(f.Title, f.Body), Text: ui.T("option.kind." + f.Kind),
			Badge: ui.NewBadge(ui.T("option.status."+f.Status), ui.ToneNeutral), OnTap: func() { c.host.Open("feedback/" + f.ID) },
		}
	}
	return ui.VGap(8, c.feedbackForm, c.add(ui.T("visits.capture.feedback"), c.addFeedback), ui.NewFeed(items))
}

func (c *captures) addFeedback() {
	kind, severity, body := c.feedbackKind.Code(), c.severity.Code(), c.feedback.Text
	ui.Do(c.host.Context(), func(ctx context.Context) error {
		return c.model.AddFeedback(ctx, c.detail.Visit, kind, severity, body)
	}, func(err error) { c.saved(err, c.feedbackForm, "feedback", func() { c.feedback.SetText("") }) })
}

func (c *captures) dealsTab() fyne.CanvasObject {
	c.dealForm = ui.NewForm()
	c.dealForm.Add("name", ui.T("field.opportunity.name"), c.deal, ui.Required)
	c.dealForm.Add("amount", ui.T("field.opportunity.amount"), c.amount)
	c.dealForm.Add("expected_close", ui.T("field.opportunity.expected_close"), c.closing)
	items := make([]ui.FeedItem, len(c.detail.Opportunities))
	for i, o := range c.detail.Opportunities {
		items[i] = ui.FeedItem{
			Icon: ui.IconOpportunities, Tone: ui.ToneInfo, Title: o.Name, Text: o.NextStep, Meta: ui.FormatMoneyShort(o.Amount, o.Currency),
			Badge: ui.NewBadge(ui.T("option.stage."+o.Stage), ui.ToneInfo), OnTap: func() { c.host.Open("opportunity/" + o.ID) },
		}
	}
	return ui.VGap(8, c.dealForm, c.add(ui.T("visits.capture.deal"), c.addDeal), ui.NewFeed(items))
}

func (c *captures) addDeal() {
	amount, ok := c.amount.Minor()
	switch {
	case !ok && c.amount.Text != "":
		c.dealForm.SetError("amount", ui.T("visits.amount.invalid"))
		return
	case c.closing.Valid() != nil:
		c.dealForm.SetError("expected_close", ui.T("visits.followup.when"))
		return
	}
	name, closing := c.deal.Text, sales.Date(c.closing.Day())
	ui.Do(c.host.Context(), func(ctx context.Context) error {
		return c.model.AddOpportunity(ctx, c.detail.Visit, name, amount, closing)
	}, func(err error) {
		c.saved(err, c.dealForm, "opportunity", func() {
			c.deal.SetText("")
			c.amount.SetText("")
			c.closing.SetDay("")
		})
	})
}

func (c *captures) tasksTab() fyne.CanvasObject {
	c.taskForm = ui.NewForm()
	c.taskForm.Add("title", ui.T("field.task.title"), c.task, ui.Required)
	c.taskForm.Add("due_on", ui.T("field.task.due_on"), c.due)
	items := make([]ui.FeedItem, len(c.detail.Tasks))
	for i, t := range c.detail.Tasks {
		items[i] = c.taskItem(t)
	}
	return ui.VGap(8, c.taskForm, c.add(ui.T("visits.capture.task"), c.addTask), ui.NewFeed(items))
}

func (c *captures) taskItem(t sales.Task) ui.FeedItem {
	item := ui.FeedItem{Icon: ui.IconTasks, Tone: ui.ToneInfo, Title: t.Title, OnTap: func() { c.host.Open("task/" + t.ID) }}
	if t.DueOn != "" {
		item.Meta = ui.RelativeDay(string(t.DueOn))
	}
	if !t.Open() {
		item.Icon, item.Tone = ui.IconOK, ui.ToneSuccess
		item.Action = ui.IconButton(ui.IconUndo, ui.T("visits.task.reopen"), func() { c.finishTask(t.ID, false) })
		return item
	}
	if t.Overdue(c.model.today()) > 0 {
		item.MetaTone = ui.ToneDanger
	}
	item.Action = ui.IconButton(ui.IconCheck, ui.T("visits.task.done"), func() { c.finishTask(t.ID, true) })
	return item
}

func (c *captures) finishTask(id string, done bool) {
	ui.Do(c.host.Context(), func(ctx context.Context) error { return c.model.FinishTask(ctx, id, done) }, func(err error) {
		if err != nil {
			c.host.ShowError(err)
			return
		}
		c.host.Changed("task")
	})
}

func (c *captures) addTask() {
	if c.due.Valid() != nil {
		c.taskForm.SetError("due_on", ui.T("visits.followup.when"))
		return
	}
	title, due := c.task.Text, sales.Date(c.due.Day())
	ui.Do(c.host.Context(), func(ctx context.Context) error {
		return c.model.AddTask(ctx, c.detail.Visit, title, due)
	}, func(err error) { c.saved(err, c.taskForm, "task", func() { c.task.SetText("") }) })
}

// filesTab is the area of the visit's photos and documents. They are the company's too.
func (c *captures) filesTab() fyne.CanvasObject {
	if c.files == nil {
		c.files = ui.NewAttachments(c.host, c.model.Attach, "visit", c.detail.ID)
		c.files.Describe = func(a *sales.Attachment) { a.PartnerID, a.AccountID = c.detail.PartnerID, c.detail.AccountID }
		c.files.OnCount = func(n int) { c.tabs.SetBadge(tabFiles, n) }
		c.files.Refresh()
	}
	return c.files.Content()
}

// firstLine is a title, else the beginning of a text.
func firstLine(title, body string) string {
	if title != "" {
		return title
	}
	line, _, _ := strings.Cut(strings.TrimSpace(body), "\n")
	return line
}
