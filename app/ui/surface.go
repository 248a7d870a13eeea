package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// surface is a rectangle in colors of the theme, which the toolkit's canvas rectangle does not follow.
type surface struct {
	widget.BaseWidget
	fill, stroke fyne.ThemeColorName
	radius       float32
	least        fyne.Size
	rectangle    *canvas.Rectangle
}

func newSurface(fill, stroke fyne.ThemeColorName, radius float32) *surface {
	s := &surface{fill: fill, stroke: stroke, radius: radius}
	s.ExtendBaseWidget(s)
	return s
}

// hairline is the thin line between things.
func hairline() *surface {
	line := newSurface(theme.ColorNameSeparator, colorClear, 0)
	line.least = fyne.NewSize(1, 1)
	return line
}

func (s *surface) setColors(fill, stroke fyne.ThemeColorName) {
	if s.fill == fill && s.stroke == stroke {
		return
	}
	s.fill, s.stroke = fill, stroke
	s.Refresh()
}

// MinSize implements fyne.CanvasObject.
func (s *surface) MinSize() fyne.Size { return s.least }

// CreateRenderer implements fyne.Widget.
func (s *surface) CreateRenderer() fyne.WidgetRenderer {
	s.rectangle = canvas.NewRectangle(nil)
	r := &surfaceRenderer{WidgetRenderer: widget.NewSimpleRenderer(s.rectangle), surface: s}
	r.Refresh()
	return r
}

type surfaceRenderer struct {
	fyne.WidgetRenderer
	surface *surface
}

// MinSize implements fyne.WidgetRenderer.
func (r *surfaceRenderer) MinSize() fyne.Size { return r.surface.least }

// Refresh implements fyne.WidgetRenderer.
func (r *surfaceRenderer) Refresh() {
	rectangle := r.surface.rectangle
	rectangle.FillColor = themeColor(r.surface.fill)
	rectangle.StrokeColor = themeColor(r.surface.stroke)
	rectangle.StrokeWidth = 1
	if r.surface.stroke == colorClear {
		rectangle.StrokeWidth = 0
	}
	rectangle.CornerRadius = r.surface.radius
	rectangle.Refresh()
}

// Panel is content on a bordered surface, with the normal space around it.
func Panel(content fyne.CanvasObject) *fyne.Container { return bareCard(Pad(content)) }

// bareCard is content on a bordered surface without space around it.
func bareCard(content fyne.CanvasObject) *fyne.Container {
	return container.NewStack(newSurface(colorSurface, theme.ColorNameSeparator, 8), content)
}

// NewCard is a titled panel; actions stand at the right of the title.
func NewCard(title string, content fyne.CanvasObject, actions ...fyne.CanvasObject) *fyne.Container {
	return Panel(Border(PadBottom(gapNormal, SectionHeader(title, actions...)), nil, nil, nil, content))
}

// PadBottom puts space below an object.
func PadBottom(space float32, object fyne.CanvasObject) *fyne.Container {
	return container.New(&bottomPad{space}, object)
}

type bottomPad struct{ space float32 }

func (p *bottomPad) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return objects[0].MinSize().AddWidthHeight(0, p.space)
}

func (p *bottomPad) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Resize(size.SubtractWidthHeight(0, p.space))
	objects[0].Move(fyne.NewPos(0, 0))
}

// SectionHeader is the title of a section with its actions at the right.
func SectionHeader(title string, actions ...fyne.CanvasObject) *fyne.Container {
	objects := append([]fyne.CanvasObject{Grow(Heading(title).Elastic())}, actions...)
	return MinSize(0, 28, HGap(gapSmall, objects...))
}

// tappable makes content react to a click and a hover, without being a button.
type tappable struct {
	widget.BaseWidget
	content fyne.CanvasObject
	hover   *surface
	onTap   func()
	lit     fyne.ThemeColorName // the color while the pointer is on it
}

func newTappable(content fyne.CanvasObject, radius float32, onTap func()) *tappable {
	t := &tappable{content: content, onTap: onTap, lit: theme.ColorNameHover, hover: newSurface(colorClear, colorClear, radius)}
	t.ExtendBaseWidget(t)
	return t
}

// Tapped implements fyne.Tappable.
func (t *tappable) Tapped(*fyne.PointEvent) {
	if t.onTap != nil {
		t.onTap()
	}
}

// MouseIn implements desktop.Hoverable.
func (t *tappable) MouseIn(*desktop.MouseEvent) {
	if t.onTap != nil {
		t.hover.setColors(t.lit, colorClear)
	}
}

// MouseMoved implements desktop.Hoverable.
func (t *tappable) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (t *tappable) MouseOut() { t.hover.setColors(colorClear, colorClear) }

// Cursor implements desktop.Cursorable.
func (t *tappable) Cursor() desktop.Cursor {
	if t.onTap == nil {
		return desktop.DefaultCursor
	}
	return desktop.PointerCursor
}

// CreateRenderer implements fyne.Widget.
func (t *tappable) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewStack(t.hover, t.content))
}
