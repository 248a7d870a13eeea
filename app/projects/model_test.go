package projects

import (
	"slices"
	"testing"

	"github.com/rounds-field/rounds/internal/fakebook"
	"github.com/rounds-field/rounds/internal/uitest"
	"github.com/rounds-field/rounds/sales"
)

func newModel() (*Model, *fakebook.Book) {
	book := fakebook.Sample()
	return NewModel(Deps{Book: book, Me: fakebook.MeUser, Attach: uitest.FileDeps(book, fakebook.MeUser), Now: sampleNow}), book
}

var (
	branches = fakebook.SampleID("project", 1) // 富盈集团网点换机: late, with a grave risk
	campus   = fakebook.SampleID("project", 2) // 华菱汽车园区网络: set to green by hand
)

func load(t *testing.T, m *Model, id string) Detail {
	t.Helper()
	d, err := m.Detail(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestTheListPutsTheGravestHealthFirst(t *testing.T) {
	m, book := newModel()
	book.Put(sales.Project{Name: "旧项目", Status: "completed", Phase: "closed", Health: sales.HealthAuto})
	list, err := m.List(t.Context(), Filter{})
	if err != nil {
		t.Fatal(err)
	}
	if list.Total != 2 || list.Rows[0].ID != branches || list.Rows[0].Health != sales.HealthRed || list.Rows[1].Health != sales.HealthGreen {
		t.Fatalf("the list is %+v", list)
	}
	row := list.Rows[0]
	if row.Company != "富盈集团" || row.Owner != "陈伟" || row.Next.Name != "第二批 300 台到货" || row.Progress != 33 || len(row.Reasons) == 0 {
		t.Errorf("the row is %+v", row)
	}
	if list.Health[sales.HealthRed] != 1 || list.Health[sales.HealthGreen] != 1 {
		t.Errorf("the counts are %v", list.Health)
	}
}

func TestTheListIsFilteredByHealthPhaseWordsAndPeople(t *testing.T) {
	m, book := newModel()
	over := book.Put(sales.Project{Name: "旧项目", Status: "completed", Phase: "closed", OwnerID: fakebook.Colleague})[0]
	for name, c := range map[string]struct {
		filter Filter
		want   []string
	}{
		"health": {Filter{Health: sales.HealthGreen}, []string{campus}},
		"phase":  {Filter{Phase: "delivery"}, []string{branches}},
		"words":  {Filter{Text: "园区"}, []string{campus}},
		"mine":   {Filter{Mine: true, Closed: true}, []string{branches, campus}},
		"over":   {Filter{Closed: true}, []string{branches, campus, over}},
	} {
		list, err := m.List(t.Context(), FilterFrom(c.filter.State()))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range list.Rows {
			got = append(got, r.ID)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}

func TestMilestonesAreAddedReachedAndChanged(t *testing.T) {
	m, _ := newModel()
	late := load(t, m, branches).Milestones[1]
	if err := m.Reach(t.Context(), late.ID, true); err != nil {
		t.Fatal(err)
	}
	d := load(t, m, branches)
	if d.Milestones[1].DoneOn != "2026-03-18" || d.Progress != 66 {
		t.Errorf("after reaching it: %+v, %d %%", d.Milestones[1], d.Progress)
	}
	if err := m.Reach(t.Context(), late.ID, false); err != nil || load(t, m, branches).Milestones[1].DoneOn != "" {
		t.Errorf("it was not opened again: %v", err)
	}
	if err := m.SaveMilestone(t.Context(), sales.Milestone{ProjectID: branches, Name: "培训", DueOn: "2026-04-01"}); err != nil {
		t.Fatal(err)
	}
	d = load(t, m, branches)
	if len(d.Milestones) != 4 || d.Milestones[2].Name != "培训" {
		t.Fatalf("the milestones are %+v", d.Milestones)
	}
	changed := d.Milestones[2]
	changed.Name, changed.DueOn = "用户培训", "2026-06-01"
	if err := m.SaveMilestone(t.Context(), changed); err != nil || load(t, m, branches).Milestones[3].Name != "用户培训" {
		t.Errorf("it was not changed: %v", err)
	}
	if err := m.SaveMilestone(t.Context(), sales.Milestone{ProjectID: branches, Name: "没有日期"}); !sales.HasCode(err, sales.CodeRequired) {
		t.Errorf("a milestone without a day gave %v", err)
	}
	if err := m.DeletePart(t.Context(), "milestone", changed.ID); err != nil || len(load(t, m, branches).Milestones) != 3 {
		t.Errorf("it was not removed: %v", err)
	}
}

func TestHealthIsSetByHandAndLeftToTheFactsAgain(t *testing.T) {
	m, _ := newModel()
	if err := m.SetHealth(t.Context(), branches, sales.HealthGreen); err != nil {
		t.Fatal(err)
	}
	if d := load(t, m, branches); d.Health != sales.HealthGreen || d.Reasons[0].Code != "by_hand" || len(d.Reasons) < 2 {
		t.Errorf("by hand: %s, %+v", d.Health, d.Reasons)
	}
	if err := m.SetHealth(t.Context(), branches, sales.HealthAuto); err != nil || load(t, m, branches).Health != sales.HealthRed {
		t.Errorf("it did not become red again: %v", err)
	}
}

func TestTheLastPhaseCompletesTheProject(t *testing.T) {
	m, _ := newModel()
	if err := m.SetPhase(t.Context(), load(t, m, branches).Project, "closed"); err != nil {
		t.Fatal(err)
	}
	d := load(t, m, branches)
	if d.Status != "completed" {
		t.Fatalf("the status is %s", d.Status)
	}
	if err := m.SetPhase(t.Context(), d.Project, "acceptance"); err != nil || load(t, m, branches).Status != "active" {
		t.Errorf("leaving the last phase did not open it again: %v", err)
	}
}

func TestNotesRisksAndMembersAreKept(t *testing.T) {
	m, book := newModel()
	if err := m.AddNote(t.Context(), branches, "第二批已出库"); err != nil {
		t.Fatal(err)
	}
	if err := m.AddNote(t.Context(), branches, ""); !sales.HasCode(err, sales.CodeRequired) {
		t.Errorf("an empty note gave %v", err)
	}
	if err := m.SaveRisk(t.Context(), sales.ProjectRisk{ProjectID: branches, Title: "人手不足", Likelihood: "low", Impact: "low"}); err != nil {
		t.Fatal(err)
	}
	if err := m.AddMember(t.Context(), load(t, m, branches).Project, fakebook.Colleague); err != nil {
		t.Fatal(err)
	}
	d := load(t, m, branches)
	if len(d.Notes) != 1 || d.Notes[0].Author != "陈伟" || len(d.Risks) != 2 || d.Risks[0].Title != "总行可能推迟付款" || len(d.Members) != 1 || d.Members[0].Name != "李娜" {
		t.Errorf("the detail is %+v", d)
	}
	risk := d.Risks[0].ProjectRisk
	risk.Status = "mitigated"
	if err := m.SaveRisk(t.Context(), risk); err != nil || load(t, m, branches).Risks[0].Title != "人手不足" {
		t.Errorf("a mitigated risk is still first: %v", err)
	}
	if err := m.RemoveMember(t.Context(), d.Project, fakebook.Colleague); err != nil || len(load(t, m, branches).Members) != 0 {
		t.Errorf("the member is still there: %v", err)
	}
	if err := m.Delete(t.Context(), branches); err != nil || len(fakebook.All[sales.ProjectRisk](book)) != 0 {
		t.Errorf("the risks outlived their project: %v", err)
	}
}

func TestANewProjectIsTheUsersAndStartsToday(t *testing.T) {
	m, _ := newModel()
	d, err := m.New(t.Context(), fakebook.SampleID("account", 2), "")
	if err != nil || d.Account != "华菱汽车" || d.Owner != "陈伟" || d.StartsOn != "2026-03-18" {
		t.Fatalf("the draft is %+v, %v", d, err)
	}
	if _, err := m.Save(t.Context(), d.Project); !sales.HasCode(err, sales.CodeRequired) {
		t.Errorf("a project without a name gave %v", err)
	}
	d.Name = "机房搬迁"
	id, err := m.Save(t.Context(), d.Project)
	if err != nil {
		t.Fatal(err)
	}
	again, err := m.Edit(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	again.EndsOn = "2026-01-01"
	if _, err := m.Save(t.Context(), again.Project); !sales.HasCode(err, sales.CodeBadOrder) {
		t.Errorf("an end before the start gave %v", err)
	}
}
