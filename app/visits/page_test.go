package visits

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/internal/fakebook"
	"github.com/rounds-field/rounds/internal/uitest"
	"github.com/rounds-field/rounds/sales"
)

func TestNotesAreSavedByCtrlEnterAndWhatIsTypedIsNotOverwritten(t *testing.T) {
	id := fakebook.SampleID("visit", 1)
	s := start(t, "visit/"+id)
	notes := entryOf(t, s.root, "仓库剩余 46 台，下周三到货。")
	s.press(fyne.KeyReturn)
	if len(s.book.Edits) != 0 {
		t.Fatal("something was written though nothing was typed")
	}
	notes.SetText("仓库剩余 46 台，下周三到货 60 台。")
	uitest.TapText(t, s.root, "赵敏 · 总经理")
	uitest.TapText(t, s.root, "Successful")
	s.page.Refresh() // a sync brought something
	s.press(fyne.KeyReturn)
	v := visitOf(t, s.book, id)
	if v.Notes != "仓库剩余 46 台，下周三到货 60 台。" || v.Outcome != "successful" || len(v.ContactIDs) != 1 || v.ContactIDs[0] != fakebook.SampleID("contact", 1) {
		t.Errorf("saved %+v", v)
	}
	if len(s.book.Edits) != 1 || s.host.ChangedKinds[0] != "visit" || s.shows("Not saved yet") {
		t.Errorf("%d edits, told %v", len(s.book.Edits), s.host.ChangedKinds)
	}
}

func TestUnsavedNotesSurviveACrash(t *testing.T) {
	id := fakebook.SampleID("visit", 1)
	s := start(t, "visit/"+id)
	entryOf(t, s.root, "仓库剩余 46 台，下周三到货。").SetText("店长要换展架")
	uitest.Elapse()
	again := open(t, s.host, s.book, "visit/"+id)
	if !again.shows("店长要换展架") || !again.shows("Not saved yet") {
		t.Fatalf("shown: %q", uitest.Texts(again.root))
	}
	again.press(fyne.KeyReturn)
	if v := visitOf(t, s.book, id); v.Notes != "店长要换展架" {
		t.Errorf("saved %q", v.Notes)
	}
	if third := open(t, s.host, s.book, "visit/"+id); third.shows("Not saved yet") {
		t.Error("the draft is still there")
	}
}

func TestFinishingAsksWhyRequiredStepsAreSkipped(t *testing.T) {
	id := fakebook.SampleID("visit", 1)
	s := start(t, "visit/"+id)
	uitest.TapText(t, s.root, "Finish visit")
	dialog := s.dialog()
	uitest.TapText(t, dialog, "Skip and finish")
	if v := visitOf(t, s.book, id); v.Status != sales.VisitInProgress {
		t.Fatal("finished without a reason")
	}
	uitest.Find[*ui.Entry](t, dialog, 0).SetText("时间不够")
	uitest.TapText(t, dialog, "Skip and finish")
	if v := visitOf(t, s.book, id); v.Status != sales.VisitDone || v.EndedAt == 0 {
		t.Errorf("the visit is %+v", v)
	}
	uitest.TapText(t, s.dialog(), "No follow-up")
	s.noDialog()
	if !s.shows("Skipped: 时间不够") || !s.shows("Done") {
		t.Errorf("shown: %q", uitest.Texts(s.root))
	}
	if s.host.Backs != 0 {
		t.Error("finishing left the page")
	}
}

func TestStepsAreDoneWhereTheyStand(t *testing.T) {
	id := fakebook.SampleID("visit", 1)
	s := start(t, "visit/"+id)
	if !s.shows("1 of 5 done") {
		t.Fatalf("shown: %q", uitest.Texts(s.root))
	}
	page := s.page.(*visitPage)
	page.setStep(page.detail.Steps[1], sales.StepDone, "")
	if !s.shows("2 of 5 done") {
		t.Errorf("shown: %q", uitest.Texts(s.root))
	}
	page.skipStep(page.detail.Steps[3])
	dialog := s.dialog()
	uitest.Find[*ui.Entry](t, dialog, 0).SetText("店长不肯说")
	uitest.TapText(t, dialog, "Skip")
	if !s.shows("Skipped: 店长不肯说") || page.detail.Missing != 0 {
		t.Errorf("%d missing, shown: %q", page.detail.Missing, uitest.Texts(s.root))
	}
}

