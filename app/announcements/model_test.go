package announcements

import (
	"slices"
	"testing"
	"time"

	"github.com/rounds-field/rounds/internal/fakebook"
	"github.com/rounds-field/rounds/sales"
)

const (
	repID     = "018f0000-0000-7000-8000-000000000001"
	managerID = "018f0000-0000-7000-8000-000000000002"
)

var noon = time.Date(2026, 3, 18, 12, 0, 0, 0, time.FixedZone("CST", 8*3600))

func fixture(role string) (*Model, *fakebook.Book) {
	me := sales.User{ID: repID, Name: "rep", DisplayName: "王小明", Role: role}
	now := func() time.Time { return noon }
	book := fakebook.New(now, me.ID)
	book.Put(me, sales.User{ID: managerID, Name: "manager", DisplayName: "李经理", Role: "manager"})
	return NewModel(Deps{Book: book, Me: func() sales.User { return me }, Now: now}), book
}

func titles(items []Item) []string {
	out := []string{}
	for _, i := range items {
		out = append(out, i.Title)
	}
	return out
}

func TestARepSeesWhatIsMeantForRepsAndPublishedAndNotExpired(t *testing.T) {
	m, book := fixture("rep")
	book.Put(
		sales.Announcement{Title: "for all", PublishedOn: "2026-03-10", AuthorID: managerID},
		sales.Announcement{Title: "for reps", PublishedOn: "2026-03-11", Roles: []string{"rep"}},
		sales.Announcement{Title: "for auditors", PublishedOn: "2026-03-11", Roles: []string{"auditor"}},
		sales.Announcement{Title: "tomorrow", PublishedOn: "2026-03-19"},
		sales.Announcement{Title: "over", PublishedOn: "2026-03-01", ExpiresOn: "2026-03-17"},
		sales.Announcement{Title: "to confirm", PublishedOn: "2026-03-02", MustConfirm: true},
	)
	items, err := m.List(t.Context(), Filter{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"to confirm", "for reps", "for all"}
	if got := titles(items); !slices.Equal(got, want) {
		t.Fatalf("listed %v, want %v", got, want)
	}
	if items[2].Author != "李经理" {
		t.Errorf("author is %q", items[2].Author)
	}
	items, _ = m.List(t.Context(), Filter{Expired: true})
	if got := titles(items); len(got) != 4 {
		t.Errorf("with expired ones: %v", got)
	}
}

func TestConfirmingLeavesOneReceiptHoweverOftenItIsDone(t *testing.T) {
	m, book := fixture("rep")
	id := book.Put(sales.Announcement{Title: "policy", PublishedOn: "2026-03-10", MustConfirm: true})[0]
	for range 3 {
		if err := m.Read(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	receipts := fakebook.All[sales.Receipt](book)
	if len(receipts) != 1 || receipts[0].UserID != repID || receipts[0].AnnouncementID != id || receipts[0].ReadAt != sales.InstantOf(noon) {
		t.Fatalf("receipts: %+v", receipts)
	}
	item, err := m.Get(t.Context(), id)
	if err != nil || item.Unread() {
		t.Errorf("after confirming: %+v, %v", item, err)
	}
	if n, _ := m.Unread(t.Context()); n != 0 {
		t.Errorf("%d unread", n)
	}
}

func TestOnlyManagersAndOperationsPublish(t *testing.T) {
	for role, may := range map[string]bool{"rep": false, "auditor": false, "manager": true, "operations": true, "admin": true, "": true} {
		if m, _ := fixture(role); m.MayPublish() != may {
			t.Errorf("role %q may publish: %v", role, m.MayPublish())
		}
	}
}

func TestPublishingFillsTheFirstDayAndTheAuthor(t *testing.T) {
	m, book := fixture("manager")
	id, err := m.Publish(t.Context(), sales.Announcement{}, sales.Announcement{Title: "  Price list  ", Category: "price_list"})
	if err != nil {
		t.Fatal(err)
	}
	a := fakebook.All[sales.Announcement](book)[0]
	if a.ID != id || a.Title != "Price list" || a.PublishedOn != "2026-03-18" || a.AuthorID != repID {
		t.Errorf("published %+v", a)
	}
	next := a
	next.ExpiresOn = "2026-03-01"
	if _, err := m.Publish(t.Context(), a, next); !sales.HasCode(err, sales.CodeBadOrder) {
		t.Errorf("an end before the beginning: %v", err)
	}
	if _, err := m.Publish(t.Context(), sales.Announcement{}, sales.Announcement{}); !sales.HasCode(err, sales.CodeRequired) {
		t.Errorf("without a title: %v", err)
	}
	next.ExpiresOn = "2026-04-01"
	if _, err := m.Publish(t.Context(), a, next); err != nil {
		t.Fatal(err)
	}
	last := book.Edits[len(book.Edits)-1]
	if last.Verb != sales.Update || len(last.Values) != 1 {
		t.Errorf("the edit holds more than what changed: %+v", last)
	}
	if err := m.Withdraw(t.Context(), id); err != nil || len(fakebook.All[sales.Announcement](book)) != 0 {
		t.Errorf("withdraw: %v", err)
	}
}
