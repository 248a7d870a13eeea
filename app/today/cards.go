package today

import (
	"cmp"
	"strconv"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// How many rows of each kind a card shows; the rest is one click away.
const (
	visitRows        = 6
	missedRows       = 5
	taskRows         = 6
	dealRows         = 4
	projectRows      = 3
	announcementRows = 3
	newsRows         = 6
)

// dealsRoute shows the opportunities that the card and the tile count.
const dealsRoute = "opportunities?period=attention"

// card is a titled list cut to a number of rows, with the way to all of them, or a line that says that there is nothing.
func (p *page) card(key string, items []ui.FeedItem, rows, total int, route string) fyne.CanvasObject {
	var actions []fyne.CanvasObject
	if total > 0 {
		actions = append(actions, ui.NewBadge(strconv.Itoa(total), ui.ToneNeutral))
	}
	if total > rows && route != "" {
		actions = append(actions, ui.NewLink(ui.T("today.all"), func() { p.host.Open(route) }))
	}
	if len(items) == 0 {
		return ui.NewCard(ui.T("today.card."+key), ui.Muted(ui.T("today.none."+key)).Elastic(), actions...)
	}
	return ui.NewCard(ui.T("today.card."+key), ui.NewFeed(items[:min(len(items), rows)]), actions...)
}

func (p *page) visitsCard() fyne.CanvasObject {
	items := make([]ui.FeedItem, len(p.day.Visits))
	for i, v := range p.day.Visits {
		items[i] = p.visitItem(v)
	}
	return p.card("visits", items, visitRows, len(items), "visits?view=day")
}

func (p *page) visitItem(v Visit) ui.FeedItem {
	kind := v.TypeEn
	if ui.Lang() == "zh" && v.TypeZh != "" || kind == "" {
		kind = v.TypeZh
	}
	if kind == "" {
		kind = v.VisitType
	}
	item := ui.FeedItem{
		Icon: ui.IconVisits, Tone: ui.ToneInfo, Title: v.Company, Text: kind, Meta: ui.FormatTime(v.When().Time()),
		OnTap: func() { p.host.Open("visit/" + v.ID) },
	}
	if v.Subject != "" {
		item.Text += " · " + v.Subject
	}
	log := ui.IconButton(ui.IconCheck, ui.T("today.visit.log"), func() { p.host.Open("visit/new?visit=" + v.ID) })
	switch {
	case v.Late:
		item.Tone, item.Meta, item.MetaTone = ui.ToneDanger, ui.RelativeDay(ui.DayOf(v.PlannedAt.Time())), ui.ToneDanger
		item.Action = ui.HGap(0, p.moveButton(v), log)
	case v.Status == sales.VisitInProgress:
		item.Tone, item.Meta, item.MetaTone = ui.ToneAccent, ui.T("option.status.in_progress"), ui.ToneAccent
		item.Action = log
	default:
		item.Action = ui.HGap(0, ui.IconButton(ui.IconPlay, ui.T("today.visit.start"), func() { p.startVisit(v) }), log)
	}
	return item
}

func (p *page) missedCard() fyne.CanvasObject {
	items := make([]ui.FeedItem, len(p.day.Missed))
	for i, c := range p.day.Missed {
		items[i] = p.missedItem(c)
	}
	return p.card("missed", items, missedRows, p.day.MissedTotal, "partners?missed=1")
}

func (p *page) missedItem(c Company) ui.FeedItem {
	icon := ui.IconPartners
	if c.Kind == "account" {
		icon = ui.IconAccounts
	}
	text := ui.T("today.missed.never")
	if c.Last != "" {
		text = ui.T("today.missed.last", "When", ui.RelativeDay(string(c.Last)))
	}
	if c.Tier != "" {
		text = ui.T("option.tier."+c.Tier) + " · " + text
	}
	item := ui.FeedItem{Icon: icon, Tone: ui.ToneWarning, Title: c.Name, Text: text, OnTap: func() { p.host.Open(c.Kind + "/" + c.ID) }}
	if c.Overdue > 0 {
		item.Meta, item.MetaTone = ui.T("today.missed.by", "Count", c.Overdue), ui.ToneDanger
	}
	item.Action = ui.HGap(0,
		ui.IconButton(ui.IconCalendar, ui.T("today.visit.plan"), func() { p.host.Open("visit/new?plan=1&" + c.query()) }),
		ui.IconButton(ui.IconCheck, ui.T("today.visit.log"), func() { p.host.Open("visit/new?" + c.query()) }))
	return item
}

func (p *page) tasksCard() fyne.CanvasObject {
	items := make([]ui.FeedItem, len(p.day.Tasks))
	for i, t := range p.day.Tasks {
		item := ui.FeedItem{
			Icon: ui.IconTasks, Tone: ui.ToneInfo, Title: t.Title, Text: t.Company, Meta: ui.RelativeDay(string(t.DueOn)),
			OnTap: func() { p.host.Open("task/" + t.ID) },
		}
		if t.Late > 0 {
			item.Tone, item.MetaTone = ui.ToneDanger, ui.ToneDanger
		}
		if t.Priority == "high" {
			item.Icon = ui.IconFlag
		}
		item.Action = ui.IconButton(ui.IconCheck, ui.T("today.task.done"), func() { p.finishTask(t) })
		items[i] = item
	}
	return p.card("tasks", items, taskRows, p.day.TasksTotal, "tasks")
}

func (p *page) dealsCard() fyne.CanvasObject {
	items := make([]ui.FeedItem, len(p.day.Deals))
	for i, o := range p.day.Deals {
		item := ui.FeedItem{
			Icon: ui.IconOpportunities, Tone: ui.ToneWarning, Title: o.Name, Text: joined(dealText(o), o.Company), OnTap: func() { p.host.Open("opportunity/" + o.ID) },
			Action: ui.IconButton(ui.IconEdit, ui.T("today.deal.step"), func() { p.askNextStep(o) }),
		}
		if o.Amount != 0 {
			item.Meta = ui.FormatMoneyShort(o.Amount, o.Currency)
		}
		if o.PastBy > 0 {
			item.Tone = ui.ToneDanger
		}
		items[i] = item
	}
	return p.card("deals", items, dealRows, p.day.DealsTotal, dealsRoute)
}

// dealText says why an opportunity needs a hand.
func dealText(o Deal) string {
	switch {
	case o.PastBy > 0:
		return ui.T("today.deal.past", "Count", o.PastBy)
	case o.NoStep:
		return ui.T("today.deal.nostep")
	}
	return ui.T("today.deal.steplate", "Count", o.StepLate, "Step", o.NextStep)
}

func (p *page) projectsCard() fyne.CanvasObject {
	items := make([]ui.FeedItem, len(p.day.Projects))
	for i, project := range p.day.Projects {
		item := ui.FeedItem{
			Icon: ui.IconRisk, Tone: ui.ToneWarning, Title: project.Name, Text: project.Company,
			Badge: ui.NewBadge(ui.T("option.health."+project.Health), ui.ToneWarning), OnTap: func() { p.host.Open("project/" + project.ID) },
		}
		if project.Health == sales.HealthRed {
			item.Tone, item.Badge = ui.ToneDanger, ui.NewBadge(ui.T("option.health.red"), ui.ToneDanger)
		}
		if len(project.Reasons) > 0 {
			r := project.Reasons[0]
			item.Text = ui.T("health."+r.Code, "Title", r.Title, "Days", r.Days, "Count", r.Days)
		}
		items[i] = item
	}
	return p.card("projects", items, projectRows, len(items), "projects")
}

func (p *page) announcementsCard() fyne.CanvasObject {
	items := make([]ui.FeedItem, len(p.day.Announcements))
	for i, a := range p.day.Announcements {
		label, tone := ui.T("today.announcement.read"), ui.ToneInfo
		if a.MustConfirm {
			label, tone = ui.T("today.announcement.confirm"), ui.ToneWarning
		}
		items[i] = ui.FeedItem{
			Icon: ui.IconAnnounce, Tone: tone, Title: a.Title, Text: categoryText(a) + ui.RelativeDay(string(a.PublishedOn)),
			Action: ui.Button(label, func() { p.read(a) }), OnTap: func() { p.read(a) },
		}
	}
	return p.card("announcements", items, announcementRows, len(items), "announcements")
}

// joined puts a dot between two texts, either of which may be missing.
func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " · " + b
}

