package partners

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// choice is a button that opens a menu in which any number of options can be ticked. It says which are.
type choice struct {
	button  *ui.PushButton
	title   string
	options []ui.Option
	on      []string
	changed func([]string)
	canvas  func() fyne.Canvas
}

func newChoice(v *listView, title string, options []ui.Option, changed func([]string)) *choice {
	c := &choice{title: title, options: options, changed: changed, canvas: v.host.Canvas}
	c.button = ui.WithIcon(ui.Button(title, c.open), ui.IconDown)
	c.button.IconPlacement = widget.ButtonIconTrailingText
	return c
}

func (c *choice) setOptions(options []ui.Option) { c.options = options }

func (c *choice) set(codes []string) {
	c.on = slices.Clone(codes)
	c.button.Importance = widget.MediumImportance
	text := c.title
	if len(codes) > 0 {
		c.button.Importance = widget.HighImportance
		text = c.title + ": " + c.name(codes[0])
		if more := len(codes) - 1; more > 0 {
			text += " +" + ui.FormatNumber(int64(more))
		}
	}
	c.button.SetText(text)
}

func (c *choice) name(code string) string {
	for _, o := range c.options {
		if o.Code == code {
			return o.Label
		}
	}
	return code
}

func (c *choice) open() {
	items := make([]ui.MenuItem, len(c.options))
	for i, o := range c.options {
		items[i] = ui.MenuItem{Label: o.Label, Run: func() { c.toggle(o.Code) }}
		if slices.Contains(c.on, o.Code) {
			items[i].Icon = ui.IconCheck
		}
	}
	ui.ShowMenu(c.canvas(), c.button, items...)
}

func (c *choice) toggle(code string) {
	on := slices.DeleteFunc(slices.Clone(c.on), func(s string) bool { return s == code })
	if len(on) == len(c.on) {
		on = sales.CleanSet(append(on, code))
	}
	c.set(on)
	c.changed(on)
}
