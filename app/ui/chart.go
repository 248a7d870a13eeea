package ui

import (
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Bar is one bar of a chart: its label below, its value, and the text above it.
type Bar struct {
	Label string
	Value float64
	Text  string
	Tone  Tone
}

// Series is one line of a chart.
type Series struct {
	Name   string
	Values []float64
	Tone   Tone
}

// Chart draws figures with the canvas alone, in the theme's colors and font.
type Chart struct {
	widget.BaseWidget
	draw    func(p *plot)
	least   fyne.Size
	objects []fyne.CanvasObject
}

// NewBarChart draws bars beside one another. Labels that have no room are left out, evenly.
func NewBarChart(bars []Bar) *Chart {
	return newChart(func(p *plot) { p.bars(bars) }, fyne.NewSize(160, 130))
}

// NewLineChart draws lines over the same labels. format writes the values of the scale at the left.
func NewLineChart(labels []string, series []Series, format func(float64) string) *Chart {
	return newChart(func(p *plot) { p.lines(labels, series, format) }, fyne.NewSize(200, 150))
}

func newChart(draw func(*plot), least fyne.Size) *Chart {
	c := &Chart{draw: draw, least: least}
	c.ExtendBaseWidget(c)
	return c
}

// CreateRenderer implements fyne.Widget.
func (c *Chart) CreateRenderer() fyne.WidgetRenderer { return &chartRenderer{c} }

type chartRenderer struct{ chart *Chart }

func (r *chartRenderer) Destroy()                     {}
func (r *chartRenderer) MinSize() fyne.Size           { return r.chart.least }
func (r *chartRenderer) Objects() []fyne.CanvasObject { return r.chart.objects }

// Layout implements fyne.WidgetRenderer.
func (r *chartRenderer) Layout(size fyne.Size) {
	p := &plot{size: size}
	r.chart.draw(p)
	r.chart.objects = p.objects
}

// Refresh implements fyne.WidgetRenderer.
func (r *chartRenderer) Refresh() {
	r.Layout(r.chart.Size())
	canvas.Refresh(r.chart)
}

// plot collects what a chart is drawn with at one size.
type plot struct {
	size    fyne.Size
	objects []fyne.CanvasObject
}

// row is the height of a line of small text.
func (p *plot) row() float32 { return 14 * theme.Size(theme.SizeNameText) / 13 }

func (p *plot) text(text string, center float32, y, room float32, ink fyne.ThemeColorName) {
	size := theme.Size(theme.SizeNameCaptionText) - 1
	shown := canvas.NewText(Elide(text, room, size, false), themeColor(ink))
	shown.TextSize = size
	shown.Alignment = fyne.TextAlignCenter
	shown.Move(fyne.NewPos(center-room/2, y))
	shown.Resize(fyne.NewSize(room, p.row()))
	p.objects = append(p.objects, shown)
}

func (p *plot) rectangle(x, y, width, height float32, fill color.Color, radius float32) {
	shape := canvas.NewRectangle(fill)
	shape.CornerRadius = radius
	shape.Move(fyne.NewPos(x, y))
	shape.Resize(fyne.NewSize(width, height))
	p.objects = append(p.objects, shape)
}

func (p *plot) line(from, to fyne.Position, ink color.Color, width float32) {
	shape := canvas.NewLine(ink)
	shape.StrokeWidth = width
	shape.Position1, shape.Position2 = from, to
	p.objects = append(p.objects, shape)
}

func (p *plot) empty() {
	p.text(T("ui.chart.empty"), p.size.Width/2, p.size.Height/2-8, p.size.Width, colorMuted)
}

func (p *plot) bars(bars []Bar) {
	if len(bars) == 0 {
		p.empty()
		return
	}
	low, high := 0.0, 0.0
	for _, bar := range bars {
		low, high = math.Min(low, bar.Value), math.Max(high, bar.Value)
	}
	if high == low {
		high = low + 1
	}
	top, bottom := p.row()+4, p.size.Height-p.row()-6
	perUnit := (bottom - top) / float32(high-low)
	zero := bottom + float32(low)*perUnit
	slot := p.size.Width / float32(len(bars))
	width := min(44, slot*0.62)
	every := p.labelStep(len(bars), slot, func(i int) string { return bars[i].Label })
	values := p.labelStep(len(bars), slot, func(i int) string { return bars[i].Text })
	for i, bar := range bars {
		center := slot * (float32(i) + 0.5)
		height := max(1, float32(math.Abs(bar.Value))*perUnit)
		y := zero - height
		if bar.Value < 0 {
			y = zero
		}
		tone := bar.Tone
		if tone == ToneNeutral {
			tone = ToneAccent
		}
		p.rectangle(center-width/2, y, width, height, themeColor(tone.solidColor()), min(3, height/2))
		if i%values == 0 && bar.Text != "" {
			p.text(bar.Text, center, max(0, min(y, zero)-p.row()-2), slot*float32(values), theme.ColorNameForeground)
		}
		if i%every == 0 {
			p.text(bar.Label, center, p.size.Height-p.row()-1, slot*float32(every), colorMuted)
		}
	}
	p.line(fyne.NewPos(0, zero), fyne.NewPos(p.size.Width, zero), themeColor(theme.ColorNameSeparator), 1)
}

// labelStep returns how many places share the room of one label, so that labels neither overlap nor shrink.
func (p *plot) labelStep(count int, slot float32, label func(int) string) int {
	size := theme.Size(theme.SizeNameCaptionText) - 1
	widest := float32(0)
	for i := range count {
		widest = max(widest, measure(label(i), size, false).Width)
	}
	widest = min(widest, 90)
	return max(1, int(math.Ceil(float64((widest+6)/max(slot, 1)))))
}

func (p *plot) lines(labels []string, series []Series, format func(float64) string) {
	count := len(labels)
	low, high := 0.0, 0.0
	for _, one := range series {
		for _, value := range one.Values {
			low, high = math.Min(low, value), math.Max(high, value)
		}
	}
	if count == 0 || len(series) == 0 || high == low {
		p.empty()
		return
	}
	step := niceStep((high - low) / 4)
	low, high = math.Floor(low/step)*step, math.Ceil(high/step)*step
	size := theme.Size(theme.SizeNameCaptionText) - 1
	left := float32(0)
	for value := low; value <= high+step/2; value += step {
		left = max(left, measure(format(value), size, false).Width)
	}
	left += 10
	top, bottom := float32(6), p.size.Height-p.row()-6
	if len(series) > 1 {
		top += p.row() + 6
		p.legend(series, left)
	}
	y := func(value float64) float32 { return bottom - (bottom-top)*float32((value-low)/(high-low)) }
	for value := low; value <= high+step/2; value += step {
		p.line(fyne.NewPos(left, y(value)), fyne.NewPos(p.size.Width, y(value)), themeColor(colorGrid), 1)
		p.text(format(value), (left-6)/2, y(value)-p.row()/2, left-6, colorMuted)
	}
	slot := (p.size.Width - left) / float32(count)
	x := func(i int) float32 { return left + slot*(float32(i)+0.5) }
	every := p.labelStep(count, slot, func(i int) string { return labels[i] })
	for i, label := range labels {
		if i%every == 0 {
			p.text(label, x(i), p.size.Height-p.row()-1, slot*float32(every), colorMuted)
		}
	}
	for _, one := range series {
		p.curve(one, x, y)
	}
}

func (p *plot) curve(one Series, x func(int) float32, y func(float64) float32) {
	ink := themeColor(seriesTone(one.Tone).solidColor())
	for i, value := range one.Values {
		at := fyne.NewPos(x(i), y(value))
		if i > 0 {
			p.line(fyne.NewPos(x(i-1), y(one.Values[i-1])), at, ink, 2)
		}
		if len(one.Values) <= 24 {
			p.rectangle(at.X-3, at.Y-3, 6, 6, ink, 3)
		}
	}
}

func seriesTone(tone Tone) Tone {
	if tone == ToneNeutral {
		return ToneAccent
	}
	return tone
}

func (p *plot) legend(series []Series, x float32) {
	size := theme.Size(theme.SizeNameCaptionText) - 1
	for _, one := range series {
		p.rectangle(x, 4, 8, 8, themeColor(seriesTone(one.Tone).solidColor()), 4)
		width := measure(one.Name, size, false).Width + 4
		p.text(one.Name, x+12+width/2, 1, width, colorMuted)
		x += width + 26
	}
}

// niceStep rounds a step of a scale up to 1, 2 or 5 times a power of ten.
func niceStep(step float64) float64 {
	power := math.Pow10(int(math.Floor(math.Log10(step))))
	for _, factor := range []float64{1, 2, 5, 10} {
		if step <= factor*power {
			return factor * power
		}
	}
	return 10 * power
}
