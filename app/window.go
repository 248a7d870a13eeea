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
