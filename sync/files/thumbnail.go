package files

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	_ "image/gif" // for Thumbnail
	"image/jpeg"
	_ "image/png" // for Thumbnail
	"io"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // for Thumbnail

	"github.com/rounds-field/rounds/sales"
)

// Bounds of thumbnails. A few kilobytes can unpack to a picture of any size, so the size that the head of the file names is looked at before
// anything is unpacked.
const (
	ThumbnailSize = 320      // pixels of the longer side
	maxPixels     = 64 << 20 // of the picture
	maxSide       = 32 << 10
	headBytes     = 256 << 10 // of the file, in which its size and orientation are looked for
	quality       = 82
)

// ErrNoPicture says that a content is no picture that can be shown small.
var ErrNoPicture = errors.New("not a picture that can be shown small")

// Pictures says whether a media type may have a thumbnail.
func Pictures(mediaType string) bool {
	switch mediaType {
	case "image/jpeg", "image/png", "image/gif", "image/webp":
		return true
	}
	return false
}

// Thumbnail makes a small JPEG of a picture (JPEG, PNG, GIF, WebP), upright as the camera was held. A content that is no such picture, is damaged, or
// has too many pixels gives an error that wraps ErrNoPicture.
func Thumbnail(r io.Reader) ([]byte, error) {
	head := make([]byte, headBytes)
	n, err := io.ReadFull(r, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	head = head[:n]
	config, format, err := image.DecodeConfig(bytes.NewReader(head))
	if err != nil {
		return nil, errors.Join(ErrNoPicture, err)
	}
	if config.Width <= 0 || config.Height <= 0 || config.Width > maxSide || config.Height > maxSide || config.Width*config.Height > maxPixels {
		return nil, &sales.Error{
			Code: sales.CodeTooLarge, Message: "the picture has too many pixels to be shown small", Hint: "open the file itself",
			Args: map[string]any{"Value": config.Width * config.Height}, Cause: ErrNoPicture,
		}
	}
	picture, _, err := image.Decode(io.MultiReader(bytes.NewReader(head), r))
	if err != nil {
		return nil, errors.Join(ErrNoPicture, err)
	}
	turn := 1
	if format == "jpeg" {
		turn = orientation(head)
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, upright(shrink(picture), turn), &jpeg.Options{Quality: quality}); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// shrink scales a picture to the size of a thumbnail, on white where it is transparent.
func shrink(src image.Image) *image.RGBA {
	b := src.Bounds()
	w, h := b.Dx(), b.Dy()
	if longer := max(w, h); longer > ThumbnailSize {
		w, h = max(1, w*ThumbnailSize/longer), max(1, h*ThumbnailSize/longer)
	}
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(dst, dst.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	// From a large photo to a small one, the plain average of a first step is as good to the eye and many times quicker.
	if b.Dx() > 8*w || b.Dy() > 8*h {
		middle := image.NewRGBA(image.Rect(0, 0, 4*w, 4*h))
		draw.ApproxBiLinear.Scale(middle, middle.Bounds(), src, b, draw.Src, nil)
		src, b = middle, middle.Bounds()
	}
	draw.CatmullRom.Scale(dst, dst.Bounds(), src, b, draw.Over, nil)
	return dst
}

// upright turns a picture as an Exif orientation (1 to 8) says.
func upright(src *image.RGBA, turn int) *image.RGBA {
	if turn <= 1 || turn > 8 {
		return src
	}
	w, h := src.Rect.Dx(), src.Rect.Dy()
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	if turn >= 5 {
		dst = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range h {
		for x := range w {
			nx, ny := x, y
			switch turn {
			case 2:
				nx = w - 1 - x
			case 3:
				nx, ny = w-1-x, h-1-y
			case 4:
				ny = h - 1 - y
			case 5:
				nx, ny = y, x
			case 6:
				nx, ny = h-1-y, x
			case 7:
				nx, ny = h-1-y, w-1-x
			case 8:
				nx, ny = y, w-1-x
			}
			dst.SetRGBA(nx, ny, src.RGBAAt(x, y))
		}
	}
	return dst
}
