package ui

import (
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
)

// Gaps of the layout grid, in pixels.
const (
	gapSmall  = 4
	gapNormal = 8
	gapLarge  = 12
	gapPage   = 16
)

// stack lays out a row or a column with a fixed gap. The toolkit's boxes take the theme's padding, which is too
// tight between fields and too wide between badges.
type stack struct {
	gap        float32
	horizontal bool
}

func (s *stack) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var along, across float32
	shown := 0
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		size := o.MinSize()
		if s.horizontal {
			along, across = along+size.Width, max(across, size.Height)
		} else {
			along, across = along+size.Height, max(across, size.Width)
		}
		shown++
	}
	if shown > 1 {
		along += s.gap * float32(shown-1)
	}
	if s.horizontal {
		return fyne.NewSize(along, across)
	}
	return fyne.NewSize(across, along)
}

// stretching is an object that can do with less but wants this much: a text that may be shortened, a row of chips
// that may wrap.
type stretching interface{ wantedWidth() float32 }

// wants returns how much wider than its least width an object would like to be.
func wants(o fyne.CanvasObject) float32 {
	if elastic, ok := o.(stretching); ok {
		return max(0, elastic.wantedWidth()-o.MinSize().Width)
	}
	if box, ok := o.(*fyne.Container); ok {
		if elastic, ok := box.Layout.(*flow); ok {
			return max(0, elastic.wantedWidth(box.Objects)-o.MinSize().Width)
		}
	}
	return 0
}

// Layout implements fyne.Layout.
func (s *stack) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects = visible(objects)
	if s.horizontal {
		s.layoutRow(objects, size)
		return
	}
	widen(size.Width, objects)
	share := shareOf(objects, size.Height-s.MinSize(objects).Height)
	y := float32(0)
	for _, o := range objects {
		height := o.MinSize().Height
		if grows(o) {
			height += share
		}
		o.Move(fyne.NewPos(0, y))
		o.Resize(fyne.NewSize(size.Width, height))
		y += height + s.gap
	}
}

func (s *stack) layoutRow(objects []fyne.CanvasObject, size fyne.Size) {
	free := size.Width - s.MinSize(objects).Width
	wanted := float32(0)
	for _, o := range objects {
		wanted += wants(o)
	}
	// What objects want comes before what grows; when there is less, all get the same part of what they want.
	part := float32(0)
	if wanted > 0 && free > 0 {
		part = min(1, free/wanted)
		free -= part * wanted
	}
	share := shareOf(objects, free)
	x := float32(0)
	for _, o := range objects {
		least := o.MinSize()
		width := least.Width + part*wants(o)
		if grows(o) {
			width += share
		}
		if free < 0 {
			width = min(width, max(0, size.Width-x))
		}
		height := min(o.MinSize().Height, size.Height)
		if fillsAcross(o) {
			height = size.Height
		}
		o.Move(fyne.NewPos(x, (size.Height-height)/2))
		o.Resize(fyne.NewSize(width, height))
		x += width + s.gap
	}
}

// widen gives objects their width before they are asked for their height: texts that wrap know it only then.
func widen(width float32, objects []fyne.CanvasObject) {
	for _, o := range objects {
		if o.Size().Width != width {
			o.Resize(fyne.NewSize(width, o.Size().Height))
		}
	}
}

// shareOf is what each growing object gets of the space that is left.
func shareOf(objects []fyne.CanvasObject, free float32) float32 {
	growing := 0
	for _, o := range objects {
		if grows(o) {
			growing++
		}
	}
	return max(0, free) / float32(max(1, growing))
}

// growing marks an object that takes the space that is left in a stack.
type growing struct{ fill bool }

func (g *growing) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return layout.NewStackLayout().MinSize(objects)
}

func (g *growing) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	layout.NewStackLayout().Layout(objects, size)
}

func grows(o fyne.CanvasObject) bool {
	box, ok := o.(*fyne.Container)
	if !ok {
		return false
	}
	_, ok = box.Layout.(*growing)
	return ok
}

func fillsAcross(o fyne.CanvasObject) bool {
	box, ok := o.(*fyne.Container)
	if !ok {
		return false
	}
	g, ok := box.Layout.(*growing)
	return ok && g.fill
}

// VStack puts objects below one another.
func VStack(objects ...fyne.CanvasObject) *fyne.Container { return VGap(gapNormal, objects...) }

// VGap puts objects below one another with the given gap.
func VGap(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&stack{gap: gap}, objects...)
}

// HStack puts objects beside one another, each in the middle of the row's height.
func HStack(objects ...fyne.CanvasObject) *fyne.Container { return HGap(gapNormal, objects...) }

// HGap puts objects beside one another with the given gap.
func HGap(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&stack{gap: gap, horizontal: true}, objects...)
}

