package local

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/rounds-field/rounds/sales"
)

// special are the columns of a query that are not fields.
var special = map[string]string{"id": "id", "updated_at": "_updated_at", "updated_by": "_updated_by", "bucket": "_bucket", "pending": "_pending"}

func unknownKind(kind string) error {
	return &sales.Error{Code: sales.CodeUnknownKind, Message: fmt.Sprintf("no kind of record is called %q", kind), Hint: "`roundsctl kinds` lists them"}
}

// column finds a field's column. Names come from callers, so only declared ones pass.
func (t *table) column(name string) (string, sales.Type, error) {
	if c, ok := special[name]; ok {
		if name == "updated_at" || name == "pending" {
			return c, sales.Int, nil
		}
		return c, sales.Text, nil
	}
	f, ok := t.kind.Field(name)
	if !ok {
		return "", 0, &sales.Error{Code: sales.CodeUnknownField, Kind: t.kind.Name, Field: name, Message: "no such field", Hint: "`roundsctl kinds` lists the fields"}
	}
	return quote(f.Name), f.Type, nil
}

// where gives the condition of a query, with " WHERE " in front when there is one. All values are bound. With sorted set, the conditions do not
// choose an index, so that the one of the order is used.
func (t *table) where(q sales.Query, sorted bool) (string, []any, error) {
	var parts []string
	var args []any
	for _, c := range q.Where {
		s, a, err := t.cond(c)
		if err != nil {
			return "", nil, err
		}
		if sorted {
			s = "+" + s // a unary plus changes no value and hides the column from the choice of index
			if strings.HasPrefix(s, "+(") || strings.HasPrefix(s, "+EXISTS") {
				s = s[1:]
			}
		}
		parts, args = append(parts, s), append(args, a...)
	}
	if len(q.Any) > 0 {
		anyOf := make([]string, len(q.Any))
		for i, c := range q.Any {
			s, a, err := t.cond(c)
			if err != nil {
				return "", nil, err
			}
			anyOf[i], args = s, append(args, a...)
		}
		parts = append(parts, "("+strings.Join(anyOf, " OR ")+")")
	}
	if m := strings.TrimSpace(q.Match); m != "" {
		expr := matchExpression(m)
		if expr == "" {
			parts = append(parts, "0")
		} else {
			if sorted {
				parts = append(parts, "+"+t.matching())
			} else {
				parts = append(parts, t.matching())
			}
			args = append(args, expr)
		}
	}
	if len(parts) == 0 {
		return "", nil, nil
	}
	return " WHERE " + strings.Join(parts, " AND "), args, nil
}

// matching is the full-text condition on a row's number; the expression is its one argument.
func (t *table) matching() string {
	from, to := entryRange(t.kind)
	return fmt.Sprintf("_row IN (SELECT rowid - %d FROM wb_search WHERE wb_search MATCH ? AND rowid BETWEEN %d AND %d)", from, from, to)
}

func (t *table) cond(c sales.Cond) (string, []any, error) {
	col, typ, err := t.column(c.Field)
	if err != nil {
		return "", nil, err
	}
	bad := func(err error) error {
		return &sales.Error{
			Code: sales.CodeInvalid, Kind: t.kind.Name, Field: c.Field, Message: fmt.Sprintf("%v cannot be compared with a %s", c.Value, typ),
			Hint: "give a value of the field's type", Cause: err, Args: map[string]any{"Value": fmt.Sprint(c.Value)},
		}
	}
	switch c.Op {
	case sales.IsEmpty:
		return emptiness(col, "IS NULL", "= ''"), nil, nil
	case sales.NotEmpty:
		return emptiness(col, "IS NOT NULL", "!= ''"), nil, nil
	case sales.In, sales.NotIn:
		return membership(col, typ, c)
	case sales.Contains:
		text, ok := c.Value.(string)
		if !ok {
			return "", nil, bad(nil)
		}
		if typ == sales.Set {
			return "EXISTS (SELECT 1 FROM json_each(" + col + ") WHERE value = ?)", []any{text}, nil
		}
		escaped := strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(text)
		return col + ` LIKE ? ESCAPE '\'`, []any{"%" + escaped + "%"}, nil
	case sales.Eq, sales.Ne, sales.Lt, sales.Le, sales.Gt, sales.Ge:
	default:
		return "", nil, bad(nil)
	}
	v, err := operand(typ, c.Value)
	if err != nil {
		return "", nil, bad(err)
	}
	switch {
	case v == nil && c.Op == sales.Eq:
		return emptiness(col, "IS NULL", "= ''"), nil, nil
	case v == nil && c.Op == sales.Ne:
		return emptiness(col, "IS NOT NULL", "!= ''"), nil, nil
	case v == nil:
		return "0", nil, nil
	case c.Op == sales.Ne:
		return col + " IS NOT ?", []any{v}, nil
	}
	return col + " " + string(c.Op) + " ?", []any{v}, nil
}

