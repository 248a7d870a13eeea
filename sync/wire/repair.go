package wire

import (
	"github.com/google/uuid"

	"github.com/rounds-field/rounds/sync/syncpb"
)

// Limits of what one question about a bucket may ask for, so that every answer fits into a message.
const (
	RepairSlots      = 256 // slots of a bucket, by the last byte of the record's id
	MaxRepairSlots   = 32  // slots whose records one question may ask for
	MaxRepairRecords = 100 // records whose states one question may ask for
)

// RepairSlotOf is the slot of a record within its bucket.
func RepairSlotOf(id string) int {
	u, err := uuid.Parse(id)
	if err != nil {
		return 0
	}
	return int(u[15])
}

// EncodeRepair gives the wire form of a question about a bucket.
func EncodeRepair(r RepairRequest) *syncpb.RepairRequest {
	p := &syncpb.RepairRequest{Bucket: r.Bucket, Slots: encodeNumbers(r.Slots)}
	for _, id := range r.Records {
		p.Records = append(p.Records, encodeID(id))
	}
	return p
}

// DecodeRepair reads a question about a bucket.
func DecodeRepair(p *syncpb.RepairRequest) RepairRequest {
	r := RepairRequest{Bucket: p.GetBucket(), Slots: decodeNumbers(p.GetSlots())}
	for _, id := range p.GetRecords() {
		r.Records = append(r.Records, decodeID(id))
	}
	return r
}

// EncodeRepaired gives the wire form of the answer about a bucket.
func EncodeRepaired(r RepairResponse) *syncpb.RepairResponse {
	sum := r.Checksum.Bytes()
	p := &syncpb.RepairResponse{Cursor: encodeCursor(r.Cursor), Checksum: sum[:], Count: r.Count}
	for _, s := range r.Slots {
		b := s.Bytes()
		p.Slots = append(p.Slots, b[:]...)
	}
	for _, s := range r.Sums {
		b := s.Sum.Bytes()
		p.Sums = append(p.Sums, &syncpb.RecordSum{Kind: encodeKind(s.Kind), Id: encodeID(s.ID), Sum: b[:]})
	}
	for i := range r.Records {
		p.Records = append(p.Records, EncodeRecord(&r.Records[i], 0))
	}
	return p
}

// DecodeRepaired reads the answer about a bucket.
func DecodeRepaired(p *syncpb.RepairResponse) RepairResponse {
	r := RepairResponse{Cursor: decodeCursor(p.GetCursor()), Checksum: SumFrom(p.GetChecksum()), Count: p.GetCount()}
	for b := p.GetSlots(); len(b) >= 16; b = b[16:] {
		r.Slots = append(r.Slots, SumFrom(b[:16]))
	}
	for _, s := range p.GetSums() {
		r.Sums = append(r.Sums, RecordSum{Kind: decodeKind(s.GetKind()), ID: decodeID(s.GetId()), Sum: SumFrom(s.GetSum())})
	}
	for _, rec := range p.GetRecords() {
		r.Records = append(r.Records, DecodeRecord(rec, r.Cursor.Bucket))
	}
	return r
}
