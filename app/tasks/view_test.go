package tasks

import (
	"testing"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/internal/fakebook"
	"github.com/rounds-field/rounds/internal/uitest"
)

func TestMain(m *testing.M) { uitest.Main(m) }

func TestTheScreensLookRight(t *testing.T) {
	uitest.Golden(t, "list", func(h *uitest.Host) fyne.CanvasObject {
		m, _ := sample()
		page := NewPage(m.Deps)(h, ui.ParseRoute("tasks"))
		content := h.Show(page)
		page.(*listPage).table.Select(0)
		return content
	})
}

// The window leaves the page less room than the kept pictures: the rail and the bar above take theirs.
func TestNothingIsCutOffBesideTheRail(t *testing.T) {
	size := fyne.NewSize(1116, 669)
	defer ui.SetLanguage("en")
	for _, lang := range ui.Languages {
		ui.SetLanguage(lang)
		for _, route := range []string{"tasks", "tasks?view=done", "tasks?view=undated", "task/" + fakebook.SampleID("task", 1), "task/" + fakebook.SampleID("task", 8), "task/new"} {
			h, book := uitest.NewHost(t), fakebook.Sample()
			h.Window.Resize(size)
			page, root := open(t, h, book, route)
			if list, ok := page.(*listPage); ok {
				list.table.Select(0)
			}
			h.Window.Resize(size)
			uitest.CheckClipped(t, root)
			uitest.CheckUntranslated(t, root)
		}
	}
}
