package endtoend

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/rounds-field/rounds/assets/sample"
)

func TestEveryFieldOfAKindIsInEachRecordUnderItsName(t *testing.T) {
	t.Parallel()
	a := newBook(t)
	id := a.add("partner", `{"name":"铜陵达人","code":"A1","tier":"gold","credit_limit":123450,"visit_every":14,"tags":["教育","医疗"],"signed_on":"2026-01-31","notes":"<b>&"}`)
	visit := a.add("visit", `{"partner_id":"`+id+`","visit_type":"routine","started_at":"2026-11-20T09:30:00+08:00","ended_at":"2026-11-20T10:15:00+08:00"}`)
	for _, k := range objects(t, a.run("", "kinds", "--json")) {
		kind, _ := k["kind"].(string)
		want := []string{"id"}
		fields, _ := k["fields"].([]any)
		for _, f := range fields {
			m, _ := f.(map[string]any)
			name, _ := m["field"].(string)
			label, _ := m["label"].(map[string]any)
			if m["type"] == "" || label["en"] == "" || label["zh"] == "" {
				t.Errorf("%s.%s has no type or label: %v", kind, name, m)
			}
			want = append(want, name)
		}
		slices.Sort(want)
		for _, r := range a.list(kind, "--limit", "1") {
			var got []string
			for name := range r {
				got = append(got, name)
			}
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("a %s has %v, want %v", kind, got, want)
			}
		}
	}
	shown := a.run("", "show", "partner", id, "--json")
	if listed := a.run("", "list", "partner", "--json"); shown != listed {
		t.Errorf("show and list differ:\n%s%s", shown, listed)
	}
	var p map[string]any
	if err := json.Unmarshal([]byte(shown), &p); err != nil {
		t.Fatal(err)
	}
	if p["credit_limit"] != 123450.0 || p["visit_every"] != 14.0 || p["signed_on"] != "2026-01-31" || p["notes"] != "<b>&" || p["phone"] != nil {
		t.Errorf("values come out as %s", shown)
	}
	v := objects(t, a.run("", "show", "visit", visit, "--json"))[0]
	if v["started_at"] != "2026-11-20T01:30:00Z" || v["status"] != "done" {
		t.Errorf("the visit comes out as %v", v)
	}
	a.edit("partner", id, `{"tier":null,"tags":[],"credit_limit":null}`)
	if p := a.list("partner")[0]; p["tier"] != nil || fmt.Sprint(p["tags"]) != "[]" || p["credit_limit"] != nil || p["name"] != "铜陵达人" {
		t.Errorf("null clears to %v", p)
	}
}

func TestListsAreFilteredSortedAndLimited(t *testing.T) {
	t.Parallel()
	a := newBook(t)
	a.run(`{"name":"甲","code":"C1","tier":"gold","region_code":"34","visit_every":7,"credit_limit":6000,"tags":["教育"]}
{"name":"乙","code":"C2","tier":"gold","region_code":"45","visit_every":30,"credit_limit":700000}
{"name":"丙","code":"C3","tier":"silver","visit_every":14}`, "add", "partner", "--json", "-")
	for args, want := range map[string]string{
		"--sort code":                              "C1 C2 C3",
		"--sort -visit_every":                      "C2 C3 C1",
		"--sort -code --limit 2":                   "C3 C2",
		"--where tier=gold --where region_code=45": "C2",
		"--where tier=gold --where tier=silver":    "",
		"--where region_code=":                     "C3",
		"--where tags=教育":                          "C1",
		"--where visit_every=14":                   "C3",
		"--where credit_limit=6000":                "C1",
		"--where credit_limit=7000.00":             "C2",
		"--where name=乙":                           "C2",
		"--where name=丁":                           "",
	} {
		out := objects(t, a.run("", append([]string{"list", "partner", "--json"}, strings.Fields(args)...)...))
		var codes []string
		for _, p := range out {
			code, _ := p["code"].(string)
			codes = append(codes, code)
		}
		if got := strings.Join(codes, " "); got != want {
			t.Errorf("list partner %s gives %q, want %q", args, got, want)
		}
	}
}

func TestWhatNobodyHasSetIsFalse(t *testing.T) {
	t.Parallel()
	a := newBook(t)
	on := a.add("product", `{"name":"甲","code":"X1","active":true}`)
	off := a.add("product", `{"name":"乙","code":"X2","active":false}`)
	unset := a.add("visit_type", `{"code":"x","name":"X"}`)
	for want, args := range map[string][]string{on: {"product", "--where", "active=true"}, off: {"product", "--where", "active=false"}, unset: {"visit_type", "--where", "inactive=false", "--where", "code=x"}} {
		if l := a.list(args[0], args[1:]...); len(l) != 1 || l[0]["id"] != want {
			t.Errorf("list %v gives %v", args, l)
		}
	}
}

