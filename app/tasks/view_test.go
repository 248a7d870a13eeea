package tasks

import (
	"testing"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/app/ui/uitest"
	"github.com/rounds-field/rounds/internal/fakebook"
)

func TestMain(m *testing.M) { uitest.Main(m) }

func TestTheScreensLookRight(t *testing.T) {
	for name, route := range map[string]string{"list": "tasks", "task": "task/" + fakebook.SampleID("task", 1)} {
		t.Run(name, func(t *testing.T) {
			uitest.Golden(t, name, func(h *uitest.Host) fyne.CanvasObject {
				m, _ := sample()
				page := NewPage(m.Deps)(h, ui.ParseRoute(route))
				content := h.Show(page)
				if list, ok := page.(*listPage); ok {
					list.table.Select(0)
				}
				return content
			})
		})
	}
}
