package central

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/klauspost/compress/zstd"

	"github.com/rounds-field/rounds/sales"
)

// maxFrame bounds a row of a backup; the largest is a change with long texts.
const maxFrame = 256 << 20

// backupReader reads what backupWriter wrote and tells every difference from it.
type backupReader struct {
	z     *zstd.Decoder
	in    *bufio.Reader
	sum   hash.Hash
	frame []byte
}

// damaged is the error of a backup that is not what was written.
func damaged(what string, cause error) error {
	return &sales.Error{
		Code: sales.CodeInvalid, Message: "the backup is damaged: " + what, Hint: "take another copy of it, or an older backup", Cause: cause,
	}
}

// newBackupReader reads the head of a backup.
func newBackupReader(r io.Reader) (*backupReader, BackupHeader, error) {
	var h BackupHeader
	z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(1<<40), zstd.WithDecoderLowmem(true))
	if err != nil {
		return nil, h, fmt.Errorf("unpack a backup: %w", err)
	}
	b := &backupReader{z: z, in: bufio.NewReaderSize(z, 64<<10), sum: sha256.New()}
	magic := make([]byte, len(backupMagic))
	if _, err := io.ReadFull(b.in, magic); err != nil || string(magic) != backupMagic {
		b.close()
		if err != nil && !errors.Is(err, zstd.ErrMagicMismatch) && !errors.Is(err, io.EOF) {
			return nil, h, damaged("it cannot be unpacked", err)
		}
		return nil, h, &sales.Error{Code: sales.CodeInvalid, Message: "the file is not a backup of rounds-server", Hint: "name a file that `rounds-server backup` wrote", Cause: err}
	}
	b.sum.Write(magic)
	kind, body, err := b.next()
	if err == nil && kind != frameHeader {
		err = damaged("it does not begin with a header", nil)
	}
	if err == nil {
		if e := json.Unmarshal(body, &h); e != nil {
			err = damaged("its header cannot be read", e)
		}
	}
	if err == nil && h.Format > backupFormat {
		err = &sales.Error{Code: sales.CodeInvalid, Message: fmt.Sprintf("the backup has format %d, and this program reads up to %d", h.Format, backupFormat), Hint: "use the rounds-server that made it, or a newer one"}
	}
	if err != nil {
		b.close()
		return nil, h, err
	}
	return b, h, nil
}

func (b *backupReader) close() { b.z.Close() }

// next gives one frame; it is good until the next call. The sum of what lies before a trailer is not changed by it.
func (b *backupReader) next() (kind byte, body []byte, err error) {
	n, err := binary.ReadUvarint(b.in)
	if err != nil {
		return 0, nil, damaged("it ends too early", err)
	}
	if n == 0 || n > maxFrame {
		return 0, nil, damaged(fmt.Sprintf("a part of it claims %d bytes", n), nil)
	}
	if uint64(cap(b.frame)) < n {
		b.frame = make([]byte, n)
	}
	b.frame = b.frame[:n]
	if _, err := io.ReadFull(b.in, b.frame); err != nil {
		return 0, nil, damaged("it ends too early", err)
	}
	if b.frame[0] != frameTrailer {
		b.sum.Write(binary.AppendUvarint(nil, n))
		b.sum.Write(b.frame)
	}
	return b.frame[0], b.frame[1:], nil
}

// tables reads everything after the header: table is called at the beginning of each, row for each row. What it gives is what the backup says of
// itself, after that was found to be so.
func (b *backupReader) tables(table func(tableHead) error, row func([]byte) error) ([]TableSum, error) {
	var found []TableSum
	for {
		kind, body, err := b.next()
		if err != nil {
			return nil, err
		}
		switch kind {
		case frameTable:
			var head tableHead
			if err := json.Unmarshal(body, &head); err != nil {
				return nil, damaged("the head of a table cannot be read", err)
			}
			found = append(found, TableSum{Name: head.Name})
			err = table(head)
		case frameRow:
			if len(found) == 0 {
				return nil, damaged("a row belongs to no table", nil)
			}
			found[len(found)-1].add(body)
			err = row(body)
		case frameTrailer:
			return found, b.finish(body, found)
		default:
			err = damaged(fmt.Sprintf("a part of it has the unknown type %q", kind), nil)
		}
		if err != nil {
			return nil, err
		}
	}
}

func (b *backupReader) finish(body []byte, found []TableSum) error {
	var t backupTrailer
	if err := json.Unmarshal(body, &t); err != nil {
		return damaged("its end cannot be read", err)
	}
	if t.SHA256 != hex.EncodeToString(b.sum.Sum(nil)) {
		return damaged("its content does not have the SHA-256 that it had", nil)
	}
	if len(t.Tables) != len(found) {
		return damaged(fmt.Sprintf("it has %d tables and had %d", len(found), len(t.Tables)), nil)
	}
	for i := range found {
		found[i].close()
		if is, was := found[i], t.Tables[i]; is.Name != was.Name || is.Rows != was.Rows || is.Sum != was.Sum {
			return damaged(fmt.Sprintf("table %s has %d rows, and %s had %d", is.Name, is.Rows, was.Name, was.Rows), nil)
		}
	}
	if _, err := b.in.ReadByte(); !errors.Is(err, io.EOF) {
		return damaged("something follows its end", err)
	}
	return nil
}

// readRow reads the values of a row.
func readRow(body []byte, values []any) error {
	for i := range values {
		if len(body) == 0 {
			return damaged("a row has too few values", nil)
		}
		kind := body[0]
		body = body[1:]
		switch kind {
		case '0':
			values[i] = nil
			continue
		case 'i':
			x, n := binary.Varint(body)
			if n <= 0 {
				return damaged("a number cannot be read", nil)
			}
			values[i], body = x, body[n:]
			continue
		}
		size, n := binary.Uvarint(body)
		if n <= 0 || size > uint64(len(body)-n) || kind != 't' && kind != 'b' {
			return damaged("a value cannot be read", nil)
		}
		v := body[n : n+int(size)]
		body = body[n+int(size):]
		if kind == 't' {
			values[i] = string(v)
		} else {
			values[i] = append(make([]byte, 0, len(v)), v...) // not nil when empty: that is another value
		}
	}
	if len(body) > 0 {
		return damaged("a row has too many values", nil)
	}
	return nil
}
