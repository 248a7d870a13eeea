package visits

import (
	"testing"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/internal/fakebook"
	"github.com/rounds-field/rounds/internal/uitest"
)

func TestMain(m *testing.M) { uitest.Main(m) }

// shown is the content of the page of a route, on the sample workbook.
func shown(h *uitest.Host, route string) fyne.CanvasObject {
	m, _ := sample()
	page := NewPage(m.Deps)(h, ui.ParseRoute(route))
	return h.Show(page)
}

func TestTheScreensLookRight(t *testing.T) {
	for name, route := range map[string]string{
		"week":  "visits",
		"day":   "visits?view=day",
		"list":  "visits?view=list",
		"log":   "visit/new?partner=" + fakebook.SampleID("partner", 1),
		"visit": "visit/" + fakebook.SampleID("visit", 1),
	} {
		t.Run(name, func(t *testing.T) {
			uitest.Golden(t, name, func(h *uitest.Host) fyne.CanvasObject { return shown(h, route) })
		})
	}
}

// eachLanguage runs a test in both languages; the theme does not change what fits.
func eachLanguage(t *testing.T, run func(t *testing.T)) {
	t.Helper()
	defer ui.SetLanguage("en")
	for _, lang := range ui.Languages {
		ui.SetLanguage(lang)
		t.Run(lang, run)
	}
}

// The window leaves the page less room than the kept pictures: the rail and the bar above take theirs.
func TestNothingIsCutOffBesideTheRail(t *testing.T) {
	size := fyne.NewSize(1116, 669)
	eachLanguage(t, func(t *testing.T) {
		for _, route := range []string{
			"visits", "visits?view=day", "visits?view=list", "visit/new", "visit/new?plan=1", "visit/new?visit=" + fakebook.SampleID("visit", 2),
			"visit/" + fakebook.SampleID("visit", 1), "visit/" + fakebook.SampleID("visit", 10), "visit/" + fakebook.SampleID("visit", 17), "visit/" + fakebook.SampleID("visit", 18),
		} {
			h := uitest.NewHost(t)
			h.Window.Resize(size)
			root := shown(h, route)
			h.Window.Resize(size)
			uitest.CheckClipped(t, root)
			uitest.CheckUntranslated(t, root)
		}
	})
}

func TestNothingIsCutOffInDialogs(t *testing.T) {
	eachLanguage(t, func(t *testing.T) {
		for _, ask := range []func(*visitPage){
			func(p *visitPage) { p.reschedule(p.detail.Row) },
			func(p *visitPage) { p.cancel(p.detail.Row) },
			func(p *visitPage) { p.finish() },
			func(p *visitPage) { p.remove() },
			func(p *visitPage) { p.skipStep(p.detail.Steps[3]) },
			func(p *visitPage) { editFacts(p.actions, p.detail) },
			func(p *visitPage) { askFollowUp(p.host, p.model, p.detail.Visit, p.detail.Company, func() {}) },
		} {
			h := uitest.NewHost(t)
			m, _ := sample()
			page := NewPage(m.Deps)(h, ui.ParseRoute("visit/"+fakebook.SampleID("visit", 1))).(*visitPage)
			h.Show(page)
			ask(page)
			top := h.Window.Canvas().Overlays().Top()
			uitest.CheckClipped(t, top)
			uitest.CheckUntranslated(t, top)
		}
	})
}
