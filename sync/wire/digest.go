package wire

import (
	"crypto/sha256"
	"encoding/binary"
)

// DigestSlots is into how many parts the cursors of a device are summed up, so that a device and a server that agree say so in a few hundred
// bytes, however many buckets there are.
const DigestSlots = 64

// Digests sums cursors up by slot. The zero value is that of no cursors.
type Digests [DigestSlots]uint64

// DigestSlotOf is the slot of a bucket: the FNV-1a hash of its name, folded.
func DigestSlotOf(bucket string) int {
	h := uint64(14695981039346656037)
	for i := range len(bucket) {
		h = (h ^ uint64(bucket[i])) * 1099511628211
	}
	return int((h ^ h>>32) % DigestSlots)
}

// Add adds a cursor. One that stands at the beginning is as none.
func (d *Digests) Add(c Cursor) {
	if c.Seq > 0 {
		d[DigestSlotOf(c.Bucket)] += PartOf(c)
	}
}

// PartOf is the part of a cursor, which does not stand at the beginning, in its slot's sum.
func PartOf(c Cursor) uint64 {
	var room [96]byte
	buf := append(room[:0], c.Bucket...)
	buf = binary.BigEndian.AppendUint64(append(buf, 0), c.Epoch)
	buf = binary.BigEndian.AppendUint64(buf, c.Seq)
	buf = binary.BigEndian.AppendUint64(buf, c.Chain)
	h := sha256.Sum256(buf)
	return binary.BigEndian.Uint64(h[:8])
}

// DigestsOf sums a list of cursors up.
func DigestsOf(cursors []Cursor) *Digests {
	d := &Digests{}
	for _, c := range cursors {
		d.Add(c)
	}
	return d
}
