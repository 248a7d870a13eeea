package app

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"github.com/rounds-field/rounds/app/ui"
)

// registerShortcuts tells the window's canvas every shortcut that somebody has. Which one runs is decided when it
// is pressed, because pages come and go.
func (s *Shell) registerShortcuts() {
	canvas := s.window.Canvas()
	all := append(s.shortcuts(), ui.Shortcut{Key: fyne.KeyReturn, Ctrl: true}) // Dialogs have it everywhere.
	for _, shortcut := range all {
		custom := &desktop.CustomShortcut{KeyName: shortcut.Key, Modifier: shortcut.Modifiers()}
		if !shortcut.Ctrl && !shortcut.Alt || s.keys[custom.ShortcutName()] {
			continue // Plain keys come to typedKey.
		}
		s.keys[custom.ShortcutName()] = true
		canvas.AddShortcut(custom, func(fyne.Shortcut) { s.press(custom.KeyName, custom.Modifier) })
	}
	if s.unhandle == nil {
		s.unhandle = ui.HandleShortcuts(canvas, func(pressed *desktop.CustomShortcut) { s.press(pressed.KeyName, pressed.Modifier) })
	}
	canvas.SetOnTypedKey(s.typedKey)
}

// shortcuts returns all shortcuts of now, those of the page first: it may give one another meaning.
func (s *Shell) shortcuts() []ui.Shortcut {
	var all []ui.Shortcut
	if page, _ := s.Current(); page != nil {
		if own, ok := page.(ui.Shortcuts); ok {
			all = append(all, own.Shortcuts()...)
		}
	}
	for _, command := range s.commands {
		if command.Shortcut.Key != "" {
			shortcut := command.Shortcut
			shortcut.LabelKey, shortcut.Run = command.LabelKey, command.Run
			all = append(all, shortcut)
		}
	}
	all = append(all,
		ui.Shortcut{Key: fyne.KeyK, Ctrl: true, LabelKey: "app.search.placeholder", Run: s.OpenSearch},
		ui.Shortcut{Key: fyne.KeyLeft, Alt: true, LabelKey: "app.back", Run: s.Back},
		ui.Shortcut{Key: fyne.KeyRight, Alt: true, LabelKey: "app.forward", Run: s.Forward})
	for i, item := range s.nav {
		shortcut := placeShortcut(i)
		if shortcut.Key == "" {
			break
		}
		shortcut.LabelKey, shortcut.Run = item.LabelKey, func() { s.Open(item.Route) }
		all = append(all, shortcut)
	}
	return all
}

func placeShortcut(i int) ui.Shortcut {
	if i >= 9 {
		return ui.Shortcut{}
	}
	return ui.Shortcut{Key: fyne.KeyName(strconv.Itoa(i + 1)), Ctrl: true}
}

// press runs the first shortcut with this key. While a dialog is open only its own work.
func (s *Shell) press(key fyne.KeyName, modifier fyne.KeyModifier) {
	matches := func(shortcut ui.Shortcut) bool { return shortcut.Matches(key, modifier) }
	if ui.ModalShortcut(s.window.Canvas(), matches) {
		return
	}
	for _, shortcut := range s.shortcuts() {
		if matches(shortcut) {
			shortcut.Run()
			return
		}
	}
}

// typedKey gets the keys that no widget has a use for.
func (s *Shell) typedKey(event *fyne.KeyEvent) {
	if event.Name == fyne.KeyEscape && ui.HideTopModal(s.window.Canvas()) {
		return
	}
	if page, _ := s.Current(); page != nil {
		if handler, ok := page.(ui.KeyHandler); ok && handler.TypedKey(event) {
			return
		}
	}
	s.press(event.Name, 0)
}

func shortcutText(shortcut ui.Shortcut) string {
	if shortcut.Key == "" {
		return ""
	}
	var parts []string
	if shortcut.Ctrl {
		parts = append(parts, "Ctrl")
	}
	if shortcut.Shift {
		parts = append(parts, "Shift")
	}
	if shortcut.Alt {
		parts = append(parts, "Alt")
	}
	return strings.Join(append(parts, string(shortcut.Key)), "+")
}
