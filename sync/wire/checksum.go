package wire

import (
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
	"slices"

	"github.com/google/uuid"
)

// Sum is a 128-bit additive checksum over the records of a bucket: the order does not matter, and a record is added and taken
// out in constant time.
type Sum struct{ Hi, Lo uint64 }

// Add adds another sum.
func (s Sum) Add(o Sum) Sum {
	lo, carry := bits.Add64(s.Lo, o.Lo, 0)
	hi, _ := bits.Add64(s.Hi, o.Hi, carry)
	return Sum{hi, lo}
}

// Sub takes another sum out.
func (s Sum) Sub(o Sum) Sum {
	lo, borrow := bits.Sub64(s.Lo, o.Lo, 0)
	hi, _ := bits.Sub64(s.Hi, o.Hi, borrow)
	return Sum{hi, lo}
}

// Bytes is the sum as it travels and is stored.
func (s Sum) Bytes() (out [16]byte) {
	binary.BigEndian.PutUint64(out[:8], s.Hi)
	binary.BigEndian.PutUint64(out[8:], s.Lo)
	return out
}

// SumFrom reads a stored sum; anything but 16 bytes is the zero sum.
func SumFrom(b []byte) Sum {
	if len(b) != 16 {
		return Sum{}
	}
	return Sum{binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])}
}

// ChecksumOf is one record's part in its bucket's sum: its id and the stamps of its fields. A deleted record counts nothing.
func ChecksumOf(r *RecordState) Sum {
	if r.Deleted || r.Moved {
		return Sum{}
	}
	buf := make([]byte, 0, 16+16+20*len(r.Fields))
	id, err := uuid.Parse(r.ID)
	if err == nil {
		buf = append(buf, id[:]...)
	}
	fields := r.Fields
	if !slices.IsSortedFunc(fields, byNumber) {
		fields = slices.SortedFunc(slices.Values(fields), byNumber)
	}
	for _, f := range fields {
		buf = binary.BigEndian.AppendUint32(buf, uint32(f.Number))
		buf = binary.BigEndian.AppendUint64(buf, uint64(f.Stamp.HLC))
		buf = binary.BigEndian.AppendUint64(buf, f.Stamp.Node)
	}
	h := sha256.Sum256(buf)
	return SumFrom(h[:16])
}

func byNumber(a, b FieldState) int { return a.Number - b.Number }
