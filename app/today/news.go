package today

import (
	"cmp"
	"context"
	"slices"

	"github.com/rounds-field/rounds/sales"
)

// Item is a record that somebody else wrote since yesterday.
type Item struct {
	Kind  string
	ID    string
	Title string // the company or the record's own title
	Text  string // what was written, "" when the title says it
	Who   string // the author's name, "" when unknown
	At    sales.Instant
	New   bool   // made since yesterday, not only changed
	Route string // where it is shown
}

// newsKinds are the kinds whose arrival matters to a rep.
var newsKinds = []string{"task", "feedback", "feedback_reply", "visit", "opportunity", "project_note", "partner", "account"}

// How far back news are looked for among the rep's own writing.
const (
	newsPage  = 50
	newsPages = 4
)

// news collects what others wrote since the midnight with which yesterday began.
func (m *Model) news(ctx context.Context, d *Day) error {
	since := m.startOf(-1)
	var items []Item
	var names sales.Names
	parents := map[string]sales.Record{}
	for _, kind := range newsKinds {
		records, err := m.fresh(ctx, kind, since)
		if err != nil {
			return err
		}
		for _, r := range records {
			names.Want("user", r.UpdatedBy)
			names.Want("partner", r.Text("partner_id"))
			names.Want("account", r.Text("account_id"))
			names.Want("project", r.Text("project_id"))
			names.Want("feedback", r.Text("feedback_id"))
			parents[r.ID] = r
			items = append(items, Item{Kind: kind, ID: r.ID, At: r.UpdatedAt, New: sales.CreatedAt(r.ID) >= since, Route: routeOf(r)})
		}
	}
	if err := names.Load(ctx, m.Book); err != nil {
		return err
	}
	slices.SortStableFunc(items, func(a, b Item) int { return cmp.Or(-cmp.Compare(a.At, b.At), cmp.Compare(a.ID, b.ID)) })
	items = latest(items)
	d.MoreNews = len(items) > newsLimit
	d.News = items[:min(len(items), newsLimit)]
	for i := range d.News {
		item, r := &d.News[i], parents[d.News[i].ID]
		item.Who = names.Of("user", r.UpdatedBy)
		company := names.Company(r.Text("partner_id"), r.Text("account_id"))
		switch item.Kind {
		case "partner", "account", "task", "opportunity":
			item.Title, item.Text = r.Title(), company
		case "project_note":
			item.Title, item.Text = names.Of("project", r.Text("project_id")), r.Text("body")
		case "feedback_reply":
			item.Title, item.Text = names.Of("feedback", r.Text("feedback_id")), r.Text("body")
		case "feedback":
			item.Title, item.Text = cmp.Or(r.Text("title"), r.Text("body")), company
		case "visit":
			item.Title, item.Text = company, cmp.Or(r.Text("subject"), r.Text("notes"))
		}
	}
	return nil
}

// latest keeps the newest item of each page: ten notes on one project are one thing to look at.
func latest(items []Item) []Item {
	seen := map[string]bool{}
	return slices.DeleteFunc(items, func(i Item) bool {
		was := seen[i.Route]
		seen[i.Route] = true
		return was
	})
}

// fresh gives the records of a kind that others changed since a moment.
func (m *Model) fresh(ctx context.Context, kind string, since sales.Instant) ([]sales.Record, error) {
	var out []sales.Record
	for page := range newsPages {
		records, err := m.Book.List(ctx, sales.Query{Kind: kind, Sort: []string{"-updated_at"}, Limit: newsPage, Offset: page * newsPage})
		if err != nil {
			return nil, err
		}
		for _, r := range records {
			if r.UpdatedAt < since {
				return out, nil
			}
			if r.UpdatedBy != m.Me().ID {
				out = append(out, r)
			}
		}
		if len(records) < newsPage || len(out) > newsLimit {
			break
		}
	}
	return out, nil
}

func routeOf(r sales.Record) string {
	switch r.Kind {
	case "feedback_reply":
		return "feedback/" + r.Text("feedback_id")
	case "project_note":
		return "project/" + r.Text("project_id")
	}
	return r.Kind + "/" + r.ID
}

// announcements finds what the user has not read.
func (m *Model) announcements(ctx context.Context, d *Day) error {
	user := m.Me()
	all, err := list[sales.Announcement](ctx, m.Book, sales.Query{
		Kind: "announcement", Where: []sales.Cond{{Field: "published_on", Op: sales.Le, Value: string(m.today())}},
	})
	if err != nil {
		return err
	}
	receipts, err := list[sales.Receipt](ctx, m.Book, sales.Query{Kind: "receipt", Where: []sales.Cond{{Field: "user_id", Op: sales.Eq, Value: user.ID}}})
	if err != nil {
		return err
	}
	for _, a := range all {
		if a.Unread(m.today(), sales.Role(user.Role), user.ID, receipts) {
			d.Announcements = append(d.Announcements, a)
		}
	}
	slices.SortStableFunc(d.Announcements, func(a, b sales.Announcement) int {
		return cmp.Or(boolOrder(b.MustConfirm, a.MustConfirm), -cmp.Compare(a.PublishedOn, b.PublishedOn))
	})
	return nil
}

func boolOrder(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}
