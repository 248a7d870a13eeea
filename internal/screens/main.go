// Command screens draws every screen of the whole window, from the sample organisation on a fixed day, to
// docs/screens/<language>-<theme>-<screen>-<width>x<height>.png, with the toolkit's software renderer: no display is needed. It ends with a list when a text
// is cut off or not translated, or when a screen shows an error.
//
//	go run -tags ci,migrated_fynedo ./internal/screens [-to DIR] [-only TEXT]
package main

import (
	"context"
	"flag"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/internal/uitest"
)

func main() {
	to := flag.String("to", "docs/screens", "folder of the pictures")
	only := flag.String("only", "", "draw only what has this text in its name, such as zh-dark or visits")
	flag.Parse()
	problems, err := drawAll(context.Background(), *to, *only)
	for _, p := range problems {
		fmt.Fprintln(os.Stderr, p)
	}
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "draw the screens:", err)
		os.Exit(1)
	case len(problems) > 0:
		fmt.Fprintf(os.Stderr, "draw the screens: %d texts or pages are wrong, as listed\n", len(problems))
		os.Exit(1)
	}
}

// drawAll draws every screen in every look and size, and gives what is wrong on them.
func drawAll(ctx context.Context, to, only string) (problems []string, err error) {
	prepare()
	s, err := newStage(ctx)
	if err != nil {
		return nil, err
	}
	for _, lang := range ui.Languages {
		for _, mode := range []ui.ThemeMode{ui.ThemeLight, ui.ThemeDark} {
			ui.SetLanguage(lang)
			ui.ApplyTheme(mode, ui.TextNormal)
			for _, sc := range s.screens() {
				name := lang + "-" + string(mode) + "-" + sc.name
				if !strings.Contains(name, only) {
					continue
				}
				found, err := s.draw(sc, filepath.Join(to, name))
				if err != nil {
					return problems, err
				}
				problems = append(problems, found...)
			}
		}
	}
	return problems, nil
}

// prepare stands in for the program: loading runs on the spot, and the clock stands.
func prepare() {
	time.Local = uitest.Clock.Location() // pictures are the same wherever they are made
	test.NewApp()
	test.NewWindow(nil) // the test driver asks the last window about everything; there must always be one
	ui.Now = func() time.Time { return uitest.Clock }
	ui.Run = func(work func()) { work() }
	ui.SearchDelay = 0
	ui.Later = func(time.Duration, func()) func() { return func() {} }
}

// draw draws a screen in all sizes and gives what is wrong on it.
func (s *stage) draw(sc screen, path string) (problems []string, err error) {
	ui.ForgetMissingTexts()
	window := test.NewWindow(nil)
	defer window.Close()
	window.SetPadded(false)
	window.Resize(uitest.Sizes[0])
	done := sc.show(window)
	defer done()
	for _, size := range uitest.Sizes {
		window.Resize(size)
		file := fmt.Sprintf("%s-%.0fx%.0f.png", path, size.Width, size.Height)
		for _, p := range s.check(window) {
			problems = append(problems, filepath.Base(file)+": "+p)
		}
		if err := save(file, window.Canvas().Capture()); err != nil {
			return problems, err
		}
	}
	return problems, nil
}

// check looks at the window and at what lies over it.
func (s *stage) check(window fyne.Window) (problems []string) {
	for _, shown := range append([]fyne.CanvasObject{window.Content()}, window.Canvas().Overlays().List()...) {
		problems = append(problems, uitest.Clipped(shown)...)
		for _, p := range uitest.Untranslated(shown) {
			if !s.data[p] {
				problems = append(problems, p)
			}
		}
	}
	if top := window.Canvas().Overlays().Top(); top != nil && uitest.Shows(top, ui.T("ui.error.title")) {
		problems = append(problems, "an error is shown: "+strings.Join(uitest.Texts(top), " "))
	}
	return problems
}

// save writes a picture with a palette: a third of the bytes, and nobody sees the difference.
func save(path string, picture image.Image) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // documentation is for everybody
		return fmt.Errorf("save picture: %w", err)
	}
	file, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("save picture: %w", err)
	}
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(file, withPalette(picture)); err != nil {
		_ = file.Close() // the first error says more
		return fmt.Errorf("save picture %s: %w", path, err)
	}
	return file.Close()
}
