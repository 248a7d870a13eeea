package local

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/google/uuid"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store"
)

// Identity is whose workbook this is. Before a server is known the user's id is one of this workbook's own making.
type Identity struct {
	UserID         string     `json:"user_id"`
	UserName       string     `json:"user_name"` // sign-in name
	DisplayName    string     `json:"display_name"`
	Role           sales.Role `json:"role"`            // "" while there is no server: then everything may be written
	Server         string     `json:"server"`          // address; "" while there is none
	OrganisationID string     `json:"organisation_id"` // "" while there is no server
}

// Identity gives whose workbook this is.
func (s *Store) Identity(context.Context) (Identity, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.identity, nil
}

// OwnerOf tells whose workbook lies in a folder, without opening it; the zero Identity when there is none, or nobody's yet.
func OwnerOf(ctx context.Context, dir string) (Identity, error) {
	var id Identity
	path := filepath.Join(dir, DatabaseName)
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return id, nil
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		return id, store.Explain("see whose workbook "+dir+" is", err)
	}
	text, err := meta(ctx, db, "identity")
	if e := db.Close(); err == nil {
		err = e
	}
	if err == nil && text != "" {
		err = json.Unmarshal([]byte(text), &id)
	}
	return id, store.Explain("see whose workbook "+dir+" is", err)
}

// SetIdentity says whose workbook this is. One that has no server yet is attached to the one given (see Attach). A workbook belongs to one user of
// one organisation: another user is refused with CodeForbidden.
func (s *Store) SetIdentity(ctx context.Context, id Identity) error {
	was, err := s.Identity(ctx)
	if err != nil {
		return err
	}
	if was.Server == "" && id.Server != "" {
		return s.Attach(ctx, id)
	}
	if id.UserID == "" {
		id.UserID = was.UserID
	}
	if err := sameOwner(was, id); err != nil {
		return err
	}
	return s.write(ctx, "note whose workbook this is", func(t *txn) error { return t.keepIdentity(ctx, id) })
}

func sameOwner(was, id Identity) error {
	if id.UserID == was.UserID && (was.OrganisationID == "" || id.OrganisationID == was.OrganisationID) {
		return nil
	}
	return &sales.Error{
		Code: sales.CodeForbidden, Message: "this workbook belongs to " + was.UserName + " at " + was.Server,
		Hint: "choose another folder for another user", Args: map[string]any{"User": was.UserName, "Server": was.Server},
	}
}

// Attach connects a workbook that was used alone to a server: wherever its own user id stands, in records and in changes not yet sent, the
// server's id of the user takes its place. Nothing else changes and nothing is lost. All of it is one transaction.
func (s *Store) Attach(ctx context.Context, id Identity) error {
	was, err := s.Identity(ctx)
	if err != nil {
		return err
	}
	if was.Server != "" {
		if err := sameOwner(was, id); err != nil {
			return err
		}
	}
	if _, err := uuid.Parse(id.UserID); err != nil {
		return fmt.Errorf("attach the workbook: user id: %w", err)
	}
	return s.write(ctx, "connect the workbook to "+id.Server, func(t *txn) error {
		if was.UserID != id.UserID {
			if err := t.renameUser(ctx, was.UserID, id.UserID); err != nil {
				return err
			}
		}
		if err := t.takeBackSeedEdits(ctx, was.UserID, id); err != nil {
			return err
		}
		return t.keepIdentity(ctx, id)
	})
}

// takeBackSeedEdits takes back what was changed, before there was a server, of records that came with the workbook and that this role may not change there:
// the organisation has its own in their place, and would refuse the edits. What they held stays in the history.
func (t *txn) takeBackSeedEdits(ctx context.Context, oldUser string, id Identity) error {
	seeds := append(sales.Defaults(), sales.Record{Kind: "user", ID: oldUser})
	for _, seed := range seeds {
		tb := tables[seed.Kind]
		if id.Role.MayWrite(tb.kind) {
			continue
		}
		changes, err := live(ctx, t, seed.ID)
		if err != nil {
			return err
		}
		if len(changes) == 0 {
			continue
		}
		for _, c := range changes {
			if err := t.setState(ctx, c, stateSuperseded); err != nil {
				return err
			}
		}
		if err := t.rebase(ctx, tb, seed.ID, nil); err != nil {
			return err
		}
		if seed.Kind == "user" {
			continue // the entry under the server's id takes its place
		}
		if err := t.putSeed(ctx, tb, seed); err != nil {
			return err
		}
	}
	return nil
}

