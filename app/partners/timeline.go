package partners

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/rounds-field/rounds/sales"
)

// Event is one entry of a company's timeline.
type Event struct {
	At       sales.Instant
	WholeDay bool   // only the day is known: At is its midnight
	Kind     string // of the record that tells it; also chooses icon and words
	What     string // what happened to it: the text is partners.event.<What>
	Title    string
	Text     string
	UserID   string // who did it; "" when nobody says
	Route    string // the record's page; "" when it has none

	Amount   int64 // of orders and invoices, minor units
	Currency string
	Lines    int // of an order
}

// timelineLimit bounds how far back each kind of record goes into the timeline.
const timelineLimit = 200

// Timeline merges everything about the company, the newest first, planned visits and due tasks on top.
func (m *profileModel) Timeline(ctx context.Context) ([]Event, error) {
	var events []Event
	for _, source := range []struct {
		kind, sort string
		tell       func(sales.Record) []Event
	}{
		{"visit", "-planned_at", m.visitEvents},
		{"feedback", "-captured_at", m.feedbackEvents},
		{"opportunity", "-stage_since", m.dealEvents},
		{"project", "-updated_at", m.projectEvents},
		{"task", "-due_on", m.taskEvents},
		{"attachment", "-id", m.fileEvents},
		{"contact", "-id", m.contactEvents},
	} {
		q := m.about(source.kind, source.sort)
		q.Limit = timelineLimit
		recs, err := m.Book.List(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("read timeline of %s records: %w", source.kind, err)
		}
		for _, r := range recs {
			events = append(events, source.tell(r)...)
		}
	}
	if m.side.goods {
		goods, err := m.goodsEvents(ctx)
		if err != nil {
			return nil, err
		}
		events = append(events, goods...)
	}
	events = slices.DeleteFunc(events, func(e Event) bool { return e.At == 0 })
	for i := range events {
		clock := events[i].At.Time().In(m.Now().Location())
		events[i].WholeDay = clock.Equal(sales.DateOf(clock).Time(m.Now().Location()))
	}
	slices.SortStableFunc(events, func(a, b Event) int { return cmp.Compare(b.At, a.At) })
	return events, nil
}

func (m *profileModel) visitEvents(r sales.Record) []Event {
	v := sales.As[sales.Visit](r)
	e := Event{At: v.When(), Kind: "visit", What: "visit_" + v.Status, Title: v.Subject, Text: v.Notes, UserID: v.OwnerID, Route: "visit/" + v.ID}
	if v.Status == sales.VisitCancelled {
		e.Text = v.CancelReason
	}
	return []Event{e}
}

func (m *profileModel) feedbackEvents(r sales.Record) []Event {
	f := sales.As[sales.Feedback](r)
	return []Event{{At: f.CapturedAt, Kind: "feedback", What: "feedback", Title: f.Title, Text: f.Body, UserID: f.OwnerID, Route: "feedback/" + f.ID}}
}

// dealEvents tells of an opportunity's last stage, and of its beginning where that is known.
func (m *profileModel) dealEvents(r sales.Record) []Event {
	o := sales.As[sales.Opportunity](r)
	route := "opportunity/" + o.ID
	began := m.midnight(o.EngagedOn)
	if began == 0 {
		began = sales.CreatedAt(o.ID)
	}
	events := []Event{{At: began, Kind: "opportunity", What: "opportunity", Title: o.Name, UserID: o.OwnerID, Route: route}}
	switch {
	case o.ClosedOn != "":
		events = append(events, Event{At: m.midnight(o.ClosedOn), Kind: "opportunity", What: "opportunity_" + o.Stage, Title: o.Name, Text: o.CloseReason, UserID: o.OwnerID, Route: route})
	case o.StageSince > began:
		events = append(events, Event{At: o.StageSince, Kind: "opportunity", What: "opportunity_" + o.Stage, Title: o.Name, UserID: o.OwnerID, Route: route})
	}
	return events
}

func (m *profileModel) projectEvents(r sales.Record) []Event {
	p := sales.As[sales.Project](r)
	at := m.midnight(p.StartsOn)
	if at == 0 {
		at = sales.CreatedAt(p.ID)
	}
	return []Event{{At: at, Kind: "project", What: "project", Title: p.Name, Text: p.NextStep, UserID: p.OwnerID, Route: "project/" + p.ID}}
}

func (m *profileModel) taskEvents(r sales.Record) []Event {
	t := sales.As[sales.Task](r)
	e := Event{At: m.midnight(t.DueOn), Kind: "task", What: "task_" + t.Status, Title: t.Title, Text: t.Notes, UserID: t.OwnerID, Route: "task/" + t.ID}
	if t.Status == sales.TaskDone && t.DoneAt != 0 {
		e.At = t.DoneAt
	}
	return []Event{e}
}

func (m *profileModel) fileEvents(r sales.Record) []Event {
	a := sales.As[sales.Attachment](r)
	return []Event{{At: sales.CreatedAt(a.ID), Kind: "attachment", What: "attachment", Title: a.FileName, Text: a.Caption, UserID: a.OwnerID}}
}

func (m *profileModel) contactEvents(r sales.Record) []Event {
	c := sales.As[sales.Contact](r)
	return []Event{{At: sales.CreatedAt(c.ID), Kind: "contact", What: "contact", Title: c.Name, Text: c.JobTitle, UserID: c.OwnerID, Route: "contact/" + c.ID}}
}

// goodsEvents tells of each order once, whatever its lines, and of invoices when they were due and when they were paid.
func (m *profileModel) goodsEvents(ctx context.Context) ([]Event, error) {
	g, err := m.Goods(ctx)
	if err != nil {
		return nil, err
	}
	var events []Event
	seen := map[string]int{}
	for _, s := range g.Shipments {
		i, ok := seen[s.OrderNo]
		if !ok {
			if len(seen) == timelineLimit {
				continue
			}
			i = len(events)
			seen[s.OrderNo] = i
			events = append(events, Event{At: s.ShippedAt, Kind: "shipment", What: "shipment", Title: s.OrderNo, Currency: s.Currency})
			if s.Quantity < 0 {
				events[i].What = "shipment_cancelled"
			}
		}
		events[i].Amount += s.Amount
		events[i].Lines++
	}
	today := m.today()
	for i, r := range g.Receivables {
		if i == timelineLimit {
			break
		}
		what, at := "receivable", r.InvoicedOn
		switch {
		case !r.Open(today):
			what, at = "receivable_settled", r.SettledOn
		case r.Overdue(today) > 0:
			what, at = "receivable_overdue", r.DueOn
		}
		events = append(events, Event{At: m.midnight(at), Kind: "receivable", What: what, Title: r.InvoiceNo, Amount: r.Amount, Currency: r.Currency})
	}
	return events, nil
}

// midnight is the moment at which a day begins for the user; zero for no day.
func (m *profileModel) midnight(d sales.Date) sales.Instant {
	return sales.InstantOf(d.Time(m.Now().Location()))
}
