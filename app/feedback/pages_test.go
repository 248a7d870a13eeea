package feedback

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/internal/fakebook"
	"github.com/rounds-field/rounds/internal/uitest"
	"github.com/rounds-field/rounds/sales"
)

// press runs Ctrl+Enter of a page.
func press(t *testing.T, page ui.Page) {
	t.Helper()
	for _, s := range page.(ui.Shortcuts).Shortcuts() {
		if s.Key == fyne.KeyReturn && s.Ctrl {
			s.Run()
			return
		}
	}
	t.Fatal("the page has no Ctrl+Enter")
}

func dialog(t *testing.T, h *uitest.Host) fyne.CanvasObject {
	t.Helper()
	top := h.Canvas().Overlays().Top()
	if top == nil {
		t.Fatalf("no dialog is open; errors: %v", h.Errors)
	}
	return top
}

func get(t *testing.T, book *fakebook.Book, id string) sales.Feedback {
	t.Helper()
	record, err := book.Get(t.Context(), kind, id)
	if err != nil {
		t.Fatal(err)
	}
	return sales.As[sales.Feedback](record)
}

func newest(book *fakebook.Book) sales.Feedback {
	all := fakebook.All[sales.Feedback](book)
	return all[len(all)-1]
}

func TestCtrlEnterSavesAfterTheFirstStep(t *testing.T) {
	book := fakebook.Sample()
	h := uitest.NewHost(t)
	page := open(h, book, "feedback/new")
	content := h.Show(page)
	press(t, page)
	if !uitest.Shows(content, "Choose what kind it is.") || !uitest.Shows(content, "Write what was heard.") || h.Backs != 0 {
		t.Errorf("what is missing is not said: %q", uitest.Texts(content))
	}
	uitest.TapText(t, content, "Complaint")
	test.Type(uitest.Find[*ui.Entry](t, content, 0), "屏幕有亮点")
	press(t, page)
	f := newest(book)
	if f.Kind != "complaint" || f.Body != "屏幕有亮点" || f.Severity != "normal" || f.OwnerID != fakebook.Me || h.Backs != 1 {
		t.Errorf("saved is %+v; errors %v", f, h.Errors)
	}
	if h.Actions["Open"](); !slices.Equal(h.Opened, []string{"feedback/" + f.ID}) {
		t.Errorf("opened are %v", h.Opened)
	}
}

func TestTheSecondStepSaysWhatItIsAbout(t *testing.T) {
	book := fakebook.Sample()
	h := uitest.NewHost(t)
	page := open(h, book, "feedback/new?visit="+fakebook.SampleID("visit", 3))
	content := h.Show(page)
	if !uitest.Shows(content, "华菱汽车 · 信息化二期方案沟通") {
		t.Errorf("the origin is not shown: %q", uitest.Texts(content))
	}
	uitest.TapText(t, content, "Competitor")
	test.Type(uitest.Find[*ui.Entry](t, content, 0), "对手降价")
	uitest.TapText(t, content, "More about it")
	uitest.TapText(t, content, "Critical")
	form := page.(*capturePage).form
	test.Type(form.competitor, "联宝")
	test.Type(form.tags, "价格， 促销，价格")
	uitest.TapText(t, content, "Save")
	f := newest(book)
	if f.Severity != "critical" || f.AccountID != fakebook.SampleID("account", 2) || f.VisitID != fakebook.SampleID("visit", 3) ||
		f.Competitor != "联宝" || !slices.Equal(f.Tags, []string{"价格", "促销"}) {
		t.Errorf("saved is %+v; errors %v", f, h.Errors)
	}
}

func TestACaptureSurvivesACrash(t *testing.T) {
	book := fakebook.Sample()
	h := uitest.NewHost(t)
	content := h.Show(open(h, book, "feedback/new"))
	uitest.TapText(t, content, "Market")
	test.Type(uitest.Find[*ui.Entry](t, content, 0), "以旧换新")
	uitest.Elapse()
	page := open(h, book, "feedback/new")
	h.Show(page)
	if form := page.(*capturePage).form; form.kind() != "market" || form.body.Text != "以旧换新" {
		t.Fatalf("the draft came back as %q, %q", form.kind(), form.body.Text)
	}
	uitest.TapText(t, page.Content(), "Cancel")
	uitest.TapText(t, dialog(t, h), "Discard")
	again := open(h, book, "feedback/new")
	h.Show(again)
	if text := again.(*capturePage).form.body.Text; text != "" {
		t.Errorf("what was discarded came back: %q", text)
	}
}

func TestChipsNarrowTheInbox(t *testing.T) {
	h := uitest.NewHost(t)
	page := open(h, fullBook(), "feedback")
	content := h.Show(page)
	p := page.(*inboxPage)
	uitest.TapText(t, p.facets["severity"], "High")
	if p.table.Length() != 3 || !uitest.Shows(content, "3 messages") {
		t.Errorf("of high severity there are %d", p.table.Length())
	}
	uitest.TapText(t, p.facets["kind"], "Channel")
	if row, ok := p.table.Selected(); p.table.Length() != 1 || ok && row.Kind != "channel" {
		t.Errorf("of both there are %d", p.table.Length())
	}
	again := open(h, fullBook(), "feedback")
	again.(ui.Stateful).RestoreState(page.(ui.Stateful).SaveState())
	h.Show(again)
	if n := again.(*inboxPage).table.Length(); n != 1 {
		t.Errorf("after restoring the filter there are %d", n)
	}
	uitest.TapText(t, again.Content(), "Clear filters")
	if n := again.(*inboxPage).table.Length(); n != 10 {
		t.Errorf("without filters there are %d", n)
	}
}

