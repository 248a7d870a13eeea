package ui

import (
	"image/color"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Option is a code with the label that people see for it, and a count where one is shown (in chips).
type Option struct {
	Code, Label string
	Count       int
}

// Select is a choice of one option by its label; the program sees codes.
type Select struct {
	widget.Select
	options []Option
	onCode  func(string)
	quiet   bool
}

// NewSelect returns a choice. onChanged may be nil; it is called for what the user chooses, not for SetCode.
func NewSelect(options []Option, onChanged func(code string)) *Select {
	s := &Select{onCode: onChanged}
	s.PlaceHolder = T("ui.choose")
	s.OnChanged = func(string) {
		if !s.quiet && s.onCode != nil {
			s.onCode(s.Code())
		}
	}
	s.ExtendBaseWidget(s)
	s.SetChoices(options)
	return s
}

// TypedKey implements fyne.Focusable. Keys that the choice has no use for go to the window.
func (s *Select) TypedKey(event *fyne.KeyEvent) {
	switch event.Name {
	case fyne.KeySpace, fyne.KeyUp, fyne.KeyDown, fyne.KeyLeft, fyne.KeyRight:
		s.Select.TypedKey(event)
	default:
		passKey(s, event)
	}
}

// SetChoices replaces the options and keeps the code that is chosen if it is among them.
func (s *Select) SetChoices(options []Option) {
	code := s.Code()
	s.options = slices.Clone(options)
	s.relabel()
	s.SetCode(code)
}

func (s *Select) relabel() {
	labels := make([]string, len(s.options))
	for i, option := range s.options {
		labels[i] = option.Label
	}
	s.Options = labels
}

// Code returns the chosen code, or "".
func (s *Select) Code() string {
	if i := s.SelectedIndex(); i >= 0 && i < len(s.options) {
		return s.options[i].Code
	}
	return ""
}

// SetCode chooses the option of a code; "" chooses none. A code that is no option, as a newer version of the app
// may have written it, is added and shown as it is.
func (s *Select) SetCode(code string) {
	s.quiet = true
	defer func() { s.quiet = false }()
	i := slices.IndexFunc(s.options, func(o Option) bool { return o.Code == code })
	if i < 0 && code == "" {
		s.ClearSelected()
		return
	}
	if i < 0 {
		s.options = append(s.options, Option{Code: code, Label: code})
		s.relabel()
		i = len(s.options) - 1
	}
	s.SetSelectedIndex(i)
}

// SetOnChanged replaces what is called when the user chooses.
func (s *Select) SetOnChanged(onChanged func(code string)) { s.onCode = onChanged }

// CreateRenderer implements fyne.Widget: the toolkit's choice with the border that fields have.
func (s *Select) CreateRenderer() fyne.WidgetRenderer {
	r := &selectRenderer{WidgetRenderer: s.Select.CreateRenderer(), border: canvas.NewRectangle(color.Transparent)}
	r.paint()
	return r
}

type selectRenderer struct {
	fyne.WidgetRenderer
	border *canvas.Rectangle
}

func (r *selectRenderer) paint() {
	r.border.StrokeColor = themeColor(theme.ColorNameInputBorder)
	r.border.StrokeWidth = 1
	r.border.CornerRadius = theme.Size(theme.SizeNameInputRadius)
}

// Layout implements fyne.WidgetRenderer.
func (r *selectRenderer) Layout(size fyne.Size) {
	r.WidgetRenderer.Layout(size)
	r.border.Resize(size)
}

// Objects implements fyne.WidgetRenderer.
func (r *selectRenderer) Objects() []fyne.CanvasObject {
	objects := r.WidgetRenderer.Objects()
	return append(objects[:len(objects):len(objects)], r.border)
}

// Refresh implements fyne.WidgetRenderer.
func (r *selectRenderer) Refresh() {
	r.paint()
	r.WidgetRenderer.Refresh()
	r.border.Refresh()
}

// Chips is a row of options that are on or off: the filters above a list. It wraps where there is no room.
type Chips struct {
	widget.BaseWidget
	multi     bool
	options   []Option
	selected  map[string]bool
	onChanged func([]string)
	row       *fyne.Container
}

// NewChips returns a row of chips. With multi any number is on, else at most one. onChanged gets the codes that
// are on, in the order of the options.
func NewChips(multi bool, onChanged func(codes []string), options ...Option) *Chips {
	c := &Chips{multi: multi, onChanged: onChanged, selected: map[string]bool{}, row: newFlow(6)}
	c.ExtendBaseWidget(c)
	c.SetOptions(options...)
	return c
}

// SetOptions replaces the options, for instance with new counts.
func (c *Chips) SetOptions(options ...Option) {
	c.options = slices.Clone(options)
	c.rebuild()
}

// Selected returns the codes that are on.
func (c *Chips) Selected() []string {
	codes := []string{}
	for _, option := range c.options {
		if c.selected[option.Code] {
			codes = append(codes, option.Code)
		}
	}
	return codes
}

// Set turns exactly these codes on, without calling onChanged.
func (c *Chips) Set(codes ...string) {
	c.selected = map[string]bool{}
	for _, code := range codes {
		c.selected[code] = true
	}
	c.rebuild()
}

func (c *Chips) tap(code string) {
	on := !c.selected[code]
	if !c.multi {
		c.selected = map[string]bool{}
	}
	c.selected[code] = on
	c.rebuild()
	if c.onChanged != nil {
		c.onChanged(c.Selected())
	}
}

func (c *Chips) rebuild() {
	objects := make([]fyne.CanvasObject, 0, len(c.options))
	for _, option := range c.options {
		objects = append(objects, newChip(option, c.selected[option.Code], func() { c.tap(option.Code) }))
	}
	c.row.Objects = objects
	c.row.Refresh()
	c.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (c *Chips) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(c.row) }

func (c *Chips) wantedWidth() float32 {
	if layout, ok := c.row.Layout.(*flow); ok {
		return layout.wantedWidth(c.row.Objects)
	}
	return 0
}

// MultiSelect is a choice of any number of options, for fields that hold several codes.
type MultiSelect struct{ Chips }

// NewMultiSelect returns a choice of any number of options.
func NewMultiSelect(options []Option, onChanged func(codes []string)) *MultiSelect {
	m := &MultiSelect{}
	m.multi, m.onChanged, m.selected, m.row = true, onChanged, map[string]bool{}, newFlow(6)
	m.ExtendBaseWidget(m)
	m.SetOptions(options...)
	return m
}

// Codes returns the chosen codes.
func (m *MultiSelect) Codes() []string { return m.Selected() }

// SetCodes chooses exactly these codes.
func (m *MultiSelect) SetCodes(codes []string) { m.Set(codes...) }
