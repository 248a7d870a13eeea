package feedback

import (
	"context"
	"fmt"

	"github.com/rounds-field/rounds/sales"
)

// Reply is one message of the thread.
type Reply struct {
	sales.FeedbackReply
	Author string
	Mine   bool
}

// Detail is everything that the pane of one feedback shows.
type Detail struct {
	Row
	Partner, Account  string
	Product, Assignee string
	Visit             string // the subject of the visit in which it was heard
	Replies           []Reply
	Next              []string // statuses that may follow
}

// Detail loads feedback with its thread.
func (m *Model) Detail(ctx context.Context, id string) (Detail, error) {
	record, err := m.Book.Get(ctx, kind, id)
	if err != nil {
		return Detail{}, fmt.Errorf("open the feedback: %w", err)
	}
	d := Detail{Row: Row{Feedback: sales.As[sales.Feedback](record)}}
	replies, err := m.Book.List(ctx, sales.Query{Kind: "feedback_reply", Sort: []string{"written_at", "id"}, Where: []sales.Cond{
		{Field: "feedback_id", Op: sales.Eq, Value: id},
	}})
	if err != nil {
		return Detail{}, fmt.Errorf("open the feedback: %w", err)
	}
	var names sales.Names
	names.Want("partner", d.PartnerID)
	names.Want("account", d.AccountID)
	names.Want("product", d.ProductID)
	names.Want("user", d.OwnerID, d.AssigneeID)
	names.Want("visit", d.VisitID)
	for _, r := range sales.AllAs[sales.FeedbackReply](replies) {
		names.Want("user", r.AuthorID)
		d.Replies = append(d.Replies, Reply{FeedbackReply: r, Mine: r.AuthorID == m.me()})
	}
	if err := names.Load(ctx, m.Book); err != nil {
		return Detail{}, fmt.Errorf("open the feedback: %w", err)
	}
	for i := range d.Replies {
		d.Replies[i].Author = names.Of("user", d.Replies[i].AuthorID)
	}
	d.Company, d.Owner, d.Assignee = names.Company(d.PartnerID, d.AccountID), names.Of("user", d.OwnerID), names.Of("user", d.AssigneeID)
	d.Partner, d.Account = names.Of("partner", d.PartnerID), names.Of("account", d.AccountID)
	d.Product, d.Visit = names.Of("product", d.ProductID), names.Of("visit", d.VisitID)
	d.Late = d.Overdue(sales.DateOf(m.Now()))
	d.Next = d.NextStatuses()
	return d, nil
}

// Reply appends a message to the thread; what it does to the status is the domain's to say.
func (m *Model) Reply(ctx context.Context, id, body string) error {
	record, err := m.Book.Get(ctx, kind, id)
	if err != nil {
		return fmt.Errorf("reply: %w", err)
	}
	_, err = m.Book.Write(ctx, sales.Reply(sales.As[sales.Feedback](record), body, m.Now(), m.me())...)
	return err
}

// AddTask creates a follow-up of feedback; the day may be empty.
func (m *Model) AddTask(ctx context.Context, f sales.Feedback, title string, on sales.Date) error {
	_, err := m.Book.Write(ctx, sales.CreateOf(sales.Task{
		Title: title, DueOn: on, FeedbackID: f.ID, VisitID: f.VisitID, PartnerID: f.PartnerID, AccountID: f.AccountID, OwnerID: m.me(),
	}))
	return err
}

// SetStatus moves feedback on. Closing it needs the answer with which it is closed; other moves leave the answer alone.
func (m *Model) SetStatus(ctx context.Context, id, to, answer string) error {
	values := sales.Values{"status": to}
	if to == sales.FeedbackClosed {
		values["closed_with"] = answer
	}
	return m.set(ctx, id, values)
}

// Assign makes a user answer for feedback; "" nobody.
func (m *Model) Assign(ctx context.Context, id, userID string) error {
	return m.set(ctx, id, sales.Values{"assignee_id": userID})
}

// SetSeverity says how serious feedback is.
func (m *Model) SetSeverity(ctx context.Context, id, severity string) error {
	return m.set(ctx, id, sales.Values{"severity": severity})
}

func (m *Model) set(ctx context.Context, id string, values sales.Values) error {
	_, err := m.Book.Write(ctx, sales.Edit{Verb: sales.Update, Kind: kind, ID: id, Values: values})
	return err
}
