package uitest

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
)

// Sizes are the window sizes that screens are checked at; pictures are kept of the first.
var Sizes = []fyne.Size{fyne.NewSize(1280, 720), fyne.NewSize(1920, 1080)}

// raceLook is the one look that is drawn under the race detector.
const raceLook = "zh-dark"

// EachLook runs a test in every combination of language and theme, and restores English and light after it. Under the race
// detector, which draws ten times as slowly, it is one combination: all of them are run without it as well (make test-screens).
func EachLook(t *testing.T, run func(t *testing.T, look string)) {
	t.Helper()
	defer func() {
		ui.SetLanguage("en")
		ui.ApplyTheme(ui.ThemeLight, ui.TextNormal)
	}()
	for _, lang := range ui.Languages {
		for _, mode := range []ui.ThemeMode{ui.ThemeLight, ui.ThemeDark} {
			look := lang + "-" + string(mode)
			if underRace && look != raceLook {
				continue
			}
			ui.SetLanguage(lang)
			ui.ApplyTheme(mode, ui.TextNormal)
			t.Run(look, func(t *testing.T) { run(t, look) })
		}
	}
}

// Golden draws a screen in both languages and themes and compares the pictures with testdata/<name>-<look>.png.
// In both sizes it looks for texts that are cut off or not translated. UPDATE_GOLDEN=1 keeps the pictures as they
// are now; look at them before committing them.
func Golden(t *testing.T, name string, build func(h *Host) fyne.CanvasObject) {
	t.Helper()
	golden(t, name, build, true)
}

// GoldenSample is Golden for samples whose words are not the app's: it does not look for untranslated ones.
func GoldenSample(t *testing.T, name string, build func(h *Host) fyne.CanvasObject) {
	t.Helper()
	golden(t, name, build, false)
}

func golden(t *testing.T, name string, build func(h *Host) fyne.CanvasObject, words bool) {
	t.Helper()
	EachLook(t, func(t *testing.T, look string) {
		for i, size := range Sizes {
			if underRace && i > 0 {
				break
			}
			ui.ForgetMissingTexts()
			host := NewHost(t)
			picture, content := host.draw(build, size)
			CheckClipped(t, content)
			if words {
				CheckUntranslated(t, content)
			}
			if i == 0 {
				compare(t, name+"-"+look, picture)
			}
		}
	})
}

// draw builds the screen at a size and draws it with all overlays.
func (h *Host) draw(build func(h *Host) fyne.CanvasObject, size fyne.Size) (image.Image, fyne.CanvasObject) {
	h.Window.Resize(size)
	content := build(h)
	if h.Window.Content() != content {
		h.Window.SetContent(content)
	}
	h.Window.Resize(size)
	return h.Window.Canvas().Capture(), content
}

// Render draws a page's content alone at a size, on the theme's background.
func Render(t testing.TB, content fyne.CanvasObject, size fyne.Size) image.Image {
	t.Helper()
	host := NewHost(t)
	picture, _ := host.draw(func(*Host) fyne.CanvasObject { return content }, size)
	return picture
}

// SavePNG writes a picture to a file and makes its folder.
func SavePNG(path string, picture image.Image) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return fmt.Errorf("save picture: %w", err)
	}
	file, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("save picture: %w", err)
	}
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := errors.Join(encoder.Encode(file, opaque(picture)), file.Close()); err != nil {
		return fmt.Errorf("save picture %s: %w", path, err)
	}
	return nil
}

// opaque drops the alpha channel, which a window has not, for a smaller file.
func opaque(picture image.Image) image.Image {
	plain := image.NewRGBA(picture.Bounds())
	draw.Draw(plain, plain.Bounds(), image.NewUniform(color.Black), image.Point{}, draw.Src)
	draw.Draw(plain, plain.Bounds(), picture, picture.Bounds().Min, draw.Over)
	return plain
}

func compare(t *testing.T, name string, picture image.Image) {
	t.Helper()
	path := filepath.Join("testdata", name+".png")
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := SavePNG(path, picture); err != nil {
			t.Fatal(err)
		}
		return
	}
	wanted, err := readPNG(path)
	if errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("there is no %s: run the test with UPDATE_GOLDEN=1 and look at the picture", path)
	} else if err != nil {
		t.Fatal(err)
	}
	if share := Difference(wanted, opaque(picture)); share > 0.0005 {
		failed := filepath.Join("testdata", "failed", name+".png")
		if err := SavePNG(failed, picture); err != nil {
			t.Error(err)
		}
		t.Errorf("%.2f%% of the picture differs from %s: compare it with %s", share*100, path, failed)
	}
}

func readPNG(path string) (image.Image, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read picture: %w", err)
	}
	picture, err := png.Decode(file)
	if err := errors.Join(err, file.Close()); err != nil {
		return nil, fmt.Errorf("read picture %s: %w", path, err)
	}
	return picture, nil
}

// Difference returns the share of pixels that clearly differ; 1 when the sizes do. Processors round drawing
// differently, so shades that nobody sees do not count.
func Difference(a, b image.Image) float64 {
	bounds := a.Bounds()
	if bounds.Size() != b.Bounds().Size() {
		return 1
	}
	different := 0
	for y := range bounds.Dy() {
		for x := range bounds.Dx() {
			if unlike(a.At(bounds.Min.X+x, bounds.Min.Y+y), b.At(b.Bounds().Min.X+x, b.Bounds().Min.Y+y)) {
				different++
			}
		}
	}
	return float64(different) / float64(max(1, bounds.Dx()*bounds.Dy()))
}

func unlike(a, b color.Color) bool {
	ar, ag, ab, _ := a.RGBA()
	br, bg, bb, _ := b.RGBA()
	return apart(ar, br) || apart(ag, bg) || apart(ab, bb)
}

func apart(a, b uint32) bool {
	const shade = 24 << 8
	return max(a, b)-min(a, b) > shade
}
