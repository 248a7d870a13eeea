package partners

import (
	"context"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/internal/fakebook"
	"github.com/rounds-field/rounds/internal/uitest"
	"github.com/rounds-field/rounds/sales"
)

// listed are the names that the table shows.
func listed(t *testing.T, page ui.Page) []string {
	t.Helper()
	v, ok := page.(*listView)
	if !ok {
		t.Fatalf("the page is a %T", page)
	}
	out := []string{}
	for i := range v.table.Length() {
		v.table.Select(i)
		r, _ := v.table.Selected()
		out = append(out, r.Name)
	}
	return out
}

func TestTypingAndTappingFilterTheList(t *testing.T) {
	d, book := fixture()
	threePartners(book)
	_, page, content := open(t, d, "partners")
	if got := listed(t, page); !slices.Equal(got, []string{"Alpha", "Beta", "Gamma"}) {
		t.Fatalf("at first: %v", got)
	}
	shows(t, content, "3 partners")
	search := uitest.Find[*ui.Entry](t, content, 0)
	test.Type(search, "be")
	if got := listed(t, page); !slices.Equal(got, []string{"Beta"}) {
		t.Errorf("typed: %v", got)
	}
	shows(t, content, "1 partner")
	uitest.TapText(t, content, "Mine")
	if got := listed(t, page); len(got) != 0 {
		t.Errorf("typed, mine: %v", got)
	}
	shows(t, content, "Nothing matches the filters")
	uitest.TapText(t, content, "Clear filters")
	if got := listed(t, page); len(got) != 3 || search.Text != "" {
		t.Errorf("cleared: %v, %q", got, search.Text)
	}
	v := page.(*listView)
	v.bar.status.toggle("ended")
	if got := listed(t, page); !slices.Equal(got, []string{"Gamma"}) {
		t.Errorf("status: %v", got)
	}
	v.bar.status.toggle("ended")
	items, err := v.bar.findTerritory(t.Context(), "深圳")
	if err != nil || len(items) != 3 || items[0].Subtitle != "广东省 / 深圳市" {
		t.Fatalf("territories: %+v, %v", items, err)
	}
	v.bar.territory.OnChanged(items[0])
	if got := listed(t, page); !slices.Equal(got, []string{"Alpha", "Beta"}) {
		t.Errorf("territory: %v", got)
	}
}

func TestOpeningSortingAndLeavingTheList(t *testing.T) {
	d, book := fixture()
	ids := threePartners(book)
	h, page, _ := open(t, d, "partners")
	v := page.(*listView)
	v.table.OnSort("name", true)
	if got := listed(t, page); !slices.Equal(got, []string{"Gamma", "Beta", "Alpha"}) {
		t.Errorf("sorted: %v", got)
	}
	v.table.Select(2)
	row, _ := v.table.Selected()
	v.table.OnOpen(row)
	if !slices.Equal(h.Opened, []string{"partner/" + ids[0]}) {
		t.Errorf("opened %v", h.Opened)
	}
	v.bar.flags.Set("mine")
	v.apply(Filter{Mine: true, Sort: "name", Desc: true})
	_, back, content := open(t, d, "partners")
	back.(ui.Stateful).RestoreState(v.SaveState())
	back.Refresh()
	if got := listed(t, back); !slices.Equal(got, []string{"Alpha"}) {
		t.Errorf("after coming back: %v", got)
	}
	if chips := uitest.Find[*ui.Chips](t, content, 0); !slices.Equal(chips.Selected(), []string{"mine"}) {
		t.Errorf("the chips say %v", chips.Selected())
	}
}

func TestARouteStartsTheListFiltered(t *testing.T) {
	d, book := fixture()
	ids := threePartners(book)
	visited(book, ids[0], 100)
	visited(book, ids[1], 100)
	_, page, _ := open(t, d, "partners?missed=1&mine=1")
	if got := listed(t, page); !slices.Equal(got, []string{"Alpha"}) {
		t.Errorf("listed: %v", got)
	}
}

