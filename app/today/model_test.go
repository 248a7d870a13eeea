package today

import (
	"testing"
	"time"

	"github.com/rounds-field/rounds/internal/fakebook"
	"github.com/rounds-field/rounds/sales"
)

func sample() (*Model, *fakebook.Book) {
	book := fakebook.Sample()
	return NewModel(Deps{Book: book, Me: fakebook.MeUser, Now: func() time.Time { return fakebook.SampleNow }}), book
}

func load(t *testing.T, m *Model) Day {
	t.Helper()
	d, err := m.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestTheDaysVisitsComeWithLateOnesFirst(t *testing.T) {
	m, _ := sample()
	d := load(t, m)
	if len(d.Visits) != 5 || !d.Visits[0].Late || d.Visits[0].Company != "伊犁哈萨联盛科技" {
		t.Fatalf("visits %+v", d.Visits)
	}
	if d.VisitsLeft != 4 || d.VisitsLate != 1 || d.VisitsDone != 0 {
		t.Errorf("%d left, %d late, %d done", d.VisitsLeft, d.VisitsLate, d.VisitsDone)
	}
	if d.Visits[1].TypeZh != "例行走访" || d.Visits[1].TypeEn != "Routine visit" {
		t.Errorf("type %q, %q", d.Visits[1].TypeEn, d.Visits[1].TypeZh)
	}
}

func TestMissedCadencesComeByPressureAndNotWhenAVisitIsPlanned(t *testing.T) {
	m, book := sample()
	d := load(t, m)
	var names []string
	for _, c := range d.Missed {
		names = append(names, c.Name)
	}
	// Everyone else has a visit planned or was seen in time; the suspended partner is left alone.
	if len(names) != 2 || d.MissedTotal != 2 {
		t.Fatalf("missed: %v", names)
	}
	for _, c := range d.Missed {
		if c.State != sales.CadenceDue || c.Last != "" {
			t.Errorf("%s was never visited and is %s", c.Name, c.State)
		}
	}
	late := book.Put(sales.Partner{Name: "重庆百联电子", Tier: "gold", OwnerID: fakebook.Me, Status: "active"})[0]
	book.Put(
		sales.Visit{PartnerID: late, VisitType: "routine", Status: sales.VisitDone, StartedAt: fakebook.At(-40, 10, 0)},
		sales.Partner{Name: "别人的伙伴", Tier: "platinum", OwnerID: fakebook.Colleague, Status: "active"},
		sales.Partner{Name: "自定周期", VisitEvery: 7, OwnerID: fakebook.Me, Status: "active"},
		sales.Partner{Name: "没有级别", OwnerID: fakebook.Me, Status: "active"},
	)
	d = load(t, m)
	if d.MissedTotal != 4 || d.Missed[0].Name != "重庆百联电子" || d.Missed[0].Overdue != 19 || d.Missed[0].query() != "partner="+late {
		t.Errorf("%d missed, the first is %+v", d.MissedTotal, d.Missed[0])
	}
}

func TestFollowUpsAreThoseDueAndOverdue(t *testing.T) {
	m, _ := sample()
	d := load(t, m)
	if d.TasksTotal != 4 || d.TasksLate != 2 || d.Tasks[0].Late != 2 || d.Tasks[0].Company != "铜陵达人科技" {
		t.Fatalf("%d due, %d late, first %+v", d.TasksTotal, d.TasksLate, d.Tasks[0])
	}
	if err := m.FinishTask(t.Context(), d.Tasks[0].ID); err != nil {
		t.Fatal(err)
	}
	if n := load(t, m).TasksTotal; n != 3 {
		t.Errorf("%d due after one was done", n)
	}
	if err := m.ReopenTask(t.Context(), d.Tasks[0].ID); err != nil || load(t, m).TasksTotal != 4 {
		t.Errorf("the task did not come back: %v", err)
	}
}

func TestDealsThatNeedAHand(t *testing.T) {
	m, _ := sample()
	d := load(t, m)
	if d.DealsTotal != 3 || d.Deals[0].Name != "华菱汽车信息化二期" || d.Deals[0].PastBy != 6 || d.Deals[0].StepLate != 3 || d.Deals[0].NoStep {
		t.Fatalf("%d deals, first %+v", d.DealsTotal, d.Deals[0])
	}
	if !d.Deals[1].NoStep || d.Deals[1].Company != "未来学院" || d.DealsValue != 240_000_000 {
		t.Errorf("second %+v, value %d", d.Deals[1], d.DealsValue)
	}
	if err := m.SetNextStep(t.Context(), d.Deals[1].ID, " 送两套方案 ", "2026-03-24"); err != nil {
		t.Fatal(err)
	}
	if n := load(t, m).DealsTotal; n != 2 {
		t.Errorf("%d deals after one got its next step", n)
	}
}

func TestProjectsAtRiskSayWhy(t *testing.T) {
	m, _ := sample()
	d := load(t, m)
	if len(d.Projects) != 1 || d.Projects[0].Health != sales.HealthRed || d.Projects[0].Company != "富盈集团" || len(d.Projects[0].Reasons) != 2 {
		t.Fatalf("projects %+v", d.Projects)
	}
}

func TestAnnouncementsAreUnreadUntilConfirmed(t *testing.T) {
	m, _ := sample()
	d := load(t, m)
	if len(d.Announcements) != 2 || !d.Announcements[0].MustConfirm {
		t.Fatalf("announcements %+v", d.Announcements)
	}
	if err := m.Confirm(t.Context(), d.Announcements[0].ID); err != nil {
		t.Fatal(err)
	}
	if left := load(t, m).Announcements; len(left) != 1 || left[0].MustConfirm {
		t.Errorf("left %+v", left)
	}
}

func TestNewsAreWhatOthersWroteSinceYesterday(t *testing.T) {
	m, book := sample()
	d := load(t, m)
	var titles []string
	for _, i := range d.News {
		titles = append(titles, i.Kind+" "+i.Title+" "+i.Who)
	}
	want := []string{"opportunity 声智科技校园渠道 李娜", "task 周五前报二季度预测 王磊", "feedback 真垃圾，来了内屏碎的，寄回去换货，检测无法确定是谁责任 李娜"}
	if len(titles) != len(want) {
		t.Fatalf("news %q", titles)
	}
	for i := range want {
		if titles[i] != want[i] {
			t.Errorf("news %d is %q, want %q", i, titles[i], want[i])
		}
	}
	for i := range 20 {
		for range 2 { // a page's second note is no news of its own
			r := sales.RecordOf(sales.ProjectNote{ProjectID: fakebook.SampleID("project", 1+i), Body: "第二批已发货"})
			r.UpdatedAt, r.UpdatedBy = fakebook.At(0, 9, 20-i), fakebook.Colleague
			book.Put(r)
		}
	}
	d = load(t, m)
	if len(d.News) != newsLimit || !d.MoreNews || d.News[0].Route != "project/"+fakebook.SampleID("project", 1) || d.News[0].Title != "富盈集团网点换机" {
		t.Errorf("%d news, more %v, first %+v", len(d.News), d.MoreNews, d.News[0])
	}
}

func TestAVisitIsStartedAndMovedFromItsRow(t *testing.T) {
	m, book := sample()
	id := fakebook.SampleID("visit", 17)
	if err := m.MoveVisit(t.Context(), id, "2026-03-19"); err != nil {
		t.Fatal(err)
	}
	r, _ := book.Get(t.Context(), "visit", id)
	if v := sales.As[sales.Visit](r); v.PlannedAt != fakebook.At(1, 16, 30) || v.MovedFrom != fakebook.At(-2, 16, 30) {
		t.Errorf("moved to %+v", v)
	}
	if err := m.StartVisit(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if d := load(t, m); d.VisitsLate != 0 {
		t.Errorf("%d late", d.VisitsLate)
	}
}

func TestANewWorkbookHasAnEmptyDay(t *testing.T) {
	m := NewModel(Deps{Book: fakebook.New(time.Now, ""), Me: func() sales.User { return sales.User{} }, Now: time.Now})
	d := load(t, m)
	if len(d.Visits)+len(d.Missed)+len(d.Tasks)+len(d.Deals)+len(d.Projects)+len(d.Announcements)+len(d.News) != 0 {
		t.Errorf("the day of a new workbook has %+v", d)
	}
}

func TestABrokenWorkbookIsReported(t *testing.T) {
	m, book := sample()
	book.Err = &sales.Error{Code: sales.CodeStorage, Message: "disk full"}
	if _, err := m.Load(t.Context()); !sales.HasCode(err, sales.CodeStorage) {
		t.Errorf("got %v", err)
	}
}
