package wire

import (
	"slices"

	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/syncpb"
)

// EncodeRecord gives the wire form of a record's state; bucket is the index of its bucket in the page.
func EncodeRecord(r *RecordState, bucket int) *syncpb.RecordState {
	p := &syncpb.RecordState{
		Kind: encodeKind(r.Kind), Id: encodeID(r.ID), Bucket: uint32(bucket), Seq: r.Seq, Deleted: r.Deleted, Moved: r.Moved,
		UpdatedBy: encodeID(r.UpdatedBy), Created: encodeStamp(r.Created),
	}
	var stamps []hlc.Stamp
	for _, f := range r.Fields {
		i := slices.Index(stamps, f.Stamp)
		if i < 0 {
			i = len(stamps)
			stamps = append(stamps, f.Stamp)
			p.Stamps = append(p.Stamps, &syncpb.Stamp{Hlc: uint64(f.Stamp.HLC), Node: f.Stamp.Node})
		}
		p.Fields = append(p.Fields, &syncpb.FieldState{Number: uint32(f.Number), Value: EncodeValue(f.Value), Stamp: uint32(i)})
	}
	return p
}

// DecodeRecord reads a record's state; the caller knows its bucket's name.
func DecodeRecord(p *syncpb.RecordState, bucket string) RecordState {
	r := RecordState{
		Kind: decodeKind(p.GetKind()), ID: decodeID(p.GetId()), Bucket: bucket, Seq: p.GetSeq(), Deleted: p.GetDeleted(), Moved: p.GetMoved(),
		UpdatedBy: decodeID(p.GetUpdatedBy()), Created: decodeStamp(p.GetCreated()),
	}
	stamps := p.GetStamps()
	r.Fields = make([]FieldState, 0, len(p.GetFields()))
	for _, f := range p.GetFields() {
		fs := FieldState{Number: int(f.GetNumber()), Value: DecodeValue(f.GetValue())}
		if i := int(f.GetStamp()); i < len(stamps) {
			fs.Stamp = decodeStamp(stamps[i])
		}
		r.Fields = append(r.Fields, fs)
	}
	return r
}

// EncodePull gives the wire form of a request for a page.
func EncodePull(r PullRequest) *syncpb.PullRequest {
	p := &syncpb.PullRequest{Limit: uint32(max(r.Limit, 0)), Schema: SchemaVersion, Brief: r.Brief, Digests: r.Digests, Slots: encodeNumbers(r.Slots), Urgent: r.Urgent, Acknowledged: encodeID(r.Acknowledged), AcknowledgedAt: r.AcknowledgedAt}
	if r.Schema > 0 {
		p.Schema = uint32(r.Schema)
	}
	for _, c := range r.Cursors {
		p.Cursors = append(p.Cursors, encodeCursor(c))
	}
	return p
}

// DecodePull reads a request for a page.
func DecodePull(p *syncpb.PullRequest) PullRequest {
	r := PullRequest{Limit: int(p.GetLimit()), Schema: int(p.GetSchema()), Brief: p.GetBrief(), Digests: p.GetDigests(), Slots: decodeNumbers(p.GetSlots()), Urgent: p.GetUrgent(), Acknowledged: decodeID(p.GetAcknowledged()), AcknowledgedAt: p.GetAcknowledgedAt()}
	for _, c := range p.GetCursors() {
		r.Cursors = append(r.Cursors, decodeCursor(c))
	}
	return r
}

// EncodePage gives the wire form of a page. Every record's bucket must be among the page's buckets.
func EncodePage(r PullResponse) *syncpb.PullResponse {
	p := &syncpb.PullResponse{More: r.More, Remaining: r.Remaining, Hlc: uint64(r.HLC), Lost: r.Lost, Differs: encodeNumbers(r.Differs), Urgent: r.Urgent, Forgotten: r.Forgotten}
	at := make(map[string]int, len(r.Buckets))
	for i := range r.Buckets {
		b := &r.Buckets[i]
		at[b.Bucket] = i
		pb := &syncpb.BucketState{Cursor: encodeCursor(b.Cursor), Reset_: b.Reset, Count: b.Count}
		if !r.More {
			pb.Checksum = b.Checksum[:]
		}
		p.Buckets = append(p.Buckets, pb)
	}
	for i := range r.Records {
		p.Records = append(p.Records, EncodeRecord(&r.Records[i], at[r.Records[i].Bucket]))
	}
	return p
}

// DecodePage reads a page; a record whose bucket is not in the page is left out, as no honest server sends one.
func DecodePage(p *syncpb.PullResponse) PullResponse {
	r := PullResponse{
		More: p.GetMore(), Remaining: p.GetRemaining(), HLC: hlc.Reading(p.GetHlc()), Lost: p.GetLost(), Differs: decodeNumbers(p.GetDiffers()), Urgent: p.GetUrgent(), Forgotten: p.GetForgotten(),
	}
	for _, pb := range p.GetBuckets() {
		b := BucketState{Cursor: decodeCursor(pb.GetCursor()), Reset: pb.GetReset_(), Count: pb.GetCount()}
		copy(b.Checksum[:], pb.GetChecksum())
		r.Buckets = append(r.Buckets, b)
	}
	r.Records = make([]RecordState, 0, len(p.GetRecords()))
	for _, pr := range p.GetRecords() {
		if i := int(pr.GetBucket()); i < len(r.Buckets) {
			r.Records = append(r.Records, DecodeRecord(pr, r.Buckets[i].Bucket))
		}
	}
	return r
}

func encodeCursor(c Cursor) *syncpb.Cursor {
	return &syncpb.Cursor{Bucket: c.Bucket, Epoch: c.Epoch, Seq: c.Seq, Chain: c.Chain}
}

func decodeCursor(p *syncpb.Cursor) Cursor {
	return Cursor{Bucket: p.GetBucket(), Epoch: p.GetEpoch(), Seq: p.GetSeq(), Chain: p.GetChain()}
}

func encodeNumbers(list []int) []uint32 {
	out := make([]uint32, 0, len(list))
	for _, n := range list {
		out = append(out, uint32(max(n, 0)))
	}
	return out
}

func decodeNumbers(list []uint32) []int {
	var out []int
	for _, n := range list {
		out = append(out, int(n))
	}
	return out
}
