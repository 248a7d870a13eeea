package ui_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/internal/uitest"
)

func shown(t *testing.T, object fyne.CanvasObject) *uitest.Host {
	t.Helper()
	h := uitest.NewHost(t)
	h.Window.SetContent(container.NewVBox(object))
	h.Window.Resize(fyne.NewSize(900, 600))
	return h
}

func press(name fyne.KeyName) *fyne.KeyEvent { return &fyne.KeyEvent{Name: name} }

func TestADateIsTypedSteppedAndPicked(t *testing.T) {
	inChinese(t)
	date := ui.NewDateEntry()
	h := shown(t, date)
	var told []string
	date.OnChanged = func(day string) { told = append(told, day) }
	date.SetDay("2026/3/18")
	if date.Day() != "2026-03-18" || !uitest.Shows(date, "周三") {
		t.Errorf("the day is %q, shown with %q", date.Day(), uitest.Texts(date))
	}
	date.Entry().TypedKey(press(fyne.KeyUp))
	date.Entry().TypedKey(press(fyne.KeyPageDown))
	if date.Day() != "2026-02-19" {
		t.Errorf("a day on and a month back is %s", date.Day())
	}
	date.SetDay("yesterday")
	if date.Valid() == nil || date.Day() != "" {
		t.Error("what is no day is taken for one")
	}
	date.SetDay("2026-02-19")
	date.OpenCalendar()
	overlay := h.Canvas().Overlays().Top()
	if overlay == nil || !uitest.Shows(overlay, "2026 年 2 月") || !uitest.Shows(overlay, "一") {
		t.Fatalf("the calendar shows %q", uitest.Texts(overlay))
	}
	uitest.TapText(t, overlay, "15")
	if date.Day() != "2026-02-15" || h.Canvas().Overlays().Top() != nil {
		t.Errorf("picking the 15th gives %s", date.Day())
	}
	if got := told[len(told)-1]; got != "2026-02-15" {
		t.Errorf("was told %v", told)
	}
}

func TestATimeIsReadAsPeopleTypeIt(t *testing.T) {
	clock := ui.NewTimeEntry()
	shown(t, clock)
	for text, want := range map[string]string{"9:30": "09:30", "930": "09:30", "0930": "09:30", "9": "09:00", "18：05": "18:05", "25:00": "", "": ""} {
		clock.SetClock(text)
		if got := clock.Clock(); got != want {
			t.Errorf("%q is read as %q", text, got)
		}
		if clock.Valid() != (want != "" || text == "") {
			t.Errorf("%q is valid: %v", text, clock.Valid())
		}
	}
	both := ui.NewDateTimeEntry()
	shown(t, both)
	both.SetTime(uitest.Clock.UTC())
	if !both.Time().Equal(uitest.Clock) {
		t.Errorf("the instant became %v", both.Time())
	}
	both.SetTime(time.Time{})
	if !both.Time().IsZero() {
		t.Errorf("no instant became %v", both.Time())
	}
}

func TestAmountsAreReadAsPeopleTypeThem(t *testing.T) {
	money := ui.NewMoneyEntry("CNY")
	shown(t, money)
	for text, want := range map[string]int64{"1,234.5": 123450, "¥12": 1200, "1.2万": 1_200_000, "3亿": 30_000_000_000, "５": 0} {
		money.SetText(text)
		if got, ok := money.Minor(); ok != (want != 0) || got != want {
			t.Errorf("%q is read as %d, %v", text, got, ok)
		}
	}
	money.SetMinor(123450)
	if got, _ := money.Minor(); got != 123450 {
		t.Errorf("the amount became %d", got)
	}
	number := ui.NewNumberEntry()
	shown(t, number)
	number.SetText("2.5")
	if _, ok := number.Value(); ok {
		t.Error("2.5 is taken for a whole number")
	}
}

func TestASelectShowsLabelsAndKeepsCodes(t *testing.T) {
	var told []string
	choice := ui.NewSelect([]ui.Option{{Code: "a", Label: "甲"}, {Code: "b", Label: "乙"}}, func(code string) { told = append(told, code) })
	shown(t, choice)
	choice.SetCode("b")
	choice.SetCode("from a newer version")
	if choice.Code() != "from a newer version" || len(told) != 0 {
		t.Errorf("the code is %q, told %v", choice.Code(), told)
	}
	choice.SetSelected("甲") // As the user does.
	if choice.Code() != "a" || fmt.Sprint(told) != "[a]" {
		t.Errorf("the code is %q, told %v", choice.Code(), told)
	}
	choice.SetCode("")
	if choice.Code() != "" {
		t.Errorf("nothing became %q", choice.Code())
	}
}

