package exchange

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/rounds-field/rounds/sales"
)

// Limits on what an import takes. They bound memory, not ambition: larger tables can be split.
const (
	MaxBytes   = 128 << 20 // of a file, unpacked
	MaxRows    = 500_000
	MaxColumns = 500
)

// line is one row of a table with its place in the file, counted from 1.
type line struct {
	number int
	cells  []string
}

// table is the content of a file: the header row and the others. sheet says that it comes from a
// spreadsheet: days may be numbers there, and texts are never formulas.
type table struct {
	header []string
	lines  []line
	sheet  bool
}

// fileError is a refusal of the whole file.
func fileError(name, hint, format string, args ...any) *sales.Error {
	return &sales.Error{
		Code: sales.CodeFile, Message: filepath.Base(name) + ": " + fmt.Sprintf(format, args...), Hint: hint,
		Args: map[string]any{"Value": filepath.Base(name)},
	}
}

// readTable reads a table from a file's content; the name's ending and the content's first bytes say what it is.
func readTable(name string, content []byte) (table, error) {
	switch {
	case len(content) > MaxBytes:
		return table{}, fileError(name, "split it", "it is larger than %d MB", MaxBytes>>20)
	case bytes.HasPrefix(content, []byte("PK\x03\x04")):
		return readXLSX(name, content)
	case bytes.HasPrefix(content, []byte("\xd0\xcf\x11\xe0")):
		return table{}, fileError(name, "save it as .xlsx or as CSV", "it is in the old Excel format or protected by a password")
	}
	text, err := decode(name, content)
	if err != nil {
		return table{}, err
	}
	return readCSV(name, text)
}

// decode turns a text file into UTF-8: by its byte-order mark, else as UTF-8 where that is valid, else as GB18030.
func decode(name string, content []byte) ([]byte, error) {
	switch {
	case bytes.HasPrefix(content, []byte("\xef\xbb\xbf")):
		content = content[3:]
	case bytes.HasPrefix(content, []byte("\xff\xfe")), bytes.HasPrefix(content, []byte("\xfe\xff")):
		out, err := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Bytes(content)
		if err != nil {
			return nil, fileError(name, "save it as CSV in UTF-8", "it cannot be read as UTF-16")
		}
		content = out
	}
	if utf8.Valid(content) {
		return content, nil
	}
	out, err := simplifiedchinese.GB18030.NewDecoder().Bytes(content)
	if err != nil || bytes.ContainsRune(out, utf8.RuneError) {
		return nil, fileError(name, "save it as CSV in UTF-8", "its characters are neither UTF-8 nor GB18030")
	}
	return out, nil
}

func readCSV(name string, text []byte) (table, error) {
	comma, text := separator(text)
	t, err := parseCSV(name, text, comma, false)
	var malformed *csv.ParseError
	if errors.As(err, &malformed) { // a stray quote is no reason to refuse a file
		t, err = parseCSV(name, text, comma, true)
	}
	if errors.As(err, &malformed) {
		return t, fileError(name, "mend the quotes there", "line %d is malformed", malformed.Line)
	}
	return t, err
}

func parseCSV(name string, text []byte, comma rune, lazy bool) (table, error) {
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = comma, lazy, -1
	var t table
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return t, checkHeader(name, t)
		}
		if err != nil {
			return t, err
		}
		number, _ := r.FieldPos(0)
		if err := t.add(name, line{number, cells}); err != nil {
			return t, err
		}
	}
}

// add takes the first row that is not blank as the header, and passes over blank ones.
func (t *table) add(name string, l line) error {
	if blank(l.cells) {
		return nil
	}
	if t.header == nil {
		t.header = l.cells
		return nil
	}
	t.lines = append(t.lines, l)
	if len(t.lines) > MaxRows {
		return fileError(name, "split it", "it has more than %d rows", MaxRows)
	}
	return nil
}

func checkHeader(name string, t table) error {
	switch {
	case t.header == nil:
		return fileError(name, "put the names of the fields into the first row", "it is empty")
	case len(t.header) > MaxColumns:
		return fileError(name, "leave only the columns to import", "it has more than %d columns", MaxColumns)
	}
	return nil
}

func blank(cells []string) bool {
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}

// separator finds what separates the cells: what "sep=;" says, as Excel writes it, else what is most frequent in the first line, outside of
// quotes.
func separator(text []byte) (rune, []byte) {
	first, rest, _ := bytes.Cut(text, []byte("\n"))
	if mark := strings.TrimSpace(string(first)); len(mark) == 5 && strings.HasPrefix(strings.ToLower(mark), "sep=") {
		return rune(mark[4]), rest
	}
	count := map[rune]int{}
	quoted := false
	for _, c := range string(first) {
		if c == '"' {
			quoted = !quoted
		}
		if !quoted {
			count[c]++
		}
	}
	best := ','
	for _, c := range ";\t" {
		if count[c] > count[best] {
			best = c
		}
	}
	return best, text
}

func readXLSX(name string, content []byte) (table, error) {
	book, err := excelize.OpenReader(bytes.NewReader(content), excelize.Options{RawCellValue: true, UnzipSizeLimit: 4 * MaxBytes, UnzipXMLSizeLimit: MaxBytes})
	if err != nil {
		e := fileError(name, "save it anew as .xlsx or as CSV", "it cannot be read as an Excel workbook")
		e.Cause = err
		return table{}, e
	}
	defer func() { _ = book.Close() }() // only removes what was unpacked for reading
	rows, err := book.Rows(book.GetSheetName(book.GetActiveSheetIndex()))
	if err != nil {
		return table{}, fmt.Errorf("read sheet: %w", err)
	}
	defer func() { _ = rows.Close() }() // as above
	t := table{sheet: true}
	for number := 1; rows.Next(); number++ {
		cells, err := rows.Columns()
		if err != nil {
			return table{}, fmt.Errorf("read row %d of the sheet: %w", number, err)
		}
		if err := t.add(name, line{number, cells}); err != nil {
			return table{}, err
		}
	}
	if err := rows.Error(); err != nil {
		return table{}, fmt.Errorf("read sheet: %w", err)
	}
	return t, checkHeader(name, t)
}