func TestFeedbackDealsAndTasksAreCapturedInTheVisit(t *testing.T) {
	id := fakebook.SampleID("visit", 1)
	s := start(t, "visit/"+id)
	uitest.TapText(t, s.root, "Add feedback")
	if len(s.book.Edits) != 0 || len(s.host.Errors) != 0 {
		t.Fatalf("feedback without words: edits %v, errors %v", s.book.Edits, s.host.Errors)
	}
	capture := s.page.(*visitPage).capture
	capture.feedbackKind.SetCode("competitor")
	capture.feedback.SetText("竞品 14 寸本降价 300 元")
	uitest.TapText(t, s.root, "Add feedback")
	uitest.TapText(t, s.root, "Opportunities")
	capture.deal.SetText("门店换机 30 台")
	capture.amount.SetText("9万")
	uitest.TapText(t, s.root, "Add opportunity")
	uitest.TapText(t, s.root, "Tasks")
	capture.task.SetText("寄展架")
	capture.task.OnSubmitted("")
	feedback, deals, tasks := fakebook.All[sales.Feedback](s.book), fakebook.All[sales.Opportunity](s.book), fakebook.All[sales.Task](s.book)
	f, o, task := feedback[len(feedback)-1], deals[len(deals)-1], tasks[len(tasks)-1]
	if f.VisitID != id || f.Body != "竞品 14 寸本降价 300 元" || f.Kind != "competitor" {
		t.Errorf("feedback %+v", f)
	}
	if o.Amount != 9_000_000 || o.PartnerID != fakebook.SampleID("partner", 1) || o.Stage != sales.StageProspect {
		t.Errorf("opportunity %+v", o)
	}
	if task.Title != "寄展架" || task.VisitID != id || task.DueOn != "2026-03-25" {
		t.Errorf("task %+v", task)
	}
	if !s.shows("寄展架") || capture.task.Text != "" {
		t.Error("the task is not listed, or its field not emptied")
	}
}

func TestDeletingAsksAndLeaves(t *testing.T) {
	id := fakebook.SampleID("visit", 4)
	s := start(t, "visit/"+id)
	s.page.(*visitPage).remove()
	uitest.TapText(t, s.dialog(), "Delete")
	if _, err := s.book.Get(t.Context(), "visit", id); !sales.HasCode(err, sales.CodeNotFound) || s.host.Backs != 1 {
		t.Errorf("got %v, %d times back", err, s.host.Backs)
	}
}

func TestAVisitThatIsGoneIsExplained(t *testing.T) {
	s := start(t, "visit/"+sales.NewID())
	if !s.shows(ui.ErrorText(&sales.Error{Code: sales.CodeNotFound, Kind: "visit"})) {
		t.Errorf("shown: %q", uitest.Texts(s.root))
	}
}

func TestEscapeLeaves(t *testing.T) {
	for _, route := range []string{"visit/new", "visit/" + fakebook.SampleID("visit", 1)} {
		s := start(t, route)
		if !s.page.(ui.KeyHandler).TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape}) || s.host.Backs != 1 {
			t.Errorf("%s: %d times back", route, s.host.Backs)
		}
	}
}

func TestOnlyTheRowsInViewAreRead(t *testing.T) {
	book := fakebook.Sample()
	for i := range 20_000 {
		book.Put(sales.Visit{
			PartnerID: fakebook.SampleID("partner", 1+i%9), VisitType: "routine", Status: sales.VisitDone, Notes: fmt.Sprintf("走访记录 %d", i),
			PlannedAt: fakebook.At(-100-i/20, 9, 0), StartedAt: fakebook.At(-100-i/20, 9, 0), OwnerID: fakebook.Me,
		})
	}
	s := open(t, uitest.NewHost(t), book, "visits?view=list")
	table := s.page.(*overview).list.table
	if table.Length() != 20_018 || !s.shows("20,018 visits") {
		t.Fatalf("%d rows", table.Length())
	}
	if book.Lists > 8 {
		t.Errorf("%d lists were read to show one screen", book.Lists)
	}
	before := book.Lists
	table.SetScrollOffset(300_000)
	if book.Lists == before || book.Lists > before+8 {
		t.Errorf("%d lists were read for a jump", book.Lists-before)
	}
}

func TestTheListIsFilteredAndActedOn(t *testing.T) {
	s := start(t, "visits?view=list&status=planned&period=week")
	list := s.page.(*overview).list
	if list.table.Length() != 7 {
		t.Fatalf("%d rows", list.table.Length())
	}
	uitest.TapText(t, s.root, "Everybody's")
	if list.table.Length() != 8 {
		t.Errorf("%d rows of everybody", list.table.Length())
	}
	uitest.TapText(t, s.root, "Mine")
	list.words.SetText("返点")
	if list.table.Length() != 1 {
		t.Fatalf("%d rows with 返点", list.table.Length())
	}
	list.table.Select(0)
	uitest.TapText(t, s.root, "Log")
	if want := "visit/new?visit=" + fakebook.SampleID("visit", 2); len(s.host.Opened) != 1 || s.host.Opened[0] != want {
		t.Errorf("opened %v, want %s", s.host.Opened, want)
	}
}

