package central

import (
	"cmp"
	"database/sql"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/syncpb"
	"github.com/rounds-field/rounds/sync/wire"
)

// key names a record.
type key struct{ kind, id string }

// compare orders keys by number of kind, then id: the order in which records are locked and numbered.
func (k key) compare(o key) int {
	if c := cmp.Compare(kindNumber(k.kind), kindNumber(o.kind)); c != 0 {
		return c
	}
	return cmp.Compare(k.id, o.id)
}

func kindNumber(name string) int {
	k, ok := sales.KindNamed(name)
	if !ok {
		return 0
	}
	return k.Number
}

// row is a record as it is stored. Rows are never changed once they are in a map: a change makes a new one.
type row struct {
	state   wire.RecordState
	parent  key
	creator string
	version int64
}

func (r *row) key() key { return key{r.state.Kind, r.state.ID} }

// sum is the row's part in the checksum of its bucket.
func (r *row) sum() wire.Sum {
	if r == nil {
		return wire.Sum{}
	}
	return wire.ChecksumOf(&r.state)
}

func (r *row) live() bool { return r != nil && !r.state.Deleted }

func idBytes(id string) []byte {
	u, err := uuid.Parse(id)
	if err != nil {
		return nil
	}
	return u[:]
}

func idText(b []byte) string {
	u, err := uuid.FromBytes(b)
	if err != nil {
		return ""
	}
	return u.String()
}

const rowColumns = "kind, id, bucket, seq, parent_kind, parent_id, creator, version, state"

type scanner interface{ Scan(dest ...any) error }

// scanRow reads a row; nil when there is none.
func scanRow(s scanner) (*row, error) {
	var kind, parentKind int
	var id, parentID, state []byte
	var bucket string
	var seq int64
	r := &row{}
	err := s.Scan(&kind, &id, &bucket, &seq, &parentKind, &parentID, &r.creator, &r.version, &state)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read a record: %w", err)
	}
	if r.state, err = decodeState(state, bucket, seq); err != nil {
		return nil, fmt.Errorf("read record %s: %w", idText(id), err)
	}
	if pk, ok := sales.KindNumbered(parentKind); ok {
		r.parent = key{pk.Name, idText(parentID)}
	}
	return r, nil
}

func decodeState(blob []byte, bucket string, seq int64) (wire.RecordState, error) {
	var p syncpb.RecordState
	if err := proto.Unmarshal(blob, &p); err != nil {
		return wire.RecordState{}, err
	}
	r := wire.DecodeRecord(&p, bucket)
	r.Seq = uint64(seq)
	return r, nil
}

func encodeState(r *wire.RecordState) ([]byte, error) {
	p := wire.EncodeRecord(r, 0)
	p.Seq = 0 // has a column of its own
	return proto.Marshal(p)
}
