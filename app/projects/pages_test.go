package projects

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

func get(t *testing.T, book *fakebook.Book, id string) sales.Project {
	t.Helper()
	record, err := book.Get(t.Context(), kind, id)
	if err != nil {
		t.Fatal(err)
	}
	return sales.As[sales.Project](record)
}

func showDetail(t *testing.T) (*fakebook.Book, *uitest.Host, ui.Page, fyne.CanvasObject) {
	t.Helper()
	book, h := fakebook.Sample(), uitest.NewHost(t)
	page := open(h, book, "project/"+branches)
	content := h.Show(page)
	return book, h, page, content
}

func TestTheListIsNarrowedByHealthAndOpens(t *testing.T) {
	h := uitest.NewHost(t)
	page := open(h, fakebook.Sample(), "projects")
	h.Show(page)
	p := page.(*listPage)
	uitest.TapText(t, p.health, "In danger")
	row, ok := p.list.Rows[0], p.table.Length() == 1
	if !ok || row.ID != branches {
		t.Fatalf("in danger are %+v", p.list.Rows)
	}
	p.table.OnOpen(row)
	if !slices.Equal(h.Opened, []string{"project/" + branches}) {
		t.Errorf("opened are %v", h.Opened)
	}
	again := open(h, fakebook.Sample(), "projects")
	again.(ui.Stateful).RestoreState(page.(ui.Stateful).SaveState())
	h.Show(again)
	if n := again.(*listPage).table.Length(); n != 1 {
		t.Errorf("after restoring the filter there are %d", n)
	}
}

func TestHealthIsShownWithItsReasons(t *testing.T) {
	_, _, _, content := showDetail(t)
	shown := strings.Join(uitest.Texts(content), "\n")
	for _, want := range []string{"In danger", "总行可能推迟付款", "第二批 300 台到货 is 8 days late"} {
		if !strings.Contains(shown, want) {
			t.Errorf("%q is not shown", want)
		}
	}
}

func TestTickingAMilestoneReachesIt(t *testing.T) {
	book, h, page, content := showDetail(t)
	test.Tap(uitest.Find[*ui.Check](t, content, 1))
	d := load(t, page.(*detailPage).model, branches)
	if d.Milestones[1].DoneOn != "2026-03-18" || !slices.Contains(h.ChangedKinds, "milestone") {
		t.Errorf("the milestone is %+v; errors %v", d.Milestones[1], h.Errors)
	}
	page.Refresh()
	if strings.Contains(strings.Join(uitest.Texts(content), "\n"), "days late") || len(book.Edits) != 1 {
		t.Error("the health still counts it as late")
	}
}

func TestAMilestoneIsAddedInADialog(t *testing.T) {
	book, h, _, content := showDetail(t)
	uitest.TapText(t, content, "Add")
	form := dialog(t, h)
	test.Type(uitest.Find[*ui.Entry](t, form, 0), "用户培训")
	uitest.TapText(t, form, "Save")
	if n := len(fakebook.All[sales.Milestone](book)); n != 3 || h.Canvas().Overlays().Top() == nil {
		t.Fatalf("without a day it was saved: %d", n)
	}
	uitest.Find[*ui.DateEntry](t, form, 0).SetDay("2026-04-20")
	uitest.TapText(t, form, "Save")
	all := fakebook.All[sales.Milestone](book)
	if len(all) != 4 || all[3].Name != "用户培训" || all[3].DueOn != "2026-04-20" || all[3].Phase != "delivery" {
		t.Errorf("the milestones are %+v; errors %v", all, h.Errors)
	}
}

func TestANoteIsAddedFromTheKeyboardAndSurvivesACrash(t *testing.T) {
	book, h, page, _ := showDetail(t)
	test.Type(page.(*detailPage).note, "第二批已发货")
	uitest.Elapse()
	page = open(h, book, "project/"+branches)
	content := h.Show(page)
	if text := page.(*detailPage).note.Text; text != "第二批已发货" {
		t.Fatalf("the note came back as %q", text)
	}
	press(t, page)
	notes := fakebook.All[sales.ProjectNote](book)
	if len(notes) != 1 || notes[0].Body != "第二批已发货" || notes[0].AuthorID != fakebook.Me {
		t.Fatalf("the notes are %+v; errors %v", notes, h.Errors)
	}
	page.Refresh()
	if !strings.Contains(strings.Join(uitest.Texts(content), "\n"), "第二批已发货") {
		t.Error("the note is not shown")
	}
}

