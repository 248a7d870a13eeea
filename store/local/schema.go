package local

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/pressly/goose/v3"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// dated are the days and moments by which screens ask: what is due, overdue, planned.
var dated = []string{"due_on", "next_on", "planned_at", "started_at", "expected_close", "next_step_on", "settled_on", "remind_at"}

// indexes gives the secondary indexes of a kind by name: what refers to others, what lists are sorted and filtered by, what
// imports look for.
func (t *table) indexes() map[string]string {
	out := map[string]string{}
	sorted := strings.TrimPrefix(t.kind.Sort, "-")
	add := func(column string) {
		name := "ix_" + t.kind.Name + "_" + strings.TrimPrefix(column, "_")
		columns := quote(column)
		if _, ok := t.kind.Field(sorted); ok && (column == "status" || column == "stage") {
			// Few values, many records each: with the order of the list in the index the first page needs no sorting.
			by := quote(sorted)
			if sorted == t.kind.Title {
				by = "_key"
			}
			columns += ", " + by
		}
		out[name] = fmt.Sprintf("CREATE INDEX %s ON %s (%s)", quote(name), t.name, columns)
	}
	for i := range t.kind.Fields {
		f := &t.kind.Fields[i]
		if f.Type == sales.Ref || f.Name == sorted || slices.Contains(t.kind.Natural, f.Name) ||
			f.Name == "status" || f.Name == "stage" || f.Name == "code" || f.Name == "sha256" || slices.Contains(dated, f.Name) {
			add(f.Name)
		}
	}
	if t.kind.Title != "" {
		add("_key")
	}
	add("_updated_at")
	return out
}

func (t *table) create() string {
	var b strings.Builder
	b.WriteString("CREATE TABLE " + t.name + " (_row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE")
	for i := range t.kind.Fields {
		b.WriteString(", " + quote(t.kind.Fields[i].Name) + " " + columnType(&t.kind.Fields[i]))
	}
	b.WriteString(`, _bucket TEXT NOT NULL DEFAULT '', _seq INTEGER NOT NULL DEFAULT 0, _updated_at INTEGER NOT NULL DEFAULT 0,
 _updated_by TEXT NOT NULL DEFAULT '', _pending INTEGER NOT NULL DEFAULT 0, _stamps BLOB, _unknown BLOB, _sum BLOB, _key TEXT, _check INTEGER)`)
	return b.String()
}