func TestChipsAreOneOrMany(t *testing.T) {
	options := []ui.Option{{Code: "x", Label: "Ex"}, {Code: "y", Label: "Why", Count: 3}}
	var told []string
	one := ui.NewChips(false, func(codes []string) { told = codes }, options...)
	shown(t, one)
	uitest.TapText(t, one, "Ex")
	uitest.TapText(t, one, "Why")
	if fmt.Sprint(told) != "[y]" {
		t.Errorf("one of them: %v", told)
	}
	uitest.TapText(t, one, "Why")
	if len(told) != 0 {
		t.Errorf("a second tap leaves %v", told)
	}
	many := ui.NewMultiSelect(options, func(codes []string) { told = codes })
	shown(t, many)
	many.SetCodes([]string{"y"})
	uitest.TapText(t, many, "Ex")
	if fmt.Sprint(told, many.Codes()) != "[x y] [x y]" {
		t.Errorf("many of them: %v %v", told, many.Codes())
	}
}

func TestAPickerFindsByTypingAndTakesByEnter(t *testing.T) {
	asked := []string{}
	picker := ui.NewPicker(func(_ context.Context, text string) ([]ui.PickItem, error) {
		asked = append(asked, text)
		all := []ui.PickItem{{ID: "1", Title: "神州数码"}, {ID: "2", Title: "佳杰", Subtitle: "上海"}, {ID: "3", Title: "佳能"}}
		var fit []ui.PickItem
		for _, item := range all {
			if strings.Contains(item.Title, text) {
				fit = append(fit, item)
			}
		}
		return fit, nil
	})
	h := shown(t, picker)
	var told ui.PickItem
	picker.OnChanged = func(item ui.PickItem) { told = item }
	h.Canvas().Focus(picker)
	picker.TypedRune('佳')
	overlay := h.Canvas().Overlays().Top()
	entry := uitest.Find[*ui.Entry](t, overlay, 0)
	if !uitest.Shows(overlay, "上海") || uitest.Shows(overlay, "神州数码") {
		t.Errorf("asked %q, the list shows %q", asked, uitest.Texts(overlay))
	}
	entry.TypedKey(press(fyne.KeyDown))
	entry.TypedKey(press(fyne.KeyReturn))
	if picker.ID() != "3" || told.Title != "佳能" || !uitest.Shows(picker, "佳能") {
		t.Errorf("picked %q, told %v", picker.ID(), told)
	}
	picker.TypedKey(press(fyne.KeyReturn))
	uitest.Find[*ui.Entry](t, h.Canvas().Overlays().Top(), 0).TypedKey(press(fyne.KeyEscape))
	if picker.ID() != "3" || h.Canvas().Overlays().Top() != nil {
		t.Error("Escape changes the choice or leaves the list open")
	}
	picker.TypedKey(press(fyne.KeyDelete))
	if picker.ID() != "" || told.ID != "" {
		t.Error("Delete leaves the choice")
	}
}

func TestAFormSaysBelowEachFieldWhatIsWrong(t *testing.T) {
	form := ui.NewForm()
	form.Add("name", "Name of it", ui.NewEntry(), ui.Required).Add("note", "Remark", ui.NewMultiline(3))
	shown(t, form)
	rest := form.SetErrors(map[string]string{"name": "Give a name.", "elsewhere": "The partner is gone."})
	if !uitest.Shows(form, "Give a name.") || fmt.Sprint(rest) != "[The partner is gone.]" {
		t.Errorf("shows %q, leaves %v", uitest.Texts(form), rest)
	}
	form.ClearErrors()
	form.SetVisible("note", false)
	if uitest.Shows(form, "Give a name.") || uitest.Shows(form, "Remark") {
		t.Errorf("still shows %q", uitest.Texts(form))
	}
	if problems := uitest.Clipped(form); len(problems) > 0 {
		t.Error(problems)
	}
}

func TestADraftSurvivesUntilItIsSaved(t *testing.T) {
	state := ui.MapState{}
	text := "客户要求降价"
	draft := ui.NewDraft(state, "visit/new", func() map[string]string { return map[string]string{"notes": text} }, nil)
	draft.Touch()
	draft.Touch()
	uitest.Elapse()
	restored := ""
	again := ui.NewDraft(state, "visit/new", nil, func(input map[string]string) { restored = input["notes"] })
	if !again.Restore() || restored != text {
		t.Errorf("after a crash the form holds %q", restored)
	}
	draft.Touch()
	draft.Clear()
	uitest.Elapse()
	if again.Restore() {
		t.Error("a saved form comes back as a draft")
	}
	draft.Flush()
	if again.Restore() {
		t.Error("closing the window brings a saved form back")
	}
}

