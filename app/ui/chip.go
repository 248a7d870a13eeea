package ui

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// chip is one option of a row of chips. It takes the keyboard: Space turns it on and off.
type chip struct {
	tappable
	border *surface
	on     bool
}

func newChip(option Option, on bool, onTap func()) *chip {
	label := NewText(option.Label)
	parts := []fyne.CanvasObject{label}
	fill, edge := colorSurface, theme.ColorNameInputBorder
	if on {
		fill, edge = colorAccentFill, theme.ColorNamePrimary
		label.ColorName = colorAccentText
	}
	if option.Count > 0 {
		count := Caption(strconv.Itoa(option.Count))
		if on {
			count.ColorName = colorAccentText
		}
		parts = append(parts, count)
	}
	c := &chip{on: on, border: newSurface(fill, edge, 12)}
	c.content = container.NewStack(c.border, PadXY(11, 3, HGap(5, parts...)))
	c.hover = newSurface(colorClear, colorClear, 12)
	c.onTap, c.lit = onTap, theme.ColorNameHover
	c.ExtendBaseWidget(c)
	return c
}

// FocusGained implements fyne.Focusable.
func (c *chip) FocusGained() { c.border.setColors(theme.ColorNameFocus, theme.ColorNamePrimary) }

// FocusLost implements fyne.Focusable.
func (c *chip) FocusLost() {
	if c.on {
		c.border.setColors(colorAccentFill, theme.ColorNamePrimary)
		return
	}
	c.border.setColors(colorSurface, theme.ColorNameInputBorder)
}

// TypedRune implements fyne.Focusable.
func (c *chip) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (c *chip) TypedKey(event *fyne.KeyEvent) {
	if event.Name == fyne.KeySpace || event.Name == fyne.KeyReturn {
		c.onTap()
	}
}

// CreateRenderer implements fyne.Widget. The hover stands above the chip's own color.
func (c *chip) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewStack(c.content, c.hover))
}

// flow puts objects beside one another and wraps to the next line where there is no room.
type flow struct {
	gap, width float32
}

func newFlow(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&flow{gap: gap}, objects...)
}

// Flow puts objects beside one another and wraps them: badges, filters.
func Flow(objects ...fyne.CanvasObject) *fyne.Container { return newFlow(gapNormal, objects...) }

func (f *flow) arrange(objects []fyne.CanvasObject, width float32, place func(fyne.CanvasObject, fyne.Position, fyne.Size)) float32 {
	x, y, line := float32(0), float32(0), float32(0)
	for _, o := range visible(objects) {
		size := o.MinSize()
		if x > 0 && x+size.Width > width+0.5 {
			x, y, line = 0, y+line+f.gap, 0
		}
		size.Width = min(size.Width, max(width, 1))
		place(o, fyne.NewPos(x, y), size)
		x, line = x+size.Width+f.gap, max(line, size.Height)
	}
	return y + line
}

func (f *flow) wantedWidth(objects []fyne.CanvasObject) float32 {
	width := -f.gap
	for _, o := range visible(objects) {
		width += o.MinSize().Width + f.gap
	}
	return max(0, width)
}

// MinSize implements fyne.Layout: as wide as the widest object, and as high as the lines at the width that the
// row has now, at first one line.
func (f *flow) MinSize(objects []fyne.CanvasObject) fyne.Size {
	width := f.width
	if width == 0 {
		width = f.wantedWidth(objects)
	}
	widest := float32(0)
	for _, o := range visible(objects) {
		widest = max(widest, o.MinSize().Width)
	}
	height := f.arrange(objects, width, func(fyne.CanvasObject, fyne.Position, fyne.Size) {})
	return fyne.NewSize(widest, height)
}

// Layout implements fyne.Layout.
func (f *flow) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	f.width = size.Width
	f.arrange(objects, size.Width, func(o fyne.CanvasObject, at fyne.Position, size fyne.Size) {
		o.Move(at)
		o.Resize(size)
	})
}
