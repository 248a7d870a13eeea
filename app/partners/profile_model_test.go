package partners

import (
	"slices"
	"testing"
	"time"

	"github.com/rounds-field/rounds/sales"
)

func TestProfileHasOwnerTerritoryCadenceAndNextVisit(t *testing.T) {
	d, book := fixture()
	id := threePartners(book)[0]
	visited(book, id, 5)
	next := book.Put(
		sales.Visit{PartnerID: id, VisitType: "routine", Status: sales.VisitPlanned, PlannedAt: sales.InstantOf(now.AddDate(0, 0, 9))},
		sales.Visit{PartnerID: id, VisitType: "routine", Status: sales.VisitPlanned, PlannedAt: sales.InstantOf(now.AddDate(0, 0, 2))},
	)[1]
	book.Put(
		sales.Task{Title: "open", PartnerID: id, Status: "open"}, sales.Task{Title: "done", PartnerID: id, Status: "done"},
		sales.Feedback{Body: "open", PartnerID: id, Kind: "product", Status: "captured"},
		sales.Feedback{Body: "closed", PartnerID: id, Kind: "product", Status: "closed"},
	)
	p, err := newProfileModel(d, partnerSide, id).Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if p.Owner != "王小明" || p.Territory != "广东省 / 深圳市 / 南山区" || p.Cadence.Last != "2026-03-13" || p.NextVisit.ID != next {
		t.Errorf("profile: %+v", p)
	}
	if p.Counts["visits"] != 3 || p.Counts["tasks"] != 1 || p.Counts["feedback"] != 1 {
		t.Errorf("counts: %v", p.Counts)
	}
}

func TestAProfileThatDoesNotExistIsNotFound(t *testing.T) {
	d, _ := fixture()
	if _, err := newProfileModel(d, accountSide, sales.NewID()).Load(t.Context()); !sales.HasCode(err, sales.CodeNotFound) {
		t.Errorf("error: %v", err)
	}
}

