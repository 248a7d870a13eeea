package ui_test

import (
	"context"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/internal/uitest"
)

// TestKeysPassButtons: Escape and F5 reach the page while a button, a check box or a choice has the keyboard.
func TestKeysPassButtons(t *testing.T) {
	host := uitest.NewHost(t)
	pressed := 0
	button, check := ui.Button("保存", func() { pressed++ }), ui.NewCheck("需确认", nil)
	choice := ui.NewSelect([]ui.Option{{Code: "a", Label: "甲"}}, nil)
	host.Window.SetContent(ui.VStack(button, check, choice))
	var keys []fyne.KeyName
	host.Window.Canvas().SetOnTypedKey(func(e *fyne.KeyEvent) { keys = append(keys, e.Name) })
	for _, focused := range []fyne.Focusable{button, check, choice} {
		host.Window.Canvas().Focus(focused)
		focused.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
		focused.TypedKey(&fyne.KeyEvent{Name: fyne.KeyF5})
	}
	if len(keys) != 6 {
		t.Errorf("of six keys that no widget uses, the window got %v", keys)
	}
	button.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	button.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	if pressed != 2 {
		t.Errorf("Enter and Space pressed the button %d times", pressed)
	}
}

// TestPickerPaste: pasting a name into a closed picker searches for it.
func TestPickerPaste(t *testing.T) {
	host := uitest.NewHost(t)
	picker := ui.NewPicker(func(context.Context, string) ([]ui.PickItem, error) { return nil, nil })
	host.Window.SetContent(picker)
	fyne.CurrentApp().Clipboard().SetContent("长兴")
	picker.TypedShortcut(&fyne.ShortcutPaste{Clipboard: fyne.CurrentApp().Clipboard()})
	uitest.Elapse()
	field, ok := host.Window.Canvas().Focused().(*ui.Entry)
	if !ok || field.Text != "长兴" {
		t.Errorf("after pasting, the keyboard is in %T", host.Window.Canvas().Focused())
	}
}
