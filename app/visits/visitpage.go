package visits

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// visitPage is the page of one visit: its notes and steps to fill in, and what was captured in it.
type visitPage struct {
	actions
	id      string
	detail  Detail
	loaded  bool
	notes   *notesForm
	capture *captures
	root    *fyne.Container
	left    *container.Scroll
	right   *container.Scroll
}

func newVisitPage(h ui.Host, id string, m *Model) *visitPage {
	p := &visitPage{actions: actions{h, m}, id: id, root: container.NewStack(ui.Loading())}
	p.notes = newNotesForm(h, m, id)
	p.capture = newCaptures(p.actions, id)
	refreshOn(h, p.Refresh)
	return p
}

// Title implements ui.Page.
func (p *visitPage) Title() string {
	if p.detail.Company != "" {
		return ui.T("visits.one.title", "Company", p.detail.Company)
	}
	return ui.T("kind.visit")
}

// Content implements ui.Page.
func (p *visitPage) Content() fyne.CanvasObject { return p.root }

// Refresh implements ui.Page.
func (p *visitPage) Refresh() {
	ui.Go(p.host.Context(), func(ctx context.Context) (Detail, error) { return p.model.Load(ctx, p.id) }, func(d Detail, err error) {
		if err != nil {
			p.root.Objects = []fyne.CanvasObject{ui.PadXY(16, 12, ui.VStack(ui.NewErrorBanner(err, p.Refresh)))}
			p.root.Refresh()
			return
		}
		p.show(d)
	})
}

func (p *visitPage) show(d Detail) {
	p.detail = d
	p.notes.show(d)
	p.capture.show(d)
	if p.loaded {
		p.rebuild()
		return
	}
	p.loaded = true
	p.notes.restoreDraft()
	p.rebuild()
}

func (p *visitPage) rebuild() {
	d := p.detail
	p.left = scrollAgain(p.left, 0, ui.VGap(12, p.notes.card(), p.stepsCard()))
	p.right = scrollAgain(p.right, 8, ui.VGap(12, p.facts(), p.capture.card(), p.previous()))
	body := ui.NewMasterDetail(p.host.State(), "visit", 0.54, p.left, p.right)
	subtitle := d.Type.In(ui.Lang()) + " · " + whenText(d.Visit)
	p.root.Objects = []fyne.CanvasObject{ui.PageFrame(d.Company, subtitle, p.buttons(), p.banner(), body)}
	p.root.Refresh()
}

// scrollAgain makes content scroll, and stay where it was scrolled to before it was built anew.
func scrollAgain(before *container.Scroll, left float32, content fyne.CanvasObject) *container.Scroll {
	const bar = 10 // keeps the scroll bar off the cards
	scroll := ui.Scroll(container.New(layout.NewCustomPaddedLayout(0, 0, left, bar), content))
	if before != nil {
		scroll.Offset = before.Offset
	}
	return scroll
}

// buttons are what can be done about the visit in its present status.
func (p *visitPage) buttons() []fyne.CanvasObject {
	r := p.detail.Row
	objects := []fyne.CanvasObject{ui.NewBadge(statusText(r), statusTone(r))}
	if r.Status == sales.VisitPlanned {
		objects = append(objects,
			ui.WithIcon(ui.Button(ui.T("visits.reschedule"), func() { p.reschedule(r) }), ui.IconClock),
			ui.WithIcon(ui.Button(ui.T("visits.start"), func() { p.start(r) }), ui.IconPlay))
	}
	if r.Open() {
		objects = append(objects,
			ui.Button(ui.T("visits.cancel"), func() { p.cancel(r) }),
			ui.WithIcon(ui.PrimaryButton(ui.T("visits.finish"), p.finish), ui.IconCheck))
	}
	if r.Status == sales.VisitDone {
		objects = append(objects, ui.WithIcon(ui.Button(ui.T("visits.followup"), func() {
			askFollowUp(p.host, p.model, p.detail.Visit, r.Company, func() {})
		}), ui.IconCalendar))
	}
	more := ui.Button("", nil)
	more.SetIcon(ui.IconMore)
	more.OnTapped = func() {
		ui.ShowMenu(p.host.Canvas(), more,
			ui.MenuItem{Label: ui.T("visits.facts.edit"), Icon: ui.IconEdit, Run: func() { editFacts(p.actions, p.detail) }},
			ui.MenuItem{Label: ui.T("visits.delete"), Danger: true, Run: p.remove})
	}
	return append(objects, more)
}

// banner says what a reader must know first.
func (p *visitPage) banner() fyne.CanvasObject {
	d := p.detail
	switch {
	case d.Status == sales.VisitCancelled:
		return ui.NewBanner(ui.ToneWarning, ui.T("visits.banner.cancelled", "Reason", d.CancelReason), "", nil)
	case d.Late:
		return ui.NewBanner(ui.ToneWarning, ui.T("visits.banner.late", "When", ui.RelativeDay(ui.DayOf(d.PlannedAt.Time()))), "", nil)
	case d.Status == sales.VisitDone && d.Missing > 0:
		return ui.NewBanner(ui.ToneInfo, ui.T("visits.banner.missing", "Count", d.Missing), "", nil)
	}
	return nil
}

