package visits

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/internal/fakebook"
	"github.com/rounds-field/rounds/internal/uitest"
	"github.com/rounds-field/rounds/sales"
)

// screen is a page shown on the sample workbook.
type screen struct {
	t    *testing.T
	host *uitest.Host
	book *fakebook.Book
	page ui.Page
	root fyne.CanvasObject
}

func open(t *testing.T, host *uitest.Host, book *fakebook.Book, route string) *screen {
	t.Helper()
	m, _ := sample()
	m.Book = book
	page := NewPage(m.Deps)(host, ui.ParseRoute(route))
	return &screen{t: t, host: host, book: book, page: page, root: host.Show(page)}
}

func start(t *testing.T, route string) *screen {
	t.Helper()
	return open(t, uitest.NewHost(t), fakebook.Sample(), route)
}

// dialog is what lies above the page.
func (s *screen) dialog() fyne.CanvasObject {
	s.t.Helper()
	top := s.host.Window.Canvas().Overlays().Top()
	if top == nil {
		s.t.Fatal("no dialog is open")
	}
	return top
}

func (s *screen) noDialog() {
	s.t.Helper()
	if top := s.host.Window.Canvas().Overlays().Top(); top != nil {
		s.t.Fatalf("a dialog is open: %q", uitest.Texts(top))
	}
}

// press runs the page's shortcut of a key with Ctrl.
func (s *screen) press(key fyne.KeyName) {
	s.t.Helper()
	for _, shortcut := range s.page.(ui.Shortcuts).Shortcuts() {
		if shortcut.Key == key && shortcut.Ctrl {
			shortcut.Run()
			return
		}
	}
	s.t.Fatalf("the page has no Ctrl+%s", key)
}

// entryOf finds the field with this content or placeholder.
func entryOf(t *testing.T, root fyne.CanvasObject, text string) *ui.Entry {
	t.Helper()
	for i := range 20 {
		e := uitest.Find[*ui.Entry](t, root, i)
		if e.Text == text || e.PlaceHolder == text {
			return e
		}
	}
	return nil
}

