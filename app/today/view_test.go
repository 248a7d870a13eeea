package today

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/internal/fakebook"
	"github.com/rounds-field/rounds/internal/uitest"
)

func TestMain(m *testing.M) { uitest.Main(m) }

func TestTheScreensLookRight(t *testing.T) {
	uitest.Golden(t, "today", func(h *uitest.Host) fyne.CanvasObject {
		m, _ := sample()
		return h.Show(NewPage(m.Deps)(h, ui.ParseRoute("today")))
	})
}

func TestANewWorkbookIsGreetedWithTheFirstStep(t *testing.T) {
	uitest.EachLook(t, func(t *testing.T, _ string) {
		h := uitest.NewHost(t)
		root := h.Show(NewPage(Deps{Book: fakebook.New(time.Now, fakebook.Me), Me: fakebook.MeUser, Now: time.Now})(h, ui.ParseRoute("today")))
		uitest.CheckClipped(t, root)
		uitest.CheckUntranslated(t, root)
		if !shows(root, ui.T("today.empty")) {
			t.Errorf("shown: %q", uitest.Texts(root))
		}
	})
}

func TestNothingIsCutOffInDialogs(t *testing.T) {
	uitest.EachLook(t, func(t *testing.T, _ string) {
		for _, ask := range []func(*page){
			func(p *page) { p.read(p.day.Announcements[0]) },
			func(p *page) { p.askNextStep(p.day.Deals[0]) },
		} {
			h, _, p, _ := start(t)
			ask(p)
			top := h.Window.Canvas().Overlays().Top()
			uitest.CheckClipped(t, top)
			uitest.CheckUntranslated(t, top)
		}
	})
}