// Grow makes an object take the space that is left in a VStack or HStack.
func Grow(object fyne.CanvasObject) *fyne.Container {
	return container.New(&growing{fill: true}, object)
}

// Spacer takes the space that is left in a VStack or HStack.
func Spacer() fyne.CanvasObject { return container.New(&growing{}) }

// Pad puts the space of a card's edge around an object.
func Pad(object fyne.CanvasObject) *fyne.Container { return PadXY(gapLarge, gapLarge, object) }

// PadXY puts space left and right (x), above and below (y) of an object.
func PadXY(x, y float32, object fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewCustomPaddedLayout(y, y, x, x), object)
}

// Border puts objects at the edges, each may be nil, and gives the rest to the center.
func Border(top, bottom, left, right, center fyne.CanvasObject) *fyne.Container {
	if center == nil {
		return container.NewBorder(top, bottom, left, right)
	}
	return container.NewBorder(top, bottom, left, right, center)
}

// Scroll makes an object scroll up and down. The small space around it keeps the borders and focus rings of what
// stands at the edge from being cut off.
func Scroll(object fyne.CanvasObject) *container.Scroll {
	return container.NewVScroll(PadXY(3, 3, object))
}

// Grid puts objects in equal columns, as many as fit with each at least minCell wide.
func Grid(minCell float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&gridLayout{cell: minCell, gap: gapLarge}, objects...)
}

type gridLayout struct {
	cell, gap, width float32
}

func (g *gridLayout) columns(width float32, count int) int {
	if count == 0 {
		return 1
	}
	columns := int(math.Floor(float64((width + g.gap) / (g.cell + g.gap))))
	return max(1, min(columns, count))
}

func visible(objects []fyne.CanvasObject) []fyne.CanvasObject {
	shown := make([]fyne.CanvasObject, 0, len(objects))
	for _, o := range objects {
		if o.Visible() {
			shown = append(shown, o)
		}
	}
	return shown
}

func (g *gridLayout) rows(objects []fyne.CanvasObject, width float32, each func(row []fyne.CanvasObject, height float32)) {
	objects = visible(objects)
	columns := g.columns(width, len(objects))
	for len(objects) > 0 {
		row := objects[:min(columns, len(objects))]
		objects = objects[len(row):]
		height := float32(0)
		for _, o := range row {
			height = max(height, o.MinSize().Height)
		}
		each(row, height)
	}
}

func (g *gridLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	width := max(g.width, g.cell)
	total := -g.gap
	g.rows(objects, width, func(_ []fyne.CanvasObject, height float32) { total += height + g.gap })
	return fyne.NewSize(g.cell, max(0, total))
}

func (g *gridLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	g.width = size.Width
	columns := g.columns(size.Width, len(visible(objects)))
	cell := (size.Width - g.gap*float32(columns-1)) / float32(columns)
	y := float32(0)
	g.rows(objects, size.Width, func(row []fyne.CanvasObject, height float32) {
		for i, o := range row {
			o.Move(fyne.NewPos(float32(i)*(cell+g.gap), y))
			o.Resize(fyne.NewSize(cell, height))
		}
		y += height + g.gap
	})
}

// Fixed gives an object exactly this size; 0 leaves its own.
func Fixed(width, height float32, object fyne.CanvasObject) *fyne.Container {
	return container.New(&sizeLayout{width: width, height: height, fixed: true}, object)
}

// MinSize gives an object at least this size.
func MinSize(width, height float32, object fyne.CanvasObject) *fyne.Container {
	return container.New(&sizeLayout{width: width, height: height}, object)
}

// MaxWidth keeps an object from growing wider than this, so that forms and texts stay readable on wide screens.
func MaxWidth(width float32, object fyne.CanvasObject) *fyne.Container {
	return container.New(&maxWidthLayout{width: width}, object)
}

type sizeLayout struct {
	width, height float32
	fixed         bool
}

func (s *sizeLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	if s.fixed && s.width > 0 {
		widen(s.width, objects)
	}
	size := layout.NewStackLayout().MinSize(objects)
	if s.width > 0 {
		if s.fixed {
			size.Width = s.width
		}
		size.Width = max(size.Width, s.width)
	}
	if s.height > 0 {
		if s.fixed {
			size.Height = s.height
		}
		size.Height = max(size.Height, s.height)
	}
	return size
}

func (s *sizeLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	if s.fixed {
		if s.width > 0 {
			size.Width = s.width
		}
		if s.height > 0 {
			size.Height = s.height
		}
	}
	layout.NewStackLayout().Layout(objects, size)
}

type maxWidthLayout struct{ width float32 }

func (m *maxWidthLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := layout.NewStackLayout().MinSize(objects)
	size.Width = min(size.Width, m.width)
	return size
}

func (m *maxWidthLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	size.Width = min(size.Width, m.width)
	layout.NewStackLayout().Layout(objects, size)
}
