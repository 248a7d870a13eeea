package central

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/syncpb"
	"github.com/rounds-field/rounds/sync/wire"
)

// lifted gives changes as today's declarations would have written them.
func lifted(v sales.Versions, changes []wire.Change) []wire.Change {
	if !slices.ContainsFunc(changes, func(c wire.Change) bool { return len(v.Since(c.Schema)) > 0 }) {
		return changes
	}
	out := make([]wire.Change, len(changes))
	for i := range changes {
		out[i] = *wire.LiftChange(v, &changes[i])
	}
	return out
}

// liftHistory carries what was done to fields that are gone over to those that hold their values now. Numbers are never used again, so it need not
// be known when it was done.
func liftHistory(v sales.Versions, kind string, fields []*syncpb.HistoryField) []*syncpb.HistoryField {
	for _, l := range v.Lifts {
		if l.Kind != kind || l.Retired == nil {
			continue
		}
		at := slices.IndexFunc(fields, func(f *syncpb.HistoryField) bool { return int(f.GetNumber()) == l.Field })
		if at < 0 {
			continue
		}
		was := fields[at]
		before, after := l.Parts(wire.DecodeValue(was.GetBefore())), l.Parts(wire.DecodeValue(was.GetAfter()))
		into := make([]*syncpb.HistoryField, len(l.Into))
		for i, n := range l.Into {
			into[i] = &syncpb.HistoryField{Number: uint32(n), Before: wire.EncodeValue(before[i]), After: wire.EncodeValue(after[i]), Lost: was.GetLost()}
		}
		fields = slices.Replace(fields, at, at+1, into...)
	}
	return fields
}

// versionMark stands before the version of the declarations under which the records lie, among the marks of the organisation.
const versionMark = "declarations-"

// liftSlice is how many records are looked at in one transaction.
const liftSlice = 1000

// follow brings the records to the declarations of this program: each one that an earlier version wrote otherwise is written anew, under a new number, so
// that every device hears of it. It goes on where it was when it is cut short.
func (j *Journal) follow(ctx context.Context) error {
	have, err := j.version(ctx)
	if err != nil {
		return err
	}
	if have > j.versions.Now {
		return &sales.Error{
			Code: sales.CodeInvalid, Message: fmt.Sprintf("the records were written by version %d of the declarations, and this program knows version %d", have, j.versions.Now),
			Hint: "start a rounds-server that is as new as the last one",
		}
	}
	done := map[string]bool{}
	for _, l := range j.versions.Since(have) {
		if done[l.Kind] {
			continue
		}
		done[l.Kind] = true
		if err := j.liftKind(ctx, l.Kind, have); err != nil {
			return fmt.Errorf("bring the records of kind %s to today's declarations: %w", l.Kind, err)
		}
	}
	if have == j.versions.Now {
		return nil
	}
	return j.db.Write(ctx, func(tx *sql.Tx) error {
		marks, err := j.marks(ctx, tx, j.sql.forUpdate())
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, j.sql.bind("UPDATE organisations SET marks = ? WHERE org_id = ?"), marks+versionMark+strconv.Itoa(j.versions.Now)+" ", j.org)
		return err
	})
}

// marks reads what was done once. Who is going to add to it locks it: other processes do the same.
func (j *Journal) marks(ctx context.Context, tx *sql.Tx, lock string) (string, error) {
	var marks string
	err := tx.QueryRowContext(ctx, j.sql.bind("SELECT marks FROM organisations WHERE org_id = ?"+lock), j.org).Scan(&marks)
	return marks, err
}

// version is the version of the declarations under which the records lie.
func (j *Journal) version(ctx context.Context) (have int, err error) {
	err = j.db.Read(ctx, func(tx *sql.Tx) error {
		have = 1
		marks, err := j.marks(ctx, tx, "")
		for _, m := range strings.Fields(marks) {
			if n, e := strconv.Atoi(strings.TrimPrefix(m, versionMark)); e == nil && strings.HasPrefix(m, versionMark) {
				have = max(have, n)
			}
		}
		return err
	})
	return have, err
}

func (j *Journal) liftKind(ctx context.Context, kind string, have int) error {
	if kindNumber(kind) == 0 {
		return nil // a kind that is gone
	}
	for after := []byte{}; after != nil; {
		var last []byte
		var moved []wire.Cursor
		err := j.db.Write(ctx, func(tx *sql.Tx) error {
			b, err := j.begin(ctx, tx, wire.Caller{}, j.node)
			if err != nil {
				return err
			}
			if last, err = b.liftAfter(kind, after, have); err != nil {
				return err
			}
			err = b.finish("")
			moved = b.moved
			return err
		})
		if err != nil {
			return err
		}
		j.moves.tell("", moved)
		after = last
	}
	return nil
}

// liftAfter lifts a slice of the records of a kind and gives the last id, nil when there are no more.
func (b *batch) liftAfter(kind string, after []byte, have int) (last []byte, err error) {
	n := 0
	err = b.eachRow("SELECT "+rowColumns+" FROM records WHERE org_id = ? AND kind = ? AND id > ? ORDER BY id LIMIT ?"+b.j.sql.forUpdate(),
		[]any{b.j.org, kindNumber(kind), after, liftSlice}, func(rows *sql.Rows) error {
			r, err := scanRow(rows)
			if err != nil {
				return err
			}
			n++
			last = idBytes(r.state.ID)
			b.rows[r.key()] = r
			if state, changed := wire.LiftState(b.j.versions, have, &r.state); changed {
				now := *r
				now.state = *state
				b.group[r.key()] = &now
			}
			return nil
		})
	if err != nil || n < liftSlice {
		last = nil
	}
	b.accept()
	return last, err
}
