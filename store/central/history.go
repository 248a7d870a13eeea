package central

import (
	"context"
	"database/sql"
	"fmt"

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

func (j *Journal) history(ctx context.Context, tx *sql.Tx, k *sales.Kind, id string) ([]sales.HistoryEntry, error) {
	rows, err := tx.QueryContext(ctx, j.sql.bind("SELECT id, verb, hlc, author, device, payload, effect FROM changes"+
		" WHERE org_id = ? AND kind = ? AND record_id = ? AND version IS NOT NULL ORDER BY version DESC"), j.org, k.Number, idBytes(id))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []sales.HistoryEntry
	for rows.Next() {
		var change, payload, effect []byte
		var verb int
		var reading int64
		var e sales.HistoryEntry
		if err := rows.Scan(&change, &verb, &reading, &e.UserID, &e.Device, &payload, &effect); err != nil {
			return nil, err
		}
		e.ChangeID, e.Verb, e.At = idText(change), sales.Verb(verb), sales.Instant(hlc.Reading(reading).Millis())
		if e.Fields, err = j.fieldsOf(k, payload, effect); err != nil {
			return nil, fmt.Errorf("read change %s: %w", e.ChangeID, err)
		}
		out = append(out, e)
	}
	return out, rows.Err()
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
