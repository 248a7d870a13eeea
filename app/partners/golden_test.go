package partners

import (
	"testing"

	"github.com/rounds-field/rounds/internal/uitest"
	"github.com/rounds-field/rounds/sales"
)

func TestPictures(t *testing.T) {
	d, book := fixture()
	partner, account := company(book)
	d.Export, d.Import = func(sales.Query) {}, func(string) {}
	crowded, long := fixture()
	crowded.Export, crowded.Import = d.Export, d.Import
	manyPartners(long, 400)
	empty, _ := fixture()
	for name, c := range map[string]struct {
		deps  Deps
		route string
	}{
		"list":        {crowded, "partners"},
		"list-empty":  {empty, "accounts"},
		"partner":     {d, "partner/" + partner},
		"receivables": {d, "partner/" + partner + "?tab=receivables"},
		"timeline":    {d, "partner/" + partner + "?tab=timeline"},
		"account":     {d, "account/" + account},
		"form":        {d, "partner/" + partner + "?edit=1"},
		"contact":     {d, "contact/" + id(301)},
	} {
		t.Run(name, func(t *testing.T) { uitest.Golden(t, name, show(c.deps, c.route)) })
	}
}