func TestSelectingARowShowsItAndAReplyIsSent(t *testing.T) {
	book := fakebook.Sample()
	h := uitest.NewHost(t)
	page := open(h, book, "feedback")
	content := h.Show(page)
	page.(*inboxPage).table.Select(1)
	if !strings.Contains(strings.Join(uitest.Texts(content), "\n"), "真垃圾，来了内屏碎的，寄回去换货，检测无法确定是谁责任") {
		t.Fatalf("the text is not shown in full: %q", uitest.Texts(content))
	}
	test.Type(page.(*inboxPage).detail.reply, "已安排换货")
	press(t, page)
	replies := fakebook.All[sales.FeedbackReply](book)
	if len(replies) != 1 || replies[0].Body != "已安排换货" || get(t, book, complaint).Status != sales.FeedbackAcknowledged {
		t.Fatalf("the replies are %+v; errors %v", replies, h.Errors)
	}
	page.Refresh()
	if !uitest.Shows(content, "1 reply") || page.(*inboxPage).detail.reply.Text != "" {
		t.Error("the thread does not show the reply")
	}
}

func TestClosingAsksForTheAnswer(t *testing.T) {
	book := fullBook()
	id := fakebook.SampleID("feedback", 50)
	h := uitest.NewHost(t)
	page := open(h, book, "feedback/"+id)
	content := h.Show(page)
	uitest.TapText(t, content, "Close with answer")
	form := dialog(t, h)
	answer := uitest.Find[*ui.Entry](t, form, 0)
	if answer.Text != "收到，我先回复客户。" {
		t.Errorf("proposed is %q, not the last reply", answer.Text)
	}
	answer.SetText("")
	tapButton(t, form, "Close with answer")
	if get(t, book, id).Status == sales.FeedbackClosed {
		t.Fatal("it was closed without an answer")
	}
	answer.SetText("固件已推送，客户确认解决。")
	tapButton(t, form, "Close with answer")
	if f := get(t, book, id); f.Status != sales.FeedbackClosed || f.ClosedWith != "固件已推送，客户确认解决。" {
		t.Errorf("it became %+v; errors %v", f, h.Errors)
	}
}

// tapButton taps the last text of a dialog, its button, not its title.
func tapButton(t *testing.T, root fyne.CanvasObject, text string) {
	t.Helper()
	for n := range 20 {
		button := uitest.Find[interface {
			fyne.CanvasObject
			fyne.Tappable
			SetText(string)
		}](t, root, n)
		if uitest.Shows(button, text) {
			button.Tapped(&fyne.PointEvent{})
			return
		}
	}
	t.Fatalf("there is no button %q", text)
}

func TestFeedbackIsAssigned(t *testing.T) {
	book := fakebook.Sample()
	h := uitest.NewHost(t)
	page := open(h, book, "feedback/"+complaint)
	content := h.Show(page)
	uitest.TapText(t, content, "Nobody yet")
	picker := uitest.Find[*ui.Picker](t, dialog(t, h), 0)
	picker.Set(fakebook.Manager, "王磊")
	tapButton(t, dialog(t, h), "Save")
	if f := get(t, book, complaint); f.AssigneeID != fakebook.Manager {
		t.Errorf("it is assigned to %q; errors %v", f.AssigneeID, h.Errors)
	}
}

func TestAnInboxOfThousandsLoadsOnlyWhatIsSeen(t *testing.T) {
	book := fakebook.New(sampleNow, fakebook.Me)
	for i := range 16_315 {
		book.Put(sales.Feedback{Kind: "product", Severity: "normal", Status: sales.FeedbackCaptured, Body: "很好用", CapturedAt: sales.Instant(i + 1)})
	}
	h := uitest.NewHost(t)
	page := open(h, book, "feedback")
	book.Lists = 0
	content := h.Show(page)
	if book.Lists > 2 || page.(*inboxPage).table.Length() != 16_315 {
		t.Errorf("%d lists were loaded for %d rows; shown %v", book.Lists, page.(*inboxPage).table.Length(), uitest.Shows(content, "很好用"))
	}
}

func TestATaskOfFeedbackIsAdded(t *testing.T) {
	book := fakebook.Sample()
	h := uitest.NewHost(t)
	page := open(h, book, "feedback/"+rival)
	h.Show(page)
	page.(*inboxPage).detail.addTask()
	form := dialog(t, h)
	test.Type(uitest.Find[*ui.Entry](t, form, 0), "核实竞品价格")
	uitest.TapText(t, form, "OK")
	all := fakebook.All[sales.Task](book)
	if last := all[len(all)-1]; last.FeedbackID != rival || last.VisitID != fakebook.SampleID("visit", 1) {
		t.Errorf("saved is %+v; errors %v", last, h.Errors)
	}
}
