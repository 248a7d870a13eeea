package today

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/internal/fakebook"
	"github.com/rounds-field/rounds/internal/uitest"
	"github.com/rounds-field/rounds/sales"
)

func start(t *testing.T) (*uitest.Host, *fakebook.Book, *page, fyne.CanvasObject) {
	t.Helper()
	h := uitest.NewHost(t)
	m, book := sample()
	p := NewPage(m.Deps)(h, ui.ParseRoute("today")).(*page)
	root := h.Show(p)
	return h, book, p, root
}

func shows(root fyne.CanvasObject, part string) bool {
	for _, text := range uitest.Texts(root) {
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}

func TestATaskIsDoneFromItsRowAndTakenBack(t *testing.T) {
	h, book, p, root := start(t)
	p.finishTask(p.day.Tasks[0])
	if shows(root, "把新版价目表发给赵敏") {
		t.Error("the task is still shown")
	}
	h.Actions["Undo"]()
	if !shows(root, "把新版价目表发给赵敏") || len(h.Errors) != 0 {
		t.Errorf("the task did not come back: %v", h.Errors)
	}
	if n := len(book.Edits); n != 2 {
		t.Errorf("%d edits", n)
	}
}

func TestRowsLeadWhereTheyAreActedOn(t *testing.T) {
	h, _, p, root := start(t)
	for _, text := range []string{"榆林中彩科技", "呼和浩特速易网络", "未来学院机房改造", "富盈集团网点换机", "声智科技校园渠道", "Log a visit", "Deals to tend"} {
		uitest.TapText(t, root, text)
	}
	want := []string{
		"visit/" + fakebook.SampleID("visit", 2), "partner/" + fakebook.SampleID("partner", 9), "opportunity/" + fakebook.SampleID("opportunity", 3),
		"project/" + fakebook.SampleID("project", 1), "opportunity/" + fakebook.SampleID("opportunity", 20), "visit/new", "opportunities?period=attention",
	}
	if strings.Join(h.Opened, " ") != strings.Join(want, " ") {
		t.Errorf("opened %v, want %v", h.Opened, want)
	}
	for _, s := range p.Shortcuts() {
		s.Run()
	}
	if h.Opened[len(h.Opened)-1] != "visit/new?plan=1" {
		t.Errorf("the shortcuts open %v", h.Opened[len(want):])
	}
}

func TestANextStepIsSetOnTheSpot(t *testing.T) {
	h, book, p, root := start(t)
	p.askNextStep(p.day.Deals[1])
	dialog := h.Window.Canvas().Overlays().Top()
	uitest.TapText(t, dialog, "Save")
	if len(book.Edits) != 0 {
		t.Fatal("an empty step was saved")
	}
	uitest.Find[*ui.Entry](t, dialog, 0).SetText("送两套方案")
	uitest.TapText(t, dialog, "Save")
	if len(book.Edits) != 1 || book.Edits[0].Values["next_step"] != "送两套方案" || book.Edits[0].Values["next_step_on"] != "2026-03-25" {
		t.Errorf("wrote %v", book.Edits)
	}
	if shows(root, "未来学院机房改造") {
		t.Error("the deal still asks for a hand")
	}
}

func TestAnAnnouncementIsReadAndConfirmed(t *testing.T) {
	h, book, _, root := start(t)
	uitest.TapText(t, root, "三月价格保护政策")
	dialog := h.Window.Canvas().Overlays().Top()
	if !shows(dialog, "自 3 月 15 日起") {
		t.Fatalf("shown: %q", uitest.Texts(dialog))
	}
	uitest.TapText(t, dialog, "I have read it")
	receipts := fakebook.All[sales.Receipt](book)
	if last := receipts[len(receipts)-1]; last.AnnouncementID != fakebook.SampleID("announcement", 1) || last.UserID != fakebook.Me || last.ReadAt == 0 {
		t.Errorf("receipt %+v", last)
	}
	if shows(root, "三月价格保护政策") {
		t.Error("it is still shown as unread")
	}
}

func TestAVisitIsStartedFromItsRow(t *testing.T) {
	_, book, p, root := start(t)
	p.startVisit(p.day.Visits[2])
	r, err := book.Get(t.Context(), "visit", p.day.Visits[2].ID)
	if err != nil || r.Text("status") != sales.VisitInProgress {
		t.Errorf("the visit is %s, %v", r.Text("status"), err)
	}
	if !shows(root, "In progress") {
		t.Error("the row does not say so")
	}
}

func TestTheGreetingFitsTheHour(t *testing.T) {
	_, _, p, _ := start(t)
	defer func(now func() time.Time) { ui.Now = now }(ui.Now)
	for hour, want := range map[int]string{8: "Good morning, 陈伟", 14: "Good afternoon, 陈伟", 21: "Good evening, 陈伟"} {
		ui.Now = func() time.Time { return time.Date(2026, 3, 18, hour, 0, 0, 0, time.UTC) }
		if got := p.greeting(); got != want {
			t.Errorf("at %d: %q", hour, got)
		}
	}
}

func TestAFailureIsExplainedAndTriedAgain(t *testing.T) {
	_, book, p, root := start(t)
	book.Err = &sales.Error{Code: sales.CodeStorage, Message: "disk full"}
	p.Refresh()
	if !shows(root, ui.ErrorText(book.Err)) {
		t.Fatalf("shown: %q", uitest.Texts(root))
	}
	book.Err = nil
	uitest.TapText(t, root, ui.T("ui.retry"))
	if !shows(root, "榆林中彩科技") {
		t.Error("the day did not come back")
	}
}

func TestNothingIsCutOffBesideTheRail(t *testing.T) {
	uitest.EachLook(t, func(t *testing.T, _ string) {
		h, _, _, root := start(t)
		h.Window.Resize(fyne.NewSize(1116, 669))
		uitest.CheckClipped(t, root)
		uitest.CheckUntranslated(t, root)
	})
}
