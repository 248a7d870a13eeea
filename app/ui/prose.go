package ui

import (
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// ProseText shows what people wrote, in full: it wraps, can be selected and copied, and stands flush with the labels above and
// below it. The toolkit breaks lines at spaces, of which Chinese has few, or anywhere, which begins lines with a comma; this
// breaks them as both scripts want it.
type ProseText struct {
	widget.BaseWidget
	text  string
	label *widget.Label
	lines int
	width float32
}

// Prose returns a text that wraps.
func Prose(text string) *ProseText {
	p := &ProseText{text: text, label: widget.NewLabel(""), lines: 1}
	p.label.Selectable = true
	p.ExtendBaseWidget(p)
	return p
}

// FullText returns the text as it was written.
func (p *ProseText) FullText() string { return p.text }

// wrap breaks the text for a width and reports whether its height changed.
func (p *ProseText) wrap(width float32) bool {
	p.width = width
	before := p.lines
	lines := breakLines(p.text, width, runeWidths(theme.Size(theme.SizeNameText)))
	p.lines = len(lines)
	p.label.SetText(strings.Join(lines, "\n"))
	return p.lines != before
}

// Resize implements fyne.CanvasObject.
func (p *ProseText) Resize(size fyne.Size) {
	changed := size.Width != p.width && size.Width > 0 && p.wrap(size.Width)
	p.BaseWidget.Resize(size)
	if changed {
		p.Refresh()
	}
}

// CreateRenderer implements fyne.Widget.
func (p *ProseText) CreateRenderer() fyne.WidgetRenderer {
	return &proseRenderer{WidgetRenderer: widget.NewSimpleRenderer(p.label), prose: p}
}

type proseRenderer struct {
	fyne.WidgetRenderer
	prose *ProseText
}

// MinSize implements fyne.WidgetRenderer.
func (r *proseRenderer) MinSize() fyne.Size {
	padding := theme.Size(theme.SizeNameInnerPadding)
	height := r.prose.label.MinSize().Height - 2*padding
	return fyne.NewSize(60, max(height, 0))
}

// Layout implements fyne.WidgetRenderer. The label keeps a padding around its text that columns of text do not need.
func (r *proseRenderer) Layout(size fyne.Size) {
	padding := theme.Size(theme.SizeNameInnerPadding)
	r.prose.label.Move(fyne.NewPos(-padding, -padding))
	r.prose.label.Resize(size.AddWidthHeight(2*padding, 2*padding))
}

// Refresh implements fyne.WidgetRenderer: another text size breaks other lines.
func (r *proseRenderer) Refresh() {
	if r.prose.width > 0 {
		r.prose.wrap(r.prose.width)
	}
	r.Layout(r.prose.Size())
	r.WidgetRenderer.Refresh()
}

// runeWidths measures single characters at a size and remembers them.
func runeWidths(size float32) func(rune) float32 {
	known := map[rune]float32{}
	return func(r rune) float32 {
		if unicode.Is(unicode.Han, r) {
			r = '中' // they are all as wide
		}
		width, ok := known[r]
		if !ok {
			width = fyne.MeasureText(string(r), size, fyne.TextStyle{}).Width
			known[r] = width
		}
		return width
	}
}

// What must not begin a line, and what must not end one.
const (
	notFirst = "，。！？；：、）》〉」』】”’…—～·,.!?;:)]}%"
	notLast  = "（《〈「『【“‘([{"
)

// breakLines breaks a text into lines no wider than width: at spaces, and between the characters of scripts that have none, but
// never before closing or after opening punctuation. Only what is too wide for a line of its own is broken anywhere.
func breakLines(text string, width float32, measure func(rune) float32) []string {
	var lines []string
	for _, paragraph := range strings.Split(strings.ReplaceAll(text, "\r", ""), "\n") {
		lines = append(lines, breakParagraph([]rune(paragraph), width, measure)...)
	}
	return lines
}

func breakParagraph(runes []rune, width float32, measure func(rune) float32) []string {
	var lines []string
	start, last := 0, -1 // where the line begins, and the last place after which it may end
	used := float32(0)
	for i := 0; i < len(runes); i++ {
		used += measure(runes[i])
		if used > width && i > start && !unicode.IsSpace(runes[i]) {
			end := i
			if last >= start {
				end = last + 1
			}
			lines = append(lines, strings.TrimRight(string(runes[start:end]), " "))
			start, last, used = end, -1, 0
			i = end - 1
			continue
		}
		if i+1 < len(runes) && mayBreak(runes[i], runes[i+1]) {
			last = i
		}
	}
	return append(lines, string(runes[start:]))
}

func mayBreak(before, after rune) bool {
	switch {
	case unicode.IsSpace(before):
		return true
	case strings.ContainsRune(notFirst, after), strings.ContainsRune(notLast, before), unicode.IsSpace(after):
		return false
	}
	return wide(before) || wide(after)
}

// wide says whether a character belongs to a script that is written without spaces.
func wide(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) || r >= 0x3000 && r <= 0x303F || r >= 0xFF00 && r <= 0xFFEF
}
