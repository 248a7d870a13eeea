package local

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/wire"
)

// fieldStamp is the stamp of one field of a row; fields that were cleared have one too.
type fieldStamp struct {
	number int
	stamp  hlc.Stamp
}

// packStamps writes the stamp of a record's creation and those of its fields in little space: most fields share one.
func packStamps(created hlc.Stamp, fields []fieldStamp) []byte {
	distinct := make([]hlc.Stamp, 1, 4)
	distinct[0] = created
	index := make([]int, len(fields))
	for i, f := range fields {
		at := -1
		for j := len(distinct) - 1; j >= 0; j-- {
			if distinct[j] == f.stamp {
				at = j
				break
			}
		}
		if at < 0 {
			at = len(distinct)
			distinct = append(distinct, f.stamp)
		}
		index[i] = at
	}
	buf := make([]byte, 0, 2+16*len(distinct)+2*len(fields))
	buf = binary.AppendUvarint(buf, uint64(len(distinct)))
	for _, s := range distinct {
		buf = binary.BigEndian.AppendUint64(buf, uint64(s.HLC))
		buf = binary.BigEndian.AppendUint64(buf, s.Node)
	}
	for i, f := range fields {
		buf = binary.AppendUvarint(buf, uint64(f.number))
		buf = binary.AppendUvarint(buf, uint64(index[i]))
	}
	return buf
}

var errStamps = errors.New("stamps of a row are damaged")

func unpackStamps(buf []byte) (created hlc.Stamp, fields []fieldStamp, err error) {
	if len(buf) == 0 {
		return hlc.Stamp{}, nil, nil
	}
	count, n := binary.Uvarint(buf)
	if n <= 0 || count < 1 || uint64(len(buf)-n) < 16*count {
		return hlc.Stamp{}, nil, errStamps
	}
	buf = buf[n:]
	distinct := make([]hlc.Stamp, count)
	for i := range distinct {
		distinct[i] = readStamp(buf)
		buf = buf[16:]
	}
	for len(buf) > 0 {
		number, n := binary.Uvarint(buf)
		if n <= 0 {
			return hlc.Stamp{}, nil, errStamps
		}
		at, m := binary.Uvarint(buf[n:])
		if m <= 0 || at >= count {
			return hlc.Stamp{}, nil, errStamps
		}
		buf = buf[n+m:]
		fields = append(fields, fieldStamp{int(number), distinct[at]})
	}
	return distinct[0], fields, nil
}

func packStamp(s hlc.Stamp) []byte {
	if s.IsZero() {
		return nil
	}
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, uint64(s.HLC)), s.Node)
}

// readStamp reads a packed stamp; anything but 16 bytes or more is the zero stamp.
func readStamp(b []byte) hlc.Stamp {
	if len(b) < 16 {
		return hlc.Stamp{}
	}
	return hlc.Stamp{HLC: hlc.Reading(binary.BigEndian.Uint64(b)), Node: binary.BigEndian.Uint64(b[8:])}
}

// value carries one canonical value through JSON without losing its type: texts, numbers, flags and sets look different there.
type value struct{ any }

func (v *value) UnmarshalJSON(b []byte) error {
	b = bytes.TrimSpace(b)
	switch {
	case len(b) == 0 || bytes.Equal(b, []byte("null")):
		v.any = nil
		return nil
	case b[0] == '"':
		return decodeAs[string](b, &v.any)
	case b[0] == '[':
		return decodeAs[[]string](b, &v.any)
	case b[0] == 't' || b[0] == 'f':
		return decodeAs[bool](b, &v.any)
	}
	return decodeAs[int64](b, &v.any)
}

func (v value) MarshalJSON() ([]byte, error) { return json.Marshal(v.any) }

func decodeAs[T any](b []byte, out *any) error {
	var x T
	if err := json.Unmarshal(b, &x); err != nil {
		return fmt.Errorf("read a stored value: %w", err)
	}
	*out = x
	return nil
}

// stampText is a stamp in JSON: two numbers as texts would lose nothing, yet an array of two is shorter and exact in Go.
type stampText [2]uint64

func textOf(s hlc.Stamp) stampText { return stampText{uint64(s.HLC), s.Node} }

func (t stampText) stamp() hlc.Stamp { return hlc.Stamp{HLC: hlc.Reading(t[0]), Node: t[1]} }

// storedField is one field of a change or of a state in JSON.
type storedField struct {
	Number  int       `json:"n"`
	Value   value     `json:"v"`
	Stamp   stampText `json:"s"` // of a state: its own; of a change: that of the value it replaces
	Before  value     `json:"b,omitempty"`
	Added   []string  `json:"a,omitempty"`
	Removed []string  `json:"r,omitempty"`
	Delta   int64     `json:"d,omitempty"`
}

type storedState struct {
	Kind    string        `json:"kind"`
	ID      string        `json:"id"`
	Bucket  string        `json:"bucket"`
	Seq     uint64        `json:"seq"`
	Deleted bool          `json:"deleted,omitempty"`
	Moved   bool          `json:"moved,omitempty"`
	Created stampText     `json:"created"`
	By      string        `json:"by"`
	Fields  []storedField `json:"fields"`
}

func encodeState(r *wire.RecordState) (string, error) {
	s := storedState{
		Kind: r.Kind, ID: r.ID, Bucket: r.Bucket, Seq: r.Seq, Deleted: r.Deleted, Moved: r.Moved,
		Created: textOf(r.Created), By: r.UpdatedBy, Fields: make([]storedField, len(r.Fields)),
	}
	for i, f := range r.Fields {
		s.Fields[i] = storedField{Number: f.Number, Value: value{f.Value}, Stamp: textOf(f.Stamp)}
	}
	b, err := json.Marshal(s)
	return string(b), err
}

func decodeState(text string) (*wire.RecordState, error) {
	var s storedState
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return nil, fmt.Errorf("read a stored state: %w", err)
	}
	r := &wire.RecordState{
		Kind: s.Kind, ID: s.ID, Bucket: s.Bucket, Seq: s.Seq, Deleted: s.Deleted, Moved: s.Moved,
		Created: s.Created.stamp(), UpdatedBy: s.By, Fields: make([]wire.FieldState, len(s.Fields)),
	}
	for i, f := range s.Fields {
		r.Fields[i] = wire.FieldState{Number: f.Number, Value: f.Value.any, Stamp: f.Stamp.stamp()}
	}
	return r, nil
}

// canonical turns what callers may hand in (a plain int, the domain's own types) into a field's canonical value.
func canonical(v any) any {
	switch x := v.(type) {
	case int:
		return int64(x)
	case int32:
		return int64(x)
	case sales.Instant:
		return int64(x)
	case sales.Date:
		return string(x)
	case sales.Role:
		return string(x)
	case []string:
		return sales.CleanSet(x)
	}
	return v
}
