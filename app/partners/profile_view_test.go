package partners

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"fyne.io/fyne/v2/test"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/internal/fakebook"
	"github.com/rounds-field/rounds/internal/uitest"
	"github.com/rounds-field/rounds/sales"
)

func TestQuickActionsCarryTheCompany(t *testing.T) {
	d, book := fixture()
	partner, account := company(book)
	h, _, content := open(t, d, "partner/"+partner)
	for _, text := range []string{"Log visit", "Plan visit", "Opportunity", "Edit"} {
		uitest.TapText(t, content, text)
	}
	want := []string{"visit/new?partner=" + partner, "visit/new?partner=" + partner + "&plan=1", "opportunity/new?partner=" + partner, "partner/" + partner + "?edit=1"}
	if !slices.Equal(h.Opened, want) {
		t.Errorf("opened %q, want %q", h.Opened, want)
	}
	h, _, content = open(t, d, "account/"+account)
	uitest.TapText(t, content, "Project")
	if !slices.Equal(h.Opened, []string{"project/new?account=" + account}) {
		t.Errorf("opened %q", h.Opened)
	}
}

func TestTheHeaderTellsWhatDecidesTheNextStep(t *testing.T) {
	d, book := fixture()
	partner, _ := company(book)
	_, page, content := open(t, d, "partner/"+partner)
	shows(t, content, "visit 4 days overdue", "Not synced yet", "广东省 / 深圳市 / 南山区", "Last visit 25 days ago", "Next planned visit: 2026-03-20 09:30", "王小明")
	if page.Title() != "深圳市思创达科技有限公司" {
		t.Errorf("title %q", page.Title())
	}
}

func TestEachTabListsItsRecordsAndOpensThem(t *testing.T) {
	d, book := fixture()
	partner, account := company(book)
	rows := map[string]int{}
	opened := map[string]string{}
	for _, c := range []struct{ route, tab string }{
		{"partner/" + partner, "contacts"},
		{"partner/" + partner, "visits"},
		{"partner/" + partner, "feedback"},
		{"partner/" + partner, "opportunities"},
		{"account/" + account, "projects"},
		{"partner/" + partner, "tasks"},
		{"partner/" + partner, "shipments"},
		{"partner/" + partner, "receivables"},
	} {
		h, _, content := open(t, d, c.route+"?tab="+c.tab)
		switch c.tab {
		case "contacts":
			rows[c.tab], opened[c.tab] = openFirst[sales.Contact](t, h, content)
		case "visits":
			rows[c.tab], opened[c.tab] = openFirst[visitRow](t, h, content)
		case "feedback":
			rows[c.tab], opened[c.tab] = openFirst[sales.Feedback](t, h, content)
		case "opportunities":
			rows[c.tab], opened[c.tab] = openFirst[sales.Opportunity](t, h, content)
		case "projects":
			rows[c.tab], opened[c.tab] = openFirst[sales.Project](t, h, content)
		case "tasks":
			rows[c.tab], opened[c.tab] = openFirst[sales.Task](t, h, content)
		case "shipments":
			rows[c.tab], opened[c.tab] = openFirst[sales.Shipment](t, h, content)
		case "receivables":
			rows[c.tab], opened[c.tab] = openFirst[sales.Receivable](t, h, content)
		}
	}
	for tab, want := range map[string]int{"contacts": 3, "visits": 4, "feedback": 2, "opportunities": 3, "projects": 1, "tasks": 3, "shipments": 60, "receivables": 10} {
		if rows[tab] != want {
			t.Errorf("%s: %d rows, want %d", tab, rows[tab], want)
		}
	}
	for tab, want := range map[string]string{
		"contacts": "contact/" + id(301), "visits": "visit/" + id(403), "feedback": "feedback/" + id(501), "opportunities": "opportunity/" + id(601),
		"projects": "project/" + id(701), "tasks": "task/" + id(801), "shipments": "", "receivables": "",
	} {
		if opened[tab] != want {
			t.Errorf("%s opened %q, want %q", tab, opened[tab], want)
		}
	}
}

func TestADealWithoutANextStepIsMarked(t *testing.T) {
	d, book := fixture()
	partner, _ := company(book)
	_, _, content := open(t, d, "partner/"+partner+"?tab=opportunities")
	shows(t, content, "no next step", "提交方案")
}

func TestAnEmptyTabSaysWhatToDo(t *testing.T) {
	d, book := fixture()
	partner := book.Put(sales.Partner{Name: "New", Status: "active"})[0]
	for tab, want := range map[string]string{"contacts": "contact/new", "visits": "visit/new", "opportunities": "opportunity/new"} {
		h, _, content := open(t, d, "partner/"+partner+"?tab="+tab)
		uitest.TapText(t, content, ui.T("partners.create."+tab))
		if !slices.Contains(h.Opened, want+"?partner="+partner) {
			t.Errorf("%s: opened %q", tab, h.Opened)
		}
	}
	_, _, content := open(t, d, "partner/"+partner+"?tab=timeline")
	shows(t, content, "Nothing has happened yet")
}

