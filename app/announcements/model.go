package announcements

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rounds-field/rounds/sales"
)

// Deps is what the screens of announcements need from outside.
type Deps struct {
	// Book is the workbook.
	Book sales.Workbook
	// Me is the signed-in user.
	Me func() sales.User
	// Now is the present moment, in the zone whose days the user lives by.
	Now func() time.Time
}

// Item is an announcement as this user sees it.
type Item struct {
	sales.Announcement
	Author  string        // name of the author; "" when unknown
	ReadAt  sales.Instant // when the user read it, and confirmed it where that is asked for; zero while unread
	Expired bool          // its last day has passed
}

// Unread says whether it is news to the user.
func (i Item) Unread() bool { return i.ReadAt == 0 }

// Filter is what the list shows.
type Filter struct {
	Category string // "" means all
	Unread   bool   // only unread ones
	Expired  bool   // expired ones too
	Text     string // words of title or body
}

// Model reads and writes announcements. It is synchronous and knows no toolkit.
type Model struct{ Deps }

// NewModel makes the model.
func NewModel(d Deps) *Model { return &Model{Deps: d} }

func (m *Model) today() sales.Date { return sales.DateOf(m.Now()) }

// MayPublish says whether the user's role publishes announcements. The server decides; this spares a vain attempt.
func (m *Model) MayPublish() bool {
	role := sales.Role(m.Me().Role)
	return role == "" || role.MayWrite(sales.MustKind("announcement")) // a workbook without a server has no roles
}

// List gives the announcements for the user's role, those to be confirmed first, then the newest.
func (m *Model) List(ctx context.Context, f Filter) ([]Item, error) {
	q := sales.Query{Kind: "announcement", Match: f.Text, Sort: []string{"-published_on", "-id"}}
	if f.Category != "" {
		q.Where = append(q.Where, sales.Cond{Field: "category", Op: sales.Eq, Value: f.Category})
	}
	recs, err := m.Book.List(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("read announcements: %w", err)
	}
	items, err := m.items(ctx, sales.AllAs[sales.Announcement](recs))
	if err != nil {
		return nil, err
	}
	items = slices.DeleteFunc(items, func(i Item) bool {
		return !m.meant(i.Announcement) || i.Expired && !f.Expired || f.Unread && !i.Unread()
	})
	slices.SortStableFunc(items, func(a, b Item) int { return urgency(a) - urgency(b) })
	return items, nil
}

// urgency puts what waits for a confirmation first.
func urgency(i Item) int {
	if i.MustConfirm && i.Unread() && !i.Expired {
		return 0
	}
	return 1
}

// Unread counts the present announcements that the user has not read.
func (m *Model) Unread(ctx context.Context) (int, error) {
	items, err := m.List(ctx, Filter{Unread: true})
	return len(items), err
}

// Get reads one announcement.
func (m *Model) Get(ctx context.Context, id string) (Item, error) {
	rec, err := m.Book.Get(ctx, "announcement", id)
	if err != nil {
		return Item{}, fmt.Errorf("open announcement: %w", err)
	}
	items, err := m.items(ctx, []sales.Announcement{sales.As[sales.Announcement](rec)})
	if err != nil {
		return Item{}, err
	}
	return items[0], nil
}

// items adds the author's name and the user's receipt.
func (m *Model) items(ctx context.Context, list []sales.Announcement) ([]Item, error) {
	read, err := m.receipts(ctx)
	if err != nil {
		return nil, err
	}
	var names sales.Names
	for _, a := range list {
		names.Want("user", a.AuthorID)
	}
	if err := names.Load(ctx, m.Book); err != nil {
		return nil, err
	}
	items := make([]Item, len(list))
	for i, a := range list {
		items[i] = Item{
			Announcement: a, Author: names.Of("user", a.AuthorID), ReadAt: read[a.ID],
			Expired: a.ExpiresOn != "" && a.ExpiresOn < m.today(),
		}
	}
	return items, nil
}

// receipts gives the first reading of each announcement by this user.
func (m *Model) receipts(ctx context.Context) (map[string]sales.Instant, error) {
	recs, err := m.Book.List(ctx, sales.Query{Kind: "receipt", Where: []sales.Cond{{Field: "user_id", Op: sales.Eq, Value: m.Me().ID}}})
	if err != nil {
		return nil, fmt.Errorf("read receipts: %w", err)
	}
	out := map[string]sales.Instant{}
	for _, r := range sales.AllAs[sales.Receipt](recs) {
		if at, known := out[r.AnnouncementID]; !known || r.ReadAt < at {
			out[r.AnnouncementID] = r.ReadAt
		}
	}
	return out, nil
}

// meant says whether the announcement is for the user: published, and for the user's role or everybody. Who publishes sees all.
func (m *Model) meant(a sales.Announcement) bool {
	if m.MayPublish() {
		return true
	}
	return a.PublishedOn <= m.today() && (len(a.Roles) == 0 || slices.Contains(a.Roles, m.Me().Role))
}

// Read records that the user has read, or confirmed, an announcement. It does nothing the second time.
func (m *Model) Read(ctx context.Context, id string) error {
	read, err := m.receipts(ctx)
	if err != nil {
		return err
	}
	if _, done := read[id]; done {
		return nil
	}
	_, err = m.Book.Write(ctx, sales.CreateOf(sales.Receipt{AnnouncementID: id, UserID: m.Me().ID, ReadAt: sales.InstantOf(m.Now())}))
	if err != nil {
		return fmt.Errorf("confirm announcement: %w", err)
	}
	return nil
}

// Publish creates an announcement, or saves the edited one, and gives its id. One without a first day begins today.
func (m *Model) Publish(ctx context.Context, prev, next sales.Announcement) (string, error) {
	next.Title, next.Body = strings.TrimSpace(next.Title), strings.TrimSpace(next.Body)
	if next.PublishedOn == "" {
		next.PublishedOn = m.today()
	}
	if err := check(next); err != nil {
		return "", err
	}
	edit := sales.UpdateOf(prev, next)
	if next.ID == "" {
		next.AuthorID = m.Me().ID
		edit = sales.CreateOf(next)
	} else if len(edit.Values) == 0 {
		return next.ID, nil
	}
	ids, err := m.Book.Write(ctx, edit)
	if err != nil {
		return "", fmt.Errorf("publish announcement: %w", err)
	}
	return ids[0], nil
}

// check refuses what the domain refuses, and an end before the beginning.
func check(a sales.Announcement) error {
	rec := sales.RecordOf(a)
	if err := sales.Validate(nil, rec); err != nil {
		return err
	}
	if a.ExpiresOn != "" && a.ExpiresOn < a.PublishedOn {
		return sales.Errors{{
			Code: sales.CodeBadOrder, Kind: "announcement", Field: "expires_on", Message: "the last day is before the first",
			Hint: "mend one of the two days", Args: map[string]any{"From": string(a.PublishedOn), "To": string(a.ExpiresOn)},
		}}
	}
	return nil
}

// Withdraw deletes an announcement.
func (m *Model) Withdraw(ctx context.Context, id string) error {
	if _, err := m.Book.Write(ctx, sales.Edit{Verb: sales.Delete, Kind: "announcement", ID: id}); err != nil {
		return fmt.Errorf("withdraw announcement: %w", err)
	}
	return nil
}
