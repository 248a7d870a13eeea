package exchange

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/rounds-field/rounds/assets/sample"
	"github.com/rounds-field/rounds/internal/fakebook"
	"github.com/rounds-field/rounds/sales"
)

// realFiles are the real data files with the kind that each fills and the number of its rows, in an order in which references are found.
var realFiles = []struct {
	file, kind string
	rows       int
}{
	{"regions.csv", "territory", 3351},
	{"partners.csv", "partner", 3621},
	{"accounts.csv", "account", 1500},
	{"crm/sales_teams.csv", "user", 35},
	{"crm/products.csv", "product", 7},
	{"crm/accounts.csv", "account", 85},
	{"crm/sales_pipeline.csv", "opportunity", 8800},
	{"receivables.csv", "receivable", 2586},
	{"shipments.csv", "shipment", 29943},
	{"feedback.csv", "feedback", 16315},
}

func TestAllRealDataIsTakenAndTakenOnceOnly(t *testing.T) {
	book := newBook()
	for _, f := range realFiles {
		content, err := sample.Open(f.file)
		if err != nil {
			t.Fatal(err)
		}
		for _, again := range []bool{false, true} {
			start := time.Now()
			r, err := Import(context.Background(), book, f.kind, f.file, content, options())
			if err != nil {
				t.Fatalf("%s: %v", f.file, err)
			}
			t.Logf("%s: %d rows in %v; %+v", f.file, r.Rows, time.Since(start).Round(time.Millisecond), r.Columns)
			if again {
				wantCounts(t, r, 0, 0, f.rows, 0)
			} else {
				wantCounts(t, r, f.rows, 0, 0, 0)
			}
		}
	}
	spotChecks(t, book)
	for _, kind := range []string{"territory", "partner", "account", "user", "product", "opportunity", "receivable", "shipment", "feedback"} {
		var out bytes.Buffer
		n, err := Export(context.Background(), book, kind, &out, CSV)
		if err != nil {
			t.Fatal(err)
		}
		r, err := Import(context.Background(), book, kind, "x.csv", out.Bytes(), options())
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		wantCounts(t, r, 0, 0, n, 0)
	}
}

func spotChecks(t *testing.T, book *fakebook.Book) {
	t.Helper()
	find := func(kind, field string, value any) sales.Record {
		t.Helper()
		all, err := book.List(context.Background(), sales.Query{Kind: kind, Where: []sales.Cond{{Field: field, Op: sales.Eq, Value: value}}})
		if err != nil || len(all) != 1 {
			t.Fatalf("%s with %s %v: %d records, %v", kind, field, value, len(all), err)
		}
		return all[0]
	}
	won := sales.As[sales.Opportunity](find("opportunity", "code", "1C1I7A6R"))
	account := find("account", "name", "Cancity")
	seller := find("user", "name", "moses.frase")
	if won.Stage != sales.StageWon || won.Amount != 105400 || won.ClosedOn != "2017-03-01" || won.EngagedOn != "2016-10-20" || won.AccountID != account.ID ||
		won.OwnerID != seller.ID || won.ProductName != "GTX Plus Basic" || won.Name != "Cancity GTX Plus Basic" {
		t.Errorf("%+v", won)
	}
	open := sales.As[sales.Opportunity](find("opportunity", "code", "HAXMC4IX"))
	if open.Stage != sales.StageQualified || open.AccountID != "" || open.Name != "MG Advanced" {
		t.Errorf("without an account: %+v", open)
	}
	if account.Text("industry") != "retail" || account.Int("founded_in") != 2001 || account.Int("revenue") != 71862 || account.Text("address") != "United States" {
		t.Errorf("%+v", account.Values)
	}
	if p := find("product", "name", "GTX Pro"); p.Int("price") != 482100 || p.Text("code") != "GTX Pro" {
		t.Errorf("%+v", p.Values)
	}
	line := sales.As[sales.Shipment](find("shipment", "key", "536365/71053/1"))
	if line.Quantity != 6 || line.UnitPrice != 339 || line.Amount != 2034 || line.PartnerID != find("partner", "code", "P17850").ID {
		t.Errorf("%+v", line)
	}
	invoice := sales.As[sales.Receivable](find("receivable", "invoice_no", "5928070131"))
	if invoice.Amount != 9760 || invoice.Disputed || invoice.SettledOn != "2025-01-25" {
		t.Errorf("%+v", invoice)
	}
	good := sales.As[sales.Feedback](find("feedback", "body", "很不错。。。。。。很好的平板"))
	if good.Kind != "satisfaction" || !good.Positive || good.Category != "平板" {
		t.Errorf("%+v", good)
	}
	if beijing := find("territory", "code", "110101"); beijing.Text("parent_code") == "" {
		t.Errorf("%+v", beijing.Values)
	}
}

func TestASheetOfThirtyThousandRowsIsTaken(t *testing.T) {
	book := newBook()
	for _, f := range realFiles[:2] {
		content, err := sample.Open(f.file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Import(context.Background(), book, f.kind, f.file, content, options()); err != nil {
			t.Fatal(err)
		}
	}
	content, err := sample.Open("shipments.csv")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Import(context.Background(), book, "shipment", "shipments.csv", content, options()); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	n, err := Export(context.Background(), book, "shipment", &out, XLSX)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Import(context.Background(), book, "shipment", "shipments.xlsx", out.Bytes(), options())
	if err != nil {
		t.Fatal(err)
	}
	wantCounts(t, r, 0, 0, n, 0)
}
