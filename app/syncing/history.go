package syncing

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// NewHistoryPage shows the life of one record: route history/<id>?kind=<kind>.
func NewHistoryPage(h ui.Host, r ui.Route, d Deps) ui.Page {
	p := &historyPage{host: h, model: d.Model, kind: r.Get("kind"), id: r.ID}
	p.body = ui.VStack()
	p.note = ui.VStack()
	p.content = ui.PageFrame(ui.T("syncing.history_of", "Kind", kindLabel(p.kind)), "", nil, p.note, ui.Scroll(p.body))
	p.Refresh()
	return p
}

type historyPage struct {
	host       ui.Host
	model      *Model
	kind, id   string
	body, note *fyne.Container
	content    fyne.CanvasObject
}

// Title names the page.
func (p *historyPage) Title() string { return ui.T("syncing.history") }

// Content is the page's body.
func (p *historyPage) Content() fyne.CanvasObject { return p.content }

type life struct {
	items    []ui.TimelineItem
	complete bool
	title    string
}

// Refresh reads the history anew, from the server where it can be reached.
func (p *historyPage) Refresh() {
	ui.Go(p.host.Context(), p.load, func(l life, err error) {
		if err != nil {
			p.host.ShowError(err)
			return
		}
		note := []fyne.CanvasObject{ui.Heading(l.title)}
		if !l.complete {
			note = append(note, ui.NewBanner(ui.ToneInfo, ui.T("syncing.history_local"), "", nil))
		}
		p.note.Objects = note
		p.note.Refresh()
		if len(l.items) == 0 {
			p.body.Objects = []fyne.CanvasObject{ui.NewEmpty(ui.IconHistory, ui.T("syncing.history_empty"), ui.T("syncing.history_empty_hint"), "", nil)}
		} else {
			p.body.Objects = []fyne.CanvasObject{ui.NewTimeline(l.items)}
		}
		p.body.Refresh()
	})
}

func (p *historyPage) load(ctx context.Context) (life, error) {
	k, ok := sales.KindNamed(p.kind)
	if !ok {
		return life{}, &sales.Error{Code: sales.CodeUnknownKind, Message: "no kind of record is called " + p.kind}
	}
	entries, complete, err := p.model.History(ctx, p.kind, p.id)
	if err != nil {
		return life{}, err
	}
	titles, err := p.model.Book.Titles(ctx, p.kind, []string{p.id})
	if err != nil {
		return life{}, err
	}
	l := life{complete: complete, title: titles[p.id]}
	for _, e := range entries {
		var lines []string
		for _, f := range e.Fields {
			d, ok := k.Field(f.Name)
			if !ok {
				continue // a field of a newer program
			}
			text := fieldLabel(p.kind, f.Name) + ": "
			if !sales.Empty(f.Old) {
				text += p.model.valueText(ctx, d, f.Old) + " → "
			}
			text += p.model.valueText(ctx, d, f.New)
			if f.Lost {
				text += " " + ui.T("syncing.lost")
			}
			lines = append(lines, text)
		}
		who := e.UserName
		if who == "" {
			who = ui.T("syncing.somebody")
		}
		item := ui.TimelineItem{
			Time: e.At.Time().Local(), Icon: ui.IconEdit, Tone: ui.ToneInfo, Title: ui.T("syncing.entry", "Name", who, "Verb", verbText(e.Verb)),
			Text: strings.Join(lines, " · "), Meta: e.Device,
		}
		switch {
		case e.Pending:
			item.Meta, item.Tone = ui.T("syncing.not_sent"), ui.ToneWarning
		case e.Verb == sales.Create:
			item.Icon, item.Tone = ui.IconAdd, ui.ToneSuccess
		case e.Verb == sales.Delete:
			item.Icon, item.Tone = ui.IconDelete, ui.ToneDanger
		}
		l.items = append(l.items, item)
	}
	return l, nil
}
