package central

import (
	"context"
	"database/sql"
	"fmt"
	"math"

	"google.golang.org/protobuf/proto"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/syncpb"
	"github.com/rounds-field/rounds/sync/wire"
)

// History gives the life of a record, newest first, when the caller sees its bucket; else an Error with CodeNotFound.
func (j *Journal) History(ctx context.Context, caller wire.Caller, kind, id string) ([]sales.HistoryEntry, error) {
	k, ok := sales.KindNamed(kind)
	if !ok {
		return nil, &sales.Error{Code: sales.CodeUnknownKind, Message: "no kind of record is called " + kind}
	}
	var out []sales.HistoryEntry
	err := j.db.Read(ctx, func(tx *sql.Tx) error {
		r, err := j.find(ctx, tx, key{kind, id})
		if err != nil {
			return err
		}
		tree, err := j.territories(ctx, tx)
		if err != nil {
			return err
		}
		if r == nil {
			if err := j.forgotten(ctx, tx, key{kind, id}); err != nil {
				return err
			}
		}
		if r == nil || caller.UserID != "" && !caller.Sees(tree, r.state.Bucket) {
			return &sales.Error{Code: sales.CodeNotFound, Kind: kind, ID: id, Message: "the server has no such record for you", Hint: "sync, then look again"}
		}
		out, err = j.history(ctx, tx, k, id)
		if err != nil {
			return err
		}
		return j.nameUsers(ctx, tx, out)
	})
	return out, store.Explain("read the history", err)
}

// find reads one record outside a batch; nil when it does not exist.
func (j *Journal) find(ctx context.Context, tx *sql.Tx, k key) (*row, error) {
	return scanRow(tx.QueryRowContext(ctx, j.sql.bind("SELECT "+rowColumns+" FROM records WHERE org_id = ? AND kind = ? AND id = ?"), j.org, kindNumber(k.kind), idBytes(k.id)))
}

// What a history tells at most. Of the newest changes it says what they did, as far as that goes into one answer; of older ones only who and when, as of those whose
// content was pruned.
const (
	historyEntries = 10_000
	historyBytes   = 16 << 20
)

func (j *Journal) history(ctx context.Context, tx *sql.Tx, k *sales.Kind, id string) ([]sales.HistoryEntry, error) {
	h := &historian{j: j, ctx: ctx, tx: tx, kind: k, id: idBytes(id), below: math.MaxInt64, room: historyBytes}
	full, err := h.read("payload, effect")
	if err == nil && full {
		_, err = h.read("NULL, NULL")
	}
	return h.out, err
}

// historian reads the history of one record, newest first.
type historian struct {
	j     *Journal
	ctx   context.Context
	tx    *sql.Tx
	kind  *sales.Kind
	id    []byte
	below int64 // version of the oldest change read so far
	room  int   // bytes that still fit
	out   []sales.HistoryEntry
}

// read goes on with changes of which it reads the content, or not; full says that it ended because of what that takes.
func (h *historian) read(content string) (full bool, err error) {
	rows, err := h.tx.QueryContext(h.ctx, h.j.sql.bind("SELECT version, id, verb, hlc, author, device, "+content+" FROM changes"+
		" WHERE org_id = ? AND kind = ? AND record_id = ? AND version < ? ORDER BY version DESC LIMIT ?"), h.j.org, h.kind.Number, h.id, h.below, historyEntries-len(h.out))
	if err != nil {
		return false, err
	}
	defer rows.Close()
	for rows.Next() {
		var change, payload, effect []byte
		var verb int
		var version, reading int64
		var e sales.HistoryEntry
		if err := rows.Scan(&version, &change, &verb, &reading, &e.UserID, &e.Device, &payload, &effect); err != nil {
			return false, err
		}
		size := len(effect)
		if effect == nil {
			size = len(payload)
		}
		if h.room -= size; h.room < 0 && size > 0 {
			return true, nil
		}
		h.below = version
		e.ChangeID, e.Verb, e.At = idText(change), sales.Verb(verb), sales.Instant(hlc.Reading(reading).Millis())
		if e.Fields, err = h.j.fieldsOf(h.kind, payload, effect); err != nil {
			return false, fmt.Errorf("read change %s: %w", e.ChangeID, err)
		}
		h.out = append(h.out, e)
	}
	return false, rows.Err()
}

// fieldsOf reads what a change did: from its effect, or from the payload of a creation.
func (j *Journal) fieldsOf(k *sales.Kind, payload, effect []byte) ([]sales.HistoryField, error) {
	var did syncpb.HistoryEntry
	if effect != nil {
		if err := proto.Unmarshal(effect, &did); err != nil {
			return nil, err
		}
		did.Fields = liftHistory(j.versions, k.Name, did.Fields)
	} else {
		var c syncpb.Change
		if err := proto.Unmarshal(payload, &c); err != nil {
			return nil, err
		}
		written := wire.DecodeChange(&c)
		for _, f := range wire.LiftChange(j.versions, &written).Fields {
			did.Fields = append(did.Fields, &syncpb.HistoryField{Number: uint32(f.Number), After: wire.EncodeValue(f.Value)})
		}
	}
	decoded := wire.DecodeHistory(k.Name, &syncpb.HistoryResponse{Entries: []*syncpb.HistoryEntry{&did}})
	return decoded[0].Fields, nil
}

// nameUsers fills in the names of the users in a history.
func (j *Journal) nameUsers(ctx context.Context, tx *sql.Tx, entries []sales.HistoryEntry) error {
	names := map[string]string{}
	for i := range entries {
		id := entries[i].UserID
		if id == "" {
			continue
		}
		if _, ok := names[id]; !ok {
			r, err := j.find(ctx, tx, key{"user", id})
			if err != nil {
				return err
			}
			if r != nil {
				rec := r.state.Record()
				names[id] = firstOf(rec.Text("display_name"), rec.Text("name"))
			}
		}
		entries[i].UserName = names[id]
	}
	return nil
}

func firstOf(texts ...string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}
