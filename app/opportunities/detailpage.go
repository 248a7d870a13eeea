package opportunities

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// detailPage shows one opportunity.
type detailPage struct {
	host    ui.Host
	model   *Model
	id      string
	title   string
	detail  Detail
	content *fyne.Container
	scroll  *container.Scroll
	related string // the tab of related records that is chosen
	next    *nextStep

	files     *ui.Attachments
	fileCount int
	fileBadge func(n int) // shows it on the tab there is now
}

func newDetailPage(host ui.Host, model *Model, id string) *detailPage {
	p := &detailPage{host: host, model: model, id: id, title: ui.T("kind.opportunity"), content: container.NewStack(ui.Loading())}
	p.next = newNextStep(p.saveNextStep)
	ui.RefreshOn(host, p.Refresh, kind, "stage_change", "line_item", "task", "visit", "feedback", "partner", "account", "user", "product")
	return p
}

// Title implements ui.Page.
func (p *detailPage) Title() string { return p.title }

// Content implements ui.Page.
func (p *detailPage) Content() fyne.CanvasObject { return p.content }

// Shortcuts implements ui.Shortcuts.
func (p *detailPage) Shortcuts() []ui.Shortcut {
	return []ui.Shortcut{
		{Key: fyne.KeyE, Ctrl: true, LabelKey: "opportunities.edit", Run: p.edit},
		{Key: fyne.KeyW, Ctrl: true, Shift: true, LabelKey: "opportunities.won", Run: func() { p.move(sales.StageWon) }},
		{Key: fyne.KeyX, Ctrl: true, Shift: true, LabelKey: "opportunities.lost", Run: func() { p.move(sales.StageLost) }},
	}
}

// Refresh implements ui.Page.
func (p *detailPage) Refresh() {
	ui.Go(p.host.Context(), func(ctx context.Context) (Detail, error) { return p.model.Detail(ctx, p.id) }, func(d Detail, err error) {
		if err != nil {
			p.put(ui.PadXY(16, 12, ui.VStack(ui.NewErrorBanner(err, p.Refresh))))
			return
		}
		p.detail, p.title = d, d.Name
		p.build()
	})
}

func (p *detailPage) put(object fyne.CanvasObject) {
	p.content.Objects = []fyne.CanvasObject{object}
	p.content.Refresh()
}

func (p *detailPage) build() {
	offset := fyne.Position{}
	if p.scroll != nil {
		offset = p.scroll.Offset
	}
	d := p.detail
	left := ui.VGap(12, p.nextStepCard(), p.itemsCard(), p.relatedCard())
	right := ui.VGap(12, p.factsCard(), p.historyCard())
	body := ui.VGap(12, p.stageBar(), ui.Columns(12, 348, left, right))
	if d.Open() && d.PastClose(p.model.today()) {
		body.Objects = append([]fyne.CanvasObject{ui.NewBanner(ui.ToneWarning,
			ui.T("opportunities.past_close", "Day", ui.FormatDay(string(d.ExpectedClose))), ui.T("opportunities.edit"), p.edit)}, body.Objects...)
	}
	p.scroll = ui.ScrollBeside(body)
	p.put(ui.PageFrame(d.Name, p.subtitle(), p.actions(), nil, p.scroll))
	p.scroll.ScrollToOffset(offset)
}

func (p *detailPage) subtitle() string {
	text := ui.T("kind.opportunity")
	for _, part := range []string{p.detail.Code, p.detail.Company, ui.T("option.pipeline." + p.detail.Pipeline)} {
		if part != "" {
			text += " · " + part
		}
	}
	return text
}

func (p *detailPage) actions() []fyne.CanvasObject {
	var actions []fyne.CanvasObject
	if p.detail.Pending {
		actions = append(actions, ui.NewBadge(ui.T("opportunities.pending"), ui.ToneInfo))
	}
	if p.detail.Open() {
		won := ui.WithIcon(ui.PrimaryButton(ui.T("opportunities.won"), func() { p.move(sales.StageWon) }), ui.IconTrophy)
		if !p.mayMove(sales.StageWon) {
			won.Disable()
		}
		actions = append(actions, won, ui.WithIcon(ui.Button(ui.T("opportunities.lost"), func() { p.move(sales.StageLost) }), ui.IconLost))
	}
	edit := ui.WithIcon(ui.Button(ui.T("opportunities.edit"), p.edit), ui.IconEdit)
	var more fyne.CanvasObject
	more = ui.IconButton(ui.IconMore, ui.T("opportunities.more_actions"), func() {
		ui.ShowMenu(p.host.Canvas(), more,
			ui.MenuItem{Label: ui.T("opportunities.add_task"), Icon: ui.IconTasks, Run: p.addTask},
			ui.MenuItem{Label: ui.T("opportunities.history"), Icon: ui.IconHistory, Run: func() { p.host.Open("history/" + p.id + "?kind=" + kind) }},
			ui.MenuItem{Label: ui.T("opportunities.delete"), Danger: true, Run: p.delete})
	})
	return append(actions, edit, more)
}

func (p *detailPage) mayMove(stage string) bool {
	for _, next := range p.detail.Next {
		if next == stage {
			return true
		}
	}
	return false
}

func (p *detailPage) move(stage string) { startMove(p.host, p.model, p.id, stage) }

func (p *detailPage) edit() { p.host.Open("opportunity/" + p.id + "?edit=1") }

func (p *detailPage) addTask() {
	o := p.detail.Opportunity
	ui.AskTask(p.host.Canvas(), func(title, day string) {
		p.write(func(ctx context.Context) error { return p.model.AddTask(ctx, o, title, sales.Date(day)) },
			func() { p.host.Toast(ui.T("opportunities.saved")) }, "task")
	})
}

func (p *detailPage) delete() {
	ui.Confirm(p.host.Canvas(), ui.ConfirmOptions{
		Title: ui.T("opportunities.delete"), Text: ui.T("opportunities.delete.text", "Name", p.detail.Name),
		Yes: ui.T("opportunities.delete"), Danger: true,
	}, func() {
		p.write(func(ctx context.Context) error { return p.model.Delete(ctx, p.id) }, func() {
			p.host.Toast(ui.T("opportunities.deleted", "Name", p.detail.Name))
			p.host.Back()
		}, kind, "line_item", "stage_change")
	})
}

// write does something off the UI thread and tells the window what changed.
func (p *detailPage) write(do func(context.Context) error, done func(), kinds ...string) {
	ui.Do(ui.Lasting(p.host), do, func(err error) {
		if err != nil {
			p.host.ShowError(err)
			return
		}
		if done != nil {
			done()
		}
		p.host.Changed(kinds...)
	})
}
