package wire

import (
	"fmt"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/syncpb"
)

// EncodeHistory gives the wire form of a record's life. Field names of the kind become numbers; a name that is not the kind's
// is left out.
func EncodeHistory(kind string, entries []sales.HistoryEntry) *syncpb.HistoryResponse {
	p := &syncpb.HistoryResponse{}
	k, _ := sales.KindNamed(kind)
	for _, e := range entries {
		pe := &syncpb.HistoryEntry{
			Change: encodeID(e.ChangeID), Verb: syncpb.Verb(e.Verb), Hlc: uint64(hlc.ReadingAt(e.At.Time())),
			User: encodeID(e.UserID), UserName: e.UserName, Device: e.Device,
		}
		for _, f := range e.Fields {
			n := 0
			if k != nil {
				if d, ok := k.Field(f.Name); ok {
					n = d.Number
				}
			}
			if n > 0 {
				pe.Fields = append(pe.Fields, &syncpb.HistoryField{Number: uint32(n), Before: EncodeValue(f.Old), After: EncodeValue(f.New), Lost: f.Lost})
			}
		}
		p.Entries = append(p.Entries, pe)
	}
	return p
}

// DecodeHistory reads a record's life; fields that this program does not know are named by their number.
func DecodeHistory(kind string, p *syncpb.HistoryResponse) []sales.HistoryEntry {
	k, _ := sales.KindNamed(kind)
	out := make([]sales.HistoryEntry, 0, len(p.GetEntries()))
	for _, pe := range p.GetEntries() {
		e := sales.HistoryEntry{
			ChangeID: decodeID(pe.GetChange()), At: sales.Instant(hlc.Reading(pe.GetHlc()).Millis()),
			UserID: decodeID(pe.GetUser()), UserName: pe.GetUserName(), Device: pe.GetDevice(),
		}
		if v := pe.GetVerb(); v >= syncpb.Verb_VERB_CREATE && v <= syncpb.Verb_VERB_DELETE {
			e.Verb = sales.Verb(v)
		}
		for _, pf := range pe.GetFields() {
			name := fmt.Sprintf("field#%d", pf.GetNumber())
			if k != nil {
				if d, ok := k.FieldNumber(int(pf.GetNumber())); ok {
					name = d.Name
				}
			}
			e.Fields = append(e.Fields, sales.HistoryField{Name: name, Old: DecodeValue(pf.GetBefore()), New: DecodeValue(pf.GetAfter()), Lost: pf.GetLost()})
		}
		out = append(out, e)
	}
	return out
}
