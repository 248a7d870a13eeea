package main

import (
	"image"
	"image/color"
	"slices"
)

// withPalette gives the picture in its 256 most used colours; every other one becomes the nearest of them.
func withPalette(picture image.Image) *image.Paletted {
	bounds := picture.Bounds()
	used := map[color.RGBA]int{}
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			used[colorAt(picture, x, y)]++
		}
	}
	all := make([]color.RGBA, 0, len(used))
	for c := range used {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b color.RGBA) int {
		if used[a] != used[b] {
			return used[b] - used[a]
		}
		return code(a) - code(b) // the same picture gives the same bytes
	})
	palette := make(color.Palette, 0, 256)
	for _, c := range all[:min(256, len(all))] {
		palette = append(palette, c)
	}
	index := make(map[color.RGBA]uint8, len(all))
	for _, c := range all {
		index[c] = uint8(palette.Index(c)) // #nosec G115 -- a palette has 256 colours
	}
	out := image.NewPaletted(bounds, palette)
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			out.SetColorIndex(x, y, index[colorAt(picture, x, y)])
		}
	}
	return out
}

// colorAt is a pixel's colour without its alpha, which a window has not.
func colorAt(picture image.Image, x, y int) color.RGBA {
	r, g, b, _ := picture.At(x, y).RGBA()
	return color.RGBA{R: uint8(r >> 8), G: uint8(g >> 8), B: uint8(b >> 8), A: 255} // #nosec G115 -- a byte is left
}

func code(c color.RGBA) int { return int(c.R)<<16 | int(c.G)<<8 | int(c.B) }
