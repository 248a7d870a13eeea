package wire

import (
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
		Verb: decodeVerb(p.GetVerb()), HLC: hlc.Reading(p.GetHlc()), Schema: int(p.GetSchema()), Base: decodeStamp(p.GetBase()),
	}
	for _, f := range p.GetFields() {
		c.Fields = append(c.Fields, FieldEdit{
			Number: int(f.GetNumber()), Value: DecodeValue(f.GetValue()), Base: decodeStamp(f.GetBase()),
			Added: f.GetAdded(), Removed: f.GetRemoved(), Delta: f.GetDelta(),
		})
	}
	return c
}

// EncodePush gives the wire form of a push: in columns where that can carry it.
func EncodePush(r PushRequest) *syncpb.PushRequest {
	p := &syncpb.PushRequest{Incarnation: encodeID(r.Incarnation), Acknowledged: encodeID(r.Acknowledged), AcknowledgedAt: r.AcknowledgedAt}
	if p.Packed = pack(r.Changes); p.GetPacked() != nil {
		return p
	}
	for i := range r.Changes {
		p.Changes = append(p.Changes, EncodeChange(&r.Changes[i]))
	}
	return p
}

// DecodePush reads a push. One whose columns do not fit each other, of which Packed tells, has no changes.
func DecodePush(p *syncpb.PushRequest) PushRequest {
	r := PushRequest{Incarnation: decodeID(p.GetIncarnation()), Acknowledged: decodeID(p.GetAcknowledged()), AcknowledgedAt: p.GetAcknowledgedAt()}
	if p.GetPacked() != nil {
		r.Changes = unpack(p)
		return r
	}
	for _, c := range p.GetChanges() {
		r.Changes = append(r.Changes, DecodeChange(c))
	}
	return r
}

// EncodePushed gives the wire form of the answer to a push; packed says that the changes came in columns.
func EncodePushed(r PushResponse, packed bool) *syncpb.PushResponse {
	p := &syncpb.PushResponse{Hlc: uint64(r.HLC), Forgotten: r.Forgotten}
	if i := latest(r.Verdicts); i >= 0 {
		p.Latest, p.LatestAt = uint32(i+1), r.Verdicts[i].TakenAt
	}
	for _, v := range r.Verdicts {
		if packed && v.plain() {
			p.Outcomes = append(p.Outcomes, syncpb.Outcome(v.Outcome))
			continue
		}
		pv := &syncpb.Verdict{Id: encodeID(v.ChangeID), Outcome: syncpb.Outcome(v.Outcome), Code: v.Code, Field: v.Field, Message: v.Message, Hint: v.Hint}
		for _, n := range v.Lost {
			pv.Lost = append(pv.Lost, uint32(n))
		}
		p.Verdicts = append(p.Verdicts, pv)
		if packed {
			p.Outcomes = append(p.Outcomes, syncpb.Outcome_OUTCOME_UNSPECIFIED)
		}
	}
	if packed {
		p.Digest = digestOf(func(yield func(string) bool) {
			for i := range r.Verdicts {
				if !yield(r.Verdicts[i].ChangeID) {
					return
				}
			}
		})
	}
	return p
}

// plain says whether a verdict says no more than its outcome.
func (v *Verdict) plain() bool {
	return len(v.Lost) == 0 && v.Code == "" && v.Field == "" && v.Message == "" && v.Hint == ""
}

// latest finds the verdict on the change that was taken last, the later one of two; -1 where there is none.
func latest(verdicts []Verdict) int {
	found := -1
	for i := range verdicts {
		if v := &verdicts[i]; v.TakenAt > 0 && v.Outcome.Taken() && (found < 0 || v.TakenAt >= verdicts[found].TakenAt) {
			found = i
		}
	}
	return found
}

// DecodePushed reads the answer to a push of these changes. One to other changes has no verdicts.
func DecodePushed(p *syncpb.PushResponse, changes []Change) PushResponse {
	r := decodePushed(p, changes)
	if i := int(p.GetLatest()) - 1; i >= 0 && i < len(r.Verdicts) && r.Verdicts[i].Outcome.Taken() {
		r.Verdicts[i].TakenAt = p.GetLatestAt()
	}
	return r
}

func decodePushed(p *syncpb.PushResponse, changes []Change) PushResponse {
	r := PushResponse{HLC: hlc.Reading(p.GetHlc()), Forgotten: p.GetForgotten()}
	said := make([]Verdict, 0, len(p.GetVerdicts()))
	for _, pv := range p.GetVerdicts() {
		v := Verdict{ChangeID: decodeID(pv.GetId()), Outcome: Outcome(pv.GetOutcome()), Code: pv.GetCode(), Field: pv.GetField(), Message: pv.GetMessage(), Hint: pv.GetHint()}
		for _, n := range pv.GetLost() {
			v.Lost = append(v.Lost, int(n))
		}
		said = append(said, v)
	}
	if len(p.GetOutcomes()) == 0 {
		r.Verdicts = said
		return r
	}
	digest := digestOf(func(yield func(string) bool) {
		for i := range changes {
			if !yield(changes[i].ID) {
				return
			}
		}
	})
	if digest != p.GetDigest() || len(p.GetOutcomes()) != len(changes) {
		return r
	}
	for i, o := range p.GetOutcomes() {
		switch {
		case o != syncpb.Outcome_OUTCOME_UNSPECIFIED:
			r.Verdicts = append(r.Verdicts, Verdict{ChangeID: changes[i].ID, Outcome: Outcome(o)})
		case len(said) > 0:
			r.Verdicts = append(r.Verdicts, said[0])
			said = said[1:]
		}
	}
	return r
}
