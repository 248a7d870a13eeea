package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// FieldOption says something about a field of a form.
type FieldOption int

const (
	// Required marks the field with a red star.
	Required FieldOption = iota
	// Wide gives the field the whole width of a form with two columns.
	Wide
)

// Form lays fields out with their labels beside them and says below each what is wrong with it.
type Form struct {
	widget.BaseWidget
	body   *fyne.Container
	layout *formLayout
	fields map[string]*formField
}

type formField struct {
	label   *fyne.Container
	object  fyne.CanvasObject
	message *Text
	hint    string
	wide    bool
	section bool
}

// NewForm returns an empty form of one column.
func NewForm() *Form {
	f := &Form{fields: map[string]*formField{}, layout: &formLayout{columns: 1}}
	f.body = container.New(f.layout)
	f.ExtendBaseWidget(f)
	return f
}

// SetColumns sets how many fields stand beside one another where the form is wide enough for it.
func (f *Form) SetColumns(columns int) *Form {
	f.layout.columns = columns
	f.body.Refresh()
	return f
}

// Add appends a field. The name is what errors refer to, such as the record's field name.
func (f *Form) Add(name, label string, object fyne.CanvasObject, options ...FieldOption) *Form {
	field := &formField{object: object, message: Caption("").Elastic()}
	parts := []fyne.CanvasObject{Muted(label).Elastic()}
	for _, option := range options {
		switch option {
		case Required:
			parts = append(parts, ColorText("*", ToneDanger))
		case Wide:
			field.wide = true
		}
	}
	field.label = HGap(2, parts...)
	field.message.Hide()
	f.fields[name] = field
	f.layout.fields = append(f.layout.fields, field)
	f.body.Objects = append(f.body.Objects, field.label, field.object, field.message)
	f.body.Refresh()
	return f
}

// Section starts a titled group of fields.
func (f *Form) Section(title string) *Form {
	field := &formField{label: HStack(Grow(Heading(title).Elastic())), section: true, wide: true}
	f.layout.fields = append(f.layout.fields, field)
	f.body.Objects = append(f.body.Objects, field.label)
	f.body.Refresh()
	return f
}

// SetHint shows a remark below a field while nothing is wrong with it.
func (f *Form) SetHint(name, hint string) {
	if field := f.fields[name]; field != nil {
		field.hint = hint
		field.show("")
		f.body.Refresh()
	}
}

// SetError says below a field what is wrong with it; "" takes it back. It reports whether the form has the field.
func (f *Form) SetError(name, text string) bool {
	field := f.fields[name]
	if field == nil {
		return false
	}
	field.show(text)
	f.body.Refresh()
	f.Refresh()
	return true
}

// SetErrors shows errors by field name and returns those that belong to no field here, to be shown elsewhere.
func (f *Form) SetErrors(errors map[string]string) (rest []string) {
	f.ClearErrors()
	for name, text := range errors {
		if !f.SetError(name, text) {
			rest = append(rest, text)
		}
	}
	return rest
}

// ClearErrors takes all errors back.
func (f *Form) ClearErrors() {
	for _, field := range f.fields {
		field.show("")
	}
	f.body.Refresh()
}

// SetVisible shows or hides a field with its label.
func (f *Form) SetVisible(name string, visible bool) {
	field := f.fields[name]
	if field == nil {
		return
	}
	if visible {
		field.object.Show()
		field.label.Show()
	} else {
		field.object.Hide()
		field.label.Hide()
	}
	field.show("")
	f.body.Refresh()
	f.Refresh()
}

func (f *formField) show(problem string) {
	if f.message == nil {
		return
	}
	text, color := f.hint, colorMuted
	if problem != "" {
		text, color = problem, colorDangerText
	}
	f.message.ColorName = color
	f.message.SetText(text)
	f.message.Refresh()
	if text == "" || !f.object.Visible() {
		f.message.Hide()
	} else {
		f.message.Show()
	}
}

// CreateRenderer implements fyne.Widget.
func (f *Form) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(f.body) }

