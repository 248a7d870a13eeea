package visits

import (
	"testing"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/app/ui/uitest"
	"github.com/rounds-field/rounds/internal/fakebook"
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
		"plan":  "visit/new?plan=1&account=" + fakebook.SampleID("account", 2),
		"visit": "visit/" + fakebook.SampleID("visit", 1),
	} {
		t.Run(name, func(t *testing.T) {
			uitest.Golden(t, name, func(h *uitest.Host) fyne.CanvasObject { return shown(h, route) })
		})
	}
}
