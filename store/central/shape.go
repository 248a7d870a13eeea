package central

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

// maxFields is how many field edits one change may have.
const maxFields = 500

// shape refuses what no honest device sends, and gives the kind of the record.
func shape(c *wire.Change) (*sales.Kind, *sales.Error) {
	bad := func(code, format string, args ...any) *sales.Error {
		return &sales.Error{Code: code, Kind: c.Kind, ID: c.RecordID, Message: fmt.Sprintf(format, args...), Hint: "update the program, or ask your administrator"}
	}
	k, ok := sales.KindNamed(c.Kind)
	switch {
	case !ok:
		return nil, bad(sales.CodeUnknownKind, "the server does not know this kind of record")
	case idBytes(c.ID) == nil || idBytes(c.RecordID) == nil:
		return nil, bad(sales.CodeInvalid, "the change or its record has no proper id")
	case c.Verb < sales.Create || c.Verb > sales.Delete:
		return nil, bad(sales.CodeInvalid, "the change has no verb")
	case len(c.Fields) > maxFields:
		return nil, bad(sales.CodeInvalid, "the change has %d fields, over the limit of %d", len(c.Fields), maxFields)
	}
	numbers := make(map[int]bool, len(c.Fields))
	for i := range c.Fields {
		f := &c.Fields[i]
		if f.Number < 1 || numbers[f.Number] {
			return nil, bad(sales.CodeInvalid, "field number %d is malformed or named twice", f.Number)
		}
		numbers[f.Number] = true
		if code, problem := fieldShape(f); code != "" {
			return nil, bad(code, "field number %d: %s", f.Number, problem)
		}
	}
	return k, nil
}

// fieldShape looks at the texts of an edit: fields that this program does not know are not validated any further.
func fieldShape(f *wire.FieldEdit) (code, problem string) {
	if s, ok := f.Value.(string); ok {
		if code, problem = textShape(s, sales.MaxLong); code != "" {
			return code, problem
		}
	}
	value, _ := f.Value.([]string)
	for _, set := range [][]string{f.Added, f.Removed, value} {
		if len(set) > sales.MaxSet {
			return sales.CodeTooLong, fmt.Sprintf("a set of %d members is over the limit of %d", len(set), sales.MaxSet)
		}
		if i := slices.IndexFunc(set, func(s string) bool { code, problem = textShape(s, sales.MaxText); return code != "" }); i >= 0 {
			return code, problem
		}
	}
	return "", ""
}

func textShape(s string, limit int) (code, problem string) {
	if !utf8.ValidString(s) {
		return sales.CodeInvalid, "it is not a text"
	}
	if strings.IndexByte(s, 0) >= 0 {
		return sales.CodeInvalid, "it has a zero byte in it, which no text has"
	}
	if len(s) > limit {
		return sales.CodeTooLong, fmt.Sprintf("a text of %d bytes is over the limit of %d", len(s), limit)
	}
	return "", ""
}
