package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"github.com/rounds-field/rounds/assets"
)

// ThemeMode is the user's choice between light, dark, and what the system says.
type ThemeMode string

// The theme modes, as they are kept in the settings.
const (
	ThemeSystem ThemeMode = "system"
	ThemeLight  ThemeMode = "light"
	ThemeDark   ThemeMode = "dark"
)

// TextSize is the user's choice of text size.
type TextSize string

// The text sizes, as they are kept in the settings.
const (
	TextSmall  TextSize = "small"
	TextNormal TextSize = "normal"
	TextLarge  TextSize = "large"
)

// look is the one theme of the app. It is changed in place: giving the toolkit another theme makes it throw its
// fonts away and parse 17 MB anew, of which it then keeps both.
var look = &roundsTheme{mode: ThemeSystem, size: TextNormal}

// looks are the listeners to changes of the look.
var looks = listeners{calls: map[int]func(){}}

// ApplyTheme makes the app look as chosen, and tells the listeners, who build what is shown anew. Unknown values
// mean the system's mode and the normal size. It runs on the UI thread.
func ApplyTheme(mode ThemeMode, size TextSize) {
	look.mode, look.size = mode, size
	settings := fyne.CurrentApp().Settings()
	if settings.Theme() != fyne.Theme(look) {
		settings.SetTheme(look)
	}
	looks.tell()
}

// Appearance returns the theme mode and text size in force.
func Appearance() (ThemeMode, TextSize) { return look.mode, look.size }

// OnAppearance calls the function after each change of the look, until cancel is called.
func OnAppearance(listener func()) (cancel func()) { return looks.add(listener) }

// roundsTheme is the look of Rounds: quiet surfaces, one accent, dense but readable.
type roundsTheme struct {
	mode ThemeMode
	size TextSize
}

func (t *roundsTheme) scale() float32 {
	switch t.size {
	case TextSmall:
		return 0.9
	case TextLarge:
		return 1.18
	default:
		return 1
	}
}

func (t *roundsTheme) dark(variant fyne.ThemeVariant) bool {
	return t.mode == ThemeDark || t.mode != ThemeLight && variant == theme.VariantDark
}

// Color implements fyne.Theme.
func (t *roundsTheme) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	palette, of := lightPalette, theme.VariantLight
	if t.dark(variant) {
		palette, of = darkPalette, theme.VariantDark
	}
	if found, ok := palette[name]; ok {
		return found
	}
	return theme.DefaultTheme().Color(name, of)
}

// Font implements fyne.Theme. Monospace is the CJK font too: a font from here switches the toolkit's fallback
// off, and Chinese in a monospaced text would be boxes. Italic has no Chinese tradition and stays upright.
func (t *roundsTheme) Font(style fyne.TextStyle) fyne.Resource {
	if style.Symbol {
		return theme.DefaultTheme().Font(style)
	}
	if style.Bold {
		return assets.FontBold
	}
	return assets.FontRegular
}

// Icon implements fyne.Theme.
func (t *roundsTheme) Icon(name fyne.ThemeIconName) fyne.Resource {
	return theme.NewThemedResource(variantIcon{theme.DefaultTheme().Icon(name)})
}

// variantIcon names an icon differently in the dark and in the light look, because the toolkit keeps drawn icons
// by name and would show those of the other look.
type variantIcon struct{ base fyne.Resource }

// Name implements fyne.Resource.
func (v variantIcon) Name() string {
	if look.dark(fyne.CurrentApp().Settings().ThemeVariant()) {
		return "dark-" + v.base.Name()
	}
	return "light-" + v.base.Name()
}

// Content implements fyne.Resource.
func (v variantIcon) Content() []byte { return v.base.Content() }

// Size implements fyne.Theme.
func (t *roundsTheme) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case theme.SizeNameText:
		return 13 * t.scale()
	case theme.SizeNameCaptionText:
		return 11.5 * t.scale()
	case theme.SizeNameSubHeadingText:
		return 15 * t.scale()
	case theme.SizeNameHeadingText:
		return 20 * t.scale()
	case sizeStat:
		return 22 * t.scale()
	case theme.SizeNameInlineIcon:
		return 17 * t.scale()
	case theme.SizeNameInnerPadding:
		return 7
	case theme.SizeNamePadding:
		return 4
	case theme.SizeNameLineSpacing:
		return 4
	case theme.SizeNameScrollBar:
		return 10
	case theme.SizeNameScrollBarSmall:
		return 4
	case theme.SizeNameInputRadius, theme.SizeNameButtonRadius:
		return 6
	case theme.SizeNameCardRadius, theme.SizeNamePopupRadius, theme.SizeNameMenuRadius:
		return 8
	case theme.SizeNameDialogRadius:
		return 12
	case theme.SizeNameSelectionRadius:
		return 5
	case theme.SizeNameModalBlurRadius:
		return 0 // A blur costs a frame each on software OpenGL.
	default:
		return theme.DefaultTheme().Size(name)
	}
}

// sizeStat is the size of the large figure in a stat tile.
const sizeStat fyne.ThemeSizeName = "roundsStat"
