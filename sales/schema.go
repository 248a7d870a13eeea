package sales

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Type says what a field holds, and so its canonical value, its column and its editor.
type Type uint8

// The field types, with the canonical Go value that each has in Values.
const (
	Text  Type = iota + 1 // one line of text: string
	Long                  // text of several lines: string
	Code                  // a short code, of Options or of another kind's code field: string
	Int                   // a whole number: int64
	Money                 // minor units of the record's currency: int64
	Bool                  // yes or no: bool
	Day                   // a calendar day, YYYY-MM-DD, without a zone: string
	Time                  // an instant, milliseconds since 1970 in UTC: int64
	Ref                   // another record's id, a UUID in its text form: string
	Set                   // distinct texts, sorted: []string
)

var typeNames = [...]string{"", "text", "long", "code", "int", "money", "bool", "day", "time", "ref", "set"}

// String is the name used by `roundsctl kinds`.
func (t Type) String() string { return typeNames[t] }

// Merge names the rule that decides between two concurrent edits of one field.
type Merge string

// The merge rules (design section 5).
const (
	LastWriter Merge = "last"   // the later clock stamp wins, the other value is kept and its author told
	TextMerge  Merge = "text"   // the changes of both sides are put together, line by line and word by word
	SetMerge   Merge = "set"    // additions and removals of both sides apply
	SumMerge   Merge = "sum"    // the differences of both sides add up
	AppendOnly Merge = "append" // only ever set when empty; a later edit is a conflict like LastWriter
)

// Field is one declared field of a kind.
type Field struct {
	Number   int      // identity on the wire and in history; never reused
	Name     string   // snake_case, in JSON, in columns and in label keys
	Type     Type     // what it holds
	Of       string   // for Ref: the kind referred to; for Code: the kind whose `code` it holds, or ""
	Options  []string // for Code with a fixed list: the codes in display order
	Required bool     // an empty value is refused
	Merge    Merge    // the rule for concurrent edits
	Group    string   // fields of one group move together when they conflict
	Search   bool     // in the search index
	index    []int    // position in the Go struct
}

// Scope says how a record's bucket is derived. The bucket is the unit of permission and replication.
type Scope uint8

// The ways in which a kind's records find their bucket.
const (
	InOrganisation Scope = iota + 1 // one bucket for everybody
	InTerritory                     // by the record's region_code
	InParent                        // that of the first record that one of the kind's Parents refers to; else the owner's
	InPerson                        // the owner's personal bucket
)

// Kind is the declaration of one kind of record, read from a struct's tags.
type Kind struct {
	Number  int      // identity on the wire; never reused
	Name    string   // snake_case, singular
	Fields  []Field  // in declaration order
	Scope   Scope    // how the bucket is derived
	Parents []string // Ref fields that may lead to the record whose bucket is shared, in order of precedence
	Owner   string   // the Ref field naming the user in whose personal bucket parentless records live
	Title   string   // the field that names the record in lists; "" when a record has no name of its own
	Natural []string // fields by which an import finds the same record again, in order
	Writers []Role   // who may write besides administrators
	Sort    string   // default order of a list, "-" in front for descending
	goType  reflect.Type
	byName  map[string]int
	byNum   map[int]int
}

// Field finds a field by name.
func (k *Kind) Field(name string) (*Field, bool) {
	i, ok := k.byName[name]
	if !ok {
		return nil, false
	}
	return &k.Fields[i], true
}

// FieldNumber finds a field by its number.
func (k *Kind) FieldNumber(n int) (*Field, bool) {
	i, ok := k.byNum[n]
	if !ok {
		return nil, false
	}
	return &k.Fields[i], true
}

// Kinds lists every kind in order of number: parents come before what refers to them where possible.
func Kinds() []*Kind { return registry.list }

// KindNamed finds a kind by its name.
func KindNamed(name string) (*Kind, bool) {
	k, ok := registry.byName[name]
	return k, ok
}

// KindNumbered finds a kind by its number on the wire.
func KindNumbered(n int) (*Kind, bool) {
	k, ok := registry.byNumber[n]
	return k, ok
}

// MustKind finds a kind that the program itself names.
func MustKind(name string) *Kind {
	k, ok := registry.byName[name]
	if !ok {
		panic("sales: no kind " + name)
	}
	return k
}

var registry = buildRegistry()

