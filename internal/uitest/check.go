package uitest

import (
	"fmt"
	"strings"
	"testing"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"github.com/rounds-field/rounds/app/ui"
)

// tolerance is how many pixels a text may stand out: layouts round.
const tolerance = 1.5

// CheckClipped fails the test for each text that is wider than its space, that is drawn outside of what holds it,
// or that is one of the app's own words and had to be shortened. Shortened data is fine.
func CheckClipped(t testing.TB, root fyne.CanvasObject) {
	t.Helper()
	for _, problem := range Clipped(root) {
		t.Error(problem)
	}
}

// Clipped returns what CheckClipped complains about.
func Clipped(root fyne.CanvasObject) []string {
	words := translations(ui.Lang())
	var problems []string
	walk(root, func(n node) bool {
		if _, ok := n.object.(*widget.Entry); ok {
			return false // An entry scrolls what has no room.
		}
		if isEntry(n.object) {
			return false
		}
		_, wraps := n.object.(*ui.ProseText) // a wrapped text is never shortened
		if full, ok := n.object.(interface{ FullText() string }); ok && !wraps {
			if drawn := drawnText(n.object); drawn != full.FullText() && words[full.FullText()] && n.object.Size().Width > 0 {
				problems = append(problems, fmt.Sprintf("%q is shortened to %q", full.FullText(), drawn))
			}
		}
		if text, ok := n.object.(*canvas.Text); ok && strings.TrimSpace(text.Text) != "" {
			if problem := misplaced(n, text); problem != "" {
				problems = append(problems, problem)
			}
		}
		return true
	})
	return problems
}

func isEntry(object fyne.CanvasObject) bool {
	switch object.(type) {
	case *ui.Entry, *ui.MoneyEntry, *ui.NumberEntry:
		return true
	}
	return false
}

func drawnText(object fyne.CanvasObject) string {
	for _, child := range children(object) {
		if text, ok := child.(*canvas.Text); ok {
			return text.Text
		}
	}
	return ""
}

// misplaced compares a text with its own space and with everything around it. What scrolls may reach beyond its
// view in the direction that it scrolls in.
func misplaced(n node, text *canvas.Text) string {
	need := text.MinSize()
	if need.Width > text.Size().Width+tolerance {
		return fmt.Sprintf("%q needs %.0f pixels and has %.0f", text.Text, need.Width, text.Size().Width)
	}
	left, right := n.at.X, n.at.X+text.Size().Width
	top, bottom := n.at.Y+(text.Size().Height-need.Height)/2, n.at.Y+(text.Size().Height+need.Height)/2
	horizontally, vertically := true, true
	for i := len(n.parents) - 1; i >= 0 && (horizontally || vertically); i-- {
		around := n.parents[i]
		size := around.object.Size()
		if size.Width == 0 && size.Height == 0 {
			continue
		}
		if horizontally && (left < around.at.X-tolerance || right > around.at.X+size.Width+tolerance) {
			return fmt.Sprintf("%q is drawn from x=%.0f to %.0f, outside of %T from %.0f to %.0f",
				text.Text, left, right, around.object, around.at.X, around.at.X+size.Width)
		}
		if vertically && (top < around.at.Y-tolerance || bottom > around.at.Y+size.Height+tolerance) {
			return fmt.Sprintf("%q is drawn from y=%.0f to %.0f, outside of %T from %.0f to %.0f",
				text.Text, top, bottom, around.object, around.at.Y, around.at.Y+size.Height)
		}
		if scroll, ok := scrollOf(n.parents, i); ok {
			switch scroll.Direction {
			case container.ScrollVerticalOnly:
				vertically = false
			case container.ScrollHorizontalOnly:
				horizontally = false
			case container.ScrollBoth:
				return ""
			}
		}
	}
	return ""
}

// scrollOf returns the scroller that the parent at i lies directly in: from there on outwards its place says
// nothing.
func scrollOf(parents []node, i int) (*container.Scroll, bool) {
	if i == 0 {
		return nil, false
	}
	scroll, ok := parents[i-1].object.(*container.Scroll)
	return scroll, ok
}

// CheckUntranslated fails the test for each text that is a translation of the app in the other language only.
func CheckUntranslated(t testing.TB, root fyne.CanvasObject) {
	t.Helper()
	for _, problem := range Untranslated(root) {
		t.Error(problem)
	}
}

// Untranslated returns what CheckUntranslated complains about, and keys that have no text at all.
func Untranslated(root fyne.CanvasObject) []string {
	other := "en"
	if ui.Lang() == "en" {
		other = "zh"
	}
	own, foreign := translations(ui.Lang()), translations(other)
	var problems []string
	for _, text := range Texts(root) {
		if foreign[text] && !own[text] && letters(text) >= 2 && hasHan(text) == (other == "zh") {
			problems = append(problems, fmt.Sprintf("%q is in the wrong language", text))
		}
	}
	for _, key := range ui.MissingTexts() {
		problems = append(problems, fmt.Sprintf("the text %q is missing", key))
	}
	return problems
}

func translations(lang string) map[string]bool {
	words := map[string]bool{}
	for _, key := range ui.TextKeys(lang) {
		if text, ok := ui.TextIn(lang, key); ok {
			words[text] = true
		}
	}
	return words
}

func letters(text string) int {
	count := 0
	for _, r := range text {
		if unicode.IsLetter(r) {
			count++
		}
	}
	return count
}

func hasHan(text string) bool {
	for _, r := range text {
		if unicode.Is(unicode.Han, r) {
			return true
		}
	}
	return false
}
