package today

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/app/ui/uitest"
	"github.com/rounds-field/rounds/internal/fakebook"
)

func TestMain(m *testing.M) { uitest.Main(m) }

func TestTheScreensLookRight(t *testing.T) {
	for name, book := range map[string]*fakebook.Book{"today": fakebook.Sample(), "empty": fakebook.New(time.Now, fakebook.Me)} {
		t.Run(name, func(t *testing.T) {
			uitest.Golden(t, name, func(h *uitest.Host) fyne.CanvasObject {
				m := NewModel(Deps{Book: book, Me: fakebook.MeUser, Now: func() time.Time { return fakebook.SampleNow }})
				return h.Show(NewPage(m.Deps)(h, ui.ParseRoute("today")))
			})
		})
	}
}
