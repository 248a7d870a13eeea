package syncing

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// Unsent tells which contents of this device the server does not have, as this feature needs it.
type Unsent interface {
	UnsentFiles(ctx context.Context) ([]sales.UnsentFile, error)
}

// KeptFiles are contents that are not sent before somebody does something, for one and the same reason.
type KeptFiles struct {
	Files []sales.UnsentFile
	Why   error
}

// keptFiles gathers what is not sent by its reason, the first ones first.
func (m *Model) keptFiles(ctx context.Context) ([]KeptFiles, error) {
	if m.Files == nil {
		return nil, nil
	}
	list, err := m.Files.UnsentFiles(ctx)
	if err != nil {
		return nil, err
	}
	var out []KeptFiles
	for _, f := range list {
		if f.State != sales.FileRefused && f.State != sales.FileDamaged {
			continue
		}
		i := slices.IndexFunc(out, func(k KeptFiles) bool {
			return k.Files[0].State == f.State && ui.ErrorText(k.Why) == ui.ErrorText(f.Problem)
		})
		if i < 0 {
			i = len(out)
			out = append(out, KeptFiles{Why: f.Problem})
		}
		out[i].Files = append(out[i].Files, f)
	}
	return out, nil
}

// text names the files and says why they stay here and what to do.
func (k KeptFiles) text() string {
	var list []string
	for _, f := range k.Files[:min(maxNamed, len(k.Files))] {
		list = append(list, f.Name())
	}
	names := strings.Join(list, ui.T("syncing.files.and"))
	if len(k.Files) > len(list) {
		names = ui.T("syncing.files.more", "Names", names, "Total", len(k.Files))
	}
	key := "syncing.files.refused"
	if k.Files[0].State == sales.FileDamaged {
		key = "syncing.files.damaged"
	}
	return ui.T(key, "Names", names, "Problem", ui.ErrorText(k.Why))
}

// banner shows them, with the way to the first one's record: there a file can be replaced or removed.
func (k KeptFiles) banner(h ui.Host) fyne.CanvasObject {
	route := RouteOf(k.Files[0].Parent())
	if route == "" || k.Files[0].ID == "" {
		return ui.NewBanner(ui.ToneDanger, k.text(), "", nil)
	}
	return ui.NewBanner(ui.ToneDanger, k.text(), ui.T("syncing.open"), func() { h.Open(route) })
}

// filesText says which contents of files are still to be sent; "" for none.
func filesText(s sales.SyncState) string {
	waiting := s.FilesWaiting - s.FilesRefused
	switch {
	case s.FileTotal > 0:
		return ui.T("syncing.files.sending", "Done", ui.FormatBytes(max(1, s.FileDone)), "Total", ui.FormatBytes(s.FileTotal), "Count", s.FilesWaiting)
	case waiting > 0:
		return ui.T("syncing.files.waiting", "Count", waiting)
	}
	return ""
}

// filesTrouble says why files do not get through while records do; "" when they do, or when the state of the records says it.
func filesTrouble(s sales.SyncState) string {
	if s.FileProblem == nil || s.Phase == sales.SyncOffline || s.Phase == sales.SyncSignedOut || s.Phase == sales.SyncLocal {
		return ""
	}
	return ui.T("syncing.files.trouble", "Problem", ui.ErrorText(s.FileProblem))
}
