package visits

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// Briefing is what a rep should know of a company before the door opens.
type Briefing struct {
	Visits        []Row // the latest ones
	Tasks         []sales.Task
	Opportunities []sales.Opportunity
}

// How much of each a briefing has.
const briefingLimit = 4

// Briefing reads what is open with a company, and what was said last.
func (m *Model) Briefing(ctx context.Context, key string) (Briefing, error) {
	var b Briefing
	partnerID, accountID := CompanyRefs(key)
	of := sales.Cond{Field: "partner_id", Op: sales.Eq, Value: partnerID}
	if partnerID == "" {
		of = sales.Cond{Field: "account_id", Op: sales.Eq, Value: accountID}
	}
	visits, err := list[sales.Visit](ctx, m.Book, sales.Query{
		Kind: "visit", Sort: []string{"-started_at"}, Limit: briefingLimit,
		Where: []sales.Cond{of, {Field: "status", Op: sales.Eq, Value: sales.VisitDone}},
	})
	if err != nil {
		return b, err
	}
	if b.Visits, err = m.rows(ctx, visits); err != nil {
		return b, err
	}
	b.Tasks, err = list[sales.Task](ctx, m.Book, sales.Query{
		Kind: "task", Sort: []string{"due_on"}, Limit: briefingLimit,
		Where: []sales.Cond{of, {Field: "status", Op: sales.NotIn, Value: []string{sales.TaskDone, sales.TaskCancelled}}},
	})
	if err != nil {
		return b, err
	}
	b.Opportunities, err = list[sales.Opportunity](ctx, m.Book, sales.Query{
		Kind: "opportunity", Sort: []string{"expected_close"}, Limit: briefingLimit,
		Where: []sales.Cond{of, {Field: "stage", Op: sales.NotIn, Value: []string{sales.StageWon, sales.StageLost}}},
	})
	return b, err
}

// loadContext shows beside the form what is known of the chosen company.
func (p *logPage) loadContext() {
	key := p.company.ID()
	if key == "" {
		p.showContext(ui.NewEmpty(ui.IconVisits, ui.T("visits.briefing.empty"), ui.T("visits.briefing.empty.hint"), "", nil))
		return
	}
	ui.Go(p.host.Context(), func(ctx context.Context) (Briefing, error) { return p.model.Briefing(ctx, key) }, func(b Briefing, err error) {
		switch {
		case p.company.ID() != key:
		case err != nil:
			p.showContext(ui.NewErrorBanner(err, p.loadContext))
		default:
			p.showContext(briefing(b))
		}
	})
}

func (p *logPage) showContext(object fyne.CanvasObject) {
	p.context.Objects = []fyne.CanvasObject{object}
	p.context.Refresh()
}

func briefing(b Briefing) fyne.CanvasObject {
	var visits, open []ui.FeedItem
	for _, r := range b.Visits {
		text := noteOf(r)
		if text == "" {
			text = r.Type.In(ui.Lang())
		}
		visits = append(visits, ui.FeedItem{Icon: ui.IconVisits, Tone: ui.ToneMuted, Title: text, Text: r.Type.In(ui.Lang()), Meta: ui.RelativeDay(ui.DayOf(r.When().Time()))})
	}
	for _, t := range b.Tasks {
		item := ui.FeedItem{Icon: ui.IconTasks, Tone: ui.ToneMuted, Title: t.Title, Meta: ui.RelativeDay(string(t.DueOn))}
		if t.Overdue(sales.Date(ui.Today())) > 0 {
			item.MetaTone = ui.ToneDanger
		}
		open = append(open, item)
	}
	for _, o := range b.Opportunities {
		open = append(open, ui.FeedItem{Icon: ui.IconOpportunities, Tone: ui.ToneMuted, Title: o.Name, Text: ui.T("option.stage." + o.Stage), Meta: ui.FormatMoneyShort(o.Amount, o.Currency)})
	}
	return ui.VGap(12,
		ui.NewCard(ui.T("visits.briefing.last"), feedOr(visits, ui.T("visits.briefing.last.none"))),
		ui.NewCard(ui.T("visits.briefing.open"), feedOr(open, ui.T("visits.briefing.open.none"))))
}

// feedOr is a feed, or a line that says that there is nothing.
func feedOr(items []ui.FeedItem, none string) fyne.CanvasObject {
	if len(items) == 0 {
		return ui.Muted(none).Elastic()
	}
	return ui.NewFeed(items)
}
