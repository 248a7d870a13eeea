package opportunities

import (
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/internal/fakebook"
	"github.com/rounds-field/rounds/internal/uitest"
	"github.com/rounds-field/rounds/sales"
)

// card is what a board's card can do, so that a test finds cards among all that is shown.
type card interface {
	fyne.CanvasObject
	fyne.Draggable
	fyne.Tappable
	desktop.Hoverable
}

// findCard finds the card with a title.
func findCard(t *testing.T, root fyne.CanvasObject, title string) card {
	t.Helper()
	for n := range 500 {
		found := uitest.Find[card](t, root, n)
		if uitest.Shows(found, title) {
			return found
		}
	}
	t.Fatalf("there is no card %q", title)
	return nil
}

// dragCard drags a card some columns to the right.
func dragCard(t *testing.T, h *uitest.Host, root fyne.CanvasObject, title string, columns int) {
	t.Helper()
	c := findCard(t, root, title)
	from := fyne.CurrentApp().Driver().AbsolutePositionForObject(c).AddXY(20, 20)
	to := from.AddXY(float32(columns)*(c.Size().Width+25), 10)
	for _, at := range []fyne.Position{from.AddXY(5, 0), to} {
		c.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{AbsolutePosition: at, Position: at.Subtract(from)}})
	}
	c.DragEnd()
}

func stageOf(t *testing.T, book *fakebook.Book, id string) sales.Opportunity {
	t.Helper()
	record, err := book.Get(t.Context(), kind, id)
	if err != nil {
		t.Fatal(err)
	}
	return sales.As[sales.Opportunity](record)
}

// dialog is the dialog on top.
func dialog(t *testing.T, h *uitest.Host) fyne.CanvasObject {
	t.Helper()
	top := h.Canvas().Overlays().Top()
	if top == nil {
		t.Fatalf("no dialog is open; errors: %v", h.Errors)
	}
	return top
}

func showBoard(t *testing.T, book *fakebook.Book) (*uitest.Host, ui.Page, fyne.CanvasObject) {
	t.Helper()
	h := uitest.NewHost(t)
	page := open(h, book, "opportunities")
	content := h.Show(page)
	return h, page, content
}

func TestDraggingACardMovesTheOpportunityAndCanBeUndone(t *testing.T) {
	book := fakebook.Sample()
	id := book.Put(sales.Opportunity{
		Name: "拖动", Stage: sales.StageQualified, Pipeline: sales.PipelineChannel, Amount: 100_00, ExpectedClose: "2026-04-01",
		OwnerID: fakebook.Me, StageSince: fakebook.At(-1, 9, 0),
	})[0]
	h, page, content := showBoard(t, book)
	dragCard(t, h, content, "拖动", 1)
	if o := stageOf(t, book, id); o.Stage != sales.StageProposal {
		t.Fatalf("after dragging it is in %s; errors %v", o.Stage, h.Errors)
	}
	if len(h.Toasts) != 1 || !strings.Contains(h.Toasts[0], "Proposal") {
		t.Errorf("the toasts are %v", h.Toasts)
	}
	page.Refresh()
	h.Actions["Undo"]()
	if o := stageOf(t, book, id); o.Stage != sales.StageQualified {
		t.Errorf("after undoing it is in %s; errors %v", o.Stage, h.Errors)
	}
}

func TestCtrlAndAnArrowMoveTheSelectedCard(t *testing.T) {
	book := fakebook.Sample()
	h, _, content := showBoard(t, book)
	board := uitest.Find[*ui.Board](t, content, 0)
	h.Canvas().Focus(board)
	board.Select(pads)
	board.TypedShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyRight, Modifier: fyne.KeyModifierControl})
	if o := stageOf(t, book, pads); o.Stage != sales.StageQualified {
		t.Errorf("it is in %s; errors %v", o.Stage, h.Errors)
	}
}

