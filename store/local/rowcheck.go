package local

import (
	"encoding/binary"
	"hash/crc64"
)

// The checksum that both sides keep is over stamps and says nothing about values. Each row therefore has a check of its own, over all that was written
// there, from which a deep check learns that a byte has changed since.

var checkTable = crc64.MakeTable(crc64.ECMA)

// ownCheck is where the numbers of the store's own columns begin in a check; those of fields are below.
const ownCheck = 1 << 20

// check is the check of a row that is written with these values: the id, those of the fields in the kind's order, and the store's own. Values that are empty do not
// count, so that a row keeps its check when its table gets one more column.
func (t *table) check(id string, fields []any, own ...any) int64 {
	buf := make([]byte, 0, 1024)
	buf = append(buf, id...)
	for i, v := range fields {
		buf = appendChecked(buf, t.kind.Fields[i].Number, v)
	}
	for i, v := range own {
		buf = appendChecked(buf, ownCheck+i, v)
	}
	return int64(crc64.Checksum(buf, checkTable))
}

func appendChecked(buf []byte, number int, v any) []byte {
	switch x := v.(type) {
	case string:
		buf = binary.AppendUvarint(buf, uint64(number))
		buf = append(binary.AppendUvarint(append(buf, 't'), uint64(len(x))), x...)
	case []byte:
		if len(x) > 0 {
			buf = binary.AppendUvarint(buf, uint64(number))
			buf = append(binary.AppendUvarint(append(buf, 'b'), uint64(len(x))), x...)
		}
	case int64:
		buf = binary.AppendUvarint(buf, uint64(number))
		buf = binary.BigEndian.AppendUint64(append(buf, 'n'), uint64(x))
	case bool:
		n := int64(0)
		if x {
			n = 1
		}
		buf = appendChecked(buf, number, n)
	}
	return buf
}
