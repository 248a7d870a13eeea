package app

import (
	"fmt"
	"time"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
)

// Keys under which the window keeps its state.
const (
	stateRoute = "window.route"
	stateSize  = "window.size"
	statePage  = "page."
)

// The sizes of the window in pixels: at first, and at least.
var (
	defaultSize = fyne.NewSize(1280, 800)
	leastSize   = fyne.NewSize(1024, 600)
)

func (s *Shell) restoreSize() {
	size := defaultSize
	var width, height float32
	if _, err := fmt.Sscanf(s.config.State.Get(stateSize), "%fx%f", &width, &height); err == nil {
		size = fyne.NewSize(max(width, leastSize.Width), max(height, leastSize.Height))
	}
	s.window.Resize(size)
}

func (s *Shell) saveSize() {
	size := s.window.Canvas().Size()
	if size.Width >= leastSize.Width && size.Height >= leastSize.Height {
		s.config.State.Set(stateSize, fmt.Sprintf("%.0fx%.0f", size.Width, size.Height))
	}
}

// sizeDelay is how long the window keeps a size before that is written: a drag gives hundreds.
const sizeDelay = time.Second

// watchSize lays the window's sheets above one another and notices when its size changes; the toolkit tells
// nobody else.
type watchSize struct {
	shell  *Shell
	size   fyne.Size
	cancel func()
}

// MinSize implements fyne.Layout.
func (w *watchSize) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return objects[0].MinSize().Max(fyne.NewSize(800, 500))
}

// Layout implements fyne.Layout.
func (w *watchSize) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Move(fyne.NewPos(0, 0))
		o.Resize(size)
	}
	if w.size == size {
		return
	}
	first := w.size.IsZero()
	w.size = size
	if first {
		return
	}
	if w.cancel != nil {
		w.cancel()
	}
	w.cancel = ui.Later(sizeDelay, w.shell.saveSize)
}

// frame puts the navigation at the left, the bar at the top and the page, which comes first, into the rest,
// without gaps.
type frame struct{}

// MinSize implements fyne.Layout.
func (frame) MinSize(objects []fyne.CanvasObject) fyne.Size {
	page, bar, rail := objects[0].MinSize(), objects[1].MinSize(), objects[2].MinSize()
	return fyne.NewSize(rail.Width+max(page.Width, bar.Width), max(rail.Height, bar.Height+page.Height))
}

// Layout implements fyne.Layout.
func (frame) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	page, bar, rail := objects[0], objects[1], objects[2]
	left, top := rail.MinSize().Width, bar.MinSize().Height
	rail.Move(fyne.NewPos(0, 0))
	rail.Resize(fyne.NewSize(left, size.Height))
	bar.Move(fyne.NewPos(left, 0))
	bar.Resize(fyne.NewSize(size.Width-left, top))
	page.Move(fyne.NewPos(left, top))
	page.Resize(fyne.NewSize(size.Width-left, size.Height-top))
}