func categoryText(a sales.Announcement) string {
	if a.Category == "" {
		return ""
	}
	return ui.T("option.category."+a.Category) + " · "
}

func (p *page) newsCard() fyne.CanvasObject {
	items := make([]ui.FeedItem, len(p.day.News))
	for i, n := range p.day.News {
		key := "today.news.changed"
		if n.New {
			key = "today.news.new"
		}
		said := ui.T(key, "Who", cmp.Or(n.Who, ui.T("today.news.someone")), "Kind", ui.T("kind."+n.Kind))
		if n.Text != "" {
			said = ui.T("today.news.text", "Said", said, "Text", n.Text)
		}
		items[i] = ui.FeedItem{
			Icon: newsIcon(n.Kind), Tone: ui.ToneMuted, Title: n.Title, Text: said,
			Meta: ui.RelativeTime(n.At.Time()), OnTap: func() { p.host.Open(n.Route) },
		}
	}
	return p.card("news", items, newsRows, len(items), "")
}

func newsIcon(kind string) fyne.Resource {
	switch kind {
	case "task":
		return ui.IconTasks
	case "feedback", "feedback_reply":
		return ui.IconFeedback
	case "visit":
		return ui.IconVisits
	case "opportunity":
		return ui.IconOpportunities
	case "project_note":
		return ui.IconProjects
	case "account":
		return ui.IconAccounts
	}
	return ui.IconPartners
}
