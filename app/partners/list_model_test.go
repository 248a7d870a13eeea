package partners

import (
	"fmt"
	"slices"
	"testing"

	"github.com/rounds-field/rounds/internal/fakebook"
	"github.com/rounds-field/rounds/sales"
)

// found lists the names that a filter lets through.
func found(t *testing.T, m *listModel, f Filter) []string {
	t.Helper()
	answer, err := m.Find(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := answer.Page(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	if answer.Total != len(rows) {
		t.Errorf("total is %d, rows are %d", answer.Total, len(rows))
	}
	return names(rows)
}

func threePartners(book *fakebook.Book) []string {
	return book.Put(
		sales.Partner{Name: "Alpha", Code: "P1", Tier: "gold", Type: "distributor", Status: "active", RegionCode: "440305", OwnerID: meID},
		sales.Partner{Name: "Beta", Code: "P2", Tier: "silver", Type: "reseller", Status: "active", RegionCode: "440304", OwnerID: otherID},
		sales.Partner{Name: "Gamma", Code: "P3", Tier: "gold", Type: "agent", Status: "ended", RegionCode: "110108"},
	)
}

func TestFilterLetsThroughWhatItSays(t *testing.T) {
	d, book := fixture()
	threePartners(book)
	m := newListModel(d, partnerSide)
	for name, c := range map[string]struct {
		filter Filter
		want   []string
	}{
		"everything":           {Filter{}, []string{"Alpha", "Beta", "Gamma"}},
		"words":                {Filter{Text: "p2"}, []string{"Beta"}},
		"tiers":                {Filter{Tiers: []string{"gold"}}, []string{"Alpha", "Gamma"}},
		"types":                {Filter{Categories: []string{"agent", "reseller"}}, []string{"Beta", "Gamma"}},
		"status":               {Filter{Statuses: []string{"active"}}, []string{"Alpha", "Beta"}},
		"territory with below": {Filter{Territory: "44"}, []string{"Alpha", "Beta"}},
		"one district":         {Filter{Territory: "440304"}, []string{"Beta"}},
		"mine":                 {Filter{Mine: true}, []string{"Alpha"}},
		"together":             {Filter{Tiers: []string{"gold"}, Territory: "11"}, []string{"Gamma"}},
		"name, descending":     {Filter{Sort: "name", Desc: true}, []string{"Gamma", "Beta", "Alpha"}},
		"tier, then name":      {Filter{Sort: "tier"}, []string{"Alpha", "Gamma", "Beta"}},
	} {
		if got := found(t, m, c.filter); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestMissedKeepsOnlyCompaniesWhoseCadenceIsOverdue(t *testing.T) {
	d, book := fixture()
	ids := threePartners(book)
	visited(book, ids[0], 22) // gold is to be seen every 21 days
	visited(book, ids[0], 90)
	visited(book, ids[1], 10)
	visited(book, ids[2], 300) // its agency has ended
	if got := found(t, newListModel(d, partnerSide), Filter{Missed: true}); !slices.Equal(got, []string{"Alpha"}) {
		t.Errorf("missed: %v", got)
	}
}

func TestRowsCarryOwnerTerritoryAndCadence(t *testing.T) {
	d, book := fixture()
	ids := threePartners(book)
	visited(book, ids[0], 22)
	answer, err := newListModel(d, partnerSide).Find(t.Context(), Filter{Text: "Alpha"})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := answer.Page(t.Context(), 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	r := rows[0]
	if r.Owner != "王小明" || r.Territory != "深圳市 / 南山区" || r.Category != "distributor" {
		t.Errorf("row: %+v", r)
	}
	if r.Cadence.Last != "2026-02-24" || r.Cadence.Overdue != 1 {
		t.Errorf("cadence: %+v", r.Cadence)
	}
}

func TestALongListIsReadByPages(t *testing.T) {
	d, book := fixture()
	for i := range 1000 {
		book.Put(sales.Account{Name: fmt.Sprintf("Account %04d", i), Industry: []string{"银行", "医院", "银行"}[i%3]})
	}
	m := newListModel(d, accountSide)
	answer, err := m.Find(t.Context(), Filter{})
	if err != nil || answer.Total != 1000 {
		t.Fatalf("total %d, %v", answer.Total, err)
	}
	rows, err := answer.Page(t.Context(), 990, 200)
	if err != nil || len(rows) != 10 || rows[0].Name != "Account 0990" {
		t.Errorf("last page: %v, %v", names(rows), err)
	}
	industries, err := m.Industries(t.Context())
	if err != nil || !slices.Equal(industries, []string{"银行", "医院"}) {
		t.Errorf("industries: %v, %v", industries, err)
	}
}

func TestSavedViewsAreKeptByNameForEachListAndUser(t *testing.T) {
	d, book := fixture()
	partners, accounts := newListModel(d, partnerSide), newListModel(d, accountSide)
	f := Filter{Tiers: []string{"gold"}, Territory: "44", Sort: "tier", Desc: true}
	id, err := partners.SaveView(t.Context(), " 广东金牌 ", f)
	if err != nil {
		t.Fatal(err)
	}
	f.Mine = true
	if again, err := partners.SaveView(t.Context(), "广东金牌", f); err != nil || again != id {
		t.Errorf("saving under the same name made another view: %s, %v", again, err)
	}
	book.Put(sales.SavedView{UserID: otherID, Kind: "partner", Name: "another's"})
	views, err := partners.Views(t.Context())
	if err != nil || len(views) != 1 || views[0].Name != "广东金牌" || views[0].Filter.Encode() != f.Encode() {
		t.Fatalf("views: %+v, %v", views, err)
	}
	if views, _ := accounts.Views(t.Context()); len(views) != 0 {
		t.Errorf("the other list has them too: %+v", views)
	}
	if err := partners.DeleteView(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if views, _ := partners.Views(t.Context()); len(views) != 0 {
		t.Errorf("after deleting: %+v", views)
	}
}

func TestAFilterThatCannotBeReadIsEmpty(t *testing.T) {
	for _, text := range []string{"", "nonsense", `{"tiers":7}`} {
		if f := DecodeFilter(text); !f.empty() {
			t.Errorf("%q gives %+v", text, f)
		}
	}
}

func TestTerritoriesAreFoundByNamePathAndCode(t *testing.T) {
	d, _ := fixture()
	tree, err := newListModel(d, partnerSide).Territories(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string][]string{
		"深圳": {"4403", "440304", "440305"}, "广东 南山": {"440305"}, "1101": {"1101", "110108"}, "nowhere": nil,
	} {
		if got := tree.Find(text, 10); !slices.Equal(got, want) {
			t.Errorf("%q finds %v, want %v", text, got, want)
		}
	}
	if got := tree.PathText("110108"); got != "北京市 / 海淀区" {
		t.Errorf("a city that is a province: %q", got)
	}
	if got := tree.PathText("999999"); got != "999999" {
		t.Errorf("an unknown code: %q", got)
	}
}
