package feedback

import (
	"fmt"
	"strings"
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
	complaint = fakebook.SampleID("feedback", 1) // captured by a colleague
	rival     = fakebook.SampleID("feedback", 2) // captured by the user in a visit
)

func load(t *testing.T, m *Model, id string) Detail {
	t.Helper()
	d, err := m.Detail(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestKindAndTextSuffice(t *testing.T) {
	m, _ := newModel()
	d, err := m.New(t.Context(), Origin{})
	if err != nil {
		t.Fatal(err)
	}
	d.Kind, d.Body = "product", "  屏幕有亮点，客户要求换货。\n"
	id, err := m.Save(t.Context(), d.Feedback)
	if err != nil {
		t.Fatal(err)
	}
	got := load(t, m, id)
	if got.Status != sales.FeedbackCaptured || got.Owner != "陈伟" || got.Body != "屏幕有亮点，客户要求换货。" || got.CapturedAt != sales.InstantOf(sampleNow()) {
		t.Errorf("it became %+v", got)
	}
	if _, err := m.Save(t.Context(), sales.Feedback{Kind: "product"}); !sales.HasCode(err, sales.CodeRequired) {
		t.Errorf("feedback without a text gave %v", err)
	}
}

func TestWhatIsHeardInAVisitIsAboutItsCompany(t *testing.T) {
	m, _ := newModel()
	d, err := m.New(t.Context(), Origin{VisitID: fakebook.SampleID("visit", 3)})
	if err != nil || d.AccountID != fakebook.SampleID("account", 2) || d.Company != "华菱汽车" || d.Visit != "信息化二期方案沟通" {
		t.Errorf("the draft is %+v, %v", d, err)
	}
}

func TestTheInboxLeavesOutWhatIsClosed(t *testing.T) {
	m, book := newModel()
	book.Put(sales.Feedback{Kind: "product", Body: "旧的", Status: sales.FeedbackClosed, Severity: "low"})
	counts, err := m.Counts(t.Context(), Filter{})
	if err != nil || counts.Total != 2 || counts.By["status"][sales.FeedbackClosed] != 1 || counts.By["kind"]["complaint"] != 1 {
		t.Fatalf("the counts are %+v, %v", counts, err)
	}
	rows, err := m.Page(t.Context(), Filter{}, 0, 10)
	if err != nil || len(rows) != 2 || rows[0].ID != rival || rows[1].Company != "北京华维电子" || rows[1].Owner != "李娜" {
		t.Errorf("the inbox is %+v, %v", rows, err)
	}
	closed, err := m.Page(t.Context(), Filter{Statuses: []string{sales.FeedbackClosed}}, 0, 10)
	if err != nil || len(closed) != 1 || closed[0].Headline() != "旧的" {
		t.Errorf("closed are %+v, %v", closed, err)
	}
}

func TestTheInboxIsNarrowedByEachFacet(t *testing.T) {
	m, _ := newModel()
	if err := m.Assign(t.Context(), complaint, fakebook.Me); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		filter Filter
		want   string
	}{
		"kind":     {Filter{Kinds: []string{"competitor", "market"}}, rival},
		"severity": {Filter{Severities: []string{"high"}}, complaint},
		"status":   {Filter{Statuses: []string{sales.FeedbackCaptured}, Oldest: true}, complaint},
		"assigned": {Filter{Whose: WhoseAssigned}, complaint},
		"captured": {Filter{Whose: WhoseCaptured}, rival},
		"words":    {Filter{Text: "竞品"}, rival},
	} {
		rows, err := m.Page(t.Context(), FilterFrom(c.filter.State()), 0, 10)
		if err != nil || len(rows) == 0 || rows[0].ID != c.want {
			t.Errorf("%s: %+v, %v", name, rows, err)
		}
	}
}

func TestAChipCountsWhatChoosingItWouldShow(t *testing.T) {
	m, book := newModel()
	for i := range 5 {
		book.Put(sales.Feedback{Kind: "market", Severity: "low", Status: sales.FeedbackCaptured, Body: fmt.Sprintf("市场消息 %d", i)})
	}
	counts, err := m.Counts(t.Context(), Filter{Kinds: []string{"competitor"}})
	if err != nil {
		t.Fatal(err)
	}
	if counts.Total != 1 || counts.By["kind"]["market"] != 5 || counts.By["severity"]["low"] != 0 {
		t.Errorf("the counts are %+v", counts)
	}
}

func TestAThreadRunsFromCapturedToClosedWithItsAnswer(t *testing.T) {
	m, book := newModel()
	if err := m.Reply(t.Context(), complaint, "已联系客户，安排换货。"); err != nil {
		t.Fatal(err)
	}
	d := load(t, m, complaint)
	if d.Status != sales.FeedbackAcknowledged || len(d.Replies) != 1 || d.Replies[0].Author != "陈伟" || !d.Replies[0].Mine {
		t.Errorf("after the first reply: %+v", d)
	}
	if err := m.SetStatus(t.Context(), complaint, sales.FeedbackClosed, ""); !sales.HasCode(err, sales.CodeReasonNeeded) {
		t.Errorf("closing without an answer gave %v", err)
	}
	if err := m.SetStatus(t.Context(), complaint, sales.FeedbackClosed, "已换新机"); err != nil {
		t.Fatal(err)
	}
	if d := load(t, m, complaint); d.ClosedWith != "已换新机" || len(d.Next) != 1 {
		t.Errorf("after closing: %+v", d)
	}
	if err := m.Reply(t.Context(), complaint, "又坏了"); err != nil || load(t, m, complaint).Status != sales.FeedbackInProgress {
		t.Errorf("a reply did not open it again: %v", err)
	}
	if n := len(fakebook.All[sales.FeedbackReply](book)); n != 2 {
		t.Errorf("there are %d replies", n)
	}
	if err := m.SetStatus(t.Context(), complaint, sales.FeedbackCaptured, ""); !sales.HasCode(err, sales.CodeBadOrder) {
		t.Errorf("going back to captured gave %v", err)
	}
	if err := m.SetSeverity(t.Context(), complaint, "critical"); err != nil || load(t, m, complaint).Severity != "critical" {
		t.Errorf("the severity stayed: %v", err)
	}
}

func TestALongTextIsCutInTheListOnly(t *testing.T) {
	long := strings.Repeat("很好用，", 100)
	r := Row{Feedback: sales.Feedback{Body: long, Title: sales.TitleFrom(long)}}
	if n := len([]rune(r.Preview())); n != 160 || !r.TitleIsText() || len([]rune(r.Headline())) > 40 {
		t.Errorf("the preview has %d characters, the headline is %q", n, r.Headline())
	}
	r.Title = "电池"
	if r.TitleIsText() {
		t.Error("a title of its own counts as the text's beginning")
	}
}
