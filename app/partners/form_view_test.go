package partners

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

// typed puts text into a field of the form, as a user would.
func typed(t *testing.T, page ui.Page, field, text string) {
	t.Helper()
	entry, ok := page.(*formView).inputs[field].object.(fyne.Focusable)
	if !ok {
		t.Fatalf("field %s takes no keys", field)
	}
	test.Type(entry, text)
}

// ctrlEnter saves by the keyboard.
func ctrlEnter(t *testing.T, page ui.Page) {
	t.Helper()
	for _, s := range page.(ui.Shortcuts).Shortcuts() {
		if s.Key == fyne.KeyReturn && s.Ctrl {
			s.Run()
			return
		}
	}
	t.Fatal("Ctrl+Enter does nothing")
}

func TestTypingANameAndCtrlEnterMakesAPartner(t *testing.T) {
	d, book := fixture()
	h, page, _ := open(t, d, "partner/new")
	typed(t, page, "name", "New Horizon")
	typed(t, page, "credit_limit", "12,500.5")
	typed(t, page, "tags", "a，b, a")
	ctrlEnter(t, page)
	partners := fakebook.All[sales.Partner](book)
	if len(partners) != 1 {
		t.Fatalf("errors %v", h.Errors)
	}
	p := partners[0]
	if p.Name != "New Horizon" || p.CreditLimit != 1_250_050 || p.Currency != "CNY" || p.OwnerID != meID || !slices.Equal(p.Tags, []string{"a", "b"}) {
		t.Errorf("saved %+v", p)
	}
	if h.Backs != 1 || !slices.Equal(h.Opened, []string{"partner/" + p.ID}) || !slices.Contains(h.ChangedKinds, "partner") {
		t.Errorf("after saving: back %d, opened %v, changed %v", h.Backs, h.Opened, h.ChangedKinds)
	}
}

func TestTheFormSaysAtEachFieldWhatIsWrong(t *testing.T) {
	d, book := fixture()
	h, page, content := open(t, d, "partner/new")
	typed(t, page, "visit_every", "often")
	ctrlEnter(t, page)
	v := page.(*formView)
	if len(fakebook.All[sales.Partner](book)) != 0 || len(h.Errors) != 0 {
		t.Fatalf("saved, or an error in a dialog: %v", h.Errors)
	}
	for _, text := range ui.FieldErrors(&sales.Error{Code: sales.CodeRequired, Kind: "partner", Field: "name", Message: "a value is required", Hint: "fill it in"}) {
		shows(t, content, text)
	}
	if h.Canvas().Focused() != v.inputs["name"].object.(fyne.Focusable) {
		t.Errorf("the keyboard is at %T", h.Canvas().Focused())
	}
}

func TestANameThatExistsIsAskedAboutOnce(t *testing.T) {
	d, book := fixture()
	ids := threePartners(book)
	h, page, _ := open(t, d, "partner/new?name=Beta")
	ctrlEnter(t, page)
	uitest.TapText(t, h.Canvas().Overlays().Top(), "Open that one")
	if !slices.Equal(h.Opened, []string{"partner/" + ids[1]}) || len(fakebook.All[sales.Partner](book)) != 3 {
		t.Fatalf("opened %v", h.Opened)
	}
	ctrlEnter(t, page)
	uitest.TapText(t, h.Canvas().Overlays().Top(), "Save anyway")
	if len(fakebook.All[sales.Partner](book)) != 4 {
		t.Errorf("not saved; errors %v", h.Errors)
	}
}

func TestAnEditChangesOnlyWhatWasTyped(t *testing.T) {
	d, book := fixture()
	partner, _ := company(book)
	h, page, _ := open(t, d, "partner/"+partner+"?edit=1")
	typed(t, page, "website", "/new")
	ctrlEnter(t, page)
	if len(book.Edits) != 1 || len(book.Edits[0].Values) != 1 || book.Edits[0].Values["website"] != "/newwww.sichuangda.example" {
		t.Fatalf("edits %+v, errors %v", book.Edits, h.Errors)
	}
	if h.Backs != 1 || len(h.Opened) != 0 {
		t.Errorf("after saving: back %d, opened %v", h.Backs, h.Opened)
	}
}

func TestADraftSurvivesACrashAndCanBeDropped(t *testing.T) {
	d, book := fixture()
	partner, _ := company(book)
	route := "partner/" + partner + "?edit=1"
	h, page, _ := open(t, d, route)
	v := page.(*formView)
	v.inputs["phone"].set("")
	typed(t, page, "phone", "110")
	uitest.Elapse()
	again := NewPage(d)(h, ui.ParseRoute(route)).(*formView)
	content := h.Show(again)
	if got := again.inputs["phone"].get(); got != "110" {
		t.Errorf("the draft is lost: %v", got)
	}
	if got := again.values(); got["name"] != "深圳市思创达科技有限公司" || got["credit_limit"] != int64(500_000_00) || got["signed_on"] != "2024-05-01" {
		t.Errorf("the rest of the form: %v", got)
	}
	uitest.TapText(t, content, "Discard it")
	if got := again.inputs["phone"].get(); got != "0755-8696 1234" {
		t.Errorf("after dropping the draft: %v", got)
	}
	third := NewPage(d)(h, ui.ParseRoute(route)).(*formView)
	if third.banner.Objects != nil {
		t.Error("the dropped draft came back")
	}
	uitest.TapText(t, third.Content(), "Cancel")
	if h.Backs != 1 || len(book.Edits) != 0 {
		t.Errorf("cancel: back %d, edits %v", h.Backs, book.Edits)
	}
}

func TestEscapeGoesBackAndKeepsTheDraft(t *testing.T) {
	d, _ := fixture()
	h, page, _ := open(t, d, "account/new")
	typed(t, page, "name", "半途")
	if !page.(ui.KeyHandler).TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape}) || h.Backs != 1 {
		t.Errorf("Escape: back %d", h.Backs)
	}
	page.(ui.Closer).Close()
	again := NewPage(d)(h, ui.ParseRoute("account/new")).(*formView)
	if got := again.inputs["name"].get(); got != "半途" {
		t.Errorf("the draft is lost: %v", got)
	}
}

func TestAContactIsAddedEditedAndDeleted(t *testing.T) {
	d, book := fixture()
	_, account := company(book)
	before := len(fakebook.All[sales.Contact](book))
	_, page, content := open(t, d, "contact/new?account="+account)
	shows(t, content, "南方医科大学附属医院")
	typed(t, page, "name", "周敏")
	ctrlEnter(t, page)
	contacts := fakebook.All[sales.Contact](book)
	if len(contacts) != before+1 || contacts[before].AccountID != account {
		t.Fatalf("contacts %+v", contacts)
	}
	added := contacts[before].ID
	h, page, content := open(t, d, "contact/"+added)
	shows(t, content, "南方医科大学附属医院")
	v := page.(*formView)
	v.inputs["primary"].set(true)
	ctrlEnter(t, page)
	if c := fakebook.All[sales.Contact](book)[before]; !c.Primary {
		t.Errorf("edited %+v, errors %v", c, h.Errors)
	}
	uitest.TapText(t, content, "Delete")
	uitest.TapText(t, h.Canvas().Overlays().Top(), "Delete")
	if len(fakebook.All[sales.Contact](book)) != before {
		t.Errorf("not deleted; errors %v", h.Errors)
	}
}
