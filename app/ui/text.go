package ui

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Text is one line of text that follows the theme and is shortened with an ellipsis to the space that it gets.
// It is far cheaper than the toolkit's Label, which lays out rich text, and tables are full of it.
type Text struct {
	widget.BaseWidget
	Text string
	// ColorName and SizeName are names of the theme's.
	ColorName fyne.ThemeColorName
	SizeName  fyne.ThemeSizeName
	Bold      bool
	Align     fyne.TextAlign
	// Floor is the least width that the text asks for; 0 asks for the whole text, below that it is shortened.
	Floor float32
	line  *canvas.Text
}

// NewText returns a line of text in the normal size and color.
func NewText(text string) *Text {
	t := &Text{Text: text, ColorName: theme.ColorNameForeground, SizeName: theme.SizeNameText}
	t.ExtendBaseWidget(t)
	return t
}

// Label is a plain line of text.
func Label(text string) *Text { return NewText(text) }

// Strong is a line of bold text.
func Strong(text string) *Text {
	return styled(text, theme.ColorNameForeground, theme.SizeNameText, true)
}

// Title is a page's title.
func Title(text string) *Text {
	return styled(text, theme.ColorNameForeground, theme.SizeNameHeadingText, true)
}

// Heading is the title of a section or card.
func Heading(text string) *Text {
	return styled(text, theme.ColorNameForeground, theme.SizeNameSubHeadingText, true)
}

// Muted is a line of text that matters less.
func Muted(text string) *Text { return styled(text, colorMuted, theme.SizeNameText, false) }

// Caption is a small line of text that matters less.
func Caption(text string) *Text { return styled(text, colorMuted, theme.SizeNameCaptionText, false) }

// ColorText is a line of text in the color of a tone.
func ColorText(text string, tone Tone) *Text {
	return styled(text, tone.textColor(), theme.SizeNameText, false)
}

func styled(text string, color fyne.ThemeColorName, size fyne.ThemeSizeName, bold bool) *Text {
	t := NewText(text)
	t.ColorName, t.SizeName, t.Bold = color, size, bold
	return t
}

// Elastic lets the text be shortened down to a few characters instead of asking for its whole width, and
// returns it: for texts of unknown length in rows.
func (t *Text) Elastic() *Text {
	t.Floor = 24
	return t
}

// SetText changes the text.
func (t *Text) SetText(text string) {
	if t.Text == text {
		return
	}
	t.Text = text
	t.Refresh()
}

// SetTone changes the color.
func (t *Text) SetTone(tone Tone) {
	t.ColorName = tone.textColor()
	t.Refresh()
}

// FullText returns the text before it was shortened, for tests that look for it.
func (t *Text) FullText() string { return t.Text }

// MinSize implements fyne.CanvasObject.
func (t *Text) MinSize() fyne.Size {
	t.ExtendBaseWidget(t)
	size := measure(oneLine(t.Text), t.textSize(), t.Bold)
	if t.Floor > 0 && t.Floor < size.Width {
		size.Width = t.Floor
	}
	return size
}

func (t *Text) wantedWidth() float32 { return measure(oneLine(t.Text), t.textSize(), t.Bold).Width }

func (t *Text) textSize() float32 { return theme.Size(t.SizeName) }

// CreateRenderer implements fyne.Widget.
func (t *Text) CreateRenderer() fyne.WidgetRenderer {
	t.ExtendBaseWidget(t)
	t.line = canvas.NewText("", color.Black)
	r := &textRenderer{text: t}
	r.Refresh()
	return r
}

type textRenderer struct{ text *Text }

func (r *textRenderer) Destroy()                     {}
func (r *textRenderer) MinSize() fyne.Size           { return r.text.MinSize() }
func (r *textRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.text.line} }

func (r *textRenderer) Layout(size fyne.Size) {
	line := r.text.line
	shown := Elide(r.text.Text, size.Width, r.text.textSize(), r.text.Bold)
	if line.Text != shown {
		line.Text = shown
		line.Refresh()
	}
	height := measure("国", r.text.textSize(), r.text.Bold).Height
	line.Move(fyne.NewPos(0, (size.Height-height)/2))
	line.Resize(fyne.NewSize(size.Width, height))
}

func (r *textRenderer) Refresh() {
	line := r.text.line
	line.Color = themeColor(r.text.ColorName)
	line.TextSize = r.text.textSize()
	line.TextStyle = fyne.TextStyle{Bold: r.text.Bold}
	line.Alignment = r.text.Align
	line.Text = Elide(r.text.Text, r.text.Size().Width, line.TextSize, r.text.Bold)
	r.Layout(r.text.Size())
	line.Refresh()
}

func oneLine(text string) string {
	if strings.ContainsAny(text, "\n\r\t") {
		return strings.Join(strings.Fields(text), " ")
	}
	return text
}

func measure(text string, size float32, bold bool) fyne.Size {
	if text == "" {
		text = " "
	}
	return fyne.MeasureText(text, size, fyne.TextStyle{Bold: bold})
}

// Elide shortens a text to a width, with an ellipsis where something is missing. Line breaks become spaces.
func Elide(text string, width, size float32, bold bool) string {
	text = oneLine(text)
	if text == "" || width <= 0 {
		return ""
	}
	const tolerance = 0.5 // Layouts round; a text must not lose its last character to that.
	runes := []rune(text)
	// A rune is at most about as wide as the text is high: most cells fit and need no measuring at all.
	if float32(len(runes))*size*1.05 <= width || measure(text, size, bold).Width <= width+tolerance {
		return text
	}
	low, high := 0, len(runes)-1
	for low < high {
		middle := (low + high + 1) / 2
		if measure(string(runes[:middle])+"…", size, bold).Width <= width+tolerance {
			low = middle
		} else {
			high = middle - 1
		}
	}
	if low == 0 && measure("…", size, bold).Width > width+tolerance {
		return ""
	}
	return strings.TrimRight(string(runes[:low]), " ") + "…"
}

// Paragraph is text that wraps to the width it gets.
func Paragraph(text string) *widget.Label {
	label := widget.NewLabel(text)
	label.Wrapping = fyne.TextWrapWord
	return label
}

// MutedParagraph is text that wraps and matters less.
func MutedParagraph(text string) *widget.Label {
	label := Paragraph(text)
	label.Importance = widget.LowImportance
	return label
}
