package feedback

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// detailPane shows one feedback: its text in full, its facts, its thread, and what can be done about it.
type detailPane struct {
	host    ui.Host
	model   *Model
	detail  Detail
	reply   *ui.Entry
	draft   *ui.Draft
	content *fyne.Container
	scroll  *container.Scroll
	files   *ui.Attachments // of the feedback that is shown
}

func newDetailPane(host ui.Host, model *Model) *detailPane {
	p := &detailPane{host: host, model: model, content: container.NewStack()}
	p.scroll = ui.Scroll(container.NewStack())
	return p
}

// show loads feedback into the pane. A reply that is being written stays while the same feedback is loaded anew.
func (p *detailPane) show(id string) {
	ui.Go(p.host.Context(), func(ctx context.Context) (Detail, error) { return p.model.Detail(ctx, id) }, func(d Detail, err error) {
		if err != nil {
			put(p.content, ui.VStack(ui.NewErrorBanner(err, func() { p.show(id) })))
			return
		}
		if d.ID != p.detail.ID || p.reply == nil {
			p.keep()
			p.newReply(d.ID)
		}
		fresh := d.ID != p.detail.ID
		p.detail = d
		if fresh {
			p.newFiles()
		}
		p.build(fresh)
	})
}

func (p *detailPane) newReply(id string) {
	p.reply = ui.NewMultiline(2)
	p.reply.SetPlaceHolder(ui.T("feedback.reply.hint"))
	p.draft = ui.NewDraft(p.host.State(), "feedback/reply/"+id,
		func() map[string]string { return map[string]string{"text": p.reply.Text} },
		func(input map[string]string) { p.reply.SetText(input["text"]) })
	p.draft.Restore()
	p.reply.OnChanged = func(string) { p.draft.Touch() }
}

// keep writes a reply that was begun, before the pane shows something else.
func (p *detailPane) keep() {
	if p.reply != nil && strings.TrimSpace(p.reply.Text) != "" {
		p.draft.Flush()
	}
}

func (p *detailPane) build(fresh bool) {
	offset := p.scroll.Offset
	p.scroll = ui.Scroll(ui.PadXY(14, 4, ui.VGap(12, p.text(), p.facts(), p.thread(), p.attachments())))
	put(p.content, ui.Panel(ui.Border(p.header(), p.footer(), nil, nil, p.scroll)))
	if !fresh {
		p.scroll.ScrollToOffset(offset)
	}
}

func (p *detailPane) header() fyne.CanvasObject {
	d := p.detail
	badges := []fyne.CanvasObject{
		ui.NewBadge(optionText("kind", d.Kind), ui.ToneAccent),
		ui.NewBadge(ui.T("feedback.severity.badge", "Severity", optionText("severity", d.Severity)), severityTone(d.Severity)),
		ui.NewBadge(optionText("status", d.Status), statusTone(d.Status)),
	}
	var urgent []fyne.CanvasObject // on a line of their own: beside the button there is no room for them
	if d.Late > 0 {
		urgent = append(urgent, ui.NewBadge(ui.T("feedback.late", "Count", d.Late), ui.ToneDanger))
	}
	if d.Pending {
		urgent = append(urgent, ui.NewBadge(ui.T("feedback.pending"), ui.ToneInfo))
	}
	badges = append(badges, ui.Spacer())
	var more fyne.CanvasObject
	more = ui.IconButton(ui.IconMore, ui.T("feedback.more"), func() { ui.ShowMenu(p.host.Canvas(), more, p.menu()...) })
	rows := []fyne.CanvasObject{ui.HGap(6, append(badges, p.actions(more)...)...)}
	if len(urgent) > 0 {
		rows = append(rows, ui.HGap(6, urgent...))
	}
	if !d.TitleIsText() {
		rows = append(rows, ui.Heading(d.Title).Elastic())
	}
	return ui.PadXY(14, 4, ui.VGap(6, rows...))
}

// actions offers the most likely next step as a button; the menu has the rest.
func (p *detailPane) actions(more fyne.CanvasObject) []fyne.CanvasObject {
	switch p.detail.Status {
	case sales.FeedbackCaptured:
		return []fyne.CanvasObject{ui.PrimaryButton(ui.T("feedback.to.acknowledged"), func() { p.setStatus(sales.FeedbackAcknowledged) }), more}
	case sales.FeedbackAcknowledged:
		return []fyne.CanvasObject{ui.PrimaryButton(ui.T("feedback.to.in_progress"), func() { p.setStatus(sales.FeedbackInProgress) }), more}
	case sales.FeedbackClosed:
		return []fyne.CanvasObject{ui.Button(ui.T("feedback.reopen"), func() { p.setStatus(sales.FeedbackInProgress) }), more}
	}
	return []fyne.CanvasObject{ui.PrimaryButton(ui.T("feedback.to.closed"), func() { p.setStatus(sales.FeedbackClosed) }), more}
}