func (s *screen) shows(part string) bool {
	for _, text := range uitest.Texts(s.root) {
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}

func TestAVisitIsLoggedInThreeActions(t *testing.T) {
	s := start(t, "visit/new")
	picker := uitest.Find[*ui.Picker](t, s.root, 0)
	if s.host.Window.Canvas().Focused() != fyne.Focusable(picker) {
		t.Fatal("the keyboard is not at the company")
	}
	test.Type(s.host.Window.Canvas().Focused(), "声") // typing opens the list
	test.Type(s.host.Window.Canvas().Focused(), "智")
	s.host.Window.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if picker.Item().Title != "桂林声智科技" {
		t.Fatalf("picked %+v", picker.Item())
	}
	before := len(fakebook.All[sales.Visit](s.book))
	s.press(fyne.KeyReturn)
	visits := fakebook.All[sales.Visit](s.book)
	if len(visits) != before+1 {
		t.Fatalf("%d visits were made", len(visits)-before)
	}
	v := visits[before]
	if v.PartnerID != fakebook.SampleID("partner", 3) || v.VisitType != "routine" || v.Status != sales.VisitDone || v.StartedAt == 0 {
		t.Errorf("logged %+v", v)
	}
	uitest.TapText(t, s.dialog(), "In two weeks · 04-01")
	s.noDialog() // it is asked once
	tasks := fakebook.All[sales.Task](s.book)
	if last := tasks[len(tasks)-1]; last.DueOn != "2026-04-01" || last.VisitID != v.ID || last.Title != "Follow up with 桂林声智科技" {
		t.Errorf("follow-up %+v", last)
	}
	if s.host.Backs != 1 || len(s.host.Errors) != 0 {
		t.Errorf("%d times back, errors %v", s.host.Backs, s.host.Errors)
	}
}

func TestNoFollowUpIsAnAnswerToo(t *testing.T) {
	s := start(t, "visit/new?partner="+fakebook.SampleID("partner", 2))
	tasks := len(fakebook.All[sales.Task](s.book))
	s.press(fyne.KeyReturn)
	uitest.TapText(t, s.dialog(), "No follow-up")
	s.noDialog()
	if n := len(fakebook.All[sales.Task](s.book)); n != tasks || s.host.Backs != 1 {
		t.Errorf("%d tasks more, %d times back", n-tasks, s.host.Backs)
	}
	s.host.Actions["Open"]()
	if len(s.host.Opened) != 1 || !strings.HasPrefix(s.host.Opened[0], "visit/") {
		t.Errorf("opened %v", s.host.Opened)
	}
}

func TestAFollowUpCanBeAPlannedVisitOnAnyDay(t *testing.T) {
	s := start(t, "visit/new?account="+fakebook.SampleID("account", 1))
	s.press(fyne.KeyReturn)
	dialog := s.dialog()
	uitest.TapText(t, dialog, "Planned visit")
	uitest.Find[*ui.DateEntry](t, dialog, 0).SetDay("2026-03-27")
	uitest.TapText(t, dialog, "Save")
	visits := fakebook.All[sales.Visit](s.book)
	if last := visits[len(visits)-1]; last.Status != sales.VisitPlanned || last.PlannedAt != fakebook.At(9, 10, 0) || last.AccountID != fakebook.SampleID("account", 1) {
		t.Errorf("planned %+v", last)
	}
}

func TestWhatIsMissingIsSaidAtItsField(t *testing.T) {
	s := start(t, "visit/new")
	s.press(fyne.KeyReturn)
	s.noDialog()
	if len(s.book.Edits) != 0 || len(s.host.Errors) != 0 {
		t.Fatalf("edits %v, errors %v", s.book.Edits, s.host.Errors)
	}
	want := ui.ErrorText(&sales.Error{Code: sales.CodeRequired, Kind: "visit", Field: "partner_id"})
	if !s.shows(want) {
		t.Errorf("the form does not say %q: %q", want, uitest.Texts(s.root))
	}
}

func TestAPlanIsMadeForTheClickedHour(t *testing.T) {
	s := start(t, "visits")
	c := uitest.Find[*calendar](t, s.root, 0)
	column := c.column(c.Size().Width)
	test.TapAt(c, fyne.NewPos(gutterWidth+3.5*column, c.y(13*60+40)))
	if len(s.host.Opened) != 1 || s.host.Opened[0] != "visit/new?plan=1&at=2026-03-19T13:30" {
		t.Fatalf("opened %v", s.host.Opened)
	}
	plan := open(t, s.host, s.book, s.host.Opened[0]+"&partner="+fakebook.SampleID("partner", 7))
	plan.press(fyne.KeyReturn)
	visits := fakebook.All[sales.Visit](s.book)
	if v := visits[len(visits)-1]; v.Status != sales.VisitPlanned || v.PlannedAt != fakebook.At(1, 13, 30) || v.PlannedEnd != fakebook.At(1, 14, 30) {
		t.Errorf("planned %+v", v)
	}
	plan.noDialog()
}

func TestADraftOutlivesItsPage(t *testing.T) {
	s := start(t, "visit/new")
	entryOf(t, s.root, ui.T("visits.notes.placeholder")).SetText("陈列面被竞品占去一半")
	s.page.(ui.Closer).Close() // leaves before the draft was written by itself
	again := open(t, s.host, s.book, "visit/new")
	if !again.hasEntry("陈列面被竞品占去一半") {
		t.Fatal("the notes are gone")
	}
	uitest.TapText(t, again.root, "Cancel")
	if third := open(t, s.host, s.book, "visit/new"); third.hasEntry("陈列面被竞品占去一半") {
		t.Error("what was given up came back")
	}
}

func (s *screen) hasEntry(text string) bool {
	for _, shown := range uitest.Texts(s.root) {
		if shown == text {
			return true
		}
	}
	return false
}

func TestAPlannedVisitIsLoggedFromItsRow(t *testing.T) {
	id := fakebook.SampleID("visit", 2)
	s := start(t, "visit/new?visit="+id)
	if !s.shows("榆林中彩科技") || !s.shows("2026-03-18 Wed 10:30–11:30") {
		t.Fatalf("shown: %q", uitest.Texts(s.root))
	}
	s.press(fyne.KeyReturn)
	if v := visitOf(t, s.book, id); v.Status != sales.VisitDone {
		t.Errorf("the visit is %s", v.Status)
	}
}

func TestCancellingAsksForTheReason(t *testing.T) {
	id := fakebook.SampleID("visit", 4)
	s := start(t, "visit/"+id)
	uitest.TapText(t, s.root, "Cancel visit")
	dialog := s.dialog()
	uitest.TapText(t, dialog, "Cancel visit")
	if v := visitOf(t, s.book, id); v.Status != sales.VisitPlanned {
		t.Fatalf("cancelled without a reason")
	}
	uitest.Find[*ui.Entry](t, dialog, 0).SetText("客户出差")
	uitest.TapText(t, dialog, "Cancel visit")
	s.noDialog()
	if v := visitOf(t, s.book, id); v.Status != sales.VisitCancelled || v.CancelReason != "客户出差" {
		t.Errorf("the visit is %+v", v)
	}
	if !s.shows("Cancelled: 客户出差") {
		t.Error("the page does not say so")
	}
}

func TestReschedulingIsOneClickForTheNextDays(t *testing.T) {
	id := fakebook.SampleID("visit", 2)
	s := start(t, "visit/"+id)
	uitest.TapText(t, s.root, "Reschedule")
	uitest.TapText(t, s.dialog(), "Tomorrow · Thu 10:30")
	s.noDialog()
	if v := visitOf(t, s.book, id); v.PlannedAt != fakebook.At(1, 10, 30) || v.PlannedEnd != fakebook.At(1, 11, 30) {
		t.Errorf("moved to %+v", v)
	}
}

func TestAPlannedVisitIsDraggedToAnotherTime(t *testing.T) {
	s := start(t, "visits")
	c := uitest.Find[*calendar](t, s.root, 0)
	block := uitest.Find[*dragBlock](t, s.root, 1) // the first on Wednesday
	block.Dragged(&fyne.DragEvent{Dragged: fyne.NewDelta(c.column(c.Size().Width), 0)})
	block.Dragged(&fyne.DragEvent{Dragged: fyne.NewDelta(0, 1.3*c.hour())})
	block.DragEnd()
	id := fakebook.SampleID("visit", 2)
	if v := visitOf(t, s.book, id); v.PlannedAt != fakebook.At(1, 11, 45) || v.PlannedEnd != fakebook.At(1, 12, 45) || v.MovedFrom != fakebook.At(0, 10, 30) {
		t.Fatalf("moved to %v, %v", v.PlannedAt.Time(), v.PlannedEnd.Time())
	}
	s.host.Actions["Undo"]()
	if v := visitOf(t, s.book, id); v.PlannedAt != fakebook.At(0, 10, 30) {
		t.Errorf("Undo left it at %v", v.PlannedAt.Time())
	}
	edits := len(s.book.Edits)
	block = uitest.Find[*dragBlock](t, s.root, 1)
	block.Dragged(&fyne.DragEvent{Dragged: fyne.NewDelta(2, 3)})
	block.DragEnd()
	if len(s.book.Edits) != edits {
		t.Error("a shake moved the visit")
	}
	test.Tap(block)
	if len(s.host.Opened) != 1 || s.host.Opened[0] != "visit/"+id {
		t.Errorf("opened %v", s.host.Opened)
	}
}
