package main

import (
	"context"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/rounds-field/rounds/internal/uitest"
	"github.com/rounds-field/rounds/sales"
)

func TestMain(m *testing.M) { uitest.Main(m) }

// TestTransferAsks: exporting and importing ask for a file.
func TestTransferAsks(t *testing.T) {
	for name, ask := range map[string]func(*desk){
		"export": func(d *desk) { d.export(sales.Query{Kind: "partner"}) },
		"import": func(d *desk) { d.importFile("partner") },
	} {
		t.Run(name, func(t *testing.T) {
			window := test.NewWindow(nil)
			defer window.Close()
			window.Resize(fyne.NewSize(1280, 720))
			ask(&desk{ctx: context.Background(), window: window})
			if window.Canvas().Overlays().Top() == nil {
				t.Error("no dialog asks for the file")
			}
		})
	}
}
