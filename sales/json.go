package sales

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// MarshalRecord writes a record as one line of JSON: its id, then the fields under their names, in declaration order. Times are
// RFC 3339 in UTC, days YYYY-MM-DD, sets arrays of texts, and money stays an integer in minor units (339 is 3.39). With all,
// empty fields are there too, as null; sets as [].
func MarshalRecord(r Record, all bool) []byte {
	var b bytes.Buffer
	b.WriteString(`{"id":`)
	writeJSON(&b, r.ID)
	k, ok := KindNamed(r.Kind)
	if !ok {
		b.WriteByte('}')
		return b.Bytes()
	}
	for i := range k.Fields {
		f := &k.Fields[i]
		v := r.Values[f.Name]
		if Empty(v) && !all {
			continue
		}
		b.WriteByte(',')
		writeJSON(&b, f.Name)
		b.WriteByte(':')
		b.Write(MarshalValue(f, v))
	}
	b.WriteByte('}')
	return b.Bytes()
}

// MarshalValue writes one canonical value as JSON, as MarshalRecord does.
func MarshalValue(f *Field, v any) []byte {
	var b bytes.Buffer
	switch {
	case Empty(v) && f.Type == Set:
		b.WriteString("[]")
	case Empty(v):
		b.WriteString("null")
	default:
		if n, ok := v.(int64); ok && f.Type == Time {
			v = formatInstant(n)
		}
		writeJSON(&b, v)
	}
	return b.Bytes()
}

// writeJSON writes a text, number, bool or list of texts without escaping what only HTML minds.
func writeJSON(b *bytes.Buffer, v any) {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		b.WriteString("null") // none of the canonical types can fail
		return
	}
	b.Truncate(b.Len() - 1) // the encoder's newline
}

// UnmarshalValues reads the fields of a record of a kind from a JSON object, as MarshalRecord writes it, and its id ("" when it has none).
// A null clears a field. Times may also be local ("2026-11-23 14:00", a day alone), which are taken in the computer's zone.
// Unknown fields and misfitting values are refused; the error is of type Errors.
func UnmarshalValues(kind string, data []byte) (id string, values Values, err error) {
	k, ok := KindNamed(kind)
	if !ok {
		return "", nil, Errors{refuse(CodeUnknownKind, "", "", "`roundsctl kinds` lists them", "no kind of record is called %q", kind)}
	}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil || raw == nil {
		e := refuse(CodeInvalid, kind, "", `write it as {"field": value}, one record a line`, "not a JSON object")
		e.Cause, e.Args = err, map[string]any{"Value": "JSON"}
		return "", nil, Errors{e}
	}
	var errs Errors
	values = Values{}
	for name, m := range raw {
		if name == "id" {
			id, err = unmarshalID(kind, m)
		} else if f, ok := k.Field(name); ok {
			values[name], err = UnmarshalValue(f, m)
		} else {
			err = refuse(CodeUnknownField, kind, name, "use one of "+fieldNames(k), "no such field")
		}
		var e *Error
		if errors.As(err, &e) {
			e.Kind = kind
			errs = append(errs, e)
		}
	}
	if len(errs) > 0 {
		return "", nil, errs
	}
	return id, values, nil
}

func unmarshalID(kind string, m json.RawMessage) (string, error) {
	var id string
	if err := json.Unmarshal(m, &id); err != nil || id != "" && !isUUID(strings.ToLower(id)) {
		e := refuse(CodeInvalid, kind, "id", "leave it out for a new record", "%s is not an id", m)
		e.Args = map[string]any{"Value": string(m)}
		return "", e
	}
	return strings.ToLower(id), nil
}

// UnmarshalValue reads one value from JSON; null gives nil. The error is an *Error.
func UnmarshalValue(f *Field, data []byte) (any, error) {
	bad := func(hint string) (any, error) {
		e := refuse(CodeInvalid, "", f.Name, hint, "%s is not a %s", data, f.Type)
		e.Args = map[string]any{"Value": string(data)}
		return nil, e
	}
	if string(bytes.TrimSpace(data)) == "null" {
		return nil, nil
	}
	switch f.Type {
	case Int, Money, Time:
		var n int64
		if json.Unmarshal(data, &n) == nil {
			return n, nil
		}
		var s string
		if f.Type == Time && json.Unmarshal(data, &s) == nil {
			return ParseValue(f, s, time.Local)
		}
		if f.Type == Money {
			return bad("give a whole number of minor units: 339 is 3.39")
		}
		return bad("give a whole number")
	case Bool:
		var b bool
		if json.Unmarshal(data, &b) != nil {
			return bad("give true or false")
		}
		return b, nil
	case Set:
		var set []string
		if json.Unmarshal(data, &set) != nil {
			return bad(`give a list of texts such as ["a","b"]`)
		}
		if set = CleanSet(set); len(set) == 0 {
			return nil, nil
		}
		return set, nil
	}
	var s string
	if json.Unmarshal(data, &s) != nil {
		return bad("give a text in quotes")
	}
	switch {
	case s == "":
		return nil, nil
	case f.Type == Day:
		return ParseValue(f, s, time.Local)
	case f.Type == Ref:
		return strings.ToLower(s), nil
	}
	return s, nil
}

func fieldNames(k *Kind) string {
	names := make([]string, len(k.Fields))
	for i, f := range k.Fields {
		names[i] = f.Name
	}
	return fmt.Sprintf("id, %s", strings.Join(names, ", "))
}
