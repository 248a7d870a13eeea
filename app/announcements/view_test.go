package announcements

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/internal/fakebook"
	"github.com/rounds-field/rounds/internal/uitest"
	"github.com/rounds-field/rounds/sales"
)

func TestMain(m *testing.M) { uitest.Main(m) }

const (
	policyID = "019cfa00-0000-7000-8000-000000000001"
	newsID   = "019cfa00-0000-7000-8000-000000000002"
	priceID  = "019cfa00-0000-7000-8000-000000000003"
	promoID  = "019cfa00-0000-7000-8000-000000000004"
)

// board is a workbook with announcements as an organisation has them.
func board(role string) (*Model, *fakebook.Book) {
	m, book := fixture(role)
	book.Put(
		sales.Announcement{
			ID: policyID, Title: "2026 年渠道价格保护政策", Category: "policy", PublishedOn: "2026-03-16", ExpiresOn: "2026-12-31", MustConfirm: true, AuthorID: managerID, Roles: []string{"manager", "rep"},
			Body: "自 4 月 1 日起，签约代理商库存在 45 天内的机型，遇官方调价按差额补返。\n\n一、适用范围：金牌及以上代理商。\n二、申报方式：通过走访登记库存，由大区经理审核。\n三、窜货、乱价一经查实，取消当季补返资格。\n\n请各位在走访时向合作伙伴说明，并确认已阅。",
		},
		sales.Announcement{ID: newsID, Title: "Spring road show: dates and cities", Category: "news", PublishedOn: "2026-03-12", AuthorID: managerID, Body: "Shenzhen 7 April, Guangzhou 9 April, Beijing 14 April. Bring two partners each."},
		sales.Announcement{ID: priceID, Title: "三月价格表", Category: "price_list", PublishedOn: "2026-03-01", AuthorID: managerID, Body: "见附件。"},
		sales.Announcement{ID: promoID, Title: "春节返点活动", Category: "promotion", PublishedOn: "2026-01-20", ExpiresOn: "2026-02-20", Body: "已结束。"},
	)
	book.Put(sales.Receipt{AnnouncementID: priceID, UserID: repID, ReadAt: sales.InstantOf(noon.AddDate(0, 0, -10))})
	return m, book
}

func open(t *testing.T, m *Model, route string) (*uitest.Host, ui.Page, fyne.CanvasObject) {
	t.Helper()
	h := uitest.NewHost(t)
	page := NewPage(m.Deps)(h, ui.ParseRoute(route))
	content := h.Show(page)
	return h, page, content
}

func TestPictures(t *testing.T) {
	rep, _ := board("rep")
	manager, _ := board("manager")
	none, _ := fixture("rep")
	for name, c := range map[string]struct {
		model *Model
		route string
	}{
		"list":  {rep, "announcement/" + policyID},
		"form":  {manager, "announcement/" + policyID + "?edit=1"},
		"empty": {none, "announcements"},
	} {
		t.Run(name, func(t *testing.T) {
			uitest.Golden(t, name, func(h *uitest.Host) fyne.CanvasObject {
				return h.Show(NewPage(c.model.Deps)(h, ui.ParseRoute(c.route)))
			})
		})
	}
}

func TestConfirmingOnTheScreenLeavesAReceipt(t *testing.T) {
	m, book := board("rep")
	h, _, content := open(t, m, "announcement/"+policyID)
	if n := len(fakebook.All[sales.Receipt](book)); n != 1 {
		t.Fatalf("opening one that is to be confirmed left a receipt: %d", n)
	}
	uitest.TapText(t, content, "I have read this")
	receipts := fakebook.All[sales.Receipt](book)
	if len(receipts) != 2 || receipts[1].AnnouncementID != policyID {
		t.Fatalf("receipts: %+v", receipts)
	}
	if uitest.Shows(content, "I have read this") || !slices.Contains(h.Toasts, "Confirmed") || !slices.Contains(h.ChangedKinds, "receipt") {
		t.Errorf("after confirming: toasts %q, changed %q", h.Toasts, h.ChangedKinds)
	}
}