func (p *detailPane) menu() []ui.MenuItem {
	var items []ui.MenuItem
	for _, status := range p.detail.Next {
		key := "feedback.to." + status
		if p.detail.Status == sales.FeedbackClosed || p.detail.Status == sales.FeedbackAnswered && status == sales.FeedbackInProgress {
			key = "feedback.reopen"
		}
		items = append(items, ui.MenuItem{Label: ui.T(key), Icon: ui.IconForward, Run: func() { p.setStatus(status) }})
	}
	items = append(items, ui.MenuItem{Label: ui.T("feedback.assign"), Icon: ui.IconUser, Run: p.assign})
	if p.detail.AssigneeID != p.model.me() {
		items = append(items, ui.MenuItem{Label: ui.T("feedback.assign.me"), Icon: ui.IconUser, Run: func() { p.assignTo(p.model.me()) }})
	}
	return append(items,
		ui.MenuItem{Label: ui.T("feedback.severity"), Icon: ui.IconFlag, Run: p.askSeverity},
		ui.MenuItem{Label: ui.T("feedback.task"), Icon: ui.IconTasks, Run: p.addTask},
		ui.MenuItem{Label: ui.T("feedback.history"), Icon: ui.IconHistory, Run: func() { p.host.Open("history/" + p.detail.ID + "?kind=" + kind) }})
}

// text shows what was heard, in full and wrapped: customers write a lot.
func (p *detailPane) text() fyne.CanvasObject {
	body := ui.Prose(p.detail.Body)
	if p.detail.ClosedWith == "" {
		return body
	}
	return ui.VGap(8, body, ui.NewBanner(ui.ToneSuccess, ui.T("feedback.closed_with", "Answer", p.detail.ClosedWith), "", nil))
}

func (p *detailPane) facts() fyne.CanvasObject {
	d := p.detail
	facts := []ui.KV{}
	add := func(label, value string) {
		if value != "" {
			facts = append(facts, ui.KV{Label: label, Value: value})
		}
	}
	link := func(label, text, route string) {
		if text != "" {
			facts = append(facts, ui.KV{Label: label, Object: ui.NewLink(text, func() { p.host.Open(route) })})
		}
	}
	add(ui.T("feedback.by"), strings.TrimPrefix(d.Owner+" · "+ui.FormatDateTime(d.CapturedAt.Time()), " · "))
	link(ui.T("kind.partner"), d.Partner, "partner/"+d.PartnerID)
	link(ui.T("kind.account"), d.Account, "account/"+d.AccountID)
	if d.VisitID != "" {
		subject := d.Visit
		if subject == "" {
			subject = ui.T("kind.visit")
		}
		link(ui.T("kind.visit"), subject, "visit/"+d.VisitID)
	}
	add(fieldText("product_id"), d.Product)
	add(fieldText("category"), d.Category)
	add(fieldText("competitor"), d.Competitor)
	add(fieldText("tags"), strings.Join(d.Tags, "、"))
	assignee := d.Assignee
	if assignee == "" {
		assignee = ui.T("feedback.nobody")
	}
	facts = append(facts, ui.KV{Label: fieldText("assignee_id"), Object: ui.NewLink(assignee, p.assign)})
	return ui.KeyValue(facts...)
}

// newFiles makes the area of the feedback's photos and documents. They are the company's too.
func (p *detailPane) newFiles() {
	if p.files != nil {
		p.files.Close()
	}
	p.files = ui.NewAttachments(p.host, p.model.Attach, kind, p.detail.ID)
	p.files.Describe = func(a *sales.Attachment) { a.PartnerID, a.AccountID = p.detail.PartnerID, p.detail.AccountID }
	p.files.Refresh()
}

func (p *detailPane) attachments() fyne.CanvasObject {
	return ui.VGap(8, ui.Heading(ui.T("kind.attachment.plural")), p.files.Content())
}

func (p *detailPane) thread() fyne.CanvasObject {
	rows := []fyne.CanvasObject{ui.Heading(ui.T("feedback.thread", "Count", len(p.detail.Replies)))}
	for _, r := range p.detail.Replies {
		author := r.Author
		if r.Mine {
			author = ui.T("feedback.me")
		}
		head := ui.HGap(8, ui.Strong(author), ui.Caption(ui.RelativeTime(r.WrittenAt.Time())))
		if r.Pending {
			head.Add(ui.NewBadge(ui.T("feedback.pending"), ui.ToneInfo))
		}
		rows = append(rows, ui.VGap(2, head, ui.Prose(r.Body)))
	}
	if len(p.detail.Replies) == 0 {
		rows = append(rows, ui.Muted(ui.T("feedback.thread.none")))
	}
	return ui.VGap(8, rows...)
}

func (p *detailPane) footer() fyne.CanvasObject {
	send := ui.PrimaryButton(ui.T("feedback.reply.send"), p.send)
	return ui.PadXY(8, 4, ui.Border(nil, nil, nil, container.NewCenter(ui.PadXY(6, 0, send)), p.reply))
}
