package ui_test

import (
	"os"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/assets"
	"github.com/rounds-field/rounds/internal/uitest"
)

func TestEveryIconIsDrawn(t *testing.T) {
	files, err := os.ReadDir("../../assets/icons")
	if err != nil {
		t.Fatal(err)
	}
	var icons []fyne.CanvasObject
	for _, file := range files {
		name, found := strings.CutSuffix(file.Name(), ".svg")
		if !found {
			continue
		}
		icon := ui.IconSized(ui.ToneIcon(assets.Icon(name), ui.ToneNeutral), 24)
		icons = append(icons, ui.VGap(2, icon, ui.Caption(name)))
		picture := uitest.Render(t, ui.IconSized(ui.ToneIcon(assets.Icon(name), ui.ToneNeutral), 24), fyne.NewSize(24, 24))
		blank := uitest.Render(t, ui.Spacer(), fyne.NewSize(24, 24))
		if uitest.Difference(picture, blank) < 0.02 {
			t.Errorf("icon %s draws nothing", name)
		}
	}
	if path := os.Getenv("ICON_SHEET"); path != "" {
		if err := uitest.SavePNG(path, uitest.Render(t, ui.Grid(80, icons...), fyne.NewSize(1000, 560))); err != nil {
			t.Fatal(err)
		}
	}
}
