package console

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store/central"
)

// pageSize is how many rows a table shows at once.
const pageSize = 50

// columnsMost is how many columns a table of records has.
const columnsMost = 7

type kindRow struct {
	Name, Label string
	Count       int
}

// kinds lists the kinds of record with how many of each the visitor sees.
func (c *Console) kinds(w http.ResponseWriter, r *http.Request, v *visitor) error {
	counts, err := c.journal.KindCounts(r.Context(), v.caller)
	if err != nil {
		return err
	}
	p := c.view(r, v, "kinds", "console.records")
	var rows []kindRow
	for _, k := range sales.Kinds() {
		rows = append(rows, kindRow{k.Name, p.label("kind."+k.Name+".plural", k.Name), counts[k.Name]})
	}
	p.Data = rows
	c.render(w, r, http.StatusOK, p)
	return nil
}

// cell is one value as it is shown.
type cell struct {
	Label  string
	Text   string
	Link   string // to the record that it refers to
	Number bool
	Long   bool
}

type recordRow struct {
	ID    string
	Cells []cell
}

type recordTable struct {
	Kind    string
	Query   string
	Columns []string
	Rows    []recordRow
	pager
}

// pager says where in a list a page is.
type pager struct {
	Total, First, Last int
	Previous, Next     string // addresses; "" where there is none
}

func (c *Console) records(w http.ResponseWriter, r *http.Request, v *visitor) error {
	kind, query := r.PathValue("kind"), strings.TrimSpace(r.URL.Query().Get("q"))
	offset := offsetOf(r)
	list, total, err := c.journal.Browse(r.Context(), v.caller, central.Browse{Kind: kind, Text: query, Limit: pageSize, Offset: offset})
	if err != nil {
		return err
	}
	titles, err := c.journal.Titles(r.Context(), v.caller, list)
	if err != nil {
		return err
	}
	p := c.view(r, v, "records", "console.records")
	p.Title = p.label("kind."+kind+".plural", kind)
	k := sales.MustKind(kind)
	t := recordTable{Kind: kind, Query: query, pager: pagerOf(r.URL, offset, len(list), total)}
	fields := columnsOf(k)
	for _, f := range fields {
		t.Columns = append(t.Columns, p.Field(kind, f.Name))
	}
	for _, rec := range list {
		row := recordRow{ID: rec.ID}
		for _, f := range fields {
			row.Cells = append(row.Cells, p.cellOf(f, rec.Values[f.Name], titles))
		}
		t.Rows = append(t.Rows, row)
	}
	p.Data = t
	c.render(w, r, http.StatusOK, p)
	return nil
}

// columnsOf chooses what a table shows of a kind: what names a record first, then the first fields, without long texts.
func columnsOf(k *sales.Kind) []*sales.Field {
	var out []*sales.Field
	if f, ok := k.Field(k.Title); ok {
		out = append(out, f)
	}
	for i := range k.Fields {
		f := &k.Fields[i]
		if f.Type != sales.Long && f.Name != k.Title && len(out) < columnsMost {
			out = append(out, f)
		}
	}
	return out
}

func offsetOf(r *http.Request) int {
	n, err := strconv.Atoi(r.URL.Query().Get("from"))
	if err != nil || n < 0 {
		return 0
	}
	return n
}

func pagerOf(u *url.URL, offset, shown, total int) pager {
	at := func(n int) string {
		q := u.Query()
		q.Set("from", strconv.Itoa(n))
		return u.Path + "?" + q.Encode()
	}
	p := pager{Total: total, First: offset + 1, Last: offset + shown}
	if shown == 0 {
		p.First = 0
	}
	if offset > 0 {
		p.Previous = at(max(0, offset-pageSize))
	}
	if offset+shown < total {
		p.Next = at(offset + pageSize)
	}
	return p
}

