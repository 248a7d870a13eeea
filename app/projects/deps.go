package projects

import (
	"time"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// kind is the kind of record that this package shows.
const kind = "project"

// Deps is what the screens of projects need from outside.
type Deps struct {
	// Book is the workbook.
	Book sales.Workbook
	// Me is the signed-in user.
	Me func() sales.User
	// Now is the present moment, in the zone whose days the user lives by.
	Now func() time.Time
	// Attach is for the photos and documents of a record.
	Attach *ui.FileDeps
}

// Model reads and writes what the screens of projects show. It is synchronous and knows no toolkit.
type Model struct{ Deps }

// NewModel makes the model.
func NewModel(d Deps) *Model { return &Model{Deps: d} }

func (m *Model) me() string { return m.Me().ID }

func (m *Model) today() sales.Date { return sales.DateOf(m.Now()) }