// emptiness: fields are NULL when empty, the store's own columns "".
func emptiness(col, forField, forOwn string) string {
	if strings.HasPrefix(col, `"`) {
		return col + " " + forField
	}
	return col + " " + forOwn
}

func membership(col string, typ sales.Type, c sales.Cond) (string, []any, error) {
	set, ok := c.Value.([]string)
	if !ok {
		return "", nil, &sales.Error{Code: sales.CodeInvalid, Field: c.Field, Message: fmt.Sprintf("%q needs a list of texts", c.Op), Hint: "give a list"}
	}
	values := make([]any, 0, len(set))
	withEmpty := false
	for _, s := range set {
		if s == "" {
			withEmpty = true
			continue
		}
		v, err := operand(typ, s)
		if err != nil {
			return "", nil, &sales.Error{Code: sales.CodeInvalid, Field: c.Field, Message: fmt.Sprintf("%q is not a %s", s, typ), Hint: "give values of the field's type", Cause: err}
		}
		values = append(values, v)
	}
	b, err := json.Marshal(values)
	if err != nil {
		return "", nil, err
	}
	// One bound list, whatever its length: statements stay the same and no limit of variables is met.
	in := col + " IN (SELECT value FROM json_each(?))"
	if withEmpty {
		in = "(" + in + " OR " + emptiness(col, "IS NULL", "= ''") + ")"
	}
	if c.Op == sales.NotIn {
		return "(" + in + ") IS NOT 1", []any{string(b)}, nil
	}
	return in, []any{string(b)}, nil
}

// operand turns a query's value into the column's type. Texts are accepted for all types, because a command line has nothing else.
func operand(typ sales.Type, v any) (any, error) {
	v = canonical(v)
	if sales.Empty(v) {
		return nil, nil
	}
	switch typ {
	case sales.Int, sales.Money, sales.Time:
		switch x := v.(type) {
		case string:
			return strconv.ParseInt(x, 10, 64)
		case bool:
			return x, nil
		case int64:
			return x, nil
		}
	case sales.Bool:
		switch x := v.(type) {
		case string:
			return strconv.ParseBool(x)
		case bool:
			return x, nil
		}
	default:
		if s, ok := v.(string); ok {
			return s, nil
		}
		if n, ok := v.(int64); ok {
			return strconv.FormatInt(n, 10), nil
		}
	}
	return nil, fmt.Errorf("%T does not fit", v)
}

// order gives the ORDER BY of a query. The row's number decides between equals, in the direction of the last field, so that one index gives the
// whole order and pages do not overlap.
func (t *table) order(q sales.Query) (string, error) {
	sorts := q.Sort
	if len(sorts) == 0 && t.kind.Sort != "" {
		sorts = []string{t.kind.Sort}
	}
	parts := make([]string, 0, len(sorts)+1)
	direction := ""
	for _, s := range sorts {
		name, desc := strings.CutPrefix(s, "-")
		col, _, err := t.column(name)
		if err != nil {
			return "", err
		}
		if name == t.kind.Title {
			col = "_key" // as people expect: by pinyin
		}
		if direction = ""; desc {
			direction = " DESC"
		}
		parts = append(parts, col+direction)
	}
	return " ORDER BY " + strings.Join(append(parts, "_row"+direction), ", "), nil
}