func TestARiskIsAssessedInADialog(t *testing.T) {
	book, h, _, _ := showDetail(t)
	page := open(h, book, "project/"+branches)
	content := h.Show(page)
	page.(*detailPage).editRisk(load(t, page.(*detailPage).model, branches).Risks[0].ProjectRisk)
	form := dialog(t, h)
	uitest.Find[*ui.Select](t, form, 2).SetCode("mitigated")
	uitest.TapText(t, form, "Save")
	if r := fakebook.All[sales.ProjectRisk](book)[0]; r.Status != "mitigated" || r.Likelihood != "high" {
		t.Errorf("the risk is %+v; errors %v", r, h.Errors)
	}
	page.Refresh()
	if uitest.Shows(content, "In danger") {
		t.Error("a mitigated risk still endangers the project")
	}
}

func TestPhaseHealthNextStepAndMembersAreSetOnThePage(t *testing.T) {
	book, h, page, content := showDetail(t)
	uitest.TapText(t, content, "Acceptance")
	if p := get(t, book, branches); p.Phase != "acceptance" {
		t.Errorf("the phase is %s; errors %v", p.Phase, h.Errors)
	}
	page.Refresh()
	h.Actions["Undo"]()
	if p := get(t, book, branches); p.Phase != "delivery" {
		t.Errorf("after undoing the phase is %s", p.Phase)
	}
	health := uitest.Find[*ui.Select](t, content, 0)
	health.SetSelected("At risk")
	if p := get(t, book, branches); p.Health != sales.HealthAmber {
		t.Errorf("the health is %s", p.Health)
	}
	picker := uitest.Find[*ui.Picker](t, content, 0)
	picker.OnChanged(ui.PickItem{ID: fakebook.Colleague, Title: "李娜"})
	page.Refresh()
	if p := get(t, book, branches); !slices.Equal(p.MemberIDs, []string{fakebook.Colleague}) || !uitest.Shows(content, "李娜") {
		t.Errorf("the members are %v", p.MemberIDs)
	}
	for n := range 5 {
		if step := uitest.Find[*ui.Entry](t, content, n); step.Text == "催第二批发货" {
			step.SetText("验收准备")
			step.OnSubmitted(step.Text)
			break
		}
	}
	if p := get(t, book, branches); p.NextStep != "验收准备" {
		t.Errorf("the next step is %q; errors %v", p.NextStep, h.Errors)
	}
}

func TestANewProjectIsSavedAndErrorsStandAtTheirField(t *testing.T) {
	book, h := fakebook.Sample(), uitest.NewHost(t)
	page := open(h, book, "project/new?account="+fakebook.SampleID("account", 2))
	content := h.Show(page)
	press(t, page)
	if !uitest.Shows(content, "This is required.") {
		t.Error("the missing name is not said")
	}
	test.Type(uitest.Find[*ui.Entry](t, content, 0), "机房搬迁")
	uitest.Find[*ui.DateEntry](t, content, 1).SetDay("2020-01-01")
	press(t, page)
	if h.Backs != 0 || len(h.Errors) != 0 {
		t.Fatalf("an end before the start was saved, or not said at its field: %v", h.Errors)
	}
	uitest.Find[*ui.DateEntry](t, content, 1).SetDay("2026-09-30")
	press(t, page)
	all := fakebook.All[sales.Project](book)
	last := all[len(all)-1]
	if last.Name != "机房搬迁" || last.AccountID != fakebook.SampleID("account", 2) || last.EndsOn != "2026-09-30" || h.Backs != 1 {
		t.Errorf("saved is %+v; errors %v", last, h.Errors)
	}
}

func TestATaskOfAProjectIsAdded(t *testing.T) {
	book, h, page, content := showDetail(t)
	page.(*detailPage).addTask()
	form := dialog(t, h)
	test.Type(uitest.Find[*ui.Entry](t, form, 0), "预约验机")
	uitest.TapText(t, form, "OK")
	all := fakebook.All[sales.Task](book)
	if last := all[len(all)-1]; last.ProjectID != branches || last.AccountID != fakebook.SampleID("account", 1) {
		t.Errorf("saved is %+v; errors %v", last, h.Errors)
	}
	page.Refresh()
	if !uitest.Shows(content, "预约验机") {
		t.Error("the task is not shown")
	}
}