func TestTheTimelineShowsMoreWhenAsked(t *testing.T) {
	d, book := fixture()
	partner := book.Put(sales.Partner{Name: "Old"})[0]
	for i := range 70 {
		visited(book, partner, i+1)
	}
	_, _, content := open(t, d, "partner/"+partner+"?tab=timeline")
	if uitest.Shows(content, "Visit made · Visit 65 days ago") {
		t.Error("everything is shown at once")
	}
	uitest.TapText(t, content, "Show older (10)")
	shows(t, content, "Visit made · Visit 65 days ago")
}

func TestTilesLeadToTheirTabs(t *testing.T) {
	d, book := fixture()
	partner, _ := company(book)
	_, page, content := open(t, d, "partner/"+partner)
	uitest.TapText(t, content, "Overdue")
	v := page.(*profileView)
	if v.tabs.Selected() != "receivables" {
		t.Errorf("tab %q", v.tabs.Selected())
	}
	shows(t, content, "¥345,000.00 of ¥397,000.00 overdue", "140 days overdue")
	if state := v.SaveState(); state["tab"] != "receivables" {
		t.Errorf("state %v", state)
	}
}

func TestARecordThatIsGoneIsSaidPlainly(t *testing.T) {
	d, _ := fixture()
	h, _, content := open(t, d, "partner/"+sales.NewID())
	shows(t, content, "This record is not here")
	uitest.TapText(t, content, "Partners")
	if len(h.Errors) != 0 || !slices.Equal(h.Opened, []string{"partners"}) {
		t.Errorf("errors %v, opened %v", h.Errors, h.Opened)
	}
}

func TestAChangeElsewhereIsSeen(t *testing.T) {
	d, book := fixture()
	partner := book.Put(sales.Partner{Name: "Before"})[0]
	h, _, content := open(t, d, "partner/"+partner+"?tab=tasks")
	book.Put(sales.Partner{ID: partner, Name: "After"}, sales.Task{Title: "call", PartnerID: partner, Status: "open"})
	h.Changed("product")
	if uitest.Shows(content, "After") {
		t.Error("the page is loaded anew for what it does not show")
	}
	h.Changed("task")
	shows(t, content, "After", "call")
}

func TestATaskIsNotedWithoutLeavingTheCompany(t *testing.T) {
	d, book := fixture()
	partner := book.Put(sales.Partner{Name: "P"})[0]
	account := book.Put(sales.Account{Name: "A"})[0]
	h, _, content := open(t, d, "partner/"+partner+"?tab=tasks")
	uitest.TapText(t, content, "New task")
	dialog := h.Canvas().Overlays().Top()
	uitest.TapText(t, dialog, "Save")
	if len(fakebook.All[sales.Task](book)) != 0 || len(h.Errors) != 0 {
		t.Fatalf("saved without a title; errors %v", h.Errors)
	}
	test.Type(uitest.Find[*ui.Entry](t, dialog, 0), "Send price list")
	uitest.TapText(t, dialog, "Save")
	tasks := fakebook.All[sales.Task](book)
	if len(tasks) != 1 || tasks[0].PartnerID != partner || tasks[0].OwnerID != meID || tasks[0].DueOn != "2026-03-25" || h.Canvas().Overlays().Top() != nil {
		t.Fatalf("tasks %+v", tasks)
	}
	shows(t, content, "Send price list")
	h, _, content = open(t, d, "account/"+account)
	uitest.TapText(t, content, "Task")
	dialog = h.Canvas().Overlays().Top()
	test.Type(uitest.Find[*ui.Entry](t, dialog, 0), "Call back")
	uitest.Find[*ui.Entry](t, dialog, 0).OnSubmitted("Call back")
	if tasks = fakebook.All[sales.Task](book); len(tasks) != 2 || tasks[1].AccountID != account || tasks[1].PartnerID != "" {
		t.Errorf("tasks %+v", tasks)
	}
}

func TestTheFilesOfACompanyAreListedAndAddedTo(t *testing.T) {
	d, book := fixture()
	partner, _ := company(book)
	h, _, content := open(t, d, "partner/"+partner+"?tab=files")
	shows(t, content, "代理协议-2024.pdf", "年度代理协议", "门店照片.jpg", ui.T("ui.files.state.none"))
	file := filepath.Join(t.TempDir(), "价格表.pdf")
	if err := os.WriteFile(file, []byte("%PDF-1.7"), 0o600); err != nil {
		t.Fatal(err)
	}
	d.Attach.Desk.(*uitest.Desk).Choose = file
	uitest.TapText(t, content, ui.T("ui.files.add"))
	if len(h.Errors) > 0 {
		t.Fatal(h.Errors)
	}
	shows(t, content, "价格表.pdf", ui.T("ui.files.state.waiting"))
	for _, a := range fakebook.All[sales.Attachment](book) {
		if a.FileName == "价格表.pdf" && (a.PartnerID != partner || a.Size != 8) {
			t.Errorf("%+v", a)
		}
	}
}
