package tasks

import (
	"fmt"
	"testing"
	"time"

	"github.com/rounds-field/rounds/internal/fakebook"
	"github.com/rounds-field/rounds/sales"
)

func sample() (*Model, *fakebook.Book) {
	book := fakebook.Sample()
	return NewModel(Deps{Book: book, Me: fakebook.MeUser, Now: func() time.Time { return fakebook.SampleNow }}), book
}

func taskOf(t *testing.T, book *fakebook.Book, id string) sales.Task {
	t.Helper()
	r, err := book.Get(t.Context(), "task", id)
	if err != nil {
		t.Fatal(err)
	}
	return sales.As[sales.Task](r)
}

func TestEveryViewHasItsTasks(t *testing.T) {
	m, _ := sample()
	found, err := m.Find(t.Context(), Filter{Mine: true})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(found.Counts), "map[done:1 open:8 overdue:2 today:2 undated:1 upcoming:3]"; got != want {
		t.Errorf("counts %s, want %s", got, want)
	}
	rows, err := found.Page(t.Context(), 0, 200)
	if err != nil || len(rows) != 8 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	overdue, _ := m.Find(t.Context(), Filter{View: ViewOverdue, Mine: true})
	rows, _ = overdue.Page(t.Context(), 0, 200)
	if rows[0].Late != 2 || rows[0].Company != "铜陵达人科技" || rows[0].Owner != "陈伟" {
		t.Errorf("the first overdue one is %+v", rows[0])
	}
}

func TestWordsAndOwnersNarrowTheList(t *testing.T) {
	m, book := sample()
	book.Put(sales.Task{Title: "核对返点", OwnerID: fakebook.Colleague, Status: sales.TaskOpen, DueOn: "2026-03-18"})
	all, _ := m.Find(t.Context(), Filter{Text: "返点"})
	mine, _ := m.Find(t.Context(), Filter{Text: "返点", Mine: true})
	if all.Total != 2 || mine.Total != 1 {
		t.Errorf("返点 finds %d of everybody and %d of mine", all.Total, mine.Total)
	}
}

func TestALongListIsReadPageByPage(t *testing.T) {
	m, book := sample()
	for i := range 1200 {
		book.Put(sales.Task{Title: fmt.Sprintf("回访 %04d", i), OwnerID: fakebook.Me, Status: sales.TaskOpen, DueOn: "2026-04-01"})
	}
	found, err := m.Find(t.Context(), Filter{View: ViewUpcoming, Sort: "title", Desc: true})
	if err != nil || found.Total != 1203 {
		t.Fatalf("found %d, %v", found.Total, err)
	}
	rows, err := found.Page(t.Context(), 1000, 200)
	if err != nil || len(rows) != 200 {
		t.Fatalf("a page has %d rows, %v", len(rows), err)
	}
	if rows[0].Title < rows[199].Title {
		t.Error("the page is not in the asked order")
	}
}

func TestATitleSufficesForATask(t *testing.T) {
	m, book := sample()
	id, err := m.Add(t.Context(), sales.Task{Title: "  给赵敏回电话 ", DueOn: m.Due(1)})
	if err != nil {
		t.Fatal(err)
	}
	if task := taskOf(t, book, id); task.Title != "给赵敏回电话" || !task.Open() || task.OwnerID != fakebook.Me || task.DueOn != "2026-03-19" {
		t.Errorf("added %+v", task)
	}
	if _, err := m.Add(t.Context(), sales.Task{Title: "  "}); !sales.HasCode(err, sales.CodeRequired) {
		t.Errorf("a task without a title: %v", err)
	}
}

func TestATasksLife(t *testing.T) {
	m, book := sample()
	id := fakebook.SampleID("task", 1)
	steps := []struct {
		name string
		do   func() error
		want func(sales.Task) bool
	}{
		{"finish", func() error { return m.Finish(t.Context(), id) }, func(x sales.Task) bool { return x.Status == sales.TaskDone && x.DoneAt != 0 }},
		{"reopen", func() error { return m.Reopen(t.Context(), id) }, func(x sales.Task) bool { return x.Open() && x.DoneAt == 0 }},
		{"postpone", func() error { return m.Postpone(t.Context(), id, "2026-03-25") }, func(x sales.Task) bool { return x.DueOn == "2026-03-25" }},
		{"cancel", func() error { return m.Cancel(t.Context(), id) }, func(x sales.Task) bool { return x.Status == sales.TaskCancelled }},
	}
	for _, s := range steps {
		if err := s.do(); err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		if task := taskOf(t, book, id); !s.want(task) {
			t.Errorf("%s made %+v", s.name, task)
		}
	}
	if err := m.Delete(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Load(t.Context(), id); !sales.HasCode(err, sales.CodeNotFound) {
		t.Errorf("the deleted task gives %v", err)
	}
}

func TestATaskKnowsWhatItIsAbout(t *testing.T) {
	m, _ := sample()
	d, err := m.Load(t.Context(), fakebook.SampleID("task", 1))
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Links) != 2 || d.Links[0].Title != "铜陵达人科技" || d.Links[1].Route() != "visit/"+fakebook.SampleID("visit", 12) {
		t.Errorf("links %+v", d.Links)
	}
}

func TestOnlyWhatChangedIsWritten(t *testing.T) {
	m, book := sample()
	task := taskOf(t, book, fakebook.SampleID("task", 2))
	if err := m.Update(t.Context(), task, task); err != nil || len(book.Edits) != 0 {
		t.Fatalf("%d edits, %v", len(book.Edits), err)
	}
	next := task
	next.Priority = "high"
	if err := m.Update(t.Context(), task, next); err != nil || len(book.Edits[0].Values) != 1 {
		t.Errorf("wrote %v, %v", book.Edits, err)
	}
}
