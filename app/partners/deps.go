package partners

import (
	"time"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// Deps is what the screens of companies need from outside.
type Deps struct {
	// Book is the workbook.
	Book sales.Workbook
	// Me is the signed-in user.
	Me func() sales.User
	// Now is the present moment, in the zone whose days the user lives by.
	Now func() time.Time
	// Attach is for the photos and documents of a record.
	Attach *ui.FileDeps
	// Export writes the records of a query to a file that it asks the user for. Nil: no export button.
	Export func(q sales.Query)
	// Import reads records of a kind from a file that it asks the user for. Nil: no import button.
	Import func(kind string)
}

// today is the user's calendar day.
func (d Deps) today() sales.Date { return sales.DateOf(d.Now()) }

// mayWrite says whether the user's role writes records of a kind, to spare a vain attempt; the server decides.
func (d Deps) mayWrite(kind string) bool {
	role := sales.Role(d.Me().Role)
	return role == "" || role.MayWrite(sales.MustKind(kind)) // a workbook without a server has no roles
}
