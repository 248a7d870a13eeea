package tasks

import (
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/internal/fakebook"
	"github.com/rounds-field/rounds/internal/uitest"
	"github.com/rounds-field/rounds/sales"
)

func open(t *testing.T, h *uitest.Host, book *fakebook.Book, route string) (ui.Page, fyne.CanvasObject) {
	t.Helper()
	m, _ := sample()
	m.Book = book
	page := NewPage(m.Deps)(h, ui.ParseRoute(route))
	return page, h.Show(page)
}

func shows(root fyne.CanvasObject, part string) bool {
	for _, text := range uitest.Texts(root) {
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}

func TestATitleAndEnterMakeATask(t *testing.T) {
	h, book := uitest.NewHost(t), fakebook.Sample()
	page, root := open(t, h, book, "tasks")
	list := page.(*listPage)
	list.entry.title.OnSubmitted("")
	if len(book.Edits) != 0 {
		t.Fatal("an empty title made a task")
	}
	list.entry.title.SetText("给赵敏回电话")
	list.entry.company.Set("partner:"+fakebook.SampleID("partner", 1), "铜陵达人科技")
	list.entry.title.OnSubmitted("")
	tasks := fakebook.All[sales.Task](book)
	last := tasks[len(tasks)-1]
	if last.Title != "给赵敏回电话" || last.DueOn != "2026-03-18" || last.PartnerID != fakebook.SampleID("partner", 1) || last.OwnerID != fakebook.Me {
		t.Errorf("made %+v", last)
	}
	if !shows(root, "给赵敏回电话") || list.entry.title.Text != "" || h.Window.Canvas().Focused() != fyne.Focusable(list.entry.title) {
		t.Error("the list does not show it, or the entry is not ready for the next")
	}
}

func TestSpaceFinishesTheSelectedTaskAndUndoTakesItBack(t *testing.T) {
	h, book := uitest.NewHost(t), fakebook.Sample()
	page, _ := open(t, h, book, "tasks?view=overdue")
	list := page.(*listPage)
	if list.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace}) {
		t.Fatal("Space did something without a selection")
	}
	list.table.Select(0)
	list.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	id := fakebook.SampleID("task", 1)
	if task := taskOf(t, book, id); task.Status != sales.TaskDone || list.table.Length() != 1 {
		t.Fatalf("the task is %s, %d rows are left", task.Status, list.table.Length())
	}
	h.Actions["Undo"]()
	if task := taskOf(t, book, id); !task.Open() || list.table.Length() != 2 {
		t.Errorf("the task is %s, %d rows", task.Status, list.table.Length())
	}
}

func TestATaskIsEditedBesideTheList(t *testing.T) {
	h, book := uitest.NewHost(t), fakebook.Sample()
	page, root := open(t, h, book, "tasks")
	list := page.(*listPage)
	list.table.Select(0)
	e := list.editor
	e.title.SetText("把四月价目表发给赵敏")
	e.due.SetDay("2026-03-20")
	if !shows(root, "Not saved yet") {
		t.Error("the editor does not say that it is unsaved")
	}
	for _, s := range list.Shortcuts() {
		if s.Key == fyne.KeyReturn {
			s.Run()
		}
	}
	task := taskOf(t, book, fakebook.SampleID("task", 1))
	if task.Title != "把四月价目表发给赵敏" || task.DueOn != "2026-03-20" || task.VisitID == "" || len(book.Edits[0].Values) != 2 {
		t.Errorf("saved %+v by %v", task, book.Edits)
	}
	e.title.SetText(" ")
	e.submit()
	if !shows(root, ui.ErrorText(&sales.Error{Code: sales.CodeRequired, Kind: "task", Field: "title"})) || len(h.Errors) != 0 {
		t.Errorf("a missing title is not said at its field: %q", uitest.Texts(root))
	}
}

func TestWhatWasTypedSurvivesACrash(t *testing.T) {
	h, book := uitest.NewHost(t), fakebook.Sample()
	id := fakebook.SampleID("task", 2)
	page, _ := open(t, h, book, "task/"+id)
	page.(*taskPage).editor.notes.SetText("财务说周四到账")
	page.(ui.Closer).Close() // leaves before the draft was written by itself
	again, root := open(t, h, book, "task/"+id)
	if !shows(root, "财务说周四到账") {
		t.Fatalf("shown: %q", uitest.Texts(root))
	}
	again.(ui.Shortcuts).Shortcuts()[0].Run()
	if task := taskOf(t, book, id); task.Notes != "财务说周四到账" {
		t.Errorf("saved %q", task.Notes)
	}
}

