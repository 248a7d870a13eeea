package visits

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/rounds-field/rounds/internal/fakebook"
	"github.com/rounds-field/rounds/internal/uitest"
	"github.com/rounds-field/rounds/sales"
)

func sample() (*Model, *fakebook.Book) {
	book := fakebook.Sample()
	return NewModel(Deps{Book: book, Me: fakebook.MeUser, Attach: uitest.FileDeps(book, fakebook.MeUser), Now: func() time.Time { return fakebook.SampleNow }}), book
}

func visitOf(t *testing.T, book *fakebook.Book, id string) sales.Visit {
	t.Helper()
	r, err := book.Get(t.Context(), "visit", id)
	if err != nil {
		t.Fatal(err)
	}
	return sales.As[sales.Visit](r)
}

func TestAWeekHasItsVisitsOnTheirDaysInOrder(t *testing.T) {
	m, _ := sample()
	week, err := m.Agenda(t.Context(), Monday(m.today()), 7, true)
	if err != nil {
		t.Fatal(err)
	}
	if week.Days[0].Date != "2026-03-16" || len(week.Days) != 7 {
		t.Fatalf("the week begins on %s with %d days", week.Days[0].Date, len(week.Days))
	}
	var companies []string
	for _, r := range week.Days[2].Visits {
		companies = append(companies, r.Company)
	}
	if got, want := fmt.Sprint(companies), "[铜陵达人科技 榆林中彩科技 华菱汽车 北京华维电子]"; got != want {
		t.Errorf("Wednesday has %s, want %s", got, want)
	}
	if len(week.Days[1].Visits) != 1 {
		t.Errorf("Tuesday shows %d visits; the cancelled one is left out", len(week.Days[1].Visits))
	}
	if len(week.Late) != 1 || week.Late[0].Company != "伊犁哈萨联盛科技" {
		t.Errorf("late visits: %v", week.Late)
	}
	all, err := m.Agenda(t.Context(), "2026-03-18", 1, false)
	if err != nil || len(all.Days[0].Visits) != 5 {
		t.Errorf("the day has %d visits of everybody, %v; want 5", len(all.Days[0].Visits), err)
	}
}

func TestOverlappingVisitsStandSideBySide(t *testing.T) {
	m, _ := sample()
	day, err := m.Agenda(t.Context(), "2026-03-18", 1, true)
	if err != nil {
		t.Fatal(err)
	}
	slots := Slots(day.Days[0].Visits, m.Now().Location())
	lanes := ""
	for _, s := range slots {
		lanes += fmt.Sprintf("%d-%d %d/%d; ", s.From, s.To, s.Lane, s.Lanes)
	}
	if want := "545-590 0/1; 630-690 0/1; 840-930 0/2; 870-930 1/2; "; lanes != want {
		t.Errorf("slots %s, want %s", lanes, want)
	}
}

func TestALateSlotStaysWithinItsDay(t *testing.T) {
	v := sales.Visit{Status: sales.VisitPlanned, PlannedAt: fakebook.At(0, 23, 50)}
	from, to := minutesOf(Row{Visit: v}, fakebook.SampleNow.Location())
	if to != 24*60 || to-from < leastSlot {
		t.Errorf("a visit at 23:50 stands at %d to %d", from, to)
	}
}