// fingerprint changes whenever the tables that the declarations ask for change.
func fingerprint() string {
	h := sha256.New()
	for _, k := range sales.Kinds() {
		t := tables[k.Name]
		h.Write([]byte(t.create()))
		ix := t.indexes()
		for _, name := range sortedKeys(ix) {
			h.Write([]byte(ix[name]))
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

// prepare brings the database to the form that this program needs: first the numbered migrations, then the tables of the
// records, which follow their declarations. Each step is one transaction, so that it may be killed anywhere.
func (s *Store) prepare(ctx context.Context) error {
	sub, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	if err := store.Migrate(ctx, goose.DialectSQLite3, s.db.Writer(), sub); err != nil {
		return err
	}
	want := fingerprint()
	have, err := meta(ctx, s.db.Writer(), "schema")
	if err != nil || have == want {
		return err
	}
	return s.db.Write(ctx, func(tx *sql.Tx) error {
		if err := followDeclarations(ctx, tx); err != nil {
			return err
		}
		if err := s.noteVersion(ctx, tx, have == ""); err != nil {
			return err
		}
		return setMeta(ctx, tx, "schema", want)
	})
}

func followDeclarations(ctx context.Context, tx *sql.Tx) error {
	for _, k := range sales.Kinds() {
		t := tables[k.Name]
		if err := t.follow(ctx, tx); err != nil {
			return fmt.Errorf("bring the table of %s to its declaration: %w", k.Name, err)
		}
	}
	deferred, err := meta(ctx, tx, "indexes_deferred")
	if err != nil {
		return err
	}
	if deferred == "" {
		if err := createIndexes(ctx, tx); err != nil {
			return err
		}
	}
	return adopt(ctx, tx)
}

// follow makes a missing table and adds missing columns. Columns of fields that are no longer declared stay: an older program may
// still be used.
func (t *table) follow(ctx context.Context, tx *sql.Tx) error {
	have, err := texts(ctx, tx, "SELECT name FROM pragma_table_info(?)", t.kind.Name)
	if err != nil {
		return err
	}
	if len(have) == 0 {
		_, err := tx.ExecContext(ctx, t.create())
		return err
	}
	for i := range t.kind.Fields {
		f := &t.kind.Fields[i]
		if slices.Contains(have, f.Name) {
			continue
		}
		if _, err := tx.ExecContext(ctx, "ALTER TABLE "+t.name+" ADD COLUMN "+quote(f.Name)+" "+columnType(f)); err != nil {
			return err
		}
	}
	if !slices.Contains(have, "_check") { // the rows get theirs when they are written next, or by a deep check
		if _, err := tx.ExecContext(ctx, "ALTER TABLE "+t.name+" ADD COLUMN _check INTEGER"); err != nil {
			return err
		}
	}
	return t.followDropped(ctx, tx, have)
}

// followDropped takes the checks off the rows of a table that has columns which are no longer declared: those cannot be checked.
func (t *table) followDropped(ctx context.Context, tx *sql.Tx, have []string) error {
	for _, name := range have {
		if _, ok := t.kind.Field(name); ok || name == "id" || strings.HasPrefix(name, "_") {
			continue
		}
		_, err := tx.ExecContext(ctx, "UPDATE "+t.name+" SET _check = NULL") // #nosec G202 -- the names of tables are declared
		return err
	}
	return nil
}

// createIndexes makes the missing indexes and drops those that nothing declares any more.
func createIndexes(ctx context.Context, tx *sql.Tx) error {
	have, err := texts(ctx, tx, "SELECT name FROM sqlite_schema WHERE type = 'index' AND name LIKE 'ix\\_%' ESCAPE '\\'")
	if err != nil {
		return err
	}
	wanted := map[string]string{}
	for _, t := range tables {
		for name, ddl := range t.indexes() {
			wanted[name] = ddl
		}
	}
	for _, name := range sortedKeys(wanted) {
		if !slices.Contains(have, name) {
			if _, err := tx.ExecContext(ctx, wanted[name]); err != nil {
				return fmt.Errorf("create index %s: %w", name, err)
			}
		}
	}
	for _, name := range have {
		if _, ok := wanted[name]; !ok {
			if _, err := tx.ExecContext(ctx, "DROP INDEX "+quote(name)); err != nil {
				return fmt.Errorf("drop index %s: %w", name, err)
			}
		}
	}
	return nil
}

// dropIndexes takes the secondary indexes away while a first sync fills empty tables; createIndexes makes them at its end.
func dropIndexes(ctx context.Context, tx *sql.Tx) error {
	for _, t := range tables {
		for name := range t.indexes() {
			if _, err := tx.ExecContext(ctx, "DROP INDEX IF EXISTS "+quote(name)); err != nil {
				return err
			}
		}
	}
	return nil
}

// adopt moves what an older program kept without knowing it into the columns and tables that exist now.
func adopt(ctx context.Context, tx *sql.Tx) error {
	for _, t := range tables {
		ids, err := texts(ctx, tx, "SELECT id FROM "+t.name+" WHERE _unknown IS NOT NULL")
		if err != nil {
			return err
		}
		for _, id := range ids {
			r, err := t.load(ctx, tx, id)
			if err != nil {
				return err
			}
			grown := rowOf(t, r.state(t.kind))
			grown.rec.Pending, grown.sum, grown.rec.UpdatedAt = r.rec.Pending, r.sum, r.rec.UpdatedAt
			if _, err := t.save(ctx, tx, grown); err != nil {
				return err
			}
		}
	}
	states, err := texts(ctx, tx, "SELECT state FROM wb_foreign")
	if err != nil {
		return err
	}
	for _, text := range states {
		st, err := decodeState(text)
		if err != nil {
			return err
		}
		t, ok := tables[st.Kind]
		if !ok {
			continue
		}
		r := rowOf(t, st)
		r.sum = sumBytes(st)
		if _, err := t.save(ctx, tx, r); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM wb_foreign WHERE record_id = ?", st.ID); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "INSERT OR IGNORE INTO wb_indexing (kind, upto) VALUES (?, 0)", st.Kind); err != nil {
			return err
		}
	}
	return nil
}

// save inserts or replaces a row and gives its number.
func (t *table) save(ctx context.Context, tx querier, r *row) (int64, error) {
	args, err := t.args(r)
	if err != nil {
		return 0, err
	}
	var number int64
	if err := tx.QueryRowContext(ctx, t.put, args...).Scan(&number); err != nil {
		return 0, fmt.Errorf("write %s %s: %w", t.kind.Name, r.rec.ID, err)
	}
	return number, nil
}

func texts(ctx context.Context, q querier, query string, args ...any) ([]string, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}
