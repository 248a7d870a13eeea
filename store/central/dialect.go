package central

import (
	"context"
	"database/sql"
	"fmt"
)

// dialect is what differs between the databases.
type dialect interface {
	// bind turns the placeholders of a statement, written as question marks, into the database's own.
	bind(query string) string
	// forUpdate is the suffix that makes a SELECT lock its rows until the end of the transaction.
	forUpdate() string
	// clear empties tables.
	clear(ctx context.Context, tx *sql.Tx, tables []string) error
}

// sqlite has one writer at a time: whoever writes has everything locked.
type sqlite struct{}

func (sqlite) bind(query string) string { return query }
func (sqlite) forUpdate() string        { return "" }

func (sqlite) clear(ctx context.Context, tx *sql.Tx, tables []string) error {
	if _, err := tx.ExecContext(ctx, "DROP TRIGGER IF EXISTS audit_is_kept"); err != nil {
		return err
	}
	for _, name := range tables {
		if _, err := tx.ExecContext(ctx, "DELETE FROM "+name); err != nil {
			return fmt.Errorf("empty table %s: %w", name, err)
		}
	}
	_, err := tx.ExecContext(ctx, "CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END")
	return err
}
