package local

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

// declared is what reads changes for this program rather than for the server: it knows the history of the declarations.
type declared interface{ declarations() sales.Versions }

func (t *txn) declarations() sales.Versions { return t.s.versions }

func (p prepared) declarations() sales.Versions { return p.versions }

// lift turns a change of an earlier version into what this program would have written. In the outbox it stays as it was, to the byte.
func (c *change) lift(v sales.Versions) {
	if len(v.Since(c.Schema)) == 0 {
		return
	}
	was := wire.Change{Kind: c.Kind, Verb: sales.Update, Schema: c.Schema}
	for _, n := range sortedNumbers(c.before) {
		was.Fields = append(was.Fields, wire.FieldEdit{Number: n, Value: c.before[n]})
	}
	c.before = map[int]any{}
	for _, f := range wire.LiftChange(v, &was).Fields {
		if f.Value != nil {
			c.before[f.Number] = f.Value
		}
	}
	c.lost = wire.LiftNumbers(v, c.Schema, c.Kind, c.lost)
	c.Change = *wire.LiftChange(v, &c.Change)
}

func sortedNumbers[V any](m map[int]V) []int {
	out := make([]int, 0, len(m))
	for n := range m {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

// followVersions brings the records and the server states that an earlier version of this program kept to today's declarations, in one transaction: it is
// done, or it is done at the next opening. The outbox is not touched. A workbook that a later version has used is refused.
func (s *Store) followVersions(ctx context.Context) error {
	have, err := metaUint(ctx, s.db.Writer(), "declarations")
	if err != nil {
		return err
	}
	have = max(have, 1)
	if have > uint64(s.versions.Now) {
		return &sales.Error{
			Code: sales.CodeInvalid, Message: fmt.Sprintf("the workbook in %s was used by a newer version of Rounds", s.dir), Hint: "update Rounds; your work is safe",
			Args: map[string]any{"Value": s.dir},
		}
	}
	if int(have) == s.versions.Now {
		return nil
	}
	return s.write(ctx, "bring the workbook to today's declarations", func(t *txn) error {
		var busy bool
		if err := t.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM wb_indexing)").Scan(&busy); err != nil {
			return err
		}
		s.indexPending.Store(busy)
		l := &lifting{txn: t, from: int(have), sums: map[string]wire.Sum{}}
		done := map[string]bool{}
		for _, step := range s.versions.Since(l.from) {
			if tb, ok := tables[step.Kind]; ok && !done[step.Kind] {
				done[step.Kind] = true
				if err := l.kind(ctx, tb); err != nil {
					return fmt.Errorf("%s: %w", step.Kind, err)
				}
			}
		}
		if err := l.graves(ctx); err != nil {
			return err
		}
		if err := l.saveSums(ctx); err != nil {
			return err
		}
		return setMeta(ctx, t, "declarations", strconv.Itoa(s.versions.Now))
	})
}

// noteVersion notes under which version of the declarations a workbook lies that has no such note: a new one under today's, any other under the first.
func (s *Store) noteVersion(ctx context.Context, tx *sql.Tx, fresh bool) error {
	version := 1
	if fresh {
		version = s.versions.Now
	}
	_, err := tx.ExecContext(ctx, "INSERT OR IGNORE INTO wb_meta (key, value) VALUES ('declarations', ?)", strconv.Itoa(version))
	return err
}

// lifting is the transaction that brings a workbook to today's declarations.
type lifting struct {
	*txn
	from int
	sums map[string]wire.Sum // by how much the sum of each bucket grows
}

// retired lists the fields of a kind whose values are in columns that are no longer declared as theirs.
func (l *lifting) retired(ctx context.Context, tb *table) ([]sales.Old, error) {
	have, err := texts(ctx, l, "SELECT name FROM pragma_table_info(?)", tb.kind.Name)
	if err != nil {
		return nil, err
	}
	var out []sales.Old
	for _, step := range l.s.versions.Since(l.from) {
		if step.Kind == tb.kind.Name && step.Retired != nil && slices.Contains(have, step.Retired.Name) {
			out = append(out, *step.Retired)
		}
	}
	return out, nil
}

func (l *lifting) kind(ctx context.Context, tb *table) error {
	old, err := l.retired(ctx, tb)
	if err != nil {
		return err
	}
	ids, err := texts(ctx, l, "SELECT id FROM "+tb.name+" UNION SELECT record_id FROM wb_shadow WHERE kind = ?", tb.kind.Name)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := l.record(ctx, tb, id, old); err != nil {
			return fmt.Errorf("%s: %w", id, err)
		}
	}
	for _, f := range old {
		if _, still := tb.kind.Field(f.Name); still {
			continue
		}
		if _, err := l.ExecContext(ctx, "ALTER TABLE "+tb.name+" DROP COLUMN "+quote(f.Name)); err != nil {
			return err
		}
	}
	return nil
}

