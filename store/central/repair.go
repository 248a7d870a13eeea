package central

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store"
	"github.com/rounds-field/rounds/sync/syncpb"
	"github.com/rounds-field/rounds/sync/wire"
)

// Repair tells what a bucket holds, from one snapshot: sums by slot, the records of some slots with their sums, or the states of some
// records. The sums are made from the records themselves; Checksum and Count are what was kept along the way, so that a caller can tell
// a record that differs from books that do. A bucket that the caller does not see is as one that does not exist.
func (j *Journal) Repair(ctx context.Context, caller wire.Caller, req wire.RepairRequest) (wire.RepairResponse, error) {
	var resp wire.RepairResponse
	err := j.db.Read(ctx, func(tx *sql.Tx) error {
		resp = wire.RepairResponse{}
		tree, err := j.territories(ctx, tx)
		if err != nil {
			return err
		}
		if !caller.Sees(tree, req.Bucket) {
			return noBucket(req.Bucket)
		}
		if err := j.head(ctx, tx, req.Bucket, &resp); err != nil {
			return err
		}
		switch {
		case len(req.Records) > 0:
			resp.Records, err = j.statesOf(ctx, tx, req.Bucket, req.Records)
		case len(req.Slots) > 0:
			resp.Sums, err = j.sumsOf(ctx, tx, req.Bucket, req.Slots)
		default:
			resp.Slots, err = j.slotsOf(ctx, tx, req.Bucket)
		}
		return err
	})
	if err != nil {
		return wire.RepairResponse{}, store.Explain("compare bucket "+req.Bucket, err)
	}
	return resp, nil
}

func noBucket(name string) error {
	return &sales.Error{Code: sales.CodeNotFound, Message: "there is no bucket " + name, Hint: "sync, then look again"}
}

func (j *Journal) head(ctx context.Context, tx *sql.Tx, bucket string, resp *wire.RepairResponse) error {
	var epoch, seq, chain, live int64
	var sum []byte
	err := tx.QueryRowContext(ctx, j.sql.bind("SELECT epoch, seq, chain, checksum, live FROM buckets WHERE org_id = ? AND bucket = ?"), j.org, bucket).Scan(&epoch, &seq, &chain, &sum, &live)
	if errors.Is(err, sql.ErrNoRows) {
		return noBucket(bucket)
	}
	resp.Cursor = wire.Cursor{Bucket: bucket, Epoch: uint64(epoch), Seq: uint64(seq), Chain: uint64(chain)}
	resp.Checksum, resp.Count = wire.SumFrom(sum), uint64(live)
	return err
}

func (j *Journal) slotsOf(ctx context.Context, tx *sql.Tx, bucket string) ([]wire.Sum, error) {
	slots := make([]wire.Sum, wire.RepairSlots)
	err := j.eachPart(ctx, tx, bucket, nil, func(s wire.RecordSum) {
		slot := wire.RepairSlotOf(s.ID)
		slots[slot] = slots[slot].Add(s.Sum)
	})
	return slots, err
}

func (j *Journal) sumsOf(ctx context.Context, tx *sql.Tx, bucket string, slots []int) ([]wire.RecordSum, error) {
	var wanted [wire.RepairSlots]bool
	for _, n := range slots {
		if n < 0 || n >= wire.RepairSlots {
			return nil, &sales.Error{Code: sales.CodeInvalid, Message: fmt.Sprintf("compare a bucket: there is no slot %d", n), Hint: "update the program"}
		}
		wanted[n] = true
	}
	var out []wire.RecordSum
	err := j.eachPart(ctx, tx, bucket, &wanted, func(s wire.RecordSum) { out = append(out, s) })
	return out, err
}

// eachPart gives the part of every live record of a bucket in its sum, or of those in the wanted slots.
func (j *Journal) eachPart(ctx context.Context, tx *sql.Tx, bucket string, wanted *[wire.RepairSlots]bool, f func(wire.RecordSum)) error {
	rows, err := tx.QueryContext(ctx, j.sql.bind("SELECT id, state FROM records WHERE org_id = ? AND bucket = ? AND deleted = 0 ORDER BY seq"), j.org, bucket)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id, blob sql.RawBytes
		if err := rows.Scan(&id, &blob); err != nil {
			return err
		}
		if wanted != nil && (len(id) != 16 || !wanted[id[15]]) {
			continue
		}
		var p syncpb.RecordState
		if err := proto.Unmarshal(blob, &p); err != nil {
			return fmt.Errorf("read record %s: %w", idText(id), err)
		}
		state := wire.DecodeRecord(&p, bucket)
		f(wire.RecordSum{Kind: state.Kind, ID: state.ID, Sum: wire.ChecksumOf(&state)})
	}
	return rows.Err()
}

// statesOf gives the states of the records that are in the bucket and live. An id may be of any kind.
func (j *Journal) statesOf(ctx context.Context, tx *sql.Tx, bucket string, ids []string) ([]wire.RecordState, error) {
	args := []any{j.org, 0, bucket}
	for _, id := range ids {
		b := idBytes(id)
		if b == nil {
			return nil, &sales.Error{Code: sales.CodeInvalid, Message: "compare a bucket: " + id + " is not an id", Hint: "update the program"}
		}
		args = append(args, b)
	}
	query := j.sql.bind("SELECT seq, state FROM records WHERE org_id = ? AND kind = ? AND bucket = ? AND deleted = 0 AND id IN (?" + strings.Repeat(", ?", len(ids)-1) + ") ORDER BY id")
	var out []wire.RecordState
	for _, k := range sales.Kinds() {
		args[1] = k.Number
		var err error
		if out, err = j.appendStates(ctx, tx, out, bucket, query, args); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (j *Journal) appendStates(ctx context.Context, tx *sql.Tx, out []wire.RecordState, bucket, query string, args []any) ([]wire.RecordState, error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var seq int64
		var blob []byte
		if err := rows.Scan(&seq, &blob); err != nil {
			return nil, err
		}
		state, err := decodeState(blob, bucket, seq)
		if err != nil {
			return nil, err
		}
		out = append(out, state)
	}
	return out, rows.Err()
}
