package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// ModalOptions say how large a dialog is at least and which buttons stand at its bottom right.
type ModalOptions struct {
	Width, Height float32
	Buttons       []fyne.CanvasObject
	// OnHide is called when the dialog closes, however that happened.
	OnHide func()
	// OnEnter is what Enter does while no field has the keyboard.
	OnEnter func()
	// Focus is what gets the keyboard first.
	Focus fyne.Focusable
	// Shortcuts work while the dialog is open.
	Shortcuts []Shortcut
}

// Modal is a dialog above the page. Escape closes it.
type Modal struct {
	canvas  fyne.Canvas
	overlay *modalOverlay
	onHide  func()
	onEnter func()
	hidden  bool
}

// modals are the open dialogs, the topmost last: keys go to it.
var modals []*modalKeys

type modalKeys struct {
	modal     *Modal
	shortcuts []Shortcut
}

// ShowModal opens a dialog with a title over the canvas.
func ShowModal(canvas fyne.Canvas, title string, content fyne.CanvasObject, options ModalOptions) *Modal {
	m := &Modal{canvas: canvas, onHide: options.OnHide, onEnter: options.OnEnter}
	header := HStack(Grow(Heading(title).Elastic()), IconButton(IconClose, T("ui.close"), m.Hide))
	var footer fyne.CanvasObject
	if len(options.Buttons) > 0 {
		footer = container.New(&topPad{gapLarge}, HStack(append([]fyne.CanvasObject{Spacer()}, options.Buttons...)...))
	}
	body := MinSize(max(options.Width-40, 280), max(options.Height-110, 0),
		Border(PadBottom(gapNormal, header), footer, nil, nil, content))
	card := container.NewStack(newSurface(theme.ColorNameOverlayBackground, theme.ColorNameSeparator, 12), PadXY(20, 14, body))
	m.overlay = newModalOverlay(card, m)
	canvas.Overlays().Add(m.overlay)
	m.overlay.Resize(canvas.Size())
	modals = append(modals, &modalKeys{m, options.Shortcuts})
	if options.Focus != nil {
		canvas.Focus(options.Focus)
	} else {
		canvas.Focus(m.overlay)
	}
	return m
}

// Hide closes the dialog.
func (m *Modal) Hide() {
	if m.hidden {
		return
	}
	m.hidden = true
	m.canvas.Overlays().Remove(m.overlay)
	for i, open := range modals {
		if open.modal == m {
			modals = append(modals[:i:i], modals[i+1:]...)
			break
		}
	}
	if m.onHide != nil {
		m.onHide()
	}
}

// Visible reports whether the dialog is open.
func (m *Modal) Visible() bool { return !m.hidden }

// HideTopModal closes the topmost dialog of the canvas and reports whether there was one: what Escape does.
func HideTopModal(canvas fyne.Canvas) bool {
	for i := len(modals) - 1; i >= 0; i-- {
		if modals[i].modal.canvas == canvas {
			modals[i].modal.Hide()
			return true
		}
	}
	return false
}

// ModalShortcut runs the shortcut of the topmost dialog of the canvas. It reports whether a dialog is open, so
// that the page below keeps quiet.
func ModalShortcut(canvas fyne.Canvas, matches func(Shortcut) bool) bool {
	for i := len(modals) - 1; i >= 0; i-- {
		if modals[i].modal.canvas != canvas {
			continue
		}
		for _, shortcut := range modals[i].shortcuts {
			if matches(shortcut) {
				shortcut.Run()
				break
			}
		}
		return true
	}
	return false
}

// modalOverlay dims the page and holds the dialog in its middle. It takes the keyboard when nothing in the dialog
// has it, so that Escape works and the page below gets no keys.
type modalOverlay struct {
	widget.BaseWidget
	card  fyne.CanvasObject
	modal *Modal
}

func newModalOverlay(card fyne.CanvasObject, modal *Modal) *modalOverlay {
	o := &modalOverlay{card: card, modal: modal}
	o.ExtendBaseWidget(o)
	return o
}

// FocusGained implements fyne.Focusable.
func (o *modalOverlay) FocusGained() {}

// FocusLost implements fyne.Focusable.
func (o *modalOverlay) FocusLost() {}

// TypedRune implements fyne.Focusable.
func (o *modalOverlay) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (o *modalOverlay) TypedKey(event *fyne.KeyEvent) {
	switch event.Name {
	case fyne.KeyEscape:
		o.modal.Hide()
	case fyne.KeyReturn, fyne.KeyEnter:
		if o.modal.onEnter != nil {
			o.modal.onEnter()
		}
	}
}

// Tapped implements fyne.Tappable: clicks beside the dialog go nowhere.
func (o *modalOverlay) Tapped(*fyne.PointEvent) {}

// CreateRenderer implements fyne.Widget.
func (o *modalOverlay) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewStack(
		newSurface(colorScrim, colorClear, 0), container.New(&modalLayout{}, o.card)))
}

// modalLayout centers the dialog and keeps it inside the window.
type modalLayout struct{}

func (modalLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, 0) }

func (modalLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	least := objects[0].MinSize()
	fit := fyne.NewSize(min(least.Width, size.Width-24), min(least.Height, size.Height-24))
	objects[0].Resize(fit)
	// Wrapped texts know their height only once they have a width.
	if again := objects[0].MinSize(); again.Height != least.Height {
		fit.Height = min(again.Height, size.Height-24)
		objects[0].Resize(fit)
	}
	objects[0].Move(fyne.NewPos((size.Width-fit.Width)/2, (size.Height-fit.Height)/2))
}

type topPad struct{ space float32 }

func (p *topPad) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return objects[0].MinSize().AddWidthHeight(0, p.space)
}

func (p *topPad) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Resize(size.SubtractWidthHeight(0, p.space))
	objects[0].Move(fyne.NewPos(0, p.space))
}