func TestAListIsFilteredAndReadPageByPage(t *testing.T) {
	m, book := sample()
	found, err := m.Find(t.Context(), Filter{Mine: true, Status: sales.VisitPlanned, Period: PeriodWeek})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := found.Page(t.Context(), 0, 200)
	if err != nil || len(rows) != found.Total || found.Total != 7 {
		t.Fatalf("%d of %d planned visits this week, %v; want 7", len(rows), found.Total, err)
	}
	if !rows[0].Late || rows[0].Company != "伊犁哈萨联盛科技" {
		t.Errorf("the first is %s, late %v", rows[0].Company, rows[0].Late)
	}
	if f, _ := m.Find(t.Context(), Filter{Text: "展架"}); f.Total != 1 {
		t.Errorf("a word of the notes finds %d visits", f.Total)
	}
	if f, _ := m.Find(t.Context(), Filter{AccountID: fakebook.SampleID("account", 2)}); f.Total != 1 {
		t.Errorf("the key account has %d visits", f.Total)
	}
	for i := range 1000 {
		book.Put(sales.Visit{PartnerID: fakebook.SampleID("partner", 2), VisitType: "routine", Status: sales.VisitDone, PlannedAt: fakebook.At(-100-i, 10, 0), OwnerID: fakebook.Me})
	}
	found, err = m.Find(t.Context(), Filter{Desc: true})
	if err != nil || found.Total != 1019 {
		t.Fatalf("found %d, %v", found.Total, err)
	}
	rows, err = found.Page(t.Context(), 1000, 200)
	if err != nil || len(rows) != 19 {
		t.Errorf("the last page has %d rows, %v", len(rows), err)
	}
}

func TestPeriodsHaveTheirDays(t *testing.T) {
	m, _ := sample()
	for period, want := range map[string]string{
		PeriodAny: " ", PeriodWeek: "2026-03-16 2026-03-23", PeriodMonth: "2026-03-01 2026-04-01", PeriodPast: "2025-12-18 2026-03-19", PeriodNext: "2026-03-18 ",
	} {
		if from, to := m.period(period); string(from+" "+to) != want {
			t.Errorf("period %q is %s to %s, want %s", period, from, to, want)
		}
	}
}

