package welcome

import (
	"context"
	"errors"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/internal/uitest"
)

func TestMain(m *testing.M) { uitest.Main(m) }

// choice is what the first-run page asked for.
type choice struct {
	content                       fyne.CanvasObject
	started, local, sample, asked int
	failed                        []error
	language                      string
	broken                        error
}

func show(t *testing.T, h *uitest.Host) *choice {
	t.Helper()
	c := &choice{}
	c.content = New(Deps{
		Context: t.Context, Local: func() { c.local++ }, Started: func() { c.started++ }, Switch: func(language string) { c.language = language },
		Sample: func(context.Context) error { c.sample++; return c.broken },
		SignIn: func(done func()) fyne.CanvasObject {
			c.asked++
			return ui.PrimaryButton("Go", done)
		},
		Failed: func(err error) { c.failed = append(c.failed, err) },
	})
	h.Window.SetContent(c.content)
	return c
}

func TestThePageLooksAsItDid(t *testing.T) {
	uitest.Golden(t, "welcome", func(h *uitest.Host) fyne.CanvasObject { return show(t, h).content })
}

func TestEachOfTheThreeWaysBegins(t *testing.T) {
	local := show(t, uitest.NewHost(t))
	uitest.TapText(t, local.content, "Begin")
	if local.local != 1 || local.started != 1 {
		t.Errorf("this computer only: %+v", local)
	}
	sample := show(t, uitest.NewHost(t))
	uitest.TapText(t, sample.content, "Use sample data")
	if sample.sample != 1 || sample.started != 1 {
		t.Errorf("sample data: %+v", sample)
	}
	server := show(t, uitest.NewHost(t))
	uitest.TapText(t, server.content, "Sign in")
	uitest.TapText(t, server.content, "Back")
	uitest.TapText(t, server.content, "Sign in")
	uitest.TapText(t, server.content, "Go")
	if server.asked != 2 || server.started != 1 {
		t.Errorf("a server: %+v", server)
	}
}

func TestSampleDataThatCannotBeMadeLeadsBackToTheChoice(t *testing.T) {
	c := show(t, uitest.NewHost(t))
	c.broken = errors.New("the disk is full")
	uitest.TapText(t, c.content, "Use sample data")
	if len(c.failed) != 1 || c.started != 0 || !uitest.Shows(c.content, "Begin") {
		t.Errorf("failed %v, started %d, shows %q", c.failed, c.started, uitest.Texts(c.content))
	}
}

func TestTheOtherLanguageIsOneClickAway(t *testing.T) {
	c := show(t, uitest.NewHost(t))
	uitest.TapText(t, c.content, "简体中文")
	if c.language != "zh" {
		t.Errorf("switched to %q", c.language)
	}
}
