package central

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

// references checks that what the change newly refers to exists. A reference to a record whose creation was refused makes the change wait.
func (b *batch) references(k *sales.Kind, c *wire.Change) (refused *sales.Error, held bool, err error) {
	for i := range c.Fields {
		f, ok := k.FieldNumber(c.Fields[i].Number)
		if !ok || f.Type != sales.Ref {
			continue
		}
		id, _ := c.Fields[i].Value.(string)
		if id == "" || f.Of == "user" && id == b.caller.UserID {
			continue
		}
		target := key{f.Of, id}
		r, err := b.load(target)
		if err != nil {
			return nil, false, err
		}
		if r != nil && !r.state.Deleted {
			continue
		}
		buried := false
		if r == nil {
			if buried, err = b.buried(target); err != nil {
				return nil, false, err
			}
		}
		if r == nil && !buried {
			why := b.blocked[target]
			if why == nil {
				if why, err = b.refusedCreation(target); err != nil {
					return nil, false, err
				}
			}
			if why != nil {
				return waitsFor(why), true, nil
			}
		}
		message := "it refers to a " + f.Of + " that the server does not have"
		if r != nil || buried {
			message = "it refers to a " + f.Of + " that was deleted"
		}
		return &sales.Error{Code: sales.CodeBadReference, Kind: c.Kind, ID: c.RecordID, Field: f.Name, Message: message, Hint: "choose another one"}, false, nil
	}
	return nil, false, nil
}

// refusedCreation gives the reason for which the caller's creation of a record was refused or held earlier, nil when it was not. Another's is not the caller's to
// mend.
func (b *batch) refusedCreation(k key) (*sales.Error, error) {
	if kindNumber(k.kind) == 0 || idBytes(k.id) == nil {
		return nil, nil
	}
	s, err := b.stmt("SELECT code, field, message FROM changes WHERE org_id = ? AND kind = ? AND record_id = ? AND verb = ? AND outcome IN (?, ?) AND author = ? ORDER BY id LIMIT 1")
	if err != nil {
		return nil, err
	}
	why := &sales.Error{Kind: k.kind, ID: k.id}
	err = s.QueryRowContext(b.ctx, b.j.org, kindNumber(k.kind), idBytes(k.id), int(sales.Create), int(wire.Rejected), int(wire.Held), b.caller.UserID).Scan(&why.Code, &why.Field, &why.Message)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look for a refused creation: %w", err)
	}
	return why, nil
}

// bucketOf derives the bucket of a record as sales.BucketOf does, from the stored bucket of the parent instead of the parent's parents, and
// gives that parent, so that the record can follow it.
func (b *batch) bucketOf(k *sales.Kind, r sales.Record, creator string) (string, key, error) {
	if k.Scope == sales.InParent {
		for _, name := range k.Parents {
			f, _ := k.Field(name)
			id := r.Text(name)
			if id == "" || id == r.ID {
				continue
			}
			parent, err := b.peek(key{f.Of, id})
			if err != nil {
				return "", key{}, err
			}
			if parent != nil {
				return parent.state.Bucket, parent.key(), nil
			}
		}
	}
	bucket, _ := sales.BucketOf(r, creator, func(string, string) (sales.Record, bool) { return sales.Record{}, false })
	return bucket, key{}, nil
}

// moveChildren takes everything that shares a record's bucket along into its new one: children, then their children, each generation locked in
// order.
func (b *batch) moveChildren(parent key, bucket string) error {
	for generation := []key{parent}; len(generation) > 0; {
		parents := make(map[key]bool, len(generation))
		for _, k := range generation {
			parents[k] = true
		}
		children, err := b.childrenOf(parents)
		if err != nil {
			return err
		}
		t := touched{map[string]map[string]bool{}, map[string]bool{}}
		for _, k := range children {
			t.record(k.kind, k.id)
		}
		if err := b.lock(t); err != nil {
			return err
		}
		generation = nil
		for _, k := range children {
			r, err := b.load(k)
			if err != nil {
				return err
			}
			if r == nil || !parents[r.parent] || r.state.Bucket == bucket {
				continue
			}
			moved := *r
			moved.state.Bucket = bucket
			b.group[k] = &moved
			generation = append(generation, k)
		}
	}
	return nil
}

// childrenOf lists the records whose bucket is that of one of the parents, in the database and in this batch.
func (b *batch) childrenOf(parents map[key]bool) ([]key, error) {
	var out []key
	for _, m := range []map[key]*row{b.rows, b.group} {
		for k, r := range m {
			if r != nil && parents[r.parent] {
				out = append(out, k)
			}
		}
	}
	ids := make([]string, 0, len(parents))
	for k := range parents {
		ids = append(ids, k.id)
	}
	slices.Sort(ids)
	err := b.eachOf(wanted{columns: "kind, id", table: "records", column: "parent_id"}, slices.Compact(ids), func(rows *sql.Rows) error {
		var kind int
		var id []byte
		if err := rows.Scan(&kind, &id); err != nil {
			return err
		}
		if k, ok := sales.KindNumbered(kind); ok {
			out = append(out, key{k.Name, idText(id)}) // of which parent is looked at once it is locked
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look for children: %w", err)
	}
	slices.SortFunc(out, key.compare)
	return slices.Compact(out), nil
}