func TestOpeningAnOrdinaryAnnouncementCountsAsReading(t *testing.T) {
	m, book := board("rep")
	_, page, content := open(t, m, "announcements")
	table := uitest.Find[*ui.Table[Item]](t, content, 0)
	table.Select(1)
	if !uitest.Shows(content, "Shenzhen 7 April, Guangzhou 9 April, Beijing 14 April. Bring two partners each.") {
		t.Errorf("the text is not shown: %q", uitest.Texts(content))
	}
	receipts := fakebook.All[sales.Receipt](book)
	if len(receipts) != 2 || receipts[1].AnnouncementID != newsID {
		t.Errorf("receipts: %+v", receipts)
	}
	if state := page.(ui.Stateful).SaveState(); state["open"] != newsID {
		t.Errorf("state: %v", state)
	}
}

func TestTheFiltersFilter(t *testing.T) {
	m, _ := board("rep")
	_, _, content := open(t, m, "announcements")
	table := uitest.Find[*ui.Table[Item]](t, content, 0)
	if table.Length() != 3 {
		t.Fatalf("%d rows", table.Length())
	}
	uitest.TapText(t, content, "Unread")
	if table.Length() != 2 {
		t.Errorf("unread: %d rows", table.Length())
	}
	uitest.TapText(t, content, "With expired")
	if table.Length() != 3 {
		t.Errorf("unread with expired: %d rows", table.Length())
	}
	search := uitest.Find[*ui.Entry](t, content, 0)
	test.Type(search, "road")
	if table.Length() != 1 {
		t.Errorf("search: %d rows", table.Length())
	}
	search.SetText("nothing like it")
	uitest.TapText(t, content, "Clear filters")
	if table.Length() != 3 || search.Text != "" {
		t.Errorf("cleared: %d rows, %q", table.Length(), search.Text)
	}
}

func TestARepHasNoWayToPublish(t *testing.T) {
	m, _ := board("rep")
	_, _, content := open(t, m, "announcements")
	if uitest.Shows(content, "New announcement") {
		t.Error("a rep is offered to publish")
	}
}

func TestAManagerWritesAndPublishes(t *testing.T) {
	m, book := fixture("manager")
	h, page, content := open(t, m, "announcement/new")
	save := page.(ui.Shortcuts).Shortcuts()[0]
	save.Run()
	if len(fakebook.All[sales.Announcement](book)) != 0 || len(h.Errors) != 0 {
		t.Fatalf("saved without a title; errors %v", h.Errors)
	}
	test.Type(uitest.Find[*ui.Entry](t, content, 0), "New price list")
	uitest.Elapse()
	again := NewPage(m.Deps)(h, ui.ParseRoute("announcement/new"))
	if title := uitest.Find[*ui.Entry](t, h.Show(again), 0); title.Text != "New price list" {
		t.Errorf("the draft is lost: %q", title.Text)
	}
	again.(ui.Shortcuts).Shortcuts()[0].Run()
	saved := fakebook.All[sales.Announcement](book)
	if len(saved) != 1 || saved[0].Title != "New price list" || saved[0].PublishedOn != "2026-03-18" || h.Backs != 1 {
		t.Fatalf("published %+v, back %d", saved, h.Backs)
	}
	_, _, content = open(t, m, "announcement/new")
	if title := uitest.Find[*ui.Entry](t, content, 0); title.Text != "" {
		t.Errorf("the draft outlived the save: %q", title.Text)
	}
}

func TestWithdrawingAsksFirst(t *testing.T) {
	m, book := board("manager")
	h := uitest.NewHost(t)
	page := newView(h, ui.ParseRoute("announcement/"+policyID), m)
	h.Show(page)
	page.withdraw(page.item)
	if len(fakebook.All[sales.Announcement](book)) != 4 {
		t.Fatal("withdrawn without a question")
	}
	uitest.TapText(t, h.Canvas().Overlays().Top(), "Withdraw")
	if len(fakebook.All[sales.Announcement](book)) != 3 || page.open != "" {
		t.Errorf("not withdrawn, or still shown: %q", page.open)
	}
}
