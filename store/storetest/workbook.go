package storetest

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rounds-field/rounds/sales"
)

// Workbook runs the suite. open gives an empty workbook each time it is called.
func Workbook(t *testing.T, open func(t *testing.T) sales.Workbook) {
	t.Helper()
	for _, c := range []struct {
		name string
		run  func(t *testing.T, b sales.Workbook)
	}{
		{"what was written is read back", readsBack},
		{"a new record is completed", completes},
		{"an update changes its fields only", updates},
		{"a cleared field is empty", clears},
		{"a deleted record is gone", deletes},
		{"one refused edit refuses the whole call", allOrNothing},
		{"what is wrong is named", namesWrong},
		{"conditions choose records", conditions},
		{"emptiness has one form", emptiness},
		{"sets are asked for a member", members},
		{"lists are ordered and paged", ordered},
		{"records are grouped and summed", aggregates},
		{"names are found by their beginning", searches},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, open(t)) })
	}
}

func write(t *testing.T, b sales.Workbook, edits ...sales.Edit) []string {
	t.Helper()
	ids, err := b.Write(t.Context(), edits...)
	if err != nil {
		t.Fatalf("write: %v", err)
	}
	return ids
}

func get(t *testing.T, b sales.Workbook, kind, id string) sales.Record {
	t.Helper()
	r, err := b.Get(t.Context(), kind, id)
	if err != nil {
		t.Fatalf("get %s: %v", kind, err)
	}
	return r
}

func readsBack(t *testing.T, b sales.Workbook) {
	want := sales.Partner{
		Code: "CP-1", Name: "上海远景电脑", Tier: "gold", CreditLimit: 1_000_000_00, Currency: "CNY", Tags: []string{"a", "重点"},
		Notes: "两行\n备注", SignedOn: "2026-01-31", Status: "active",
	}
	id := write(t, b, sales.CreateOf(want))[0]
	got := sales.As[sales.Partner](get(t, b, "partner", id))
	want.ID, got.Meta = id, sales.Meta{}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
}

func completes(t *testing.T, b sales.Workbook) {
	id := write(t, b, sales.CreateOf(sales.Task{Title: "call back"}))[0]
	r := get(t, b, "task", id)
	if r.Text("status") != "open" || r.Text("owner_id") == "" {
		t.Errorf("a new task has status %q and owner %q", r.Text("status"), r.Text("owner_id"))
	}
}

func updates(t *testing.T, b sales.Workbook) {
	id := write(t, b, sales.CreateOf(sales.Partner{Name: "one", Phone: "1", Code: "c"}))[0]
	write(t, b, sales.Edit{Verb: sales.Update, Kind: "partner", ID: id, Values: sales.Values{"phone": "2"}})
	r := get(t, b, "partner", id)
	if r.Text("phone") != "2" || r.Text("name") != "one" || r.Text("code") != "c" {
		t.Errorf("after the update: %v", r.Values)
	}
}

func clears(t *testing.T, b sales.Workbook) {
	id := write(t, b, sales.CreateOf(sales.Partner{Name: "one", Phone: "1", Tags: []string{"x"}, CreditLimit: 5}))[0]
	write(t, b, sales.Edit{Verb: sales.Update, Kind: "partner", ID: id, Values: sales.Values{"phone": nil, "tags": nil, "credit_limit": nil}})
	r := get(t, b, "partner", id)
	for _, name := range []string{"phone", "tags", "credit_limit"} {
		if !sales.Empty(r.Values[name]) {
			t.Errorf("%s is %v after it was cleared", name, r.Values[name])
		}
	}
}

func deletes(t *testing.T, b sales.Workbook) {
	id := write(t, b, sales.CreateOf(sales.Partner{Name: "one"}))[0]
	write(t, b, sales.Edit{Verb: sales.Delete, Kind: "partner", ID: id})
	if _, err := b.Get(t.Context(), "partner", id); !sales.HasCode(err, sales.CodeNotFound) {
		t.Errorf("get a deleted record: %v, want %s", err, sales.CodeNotFound)
	}
	if n, err := b.Count(t.Context(), sales.Query{Kind: "partner"}); err != nil || n != 0 {
		t.Errorf("count: %d, %v", n, err)
	}
}

func allOrNothing(t *testing.T, b sales.Workbook) {
	_, err := b.Write(t.Context(), sales.CreateOf(sales.Partner{Name: "good"}), sales.CreateOf(sales.Partner{Code: "no name"}))
	if !sales.HasCode(err, sales.CodeRequired) {
		t.Errorf("a partner without a name: %v, want %s", err, sales.CodeRequired)
	}
	if n, err := b.Count(t.Context(), sales.Query{Kind: "partner"}); err != nil || n != 0 {
		t.Errorf("%d partners were saved all the same (%v)", n, err)
	}
}

