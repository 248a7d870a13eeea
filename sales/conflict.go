package sales

import "encoding/json"

// Statuses of a conflict.
const (
	ConflictOpen       = "open"
	ConflictKeptTheirs = "kept_theirs"
	ConflictKeptMine   = "kept_mine"
)

// ResolveConflict gives the edits that settle a conflict: keeping the other's value only closes it; keeping mine writes the lost value
// again, which from then on is an ordinary edit that saw the kept value.
func ResolveConflict(c Conflict, mine bool) ([]Edit, error) {
	closed := Edit{Verb: Update, Kind: "conflict", ID: c.ID, Values: Values{"status": ConflictKeptTheirs}}
	if !mine {
		return []Edit{closed}, nil
	}
	v, err := ConflictValue(c, c.LostValue)
	if err != nil {
		return nil, err
	}
	closed.Values["status"] = ConflictKeptMine
	return []Edit{{Verb: Update, Kind: c.RecordKind, ID: c.RecordID, Values: Values{c.FieldName: v}}, closed}, nil
}

// ConflictValue reads one of a conflict's two values, stored as JSON, into its canonical form.
func ConflictValue(c Conflict, text string) (any, error) {
	k, ok := KindNamed(c.RecordKind)
	if !ok {
		return nil, refuse(CodeUnknownKind, "conflict", "record_kind", "update the program", "no kind of record is called %q", c.RecordKind)
	}
	f, ok := k.Field(c.FieldName)
	if !ok {
		return nil, refuse(CodeUnknownField, k.Name, c.FieldName, "update the program", "no such field")
	}
	if text == "" {
		return nil, nil
	}
	return canonicalJSON(k, f, []byte(text))
}

// EncodeConflictValue is the JSON form in which a conflict stores a value; "" for an empty one.
func EncodeConflictValue(v any) string {
	if Empty(v) {
		return ""
	}
	b, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(b)
}

// canonicalJSON reads a value as EncodeConflictValue wrote it.
func canonicalJSON(k *Kind, f *Field, b []byte) (any, error) {
	var v any
	var err error
	switch f.Type {
	case Int, Money, Time:
		var n int64
		err = json.Unmarshal(b, &n)
		v = n
	case Bool:
		var x bool
		err = json.Unmarshal(b, &x)
		v = x
	case Set:
		var s []string
		err = json.Unmarshal(b, &s)
		v = CleanSet(s)
	default:
		var s string
		err = json.Unmarshal(b, &s)
		v = s
	}
	if err != nil {
		return nil, &Error{Code: CodeInvalid, Kind: k.Name, Field: f.Name, Message: "the stored value cannot be read", Cause: err, Hint: "type the value again"}
	}
	return v, nil
}
