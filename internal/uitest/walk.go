package uitest

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
)

// node is an object with the place where it is drawn and the objects around it, the outermost first.
type node struct {
	object  fyne.CanvasObject
	at      fyne.Position
	parents []node
}

// walk visits all visible objects below and including root, renderers' objects too. It does not go on below an
// object for which visit returns false.
func walk(root fyne.CanvasObject, visit func(node) bool) {
	walkNode(node{object: root, at: root.Position()}, visit)
}

func walkNode(n node, visit func(node) bool) {
	if n.object == nil || !n.object.Visible() || !visit(n) {
		return
	}
	parents := slices.Concat(n.parents, []node{n})
	for _, child := range children(n.object) {
		walkNode(node{object: child, at: n.at.Add(child.Position()), parents: parents}, visit)
	}
}

func children(object fyne.CanvasObject) []fyne.CanvasObject {
	switch o := object.(type) {
	case *fyne.Container:
		return o.Objects
	case fyne.Widget:
		if renderer := test.WidgetRenderer(o); renderer != nil {
			return renderer.Objects()
		}
	}
	return nil
}

// textOf returns the text that a widget shows as a whole, where it is one whose parts need no look.
func textOf(object fyne.CanvasObject) (string, bool) {
	switch o := object.(type) {
	case interface{ FullText() string }:
		return o.FullText(), true
	case *widget.Label:
		return o.Text, true
	case *canvas.Text:
		return o.Text, true
	}
	return "", false
}

// Texts returns all texts that are shown, in the order of drawing; shortened ones in full.
func Texts(root fyne.CanvasObject) []string {
	var texts []string
	walk(root, func(n node) bool {
		text, whole := textOf(n.object)
		if whole && text != "" {
			texts = append(texts, text)
		}
		return !whole
	})
	return texts
}

// Shows reports whether exactly this text is shown somewhere.
func Shows(root fyne.CanvasObject, text string) bool {
	for _, shown := range Texts(root) {
		if shown == text {
			return true
		}
	}
	return false
}

// Find returns the n-th object (from 0) of a type, in the order of drawing. The test fails when there is none.
func Find[W fyne.CanvasObject](t testing.TB, root fyne.CanvasObject, n int) W {
	t.Helper()
	var found W
	count := 0
	walk(root, func(at node) bool {
		if object, ok := at.object.(W); ok {
			if count == n {
				found = object
			}
			count++
		}
		return true
	})
	if count <= n {
		t.Fatalf("find %T number %d: there are %d", found, n, count)
	}
	return found
}

// TapText clicks on what shows exactly this text. The test fails when nothing does, or nothing there can be
// clicked.
func TapText(t testing.TB, root fyne.CanvasObject, text string) {
	t.Helper()
	var target fyne.Tappable
	var place fyne.Position
	seen := false
	walk(root, func(n node) bool {
		shown, whole := textOf(n.object)
		if whole && shown == text && target == nil {
			seen = true
			for _, around := range slices.Concat(n.parents, []node{n}) {
				if tappable, ok := around.object.(fyne.Tappable); ok {
					target = tappable
					place = n.at.Subtract(around.at).AddXY(2, 2)
				}
			}
		}
		return !whole
	})
	switch {
	case !seen:
		t.Fatalf("tap %q: not shown; there is %q", text, Texts(root))
	case target == nil:
		t.Fatalf("tap %q: nothing to click there", text)
	}
	if disabled, ok := target.(fyne.Disableable); ok && disabled.Disabled() {
		t.Fatalf("tap %q: it is disabled", text)
	}
	test.TapAt(target, place)
}
