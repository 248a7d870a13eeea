package opportunities

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/rounds-field/rounds/internal/fakebook"
	"github.com/rounds-field/rounds/sales"
)

// zone is where the tests take place.
var zone = time.FixedZone("CST", 8*60*60)

// now is when the tests take place: a Wednesday morning.
func now() time.Time { return time.Date(2026, 3, 18, 9, 30, 0, 0, zone) }

// fixture is a small pipeline with its people and companies.
type fixture struct {
	book             *fakebook.Book
	model            *Model
	me, chen         string
	partner, account string
	server, laptop   string // products
}

func newFixture() *fixture {
	f := &fixture{me: sales.NewID()}
	f.book = fakebook.New(now, f.me)
	f.book.Put(sales.User{ID: f.me, Name: "liwei", DisplayName: "李伟", Role: "rep"})
	f.chen = f.book.Put(sales.User{Name: "chenjing", DisplayName: "陈静", Role: "rep"})[0]
	f.partner = f.book.Put(sales.Partner{Name: "铜陵达人科技", Code: "P10233", Tier: "gold"})[0]
	f.account = f.book.Put(sales.Account{Name: "富盈集团", Code: "K10000", Tier: "platinum"})[0]
	f.server = f.book.Put(sales.Product{Code: "GTX-PRO", Name: "GTX Pro", Price: 482_100, Currency: "CNY", Active: true})[0]
	f.laptop = f.book.Put(sales.Product{Code: "MG-S", Name: "MG Special", Price: 5_500, Currency: "CNY", Active: true})[0]
	f.model = NewModel(Deps{Book: f.book, Me: func() sales.User { return sales.User{ID: f.me, Role: "rep"} }, Now: now})
	return f
}

// deal puts an opportunity of the partner into the workbook; change says what is special about it.
func (f *fixture) deal(name, stage string, amount int64, change func(*sales.Opportunity)) string {
	o := sales.Opportunity{
		Name: name, Stage: stage, Pipeline: sales.PipelineChannel, PartnerID: f.partner, Amount: amount, Currency: "CNY",
		ExpectedClose: "2026-04-10", OwnerID: f.me, StageSince: sales.InstantOf(now().AddDate(0, 0, -3)), NextStep: "送报价",
	}
	if sales.Closed(stage) {
		o.ClosedOn, o.CloseReason = "2026-03-02", "价格"
	}
	if change != nil {
		change(&o)
	}
	return f.book.Put(o)[0]
}

func (f *fixture) get(t *testing.T, id string) sales.Opportunity {
	t.Helper()
	record, err := f.book.Get(t.Context(), kind, id)
	if err != nil {
		t.Fatal(err)
	}
	return sales.As[sales.Opportunity](record)
}

