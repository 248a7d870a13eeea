package wire

import (
	"fmt"

	"github.com/google/uuid"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/syncpb"
)

// EncodeValue gives the wire form of a canonical value; nil, "" and the empty set give nil. Texts that are ids travel as 16
// bytes.
func EncodeValue(v any) *syncpb.Value {
	if sales.Empty(v) {
		return nil
	}
	switch x := v.(type) {
	case string:
		if id, ok := parseID(x); ok {
			return &syncpb.Value{Value: &syncpb.Value_Id{Id: id[:]}}
		}
		return &syncpb.Value{Value: &syncpb.Value_Text{Text: x}}
	case int64:
		return &syncpb.Value{Value: &syncpb.Value_Number{Number: x}}
	case bool:
		return &syncpb.Value{Value: &syncpb.Value_Flag{Flag: x}}
	case []string:
		return &syncpb.Value{Value: &syncpb.Value_Set{Set: &syncpb.Texts{Items: x}}}
	}
	panic(fmt.Sprintf("wire: not a canonical value: %T", v))
}

// DecodeValue reads a value; anything empty or malformed gives nil, and what is malformed is refused by the validation that follows.
func DecodeValue(p *syncpb.Value) any {
	switch x := p.GetValue().(type) {
	case *syncpb.Value_Text:
		if x.Text != "" {
			return x.Text
		}
	case *syncpb.Value_Number:
		return x.Number
	case *syncpb.Value_Flag:
		return x.Flag
	case *syncpb.Value_Id:
		if id, err := uuid.FromBytes(x.Id); err == nil {
			return id.String()
		}
	case *syncpb.Value_Set:
		if s := sales.CleanSet(x.Set.GetItems()); len(s) > 0 {
			return s
		}
	}
	return nil
}

// parseID accepts the canonical lower-case form only: any other text must come back letter for letter.
func parseID(s string) (uuid.UUID, bool) {
	if len(s) != 36 {
		return uuid.UUID{}, false
	}
	id, err := uuid.Parse(s)
	if err != nil || id.String() != s {
		return uuid.UUID{}, false
	}
	return id, true
}

func encodeID(s string) []byte {
	if id, ok := parseID(s); ok {
		return id[:]
	}
	return nil
}

func decodeID(b []byte) string {
	id, err := uuid.FromBytes(b)
	if err != nil {
		return ""
	}
	return id.String()
}

func encodeStamp(s hlc.Stamp) *syncpb.Stamp {
	if s.IsZero() {
		return nil
	}
	return &syncpb.Stamp{Hlc: uint64(s.HLC), Node: s.Node}
}

func decodeStamp(p *syncpb.Stamp) hlc.Stamp {
	return hlc.Stamp{HLC: hlc.Reading(p.GetHlc()), Node: p.GetNode()}
}

func encodeKind(name string) uint32 {
	if k, ok := sales.KindNamed(name); ok {
		return uint32(k.Number)
	}
	var n uint32
	if _, err := fmt.Sscanf(name, unknownKind, &n); err == nil {
		return n
	}
	return 0
}

// unknownKind names a kind that this program does not know, so that it can be kept and sent back.
const unknownKind = "kind#%d"

func decodeKind(n uint32) string {
	if k, ok := sales.KindNumbered(int(n)); ok {
		return k.Name
	}
	return fmt.Sprintf(unknownKind, n)
}