func (l *lifting) record(ctx context.Context, tb *table, id string, old []sales.Old) error {
	server, err := shadow(ctx, l, id)
	if errors.Is(err, errDamaged) {
		server, err = l.server(ctx, tb, id)
	}
	if err != nil {
		return err
	}
	changes, err := live(ctx, l, id)
	if err != nil {
		return err
	}
	if server != nil || len(changes) > 0 { // what is seen is made anew from the server's state and the changes
		if server != nil {
			was := sumBytes(server)
			server, _ = wire.LiftState(l.s.versions, l.from, server)
			l.account(server.Bucket, was, sumBytes(server))
		}
		return l.rebaseOver(ctx, tb, id, server, changes)
	}
	r, err := tb.load(ctx, l, id)
	if err != nil || r == nil {
		return err
	}
	st, err := l.stateOf(ctx, tb, r, old)
	if err != nil {
		return err
	}
	next, changed := wire.LiftState(l.s.versions, l.from, st)
	if !changed {
		return nil
	}
	grown := rowOf(tb, next)
	grown.rec.UpdatedAt, grown.rec.Pending = r.rec.UpdatedAt, r.rec.Pending
	if r.rec.Bucket != "" {
		grown.sum = sumBytes(next)
		l.account(r.rec.Bucket, r.sum, grown.sum)
	}
	if len(r.stamps) == 0 {
		grown.stamps = nil // nobody's change: it came with the program
	}
	if grown.number, err = tb.save(ctx, l, grown); err != nil {
		return err
	}
	return l.indexRecord(ctx, tb, grown.number, grown.rec)
}

// stateOf is the state of a row as the version that wrote it knew it, with the values of columns that are no longer declared.
func (l *lifting) stateOf(ctx context.Context, tb *table, r *row, old []sales.Old) (*wire.RecordState, error) {
	st := r.state(tb.kind)
	if len(r.stamps) == 0 {
		for i := range tb.kind.Fields {
			if v, ok := r.rec.Values[tb.kind.Fields[i].Name]; ok {
				fieldState(st, tb.kind.Fields[i].Number).Value = v
			}
		}
	}
	for _, f := range old {
		if st.Field(f.Number) == nil && len(r.stamps) > 0 {
			continue
		}
		v, err := l.column(ctx, tb, r.rec.ID, f)
		if err != nil {
			return nil, err
		}
		if v != nil {
			fieldState(st, f.Number).Value = v
		}
	}
	return st, nil
}

func (l *lifting) column(ctx context.Context, tb *table, id string, f sales.Old) (any, error) {
	var text sql.NullString
	var number sql.NullInt64
	var dest any = &text
	if columnType(&sales.Field{Type: f.Type}) == "INTEGER" {
		dest = &number
	}
	if err := l.QueryRowContext(ctx, "SELECT "+quote(f.Name)+" FROM "+tb.name+" WHERE id = ?", id).Scan(dest); err != nil {
		return nil, err
	}
	switch {
	case number.Valid && f.Type == sales.Bool:
		return number.Int64 != 0, nil
	case number.Valid:
		return number.Int64, nil
	case text.Valid && f.Type == sales.Set:
		var set []string
		err := json.Unmarshal([]byte(text.String), &set)
		return set, err
	case text.Valid:
		return text.String, nil
	}
	return nil, nil
}

func (l *lifting) account(bucket string, was, is []byte) {
	l.sums[bucket] = l.sums[bucket].Add(wire.SumFrom(is)).Sub(wire.SumFrom(was))
}

func (l *lifting) saveSums(ctx context.Context) error {
	for _, name := range sortedKeys(l.sums) {
		var sum []byte
		if err := l.QueryRowContext(ctx, "SELECT coalesce(max(sum), x'') FROM wb_bucket WHERE bucket = ?", name).Scan(&sum); err != nil {
			return err
		}
		next := wire.SumFrom(sum).Add(l.sums[name]).Bytes()
		if _, err := l.ExecContext(ctx, "UPDATE wb_bucket SET sum = ? WHERE bucket = ?", next[:], name); err != nil {
			return err
		}
	}
	return nil
}

// graves lifts the last states of records that were deleted elsewhere.
func (l *lifting) graves(ctx context.Context) error {
	list, err := texts(ctx, l, "SELECT state FROM wb_grave")
	if err != nil {
		return err
	}
	for _, text := range list {
		st, err := decodeState(text)
		if err != nil {
			return err
		}
		next, changed := wire.LiftState(l.s.versions, l.from, st)
		if !changed {
			continue
		}
		if text, err = encodeState(next); err != nil {
			return err
		}
		if _, err := l.ExecContext(ctx, "UPDATE wb_grave SET state = ? WHERE record_id = ?", text, next.ID); err != nil {
			return err
		}
	}
	return nil
}