// cellOf shows a value; titles name what it refers to.
func (t texts) cellOf(f *sales.Field, value any, titles map[string]string) cell {
	c := cell{}
	switch x := value.(type) {
	case nil:
	case string:
		c.Text = x
		switch {
		case f.Type == sales.Ref && x != "":
			c.Text, c.Link = titles[x], "/records/"+f.Of+"/"+x
			if c.Text == "" {
				c.Text, c.Link = "…"+x[max(0, len(x)-6):], ""
			}
		case f.Type == sales.Code && len(f.Options) > 0:
			c.Text = t.label("option."+f.Name+"."+x, x)
		}
	case int64:
		c.Number = f.Type != sales.Time
		switch f.Type {
		case sales.Time:
			c.Text = t.When(time.UnixMilli(x))
		case sales.Money:
			c.Text = money(x)
		default:
			c.Text = strconv.FormatInt(x, 10)
		}
	case bool:
		c.Text = t.T("console.no")
		if x {
			c.Text = t.T("console.yes")
		}
	case []string:
		c.Text = strings.Join(x, ", ")
	}
	return c
}

// money writes minor units with two decimals and groups of three.
func money(minor int64) string {
	sign := ""
	if minor < 0 {
		sign, minor = "-", -minor
	}
	whole := strconv.FormatInt(minor/100, 10)
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return fmt.Sprintf("%s%s.%02d", sign, whole, minor%100)
}

type recordPage struct {
	Kind    string
	ID      string
	Bucket  string
	Changed string
	Fields  []cell
	History []historyRow
}

type historyRow struct {
	Verb, When, Who, Device string
	Fields                  []historyCell
}

type historyCell struct {
	Label, Old, New string
	Lost            bool
}

// record shows one record with its history.
func (c *Console) record(w http.ResponseWriter, r *http.Request, v *visitor) error {
	kind, id := r.PathValue("kind"), r.PathValue("id")
	rec, err := c.journal.Record(r.Context(), v.caller, kind, id)
	if err != nil {
		return err
	}
	titles, err := c.journal.Titles(r.Context(), v.caller, []sales.Record{rec})
	if err != nil {
		return err
	}
	entries, err := c.journal.History(r.Context(), v.caller, kind, id)
	if err != nil {
		return err
	}
	p := c.view(r, v, "record", "console.record")
	p.Title = p.Kind(kind)
	if title := rec.Title(); title != "" {
		p.Title += ": " + title
	}
	k := sales.MustKind(kind)
	data := recordPage{Kind: kind, ID: id, Bucket: p.bucketName(rec.Bucket), Changed: p.When(rec.UpdatedAt.Time())}
	for i := range k.Fields {
		f := &k.Fields[i]
		if sales.Empty(rec.Values[f.Name]) {
			continue
		}
		shown := p.cellOf(f, rec.Values[f.Name], titles)
		shown.Label, shown.Long = p.Field(kind, f.Name), f.Type == sales.Long
		data.Fields = append(data.Fields, shown)
	}
	for _, e := range entries {
		data.History = append(data.History, p.historyRow(k, e, titles))
	}
	p.Data = data
	c.render(w, r, http.StatusOK, p)
	return nil
}

func (t texts) historyRow(k *sales.Kind, e sales.HistoryEntry, titles map[string]string) historyRow {
	row := historyRow{Verb: t.T("console.verb." + e.Verb.String()), When: t.When(e.At.Time()), Who: e.UserName, Device: e.Device}
	if row.Who == "" {
		row.Who = t.T("console.server")
	}
	slices.SortStableFunc(e.Fields, func(a, b sales.HistoryField) int { return strings.Compare(a.Name, b.Name) })
	for _, f := range e.Fields {
		h := historyCell{Label: t.Field(k.Name, f.Name), Lost: f.Lost}
		if d, ok := k.Field(f.Name); ok {
			h.Old, h.New = t.cellOf(d, f.Old, titles).Text, t.cellOf(d, f.New, titles).Text
		} else {
			h.Old, h.New = fmt.Sprint(f.Old), fmt.Sprint(f.New)
		}
		row.Fields = append(row.Fields, h)
	}
	return row
}

// bucketName says what a bucket is.
func (t texts) bucketName(bucket string) string {
	switch {
	case bucket == sales.OrganisationBucket:
		return t.T("console.bucket.organisation")
	case bucket == sales.TerritoryBucket(""):
		return t.T("console.bucket.no_territory")
	case strings.HasPrefix(bucket, "t:"):
		return t.T("console.bucket.territory", "Code", strings.TrimPrefix(bucket, "t:"))
	}
	return t.T("console.bucket.person")
}
