package sales

import (
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Values holds field values by field name. An absent name and a nil value both mean empty; so do "",
// and an empty set. Zero numbers and false are values of their own once set. Canonical value types: string (Text, Long, Code, Day, Ref),
// int64 (Int, Money, Time), bool (Bool), []string (Set, sorted and distinct).
type Values map[string]any

// Record is the generic form of any record: what stores, sync, import, export and lists handle.
type Record struct {
	Kind   string
	ID     string // UUID text; version 7 for records created by a device, so that ids sort by creation
	Values Values
	Meta
}

// Meta is what is known about a record besides its fields. It is read-only for callers.
type Meta struct {
	UpdatedAt Instant // when the last change to it was made, by the author's (bounded) clock
	UpdatedBy string  // id of the user who made it; "" when unknown
	Pending   bool    // has edits on this device that the server has not confirmed
	Bucket    string  // where the server keeps it; "" before the first sync
}

// Instant is a moment in UTC, in milliseconds since 1970. Zero means none.
type Instant int64

// InstantOf converts a time; the zero time gives zero.
func InstantOf(t time.Time) Instant {
	if t.IsZero() {
		return 0
	}
	return Instant(t.UnixMilli())
}

// Time converts to a time in UTC; zero gives the zero time.
func (i Instant) Time() time.Time {
	if i == 0 {
		return time.Time{}
	}
	return time.UnixMilli(int64(i)).UTC()
}

// Date is a calendar day written YYYY-MM-DD; "" means none. Days compare as texts.
type Date string

// DateOf is the day of t in t's own location.
func DateOf(t time.Time) Date { return Date(t.Format(time.DateOnly)) }

// Time is the day's midnight in loc; the zero time when empty or malformed.
func (d Date) Time(loc *time.Location) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, string(d), loc)
	if err != nil {
		return time.Time{}
	}
	return t
}

// NewID makes the id of a new record: a UUIDv7, whose time part is the moment of creation.
func NewID() string { return uuid.Must(uuid.NewV7()).String() }

// CreatedAt reads the moment of creation from a UUIDv7; zero for other ids.
func CreatedAt(id string) Instant {
	u, err := uuid.Parse(id)
	if err != nil || u.Version() != 7 {
		return 0
	}
	sec, nsec := u.Time().UnixTime()
	return Instant(sec*1000 + nsec/1_000_000)
}

// Text is the value of a Text, Long, Code, Day or Ref field; "" when empty.
func (r Record) Text(field string) string { s, _ := r.Values[field].(string); return s }

// Int is the value of an Int, Money or Time field; 0 when empty.
func (r Record) Int(field string) int64 { n, _ := r.Values[field].(int64); return n }

// Flag is the value of a Bool field; false when empty.
func (r Record) Flag(field string) bool { b, _ := r.Values[field].(bool); return b }

// Title names the record in lists: its title field, else its code.
func (r Record) Title() string {
	k, ok := KindNamed(r.Kind)
	if !ok {
		return r.ID
	}
	if s := r.Text(k.Title); k.Title != "" && s != "" {
		return s
	}
	return r.Text("code")
}

// Empty says whether a canonical value counts as no value.
func Empty(v any) bool {
	switch x := v.(type) {
	case nil:
		return true
	case string:
		return x == ""
	case []string:
		return len(x) == 0
	}
	return false
}

// Same compares two canonical values; nil, "" and the empty set are the same.
func Same(a, b any) bool {
	if Empty(a) || Empty(b) {
		return Empty(a) && Empty(b)
	}
	if s, ok := a.([]string); ok {
		t, ok := b.([]string)
		return ok && slices.Equal(s, t)
	}
	return a == b
}

// As reads a record into its struct, for example As[Visit](rec). A kind that does not match panics: it
// is a mistake of the program. The struct's ID and Meta fields are filled too.
func As[T any](r Record) T {
	var out T
	v := reflect.ValueOf(&out).Elem()
	k := kindOf(v.Type())
	if r.Kind != "" && k.Name != r.Kind {
		panic(fmt.Sprintf("sales: a %s read as %s", r.Kind, k.Name))
	}
	fill(v, k, r)
	return out
}

func fill(v reflect.Value, k *Kind, r Record) {
	for i := range k.Fields {
		f := &k.Fields[i]
		val, ok := r.Values[f.Name]
		if !ok || val == nil {
			continue
		}
		dst := v.FieldByIndex(f.index)
		switch x := val.(type) {
		case string:
			dst.SetString(x)
		case int64:
			dst.SetInt(x)
		case bool:
			dst.SetBool(x)
		case []string:
			dst.Set(reflect.ValueOf(slices.Clone(x)))
		}
	}
	v.FieldByName("ID").SetString(r.ID)
	v.FieldByName("Meta").Set(reflect.ValueOf(r.Meta))
}

// AllAs reads a list of records into their struct.
func AllAs[T any](rs []Record) []T {
	out := make([]T, len(rs))
	for i, r := range rs {
		out[i] = As[T](r)
	}
	return out
}

// ValuesOf gives the fields of a record's struct that are set (not the Go zero value), by name.
func ValuesOf(model any) Values {
	v := reflect.Indirect(reflect.ValueOf(model))
	k := kindOf(v.Type())
	out := Values{}
	for i := range k.Fields {
		f := &k.Fields[i]
		src := v.FieldByIndex(f.index)
		if src.IsZero() {
			continue
		}
		switch f.Type {
		case Int, Money, Time:
			out[f.Name] = src.Int()
		case Bool:
			out[f.Name] = src.Bool()
		case Set:
			out[f.Name] = CleanSet(src.Interface().([]string))
		default:
			out[f.Name] = src.String()
		}
	}
	return out
}

// RecordOf is the generic form of a record's struct.
func RecordOf(model any) Record {
	v := reflect.Indirect(reflect.ValueOf(model))
	return Record{
		Kind: kindOf(v.Type()).Name, ID: v.FieldByName("ID").String(), Values: ValuesOf(model),
		Meta: v.FieldByName("Meta").Interface().(Meta),
	}
}

// Diff gives the values of next that differ from those of prev; a value that next lacks becomes nil.
func Diff(prev, next Values) Values {
	out := Values{}
	for name, v := range next {
		if !Same(prev[name], v) {
			out[name] = v
		}
	}
	for name, v := range prev {
		if _, ok := next[name]; !ok && !Empty(v) {
			out[name] = nil
		}
	}
	return out
}

// Apply gives prev with the edited values laid over it; prev is left as it was.
func Apply(prev, edit Values) Values {
	out := make(Values, len(prev)+len(edit))
	for name, v := range prev {
		out[name] = v
	}
	for name, v := range edit {
		if Empty(v) {
			delete(out, name)
		} else {
			out[name] = v
		}
	}
	return out
}

// CleanSet sorts a set and drops repeats and empty texts.
func CleanSet(in []string) []string {
	out := make([]string, 0, len(in))
	for _, s := range in {
		if s != "" {
			out = append(out, s)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func kindOf(t reflect.Type) *Kind {
	k, ok := registry.byType[t]
	if !ok {
		panic("sales: not a kind of record: " + t.String())
	}
	return k
}
