package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Badge is a short word on a soft color: a status, a tier, a count.
type Badge struct {
	widget.BaseWidget
	text *Text
	back *surface
}

// NewBadge returns a badge in the color of a tone.
func NewBadge(text string, tone Tone) *Badge {
	b := &Badge{text: Caption(text), back: newSurface(tone.fillColor(), colorClear, 9)}
	b.text.ColorName = badgeTextColor(tone)
	b.text.Align = fyne.TextAlignCenter
	b.ExtendBaseWidget(b)
	return b
}

func badgeTextColor(tone Tone) fyne.ThemeColorName {
	if tone == ToneNeutral {
		return colorMuted
	}
	return tone.textColor()
}

// Set changes the word and its color.
func (b *Badge) Set(text string, tone Tone) {
	b.text.ColorName = badgeTextColor(tone)
	b.text.SetText(text)
	b.text.Refresh()
	b.back.setColors(tone.fillColor(), colorClear)
}

// CreateRenderer implements fyne.Widget.
func (b *Badge) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewStack(b.back, PadXY(8, 2, b.text)))
}

// Dot is a small disc in the color of a tone.
func Dot(tone Tone) fyne.CanvasObject {
	return Fixed(8, 8, newSurface(tone.solidColor(), colorClear, 4))
}

// StatTile is one figure with its name, a note below it, and what opens when it is tapped.
type StatTile struct {
	widget.BaseWidget
	label, value, note *Text
	body               fyne.CanvasObject
}

// NewStatTile returns a tile. The tone colors the figure; onTap may be nil.
func NewStatTile(label, value, note string, tone Tone, onTap func()) *StatTile {
	s := &StatTile{label: Caption(label).Elastic(), note: Caption(note).Elastic()}
	s.value = styled(value, tone.textColor(), sizeStat, true).Elastic()
	content := bareCard(newTappable(PadXY(14, 10, VGap(2, s.label, s.value, s.note)), 8, onTap))
	s.body = content
	s.ExtendBaseWidget(s)
	return s
}

// Set changes the figure, its note and its color.
func (s *StatTile) Set(value, note string, tone Tone) {
	s.value.ColorName = tone.textColor()
	s.value.SetText(value)
	s.value.Refresh()
	s.note.SetText(note)
}

// MinSize implements fyne.CanvasObject: tiles stay readable however short their texts are.
func (s *StatTile) MinSize() fyne.Size {
	s.ExtendBaseWidget(s)
	return s.BaseWidget.MinSize().Max(fyne.NewSize(120, 0))
}

// CreateRenderer implements fyne.Widget.
func (s *StatTile) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(s.body) }

// Progress is a thin bar that is filled to a share.
type Progress struct {
	widget.BaseWidget
	fraction    float64
	back, front *surface
}

// NewProgress returns a bar filled to the fraction (0 to 1) in the color of a tone.
func NewProgress(fraction float64, tone Tone) *Progress {
	p := &Progress{
		fraction: fraction,
		back:     newSurface(colorNeutralFill, colorClear, 3), front: newSurface(tone.solidColor(), colorClear, 3),
	}
	p.ExtendBaseWidget(p)
	return p
}

// Set fills the bar to another share.
func (p *Progress) Set(fraction float64, tone Tone) {
	p.fraction = fraction
	p.front.setColors(tone.solidColor(), colorClear)
	p.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (p *Progress) CreateRenderer() fyne.WidgetRenderer {
	return &progressRenderer{WidgetRenderer: widget.NewSimpleRenderer(container.NewWithoutLayout(p.back, p.front)), p: p}
}

type progressRenderer struct {
	fyne.WidgetRenderer
	p *Progress
}

// MinSize implements fyne.WidgetRenderer.
func (r *progressRenderer) MinSize() fyne.Size { return fyne.NewSize(48, 6) }

// Layout implements fyne.WidgetRenderer.
func (r *progressRenderer) Layout(size fyne.Size) {
	r.WidgetRenderer.Layout(size)
	y := (size.Height - 6) / 2
	fraction := float32(min(1, max(0, r.p.fraction)))
	r.p.back.Move(fyne.NewPos(0, y))
	r.p.back.Resize(fyne.NewSize(size.Width, 6))
	r.p.front.Move(fyne.NewPos(0, y))
	r.p.front.Resize(fyne.NewSize(size.Width*fraction, 6))
}

// Refresh implements fyne.WidgetRenderer.
func (r *progressRenderer) Refresh() {
	r.Layout(r.p.Size())
	r.WidgetRenderer.Refresh()
}

// Icon shows an icon at the size of the text beside it.
func Icon(res fyne.Resource) fyne.CanvasObject {
	size := theme.Size(theme.SizeNameInlineIcon)
	return Fixed(size, size, widget.NewIcon(res))
}

// IconSized shows an icon as a square of the given side.
func IconSized(res fyne.Resource, side float32) fyne.CanvasObject {
	return Fixed(side, side, widget.NewIcon(res))
}
