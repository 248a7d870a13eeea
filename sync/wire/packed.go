package wire

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"github.com/google/uuid"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/syncpb"
)

// idBytes is the size of an id.
const idBytes = 16

// pack gives changes in columns; nil where an id is malformed, which only the plain form can carry.
func pack(changes []Change) *syncpb.PackedChanges {
	n := len(changes)
	p := &syncpb.PackedChanges{Ids: make([]byte, idBytes*n), Records: make([]byte, idBytes*n)}
	places := map[hlc.Stamp]uint32{{}: 0}
	var counter uint64
	var clock hlc.Reading
	for i := range changes {
		c := &changes[i]
		if !place(p.GetIds(), i, n, c.ID) || !place(p.GetRecords(), i, n, c.RecordID) {
			return nil
		}
		p.Counters = append(p.Counters, int64(c.Counter-counter))
		p.Groups = append(p.Groups, c.Counter-c.Group)
		p.Kinds = append(p.Kinds, encodeKind(c.Kind))
		p.Verbs = append(p.Verbs, syncpb.Verb(c.Verb))
		p.Hlcs = append(p.Hlcs, int64(c.HLC-clock))
		p.Schemas = append(p.Schemas, uint32(c.Schema))
		p.Bases = append(p.Bases, packStamp(p, places, c.Base))
		p.Fields = append(p.Fields, uint32(len(c.Fields)))
		for j := range c.Fields {
			f := &c.Fields[j]
			p.Numbers = append(p.Numbers, uint32(f.Number))
			p.FieldBases = append(p.FieldBases, packStamp(p, places, f.Base))
			p.Values = append(p.Values, &syncpb.PackedValue{Value: EncodeValue(f.Value), Added: f.Added, Removed: f.Removed, Delta: f.Delta})
		}
		counter, clock = c.Counter, c.HLC
	}
	packStamps(p, places)
	return p
}

// place writes an id into its column: byte b of id i of n lies at b*n+i. false when it is no id.
func place(column []byte, i, n int, id string) bool {
	u, ok := parseID(id)
	for b := range u {
		column[b*n+i] = u[b]
	}
	return ok
}

// placed reads an id from its column.
func placed(column []byte, i, n int) string {
	var u uuid.UUID
	for b := range u {
		u[b] = column[b*n+i]
	}
	return u.String()
}

// packStamp gives the place of a stamp, and a new one to a stamp that has none yet.
func packStamp(p *syncpb.PackedChanges, places map[hlc.Stamp]uint32, s hlc.Stamp) uint32 {
	at, ok := places[s]
	if !ok {
		at = uint32(len(places))
		places[s] = at
		p.StampHlcs = append(p.StampHlcs, int64(s.HLC)) // made differences at the end
		p.Nodes = append(p.Nodes, s.Node)               // made places at the end
	}
	return at
}

// packStamps makes the columns of stamps small: differences of readings, and nodes named once.
func packStamps(p *syncpb.PackedChanges, places map[hlc.Stamp]uint32) {
	var before int64
	nodes := make([]uint64, 0, 4)
	at := map[uint64]uint32{}
	p.StampNodes = make([]uint32, 0, len(places))
	for i, node := range p.GetNodes() {
		reading := p.GetStampHlcs()[i]
		p.StampHlcs[i], before = reading-before, reading
		if _, ok := at[node]; !ok {
			at[node] = uint32(len(nodes))
			nodes = append(nodes, node)
		}
		p.StampNodes = append(p.StampNodes, at[node])
	}
	p.Nodes = nodes
}