func TestTheBoardLoadsTheFirstCardsAndTheTotalsOfAll(t *testing.T) {
	f := newFixture()
	for i := range 60 {
		f.deal(fmt.Sprintf("批量采购 %02d", i), sales.StageProspect, 1_000_00, func(o *sales.Opportunity) {
			o.ExpectedClose = sales.Date(fmt.Sprintf("2026-05-%02d", 1+i%28))
		})
	}
	f.deal("自有概率", sales.StageProspect, 10_000_00, func(o *sales.Opportunity) { o.Probability = 40 })
	f.deal("大客户", sales.StageProspect, 10_000_00, func(o *sales.Opportunity) {
		o.Pipeline, o.PartnerID, o.AccountID = sales.PipelineKeyAccount, "", f.account
	})
	board, err := f.model.Board(t.Context(), Filter{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	column := board.Columns[0]
	if column.Stage != sales.StageProspect || column.Count != 62 || len(column.Cards) != firstCards || column.More() != 62-firstCards {
		t.Fatalf("the first column has stage %s, %d of which %d are loaded", column.Stage, column.Count, len(column.Cards))
	}
	if first := column.Cards[0].ExpectedClose; first != "2026-04-10" {
		t.Errorf("the first card closes on %s; the soonest should be first", first)
	}
	if want := sales.Totals(fakebook.All[sales.Opportunity](f.book)); !slices.Equal(column.Totals, want) {
		t.Errorf("the totals are %+v, adding up one by one gives %+v", column.Totals, want)
	}
	more, err := f.model.Board(t.Context(), Filter{}, map[string]int{sales.StageProspect: 50})
	if err != nil || len(more.Columns[0].Cards) != 50 {
		t.Errorf("after asking for 50 there are %d cards, %v", len(more.Columns[0].Cards), err)
	}
}

func TestTotalsKeepCurrenciesApart(t *testing.T) {
	f := newFixture()
	f.deal("人民币", sales.StageProposal, 100_00, nil)
	f.deal("没写币种", sales.StageProposal, 50_00, func(o *sales.Opportunity) { o.Currency = "" })
	f.deal("美元", sales.StageProposal, 900_00, func(o *sales.Opportunity) { o.Currency = "USD" })
	board, err := f.model.Board(t.Context(), Filter{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []sales.Total{{Currency: "USD", Count: 1, Amount: 900_00, Weighted: 450_00}, {Currency: "CNY", Count: 2, Amount: 150_00, Weighted: 75_00}}
	if !slices.Equal(board.Columns[2].Totals, want) || !slices.Equal(board.Open, want) {
		t.Errorf("proposal %+v, open %+v; want %+v", board.Columns[2].Totals, board.Open, want)
	}
}

func TestCardsAreMarkedWhenStuckOrLate(t *testing.T) {
	f := newFixture()
	f.deal("卡住", sales.StageNegotiation, 100_00, func(o *sales.Opportunity) {
		o.StageSince, o.ExpectedClose = sales.InstantOf(now().AddDate(0, 0, -30)), "2026-03-01"
	})
	board, err := f.model.Board(t.Context(), Filter{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	card := board.Columns[3].Cards[0]
	if card.StuckFor != 16 || !card.Late || card.Company != "铜陵达人科技" || card.Owner != "李伟" || card.Weighted != 75_00 {
		t.Errorf("the card is %+v", card)
	}
}

// TestAttentionWeighsWhatItShows: the totals of a column are those of the deals that the filter leaves in it.
func TestAttentionWeighsWhatItShows(t *testing.T) {
	f := newFixture()
	f.deal("过期", sales.StageNegotiation, 100_00, func(o *sales.Opportunity) { o.ExpectedClose = "2026-03-01" })
	f.deal("按期", sales.StageNegotiation, 5_000_00, nil)
	board, err := f.model.Board(t.Context(), Filter{Period: PeriodAttention}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := board.Columns[3].Totals; len(got) != 1 || got[0].Count != 1 || got[0].Amount != 100_00 || got[0].Weighted != 75_00 {
		t.Errorf("the column adds up to %+v", got)
	}
}

func TestFiltersNarrowBoardAndList(t *testing.T) {
	f := newFixture()
	f.deal("我的", sales.StageProspect, 100_00, nil)
	f.deal("陈静的", sales.StageProspect, 100_00, func(o *sales.Opportunity) { o.OwnerID = f.chen })
	f.deal("大额", sales.StageProspect, 1_000_000_00, nil)
	f.deal("过期", sales.StageProspect, 100_00, func(o *sales.Opportunity) { o.ExpectedClose = "2026-03-01" })
	f.deal("本月", sales.StageProspect, 100_00, func(o *sales.Opportunity) { o.ExpectedClose = "2026-03-31" })
	f.deal("大客户", sales.StageProspect, 100_00, func(o *sales.Opportunity) {
		o.Pipeline, o.AccountID, o.PartnerID = sales.PipelineKeyAccount, f.account, ""
	})
	for name, c := range map[string]struct {
		filter Filter
		want   []string
	}{
		"pipeline":   {Filter{Pipeline: sales.PipelineKeyAccount}, []string{"大客户"}},
		"owner":      {Filter{OwnerID: f.chen}, []string{"陈静的"}},
		"amount":     {Filter{MinAmount: 500_000_00}, []string{"大额"}},
		"overdue":    {Filter{Period: PeriodOverdue}, []string{"过期"}},
		"attention":  {Filter{Period: PeriodAttention}, []string{"过期"}},
		"month":      {Filter{Period: PeriodMonth}, []string{"过期", "本月"}},
		"next month": {Filter{Period: PeriodNextMonth, Pipeline: sales.PipelineChannel, OwnerID: f.me}, []string{"大额", "我的"}},
		"text":       {Filter{Text: "大额"}, []string{"大额"}},
	} {
		t.Run(name, func(t *testing.T) {
			rows, err := f.model.Page(t.Context(), ListQuery{Filter: FilterFrom(c.filter.State())}, 0, 100)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, r := range rows {
				got = append(got, r.Name)
			}
			slices.Sort(got)
			slices.Sort(c.want)
			if !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
			board, err := f.model.Board(t.Context(), c.filter, nil)
			if err != nil || board.Count != len(c.want) {
				t.Errorf("the board counts %d, %v; want %d", board.Count, err, len(c.want))
			}
		})
	}
}

func TestPeriodsBeginAndEndWithTheCalendar(t *testing.T) {
	for period, want := range map[string][2]string{
		PeriodMonth: {"2026-03-01", "2026-04-01"}, PeriodNextMonth: {"2026-04-01", "2026-05-01"},
		PeriodQuarter: {"2026-01-01", "2026-04-01"}, PeriodYear: {"2026-01-01", "2027-01-01"}, PeriodOverdue: {"", "2026-03-18"},
	} {
		if from, until := span(period, now()); from != want[0] || until != want[1] {
			t.Errorf("%s runs from %s to %s, want %v", period, from, until, want)
		}
	}
}

func TestClosedColumnsGoByTheDayOfClosing(t *testing.T) {
	f := newFixture()
	f.deal("本月赢", sales.StageWon, 100_00, nil)
	f.deal("去年赢", sales.StageWon, 100_00, func(o *sales.Opportunity) { o.ClosedOn = "2025-03-02" })
	board, err := f.model.Board(t.Context(), Filter{Period: PeriodMonth}, nil)
	if err != nil {
		t.Fatal(err)
	}
	won := board.Columns[4]
	if won.Count != 1 || won.Cards[0].Name != "本月赢" || board.Count != 0 {
		t.Errorf("won this month are %+v", won)
	}
}

func TestTheListCountsAddsUpAndPages(t *testing.T) {
	f := newFixture()
	for i := range 30 {
		f.deal(fmt.Sprintf("机会 %02d", i), sales.StageQualified, int64(i)*100, nil)
	}
	f.deal("赢了", sales.StageWon, 7_00, nil)
	summary, err := f.model.Summary(t.Context(), ListQuery{})
	if err != nil || summary.Count != 30 || summary.Totals[0].Amount != 435_00 {
		t.Errorf("open: %+v, %v", summary, err)
	}
	if all, err := f.model.Summary(t.Context(), ListQuery{Stage: StageAll}); err != nil || all.Count != 31 {
		t.Errorf("all: %+v, %v", all, err)
	}
	rows, err := f.model.Page(t.Context(), ListQuery{Sort: "amount", Desc: true}, 10, 5)
	if err != nil || len(rows) != 5 || rows[0].Amount != 19_00 {
		t.Errorf("the third page by amount begins with %+v, %v", rows, err)
	}
}
