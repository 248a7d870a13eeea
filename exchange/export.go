package exchange

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"github.com/rounds-field/rounds/sales"
)

// The formats of an export.
const (
	CSV  = "csv"  // UTF-8 with a byte-order mark, so that Excel reads it; texts that look like formulas get an apostrophe before them
	XLSX = "xlsx" // one sheet, texts as texts, numbers as numbers
)

// FormatOf tells the format by a file name's ending.
func FormatOf(name string) (string, error) {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".csv", ".txt":
		return CSV, nil
	case ".xlsx":
		return XLSX, nil
	}
	return "", fileError(name, "let its name end in .csv or .xlsx", "its ending tells no format")
}

// ExportFile writes all records of a kind to a file, in the format of its ending, and gives their number. The file
// appears only when it is whole.
func ExportFile(ctx context.Context, wb sales.Reader, kind, path string) (int, error) {
	format, err := FormatOf(path)
	if err != nil {
		return 0, err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".export-*")
	if err != nil {
		e := fileError(path, "check that you may write there", "it cannot be written")
		e.Cause = err
		return 0, e
	}
	defer func() { _ = os.Remove(file.Name()) }() // gone already when all went well
	n, err := Export(ctx, wb, kind, file, format)
	if err != nil {
		_ = file.Close()
		return 0, err
	}
	if err := file.Close(); err != nil {
		return 0, fmt.Errorf("write %s: %w", path, err)
	}
	if err := os.Rename(file.Name(), path); err != nil {
		return 0, fmt.Errorf("write %s: %w", path, err)
	}
	return n, nil
}

// Export writes all records of a kind as a table: the id, then every field under its name. References are written as the
// code or the name by which an import finds them again, so that importing an export changes nothing. It gives the number of records.
func Export(ctx context.Context, wb sales.Reader, kind string, w io.Writer, format string) (int, error) {
	k, ok := sales.KindNamed(kind)
	if !ok {
		return 0, &sales.Error{Code: sales.CodeUnknownKind, Message: fmt.Sprintf("no kind of record is called %q", kind), Hint: "`roundsctl kinds` lists them", Args: map[string]any{"Value": kind}}
	}
	records, err := wb.List(ctx, sales.Query{Kind: kind})
	if err != nil {
		return 0, fmt.Errorf("read %s records: %w", kind, err)
	}
	out := &writer{kind: k, refs: &references{ctx: ctx, wb: wb, kinds: map[string]*names{}}}
	switch format {
	case CSV:
		err = out.csv(w, records)
	case XLSX:
		err = out.xlsx(w, records)
	default:
		return 0, &sales.Error{Code: sales.CodeInvalid, Message: fmt.Sprintf("there is no format %q", format), Hint: "use csv or xlsx", Args: map[string]any{"Value": format}}
	}
	if err == nil {
		err = out.refs.err
	}
	if err != nil {
		return 0, fmt.Errorf("export %s records: %w", kind, err)
	}
	return len(records), nil
}

// writer turns records into rows.
type writer struct {
	kind *sales.Kind
	refs *references
}

func (w *writer) header() []string {
	out := []string{idColumn}
	for _, f := range w.kind.Fields {
		out = append(out, f.Name)
	}
	return out
}

func (w *writer) text(f *sales.Field, v any) string {
	s := sales.FormatValue(f, v)
	if f.Type == sales.Ref && s != "" {
		return w.refs.call(f.Of, s)
	}
	return s
}

func (w *writer) csv(to io.Writer, records []sales.Record) error {
	if _, err := io.WriteString(to, byteOrderMark); err != nil {
		return err
	}
	c := csv.NewWriter(to)
	c.UseCRLF = true
	if err := c.Write(w.header()); err != nil {
		return err
	}
	cells := make([]string, 1+len(w.kind.Fields))
	for _, r := range records {
		cells[0] = r.ID
		for i := range w.kind.Fields {
			f := &w.kind.Fields[i]
			s := w.text(f, r.Values[f.Name])
			if _, isNumber := r.Values[f.Name].(int64); !isNumber {
				s = guard(s)
			}
			cells[i+1] = s
		}
		if err := c.Write(cells); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

func (w *writer) xlsx(to io.Writer, records []sales.Record) (err error) {
	book := excelize.NewFile()
	defer func() { _ = book.Close() }() // only removes what was unpacked
	sheet := book.GetSheetName(0)
	stream, err := book.NewStreamWriter(sheet)
	if err != nil {
		return err
	}
	cells := make([]any, 1+len(w.kind.Fields))
	for i, name := range w.header() {
		cells[i] = name
	}
	if err := stream.SetRow("A1", cells); err != nil {
		return err
	}
	for i, r := range records {
		cells[0] = r.ID
		for j := range w.kind.Fields {
			f := &w.kind.Fields[j]
			cells[j+1] = w.cell(f, r.Values[f.Name])
			if s, ok := cells[j+1].(string); ok && len(utf16.Encode([]rune(s))) > excelize.TotalCellChars {
				return &sales.Error{
					Code: sales.CodeTooLong, Kind: r.Kind, ID: r.ID, Field: f.Name, Message: fmt.Sprintf("a cell of a sheet holds %d characters at most", excelize.TotalCellChars),
					Hint: "export it as CSV", Args: map[string]any{"Limit": excelize.TotalCellChars},
				}
			}
		}
		if err := stream.SetRow(fmt.Sprintf("A%d", i+2), cells); err != nil {
			return err
		}
	}
	if err := stream.Flush(); err != nil {
		return err
	}
	return book.Write(to)
}

// cell is a value for a sheet: numbers as numbers, so that they can be added up; anything else as text, which is never run.
func (w *writer) cell(f *sales.Field, v any) any {
	n, isNumber := v.(int64)
	switch {
	case isNumber && f.Type == sales.Int:
		return n
	case isNumber && f.Type == sales.Money:
		return float64(n) / 100
	}
	if s := w.text(f, v); s != "" {
		return s
	}
	return nil
}
