package local

import (
	"slices"
	"testing"

	"github.com/rounds-field/rounds/sales"
)

func TestSearchFindsWhatARepWouldType(t *testing.T) {
	s := openTest(t)
	ids := mustWrite(t, s,
		sales.CreateOf(sales.Partner{Name: "重庆远景电脑有限公司", Code: "CP-00177", Phone: "023-6789 1234", Address: "渝中区解放碑8号"}),
		sales.CreateOf(sales.Account{Name: "Nanjing Steel Group", Industry: "metal"}),
		sales.CreateOf(sales.Feedback{Kind: "product", Body: "屏幕太暗，客户要求更换DCS系统。\n第二行"}),
	)
	partner, account, feedback := ids[0], ids[1], ids[2]
	visit := mustWrite(t, s, sales.CreateOf(sales.Visit{PartnerID: partner, VisitType: "routine", Notes: "库存积压三个月，返点政策不清楚"}))[0]
	for text, want := range map[string]string{
		"远景":            partner, // two characters
		"景":             partner, // one
		"远景电脑有限":        partner, // many
		"cqyj":          partner, // initials
		"chongqing":     partner, // a word that is read otherwise than its characters alone
		"yuanjingd":     partner, // the beginning of pinyin
		"CP-001":        partner, // the beginning of a code
		"cp 00177":      partner,
		"6789":          partner, // a fragment of a number
		"0236789":       partner,
		"67891234":      partner,
		"解放碑":           partner,
		"nanj":          account,
		"steel nanjing": account,
		"更换dcs":         feedback, // both scripts
		"返点政策":          visit,
		"kcjy":          visit, // initials of the beginning of a text that has no name
		"库存 返点":         visit,
	} {
		hits, err := s.Search(t.Context(), text, "", 10)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(hits, func(h sales.Hit) bool { return h.ID == want }) {
			t.Errorf("%q gives %+v", text, hits)
		}
	}
	for _, text := range []string{"景远", "库存三", "zzz", `"`, "*", "AND", "a OR", "()", "-", ""} {
		if hits, err := s.Search(t.Context(), text, "", 10); err != nil || len(hits) != 0 {
			t.Errorf("%q gives %+v, %v", text, hits, err)
		}
	}
	hits, err := s.Search(t.Context(), "积压", "visit", 10)
	if err != nil || len(hits) != 1 || hits[0].Excerpt == "" || hits[0].Title == "" {
		t.Errorf("a hit in a text: %+v, %v", hits, err)
	}
	titles, err := s.Titles(t.Context(), "visit", []string{visit, sales.NewID()})
	if err != nil || len(titles) != 1 || titles[visit] != hits[0].Title {
		t.Errorf("titles: %v, %v", titles, err)
	}
	mustWrite(t, s, update("visit", visit, sales.Values{"notes": "改了"}))
	if hits, err := s.Search(t.Context(), "积压", "", 10); err != nil || len(hits) != 0 {
		t.Errorf("an old text is still found: %v, %v", hits, err)
	}
	healthy(t, s)
}

func TestNamesAreOrderedByPinyin(t *testing.T) {
	s := openTest(t)
	for _, name := range []string{"重庆公司", "北京公司", "Acme", "张江公司", "长沙公司"} {
		mustWrite(t, s, sales.CreateOf(sales.Partner{Name: name}))
	}
	list, err := s.List(t.Context(), sales.Query{Kind: "partner"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range list {
		got = append(got, r.Text("name"))
	}
	if want := []string{"Acme", "北京公司", "长沙公司", "重庆公司", "张江公司"}; !slices.Equal(got, want) {
		t.Errorf("ordered %v, want %v", got, want)
	}
}

func TestQueriesRefuseWhatIsNotDeclared(t *testing.T) {
	s := openTest(t)
	for _, q := range []sales.Query{
		{Kind: "partner", Sort: []string{"name; DROP TABLE partner"}},
		{Kind: "partner", Where: []sales.Cond{{Field: "1=1 OR name", Op: sales.Eq, Value: "x"}}},
	} {
		if _, err := s.List(t.Context(), q); !sales.HasCode(err, sales.CodeUnknownField) {
			t.Errorf("%+v: %v", q, err)
		}
	}
	if _, err := s.List(t.Context(), sales.Query{Kind: "partner", Where: []sales.Cond{{Field: "credit_limit", Op: sales.Eq, Value: "many"}}}); !sales.HasCode(err, sales.CodeInvalid) {
		t.Errorf("a text compared with money: %v", err)
	}
	mustWrite(t, s, sales.CreateOf(sales.Partner{Name: "n", CreditLimit: 5}))
	for _, v := range []any{"5", 5, int64(5)} {
		if n, err := s.Count(t.Context(), sales.Query{Kind: "partner", Where: []sales.Cond{{Field: "credit_limit", Op: sales.Eq, Value: v}}}); err != nil || n != 1 {
			t.Errorf("%T %v: %d, %v", v, v, n, err)
		}
	}
	if _, err := s.List(t.Context(), sales.Query{Kind: "nothing"}); !sales.HasCode(err, sales.CodeUnknownKind) {
		t.Errorf("an unknown kind: %v", err)
	}
}

func TestADeepCheckMakesAnIncompleteSearchIndexAnew(t *testing.T) {
	s := openTest(t)
	mustWrite(t, s, sales.CreateOf(sales.Partner{Name: "远景电脑"}), sales.CreateOf(sales.Partner{Name: "other"}))
	if _, err := s.db.Writer().ExecContext(t.Context(), "DELETE FROM wb_search WHERE wb_search MATCH '远景'"); err != nil {
		t.Fatal(err)
	}
	found, err := s.Check(t.Context(), true)
	if err != nil || len(found) != 1 || found[0].Code != "search" {
		t.Fatalf("found %+v, %v", found, err)
	}
	s.WaitForSearch()
	if hits, err := s.Search(t.Context(), "远景", "", 5); err != nil || len(hits) != 1 {
		t.Errorf("after the check: %v, %v", hits, err)
	}
	healthy(t, s)
}

func TestADamagedSumIsFound(t *testing.T) {
	s, f := openTest(t), newFakeServer()
	publish(t, s, f.page(f.set("t:11", "partner", sales.NewID(), sales.Values{"name": "one"})))
	if _, err := s.db.Writer().ExecContext(t.Context(), "UPDATE partner SET _sum = zeroblob(16)"); err != nil {
		t.Fatal(err)
	}
	found, err := s.Check(t.Context(), true)
	if err != nil || len(found) != 2 {
		t.Errorf("found %+v, %v", found, err)
	}
}
