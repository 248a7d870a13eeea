package opportunities

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

// press runs the shortcut of a page.
func press(t *testing.T, page ui.Page, key fyne.KeyName) {
	t.Helper()
	for _, s := range page.(ui.Shortcuts).Shortcuts() {
		if s.Key == key && s.Ctrl && !s.Shift {
			s.Run()
			return
		}
	}
	t.Fatalf("the page has no Ctrl+%s", key)
}

func TestTheFilterStartsWithTheOwnDealsAndIsKept(t *testing.T) {
	book := fakebook.Sample()
	h, page, content := showBoard(t, book)
	if uitest.Shows(content, "声智科技校园渠道") {
		t.Error("a colleague's deal is on the board at first")
	}
	uitest.TapText(t, content, "Clear filters")
	if !uitest.Shows(content, "声智科技校园渠道") {
		t.Error("without filters the colleague's deal is not on the board")
	}
	page.(*overview).filter(ListQuery{Filter: Filter{Pipeline: sales.PipelineKeyAccount}})
	state := page.(ui.Stateful).SaveState()
	again := open(h, book, "opportunities")
	again.(ui.Stateful).RestoreState(state)
	content = h.Show(again)
	if !uitest.Shows(content, "华菱汽车信息化二期") || uitest.Shows(content, "华维电子政企平板") {
		t.Errorf("after restoring the filter there is %q", uitest.Texts(content))
	}
	again.(*overview).filter(ListQuery{Filter: Filter{Text: "没有这样的"}})
	if !uitest.Shows(content, "Nothing fits these filters") {
		t.Error("nothing says that the filter hides everything")
	}
}

func TestTheListShowsSortsAndOpens(t *testing.T) {
	book := fakebook.Sample()
	h, page, content := showBoard(t, book)
	uitest.TapText(t, content, "List")
	v := page.(*overview)
	if v.table.Length() != 4 {
		t.Fatalf("the list has %d rows", v.table.Length())
	}
	v.table.OnSort("amount", true)
	v.table.Select(0)
	row, ok := v.table.Selected()
	if !ok || row.Name != "华菱汽车信息化二期" {
		t.Errorf("the largest is %+v", row)
	}
	v.table.OnOpen(row)
	if !slices.Equal(h.Opened, []string{"opportunity/" + row.ID}) {
		t.Errorf("opened are %v", h.Opened)
	}
}

func TestTheNextStepIsSavedWhereItStands(t *testing.T) {
	book := fakebook.Sample()
	h := uitest.NewHost(t)
	content := h.Show(open(h, book, "opportunity/"+pads))
	if !uitest.Shows(content, "None agreed") {
		t.Error("nothing says that a next step is missing")
	}
	test.Type(uitest.Find[*ui.Entry](t, content, 0), "约演示")
	uitest.Find[*ui.DateEntry](t, content, 0).SetDay("2026-03-25")
	uitest.TapText(t, content, "Save")
	if o := stageOf(t, book, pads); o.NextStep != "约演示" || o.NextStepOn != "2026-03-25" {
		t.Errorf("it became %+v; errors %v", o, h.Errors)
	}
}

func TestALineItemTakesItsProductsPriceAndGivesTheAmount(t *testing.T) {
	book := fakebook.Sample()
	product := book.Put(sales.Product{Code: "GTX-PRO", Name: "GTX Pro", Price: 482_100, Currency: "CNY", Active: true})[0]
	h := uitest.NewHost(t)
	page := open(h, book, "opportunity/"+pads)
	content := h.Show(page)
	uitest.TapText(t, content, "Add")
	form := dialog(t, h)
	picker := uitest.Find[*ui.Picker](t, form, 0)
	picker.Set(product, "GTX Pro")
	picker.OnChanged(ui.PickItem{ID: product, Title: "GTX Pro"})
	quantity := uitest.Find[*ui.NumberEntry](t, form, 0)
	quantity.SetText("10")
	uitest.Find[*ui.NumberEntry](t, form, 1).SetText("150")
	uitest.TapText(t, form, "Save")
	if n := len(fakebook.All[sales.LineItem](book)); n != 0 {
		t.Fatal("a discount of 150 % was saved")
	}
	uitest.Find[*ui.NumberEntry](t, form, 1).SetText("10")
	uitest.TapText(t, form, "Save")
	items := fakebook.All[sales.LineItem](book)
	if len(items) != 1 || items[0].UnitPrice != 482_100 || items[0].Amount() != 4_338_900 {
		t.Fatalf("the items are %+v; errors %v", items, h.Errors)
	}
	page.Refresh()
	uitest.TapText(t, content, "Use ¥43,389.00 as the amount")
	if o := stageOf(t, book, pads); o.Amount != 4_338_900 {
		t.Errorf("the amount is %d", o.Amount)
	}
}

