package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math"

	"github.com/rounds-field/rounds/internal/fakebook"
	"github.com/rounds-field/rounds/internal/uitest"
	"github.com/rounds-field/rounds/sales"
)

// addFiles gives the records of the pictures some photos and documents, each of them somewhere else.
func (s *stage) addFiles() {
	s.files = fakebook.NewFiles(s.book)
	n := 0
	add := func(a sales.Attachment, content []byte, state sales.FileState) {
		n++
		at := uitest.Clock.AddDate(0, 0, n-8).UnixMilli() // an id holds the moment of its making
		a.ID = fmt.Sprintf("%08x-%04x-7000-8000-%012d", at>>16, at&0xffff, n)
		a.SHA256, a.Size, a.OwnerID = s.files.Put(content), int64(len(content)), s.me.ID
		if state != "" {
			s.files.States[a.SHA256] = state
		}
		s.book.Put(a)
	}
	partner := s.richest("partner", "partner_id", []string{"visit", "opportunity", "feedback", "task", "contact", "shipment"}, s.mine)
	visit := s.richest("visit", "visit_id", []string{"visit_result", "feedback", "task"}, s.mine)
	for i, where := range []sales.Attachment{{PartnerID: partner}, {VisitID: visit}} {
		a := where
		a.FileName, a.MediaType, a.Caption = "陈列-入口.jpg", "image/jpeg", "入口展架，新品在左"
		add(a, shelf(byte(40*i)), sales.FileHere)
		a = where
		a.FileName, a.MediaType, a.Caption = "价格牌.jpg", "image/jpeg", ""
		add(a, shelf(byte(90+40*i)), "")
		a = where
		a.FileName, a.MediaType, a.Caption = "对账单-一季度.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "双方已盖章"
		add(a, bytes.Repeat([]byte{byte(i), 1}, 40_000), sales.FileThere)
	}
}

// shelf draws what may pass for a photo of a shelf.
func shelf(hue byte) []byte {
	img := image.NewRGBA(image.Rect(0, 0, 640, 480))
	for y := range 480 {
		for x := range 640 {
			wave := uint8(60 * (1 + math.Sin(float64(x)/23)) / 2)
			c := color.RGBA{R: 90 + hue/2 + wave, G: 120 + wave/2, B: 180 - hue/2, A: 255}
			if y%120 < 10 || x%80 < 6 {
				c = color.RGBA{R: 60, G: 50, B: 45, A: 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		panic(err) // a mistake in this program
	}
	return b.Bytes()
}
