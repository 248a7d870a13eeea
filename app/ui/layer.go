package ui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
)

// Layer is the sheet above a window's content that toasts and tips are drawn on. Unlike the toolkit's overlays it
// lets clicks and keys through to what lies below.
type Layer struct {
	root  *fyne.Container
	tip   *fyne.Container
	toast *fyne.Container
	shown int
}

// tips is the layer that tips are shown on: the one of the app's window.
var tips *Layer

// NewLayer returns a layer; its Object goes above the window's content in a stack.
func NewLayer() *Layer {
	l := &Layer{tip: container.NewWithoutLayout(), toast: container.New(&toastLayout{})}
	l.root = container.NewStack(l.tip, l.toast)
	tips = l
	return l
}

// Object is what the window shows above its content.
func (l *Layer) Object() fyne.CanvasObject { return l.root }

// ToastTime is how long a toast stays. One with an action stays twice as long.
const ToastTime = 4 * time.Second

// Toast shows a text at the bottom of the window for a few seconds, with an action when label is not empty.
func (l *Layer) Toast(text, label string, action func()) {
	l.shown++
	turn := l.shown
	line := NewText(text)
	line.ColorName = theme.ColorNameBackground
	row := []fyne.CanvasObject{line}
	stay := ToastTime
	if label != "" {
		button := newTappable(PadXY(6, 2, toastAction(label)), 4, func() {
			l.clearToast(turn)
			action()
		})
		row = append(row, button)
		stay *= 2
	}
	card := container.NewStack(newSurface(theme.ColorNameForeground, colorClear, 8), PadXY(16, 10, HGap(16, row...)))
	l.toast.Objects = []fyne.CanvasObject{card}
	l.toast.Refresh()
	Later(stay, func() { l.clearToast(turn) })
}

func toastAction(label string) *Text {
	text := NewText(label)
	text.ColorName, text.Bold = colorToastAction, true
	return text
}

func (l *Layer) clearToast(turn int) {
	if turn != l.shown {
		return
	}
	l.toast.Objects = nil
	l.toast.Refresh()
}

type toastLayout struct{}

func (toastLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, 0) }

func (toastLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		least := o.MinSize()
		least.Width = min(least.Width, size.Width-32)
		o.Resize(least)
		o.Move(fyne.NewPos((size.Width-least.Width)/2, size.Height-least.Height-28))
	}
}

// showTip shows a tip below an object of the window that the pointer is on. An object that is no longer where the pointer is was just replaced:
// its tip would stand elsewhere and stay.
func showTip(at fyne.CanvasObject, text string, pointer fyne.Position) {
	if tips == nil || text == "" {
		return
	}
	corner, size := fyne.CurrentApp().Driver().AbsolutePositionForObject(at), at.Size()
	if pointer.X < corner.X || pointer.Y < corner.Y || pointer.X > corner.X+size.Width || pointer.Y > corner.Y+size.Height {
		return
	}
	label := Caption(text)
	label.ColorName = theme.ColorNameBackground
	card := container.New(layout.NewStackLayout(), newSurface(theme.ColorNameForeground, colorClear, 5), PadXY(8, 4, label))
	least := card.MinSize()
	window := tips.root.Size()
	x := max(4, min(corner.X+size.Width/2-least.Width/2, window.Width-least.Width-4))
	y := corner.Y + size.Height + 4
	if y+least.Height > window.Height {
		y = corner.Y - least.Height - 4
	}
	card.Resize(least)
	card.Move(fyne.NewPos(x, y))
	tips.tip.Objects = []fyne.CanvasObject{card}
	tips.tip.Refresh()
}

// HideTip takes the tip away: what it belongs to is gone.
func HideTip() { hideTip() }

func hideTip() {
	if tips == nil || len(tips.tip.Objects) == 0 {
		return
	}
	tips.tip.Objects = nil
	tips.tip.Refresh()
}