func namesWrong(t *testing.T, b sales.Workbook) {
	for _, c := range []struct {
		edit sales.Edit
		code string
	}{
		{sales.Edit{Verb: sales.Create, Kind: "no_such_kind"}, sales.CodeUnknownKind},
		{sales.Edit{Verb: sales.Create, Kind: "partner", Values: sales.Values{"name": "n", "colour": "red"}}, sales.CodeUnknownField},
		{sales.Edit{Verb: sales.Create, Kind: "partner", Values: sales.Values{"name": "n", "tier": "wooden"}}, sales.CodeInvalid},
		{sales.Edit{Verb: sales.Update, Kind: "partner", ID: sales.NewID(), Values: sales.Values{"name": "n"}}, sales.CodeNotFound},
		{sales.Edit{Verb: sales.Delete, Kind: "partner", ID: sales.NewID()}, sales.CodeNotFound},
	} {
		if _, err := b.Write(t.Context(), c.edit); !sales.HasCode(err, c.code) {
			t.Errorf("%s %s: %v, want %s", c.edit.Verb, c.edit.Kind, err, c.code)
		}
	}
}

// partners writes four partners whose names are their keys in the tests.
func partners(t *testing.T, b sales.Workbook) {
	t.Helper()
	write(t, b,
		sales.CreateOf(sales.Partner{Name: "alpha", Tier: "gold", CreditLimit: 300, RegionCode: "11", Tags: []string{"big", "old"}, SignedOn: "2024-05-01"}),
		sales.CreateOf(sales.Partner{Name: "beta", Tier: "silver", CreditLimit: 100, RegionCode: "12", Tags: []string{"big"}, SignedOn: "2025-05-01"}),
		sales.CreateOf(sales.Partner{Name: "Gamma_1", Tier: "gold", CreditLimit: 200, SignedOn: "2026-05-01"}),
		sales.CreateOf(sales.Partner{Name: "delta%", Tier: "bronze"}),
	)
}

func names(t *testing.T, b sales.Workbook, q sales.Query) []string {
	t.Helper()
	q.Kind = "partner"
	list, err := b.List(t.Context(), q)
	if err != nil {
		t.Fatalf("list: %v", err)
	}
	out := make([]string, len(list))
	for i, r := range list {
		out[i] = r.Text("name")
	}
	n, err := b.Count(t.Context(), q)
	if err != nil {
		t.Fatalf("count: %v", err)
	}
	if q.Limit == 0 && q.Offset == 0 && n != len(list) {
		t.Errorf("count says %d, the list has %d", n, len(list))
	}
	return out
}

func expect(t *testing.T, b sales.Workbook, q sales.Query, want ...string) {
	t.Helper()
	got := names(t, b, q)
	if len(q.Sort) == 0 {
		slices.Sort(got)
		slices.Sort(want)
	}
	if !slices.Equal(got, want) {
		t.Errorf("%+v gives %v, want %v", q, got, want)
	}
}

func conditions(t *testing.T, b sales.Workbook) {
	partners(t, b)
	for _, c := range []struct {
		cond sales.Cond
		want []string
	}{
		{sales.Cond{Field: "tier", Op: sales.Eq, Value: "gold"}, []string{"alpha", "Gamma_1"}},
		{sales.Cond{Field: "tier", Op: sales.Ne, Value: "gold"}, []string{"beta", "delta%"}},
		{sales.Cond{Field: "region_code", Op: sales.Ne, Value: "11"}, []string{"beta", "Gamma_1", "delta%"}},
		{sales.Cond{Field: "credit_limit", Op: sales.Gt, Value: int64(100)}, []string{"alpha", "Gamma_1"}},
		{sales.Cond{Field: "credit_limit", Op: sales.Le, Value: int64(200)}, []string{"beta", "Gamma_1"}},
		{sales.Cond{Field: "signed_on", Op: sales.Ge, Value: "2025-05-01"}, []string{"beta", "Gamma_1"}},
		{sales.Cond{Field: "signed_on", Op: sales.Lt, Value: "2025-05-01"}, []string{"alpha"}},
		{sales.Cond{Field: "tier", Op: sales.In, Value: []string{"silver", "bronze"}}, []string{"beta", "delta%"}},
		{sales.Cond{Field: "tier", Op: sales.NotIn, Value: []string{"silver", "bronze"}}, []string{"alpha", "Gamma_1"}},
		{sales.Cond{Field: "name", Op: sales.Contains, Value: "gamma"}, []string{"Gamma_1"}},
		{sales.Cond{Field: "name", Op: sales.Contains, Value: "%"}, []string{"delta%"}},
		{sales.Cond{Field: "name", Op: sales.Contains, Value: "_"}, []string{"Gamma_1"}},
	} {
		expect(t, b, sales.Query{Where: []sales.Cond{c.cond}}, c.want...)
	}
	expect(t, b, sales.Query{
		Where: []sales.Cond{{Field: "tier", Op: sales.Eq, Value: "gold"}},
		Any:   []sales.Cond{{Field: "name", Op: sales.Eq, Value: "alpha"}, {Field: "name", Op: sales.Eq, Value: "beta"}},
	}, "alpha")
}

