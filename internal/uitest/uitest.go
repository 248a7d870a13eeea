// Package uitest tests screens without a display: it draws them with the toolkit's software renderer, compares
// the pictures with kept ones, and looks for texts that are cut off or not translated.
package uitest

import (
	"context"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"github.com/rounds-field/rounds/app/ui"
)

// Clock is the time in all screen tests: a Wednesday morning in China.
var Clock = time.Date(2026, time.March, 18, 9, 30, 0, 0, time.FixedZone("CST", 8*60*60))

var pending []*delayed

type delayed struct {
	call func()
	gone bool
}

// Main runs a package's tests with the one app that they share: an app for each test would keep its parsed fonts
// for good. Loading runs at once and on the spot, delays end when Elapse is called, and the clock stands at Clock.
//
//	func TestMain(m *testing.M) { uitest.Main(m) }
func Main(m *testing.M) {
	test.NewApp()
	test.NewWindow(nil) // The test driver asks the last window about everything; there must always be one.
	ui.Now = func() time.Time { return Clock }
	ui.Run = func(work func()) { work() }
	ui.SearchDelay = 0
	ui.Later = func(_ time.Duration, call func()) (cancel func()) {
		d := &delayed{call: call}
		pending = append(pending, d)
		return func() { d.gone = true }
	}
	ui.ApplyTheme(ui.ThemeLight, ui.TextNormal)
	m.Run() // Its outcome becomes the program's by itself.
}

// Elapse lets the time of everything pass that waits: toasts go, drafts are written.
func Elapse() {
	waiting := pending
	pending = nil
	for _, d := range waiting {
		if !d.gone {
			d.call()
		}
	}
}

// Host is a ui.Host that remembers what a page asked of it.
type Host struct {
	Opened       []string
	Backs        int
	Toasts       []string
	Actions      map[string]func()
	Errors       []error
	ChangedKinds []string
	Listeners    []func([]string)
	Store        ui.MapState
	Window       fyne.Window

	ctx  context.Context
	page ui.Page
}

var _ ui.Host = (*Host)(nil)

// NewHost returns a host with a window of 1280 by 720 of its own, which is closed with the test. The context ends
// with the test.
func NewHost(t testing.TB) *Host {
	t.Helper()
	window := test.NewWindow(nil)
	window.SetPadded(false)
	window.Resize(fyne.NewSize(1280, 720))
	t.Cleanup(window.Close)
	h := &Host{Window: window, Store: ui.MapState{}, Actions: map[string]func(){}, ctx: t.Context()}
	t.Cleanup(ui.HandleShortcuts(window.Canvas(), func(pressed *desktop.CustomShortcut) {
		h.Press(pressed.KeyName, pressed.Modifier)
	}))
	return h
}

// Show puts a page's content into the host's window and loads it.
func (h *Host) Show(page ui.Page) fyne.CanvasObject {
	content := page.Content()
	h.Window.SetContent(content)
	page.Refresh()
	h.page = page
	return content
}

// Press presses a shortcut of the dialog or page that is shown, as the window would understand it, and reports
// whether there is one.
func (h *Host) Press(key fyne.KeyName, modifiers fyne.KeyModifier) bool {
	pressed := false
	matches := func(shortcut ui.Shortcut) bool {
		pressed = pressed || shortcut.Matches(key, modifiers)
		return shortcut.Matches(key, modifiers)
	}
	if ui.ModalShortcut(h.Canvas(), matches) {
		return pressed
	}
	own, ok := h.page.(ui.Shortcuts)
	if !ok {
		return false
	}
	for _, shortcut := range own.Shortcuts() {
		if matches(shortcut) {
			shortcut.Run()
			return true
		}
	}
	return false
}

// Context implements ui.Host.
func (h *Host) Context() context.Context { return h.ctx }

// Canvas implements ui.Host.
func (h *Host) Canvas() fyne.Canvas { return h.Window.Canvas() }

// Open implements ui.Host.
func (h *Host) Open(route string) { h.Opened = append(h.Opened, route) }

// Back implements ui.Host.
func (h *Host) Back() { h.Backs++ }

// Toast implements ui.Host.
func (h *Host) Toast(text string) { h.Toasts = append(h.Toasts, text) }

// ToastAction implements ui.Host.
func (h *Host) ToastAction(text, label string, action func()) {
	h.Toast(text)
	h.Actions[label] = action
}

// ShowError implements ui.Host.
func (h *Host) ShowError(err error) { h.Errors = append(h.Errors, err) }

// State implements ui.Host.
func (h *Host) State() ui.State { return h.Store }

// Changed implements ui.Host.
func (h *Host) Changed(kinds ...string) {
	h.ChangedKinds = append(h.ChangedKinds, kinds...)
	for _, listener := range h.Listeners {
		listener(kinds)
	}
}

// OnChanged implements ui.Host.
func (h *Host) OnChanged(listener func(kinds []string)) { h.Listeners = append(h.Listeners, listener) }
