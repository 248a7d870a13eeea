package central

import (
	"bufio"
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"io"

	"github.com/rounds-field/rounds/store"
)

// Dump writes, as lines of text in a fixed order, everything by which devices and people could tell two journals apart: the buckets with their
// numbering and chains, the records, what left a bucket, every change with its verdict, what is known of the devices' copies, the audit. Two journals
// to which the same was done, with the same clock and ids, have the same dump, whatever databases they are in.
func (j *Journal) Dump(ctx context.Context, w io.Writer) error {
	out := bufio.NewWriter(w)
	err := j.db.Read(ctx, func(tx *sql.Tx) error {
		for _, part := range dumped {
			if err := j.dump(ctx, tx, out, part.name, part.query); err != nil {
				return fmt.Errorf("%s: %w", part.name, err)
			}
		}
		return nil
	})
	if err == nil {
		err = out.Flush()
	}
	return store.Explain("dump the journal", err)
}

// dumped is what a dump consists of: each a query whose first condition is the organisation.
var dumped = []struct{ name, query string }{
	{"bucket", "SELECT bucket, epoch, seq, chain, checksum, live FROM buckets WHERE org_id = ? ORDER BY bucket"},
	{"log", "SELECT bucket, seq, chain FROM bucket_log WHERE org_id = ? ORDER BY bucket, seq"},
	{"record", "SELECT kind, id, bucket, seq, parent_kind, parent_id, creator, version, deleted, state FROM records WHERE org_id = ? ORDER BY kind, id"},
	{"departure", "SELECT bucket, kind, id, seq FROM departures WHERE org_id = ? ORDER BY bucket, kind, id"},
	{"change", "SELECT id, digest, incarnation, counter, author, device, received, hlc, node, kind, record_id, verb, version, outcome, lost, code, field, message, payload, effect" +
		" FROM changes WHERE org_id = ? ORDER BY id"},
	{"incarnation", "SELECT incarnation, user_id, device, first_seen, last_seen, last_counter, last_hlc FROM incarnations WHERE org_id = ? ORDER BY incarnation"},
	{"audit", "SELECT id, at, actor, action, subject, detail FROM audit WHERE org_id = ? ORDER BY id"},
}

// mostShown is how many bytes of a value are written out; of a longer one it is the hash.
const mostShown = 64

func (j *Journal) dump(ctx context.Context, tx *sql.Tx, w io.Writer, name, query string) error {
	rows, err := tx.QueryContext(ctx, j.sql.bind(query), j.org)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	values, at := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		at[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(at...); err != nil {
			return err
		}
		if _, err := fmt.Fprint(w, name); err != nil {
			return err
		}
		for i, v := range values {
			if _, err := fmt.Fprintf(w, " %s=%s", columns[i], shown(v)); err != nil {
				return err
			}
		}
		if _, err := fmt.Fprintln(w); err != nil {
			return err
		}
	}
	return rows.Err()
}

// shown writes a value of a database in one form, whatever the driver makes of it.
func shown(v any) string {
	switch x := v.(type) {
	case nil:
		return "-"
	case []byte:
		if len(x) > mostShown {
			h := sha256.Sum256(x)
			return fmt.Sprintf("sha256:%x", h)
		}
		return fmt.Sprintf("%x", x)
	case string:
		return fmt.Sprintf("%q", x)
	}
	return fmt.Sprint(v)
}
