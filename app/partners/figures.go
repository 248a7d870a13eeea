package partners

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/rounds-field/rounds/sales"
)

// Month is what was shipped in one calendar month.
type Month struct {
	Month  string // YYYY-MM
	Amount int64  // minor units; cancellations taken off
}

// shippedByMonth adds up shipments of one currency for the last n months up to today's, the oldest first.
func shippedByMonth(shipments []sales.Shipment, currency string, n int, now time.Time) []Month {
	first := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, now.Location()).AddDate(0, 1-n, 0)
	months := make([]Month, n)
	at := map[string]int{}
	for i := range months {
		months[i].Month = first.AddDate(0, i, 0).Format("2006-01")
		at[months[i].Month] = i
	}
	for _, s := range shipments {
		if i, ok := at[s.ShippedAt.Time().In(now.Location()).Format("2006-01")]; ok && currencyOf(s.Currency) == currency {
			months[i].Amount += s.Amount
		}
	}
	return months
}

// Age is the open amount of one ageing bucket.
type Age struct {
	Bucket string // one of sales.AgeBuckets
	Amount int64  // minor units
}

// ageing adds up open invoices of one currency by how late they are, in the buckets' order.
func ageing(invoices []sales.Receivable, currency string, today sales.Date) []Age {
	sums := sales.Ageing(slices.DeleteFunc(slices.Clone(invoices), func(r sales.Receivable) bool {
		return currencyOf(r.Currency) != currency
	}), today)
	out := make([]Age, 0, len(sums))
	for _, b := range sales.AgeBuckets() {
		out = append(out, Age{Bucket: b, Amount: sums[b]})
	}
	return out
}

// mainCurrency is the currency with the most entries: a chart shows one, and adding up two would be wrong.
func mainCurrency[T any](rows []T, of func(T) string) string {
	counts := map[string]int{}
	for _, r := range rows {
		counts[currencyOf(of(r))]++
	}
	best := sales.DefaultCurrency
	for c, n := range counts {
		if n > counts[best] || n == counts[best] && c < best {
			best = c
		}
	}
	return best
}

func currencyOf(code string) string { return cmp.Or(code, sales.DefaultCurrency) }

// Overview is the first tab: the company at a glance.
type Overview struct {
	Contacts []sales.Contact // the primary one first
	Deals    []sales.Total   // open opportunities by currency
	Open     map[string]int  // open feedback, tasks, projects by kind
	Visits   int             // made within the last twelve months
	Latest   []Event         // the last things that happened, the newest first
	Goods    Goods           // empty for a side that we do not ship to
}

// latestEvents is how many of the last events the overview shows.
const latestEvents = 5

// Goods is what was shipped to a partner and what it owes.
type Goods struct {
	Shipments   []sales.Shipment   // the newest first
	Currency    string             // of Months and Shipped
	Months      []Month            // the last twelve
	Shipped     int64              // their sum, minor units
	Receivables []sales.Receivable // open and overdue first
	Owed        string             // currency of Ages, Open and Overdue
	Ages        []Age
	Open        int64 // minor units
	Overdue     int64 // minor units
}

// Overview reads the first tab.
func (m *profileModel) Overview(ctx context.Context) (Overview, error) {
	contacts, err := m.Contacts(ctx)
	if err != nil {
		return Overview{}, err
	}
	o := Overview{Contacts: contacts}
	deals, err := rowsOf[sales.Opportunity](ctx, m, "opportunity")
	if err != nil {
		return Overview{}, err
	}
	o.Deals = sales.Totals(slices.DeleteFunc(deals, func(d sales.Opportunity) bool { return !d.Open() }))
	counts, err := m.counts(ctx)
	if err != nil {
		return Overview{}, err
	}
	o.Open = counts
	q := m.about("visit")
	q.Where = append(q.Where, made(),
		sales.Cond{Field: "started_at", Op: sales.Ge, Value: int64(sales.InstantOf(m.Now().AddDate(-1, 0, 0)))})
	if o.Visits, err = m.Book.Count(ctx, q); err != nil {
		return Overview{}, wrap("count visits", err)
	}
	if o.Latest, err = m.latest(ctx); err != nil {
		return Overview{}, err
	}
	if m.side.goods {
		o.Goods, err = m.Goods(ctx)
	}
	return o, err
}

// latest is the beginning of the timeline without what is still to come.
func (m *profileModel) latest(ctx context.Context) ([]Event, error) {
	events, err := m.Timeline(ctx)
	if err != nil {
		return nil, err
	}
	now := sales.InstantOf(m.Now())
	events = slices.DeleteFunc(events, func(e Event) bool { return e.At > now })
	return events[:min(latestEvents, len(events))], nil
}

// Goods reads shipments and receivables with their figures.
func (m *profileModel) Goods(ctx context.Context) (Goods, error) {
	var g Goods
	var err error
	if g.Shipments, err = rowsOf[sales.Shipment](ctx, m, "shipment", "-shipped_at", "order_no"); err != nil {
		return Goods{}, err
	}
	if g.Receivables, err = rowsOf[sales.Receivable](ctx, m, "receivable", "-due_on", "invoice_no"); err != nil {
		return Goods{}, err
	}
	g.Currency = mainCurrency(g.Shipments, func(s sales.Shipment) string { return s.Currency })
	g.Months = shippedByMonth(g.Shipments, g.Currency, 12, m.Now())
	for _, month := range g.Months {
		g.Shipped += month.Amount
	}
	today := m.today()
	slices.SortStableFunc(g.Receivables, func(a, b sales.Receivable) int {
		return cmp.Compare(urgency(b, today), urgency(a, today))
	})
	g.Owed = mainCurrency(g.Receivables, func(r sales.Receivable) string { return r.Currency })
	g.Ages = ageing(g.Receivables, g.Owed, today)
	for _, a := range g.Ages {
		g.Open += a.Amount
		if a.Bucket != sales.AgeCurrent {
			g.Overdue += a.Amount
		}
	}
	return g, nil
}

// urgency orders invoices: overdue ones by their days, then open ones, then those that are settled.
func urgency(r sales.Receivable, today sales.Date) int {
	if !r.Open(today) {
		return -1
	}
	return r.Overdue(today)
}

// rowsOf reads all records of a kind about the company into their struct. A company's records are few enough to be read at once.
func rowsOf[T any](ctx context.Context, m *profileModel, kind string, sort ...string) ([]T, error) {
	recs, err := m.Book.List(ctx, m.about(kind, sort...))
	if err != nil {
		return nil, wrap("read "+kind+" records", err)
	}
	return sales.AllAs[T](recs), nil
}

// Contacts reads the people of the company, the primary one first.
func (m *profileModel) Contacts(ctx context.Context) ([]sales.Contact, error) {
	contacts, err := rowsOf[sales.Contact](ctx, m, "contact", "name", "id")
	slices.SortStableFunc(contacts, func(a, b sales.Contact) int {
		switch {
		case a.Primary == b.Primary:
			return 0
		case a.Primary:
			return -1
		}
		return 1
	})
	return contacts, err
}
