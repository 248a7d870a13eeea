package uitest_test

import (
	"image/color"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/internal/uitest"
)

func TestMain(m *testing.M) { uitest.Main(m) }

func show(t *testing.T, object fyne.CanvasObject) fyne.CanvasObject {
	t.Helper()
	h := uitest.NewHost(t)
	h.Window.SetContent(object)
	return object
}

func TestTextsWithoutRoomAreFound(t *testing.T) {
	narrow := canvas.NewText("much too long for its place", color.Black)
	outside := canvas.NewText("out", color.Black)
	free := container.NewWithoutLayout(narrow, outside)
	show(t, free)
	narrow.Resize(fyne.NewSize(30, 20))
	outside.Move(fyne.NewPos(1270, 10))
	outside.Resize(outside.MinSize())
	if got := strings.Join(uitest.Clipped(free), "\n"); !strings.Contains(got, "much too long") || !strings.Contains(got, `"out"`) {
		t.Errorf("found %q", got)
	}
}

func TestShortenedWordsOfTheAppAreFoundAndDataIsNot(t *testing.T) {
	word, data := ui.Label(ui.T("ui.error.timeout")).Elastic(), ui.Label("北京神州数码有限公司第二营业部").Elastic()
	row := show(t, container.NewVBox(ui.Fixed(60, 0, word), ui.Fixed(60, 0, data)))
	problems := uitest.Clipped(row)
	if len(problems) != 1 || !strings.Contains(problems[0], "shortened") {
		t.Errorf("found %q", problems)
	}
}

func TestWhatScrollsMayReachBeyondItsView(t *testing.T) {
	lines := ui.VStack()
	for range 100 {
		lines.Add(ui.Label("a line"))
	}
	if problems := uitest.Clipped(show(t, ui.Scroll(lines))); len(problems) > 0 {
		t.Errorf("found %q", problems)
	}
}

func TestWordsOfTheOtherLanguageAreFound(t *testing.T) {
	ui.ForgetMissingTexts()
	english := ui.T("ui.required")
	ui.SetLanguage("zh")
	t.Cleanup(func() { ui.SetLanguage("en") })
	screen := show(t, container.NewVBox(ui.Label(english), ui.Label(ui.T("ui.required")), ui.Label("Lenovo ThinkPad X1")))
	if problems := uitest.Untranslated(screen); len(problems) != 1 || !strings.Contains(problems[0], english) {
		t.Errorf("found %q", problems)
	}
	ui.T("uitest.no.such.text")
	if problems := uitest.Untranslated(screen); len(problems) != 2 {
		t.Errorf("a missing text is not found: %q", problems)
	}
	ui.ForgetMissingTexts()
}

func TestPicturesThatDifferAreToldApart(t *testing.T) {
	size := fyne.NewSize(200, 40)
	a := uitest.Render(t, ui.Title("走访"), size)
	if got := uitest.Difference(a, uitest.Render(t, ui.Title("走访"), size)); got != 0 {
		t.Errorf("the same screen differs by %v", got)
	}
	if got := uitest.Difference(a, uitest.Render(t, ui.Title("拜访"), size)); got < 0.01 {
		t.Errorf("another text differs by %v only", got)
	}
}
