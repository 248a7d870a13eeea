package exchange

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/rounds-field/rounds/internal/fakebook"
	"github.com/rounds-field/rounds/sales"
)

var now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func newBook() *fakebook.Book { return fakebook.New(func() time.Time { return now }, "") }

func options() Options { return Options{Now: now, Location: time.UTC} }

// load imports a text and fails the test when that fails.
func load(t *testing.T, wb sales.Workbook, kind, text string) Report {
	t.Helper()
	r, err := Import(context.Background(), wb, kind, "test.csv", []byte(text), options())
	if err != nil {
		t.Fatalf("%v %v", err, r.Problems)
	}
	return r
}

func wantCounts(t *testing.T, r Report, created, updated, skipped, rejected int) {
	t.Helper()
	if r.Created != created || r.Updated != updated || r.Skipped != skipped || r.Rejected != rejected {
		t.Errorf("created %d, updated %d, skipped %d, rejected %d; want %d, %d, %d, %d: %v",
			r.Created, r.Updated, r.Skipped, r.Rejected, created, updated, skipped, rejected, r.Problems)
	}
}

func TestAnyEncodingAndSeparatorGivesTheSameRecords(t *testing.T) {
	const text = "code,name,notes\nP1,杭州恒达,\"价格,交期\"\nP2,\"成都 \"\"新锐\"\"\",第二行\n"
	encode := func(e interface{ Bytes([]byte) ([]byte, error) }, s string) string {
		out, err := e.Bytes([]byte(s))
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	semicolons := "code;name;notes\r\nP1;杭州恒达;价格,交期\r\nP2;\"成都 \"\"新锐\"\"\";第二行\r\n"
	for name, content := range map[string]string{
		"UTF-8":                         text,
		"UTF-8 with a mark":             "\ufeff" + text,
		"GB18030":                       encode(simplifiedchinese.GB18030.NewEncoder(), text),
		"GB18030 with semicolons":       encode(simplifiedchinese.GB18030.NewEncoder(), semicolons),
		"UTF-16, little end first":      encode(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder(), text),
		"UTF-16, big end first":         encode(unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder(), text),
		"semicolons":                    semicolons,
		"tabs":                          strings.NewReplacer(";", "\t").Replace(semicolons),
		"separator told as Excel does":  "sep=;\r\n" + semicolons,
		"labels in Chinese":             strings.Replace(text, "code,name,notes", "编码,名称,备注", 1),
		"labels in English":             strings.Replace(text, "code,name,notes", "Code,NAME,Notes", 1),
		"blank lines before and within": "\n,,\n" + strings.Replace(text, "P2", "\n\nP2", 1),
	} {
		book := newBook()
		wantCounts(t, load(t, book, "partner", content), 2, 0, 0, 0)
		got := fakebook.All[sales.Partner](book)
		if len(got) != 2 || got[0].Name != "杭州恒达" || got[0].Notes != "价格,交期" || got[1].Name != `成都 "新锐"` || got[1].Notes != "第二行" {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestRowFindsItsRecordByCodeThenByName(t *testing.T) {
	book := newBook()
	load(t, book, "partner", "code,name,tier\nP1,Alpha,gold\n,Beta,\nP3,Gamma,\n")
	r := load(t, book, "partner", "code,name,phone\nP1,Alpha Ltd,1\nP2,beta,2\n,gamma,3\nP4,Gamma,4\nP1,Alpha Ltd,1\nP3,Gamma,3\n")
	wantCounts(t, r, 1, 3, 2, 0)
	byCode := map[string]sales.Partner{}
	for _, p := range fakebook.All[sales.Partner](book) {
		byCode[p.Code] = p
	}
	if len(byCode) != 4 || byCode["P1"].Name != "Alpha Ltd" || byCode["P1"].Tier != "gold" || byCode["P2"].Phone != "2" || byCode["P3"].Phone != "3" || byCode["P4"].Phone != "4" {
		t.Errorf("%+v", byCode)
	}
}

func TestRepeatsWithinTheFileAreSkippedOrLaidOver(t *testing.T) {
	book := newBook()
	r := load(t, book, "partner", "code,name,phone\nP1,Alpha,1\nP1,Alpha,1\nP1,Alpha,2\n")
	wantCounts(t, r, 1, 1, 1, 0)
	if got := fakebook.All[sales.Partner](book); len(got) != 1 || got[0].Phone != "2" || len(book.Edits) != 1 {
		t.Errorf("%+v by %d edits", got, len(book.Edits))
	}
	r = load(t, book, "partner", "name,phone\nalpha,\n")
	wantCounts(t, r, 0, 0, 1, 0) // other letters still name it, and an empty cell clears nothing
	if got := fakebook.All[sales.Partner](book); got[0].Phone != "2" {
		t.Errorf("%+v", got)
	}
}

func TestImportIsAllOrNothingUnlessToldOtherwise(t *testing.T) {
	path := filepath.Join(t.TempDir(), "partners.csv")
	const file = "code,name,tier,credit_limit,remark\nP1,Alpha,gold,100.50,=1+1\nP2,,gold,5,x\nP3,Gamma,best,cheap,\nP4,Delta,银牌,-7,\n"
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	book := newBook()
	r, err := ImportFile(context.Background(), book, "partner", path, options())
	if !sales.HasCode(err, sales.CodeInvalid) || r.Rejected != 3 || r.Created != 0 || r.Written || len(book.Edits) != 0 {
		t.Fatalf("%v, %+v", err, r)
	}
	if !strings.Contains(err.Error(), "line 3") || !strings.Contains(err.Error(), "3 of 4 rows") {
		t.Errorf("the error does not say what and where: %v", err)
	}
	rejectedRows, err := os.ReadFile(r.RejectedFile)
	if err != nil || r.RejectedFile != path+".rejected.csv" {
		t.Fatal(err, r.RejectedFile)
	}
	for _, want := range []string{"code,name,tier,credit_limit,remark,rejected_line,rejected_reason", "P2,,gold,5,x,3,", "P3,Gamma,best,cheap,,4,", "credit_limit"} {
		if !strings.Contains(string(rejectedRows), want) {
			t.Errorf("%q is not among the rejected rows:\n%s", want, rejectedRows)
		}
	}
	o := options()
	o.Partial = true
	r, err = ImportFile(context.Background(), book, "partner", path, o)
	if err != nil {
		t.Fatal(err)
	}
	wantCounts(t, r, 1, 0, 0, 3)
	if got := fakebook.All[sales.Partner](book); len(got) != 1 || got[0].CreditLimit != 10050 {
		t.Errorf("%+v", got)
	}
	mended := strings.NewReplacer("P2,,", "P2,Beta,", "best,cheap", "gold,3", "-7", "7").Replace(string(rejectedRows))
	wantCounts(t, load(t, book, "partner", mended), 3, 0, 0, 0)
}

func TestDryRunTellsAndChangesNothing(t *testing.T) {
	book := newBook()
	o := options()
	o.DryRun = true
	r, err := Import(context.Background(), book, "partner", "x.csv", []byte("code,name\nP1,Alpha\nP2,\n"), o)
	if err != nil || r.Created != 1 || r.Rejected != 1 || r.Written || len(book.Edits) != 0 {
		t.Errorf("%v, %+v", err, r)
	}
}

func TestColumnsAreMappedAsTheCallerSays(t *testing.T) {
	book := newBook()
	o := options()
	o.Map = map[string]string{"Firma": "name", "name": "", "Nr": "code"}
	r, err := Import(context.Background(), book, "partner", "x.csv", []byte("Nr,Firma,name,other\nP1,Alpha,contact person,x\n"), o)
	if err != nil {
		t.Fatal(err)
	}
	if got := fakebook.All[sales.Partner](book); got[0].Name != "Alpha" || got[0].Code != "P1" || r.Columns[3].Field != "" {
		t.Errorf("%+v %+v", got, r.Columns)
	}
	for _, wrong := range []map[string]string{{"Nr": "shoe_size"}, {"Nummer": "code"}} {
		o.Map = wrong
		if _, err := Import(context.Background(), book, "partner", "x.csv", []byte("Nr,Firma\nP1,Alpha\n"), o); err == nil {
			t.Errorf("%v is accepted", wrong)
		}
	}
	if _, err := Import(context.Background(), book, "partner", "x.csv", []byte("foo,bar\n1,2\n"), options()); !sales.HasCode(err, sales.CodeInvalid) {
		t.Errorf("a file without a known column: %v", err)
	}
}

func TestReferencesAreFoundByIdCodeOrName(t *testing.T) {
	book := newBook()
	ids := book.Put(sales.Partner{Code: "P1", Name: "Alpha"}, sales.Partner{Code: "P2", Name: "Twin"}, sales.Partner{Code: "P3", Name: "Twin"})
	for _, d := range sales.Defaults() {
		book.Put(d)
	}
	r := load(t, book, "visit", "partner,visit_type,notes\nP1,routine,a\nalpha,例行走访,b\n"+ids[0]+",Routine visit,c\n")
	wantCounts(t, r, 3, 0, 0, 0)
	for _, v := range fakebook.All[sales.Visit](book) {
		if v.PartnerID != ids[0] || v.VisitType != sales.RoutineVisit || v.Status != sales.VisitDone {
			t.Errorf("%+v", v)
		}
	}
	for cell, reason := range map[string]string{"Twin": "several", "Nobody": "there is no partner"} {
		_, err := Import(context.Background(), book, "visit", "x.csv", []byte("partner_id,visit_type\n"+cell+",routine\n"), options())
		if err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("%s: %v", cell, err)
		}
	}
}

func TestFilesThatCannotBeReadSayWhy(t *testing.T) {
	for name, c := range map[string]struct{ content, want string }{
		"empty":            {"", "empty"},
		"old Excel":        {"\xd0\xcf\x11\xe0rest", "old Excel"},
		"broken workbook":  {"PK\x03\x04rest", "cannot be read as an Excel"},
		"picture":          {"\x89PNG\r\n\x1a\n\x00\xff\xff\xff", "neither UTF-8 nor GB18030"},
		"too many columns": {strings.Repeat("a,", MaxColumns+1) + "\n", "columns"},
	} {
		_, err := Import(context.Background(), newBook(), "partner", "/a/b/list.csv", []byte(c.content), options())
		if !sales.HasCode(err, sales.CodeFile) || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "list.csv") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := ImportFile(context.Background(), newBook(), "partner", filepath.Join(t.TempDir(), "none.csv"), options()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
}

func TestExportGuardsAgainstFormulasAndComesBackTheSame(t *testing.T) {
	book := newBook()
	book.Put(
		sales.Partner{
			ID: sales.NewID(), Code: "=1+1", Name: "@SUM(A1)", Notes: "+86 571\r\n'=x", Tags: []string{"-a", "b"}, CreditLimit: 339, VisitEvery: 7,
			SignedOn: "2026-01-02", Phone: "'quoted'", Status: "active",
		},
		sales.Partner{ID: sales.NewID(), Code: "007", Name: "Leading zeros", Website: "1e5"},
	)
	for _, format := range []string{CSV, XLSX} {
		var out bytes.Buffer
		if n, err := Export(context.Background(), book, "partner", &out, format); err != nil || n != 2 {
			t.Fatal(n, err)
		}
		if format == CSV {
			for cell := range strings.FieldsFuncSeq(strings.TrimPrefix(out.String(), byteOrderMark), func(r rune) bool { return strings.ContainsRune(",\r\n\"", r) }) {
				if strings.ContainsAny(cell[:1], "=+@") {
					t.Errorf("a spreadsheet would run %q", cell)
				}
			}
		}
		r, err := Import(context.Background(), book, "partner", "x", out.Bytes(), options())
		if err != nil {
			t.Fatal(err)
		}
		wantCounts(t, r, 0, 0, 2, 0)
		other := newBook()
		if _, err := Import(context.Background(), other, "partner", "x", out.Bytes(), options()); err != nil {
			t.Fatal(err)
		}
		for _, p := range fakebook.All[sales.Partner](other) {
			if p.Code == "=1+1" && (p.Name != "@SUM(A1)" || p.CreditLimit != 339 || p.Tags[0] != "-a" || p.Notes != "+86 571\n'=x") {
				t.Errorf("%s: came back as %+v", format, p)
			}
		}
	}
}

func TestSheetsOfOthersHaveDaysAsNumbers(t *testing.T) {
	for serial, want := range map[string]string{"46349": "2026-11-23 00:00:00", "46349.5": "2026-11-23 12:00:00", "46349.999988426": "2026-11-23 23:59:59"} {
		if got, ok := fromSerial(serial); !ok || got != want {
			t.Errorf("%s: %s", serial, got)
		}
	}
	if _, ok := fromSerial("2026"); ok {
		t.Error("a year is taken for a day")
	}
}

func TestPartialImportRejectsWhatTheWorkbookRefuses(t *testing.T) {
	o := options()
	o.Partial = true
	book := &refusing{Book: newBook()}
	r, err := Import(context.Background(), book, "partner", "x.csv", []byte("code,name\nP1,Alpha\nP2,Forbidden\nP3,Gamma\n"), o)
	if err != nil {
		t.Fatal(err)
	}
	wantCounts(t, r, 2, 0, 0, 1)
	if r.Problems[0].Line != 3 {
		t.Errorf("%+v", r.Problems)
	}
}

func TestLargeImportIsTakenBackWhenTheWorkbookRefusesItsEnd(t *testing.T) {
	book := &refusing{Book: newBook()}
	load(t, book, "partner", "code,name,phone\nP0,Before,1\n")
	var file strings.Builder
	file.WriteString("code,name,phone\nP0,Before,2\n")
	for i := range 2 * batch {
		fmt.Fprintf(&file, "Q%d,New %d,\n", i, i)
	}
	file.WriteString("Z,Forbidden,\n")
	_, err := Import(context.Background(), book, "partner", "x.csv", []byte(file.String()), options())
	if !sales.HasCode(err, sales.CodeForbidden) {
		t.Fatal(err)
	}
	if got := fakebook.All[sales.Partner](book.Book); len(got) != 1 || got[0].Phone != "1" {
		t.Errorf("%d partners are left", len(got))
	}
	for len(book.groups) > 0 && book.groups[0] <= batch {
		book.groups = book.groups[1:]
	}
	if len(book.groups) > 0 {
		t.Errorf("a group of %d edits", book.groups[0])
	}
}

// refusing is a workbook that refuses one name, as a server's or a store's further checks may.
type refusing struct {
	*fakebook.Book
	groups []int // how many edits each call had
}

func (b *refusing) Write(ctx context.Context, edits ...sales.Edit) ([]string, error) {
	b.groups = append(b.groups, len(edits))
	for _, e := range edits {
		if e.Values["name"] == "Forbidden" {
			return nil, &sales.Error{Code: sales.CodeForbidden, Message: "not this one"}
		}
	}
	return b.Book.Write(ctx, edits...)
}

func TestHeadersAreKnownByTheWordsOfTheBusiness(t *testing.T) {
	wb := newBook()
	r := load(t, wb, "partner", "代码,公司名称,大区,等级,联系电话\nA1,铜陵达人,3407,金牌,0562-123\n")
	for i, want := range []string{"code", "name", "region_code", "tier", "phone"} {
		if r.Columns[i].Field != want {
			t.Errorf("%s fills %q, not %s", r.Columns[i].Header, r.Columns[i].Field, want)
		}
	}
}

func TestAReasonNamesNoIDThatNobodyHasSeen(t *testing.T) {
	r, err := Import(context.Background(), newBook(), "partner", "test.csv", []byte("code,name,tier\nA1,甲,nosuch\n"), options())
	if err == nil || len(r.Problems) != 1 || !strings.HasPrefix(r.Problems[0].Reason, "partner.tier: ") {
		t.Errorf("%v %+v", err, r.Problems)
	}
}
