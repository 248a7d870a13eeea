package main

import (
	"context"
	"net/url"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"

	"github.com/rounds-field/rounds/app/ui"
)

// fileDesk is the computer's own windows for choosing, placing and opening files.
type fileDesk struct{ desk *desk }

var _ ui.FileDesk = fileDesk{}

// ChooseFile implements ui.FileDesk.
func (f fileDesk) ChooseFile(title string, chosen func(path string)) {
	ask := dialog.NewFileOpen(func(file fyne.URIReadCloser, err error) {
		if err != nil || file == nil {
			f.desk.showIf(err)
			return
		}
		path := file.URI().Path()
		if err := file.Close(); err != nil {
			f.desk.showError(err)
			return
		}
		chosen(path)
	}, f.desk.window)
	ask.SetTitleText(title)
	f.desk.showFileDialog(ask)
}

// ChoosePlace implements ui.FileDesk.
func (f fileDesk) ChoosePlace(title, name string, chosen func(path string)) {
	ask := dialog.NewFileSave(func(file fyne.URIWriteCloser, err error) {
		if err != nil || file == nil {
			f.desk.showIf(err)
			return
		}
		path := file.URI().Path()
		if err := file.Close(); err != nil {
			f.desk.showError(err)
			return
		}
		chosen(path)
	}, f.desk.window)
	ask.SetTitleText(title)
	ask.SetFileName(name)
	f.desk.showFileDialog(ask)
}

// OpenFile implements ui.FileDesk.
func (f fileDesk) OpenFile(ctx context.Context, path string) error {
	if opener, err := exec.LookPath("xdg-open"); err == nil {
		// The toolkit starts the same and does not look how it ends: with no program for the file, nothing would happen and nothing be said.
		// What the user reads stays open when Rounds is closed.
		return exec.CommandContext(context.WithoutCancel(ctx), opener, path).Run() //nolint:gosec // the desktop's own opener, and a file that the user chose to open
	}
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") { // Windows has a drive's letter there
		path = "/" + path
	}
	return fyne.CurrentApp().OpenURL(&url.URL{Scheme: "file", Path: path})
}

// OnDrop implements ui.FileDesk.
func (f fileDesk) OnDrop(take func(paths []string)) (cancel func()) {
	d := f.desk
	taker := &take
	d.takers = append(d.takers, taker)
	d.window.SetOnDropped(func(_ fyne.Position, dropped []fyne.URI) {
		var paths []string
		for _, u := range dropped {
			if u.Scheme() == "file" {
				paths = append(paths, u.Path())
			}
		}
		if n := len(d.takers); n > 0 && len(paths) > 0 && d.window.Canvas().Overlays().Top() == nil {
			(*d.takers[n-1])(paths)
		}
	})
	return func() {
		d.takers = slices.DeleteFunc(d.takers, func(t *func([]string)) bool { return t == taker })
	}
}
