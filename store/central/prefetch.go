package central

import (
	"database/sql"
	"fmt"
	"maps"
	"math/bits"
	"slices"
	"strings"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

// chunk is how many ids one statement asks for.
const chunk = 512

// knownChange is a change that was offered before.
type knownChange struct {
	digest  []byte
	author  string
	outcome wire.Outcome
	lost    string
	at      int64 // when it came in, Unix ms
}

func (c *knownChange) takenAt() uint32 { return seconds(c.at) }

// seconds rounds Unix ms up to seconds.
func seconds(ms int64) uint32 { return uint32((ms + 999) / 1000) }

// touched is what a batch will look at: its records by kind and id, and which kinds it writes.
type touched struct {
	ids    map[string]map[string]bool
	writes map[string]bool
}

func (t *touched) add(kind, id string) {
	if kindNumber(kind) == 0 || idBytes(id) == nil {
		return
	}
	if t.ids[kind] == nil {
		t.ids[kind] = map[string]bool{}
	}
	t.ids[kind][id] = true
}

// record adds a record that is written.
func (t *touched) record(kind, id string) {
	t.add(kind, id)
	t.writes[kind] = true
}

// reference adds what a field's new value refers to; a user may always name themselves.
func (t *touched) reference(f *sales.Field, value any, self string) {
	if id, _ := value.(string); f.Type == sales.Ref && (f.Of != "user" || id != self) {
		t.add(f.Of, id)
	}
}

// prefetch reads, in a few statements, what a batch of changes will look at: the records that they touch or refer to, and the changes with the same
// ids. The records are locked first: a change that another transaction is just taking is known once its record is free.
func (b *batch) prefetch(changes []wire.Change) error {
	ids := map[string]bool{}
	t := touched{map[string]map[string]bool{}, map[string]bool{}}
	for i := range changes {
		c := &changes[i]
		if idBytes(c.ID) != nil {
			ids[c.ID] = true
		}
		t.record(c.Kind, c.RecordID)
		k, ok := sales.KindNamed(c.Kind)
		if !ok {
			continue
		}
		for _, e := range c.Fields {
			if f, ok := k.FieldNumber(e.Number); ok {
				t.reference(f, e.Value, b.caller.UserID)
			}
		}
	}
	if err := b.lock(t); err != nil {
		return err
	}
	if err := b.prefetchChanges(slices.Sorted(maps.Keys(ids))); err != nil {
		return fmt.Errorf("look for known changes: %w", err)
	}
	return nil
}

// prefetchEdits does the same for edits of the server's side.
func (b *batch) prefetchEdits(edits []sales.Edit) error {
	t := touched{map[string]map[string]bool{}, map[string]bool{}}
	for i := range edits {
		e := &edits[i]
		t.record(e.Kind, e.ID)
		k, ok := sales.KindNamed(e.Kind)
		if !ok {
			continue
		}
		for name, v := range e.Values {
			if f, ok := k.Field(name); ok {
				t.reference(f, v, b.caller.UserID)
			}
		}
	}
	return b.lock(t)
}

// lock reads and locks records in the order of kinds and ids, so that two batches lock them in the same one. What is only referred to may
// be read by others, unless it lies between records that are written: one kind is locked in one way.
func (b *batch) lock(t touched) error {
	kinds := slices.SortedFunc(maps.Keys(t.ids), func(x, y string) int { return kindNumber(x) - kindNumber(y) })
	for _, kind := range kinds {
		how := b.j.sql.forShare()
		if t.writes[kind] {
			how = b.j.sql.forUpdate()
		}
		ids := slices.Sorted(maps.Keys(t.ids[kind]))
		ids = slices.DeleteFunc(ids, func(id string) bool { _, ok := b.rows[key{kind, id}]; return ok })
		if err := b.prefetchRecords(kind, ids, how); err != nil {
			return fmt.Errorf("look for records of kind %s: %w", kind, err)
		}
		if err := b.prefetchGraves(kind, ids); err != nil {
			return fmt.Errorf("look for graves of kind %s: %w", kind, err)
		}
	}
	return nil
}

func (b *batch) prefetchChanges(ids []string) error {
	q := wanted{columns: "id, digest, author, outcome, lost, received", table: "changes", column: "id", lock: b.j.sql.forUpdate()}
	return b.eachOf(q, ids, func(rows *sql.Rows) error {
		var id []byte
		var c knownChange
		if err := rows.Scan(&id, &c.digest, &c.author, &c.outcome, &c.lost, &c.at); err != nil {
			return err
		}
		b.known[idText(id)] = c
		return nil
	})
}

func (b *batch) prefetchRecords(kind string, ids []string, lock string) error {
	for _, id := range ids {
		b.rows[key{kind, id}] = nil
	}
	return b.eachOf(wanted{columns: rowColumns, table: "records", kind: kind, column: "id", lock: lock}, ids, func(rows *sql.Rows) error {
		r, err := scanRow(rows)
		if err == nil {
			b.rows[r.key()] = r
		}
		return err
	})
}

// wanted is a question for the rows of a table that have one of many ids.
type wanted struct {
	columns, table string
	kind           string // "": the table's key has none
	column         string // that holds the id
	lock           string // suffix that locks what is found, in the order of the ids
}

// list asks with all ids as one value. Each id is looked up by the whole key: "id = ANY(list)" leaves it to the planner to read all rows of a kind, or of
// the organisation, and look through them, which it does as long as it believes that there are few of them.
func (q *wanted) list() string {
	return "SELECT found.* FROM unnest(?::bytea[]) AS wanted (wanted_id) CROSS JOIN LATERAL (" + q.head() + " = wanted.wanted_id" + q.lock + ") AS found"
}

// head is the question up to the column that holds the id.
func (q *wanted) head() string {
	text := "SELECT " + q.columns + " FROM " + q.table + " WHERE org_id = ? AND "
	if q.kind != "" {
		text += "kind = ? AND "
	}
	return text + q.column
}

// eachOf calls scan with each row that has one of the ids, which are in order. Where the list cannot be one value it is taken in chunks, each filled up with
// its last id to a power of two, so that there are few different statements to prepare.
func (b *batch) eachOf(q wanted, ids []string, scan func(*sql.Rows) error) error {
	if len(ids) == 0 {
		return nil
	}
	key := []any{b.j.org}
	if q.kind != "" {
		key = append(key, kindNumber(q.kind))
	}
	if b.j.sql.arrays() {
		list := make([][]byte, len(ids))
		for i, id := range ids {
			list[i] = idBytes(id)
		}
		return b.eachRow(q.list(), append([]any{list}, key...), scan)
	}
	for part := range slices.Chunk(ids, chunk) {
		n := 1 << bits.Len(uint(len(part)-1))
		all := slices.Clone(key)
		for i := range n {
			all = append(all, idBytes(part[min(i, len(part)-1)]))
		}
		query := q.head() + " IN (" + strings.TrimSuffix(strings.Repeat("?, ", n), ", ") + ")" + q.lock
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