// finish saves what was typed and ends the visit. Required steps that are still open need a reason first.
func (p *visitPage) finish() {
	if p.detail.Missing == 0 {
		p.end("")
		return
	}
	ui.AskText(p.host.Canvas(), ui.AskOptions{
		Title: ui.T("visits.skip.title", "Count", p.detail.Missing), Label: ui.T("visits.skip.reason"),
		Yes: ui.T("visits.skip.yes"), Required: true, Multiline: true,
	}, p.end)
}

func (p *visitPage) end(skipReason string) {
	next := p.notes.apply(p.detail.Visit)
	ui.Go(p.host.Context(), func(ctx context.Context) (sales.Visit, error) {
		if err := p.model.SkipMissing(ctx, p.detail, skipReason); err != nil {
			return sales.Visit{}, err
		}
		if _, err := p.model.Update(ctx, p.detail.Visit, next); err != nil {
			return sales.Visit{}, err
		}
		return p.model.Finish(ctx, p.id)
	}, func(v sales.Visit, err error) {
		if err != nil {
			p.host.ShowError(err)
			return
		}
		p.notes.saved()
		p.host.Changed("visit", "visit_result")
		askFollowUp(p.host, p.model, v, p.detail.Company, func() {})
	})
}

func (p *visitPage) remove() {
	ui.Confirm(p.host.Canvas(), ui.ConfirmOptions{
		Title: ui.T("visits.delete.title"), Text: ui.T("visits.delete.text", "Company", p.detail.Company), Yes: ui.T("visits.delete"), Danger: true,
	}, func() {
		ui.Do(p.host.Context(), func(ctx context.Context) error { return p.model.Delete(ctx, p.id) }, func(err error) {
			if err != nil {
				p.host.ShowError(err)
				return
			}
			p.notes.saved()
			p.host.Toast(ui.T("visits.deleted"))
			p.host.Back()
			p.host.Changed("visit")
		})
	})
}

// facts are whom, when and by whom, with the way to the company.
func (p *visitPage) facts() fyne.CanvasObject {
	d := p.detail
	route := "partner/" + d.PartnerID
	if d.PartnerID == "" {
		route = "account/" + d.AccountID
	}
	facts := []ui.KV{
		{Label: ui.T("visits.company"), Object: ui.HStack(ui.NewLink(d.Company, func() { p.host.Open(route) }))},
		{Label: ui.T("visits.fact.planned"), Value: ui.FormatDateTime(d.PlannedAt.Time())},
		{Label: ui.T("visits.fact.took"), Value: tookText(d.Visit)},
		{Label: ui.T("field.visit.owner_id"), Value: d.Owner},
	}
	if d.MovedFrom != 0 {
		facts = append(facts, ui.KV{Label: ui.T("field.visit.moved_from"), Value: ui.FormatDateTime(d.MovedFrom.Time())})
	}
	if d.NextOn != "" {
		facts = append(facts, ui.KV{Label: ui.T("field.visit.next_on"), Value: ui.FormatDay(string(d.NextOn))})
	}
	edit := ui.IconButton(ui.IconEdit, ui.T("visits.facts.edit"), func() { editFacts(p.actions, p.detail) })
	return ui.NewCard(ui.T("visits.facts"), ui.KeyValue(facts...), edit)
}

// tookText is when the visit took place.
func tookText(v sales.Visit) string {
	if v.StartedAt == 0 {
		return ""
	}
	text := ui.FormatDateTime(v.StartedAt.Time())
	if v.EndedAt > v.StartedAt {
		text += "–" + ui.FormatTime(v.EndedAt.Time())
	}
	return text
}

func (p *visitPage) previous() fyne.CanvasObject {
	items := make([]ui.FeedItem, len(p.detail.Previous))
	for i, r := range p.detail.Previous {
		title := noteOf(r)
		if title == "" {
			title = r.Type.In(ui.Lang())
		}
		items[i] = ui.FeedItem{
			Icon: ui.IconHistory, Tone: ui.ToneMuted, Title: title, Text: r.Type.In(ui.Lang()) + " · " + r.Owner,
			Meta: ui.RelativeDay(ui.DayOf(r.When().Time())), OnTap: func() { p.open(r) },
		}
	}
	return ui.NewCard(ui.T("visits.previous"), feedOr(items, ui.T("visits.previous.none")))
}

// TypedKey implements ui.KeyHandler: Escape goes back and keeps what was typed as a draft.
func (p *visitPage) TypedKey(event *fyne.KeyEvent) bool { return backOnEscape(p.host, event) }

// Close implements ui.Closer: what was typed in the last moment is kept too.
func (p *visitPage) Close() {
	p.notes.draft.Flush()
	p.capture.draft.Flush()
}

// Shortcuts implements ui.Shortcuts.
func (p *visitPage) Shortcuts() []ui.Shortcut {
	return []ui.Shortcut{{Key: fyne.KeyReturn, Ctrl: true, LabelKey: "visits.save", Run: p.notes.submit}}
}
