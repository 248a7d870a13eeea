package ui

import (
	"math"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Entry is a field for text. Unlike the toolkit's it lets the shortcuts that it does not use itself through to
// the window, so that Ctrl+Enter saves and Ctrl+K searches while one types, and gives Escape to the page.
type Entry struct {
	widget.Entry
	// OnKey sees a key before the field does and reports whether it used it.
	OnKey func(*fyne.KeyEvent) bool
	// OnFocus is told when the field gets (true) and loses (false) the keyboard.
	OnFocus func(bool)
	self    fyne.CanvasObject // what is in the window: the field, or the widget that is made of it
}

// NewEntry returns a field of one line.
func NewEntry() *Entry {
	e := &Entry{}
	e.Wrapping = fyne.TextWrapOff
	e.Scroll = fyne.ScrollHorizontalOnly
	e.self = e
	e.ExtendBaseWidget(e)
	return e
}

// NewMultiline returns a field of several lines that wraps and shows as many as said.
func NewMultiline(rows int) *Entry {
	e := &Entry{}
	e.MultiLine = true
	e.Wrapping = fyne.TextWrapWord
	e.self = e
	e.ExtendBaseWidget(e)
	e.SetMinRowsVisible(rows)
	return e
}

// SearchDelay is how long a search field waits after a keystroke. Tests set it to 0: then it does not wait.
var SearchDelay = 150 * time.Millisecond

// NewSearchEntry returns a field that filters as one types, shortly after the last keystroke.
func NewSearchEntry(placeholder string, onChanged func(text string)) *Entry {
	e := NewEntry()
	e.SetPlaceHolder(placeholder)
	e.Icon = IconSearch
	cancel := func() {}
	e.OnChanged = func(text string) {
		cancel()
		if SearchDelay == 0 {
			onChanged(text)
			return
		}
		cancel = Later(SearchDelay, func() { onChanged(text) })
	}
	return e
}

// NewPasswordEntry returns a field that hides what is typed.
func NewPasswordEntry() *Entry {
	e := &Entry{}
	e.Password = true
	e.self = e
	e.ExtendBaseWidget(e)
	return e
}

// TypedShortcut implements fyne.Shortcutable.
func (e *Entry) TypedShortcut(shortcut fyne.Shortcut) {
	if custom, ok := shortcut.(*desktop.CustomShortcut); ok && !isEditing(custom) {
		passShortcut(e.self, custom)
		return
	}
	e.Entry.TypedShortcut(shortcut)
}

// isEditing reports whether the toolkit's field moves or selects by this shortcut.
func isEditing(shortcut *desktop.CustomShortcut) bool {
	switch shortcut.KeyName {
	case fyne.KeyLeft, fyne.KeyRight, fyne.KeyHome, fyne.KeyEnd, fyne.KeyBackspace, fyne.KeyDelete:
		return shortcut.Modifier&fyne.KeyModifierAlt == 0
	}
	return false
}

// TypedKey implements fyne.Focusable.
func (e *Entry) TypedKey(event *fyne.KeyEvent) {
	if e.OnKey != nil && e.OnKey(event) {
		return
	}
	if event.Name == fyne.KeyEscape || isFunctionKey(event.Name) {
		passKey(e.self, event)
		return
	}
	e.Entry.TypedKey(event)
}

// isFunctionKey reports whether the key is F1 to F12.
func isFunctionKey(name fyne.KeyName) bool {
	return len(name) >= 2 && name[0] == 'F' && name[1] >= '1' && name[1] <= '9'
}

// FocusGained implements fyne.Focusable.
func (e *Entry) FocusGained() {
	e.Entry.FocusGained()
	if e.OnFocus != nil {
		e.OnFocus(true)
	}
}

// FocusLost implements fyne.Focusable.
func (e *Entry) FocusLost() {
	e.Entry.FocusLost()
	if e.OnFocus != nil {
		e.OnFocus(false)
	}
}

// MoneyEntry is a field for an amount of money.
type MoneyEntry struct {
	Entry
	currency string
}

// NewMoneyEntry returns a field for an amount in the currency, typed in major units: 12,345.6.
func NewMoneyEntry(currency string) *MoneyEntry {
	e := &MoneyEntry{currency: currency}
	e.self = e
	e.ExtendBaseWidget(e)
	e.SetPlaceHolder(currencySign(currency) + "0")
	e.Scroll = fyne.ScrollHorizontalOnly
	e.Wrapping = fyne.TextWrapOff
	return e
}

// Minor returns the amount in minor units, and whether the field holds one. An empty field holds none.
func (e *MoneyEntry) Minor() (int64, bool) {
	value, ok := parseNumber(strings.TrimPrefix(strings.TrimSpace(e.Text), currencySign(e.currency)))
	if !ok {
		return 0, false
	}
	return int64(math.Round(value * math.Pow10(minorDigits(e.currency)))), true
}

// SetMinor shows an amount of minor units.
func (e *MoneyEntry) SetMinor(minor int64) {
	text := strings.TrimPrefix(FormatMoney(minor, e.currency), currencySign(e.currency))
	e.SetText(strings.TrimSuffix(text, ".00"))
}

// NumberEntry is a field for a whole number.
type NumberEntry struct{ Entry }

// NewNumberEntry returns a field for a whole number.
func NewNumberEntry() *NumberEntry {
	e := &NumberEntry{}
	e.self = e
	e.ExtendBaseWidget(e)
	e.Scroll = fyne.ScrollHorizontalOnly
	e.Wrapping = fyne.TextWrapOff
	return e
}

// Value returns the number, and whether the field holds one.
func (e *NumberEntry) Value() (int64, bool) {
	value, ok := parseNumber(e.Text)
	return int64(math.Round(value)), ok && value == math.Trunc(value)
}

// SetValue shows a number.
func (e *NumberEntry) SetValue(n int64) { e.SetText(strconv.FormatInt(n, 10)) }

// parseNumber reads a number as people type it in both languages: 12,345.6 · 1.2万 · 3亿.
func parseNumber(text string) (float64, bool) {
	text = strings.NewReplacer(",", "", "，", "", " ", "", "。", ".", "．", ".").Replace(strings.TrimSpace(text))
	factor := 1.0
	for suffix, size := range map[string]float64{"万": 1e4, "亿": 1e8, "k": 1e3, "K": 1e3, "m": 1e6, "M": 1e6} {
		if rest, found := strings.CutSuffix(text, suffix); found {
			text, factor = rest, size
			break
		}
	}
	value, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(value) || math.IsInf(value, 0) || math.Abs(value*factor) > 9e13 {
		return 0, false
	}
	return value * factor, true
}
