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

// appearance is what the user chose last. Only the UI thread touches it.
var appearance = struct {
	mode ThemeMode
	size TextSize
}{ThemeSystem, TextNormal}

// ApplyTheme makes the app look as chosen, at once, and remembers the choice for this run. Unknown values mean
// the system's mode and the normal size. It runs on the UI thread.
func ApplyTheme(mode ThemeMode, size TextSize) {
	appearance.mode, appearance.size = mode, size
	fyne.CurrentApp().Settings().SetTheme(NewTheme(mode, size))
}

// Appearance returns the theme mode and text size in force.
func Appearance() (ThemeMode, TextSize) { return appearance.mode, appearance.size }

// NewTheme returns the look of Rounds: quiet surfaces, one accent, dense but readable. All its instances share
// the two font resources, because a change of theme must not parse the fonts of 17 MB anew.
func NewTheme(mode ThemeMode, size TextSize) fyne.Theme {
	scale := float32(1)
	switch size {
	case TextSmall:
		scale = 0.9
	case TextLarge:
		scale = 1.18
	case TextNormal:
	}
	return &roundsTheme{mode: mode, scale: scale}
}

type roundsTheme struct {
	mode  ThemeMode
	scale float32
}

func (t *roundsTheme) palette(variant fyne.ThemeVariant) map[fyne.ThemeColorName]color.Color {
	switch {
	case t.mode == ThemeDark, t.mode != ThemeLight && variant == theme.VariantDark:
		return darkPalette
	default:
		return lightPalette
	}
}

// Color implements fyne.Theme.
func (t *roundsTheme) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	if found, ok := t.palette(variant)[name]; ok {
		return found
	}
	if t.mode == ThemeDark {
		variant = theme.VariantDark
	} else if t.mode == ThemeLight {
		variant = theme.VariantLight
	}
	return theme.DefaultTheme().Color(name, variant)
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
	return theme.DefaultTheme().Icon(name)
}

// Size implements fyne.Theme.
func (t *roundsTheme) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case theme.SizeNameText:
		return 13 * t.scale
	case theme.SizeNameCaptionText:
		return 11.5 * t.scale
	case theme.SizeNameSubHeadingText:
		return 15 * t.scale
	case theme.SizeNameHeadingText:
		return 20 * t.scale
	case sizeStat:
		return 22 * t.scale
	case theme.SizeNameInlineIcon:
		return 17 * t.scale
	case theme.SizeNameInnerPadding:
		return 6
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
