package partners

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/rounds-field/rounds/app/ui"
)

// timelinePage is how many entries the timeline shows at first, and how many more each time.
const timelinePage = 60

// timelineTab tells everything that happened with the company, by day.
func (v *profileView) timelineTab() fyne.CanvasObject {
	body := container.NewStack(ui.Loading())
	type answer struct {
		events []Event
		who    map[string]string
	}
	read := func(ctx context.Context) (a answer, err error) {
		if a.events, err = v.model.Timeline(ctx); err != nil {
			return a, err
		}
		a.who, err = owners(ctx, v.model.Book, a.events, func(e Event) string { return e.UserID })
		return a, err
	}
	v.reload["timeline"] = func() {
		load(v, read, func(a answer) {
			if len(a.events) == 0 {
				body.Objects = []fyne.CanvasObject{ui.NewEmpty(ui.IconHistory, ui.T("partners.empty.timeline"), ui.T("partners.hint.timeline"), "", nil)}
				body.Refresh()
				return
			}
			items := make([]ui.TimelineItem, 0, v.shown)
			for _, e := range a.events[:min(v.shown, len(a.events))] {
				items = append(items, v.timelineItem(e, a.who[e.UserID]))
			}
			content := ui.VStack(ui.NewTimeline(items))
			if rest := len(a.events) - v.shown; rest > 0 {
				content.Add(container.NewCenter(ui.Button(ui.T("partners.older", "Count", rest), func() {
					v.shown += timelinePage
					v.refreshTab()
				})))
			}
			body.Objects = []fyne.CanvasObject{ui.Scroll(ui.MaxWidth(900, ui.Panel(content)))}
			body.Refresh()
		})
	}
	return body
}

func (v *profileView) timelineItem(e Event, who string) ui.TimelineItem {
	icon, tone := eventLook(e)
	item := ui.TimelineItem{Time: e.At.Time(), Icon: icon, Tone: tone, Title: joined(ui.T("partners.event."+e.What), e.Title), Text: eventText(e), Meta: who}
	item.WholeDay = e.WholeDay
	if e.Route != "" {
		item.OnTap = func() { v.host.Open(e.Route) }
	}
	return item
}

// eventText is an event's second line: what was said, or the figures of an order or invoice.
func eventText(e Event) string {
	switch e.Kind {
	case "shipment":
		return ui.T("partners.lines", "Count", e.Lines, "Amount", ui.FormatMoney(e.Amount, e.Currency))
	case "receivable":
		return ui.FormatMoney(e.Amount, e.Currency)
	}
	return e.Text
}

// eventLook gives an event's icon and color.
func eventLook(e Event) (fyne.Resource, ui.Tone) {
	tone := ui.ToneNeutral
	switch e.What {
	case "visit_done", "opportunity_won", "task_done", "receivable_settled":
		tone = ui.ToneSuccess
	case "visit_planned", "visit_in_progress", "task_open":
		tone = ui.ToneInfo
	case "opportunity_lost", "receivable_overdue", "shipment_cancelled":
		tone = ui.ToneDanger
	case "feedback":
		tone = ui.ToneWarning
	}
	icons := map[string]fyne.Resource{
		"visit": ui.IconVisits, "feedback": ui.IconFeedback, "opportunity": ui.IconOpportunities, "project": ui.IconProjects, "task": ui.IconTasks,
		"attachment": ui.IconFile, "contact": ui.IconUser, "shipment": ui.IconTruck, "receivable": ui.IconMoney,
	}
	return icons[e.Kind], tone
}
