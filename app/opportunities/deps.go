package opportunities

import (
	"time"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// Deps is what the screens of opportunities need from outside.
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
