package wire

import (
	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/syncpb"
)

// EncodeChange gives the wire form of a change.
func EncodeChange(c *Change) *syncpb.Change {
	p := &syncpb.Change{
		Id: encodeID(c.ID), Counter: c.Counter, Group: c.Group, Kind: encodeKind(c.Kind), Record: encodeID(c.RecordID),
		Verb: syncpb.Verb(c.Verb), Hlc: uint64(c.HLC), Schema: uint32(c.Schema), Base: encodeStamp(c.Base),
	}
	for _, f := range c.Fields {
		p.Fields = append(p.Fields, &syncpb.FieldEdit{
			Number: uint32(f.Number), Value: EncodeValue(f.Value), Base: encodeStamp(f.Base),
			Added: f.Added, Removed: f.Removed, Delta: f.Delta,
		})
	}
	return p
}

// DecodeChange reads a change. Malformed ids become "", which the receiver refuses.
func DecodeChange(p *syncpb.Change) Change {
	c := Change{
		ID: decodeID(p.GetId()), Counter: p.GetCounter(), Group: p.GetGroup(), Kind: decodeKind(p.GetKind()), RecordID: decodeID(p.GetRecord()),
		HLC: hlc.Reading(p.GetHlc()), Schema: int(p.GetSchema()), Base: decodeStamp(p.GetBase()),
	}
	if v := p.GetVerb(); v >= syncpb.Verb_VERB_CREATE && v <= syncpb.Verb_VERB_DELETE {
		c.Verb = sales.Verb(v)
	}
	for _, f := range p.GetFields() {
		c.Fields = append(c.Fields, FieldEdit{
			Number: int(f.GetNumber()), Value: DecodeValue(f.GetValue()), Base: decodeStamp(f.GetBase()),
			Added: f.GetAdded(), Removed: f.GetRemoved(), Delta: f.GetDelta(),
		})
	}
	return c
}

// EncodePush gives the wire form of a push.
func EncodePush(r PushRequest) *syncpb.PushRequest {
	p := &syncpb.PushRequest{Incarnation: encodeID(r.Incarnation)}
	for i := range r.Changes {
		p.Changes = append(p.Changes, EncodeChange(&r.Changes[i]))
	}
	return p
}

// DecodePush reads a push.
func DecodePush(p *syncpb.PushRequest) PushRequest {
	r := PushRequest{Incarnation: decodeID(p.GetIncarnation())}
	for _, c := range p.GetChanges() {
		r.Changes = append(r.Changes, DecodeChange(c))
	}
	return r
}

// EncodePushed gives the wire form of the answer to a push.
func EncodePushed(r PushResponse) *syncpb.PushResponse {
	p := &syncpb.PushResponse{Hlc: uint64(r.HLC)}
	for _, v := range r.Verdicts {
		pv := &syncpb.Verdict{Id: encodeID(v.ChangeID), Outcome: syncpb.Outcome(v.Outcome), Code: v.Code, Field: v.Field, Message: v.Message, Hint: v.Hint}
		for _, n := range v.Lost {
			pv.Lost = append(pv.Lost, uint32(n))
		}
		p.Verdicts = append(p.Verdicts, pv)
	}
	return p
}

// DecodePushed reads the answer to a push.
func DecodePushed(p *syncpb.PushResponse) PushResponse {
	r := PushResponse{HLC: hlc.Reading(p.GetHlc())}
	for _, pv := range p.GetVerdicts() {
		v := Verdict{ChangeID: decodeID(pv.GetId()), Outcome: Outcome(pv.GetOutcome()), Code: pv.GetCode(), Field: pv.GetField(), Message: pv.GetMessage(), Hint: pv.GetHint()}
		for _, n := range pv.GetLost() {
			v.Lost = append(v.Lost, int(n))
		}
		r.Verdicts = append(r.Verdicts, v)
	}
	return r
}