// Packed says how many changes a message has, and what is wrong with its columns, "" for nothing. It reads no change, so that a message can be refused before
// it costs anything.
func Packed(m *syncpb.PushRequest) (changes int, problem string) {
	p := m.GetPacked()
	if p == nil {
		return len(m.GetChanges()), ""
	}
	n := len(p.GetKinds())
	if len(m.GetChanges()) > 0 {
		return n, "changes are given twice, plain and in columns"
	}
	for _, c := range []struct {
		name       string
		have, want int
	}{
		{"ids", len(p.GetIds()), idBytes * n},
		{"records", len(p.GetRecords()), idBytes * n},
		{"counters", len(p.GetCounters()), n},
		{"groups", len(p.GetGroups()), n},
		{"verbs", len(p.GetVerbs()), n},
		{"hlcs", len(p.GetHlcs()), n},
		{"schemas", len(p.GetSchemas()), n},
		{"bases", len(p.GetBases()), n},
		{"fields", len(p.GetFields()), n},
		{"field_bases", len(p.GetFieldBases()), len(p.GetNumbers())},
		{"values", len(p.GetValues()), len(p.GetNumbers())},
		{"stamp_nodes", len(p.GetStampNodes()), len(p.GetStampHlcs())},
	} {
		if c.have != c.want {
			return n, fmt.Sprintf("the column %s has %d entries instead of %d", c.name, c.have, c.want)
		}
	}
	var fields uint64
	for _, k := range p.GetFields() {
		fields += uint64(k)
	}
	if fields != uint64(len(p.GetNumbers())) {
		return n, fmt.Sprintf("the changes have %d fields and the columns %d", fields, len(p.GetNumbers()))
	}
	return n, ""
}

// unpack reads changes from columns that Packed found good; nothing otherwise.
func unpack(m *syncpb.PushRequest) []Change {
	n, problem := Packed(m)
	p := m.GetPacked()
	if problem != "" {
		return nil
	}
	stamps := unpackStamps(p)
	stamp := func(at uint32) hlc.Stamp {
		if int(at) < len(stamps) {
			return stamps[at]
		}
		return hlc.Stamp{}
	}
	out := make([]Change, n)
	var counter, reading uint64
	at := 0
	for i := range out {
		counter += uint64(p.GetCounters()[i])
		reading += uint64(p.GetHlcs()[i])
		out[i] = Change{
			ID: placed(p.GetIds(), i, n), RecordID: placed(p.GetRecords(), i, n), Counter: counter, Group: counter - p.GetGroups()[i], Kind: decodeKind(p.GetKinds()[i]),
			Verb: decodeVerb(p.GetVerbs()[i]), HLC: hlc.Reading(reading), Schema: int(p.GetSchemas()[i]), Base: stamp(p.GetBases()[i]),
		}
		for range p.GetFields()[i] {
			v := p.GetValues()[at]
			out[i].Fields = append(out[i].Fields, FieldEdit{
				Number: int(p.GetNumbers()[at]), Base: stamp(p.GetFieldBases()[at]), Value: DecodeValue(v.GetValue()), Added: v.GetAdded(), Removed: v.GetRemoved(), Delta: v.GetDelta(),
			})
			at++
		}
	}
	return out
}

// unpackStamps gives the stamps by place; place 0 is no stamp.
func unpackStamps(p *syncpb.PackedChanges) []hlc.Stamp {
	out := make([]hlc.Stamp, 1, len(p.GetStampHlcs())+1)
	var reading uint64
	for i, d := range p.GetStampHlcs() {
		reading += uint64(d)
		s := hlc.Stamp{HLC: hlc.Reading(reading)}
		if at := p.GetStampNodes()[i]; int(at) < len(p.GetNodes()) {
			s.Node = p.GetNodes()[at]
		}
		out = append(out, s)
	}
	return out
}

func decodeVerb(v syncpb.Verb) sales.Verb {
	if v < syncpb.Verb_VERB_CREATE || v > syncpb.Verb_VERB_DELETE {
		return 0
	}
	return sales.Verb(v)
}

// digestOf stands for the ids of changes in an answer that does not name them.
func digestOf(ids func(yield func(string) bool)) uint64 {
	h := sha256.New()
	for id := range ids {
		h.Write([]byte(id))
	}
	return binary.BigEndian.Uint64(h.Sum(nil))
}
