package projects

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// tasksCard shows the project's follow-ups.
func (p *detailPage) tasksCard() fyne.CanvasObject {
	add := ui.WithIcon(ui.QuietButton(ui.T("projects.add"), p.addTask), ui.IconAdd)
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
		return ui.NewCard(ui.T("projects.tasks"), ui.Muted(ui.T("projects.tasks.none")), add)
	}
	return ui.NewCard(ui.T("projects.tasks"), ui.NewFeed(items), add)
}

func (p *detailPage) addTask() {
	project := p.detail.Project
	ui.AskTask(p.host.Canvas(), func(title, day string) {
		p.write(func(ctx context.Context) error { return p.model.AddTask(ctx, project, title, sales.Date(day)) },
			func() { p.host.Toast(ui.T("projects.saved")) }, "task")
	})
}