func TestANewOpportunityIsSavedFromTheKeyboard(t *testing.T) {
	book := fakebook.Sample()
	h := uitest.NewHost(t)
	page := open(h, book, "opportunity/new?partner="+fakebook.SampleID("partner", 2))
	content := h.Show(page)
	press(t, page, fyne.KeyReturn)
	if !uitest.Shows(content, "This is required.") || h.Backs != 0 {
		t.Error("a missing name is not said at its field")
	}
	test.Type(uitest.Find[*ui.Entry](t, content, 0), "网吧整机")
	press(t, page, fyne.KeyReturn)
	all := fakebook.All[sales.Opportunity](book)
	last := all[len(all)-1]
	if last.Name != "网吧整机" || last.PartnerID != fakebook.SampleID("partner", 2) || last.OwnerID != fakebook.Me || h.Backs != 1 {
		t.Errorf("saved is %+v; errors %v", last, h.Errors)
	}
	if !slices.Contains(h.ChangedKinds, kind) {
		t.Errorf("told as changed are %v", h.ChangedKinds)
	}
}

func TestWhatIsTypedSurvivesACrash(t *testing.T) {
	book := fakebook.Sample()
	h := uitest.NewHost(t)
	content := h.Show(open(h, book, "opportunity/new"))
	test.Type(uitest.Find[*ui.Entry](t, content, 0), "还没保存")
	uitest.Elapse()
	page := open(h, book, "opportunity/new") // the page of the next start, with what the last one kept
	content = h.Show(page)
	if got := uitest.Find[*ui.Entry](t, content, 0).Text; got != "还没保存" {
		t.Fatalf("the name is %q", got)
	}
	press(t, page, fyne.KeyReturn)
	content = h.Show(open(h, book, "opportunity/new"))
	if got := uitest.Find[*ui.Entry](t, content, 0).Text; got != "" {
		t.Errorf("after saving the draft is still there: %q", got)
	}
}

func TestLeavingAChangedFormAsks(t *testing.T) {
	h := uitest.NewHost(t)
	content := h.Show(open(h, fakebook.Sample(), "opportunity/"+spring+"?edit=1"))
	uitest.TapText(t, content, "Cancel")
	if h.Backs != 1 {
		t.Error("an unchanged form does not close")
	}
	test.Type(uitest.Find[*ui.Entry](t, content, 0), "改")
	uitest.TapText(t, content, "Cancel")
	uitest.TapText(t, dialog(t, h), "Discard")
	if h.Backs != 2 {
		t.Error("discarding does not close the form")
	}
}

func TestATaskOfAnOpportunityIsAdded(t *testing.T) {
	book := fakebook.Sample()
	h := uitest.NewHost(t)
	page := open(h, book, "opportunity/"+spring)
	content := h.Show(page)
	uitest.TapText(t, content, "Add a task")
	form := dialog(t, h)
	uitest.TapText(t, form, "OK")
	test.Type(uitest.Find[*ui.Entry](t, form, 0), "寄样机")
	uitest.Find[*ui.DateEntry](t, form, 0).SetDay("2026-03-20")
	uitest.TapText(t, form, "OK")
	all := fakebook.All[sales.Task](book)
	last := all[len(all)-1]
	if last.Title != "寄样机" || last.OpportunityID != spring || last.DueOn != "2026-03-20" || last.PartnerID == "" || last.Status != sales.TaskOpen {
		t.Errorf("saved is %+v; errors %v", last, h.Errors)
	}
	page.Refresh()
	if !uitest.Shows(content, "寄样机") {
		t.Error("the task is not shown")
	}
}

func TestWhatIsTypedStaysWhenTheRecordChangesElsewhere(t *testing.T) {
	book := fakebook.Sample()
	h := uitest.NewHost(t)
	page := open(h, book, "opportunity/"+pads)
	content := h.Show(page)
	test.Type(page.(*detailPage).next.step, "约总经理")
	o := stageOf(t, book, pads)
	o.Name = "华维电子政企平板二期"
	book.Put(o)
	h.Changed("announcement")
	if uitest.Shows(content, o.Name) {
		t.Error("the page was loaded for a kind that it does not show")
	}
	h.Changed(kind)
	if !uitest.Shows(content, o.Name) || page.(*detailPage).next.step.Text != "约总经理" {
		t.Errorf("after a sync the next step is %q", page.(*detailPage).next.step.Text)
	}
}

func TestAnArrowGoesToTheBoard(t *testing.T) {
	h, page, content := showBoard(t, fakebook.Sample())
	if !page.(ui.KeyHandler).TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown}) || h.Canvas().Focused() != fyne.Focusable(uitest.Find[*ui.Board](t, content, 0)) {
		t.Error("the board has not the keyboard")
	}
	if page.(ui.KeyHandler).TypedKey(&fyne.KeyEvent{Name: fyne.KeyA}) {
		t.Error("a letter was taken")
	}
}

func TestTheSelectedCardIsLostFromTheKeyboard(t *testing.T) {
	book := fakebook.Sample()
	h, page, content := showBoard(t, book)
	uitest.Find[*ui.Board](t, content, 0).Select(spring)
	for _, s := range page.(ui.Shortcuts).Shortcuts() {
		if s.Key == fyne.KeyX && s.Ctrl && s.Shift {
			s.Run()
		}
	}
	form := dialog(t, h)
	uitest.TapText(t, form, "Price")
	uitest.TapText(t, form, "Mark as lost")
	if o := stageOf(t, book, spring); o.Stage != sales.StageLost || o.CloseReason != "Price" {
		t.Errorf("it became %+v; errors %v", o, h.Errors)
	}
}