func TestAMoveAsksForJustTheMissingValues(t *testing.T) {
	book := fakebook.Sample()
	h, _, content := showBoard(t, book)
	dragCard(t, h, content, "华维电子政企平板", 2)
	form := dialog(t, h)
	if uitest.Shows(form, "Next step") || !uitest.Shows(form, "Amount") || !uitest.Shows(form, "Expected close") {
		t.Errorf("the dialog shows %q", uitest.Texts(form))
	}
	uitest.TapText(t, form, "Move")
	if o := stageOf(t, book, pads); o.Stage != sales.StageProspect {
		t.Fatalf("without the values it moved to %s", o.Stage)
	}
	test.Type(uitest.Find[*ui.MoneyEntry](t, form, 0), "12万")
	uitest.Find[*ui.DateEntry](t, form, 0).SetDay("2026-05-20")
	uitest.TapText(t, form, "Move")
	if o := stageOf(t, book, pads); o.Stage != sales.StageProposal || o.Amount != 120_000_00 || o.ExpectedClose != "2026-05-20" {
		t.Errorf("it became %+v; errors %v", o, h.Errors)
	}
	if h.Canvas().Overlays().Top() != nil {
		t.Error("the dialog is still open")
	}
}

func TestLosingTakesOneStepWithItsReason(t *testing.T) {
	book := fakebook.Sample()
	h := uitest.NewHost(t)
	content := h.Show(open(h, book, "opportunity/"+spring))
	uitest.TapText(t, content, "Lost")
	form := dialog(t, h)
	uitest.TapText(t, form, "Mark as lost")
	if o := stageOf(t, book, spring); o.Stage != sales.StageNegotiation || !uitest.Shows(form, "Reason") {
		t.Fatalf("without a reason it is in %s", o.Stage)
	}
	uitest.TapText(t, form, "No budget")
	uitest.TapText(t, form, "Mark as lost")
	if o := stageOf(t, book, spring); o.Stage != sales.StageLost || o.CloseReason != "No budget" || o.ClosedOn != "2026-03-18" {
		t.Errorf("it became %+v; errors %v", o, h.Errors)
	}
}

func TestAMoveThatTheRulesForbidIsExplained(t *testing.T) {
	book := fakebook.Sample()
	h, _, content := showBoard(t, book)
	dragCard(t, h, content, "未来学院机房改造", 2) // a key-account deal takes one stage at a time
	if len(h.Errors) != 1 || !sales.HasCode(h.Errors[0], sales.CodeBadOrder) || len(book.Edits) != 0 {
		t.Errorf("errors %v, edits %v", h.Errors, book.Edits)
	}
}

func TestABoardOfThousandsLoadsAFewCardsAndMoreOnDemand(t *testing.T) {
	book := fakebook.New(now, fakebook.Me)
	for i := range 8800 {
		book.Put(sales.Opportunity{Name: fmt.Sprintf("机会 %d", i), Stage: sales.Stages("")[i%6], Amount: 100_00, Currency: "CNY", OwnerID: fakebook.Me})
	}
	book.Lists = 0
	h, page, content := showBoard(t, book)
	board := uitest.Find[*ui.Board](t, content, 0)
	if book.Lists > 6 || !uitest.Shows(content, "1,467") {
		t.Errorf("%d lists were loaded; shown is %q", book.Lists, uitest.Texts(content)[:20])
	}
	uitest.TapText(t, board, "Show 25 more of 1,442")
	if columns := page.(*overview).limits; columns[sales.StageProspect] != 2*firstCards {
		t.Errorf("the limits are %v", columns)
	}
	if !uitest.Shows(board, "Show 25 more of 1,417") || len(h.Errors) > 0 {
		t.Errorf("the second load did not come; errors %v", h.Errors)
	}
}

func TestACardOpensItsOpportunity(t *testing.T) {
	h, _, content := showBoard(t, fakebook.Sample())
	test.Tap(findCard(t, content, "华维电子政企平板"))
	if len(h.Opened) != 1 || h.Opened[0] != "opportunity/"+pads {
		t.Errorf("opened are %v", h.Opened)
	}
}