func TestShipmentsAreAddedUpByMonthWithCancellationsTakenOff(t *testing.T) {
	d, book := fixture()
	id := threePartners(book)[0]
	ship := func(order string, at time.Time, quantity int64, currency string) {
		book.Put(sales.Shipment{OrderNo: order, PartnerID: id, Quantity: quantity, UnitPrice: 100, Amount: quantity * 100, Currency: currency, ShippedAt: sales.InstantOf(at)})
	}
	ship("1", now, 5, "")
	ship("1", now, 2, "CNY")
	ship("C2", now.AddDate(0, 0, -1), -3, "CNY")
	ship("3", time.Date(2026, 2, 1, 0, 30, 0, 0, zone), 10, "CNY") // still January in UTC
	ship("4", now.AddDate(-2, 0, 0), 99, "CNY")
	ship("5", now, 7, "USD")
	g, err := newProfileModel(d, partnerSide, id).Goods(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(g.Months) != 12 || g.Months[0].Month != "2025-04" || g.Currency != "CNY" {
		t.Fatalf("months: %+v", g.Months)
	}
	if g.Months[11].Amount != 400 || g.Months[10].Amount != 1000 || g.Shipped != 1400 {
		t.Errorf("amounts: %+v, sum %d", g.Months, g.Shipped)
	}
}

func TestReceivablesAgeByDaysOverdueAndTheLatestComeFirst(t *testing.T) {
	d, book := fixture()
	id := threePartners(book)[0]
	bill := func(no string, due, settled sales.Date, amount int64) {
		book.Put(sales.Receivable{InvoiceNo: no, PartnerID: id, Amount: amount, Currency: "CNY", InvoicedOn: "2026-01-01", DueOn: due, SettledOn: settled})
	}
	bill("current", "2026-04-01", "", 100)
	bill("late", "2026-03-10", "", 20)
	bill("very late", "2025-12-01", "", 3)
	bill("promised", "2026-03-01", "2026-03-30", 5)
	bill("paid", "2026-03-01", "2026-03-02", 1000)
	g, err := newProfileModel(d, partnerSide, id).Goods(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p, err := newProfileModel(d, partnerSide, id).Load(t.Context())
	if err != nil || p.Counts["receivables"] != 3 {
		t.Errorf("overdue invoices counted: %v, %v", p.Counts, err)
	}
	if g.Open != 128 || g.Overdue != 28 {
		t.Errorf("open %d, overdue %d", g.Open, g.Overdue)
	}
	want := []int64{100, 25, 0, 0, 3}
	for i, a := range g.Ages {
		if a.Amount != want[i] {
			t.Errorf("bucket %s holds %d, want %d", a.Bucket, a.Amount, want[i])
		}
	}
	var order []string
	for _, r := range g.Receivables {
		order = append(order, r.InvoiceNo)
	}
	if !slices.Equal(order, []string{"very late", "promised", "late", "current", "paid"}) {
		t.Errorf("order: %v", order)
	}
}

func TestOverviewCountsOpenDealsAndVisitsOfAYear(t *testing.T) {
	d, book := fixture()
	id := threePartners(book)[0]
	visited(book, id, 30)
	visited(book, id, 400)
	book.Put(
		sales.Opportunity{Name: "open", PartnerID: id, Stage: "proposal", Amount: 1000, Currency: "CNY", Probability: 50},
		sales.Opportunity{Name: "won", PartnerID: id, Stage: "won", Amount: 9999, Currency: "CNY"},
		sales.Contact{Name: "Bo", PartnerID: id}, sales.Contact{Name: "Ann", PartnerID: id}, sales.Contact{Name: "Zoe", PartnerID: id, Primary: true},
	)
	o, err := newProfileModel(d, partnerSide, id).Overview(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if o.Visits != 1 || len(o.Deals) != 1 || o.Deals[0].Count != 1 || o.Deals[0].Amount != 1000 || o.Deals[0].Weighted != 500 {
		t.Errorf("overview: %d visits, deals %+v", o.Visits, o.Deals)
	}
	if len(o.Contacts) != 3 || o.Contacts[0].Name != "Zoe" || o.Contacts[1].Name != "Ann" {
		t.Errorf("contacts: %+v", o.Contacts)
	}
}

func TestTimelineMergesEverythingNewestFirst(t *testing.T) {
	d, book := fixture()
	id := threePartners(book)[0]
	visited(book, id, 3)
	day := func(n int) sales.Instant { return sales.InstantOf(now.AddDate(0, 0, n)) }
	book.Put(
		sales.Visit{PartnerID: id, VisitType: "routine", Status: sales.VisitPlanned, PlannedAt: day(4), Subject: "planned"},
		sales.Feedback{PartnerID: id, Kind: "competitor", Body: "cheaper", Title: "feedback", CapturedAt: day(-2)},
		sales.Opportunity{PartnerID: id, Name: "deal", Stage: "lost", EngagedOn: "2026-01-01", ClosedOn: "2026-03-17", CloseReason: "price"},
		sales.Task{PartnerID: id, Title: "task", Status: "open", DueOn: "2026-03-20"},
		sales.Shipment{PartnerID: id, OrderNo: "order", Quantity: 1, Amount: 100, ShippedAt: day(-10)},
		sales.Shipment{PartnerID: id, OrderNo: "order", Quantity: 2, Amount: 50, ShippedAt: day(-10)},
		sales.Receivable{PartnerID: id, InvoiceNo: "late", InvoicedOn: "2026-01-05", DueOn: "2026-02-05", Amount: 7},
		sales.Visit{PartnerID: sales.NewID(), VisitType: "routine", Status: sales.VisitPlanned, PlannedAt: day(1), Subject: "elsewhere"},
	)
	events, err := newProfileModel(d, partnerSide, id).Timeline(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range events {
		got = append(got, e.What+" "+e.Title)
	}
	want := []string{
		"visit_planned planned", "task_open task", "opportunity_lost deal", "feedback feedback", "visit_done Visit 3 days ago",
		"shipment order", "receivable_overdue late", "opportunity deal",
	}
	if !slices.Equal(got, want) {
		t.Errorf("timeline:\n%q\nwant\n%q", got, want)
	}
	order := events[5]
	if order.Lines != 2 || order.Amount != 150 {
		t.Errorf("the order's lines are not added up: %+v", order)
	}
}
