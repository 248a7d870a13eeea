package opportunities

import (
	"strings"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// relatedCard shows the opportunity's tasks, and the latest visits and feedback of its company.
func (p *detailPage) relatedCard() fyne.CanvasObject {
	d := p.detail
	tabs := ui.NewTabs(
		ui.Tab{Key: "task", Label: ui.T("opportunities.tasks"), Badge: len(d.Tasks), Build: func() fyne.CanvasObject { return p.tasks() }},
		ui.Tab{Key: "visit", Label: ui.T("opportunities.visits"), Badge: len(d.Visits), Build: func() fyne.CanvasObject { return p.visits() }},
		ui.Tab{Key: "feedback", Label: ui.T("opportunities.feedback"), Badge: len(d.Feedback), Build: func() fyne.CanvasObject { return p.feedback() }},
		ui.Tab{Key: "files", Label: ui.T("opportunities.files"), Badge: p.fileCount, Build: p.attachments},
	)
	p.fileBadge = func(n int) { p.fileCount = n; tabs.SetBadge("files", n) }
	if p.related != "" {
		tabs.Select(p.related)
	}
	tabs.OnChanged = func(key string) { p.related = key }
	return ui.Panel(tabs)
}

// attachments is the area of the opportunity's photos and documents. They are the company's too.
func (p *detailPage) attachments() fyne.CanvasObject {
	if p.files == nil {
		p.files = ui.NewAttachments(p.host, p.model.Attach, kind, p.id)
		p.files.Describe = func(a *sales.Attachment) { a.PartnerID, a.AccountID = p.detail.PartnerID, p.detail.AccountID }
		p.files.OnCount = func(n int) { p.fileBadge(n) }
		p.files.Refresh()
	}
	return p.files.Content()
}

func (p *detailPage) tasks() fyne.CanvasObject {
	add := ui.WithIcon(ui.QuietButton(ui.T("opportunities.add_task"), p.addTask), ui.IconAdd)
	var items []ui.FeedItem
	for _, t := range p.detail.Tasks {
		item := ui.FeedItem{Icon: ui.IconTasks, Title: t.Title, OnTap: func() { p.host.Open("task/" + t.ID) }}
		if t.DueOn != "" {
			item.Meta = ui.RelativeDay(string(t.DueOn))
		}
		switch {
		case !t.Open():
			item.Icon, item.Tone = ui.IconCheck, ui.ToneSuccess
		case t.Overdue(p.model.today()) > 0:
			item.MetaTone = ui.ToneDanger
		}
		items = append(items, item)
	}
	if len(items) == 0 {
		return ui.HStack(ui.Grow(ui.Muted(ui.T("opportunities.tasks.none")).Elastic()), add)
	}
	return ui.VGap(4, ui.NewFeed(items), ui.HStack(add))
}

func (p *detailPage) visits() fyne.CanvasObject {
	var items []ui.FeedItem
	for _, v := range p.detail.Visits {
		title := v.Subject
		if title == "" {
			title = ui.T("kind.visit")
		}
		items = append(items, ui.FeedItem{
			Icon: ui.IconVisits, Title: title, Text: oneLine(v.Notes), Meta: ui.RelativeDay(ui.DayOf(v.When().Time())),
			Badge: ui.NewBadge(ui.T("option.status."+v.Status), visitTone(v.Status)),
			OnTap: func() { p.host.Open("visit/" + v.ID) },
		})
	}
	if len(items) == 0 {
		return ui.Muted(ui.T("opportunities.visits.none"))
	}
	return ui.NewFeed(items)
}

func visitTone(status string) ui.Tone {
	switch status {
	case sales.VisitDone:
		return ui.ToneSuccess
	case sales.VisitPlanned, sales.VisitInProgress:
		return ui.ToneInfo
	}
	return ui.ToneNeutral
}

func (p *detailPage) feedback() fyne.CanvasObject {
	var items []ui.FeedItem
	for _, f := range p.detail.Feedback {
		title := f.Title
		if title == "" {
			title = oneLine(f.Body)
		}
		items = append(items, ui.FeedItem{
			Icon: ui.IconFeedback, Title: title, Text: ui.T("option.kind." + f.Kind), Meta: ui.RelativeDay(ui.DayOf(f.CapturedAt.Time())),
			OnTap: func() { p.host.Open("feedback/" + f.ID) },
		})
	}
	if len(items) == 0 {
		return ui.Muted(ui.T("opportunities.feedback.none"))
	}
	return ui.NewFeed(items)
}

// oneLine puts a text of several lines on one.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