func TestTheViewComesBackAsItWasLeft(t *testing.T) {
	s := start(t, "visits")
	page := s.page.(*overview)
	page.show(viewList)
	page.list.words.SetText("返点")
	uitest.TapText(t, s.root, "Everybody's")
	state := page.SaveState()
	m, _ := sample()
	m.Book = s.book
	again := NewPage(m.Deps)(s.host, ui.ParseRoute("visits")).(*overview)
	again.RestoreState(state)
	s.host.Show(again)
	if again.view != viewList || again.mine || again.list.filter.Text != "返点" || again.list.words.Text != "返点" || again.list.table.Length() != 1 {
		t.Errorf("came back as %v, %v, %q with %d rows", again.view, again.mine, again.list.filter.Text, again.list.table.Length())
	}
}

func TestTheAgendaIsTurnedByKeys(t *testing.T) {
	s := start(t, "visits")
	page := s.page.(*overview)
	for _, key := range []fyne.KeyName{fyne.KeyRight, fyne.KeyRight, fyne.KeyLeft} {
		page.TypedKey(&fyne.KeyEvent{Name: key})
	}
	if !s.shows("2026-03-23 to 03-29 · week 13") || !s.shows("张家口汉王科技") {
		t.Errorf("shown: %q", uitest.Texts(s.root))
	}
	page.TypedKey(&fyne.KeyEvent{Name: fyne.KeyHome})
	if !s.shows("2026-03-16 to 03-22 · week 12") {
		t.Error("Home does not lead to this week")
	}
	uitest.TapText(t, s.root, "Show it") // the late visit
	if page.view != viewDay || page.day != "2026-03-16" {
		t.Errorf("the late visit is shown on %s as %s", page.day, page.view)
	}
}

func TestWrongFactsAreMended(t *testing.T) {
	id := fakebook.SampleID("visit", 9)
	s := start(t, "visit/"+id)
	page := s.page.(*visitPage)
	d := showFactsDialog(page.actions, page.detail, []TypeChoice{{Label: routine}, {Label: Label{Code: "review", En: "Business review"}}})
	d.company.Set("account:"+fakebook.SampleID("account", 2), "华菱汽车")
	d.types.SetCode("review")
	d.ended.SetTime(fakebook.At(-1, 9, 0).Time()) // before it started
	d.save()
	if v := visitOf(t, s.book, id); v.PartnerID == "" {
		t.Fatal("a visit that ends before it starts was saved")
	}
	d.ended.SetTime(fakebook.At(-1, 10, 15).Time())
	d.save()
	s.noDialog()
	v := visitOf(t, s.book, id)
	if v.PartnerID != "" || v.AccountID != fakebook.SampleID("account", 2) || v.VisitType != "review" || v.EndedAt != fakebook.At(-1, 10, 15) || v.StartedAt != fakebook.At(-1, 9, 30) {
		t.Errorf("mended to %+v", v)
	}
	if !s.shows("华菱汽车") {
		t.Error("the page does not show it")
	}
}

func TestHalfWrittenCapturesSurviveACrash(t *testing.T) {
	route := "visit/" + fakebook.SampleID("visit", 1)
	s := start(t, route)
	s.page.(*visitPage).capture.feedback.SetText("竞品 14 寸本")
	s.page.(ui.Closer).Close() // leaves before the draft was written by itself
	again := open(t, s.host, s.book, route)
	c := again.page.(*visitPage).capture
	if c.feedback.Text != "竞品 14 寸本" {
		t.Fatalf("came back as %q", c.feedback.Text)
	}
	c.feedbackKind.SetCode("competitor")
	c.addFeedback()
	uitest.Elapse()
	if third := open(t, s.host, s.book, route); third.page.(*visitPage).capture.feedback.Text != "" {
		t.Error("what was saved came back as a draft")
	}
}

func TestMalformedAmountsAndDaysAreSaidAtTheirField(t *testing.T) {
	s := start(t, "visit/"+fakebook.SampleID("visit", 1))
	c := s.page.(*visitPage).capture
	uitest.TapText(t, s.root, "Opportunities")
	c.deal.SetText("门店换机")
	c.amount.SetText("很多")
	c.addDeal()
	uitest.TapText(t, s.root, "Tasks")
	c.task.SetText("寄展架")
	c.due.SetDay("下周")
	c.addTask()
	if len(s.book.Edits) != 0 || !s.shows(ui.T("visits.followup.when")) {
		t.Errorf("edits %v, shown %q", s.book.Edits, uitest.Texts(s.root))
	}
}
