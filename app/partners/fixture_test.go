package partners

import (
	"fmt"
	"time"

	"github.com/rounds-field/rounds/internal/fakebook"
	"github.com/rounds-field/rounds/internal/uitest"
	"github.com/rounds-field/rounds/sales"
)

const (
	meID    = "018f0000-0000-7000-8000-000000000001"
	otherID = "018f0000-0000-7000-8000-000000000002"
)

var (
	zone = time.FixedZone("CST", 8*3600)
	now  = time.Date(2026, 3, 18, 9, 30, 0, 0, zone)
)

// fixture is a workbook with two users, a small region tree and no companies.
func fixture() (Deps, *fakebook.Book) {
	clock := func() time.Time { return now }
	me := sales.User{ID: meID, Name: "wang", DisplayName: "王小明", Role: "rep"}
	book := fakebook.New(clock, meID)
	book.Put(me, sales.User{ID: otherID, Name: "li", DisplayName: "李静", Role: "rep"},
		sales.Territory{Code: "44", Name: "广东省"},
		sales.Territory{Code: "4403", Name: "深圳市", ParentCode: "44"},
		sales.Territory{Code: "440305", Name: "南山区", ParentCode: "4403"},
		sales.Territory{Code: "440304", Name: "福田区", ParentCode: "4403"},
		sales.Territory{Code: "11", Name: "北京市"},
		sales.Territory{Code: "1101", Name: "北京市", ParentCode: "11"},
		sales.Territory{Code: "110108", Name: "海淀区", ParentCode: "1101"},
	)
	who := func() sales.User { return me }
	return Deps{Book: book, Me: who, Now: clock, Attach: uitest.FileDeps(book, who)}, book
}

// visited puts a visit that was made to a partner so many days ago.
func visited(book *fakebook.Book, partner string, daysAgo int) string {
	at := sales.InstantOf(now.AddDate(0, 0, -daysAgo))
	return book.Put(sales.Visit{
		PartnerID: partner, VisitType: "routine", Status: sales.VisitDone, StartedAt: at, EndedAt: at + 1800_000, OwnerID: meID,
		Subject: fmt.Sprintf("Visit %d days ago", daysAgo),
	})[0]
}

func names(rows []Row) []string {
	out := []string{}
	for _, r := range rows {
		out = append(out, r.Name)
	}
	return out
}
