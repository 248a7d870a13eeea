package exchange

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/rounds-field/rounds/sales"
)

var anID = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// row is one row of the file on its way to becoming a record.
type row struct {
	line
	kind    *sales.Kind
	refs    *references
	id      string
	made    bool              // the record is new, and its id is none of the file's
	values  sales.Values      // what the cells say
	parts   map[string]string // cells that only the layout understands
	derived sales.Values      // what a new record gets besides
	errs    sales.Errors
}

// suggest gives a value to a record that is new and of which the file does not tell it.
func (r *row) suggest(field string, v any) {
	if sales.Empty(r.values[field]) && !sales.Empty(v) {
		r.derived[field] = v
	}
}

// reader turns lines into rows.
type reader struct {
	kind    *sales.Kind
	columns []Column
	words   vocabulary
	refs    *references
	loc     *time.Location
	sheet   bool
	seen    map[string]int
}

func (rd *reader) read(l line) *row {
	r := &row{line: l, kind: rd.kind, refs: rd.refs, values: sales.Values{}, parts: map[string]string{}, derived: sales.Values{}}
	for i, cell := range l.cells {
		if i >= len(rd.columns) {
			if strings.TrimSpace(cell) != "" {
				r.errs = append(r.errs, &sales.Error{Code: sales.CodeInvalid, Kind: rd.kind.Name, Message: "the row has more cells than there are columns", Hint: "put texts that contain the separator into quotes"})
				break
			}
			continue
		}
		rd.cell(r, rd.columns[i], cell)
	}
	if len(r.errs) == 0 {
		keyOf(r, rd.seen)
		if derive := layouts[rd.kind.Name].derive; derive != nil {
			derive(r)
		}
	}
	return r
}

func (rd *reader) cell(r *row, c Column, cell string) {
	text := strings.TrimSpace(cell)
	switch {
	case c.Field == "" || text == "":
		return
	case c.Field == idColumn:
		r.id = strings.ToLower(text)
		if !anID.MatchString(r.id) {
			r.errs = append(r.errs, &sales.Error{
				Code: sales.CodeInvalid, Kind: rd.kind.Name, Field: idColumn, Message: fmt.Sprintf("%q is not an id", text),
				Hint: "leave it empty for a new record", Args: map[string]any{"Value": text},
			})
		}
		return
	case c.Field[0] == '@':
		r.parts[c.Field] = text
		return
	}
	f, _ := rd.kind.Field(c.Field)
	v, err := rd.value(f, cell)
	if err != nil {
		var e *sales.Error
		if !errors.As(err, &e) {
			e = &sales.Error{Code: sales.CodeInvalid, Message: err.Error()}
		}
		e.Kind, e.Field = rd.kind.Name, f.Name
		r.errs = append(r.errs, e)
		return
	}
	if v != nil {
		r.values[f.Name] = v
	}
}

func (rd *reader) value(f *sales.Field, cell string) (any, error) {
	switch {
	case !rd.sheet:
		cell = unguard(cell)
	case f.Type == sales.Day || f.Type == sales.Time:
		if t, ok := fromSerial(cell); ok {
			cell = t
		}
	}
	v, err := sales.ParseValue(f, cell, rd.loc)
	text, isText := v.(string)
	switch {
	case err != nil || !isText:
		return v, err
	case f.Type == sales.Ref:
		return rd.refs.find(f.Of, strings.TrimSpace(cell))
	case f.Type == sales.Code && f.Of != "":
		return rd.refs.codeFor(f.Of, text), nil
	case f.Type == sales.Code:
		return rd.option(f, text), nil
	}
	return v, nil
}

// option finds the code that a label in either language means.
func (rd *reader) option(f *sales.Field, text string) string {
	if code := rd.words.options[f.Name][plain(text)]; code != "" {
		return code
	}
	if f.Name == "stage" {
		if code := stageNames[plain(text)]; code != "" {
			return code
		}
	}
	return text
}

// fromSerial reads a spreadsheet's day: days since 1899-12-30, with the time of day as the fraction. Only days of the years 1955 to 2118
// are taken for one.
func fromSerial(cell string) (string, bool) {
	n, err := strconv.ParseFloat(strings.TrimSpace(cell), 64)
	if err != nil || n < 20_000 || n > 80_000 {
		return "", false
	}
	days, fraction := math.Modf(n)
	t := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(days)).Add(time.Duration(math.Round(fraction*86400)) * time.Second)
	return t.Format("2006-01-02 15:04:05"), true
}

// What a spreadsheet takes for the beginning of a formula.
const formulaMarks = "=+-@\t\r"

// guard keeps a spreadsheet from running a text as a formula: an apostrophe before it, which unguard takes away again.
func guard(s string) string {
	if bare := strings.TrimLeft(s, "'"); bare != "" && strings.ContainsRune(formulaMarks, rune(bare[0])) {
		return "'" + s
	}
	return s
}

func unguard(s string) string {
	if bare := strings.TrimLeft(s, "'"); bare != s && bare != "" && strings.ContainsRune(formulaMarks, rune(bare[0])) {
		return s[1:]
	}
	return s
}
