package sales

import "context"

// Op compares a field with a value in a query.
type Op string

// The comparisons of a query. Text is compared byte by byte, except by Contains, which ignores case.
const (
	Eq       Op = "="
	Ne       Op = "!="
	Lt       Op = "<"
	Le       Op = "<="
	Gt       Op = ">"
	Ge       Op = ">="
	In       Op = "in"       // Value is a []string
	NotIn    Op = "not in"   // Value is a []string
	Contains Op = "contains" // Value is a string; for a Set: has this member
	IsEmpty  Op = "empty"    // Value is ignored
	NotEmpty Op = "not empty"
)

// Cond is one condition of a query; the field may be "id".
type Cond struct {
	Field string
	Op    Op
	Value any
}

// Query asks for records of one kind. All conditions must hold; with Any, at least one of those must hold as well.
type Query struct {
	Kind   string
	Where  []Cond
	Any    []Cond
	Match  string   // full-text condition, as in Search
	Sort   []string // field names, "-" in front for descending; "id" and "updated_at" work too; none: the kind's own order
	Limit  int      // 0 means no limit
	Offset int
}

// Hit is one result of a search over everything.
type Hit struct {
	Kind    string
	ID      string
	Title   string // what names the record, or its parent where it has no name
	Excerpt string // the passage that matched
}

// Reader reads the workbook. Reading never waits for the network, and the pending edits of this device are in what it gives.
type Reader interface {
	// Get gives one record, or an Error with CodeNotFound.
	Get(ctx context.Context, kind, id string) (Record, error)
	// List gives the records of a query.
	List(ctx context.Context, q Query) ([]Record, error)
	// Count counts the records of a query; Limit and Offset are ignored.
	Count(ctx context.Context, q Query) (int, error)
	// Titles names records of one kind by id; ids unknown here are absent.
	Titles(ctx context.Context, kind string, ids []string) (map[string]string, error)
	// Aggregate groups the records of a query by a field ("" for one group under key "") and gives count, sum, min or max of a
	// numeric field for each.
	Aggregate(ctx context.Context, q Query, by string, fn Fn, field string) (map[string]int64, error)
}

// Fn is an aggregate function.
type Fn string

// The aggregate functions.
const (
	CountOf Fn = "count" // field is ignored
	SumOf   Fn = "sum"
	MinOf   Fn = "min"
	MaxOf   Fn = "max"
)

// Searcher finds records by a few words, two Chinese characters, pinyin or its initials, codes, phone fragments.
type Searcher interface {
	// Search gives at most limit hits, best first; kind "" searches all kinds.
	Search(ctx context.Context, text, kind string, limit int) ([]Hit, error)
}

// Verb is what an edit does.
type Verb uint8

// The verbs of an edit.
const (
	Create Verb = iota + 1
	Update
	Delete
)

// String is the verb's English name.
func (v Verb) String() string { return [...]string{"", "create", "update", "delete"}[v] }

// Edit is one change to one record. Values holds the fields to set; a nil value clears a field. Create without an ID gets
// a new one.
type Edit struct {
	Verb   Verb
	Kind   string
	ID     string
	Values Values
}

// Writer writes the workbook. The edits of one call are saved, and later synced, together or not at all.
type Writer interface {
	// Write validates and saves, and gives the ids in order. It has returned only when the edits are durable.
	Write(ctx context.Context, edits ...Edit) ([]string, error)
}

// Workbook is reading and writing together, as most screens need them.
type Workbook interface {
	Reader
	Searcher
	Writer
}

// CreateOf is the edit that creates a record from its struct.
func CreateOf(model any) Edit {
	r := RecordOf(model)
	return Edit{Verb: Create, Kind: r.Kind, ID: r.ID, Values: r.Values}
}

// UpdateOf is the edit that turns prev into next, both structs of one kind; it may have no values.
func UpdateOf(prev, next any) Edit {
	p, n := RecordOf(prev), RecordOf(next)
	return Edit{Verb: Update, Kind: p.Kind, ID: p.ID, Values: Diff(p.Values, n.Values)}
}
