package sales

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Limits on what a record may hold, in bytes of UTF-8. They bound what a client may send.
const (
	MaxText = 1 << 10   // one line
	MaxLong = 256 << 10 // several lines
	MaxSet  = 1000      // members of a set
)

// Errors is everything that is wrong with one record.
type Errors []*Error

// Error is one line, with all that is wrong.
func (e Errors) Error() string {
	parts := make([]string, len(e))
	for i, x := range e {
		parts[i] = x.Error()
	}
	return strings.Join(parts, "; ")
}

// Unwrap gives the single errors to errors.Is and errors.As.
func (e Errors) Unwrap() []error {
	out := make([]error, len(e))
	for i, x := range e {
		out[i] = x
	}
	return out
}

// checker is what a record's struct implements to add rules of its own. prev is nil when the record is new.
type checker interface{ check(prev *Record) Errors }

// completer is what a record's struct implements, on its pointer, to fill what a new record leaves out.
type completer interface {
	complete(now time.Time, userID string)
}

// Validate says what is wrong with a record as it is about to become: shape, required values, options,
// limits, and the kind's own rules. prev is the record as it was, nil for a new one. The error is of type Errors.
func Validate(prev *Record, next Record) error {
	k, ok := KindNamed(next.Kind)
	if !ok {
		return Errors{refuse(CodeUnknownKind, "", "", "`roundsctl kinds` lists them", "no kind of record is called %q", next.Kind)}
	}
	var errs Errors
	for name, v := range next.Values {
		f, ok := k.Field(name)
		if !ok {
			errs = append(errs, refuse(CodeUnknownField, k.Name, name, "`roundsctl kinds` lists the fields", "no such field"))
			continue
		}
		if e := checkValue(k, f, v); e != nil {
			errs = append(errs, e)
		}
	}
	for i := range k.Fields {
		if f := &k.Fields[i]; f.Required && Empty(next.Values[f.Name]) {
			errs = append(errs, refuse(CodeRequired, k.Name, f.Name, "fill it in", "a value is required"))
		}
	}
	if len(errs) == 0 {
		v := reflect.New(k.goType)
		fill(v.Elem(), k, next)
		if c, ok := v.Interface().(checker); ok {
			errs = c.check(prev)
		}
	}
	if len(errs) == 0 {
		return nil
	}
	slices.SortFunc(errs, func(a, b *Error) int { return strings.Compare(a.Field, b.Field) })
	for _, e := range errs {
		e.ID = next.ID
	}
	return errs
}

// Complete fills what a new record leaves out: owner, times, first status, by the rules of its kind.
func Complete(r Record, now time.Time, userID string) Record {
	k, ok := KindNamed(r.Kind)
	if !ok {
		return r
	}
	v := reflect.New(k.goType)
	fill(v.Elem(), k, r)
	if c, ok := v.Interface().(completer); ok {
		c.complete(now, userID)
		added := ValuesOf(v.Interface())
		values := make(Values, len(added))
		for name, val := range r.Values {
			values[name] = val
		}
		for name, val := range added {
			if Empty(values[name]) {
				values[name] = val
			}
		}
		r.Values = values
	}
	return r
}

func checkValue(k *Kind, f *Field, v any) *Error {
	if Empty(v) {
		return nil
	}
	bad := func(hint, format string, args ...any) *Error {
		e := refuse(CodeInvalid, k.Name, f.Name, hint, format, args...)
		e.Args = map[string]any{"Value": fmt.Sprint(v)}
		return e
	}
	switch f.Type {
	case Int, Money, Time:
		if _, ok := v.(int64); !ok {
			return bad("give a whole number", "%v is not a %s", v, f.Type)
		}
		return nil
	case Bool:
		if _, ok := v.(bool); !ok {
			return bad("give true or false", "%v is not true or false", v)
		}
		return nil
	case Set:
		set, ok := v.([]string)
		if !ok || !slices.Equal(set, CleanSet(set)) || len(set) > MaxSet {
			return bad("give a list of distinct texts", "%v is not a set of at most %d texts", v, MaxSet)
		}
		return nil
	}
	s, ok := v.(string)
	if !ok || !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
		return bad("give a text", "%v is not a text", v)
	}
	limit := MaxText
	if f.Type == Long {
		limit = MaxLong
	}
	if len(s) > limit {
		return &Error{Code: CodeTooLong, Kind: k.Name, Field: f.Name, Message: fmt.Sprintf("%d bytes are over the limit of %d", len(s), limit), Hint: "shorten it", Args: map[string]any{"Limit": limit}}
	}
	switch f.Type {
	case Day:
		if _, err := time.Parse(time.DateOnly, s); err != nil {
			return bad("write it as YYYY-MM-DD", "%q is not a day", s)
		}
	case Ref:
		if !isUUID(s) {
			return bad("give the record's id", "%q is not an id", s)
		}
	case Code:
		if len(f.Options) > 0 && !slices.Contains(f.Options, s) {
			return bad("use one of "+strings.Join(f.Options, ", "), "%q is not in the list", s)
		}
	}
	return nil
}

// isUUID accepts the canonical lower-case form only, so that equal ids are equal texts.
func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if c != '-' {
				return false
			}
		} else if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
