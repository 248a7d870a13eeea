package workbook

import (
	"fmt"
	"testing"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/server/accounts"
	"github.com/rounds-field/rounds/sync/wire"
)

// A manager who sees hundreds of territories polls for next to nothing, and one edit in one of them costs little more.
func TestASyncThatFindsNothingNewTakesLessThanTwoKilobytes(t *testing.T) {
	const territories = 600
	url, journal := startServer(t)
	if _, _, err := accounts.New(journal, nil).Add(t.Context(), wire.Caller{}, accounts.NewUser{Name: "boss", Role: sales.RoleManager, Password: password}); err != nil {
		t.Fatal(err)
	}
	edits := make([]sales.Edit, territories)
	for i := range edits {
		edits[i] = sales.CreateOf(sales.Partner{Name: fmt.Sprint("Partner ", i), RegionCode: fmt.Sprint(1000 + i)})
	}
	ids, err := journal.Commit(t.Context(), wire.Caller{}, edits...)
	if err != nil {
		t.Fatal(err)
	}
	wb := open(t, t.TempDir())
	defer closeBook(t, wb)
	signIn(t, wb, url, "boss")
	sync := func() sales.SyncReport {
		t.Helper()
		r, err := wb.Sync(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	first := sync()
	if first.Pulled < territories {
		t.Fatalf("the first sync brought %d records", first.Pulled)
	}
	sync() // connections are made, headers known
	if r := sync(); r.BytesOut+r.BytesIn > 2000 {
		t.Errorf("nothing new: %d bytes out, %d in", r.BytesOut, r.BytesIn)
	}
	if _, err := journal.Commit(t.Context(), wire.Caller{}, sales.Edit{Verb: sales.Update, Kind: "partner", ID: ids[99], Values: sales.Values{"phone": "1"}}); err != nil {
		t.Fatal(err)
	}
	r := sync()
	if r.Pulled != 1 || r.BytesOut+r.BytesIn > 5000 {
		t.Errorf("one edit: pulled %d, %d bytes out, %d in", r.Pulled, r.BytesOut, r.BytesIn)
	}
}
