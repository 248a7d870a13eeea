package main

import (
	"context"
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/exchange"
	"github.com/rounds-field/rounds/sales"
)

// filtered is a workbook in which one kind has only the records of a query.
type filtered struct {
	sales.Reader
	query sales.Query
}

// List gives the query's records for its kind.
func (f filtered) List(ctx context.Context, q sales.Query) ([]sales.Record, error) {
	if q.Kind == f.query.Kind {
		q = f.query
		q.Limit, q.Offset = 0, 0
	}
	return f.Reader.List(ctx, q)
}

// export asks for a file and writes the records of a query to it.
func (d *desk) export(q sales.Query) {
	ask := dialog.NewFileSave(func(file fyne.URIWriteCloser, err error) {
		if err != nil || file == nil {
			d.showIf(err)
			return
		}
		path := file.URI().Path()
		ui.Go(d.ctx, func(ctx context.Context) (int, error) {
			if err := file.Close(); err != nil {
				return 0, err
			}
			return exchange.ExportFile(ctx, filtered{d.book, q}, q.Kind, path)
		}, func(n int, err error) {
			if err != nil {
				d.showError(err)
				return
			}
			d.toast(ui.T("nav.exported", "Count", n, "File", filepath.Base(path)))
		})
	}, d.window)
	ask.SetTitleText(ui.T("nav.export_title"))
	ask.SetFileName(q.Kind + "-" + ui.Today() + ".xlsx")
	d.showFileDialog(ask)
}

// importFile asks for a file and reads records of a kind from it, all of them or none.
func (d *desk) importFile(kind string) {
	ask := dialog.NewFileOpen(func(file fyne.URIReadCloser, err error) {
		if err != nil || file == nil {
			d.showIf(err)
			return
		}
		path := file.URI().Path()
		ui.Go(d.ctx, func(ctx context.Context) (exchange.Report, error) {
			if err := file.Close(); err != nil {
				return exchange.Report{}, err
			}
			return exchange.ImportFile(ctx, d.book, kind, path, exchange.Options{UserID: d.user().ID})
		}, func(r exchange.Report, err error) {
			switch {
			case r.RejectedFile != "" && !r.Written:
				d.tell(ui.T("nav.import_rejected", "Rejected", r.Rejected, "File", r.RejectedFile))
			case err != nil:
				d.showError(err)
			default:
				d.toast(ui.T("nav.imported", "Created", r.Created, "Updated", r.Updated, "Skipped", r.Skipped))
			}
		})
	}, d.window)
	ask.SetTitleText(ui.T("nav.import_title"))
	ask.SetFilter(storage.NewExtensionFileFilter([]string{".csv", ".txt", ".xlsx"}))
	d.showFileDialog(ask)
}

// showFileDialog opens a file dialog large enough to find one's way. It has a size only while it is shown in the window, which it is not where
// the system has a dialog of its own; setting one then ends the program.
func (d *desk) showFileDialog(ask *dialog.FileDialog) {
	ask.Show()
	if d.window.Canvas().Overlays().Top() != nil {
		ask.Resize(fyne.NewSize(900, 600))
	}
}

func (d *desk) showIf(err error) {
	if err != nil {
		d.showError(err)
	}
}

func (d *desk) toast(text string) {
	if s := d.currentShell(); s != nil {
		s.Toast(text)
	}
}

// tell shows a text until the user has read it.
func (d *desk) tell(text string) {
	var modal *ui.Modal
	closeIt := func() { modal.Hide() }
	modal = ui.ShowModal(d.window.Canvas(), ui.T("nav.import_title"), ui.Paragraph(text), ui.ModalOptions{
		Width: 520, Buttons: []fyne.CanvasObject{ui.PrimaryButton(ui.T("nav.close"), closeIt)}, OnEnter: closeIt,
	})
}
