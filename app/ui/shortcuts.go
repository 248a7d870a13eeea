package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// shortcutHandlers are what takes the shortcuts of each window.
var shortcutHandlers = map[fyne.Canvas]func(*desktop.CustomShortcut){}

// HandleShortcuts makes a function take the shortcuts of a window that no focused widget uses. The toolkit gives
// a shortcut to the focused widget or to the window, never to both: widgets of this package pass on what they
// have no use for. The returned function ends it.
func HandleShortcuts(canvas fyne.Canvas, handle func(*desktop.CustomShortcut)) (stop func()) {
	shortcutHandlers[canvas] = handle
	return func() { delete(shortcutHandlers, canvas) }
}

// PressShortcut gives a shortcut to the handler of a window.
func PressShortcut(canvas fyne.Canvas, shortcut *desktop.CustomShortcut) {
	if handle := shortcutHandlers[canvas]; handle != nil {
		handle(shortcut)
	}
}

// passShortcut gives a shortcut that a focused widget has no use for to its window.
func passShortcut(from fyne.CanvasObject, shortcut fyne.Shortcut) {
	custom, ok := shortcut.(*desktop.CustomShortcut)
	if canvas := fyne.CurrentApp().Driver().CanvasForObject(from); ok && canvas != nil {
		PressShortcut(canvas, custom)
	}
}

// Modifiers returns the modifiers of a shortcut as the toolkit counts them; Ctrl is Command on a Mac.
func (s Shortcut) Modifiers() fyne.KeyModifier {
	var modifiers fyne.KeyModifier
	if s.Ctrl {
		modifiers |= fyne.KeyModifierShortcutDefault
	}
	if s.Shift {
		modifiers |= fyne.KeyModifierShift
	}
	if s.Alt {
		modifiers |= fyne.KeyModifierAlt
	}
	return modifiers
}

// Matches reports whether the shortcut is this key with these modifiers.
func (s Shortcut) Matches(key fyne.KeyName, modifiers fyne.KeyModifier) bool {
	return s.Key == key && s.Modifiers() == modifiers
}