func TestCardsMoveByKeyboardAndByDragging(t *testing.T) {
	b := ui.NewBoard()
	columns := func() []ui.BoardColumn {
		return []ui.BoardColumn{
			{Key: "lead", Title: "Lead", Cards: []ui.BoardCard{{ID: "1", Title: "One"}, {ID: "2", Title: "Two"}}},
			{Key: "empty", Title: "Empty"},
			{Key: "won", Title: "Won", Cards: []ui.BoardCard{{ID: "3", Title: "Three"}}},
		}
	}
	var moves []string
	b.OnMove = func(id, from, to string) { moves = append(moves, id+from+to) }
	opened := ""
	b.OnOpen = func(id string) { opened = id }
	b.SetColumns(columns())
	h := uitest.NewHost(t)
	h.Window.SetContent(b)
	h.Window.Resize(fyne.NewSize(900, 600))
	h.Canvas().Focus(b)
	b.TypedKey(press(fyne.KeyDown))
	b.TypedShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyRight, Modifier: fyne.KeyModifierControl})
	b.TypedKey(press(fyne.KeyRight)) // Over the empty column.
	b.TypedKey(press(fyne.KeyReturn))
	if fmt.Sprint(moves) != "[2leadempty]" || opened != "3" {
		t.Errorf("moved %v, opened %q", moves, opened)
	}
	test.Drag(h.Canvas(), fyne.NewPos(100, 90), 620, 10)
	if fmt.Sprint(moves) != "[2leadempty 1leadwon]" {
		t.Errorf("after a drag over two columns: %v", moves)
	}
	test.Drag(h.Canvas(), fyne.NewPos(100, 90), 20, 200)
	if len(moves) != 2 {
		t.Errorf("a drag within its column moves: %v", moves)
	}
}

func TestATabIsBuiltWhenItIsShown(t *testing.T) {
	built := map[string]int{}
	tab := func(key string) ui.Tab {
		return ui.Tab{Key: key, Label: "Tab " + key, Build: func() fyne.CanvasObject {
			built[key]++
			return ui.Label("content " + key)
		}}
	}
	tabs := ui.NewTabs(tab("a"), tab("b"))
	shown(t, tabs)
	told := ""
	tabs.OnChanged = func(key string) { told = key }
	if built["b"] != 0 {
		t.Error("a tab is built before it is shown")
	}
	uitest.TapText(t, tabs, "Tab b")
	tabs.Select("a")
	tabs.Select("b")
	tabs.SetBadge("a", 7)
	if built["b"] != 1 || told != "b" || !uitest.Shows(tabs, "content b") || !uitest.Shows(tabs, "7") {
		t.Errorf("built %v, told %q, shows %q", built, told, uitest.Texts(tabs))
	}
	tabs.Rebuild("b")
	if built["b"] != 2 {
		t.Error("the shown tab is not built anew")
	}
}

func TestADialogIsAnsweredByKeyboard(t *testing.T) {
	h := shown(t, ui.Label("below"))
	answer := ""
	ui.AskText(h.Canvas(), ui.AskOptions{Title: "Why?", Label: "Reason", Required: true}, func(text string) { answer = text })
	entry := uitest.Find[*ui.Entry](t, h.Canvas().Overlays().Top(), 0)
	h.Press(fyne.KeyReturn, fyne.KeyModifierControl)
	if h.Canvas().Overlays().Top() == nil || !uitest.Shows(h.Canvas().Overlays().Top(), ui.T("ui.required")) {
		t.Error("an answer that is required may be left out")
	}
	entry.SetText("  客户出差 ")
	h.Press(fyne.KeyReturn, fyne.KeyModifierControl)
	if answer != "客户出差" || h.Canvas().Overlays().Top() != nil {
		t.Errorf("the answer is %q", answer)
	}
	said := ""
	ui.Confirm(h.Canvas(), ui.ConfirmOptions{Title: "Sure?", OnNo: func() { said = "no" }}, func() { said = "yes" })
	h.Canvas().Focused().TypedKey(press(fyne.KeyEscape))
	if said != "no" {
		t.Errorf("Escape says %q", said)
	}
	ui.Confirm(h.Canvas(), ui.ConfirmOptions{Title: "Sure?"}, func() { said = "yes" })
	h.Canvas().Focused().TypedKey(press(fyne.KeyReturn))
	if said != "yes" {
		t.Errorf("Enter says %q", said)
	}
}

func TestNothingIsShownForAPageThatIsGone(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	ui.Go(ctx, func(context.Context) (int, error) {
		cancel()
		return 1, nil
	}, func(int, error) { t.Error("a page that was left is shown something") })
	ui.Do(t.Context(), func(context.Context) error { panic("odd row") }, func(err error) {
		if err == nil || !strings.Contains(err.Error(), "odd row") {
			t.Errorf("a panic became %v", err)
		}
	})
}

func TestADividerStaysWhereItWasDragged(t *testing.T) {
	state := ui.MapState{}
	build := func() *uitest.Host {
		h := uitest.NewHost(t)
		h.Window.SetContent(ui.NewMasterDetail(state, "test", 0.5, ui.Label("left side"), ui.Label("right side")))
		h.Window.Resize(fyne.NewSize(1000, 400))
		return h
	}
	h := build()
	if len(state) != 0 {
		t.Errorf("something is kept before anybody dragged: %v", state)
	}
	test.Drag(h.Canvas(), fyne.NewPos(500, 200), 200, 0)
	if state["split.test"] == "" {
		t.Fatal("the divider's place is not kept")
	}
	if before, after := h.Canvas().Capture(), build().Canvas().Capture(); uitest.Difference(before, after) > 0.001 {
		t.Error("the divider is elsewhere in a new window")
	}
}
