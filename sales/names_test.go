package sales_test

import (
	"testing"
	"time"

	"github.com/rounds-field/rounds/internal/fakebook"
	"github.com/rounds-field/rounds/sales"
)

func TestNamesFindsEachTitleThatWasAskedFor(t *testing.T) {
	book := fakebook.New(time.Now, "")
	partner := book.Put(sales.Partner{Name: "铜陵达人科技"})[0]
	account := book.Put(sales.Account{Name: "富盈集团"})[0]
	var names sales.Names
	names.Want("partner", partner, "", sales.NewID())
	names.Want("account", account)
	if err := names.Load(t.Context(), book); err != nil {
		t.Fatal(err)
	}
	if got := names.Of("partner", partner); got != "铜陵达人科技" {
		t.Errorf("the partner is called %q", got)
	}
	if got := names.Company("", account); got != "富盈集团" {
		t.Errorf("without a partner the company is %q, want the key account", got)
	}
	if got := names.Of("user", account); got != "" {
		t.Errorf("a kind that was not asked for gave %q", got)
	}
}