func TestATaskIsMovedCalledOffAndDeleted(t *testing.T) {
	h, book := uitest.NewHost(t), fakebook.Sample()
	id := fakebook.SampleID("task", 1)
	page, root := open(t, h, book, "task/"+id)
	uitest.TapText(t, root, "Tomorrow")
	if task := taskOf(t, book, id); task.DueOn != "2026-03-19" {
		t.Errorf("moved to %s", task.DueOn)
	}
	editor := page.(*taskPage).editor
	editor.callOff()
	if task := taskOf(t, book, id); task.Status != sales.TaskCancelled {
		t.Errorf("the task is %s", task.Status)
	}
	uitest.TapText(t, root, "Open again")
	if task := taskOf(t, book, id); !task.Open() {
		t.Errorf("the task is %s", task.Status)
	}
	editor.remove()
	uitest.TapText(t, h.Window.Canvas().Overlays().Top(), "Delete")
	if _, err := book.Get(t.Context(), "task", id); !sales.HasCode(err, sales.CodeNotFound) || h.Backs != 1 {
		t.Errorf("got %v, %d times back", err, h.Backs)
	}
}

func TestLinksLeadToWhatATaskIsAbout(t *testing.T) {
	h := uitest.NewHost(t)
	_, root := open(t, h, fakebook.Sample(), "task/"+fakebook.SampleID("task", 1))
	uitest.TapText(t, root, "二月例行走访")
	if len(h.Opened) != 1 || h.Opened[0] != "visit/"+fakebook.SampleID("visit", 12) {
		t.Errorf("opened %v", h.Opened)
	}
}

func TestTheListComesBackAsItWasLeft(t *testing.T) {
	h, book := uitest.NewHost(t), fakebook.Sample()
	page, root := open(t, h, book, "tasks")
	uitest.TapText(t, root, "Upcoming")
	page.(*listPage).table.Select(1)
	state := page.(ui.Stateful).SaveState()
	m, _ := sample()
	m.Book = book
	again := NewPage(m.Deps)(h, ui.ParseRoute("tasks")).(*listPage)
	again.RestoreState(state)
	h.Show(again)
	if again.filter.View != ViewUpcoming || again.table.Length() != 3 || again.editor.id != page.(*listPage).editor.id {
		t.Errorf("came back as %q with %d rows and task %q", again.filter.View, again.table.Length(), again.editor.id)
	}
}

func TestOnlyTheRowsInViewAreRead(t *testing.T) {
	h, book := uitest.NewHost(t), fakebook.Sample()
	for i := range 20_000 {
		book.Put(sales.Task{Title: fmt.Sprintf("回访 %05d", i), OwnerID: fakebook.Me, Status: sales.TaskOpen, DueOn: "2026-04-01"})
	}
	page, _ := open(t, h, book, "tasks")
	if n := page.(*listPage).table.Length(); n != 20_008 || book.Lists > 4 {
		t.Errorf("%d rows, %d lists read", n, book.Lists)
	}
}

func TestTasksWithoutADueDayStandLast(t *testing.T) {
	m, book := sample()
	for range 300 {
		book.Put(sales.Task{Title: "有期限", OwnerID: fakebook.Me, Status: sales.TaskOpen, DueOn: "2026-04-01"})
	}
	found, err := m.Find(t.Context(), Filter{Mine: true})
	if err != nil {
		t.Fatal(err)
	}
	var all []Row
	for offset := 0; offset < found.Total; offset += 100 {
		rows, err := found.Page(t.Context(), offset, 100)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, rows...)
	}
	if len(all) != found.Total || all[len(all)-1].Title != "整理培训课件" || all[0].Late != 2 {
		t.Errorf("%d of %d rows, from %q to %q", len(all), found.Total, all[0].Title, all[len(all)-1].Title)
	}
}

func TestATaskIsMadeForWhatItIsAbout(t *testing.T) {
	h, book := uitest.NewHost(t), fakebook.Sample()
	route := "task/new?partner=" + fakebook.SampleID("partner", 1) + "&opportunity=" + fakebook.SampleID("opportunity", 2)
	page, root := open(t, h, book, route)
	if !shows(root, "铜陵达人科技") || !shows(root, "达人科技春季备货 400 台") || page.Title() != "New task" {
		t.Fatalf("shown: %q", uitest.Texts(root))
	}
	uitest.TapText(t, root, "Add task")
	if len(book.Edits) != 0 || !shows(root, ui.ErrorText(&sales.Error{Code: sales.CodeRequired, Kind: "task", Field: "title"})) {
		t.Fatalf("a task without a title: %v", book.Edits)
	}
	editor := page.(*taskPage).editor
	editor.title.SetText("确认批次价")
	uitest.Elapse()
	again, root := open(t, h, book, route) // after a crash
	if again.(*taskPage).editor.title.Text != "确认批次价" {
		t.Fatal("what was typed is gone")
	}
	uitest.TapText(t, root, "Add task")
	tasks := fakebook.All[sales.Task](book)
	last := tasks[len(tasks)-1]
	if last.Title != "确认批次价" || last.OpportunityID != fakebook.SampleID("opportunity", 2) || last.PartnerID != fakebook.SampleID("partner", 1) || last.DueOn != "2026-03-18" || h.Backs != 1 {
		t.Errorf("made %+v, %d times back", last, h.Backs)
	}
	if third, _ := open(t, h, book, route); third.(*taskPage).editor.title.Text != "" {
		t.Error("the draft is still there")
	}
}