func (t *txn) renameUser(ctx context.Context, old, id string) error {
	for _, tb := range tables {
		for i := range tb.kind.Fields {
			f := &tb.kind.Fields[i]
			col := quote(f.Name)
			var query string
			switch {
			case f.Type == sales.Ref && f.Of == "user":
				query = "UPDATE " + tb.name + " SET " + col + " = ?2, _check = NULL WHERE " + col + " = ?1"
			case f.Type == sales.Set:
				query = "UPDATE " + tb.name + " SET " + col + " = replace(" + col + ", ?1, ?2), _check = NULL WHERE instr(" + col + ", ?1)"
			default:
				continue
			}
			if err := t.exec(ctx, tb.kind.Name, query, old, id); err != nil {
				return err
			}
		}
		if err := t.exec(ctx, tb.kind.Name, "UPDATE "+tb.name+" SET _updated_by = ?2, _check = NULL WHERE _updated_by = ?1", old, id); err != nil {
			return err
		}
	}
	for _, query := range []string{
		"UPDATE wb_outbox SET fields = replace(fields, ?1, ?2), author = replace(author, ?1, ?2)",
		"UPDATE wb_shadow SET state = replace(state, ?1, ?2)",
		"UPDATE wb_history SET entry = replace(entry, ?1, ?2)",
	} {
		if _, err := t.ExecContext(ctx, query, old, id); err != nil {
			return err
		}
	}
	return t.removeSeed(ctx, tables["user"], old)
}

// exec runs a statement and notes the kind as changed when it changed something.
func (t *txn) exec(ctx context.Context, kind, query string, args ...any) error {
	res, err := t.ExecContext(ctx, query, args...)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err == nil && n > 0 {
		t.kinds[kind] = true
	}
	return nil
}

func (t *txn) keepIdentity(ctx context.Context, id Identity) error {
	b, err := json.Marshal(id)
	if err != nil {
		return err
	}
	if err := setMeta(ctx, t, "identity", string(b)); err != nil {
		return err
	}
	if err := t.seedUser(ctx, id); err != nil {
		return err
	}
	t.hooks = append(t.hooks, func() {
		t.s.mu.Lock()
		defer t.s.mu.Unlock()
		t.s.identity = id
	})
	return nil
}

func (s *Store) openIdentity(ctx context.Context) error {
	text, err := meta(ctx, s.db.Writer(), "identity")
	if err != nil {
		return err
	}
	if text != "" {
		return json.Unmarshal([]byte(text), &s.identity)
	}
	s.identity = Identity{UserID: s.newID()}
	return s.write(ctx, "make the workbook's own user", func(t *txn) error { return t.keepIdentity(ctx, s.identity) })
}

// seedUser makes the user's own entry in the directory, until the server's takes its place. It is not a change: the server has its own.
func (t *txn) seedUser(ctx context.Context, id Identity) error {
	tb := tables["user"]
	have, err := tb.load(ctx, t, id.UserID)
	if err != nil || have != nil && have.rec.Bucket != "" {
		return err
	}
	role := id.Role
	if role == "" {
		role = sales.RoleRep
	}
	name := id.UserName
	if name == "" {
		name = "me"
	}
	return t.putSeed(ctx, tb, sales.Record{Kind: "user", ID: id.UserID, Values: sales.Values{
		"name": name, "display_name": id.DisplayName, "role": string(role),
	}})
}

// seed puts what every workbook has from the beginning into a new one: the types of visit and their steps. They are no changes: a server has the same
// ones under the same ids.
func (s *Store) seed(ctx context.Context) error {
	done, err := meta(ctx, s.db.Writer(), "seeded")
	if err != nil || done != "" {
		return err
	}
	return s.write(ctx, "fill a new workbook", func(t *txn) error {
		for _, rec := range sales.Defaults() {
			if err := t.putSeed(ctx, tables[rec.Kind], rec); err != nil {
				return err
			}
		}
		return setMeta(ctx, t, "seeded", "1")
	})
}

func (t *txn) putSeed(ctx context.Context, tb *table, rec sales.Record) error {
	r := &row{rec: rec}
	number, err := tb.save(ctx, t, r)
	if err != nil {
		return err
	}
	t.kinds[tb.kind.Name] = true
	return t.indexRecord(ctx, tb, number, r.rec)
}

// removeSeed takes a row away that neither a server nor a change of this device knows.
func (t *txn) removeSeed(ctx context.Context, tb *table, id string) error {
	var live int
	if err := t.QueryRowContext(ctx, "SELECT count(*) FROM wb_outbox WHERE record_id = ?", id).Scan(&live); err != nil || live > 0 {
		return err
	}
	have, err := tb.load(ctx, t, id)
	if err != nil || have == nil || have.rec.Bucket != "" {
		return err
	}
	return t.removeRow(ctx, tb, id)
}

// retireSeeds takes away what was seeded, kind by kind, once the server has brought its own.
func (t *txn) retireSeeds(ctx context.Context) error {
	for _, kind := range []string{"visit_type", "visit_step"} {
		tb := tables[kind]
		ids, err := texts(ctx, t, "SELECT id FROM "+tb.name+" WHERE _bucket = '' AND _pending = 0 AND EXISTS (SELECT 1 FROM "+tb.name+" WHERE _bucket != '')")
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := t.removeSeed(ctx, tb, id); err != nil {
				return err
			}
		}
	}
	return nil
}
