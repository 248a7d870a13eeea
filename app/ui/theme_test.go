package ui_test

import (
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/assets"
	"github.com/rounds-field/rounds/internal/uitest"
)

func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	linear := func(v uint32) float64 {
		s := float64(v) / 0xffff
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}

func contrast(a, b color.Color) float64 {
	la, lb := luminance(a), luminance(b)
	return (math.Max(la, lb) + 0.05) / (math.Min(la, lb) + 0.05)
}

func TestTextsCanBeReadInBothThemes(t *testing.T) {
	uitest.EachLook(t, func(t *testing.T, look string) {
		pairs := [][2]fyne.ThemeColorName{
			{theme.ColorNameForeground, theme.ColorNameBackground},
			{theme.ColorNameForeground, "roundsSurface"},
			{"roundsMuted", theme.ColorNameBackground},
			{"roundsMuted", "roundsSurface"},
			{"roundsMuted", "roundsNeutralFill"},
			{theme.ColorNamePlaceHolder, theme.ColorNameInputBackground},
			{"roundsRailText", "roundsRail"},
			{theme.ColorNameHyperlink, "roundsSurface"},
		}
		for _, tone := range []fyne.ThemeColorName{"Accent", "Info", "Success", "Warning", "Danger"} {
			text := "rounds" + tone + "Text"
			pairs = append(pairs, [2]fyne.ThemeColorName{text, "rounds" + tone + "Fill"}, [2]fyne.ThemeColorName{text, "roundsSurface"}, [2]fyne.ThemeColorName{text, theme.ColorNameBackground})
		}
		for _, pair := range pairs {
			if got := contrast(theme.Color(pair[0]), theme.Color(pair[1])); got < 4.5 {
				t.Errorf("%s on %s has a contrast of %.2f", pair[0], pair[1], got)
			}
		}
		for _, pair := range [][2]fyne.ThemeColorName{
			{theme.ColorNameForegroundOnPrimary, theme.ColorNamePrimary}, {theme.ColorNameForegroundOnError, theme.ColorNameError},
		} {
			if got := contrast(theme.Color(pair[0]), theme.Color(pair[1])); got < 3.8 { // bold
				t.Errorf("%s on %s has a contrast of %.2f", pair[0], pair[1], got)
			}
		}
	})
}

func TestEveryStyleHasAChineseFont(t *testing.T) {
	current := fyne.CurrentApp().Settings().Theme()
	for _, style := range []fyne.TextStyle{{}, {Bold: true}, {Italic: true}, {Monospace: true}, {Monospace: true, Bold: true}} {
		want := assets.FontRegular
		if style.Bold {
			want = assets.FontBold
		}
		if got := current.Font(style); got != want {
			t.Errorf("%+v is written in %s", style, got.Name())
		}
	}
}

func TestAChangeOfLookKeepsTheTheme(t *testing.T) {
	t.Cleanup(func() { ui.ApplyTheme(ui.ThemeLight, ui.TextNormal) })
	before := fyne.CurrentApp().Settings().Theme()
	background := theme.Color(theme.ColorNameBackground)
	size := theme.Size(theme.SizeNameText)
	told := 0
	t.Cleanup(ui.OnAppearance(func() { told++ }))
	ui.ApplyTheme(ui.ThemeDark, ui.TextLarge)
	if fyne.CurrentApp().Settings().Theme() != before {
		t.Error("the toolkit got another theme and will parse the fonts again")
	}
	if theme.Color(theme.ColorNameBackground) == background || theme.Size(theme.SizeNameText) <= size || told != 1 {
		t.Errorf("the look is the same as before; listeners were told %d times", told)
	}
	if mode, text := ui.Appearance(); mode != ui.ThemeDark || text != ui.TextLarge {
		t.Errorf("the look is said to be %s, %s", mode, text)
	}
}