func TestAPartnerAndATypeSufficeToLog(t *testing.T) {
	m, book := sample()
	e, _, err := m.Prefill(t.Context(), "")
	if err != nil || e.Type != "routine" {
		t.Fatalf("the quick log starts with %+v, %v", e, err)
	}
	e.PartnerID = fakebook.SampleID("partner", 5)
	saved, err := m.Save(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	v := visitOf(t, book, saved.ID)
	if v.Status != sales.VisitDone || v.StartedAt == 0 || v.EndedAt == 0 || v.OwnerID != fakebook.Me {
		t.Errorf("logged as %+v", v)
	}
}

func TestAVisitWithoutACompanyIsRefusedAtItsField(t *testing.T) {
	m, book := sample()
	before := len(book.Edits)
	_, err := m.Save(t.Context(), Entry{Type: "routine"})
	var problems sales.Errors
	if !errors.As(err, &problems) || problems[0].Field != "partner_id" {
		t.Fatalf("refused with %v", err)
	}
	if _, err := m.Save(t.Context(), Entry{Type: "routine", PartnerID: fakebook.SampleID("partner", 1), Plan: true}); !sales.HasCode(err, sales.CodeRequired) {
		t.Errorf("a plan without a time gave %v", err)
	}
	if len(book.Edits) != before {
		t.Error("something was written")
	}
}

func TestPlanningKeepsTimeAndLength(t *testing.T) {
	m, book := sample()
	at := fakebook.SampleNow.AddDate(0, 0, 3)
	saved, err := m.Save(t.Context(), Entry{Type: "training", AccountID: fakebook.SampleID("account", 1), Plan: true, At: at, Minutes: 90})
	if err != nil {
		t.Fatal(err)
	}
	v := visitOf(t, book, saved.ID)
	if v.Status != sales.VisitPlanned || v.PlannedAt != sales.InstantOf(at) || v.PlannedEnd-v.PlannedAt != 90*60_000 || v.StartedAt != 0 {
		t.Errorf("planned as %+v", v)
	}
}

func TestLoggingAPlannedVisitMakesItDone(t *testing.T) {
	m, book := sample()
	for _, c := range []struct {
		n     int
		start sales.Instant
	}{
		{17, sales.InstantOf(fakebook.SampleNow) - 30*60_000}, // forgotten two days ago: took place just now
		{1, fakebook.At(0, 9, 5)},                             // running: keeps its start
	} {
		id := fakebook.SampleID("visit", c.n)
		e, row, err := m.Prefill(t.Context(), id)
		if err != nil || row.Company == "" {
			t.Fatalf("prefilled with %+v, %v", row, err)
		}
		e.Notes = "谈妥下月促销"
		if _, err := m.Save(t.Context(), e); err != nil {
			t.Fatal(err)
		}
		v := visitOf(t, book, id)
		if v.Status != sales.VisitDone || v.StartedAt != c.start || v.EndedAt != sales.InstantOf(fakebook.SampleNow) || v.Notes != "谈妥下月促销" {
			t.Errorf("visit %d became %+v", c.n, v)
		}
	}
}

func TestAFollowUpIsATaskOrAPlannedVisit(t *testing.T) {
	m, book := sample()
	v := visitOf(t, book, fakebook.SampleID("visit", 9))
	if err := m.SaveFollowUp(t.Context(), v, FollowUp{On: "2026-03-25", Title: "跟进展架"}); err != nil {
		t.Fatal(err)
	}
	tasks := fakebook.All[sales.Task](book)
	task := tasks[len(tasks)-1]
	if task.DueOn != "2026-03-25" || task.VisitID != v.ID || task.PartnerID != v.PartnerID || task.Title != "跟进展架" {
		t.Errorf("task %+v", task)
	}
	if next := visitOf(t, book, v.ID).NextOn; next != "2026-03-25" {
		t.Errorf("the visit remembers %q", next)
	}
	v = visitOf(t, book, v.ID)
	if err := m.SaveFollowUp(t.Context(), v, FollowUp{On: "2026-03-25", Visit: true}); err != nil {
		t.Fatal(err)
	}
	all := fakebook.All[sales.Visit](book)
	next := all[len(all)-1]
	if next.Status != sales.VisitPlanned || next.PartnerID != v.PartnerID || next.PlannedAt != fakebook.At(7, 10, 0) {
		t.Errorf("planned %+v", next)
	}
}

func TestThePickerOffersRecentCompaniesThenWhatWasTyped(t *testing.T) {
	m, _ := sample()
	recent, err := m.Companies(t.Context(), " ")
	if err != nil || len(recent) < 5 {
		t.Fatalf("recent companies: %v, %v", recent, err)
	}
	for _, c := range recent {
		if c.Name == "" || c.ID == "" {
			t.Errorf("a company without a name: %+v", c)
		}
	}
	found, err := m.Companies(t.Context(), "华")
	if err != nil || len(found) != 2 || found[0].Detail != "P12352" || found[1].Kind != "account" {
		t.Fatalf("华 finds %+v, %v", found, err)
	}
	p, a := CompanyRefs(found[1].Key())
	if p != "" || a != found[1].ID || CompanyKey(p, a) != found[1].Key() {
		t.Errorf("the key %q leads to %q, %q", found[1].Key(), p, a)
	}
	named, err := m.CompanyNamed(t.Context(), found[0].Key())
	if err != nil || named.Name != "北京华维电子" {
		t.Errorf("named %+v, %v", named, err)
	}
}

func TestTheOfficesTypesAreOfferedElseTheRoutineVisit(t *testing.T) {
	m, _ := sample()
	types, err := m.Types(t.Context())
	if err != nil || len(types) != 4 || types[0].In("zh") != "例行走访" || types[1].In("en") != "Product training" {
		t.Fatalf("types %v, %v", types, err)
	}
	empty := NewModel(Deps{Book: fakebook.New(time.Now, ""), Me: fakebook.MeUser, Now: time.Now})
	if types, err = empty.Types(t.Context()); err != nil || len(types) != 1 || types[0].Code != "routine" {
		t.Errorf("a new workbook offers %v, %v", types, err)
	}
}