func emptiness(t *testing.T, b sales.Workbook) {
	partners(t, b)
	expect(t, b, sales.Query{Where: []sales.Cond{{Field: "region_code", Op: sales.IsEmpty}}}, "Gamma_1", "delta%")
	expect(t, b, sales.Query{Where: []sales.Cond{{Field: "region_code", Op: sales.NotEmpty}}}, "alpha", "beta")
	expect(t, b, sales.Query{Where: []sales.Cond{{Field: "tags", Op: sales.IsEmpty}}}, "Gamma_1", "delta%")
	expect(t, b, sales.Query{Where: []sales.Cond{{Field: "credit_limit", Op: sales.IsEmpty}}}, "delta%")
}

func members(t *testing.T, b sales.Workbook) {
	partners(t, b)
	expect(t, b, sales.Query{Where: []sales.Cond{{Field: "tags", Op: sales.Contains, Value: "big"}}}, "alpha", "beta")
	expect(t, b, sales.Query{Where: []sales.Cond{{Field: "tags", Op: sales.Contains, Value: "bi"}}})
}

func ordered(t *testing.T, b sales.Workbook) {
	partners(t, b)
	expect(t, b, sales.Query{Sort: []string{"-credit_limit"}, Limit: 2}, "alpha", "Gamma_1")
	expect(t, b, sales.Query{Sort: []string{"-credit_limit"}, Limit: 2, Offset: 1}, "Gamma_1", "beta")
	expect(t, b, sales.Query{Sort: []string{"signed_on"}}, "delta%", "alpha", "beta", "Gamma_1")
	expect(t, b, sales.Query{Sort: []string{"tier", "credit_limit"}}, "delta%", "Gamma_1", "alpha", "beta")
}

func aggregates(t *testing.T, b sales.Workbook) {
	partners(t, b)
	q := sales.Query{Kind: "partner"}
	for _, c := range []struct {
		by    string
		fn    sales.Fn
		field string
		want  map[string]int64
	}{
		{"tier", sales.CountOf, "", map[string]int64{"gold": 2, "silver": 1, "bronze": 1}},
		{"tier", sales.SumOf, "credit_limit", map[string]int64{"gold": 500, "silver": 100, "bronze": 0}},
		{"", sales.MaxOf, "credit_limit", map[string]int64{"": 300}},
		{"", sales.CountOf, "", map[string]int64{"": 4}},
	} {
		got, err := b.Aggregate(t.Context(), q, c.by, c.fn, c.field)
		if err != nil {
			t.Fatalf("aggregate: %v", err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s of %q by %q (-want +got):\n%s", c.fn, c.field, c.by, diff)
		}
	}
}

func searches(t *testing.T, b sales.Workbook) {
	ids := write(t, b, sales.CreateOf(sales.Partner{Name: "上海远景电脑", Code: "CP-0017"}), sales.CreateOf(sales.Partner{Name: "Beta Systems"}))
	for text, want := range map[string]string{"远景": ids[0], "CP-00": ids[0], "beta": ids[1], "Sys": ids[1]} {
		hits, err := b.Search(t.Context(), text, "", 10)
		if err != nil {
			t.Fatalf("search: %v", err)
		}
		if len(hits) != 1 || hits[0].ID != want || hits[0].Kind != "partner" || hits[0].Title == "" {
			t.Errorf("search %q gives %+v", text, hits)
		}
		expect(t, b, sales.Query{Match: text}, hits[0].Title)
	}
	if hits, err := b.Search(t.Context(), "nowhere", "", 10); err != nil || len(hits) != 0 {
		t.Errorf("search for what is not there: %v, %v", hits, err)
	}
}