func TestSavingChoosingAndDeletingAView(t *testing.T) {
	d, book := fixture()
	threePartners(book)
	h, page, _ := open(t, d, "partners")
	v := page.(*listView)
	uitest.TapText(t, v.bar.tiers, "Gold")
	v.bar.save()
	dialog := h.Canvas().Overlays().Top()
	test.Type(uitest.Find[*ui.Entry](t, dialog, 0), "Gold ones")
	uitest.TapText(t, dialog, "Save")
	saved := fakebook.All[sales.SavedView](book)
	if len(saved) != 1 || saved[0].Name != "Gold ones" || saved[0].UserID != meID {
		t.Fatalf("saved: %+v, errors %v", saved, h.Errors)
	}
	v.apply(Filter{})
	if got := listed(t, page); len(got) != 3 {
		t.Fatalf("without filters: %v", got)
	}
	v.bar.choose(saved[0].ID)
	if got := listed(t, page); !slices.Equal(got, []string{"Alpha", "Gamma"}) {
		t.Errorf("chosen: %v", got)
	}
	if v.bar.views.Code() != saved[0].ID {
		t.Errorf("the choice shows %q", v.bar.views.Code())
	}
	v.bar.remove(v.bar.saved[0])
	if len(fakebook.All[sales.SavedView](book)) != 0 {
		t.Fatal("not deleted")
	}
	h.Actions["Undo"]()
	if back := fakebook.All[sales.SavedView](book); len(back) != 1 || back[0].Name != "Gold ones" {
		t.Errorf("after undo: %+v", back)
	}
}

func TestAHundredThousandRowsAreNotLoadedAtOnce(t *testing.T) {
	d, book := fixture()
	manyPartners(book, 5000)
	before := book.Lists
	_, page, _ := open(t, d, "partners")
	if v := page.(*listView); v.table.Length() != 5000 {
		t.Fatalf("%d rows", v.table.Length())
	}
	if pages := book.Lists - before; pages > 8 {
		t.Errorf("showing the list asked the workbook %d times", pages)
	}
}

func TestImportExportAndNewAreOfferedWhereTheyWork(t *testing.T) {
	d, book := fixture()
	threePartners(book)
	h, _, content := open(t, d, "accounts")
	if uitest.Shows(content, "Export") {
		t.Error("an export is offered without one")
	}
	uitest.TapText(t, content, "New key account")
	if !slices.Equal(h.Opened, []string{"account/new"}) {
		t.Errorf("opened %v", h.Opened)
	}
	var exported sales.Query
	d.Export = func(q sales.Query) { exported = q }
	_, _, content = open(t, d, "partners?tier=gold")
	uitest.TapText(t, content, "Export")
	if recs, err := book.List(context.Background(), exported); err != nil || len(recs) != 2 {
		t.Errorf("the export asks for %d records: %+v, %v", len(recs), exported, err)
	}
	auditor := d.Me()
	auditor.Role = "auditor"
	d.Me = func() sales.User { return auditor }
	if _, _, content = open(t, d, "partners"); uitest.Shows(content, "New partner") {
		t.Error("an auditor is offered to write")
	}
}

func TestAFailingWorkbookIsToldAndTheListStays(t *testing.T) {
	d, book := fixture()
	threePartners(book)
	h, page, _ := open(t, d, "partners")
	book.Err = &sales.Error{Code: sales.CodeStorage, Message: "disk gone"}
	page.Refresh()
	book.Err = nil
	if len(h.Errors) != 1 || len(listed(t, page)) != 3 {
		t.Errorf("errors %v", h.Errors)
	}
}

func TestTheListHasItsShortcuts(t *testing.T) {
	d, _ := fixture()
	h, page, content := open(t, d, "partners")
	for _, s := range page.(ui.Shortcuts).Shortcuts() {
		if !ui.Has(s.LabelKey) {
			t.Errorf("shortcut %s has no text", s.LabelKey)
		}
		s.Run()
	}
	if h.Canvas().Focused() != fyne.Focusable(uitest.Find[*ui.Entry](t, content, 0)) || !slices.Contains(h.Opened, "partner/new") {
		t.Errorf("focus %T, opened %v", h.Canvas().Focused(), h.Opened)
	}
}
