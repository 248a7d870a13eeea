package fakebook

import (
	"testing"
	"time"

	"github.com/rounds-field/rounds/sales"
)

func TestAQueryFiltersSortsAndPages(t *testing.T) {
	book := New(time.Now, "")
	book.Put(
		sales.Partner{Name: "铜陵达人科技", Code: "P3", Tier: "gold"},
		sales.Partner{Name: "榆林中彩科技", Code: "P1", Tier: "silver"},
		sales.Partner{Name: "北京华维电子", Code: "P2", Tier: "gold"},
	)
	got, err := book.List(t.Context(), sales.Query{
		Kind: "partner", Where: []sales.Cond{{Field: "tier", Op: sales.Eq, Value: "gold"}}, Sort: []string{"-code"}, Limit: 1, Offset: 1,
	})
	if err != nil || len(got) != 1 || got[0].Text("code") != "P2" {
		t.Fatalf("got %v, %v", got, err)
	}
	if hits, _ := book.Search(t.Context(), "中彩", "", 5); len(hits) != 1 || hits[0].Title != "榆林中彩科技" {
		t.Fatalf("search found %v", hits)
	}
}

func TestAWriteIsAllOrNothing(t *testing.T) {
	book := New(time.Now, sales.NewID())
	_, err := book.Write(t.Context(),
		sales.CreateOf(sales.Partner{Name: "铜陵达人科技"}),
		sales.CreateOf(sales.Partner{Code: "P2"}))
	if !sales.HasCode(err, sales.CodeRequired) {
		t.Fatalf("a partner without a name gave %v", err)
	}
	if n := len(All[sales.Partner](book)); n != 0 {
		t.Fatalf("%d partners were kept of a refused write", n)
	}
	ids, err := book.Write(t.Context(), sales.CreateOf(sales.Partner{Name: "铜陵达人科技"}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := book.Write(t.Context(), sales.Edit{Verb: sales.Update, Kind: "partner", ID: ids[0], Values: sales.Values{"tier": "gold"}}); err != nil {
		t.Fatal(err)
	}
	if p := All[sales.Partner](book)[0]; p.Tier != "gold" || p.Name != "铜陵达人科技" || !p.Pending {
		t.Fatalf("the partner became %+v", p)
	}
	if _, err := book.Write(t.Context(), sales.Edit{Verb: sales.Delete, Kind: "partner", ID: ids[0]}); err != nil {
		t.Fatal(err)
	}
	if _, err := book.Get(t.Context(), "partner", ids[0]); !sales.HasCode(err, sales.CodeNotFound) {
		t.Fatalf("a deleted partner gave %v", err)
	}
}

func TestEveryRecordOfTheSampleIsValid(t *testing.T) {
	book := Sample()
	total := 0
	for _, k := range sales.Kinds() {
		records, err := book.List(t.Context(), sales.Query{Kind: k.Name})
		if err != nil {
			t.Fatal(err)
		}
		total += len(records)
		for _, r := range records {
			if err := sales.Validate(nil, r); err != nil {
				t.Errorf("%s %s: %v", k.Name, r.Title(), err)
			}
		}
	}
	if total < 60 {
		t.Errorf("the sample has %d records only", total)
	}
}
