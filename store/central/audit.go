package central

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/rounds-field/rounds/store"
)

// AuditEntry is one line of the append-only audit: who did what to what.
type AuditEntry struct {
	At      time.Time
	Actor   string // user id; "" for the server itself and its command line
	Action  string // snake_case
	Subject string // id or name of what it was done to
	Detail  string // for people
}

func (b *batch) audit(action, subject, detail string) error {
	return b.j.audit(b.ctx, b.tx, AuditEntry{At: b.now, Actor: b.caller.UserID, Action: action, Subject: subject, Detail: detail})
}

func (j *Journal) audit(ctx context.Context, tx *sql.Tx, e AuditEntry) error {
	_, err := tx.ExecContext(ctx, j.sql.bind("INSERT INTO audit (org_id, id, at, actor, action, subject, detail) VALUES (?, ?, ?, ?, ?, ?, ?)"),
		j.org, idBytes(j.newID()), e.At.UnixMilli(), clean(e.Actor), e.Action, clean(e.Subject), clean(e.Detail))
	if err != nil {
		return fmt.Errorf("write the audit: %w", err)
	}
	return nil
}

// Audit writes an entry; its time is the journal's now.
func (j *Journal) Audit(ctx context.Context, e AuditEntry) error {
	e.At = j.now()
	return store.Explain("write the audit", j.db.Write(ctx, func(tx *sql.Tx) error { return j.audit(ctx, tx, e) }))
}

// AuditTrail gives the newest entries first.
func (j *Journal) AuditTrail(ctx context.Context, limit, offset int) ([]AuditEntry, error) {
	var out []AuditEntry
	err := j.db.Read(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, j.sql.bind("SELECT at, actor, action, subject, detail FROM audit WHERE org_id = ? ORDER BY id DESC LIMIT ? OFFSET ?"), j.org, limit, offset)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var e AuditEntry
			var at int64
			if err := rows.Scan(&at, &e.Actor, &e.Action, &e.Subject, &e.Detail); err != nil {
				return err
			}
			e.At = time.UnixMilli(at).UTC()
			out = append(out, e)
		}
		return rows.Err()
	})
	return out, store.Explain("read the audit", err)
}