// formLayout puts fields into columns. Each column has its labels' width in common.
type formLayout struct {
	columns int
	fields  []*formField
	width   float32
}

const (
	formRowGap    = 8
	formColumnGap = 24
	formLabelGap  = 10
	formMinColumn = 300
)

func (l *formLayout) labelWidth() float32 {
	width := float32(0)
	for _, field := range l.fields {
		if field.section {
			continue
		}
		need := float32(0)
		for i, part := range field.label.Objects {
			if text, ok := part.(*Text); ok {
				need += measure(text.Text, text.textSize(), text.Bold).Width
			}
			if i > 0 {
				need += 2
			}
		}
		width = max(width, need)
	}
	return min(width, 150*theme.Size(theme.SizeNameText)/13)
}

func (l *formLayout) columnCount(width float32) int {
	if width < 2*formMinColumn+formColumnGap {
		return 1
	}
	return max(1, l.columns)
}

func (f *formField) shown() bool { return f.label.Visible() }

func (f *formField) height() float32 {
	if f.section {
		return f.label.MinSize().Height + 6
	}
	height := max(f.object.MinSize().Height, f.label.MinSize().Height)
	if f.message.Visible() {
		height += f.message.MinSize().Height + 2
	}
	return height
}

// walk visits the rows of fields that stand beside one another.
func (l *formLayout) walk(width float32, row func(fields []*formField, height float32)) {
	columns := l.columnCount(width)
	var pending []*formField
	flush := func() {
		if len(pending) == 0 {
			return
		}
		height := float32(0)
		for _, field := range pending {
			height = max(height, field.height())
		}
		row(pending, height)
		pending = nil
	}
	for _, field := range l.fields {
		if !field.shown() {
			continue
		}
		if field.wide {
			flush()
			row([]*formField{field}, field.height())
			continue
		}
		pending = append(pending, field)
		if len(pending) == columns {
			flush()
		}
	}
	flush()
}

// MinSize implements fyne.Layout.
func (l *formLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	height, widest := float32(0), float32(0)
	for _, field := range l.fields {
		if field.shown() && !field.section {
			widest = max(widest, field.object.MinSize().Width)
		}
	}
	l.walk(l.width, func(_ []*formField, rowHeight float32) { height += rowHeight + formRowGap })
	return fyne.NewSize(l.labelWidth()+formLabelGap+widest, max(0, height-formRowGap))
}

// Layout implements fyne.Layout.
func (l *formLayout) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	l.width = size.Width
	labels := l.labelWidth()
	columns := l.columnCount(size.Width)
	column := (size.Width - formColumnGap*float32(columns-1)) / float32(columns)
	y := float32(0)
	l.walk(size.Width, func(fields []*formField, height float32) {
		for i, field := range fields {
			x, width := float32(i)*(column+formColumnGap), column
			if field.wide {
				width = size.Width
			}
			field.place(fyne.NewPos(x, y), width, labels)
		}
		y += height + formRowGap
	})
}

func (f *formField) place(at fyne.Position, width, labels float32) {
	if f.section {
		f.label.Move(at.AddXY(0, 6))
		f.label.Resize(fyne.NewSize(width, f.label.MinSize().Height))
		return
	}
	least := f.object.MinSize()
	label := f.label.MinSize().Height
	// The label stands beside the first line of the field, not beside the middle of a high one.
	firstLine := min(least.Height, theme.Size(theme.SizeNameText)*1.5+2*theme.Size(theme.SizeNameInnerPadding))
	f.label.Move(at.AddXY(0, max(0, (firstLine-label)/2)))
	f.label.Resize(fyne.NewSize(labels, label))
	x := at.AddXY(labels+formLabelGap, 0)
	f.object.Move(x)
	f.object.Resize(fyne.NewSize(width-labels-formLabelGap, max(least.Height, label)))
	f.message.Move(x.AddXY(2, max(least.Height, label)+2))
	f.message.Resize(fyne.NewSize(width-labels-formLabelGap-2, f.message.MinSize().Height))
}
