package uitest

import (
	"context"
	"slices"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/internal/fakebook"
	"github.com/rounds-field/rounds/sales"
)

// Desk is a ui.FileDesk whose user chooses at once.
type Desk struct {
	Choose string   // the file that is chosen, "" for none
	Place  string   // where a file is to be written, "" for nowhere
	Opened []string // files that were opened in another program
	Names  []string // under which names files were to be written
	Refuse error    // why no program opens a file, nil when one does

	takers []*func([]string)
}

var _ ui.FileDesk = (*Desk)(nil)

// ChooseFile implements ui.FileDesk.
func (d *Desk) ChooseFile(_ string, chosen func(path string)) {
	if d.Choose != "" {
		chosen(d.Choose)
	}
}

// ChoosePlace implements ui.FileDesk.
func (d *Desk) ChoosePlace(_, name string, chosen func(path string)) {
	d.Names = append(d.Names, name)
	if d.Place != "" {
		chosen(d.Place)
	}
}

// OpenFile implements ui.FileDesk.
func (d *Desk) OpenFile(_ context.Context, path string) error {
	if d.Refuse == nil {
		d.Opened = append(d.Opened, path)
	}
	return d.Refuse
}

// OnDrop implements ui.FileDesk.
func (d *Desk) OnDrop(f func(paths []string)) (cancel func()) {
	taker := &f
	d.takers = append(d.takers, taker)
	return func() { d.takers = slices.DeleteFunc(d.takers, func(t *func([]string)) bool { return t == taker }) }
}

// Drop drops files on the window.
func (d *Desk) Drop(paths ...string) bool {
	if len(d.takers) == 0 {
		return false
	}
	(*d.takers[len(d.takers)-1])(paths)
	return true
}

// FileDeps gives the attachments of a workbook in memory, with contents in memory and a desk whose user chooses nothing.
func FileDeps(book *fakebook.Book, me func() sales.User) *ui.FileDeps {
	return &ui.FileDeps{Book: book, Files: fakebook.NewFiles(book), Desk: &Desk{}, Me: me}
}