func TestSearchFindsWhatAPersonRemembers(t *testing.T) {
	t.Parallel()
	a := newBook(t)
	a.run(`{"name":"铜陵达人科技","code":"TL-01","phone":"13812345678"}
{"name":"桂林声智科技","code":"GL02","notes":"contact Müller about the Laptop order"}`, "add", "partner", "--json", "-")
	for text, want := range map[string]int{
		"铜陵": 1, "陵达": 1, "铜": 1, "科技": 2, "tongling": 1, "tldr": 1, "shengzhi": 1, "234567": 1, "TL-01": 1, "gl02": 1, "lapt": 1,
		"不存在": 0, `"`: 0, "*": 0, "a AND": 0, "": 0,
	} {
		hits := objects(t, a.run("", "search", text, "--kind", "partner", "--json"))
		if len(hits) != want {
			t.Errorf("search %q finds %d, want %d: %v", text, len(hits), want, hits)
		}
		for _, h := range hits {
			if h["kind"] != "partner" || h["id"] == "" || h["title"] == "" {
				t.Errorf("search %q gives %v", text, h)
			}
		}
	}
}

func TestFilesOfTheRealWorldComeInOnceAndGoRoundUnchanged(t *testing.T) {
	t.Parallel()
	a, b := newBook(t), newBook(t)
	dir := t.TempDir()
	file := func(name string, content []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	type counts struct{ Created, Updated, Skipped, Rejected int }
	load := func(side *book, kind, path string, more ...string) (c counts) {
		t.Helper()
		if err := json.Unmarshal([]byte(side.run("", append([]string{"import", kind, path, "--json"}, more...)...)), &c); err != nil {
			t.Fatal(err)
		}
		return c
	}
	for _, f := range []struct {
		name, kind, ending string
		rows               int
	}{
		{"regions.csv", "territory", ".csv", 3351},
		{"partners.csv", "partner", ".xlsx", 3621},
		{"accounts.csv", "account", ".csv", 1500},
		{"crm/products.csv", "product", ".xlsx", 7},
		{"receivables.csv", "receivable", ".csv", 2586},
	} {
		content, err := sample.Open(f.name)
		if err != nil {
			t.Fatal(err)
		}
		path := file(strings.ReplaceAll(f.name, "/", "-"), content)
		if c := load(a, f.kind, path, "--dry-run"); c != (counts{Created: f.rows}) || len(a.list(f.kind, "--limit", "1")) != 0 {
			t.Errorf("a dry run of %s says %+v", f.name, c)
		}
		if c := load(a, f.kind, path); c != (counts{Created: f.rows}) {
			t.Errorf("%s gives %+v", f.name, c)
		}
		if c := load(a, f.kind, path); c != (counts{Skipped: f.rows}) {
			t.Errorf("%s a second time gives %+v", f.name, c)
		}
		out := filepath.Join(dir, "out"+f.ending)
		a.run("", "export", f.kind, out)
		if c := load(a, f.kind, out); c != (counts{Skipped: f.rows}) {
			t.Errorf("%s exported to %s and imported gives %+v", f.kind, f.ending, c)
		}
		if f.kind == "territory" || f.kind == "receivable" {
			continue
		}
		if c := load(b, f.kind, out); c != (counts{Created: f.rows}) {
			t.Errorf("the export of %s gives another workbook %+v", f.kind, c)
		}
	}
	gb := func(s string) []byte {
		out, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(s))
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	c := newBook(t)
	if r := load(c, "partner", file("semicolon.csv", gb("代码;名称;级别\r\nG1;铜陵镕达;金牌\r\n"))); r != (counts{Created: 1}) {
		t.Errorf("GB18030 with semicolons gives %+v", r)
	}
	if r := load(c, "partner", file("tab.txt", gb("甲列\t乙列\r\nG1\t铜陵镕达\r\nG2\t桂林\r\n")), "--map", "甲列=code", "--map", "乙列=name"); r != (counts{Created: 1, Skipped: 1}) {
		t.Errorf("GB18030 with tabs and a mapping gives %+v", r)
	}
	bad := file("bad.csv", []byte("\ufeffcode,name,tier\nG3,好,gold\nG4,坏,copper\nG5,,gold\n"))
	c.refused("", "line 3", "import", "partner", bad)
	if l := c.list("partner"); len(l) != 2 {
		t.Errorf("a refused import leaves %d partners, want 2", len(l))
	}
	reasons, err := os.ReadFile(bad + ".rejected.csv")
	if err != nil || !strings.Contains(string(reasons), "G4") || !strings.Contains(string(reasons), "copper") || strings.Contains(string(reasons), "G3") {
		t.Errorf("the rejected rows are %s, %v", reasons, err)
	}
	if r := load(c, "partner", bad, "--partial"); r != (counts{Created: 1, Rejected: 2}) {
		t.Errorf("a partial import gives %+v", r)
	}
}
