package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

func rgb(hex uint32) color.Color {
	return color.NRGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 0xff}
}

func rgba(hex uint32, alpha uint8) color.Color {
	return color.NRGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: alpha}
}

// Text colors reach a contrast of at least 4.5 to 1 on the page and on panels; a test measures it.
var lightPalette = map[fyne.ThemeColorName]color.Color{
	theme.ColorNameBackground:          rgb(0xF4F6F9),
	theme.ColorNameForeground:          rgb(0x1C2530),
	theme.ColorNameButton:              rgb(0xE6EAF0),
	theme.ColorNameDisabledButton:      rgb(0xEDF0F4),
	theme.ColorNameDisabled:            rgb(0x8A94A2),
	theme.ColorNamePlaceHolder:         rgb(0x6B7686),
	theme.ColorNamePrimary:             rgb(0x1F5FBF),
	theme.ColorNameForegroundOnPrimary: rgb(0xFFFFFF),
	theme.ColorNameHyperlink:           rgb(0x1F5FBF),
	theme.ColorNameFocus:               rgba(0x1F5FBF, 0x40),
	theme.ColorNameSelection:           rgba(0x1F5FBF, 0x26),
	theme.ColorNameHover:               rgba(0x1C2530, 0x0D),
	theme.ColorNamePressed:             rgba(0x1C2530, 0x1F),
	theme.ColorNameHeaderBackground:    rgb(0xEDF0F5),
	theme.ColorNameInputBackground:     rgb(0xFFFFFF),
	theme.ColorNameInputBorder:         rgb(0xC9D1DC),
	theme.ColorNameMenuBackground:      rgb(0xFFFFFF),
	theme.ColorNameOverlayBackground:   rgb(0xFFFFFF),
	theme.ColorNameSeparator:           rgb(0xDDE2EA),
	theme.ColorNameShadow:              rgba(0x0B1524, 0x18),
	theme.ColorNameScrollBar:           rgba(0x1C2530, 0x55),
	theme.ColorNameScrollBarBackground: rgba(0x1C2530, 0x0A),
	theme.ColorNameError:               rgb(0xC93434),
	theme.ColorNameForegroundOnError:   rgb(0xFFFFFF),
	theme.ColorNameSuccess:             rgb(0x2B8A4B),
	theme.ColorNameForegroundOnSuccess: rgb(0xFFFFFF),
	theme.ColorNameWarning:             rgb(0xD98A00),
	theme.ColorNameForegroundOnWarning: rgb(0x1C2530),
	colorSurface:                       rgb(0xFFFFFF),
	colorRail:                          rgb(0x16243A),
	colorMuted:                         rgb(0x5B6675),
	colorStripe:                        rgb(0xF8FAFC),
	colorAccentText:                    rgb(0x1B57B0),
	colorInfoText:                      rgb(0x0B6E8F),
	colorSuccessText:                   rgb(0x1F7540),
	colorWarningText:                   rgb(0x8F5600),
	colorDangerText:                    rgb(0xB42525),
	colorAccentFill:                    rgb(0xE3ECFA),
	colorInfoFill:                      rgb(0xDFF1F7),
	colorSuccessFill:                   rgb(0xE0F3E6),
	colorWarningFill:                   rgb(0xFFF0D3),
	colorDangerFill:                    rgb(0xFBE4E4),
	colorNeutralFill:                   rgb(0xE8ECF1),
	colorGrid:                          rgb(0xE4E8EE),
	colorScrim:                         rgba(0x0B1524, 0x66),
	colorToastAction:                   rgb(0x8FBCFF),
	colorClear:                         color.Transparent,
}

var darkPalette = map[fyne.ThemeColorName]color.Color{
	theme.ColorNameBackground:          rgb(0x12171F),
	theme.ColorNameForeground:          rgb(0xE4E9F0),
	theme.ColorNameButton:              rgb(0x2A3342),
	theme.ColorNameDisabledButton:      rgb(0x222A36),
	theme.ColorNameDisabled:            rgb(0x6F7A8A),
	theme.ColorNamePlaceHolder:         rgb(0x8C97A8),
	theme.ColorNamePrimary:             rgb(0x3B7DE0),
	theme.ColorNameForegroundOnPrimary: rgb(0xFFFFFF),
	theme.ColorNameHyperlink:           rgb(0x7FB0FF),
	theme.ColorNameFocus:               rgba(0x5A9BFF, 0x50),
	theme.ColorNameSelection:           rgba(0x5A9BFF, 0x38),
	theme.ColorNameHover:               rgba(0xFFFFFF, 0x0E),
	theme.ColorNamePressed:             rgba(0xFFFFFF, 0x22),
	theme.ColorNameHeaderBackground:    rgb(0x1E2632),
	theme.ColorNameInputBackground:     rgb(0x151B24),
	theme.ColorNameInputBorder:         rgb(0x3A4556),
	theme.ColorNameMenuBackground:      rgb(0x222B38),
	theme.ColorNameOverlayBackground:   rgb(0x1C2431),
	theme.ColorNameSeparator:           rgb(0x2C3644),
	theme.ColorNameShadow:              rgba(0x000000, 0x60),
	theme.ColorNameScrollBar:           rgba(0xFFFFFF, 0x55),
	theme.ColorNameScrollBarBackground: rgba(0xFFFFFF, 0x0A),
	theme.ColorNameError:               rgb(0xE05252),
	theme.ColorNameForegroundOnError:   rgb(0xFFFFFF),
	theme.ColorNameSuccess:             rgb(0x3FA866),
	theme.ColorNameForegroundOnSuccess: rgb(0x0B1F12),
	theme.ColorNameWarning:             rgb(0xE5A23C),
	theme.ColorNameForegroundOnWarning: rgb(0x1C1503),
	colorSurface:                       rgb(0x1A212C),
	colorRail:                          rgb(0x0D1219),
	colorMuted:                         rgb(0x9AA6B6),
	colorStripe:                        rgb(0x1D2530),
	colorAccentText:                    rgb(0x7FB0FF),
	colorInfoText:                      rgb(0x6CC4E0),
	colorSuccessText:                   rgb(0x74CC94),
	colorWarningText:                   rgb(0xF0BC67),
	colorDangerText:                    rgb(0xFF8F8F),
	colorAccentFill:                    rgb(0x20365A),
	colorInfoFill:                      rgb(0x173846),
	colorSuccessFill:                   rgb(0x193A27),
	colorWarningFill:                   rgb(0x44340F),
	colorDangerFill:                    rgb(0x4A2326),
	colorNeutralFill:                   rgb(0x2C3543),
	colorGrid:                          rgb(0x2A3341),
	colorScrim:                         rgba(0x000000, 0x99),
	colorToastAction:                   rgb(0x1B57B0),
	colorClear:                         color.Transparent,
}
