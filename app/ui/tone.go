package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// Tone is the meaning that a color carries: screens say what a thing means, the theme says how that looks.
type Tone int

// The tones, from no meaning at all to danger. ToneAccent is the brand's color.
const (
	ToneNeutral Tone = iota
	ToneInfo
	ToneSuccess
	ToneWarning
	ToneDanger
	ToneAccent
	ToneMuted
)

// Names of the colors that Rounds has besides the toolkit's.
const (
	colorSurface      fyne.ThemeColorName = "roundsSurface"
	colorRail         fyne.ThemeColorName = "roundsRail"
	colorRailText     fyne.ThemeColorName = "roundsRailText"
	colorRailBright   fyne.ThemeColorName = "roundsRailBright"
	colorRailSelected fyne.ThemeColorName = "roundsRailSelected"
	colorRailHover    fyne.ThemeColorName = "roundsRailHover"
	colorRailBadge    fyne.ThemeColorName = "roundsRailBadge"
	colorMuted        fyne.ThemeColorName = "roundsMuted"
	colorAccentText   fyne.ThemeColorName = "roundsAccentText"
	colorInfoText     fyne.ThemeColorName = "roundsInfoText"
	colorSuccessText  fyne.ThemeColorName = "roundsSuccessText"
	colorWarningText  fyne.ThemeColorName = "roundsWarningText"
	colorDangerText   fyne.ThemeColorName = "roundsDangerText"
	colorAccentFill   fyne.ThemeColorName = "roundsAccentFill"
	colorInfoFill     fyne.ThemeColorName = "roundsInfoFill"
	colorSuccessFill  fyne.ThemeColorName = "roundsSuccessFill"
	colorWarningFill  fyne.ThemeColorName = "roundsWarningFill"
	colorDangerFill   fyne.ThemeColorName = "roundsDangerFill"
	colorNeutralFill  fyne.ThemeColorName = "roundsNeutralFill"
	colorGrid         fyne.ThemeColorName = "roundsGrid"
	colorScrim        fyne.ThemeColorName = "roundsScrim"
	colorToastAction  fyne.ThemeColorName = "roundsToastAction"
	colorClear        fyne.ThemeColorName = "roundsClear"
)

// textColor is the color of text and icons in this tone on a page or panel.
func (t Tone) textColor() fyne.ThemeColorName {
	switch t {
	case ToneInfo:
		return colorInfoText
	case ToneSuccess:
		return colorSuccessText
	case ToneWarning:
		return colorWarningText
	case ToneDanger:
		return colorDangerText
	case ToneAccent:
		return colorAccentText
	case ToneMuted:
		return colorMuted
	default:
		return theme.ColorNameForeground
	}
}

// fillColor is the soft background of badges and banners in this tone.
func (t Tone) fillColor() fyne.ThemeColorName {
	switch t {
	case ToneInfo:
		return colorInfoFill
	case ToneSuccess:
		return colorSuccessFill
	case ToneWarning:
		return colorWarningFill
	case ToneDanger:
		return colorDangerFill
	case ToneAccent:
		return colorAccentFill
	default:
		return colorNeutralFill
	}
}

// solidColor is the full color of bars, lines and dots in this tone.
func (t Tone) solidColor() fyne.ThemeColorName {
	switch t {
	case ToneInfo:
		return colorInfoText
	case ToneSuccess:
		return theme.ColorNameSuccess
	case ToneWarning:
		return theme.ColorNameWarning
	case ToneDanger:
		return theme.ColorNameError
	case ToneNeutral, ToneMuted:
		return colorMuted
	default:
		return theme.ColorNamePrimary
	}
}

// themeColor looks a color up in the theme in force.
func themeColor(name fyne.ThemeColorName) color.Color {
	return theme.Color(name)
}