type catalogue struct {
	list     []*Kind
	byName   map[string]*Kind
	byNumber map[int]*Kind
	byType   map[reflect.Type]*Kind
}

func buildRegistry() catalogue {
	c := catalogue{byName: map[string]*Kind{}, byNumber: map[int]*Kind{}, byType: map[reflect.Type]*Kind{}}
	for _, d := range declarations() {
		k := d.kind
		k.goType = reflect.TypeOf(d.model)
		k.byName, k.byNum = map[string]int{}, map[int]int{}
		for i := range k.goType.NumField() {
			sf := k.goType.Field(i)
			tag, ok := sf.Tag.Lookup("f")
			if !ok {
				continue
			}
			f := parseField(k.Name, sf, tag)
			if _, dup := k.byNum[f.Number]; dup {
				panic(fmt.Sprintf("sales: %s.%s: field number %d is used twice", k.Name, f.Name, f.Number))
			}
			k.byName[f.Name], k.byNum[f.Number] = len(k.Fields), len(k.Fields)
			k.Fields = append(k.Fields, f)
		}
		if c.byNumber[k.Number] != nil || c.byName[k.Name] != nil {
			panic("sales: kind declared twice: " + k.Name)
		}
		c.byName[k.Name], c.byNumber[k.Number], c.byType[k.goType] = &k, &k, &k
		c.list = append(c.list, &k)
	}
	slices.SortFunc(c.list, func(a, b *Kind) int { return a.Number - b.Number })
	return c
}

// parseField reads a tag such as `f:"3,ref=partner,required,search"`. The type follows from the Go
// type unless an option names it.
func parseField(kind string, sf reflect.StructField, tag string) Field {
	parts := strings.Split(tag, ",")
	n, err := strconv.Atoi(parts[0])
	if err != nil || n < 1 {
		panic(fmt.Sprintf("sales: %s.%s: bad field number in tag %q", kind, sf.Name, tag))
	}
	f := Field{Number: n, Name: snake(sf.Name), Merge: LastWriter, index: sf.Index}
	switch sf.Type {
	case reflect.TypeFor[Instant]():
		f.Type = Time
	case reflect.TypeFor[Date]():
		f.Type = Day
	case reflect.TypeFor[[]string]():
		f.Type, f.Merge = Set, SetMerge
	case reflect.TypeFor[string]():
		f.Type = Text
	case reflect.TypeFor[int64]():
		f.Type = Int
	case reflect.TypeFor[bool]():
		f.Type = Bool
	default:
		panic(fmt.Sprintf("sales: %s.%s: unsupported Go type %s", kind, sf.Name, sf.Type))
	}
	for _, p := range parts[1:] {
		key, val, _ := strings.Cut(p, "=")
		switch key {
		case "required":
			f.Required = true
		case "search":
			f.Search = true
		case "long":
			f.Type = Long
		case "money":
			f.Type = Money
		case "ref":
			f.Type, f.Of = Ref, val
		case "code":
			f.Type, f.Of = Code, val
		case "options":
			f.Type, f.Options = Code, strings.Split(val, "|")
		case "merge":
			f.Merge = Merge(val)
			if !slices.Contains([]Merge{LastWriter, TextMerge, SetMerge, SumMerge, AppendOnly}, f.Merge) {
				panic(fmt.Sprintf("sales: %s.%s: no merge rule is called %q", kind, sf.Name, val))
			}
		case "group":
			f.Group = val
		default:
			panic(fmt.Sprintf("sales: %s.%s: unknown tag option %q", kind, sf.Name, p))
		}
	}
	if f.Merge == TextMerge && f.Type != Long {
		panic(fmt.Sprintf("sales: %s.%s: only a text of several lines can be put together from two", kind, sf.Name))
	}
	return f
}

// snake turns PartnerID into partner_id and ContactIDs into contact_ids.
func snake(s string) string {
	var b strings.Builder
	rs := []rune(strings.ReplaceAll(s, "IDs", "Ids"))
	for i, r := range rs {
		if unicode.IsUpper(r) {
			if i > 0 && (unicode.IsLower(rs[i-1]) || i+1 < len(rs) && unicode.IsLower(rs[i+1])) {
				b.WriteByte('_')
			}
			r = unicode.ToLower(r)
		}
		b.WriteRune(r)
	}
	return b.String()
}
