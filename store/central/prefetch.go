package central

import (
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

// chunk is how many ids one statement asks for.
const chunk = 500

// knownChange is a change that was offered before.
type knownChange struct {
	digest  []byte
	author  string
	outcome wire.Outcome
	lost    string
}

// prefetch reads, in a few statements, what a batch of changes will look at: the changes with the same ids, and the records that they touch or refer
// to, in sorted order, so that two batches lock them in the same one.
func (b *batch) prefetch(changes []wire.Change) error {
	ids := map[string]bool{}
	records := map[string]map[string]bool{} // ids by kind
	want := func(kind, id string) {
		if kindNumber(kind) == 0 || idBytes(id) == nil {
			return
		}
		if records[kind] == nil {
			records[kind] = map[string]bool{}
		}
		records[kind][id] = true
	}
	for i := range changes {
		c := &changes[i]
		if idBytes(c.ID) != nil {
			ids[c.ID] = true
		}
		want(c.Kind, c.RecordID)
		k, ok := sales.KindNamed(c.Kind)
		if !ok {
			continue
		}
		for _, e := range c.Fields {
			if f, ok := k.FieldNumber(e.Number); ok && f.Type == sales.Ref {
				id, _ := e.Value.(string)
				want(f.Of, id)
			}
		}
	}
	if err := b.prefetchChanges(slices.Sorted(maps.Keys(ids))); err != nil {
		return fmt.Errorf("look for known changes: %w", err)
	}
	kinds := slices.SortedFunc(maps.Keys(records), func(x, y string) int { return kindNumber(x) - kindNumber(y) })
	for _, kind := range kinds {
		if err := b.prefetchRecords(kind, slices.Sorted(maps.Keys(records[kind]))); err != nil {
			return fmt.Errorf("look for records of kind %s: %w", kind, err)
		}
		if err := b.prefetchGraves(kind, slices.Sorted(maps.Keys(records[kind]))); err != nil {
			return fmt.Errorf("look for graves of kind %s: %w", kind, err)
		}
	}
	return nil
}

func (b *batch) prefetchChanges(ids []string) error {
	return b.inChunks("SELECT id, digest, author, outcome, lost FROM changes WHERE org_id = ? AND id IN (", ")", nil, ids, func(rows *sql.Rows) error {
		var id []byte
		var c knownChange
		if err := rows.Scan(&id, &c.digest, &c.author, &c.outcome, &c.lost); err != nil {
			return err
		}
		b.known[idText(id)] = c
		return nil
	})
}

func (b *batch) prefetchRecords(kind string, ids []string) error {
	for _, id := range ids {
		b.rows[key{kind, id}] = nil
	}
	return b.inChunks("SELECT "+rowColumns+" FROM records WHERE org_id = ? AND kind = ? AND id IN (", ") ORDER BY id"+b.j.sql.forUpdate(), []any{kindNumber(kind)}, ids, func(rows *sql.Rows) error {
		r, err := scanRow(rows)
		if err == nil {
			b.rows[r.key()] = r
		}
		return err
	})
}

// inChunks runs a query with the ids in its list, some hundred at a time.
func (b *batch) inChunks(head, tail string, args []any, ids []string, scan func(*sql.Rows) error) error {
	for part := range slices.Chunk(ids, chunk) {
		query := head + strings.TrimSuffix(strings.Repeat("?, ", len(part)), ", ") + tail
		all := append([]any{b.j.org}, args...)
		for _, id := range part {
			all = append(all, idBytes(id))
		}
		if err := b.eachRow(query, all, scan); err != nil {
			return err
		}
	}
	return nil
}

func (b *batch) eachRow(query string, args []any, scan func(*sql.Rows) error) error {
	rows, err := b.tx.QueryContext(b.ctx, b.j.sql.bind(query), args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
