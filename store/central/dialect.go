package central

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/rounds-field/rounds/sales"
)

// dialect is what differs between the databases.
type dialect interface {
	// bind turns the placeholders of a statement, written as question marks, into the database's own.
	bind(query string) string
	// forUpdate and forShare are the suffixes that make a SELECT lock its rows until the end of the transaction: for a writer alone, or against
	// writers.
	forUpdate() string
	forShare() string
	// alone makes a transaction that has done nothing yet behave as if no other ran at the same time.
	alone(ctx context.Context, tx *sql.Tx) error
	// prepare gives a statement that a transaction will run many times.
	prepare(ctx context.Context, tx *sql.Tx, query string) (statement, error)
	// holds is the condition that a column of bytes holds a value, to be bound, somewhere.
	holds(column string) string
	// arrays says whether a list or a whole column can be one value of a statement.
	arrays() bool
	// clear empties tables.
	clear(ctx context.Context, tx *sql.Tx, tables []string) error
}

// sqlite has one writer at a time: whoever writes has everything locked.
type sqlite struct{}

func (sqlite) bind(query string) string                 { return query }
func (sqlite) forUpdate() string                        { return "" }
func (sqlite) forShare() string                         { return "" }
func (sqlite) alone(_ context.Context, _ *sql.Tx) error { return nil }
func (sqlite) arrays() bool                             { return false }
func (sqlite) holds(column string) string               { return "instr(" + column + ", ?) > 0" }

func (sqlite) prepare(ctx context.Context, tx *sql.Tx, query string) (statement, error) {
	s, err := tx.PrepareContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("prepare a statement: %w", err)
	}
	return s, nil
}

func (sqlite) clear(ctx context.Context, tx *sql.Tx, tables []string) error {
	if _, err := tx.ExecContext(ctx, "DROP TRIGGER IF EXISTS audit_is_kept"); err != nil {
		return err
	}
	for _, name := range tables {
		if _, err := tx.ExecContext(ctx, "DELETE FROM "+name); err != nil { // #nosec G202 -- one of our tables
			return fmt.Errorf("empty table %s: %w", name, err)
		}
	}
	_, err := tx.ExecContext(ctx, "CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END")
	return err
}

// postgres locks rows. Its statements are read committed: each sees what was committed when it began, so that what is read after a lock was
// waited for is current.
type postgres struct {
	bound sync.Map // statements with placeholders of their own, by statement
}

func (p *postgres) bind(query string) string {
	if q, ok := p.bound.Load(query); ok {
		return q.(string)
	}
	var b strings.Builder
	b.Grow(len(query) + 64)
	n := 0
	for part := range strings.SplitSeq(query, "?") {
		if n > 0 {
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(n))
		}
		b.WriteString(part)
		n++
	}
	q := b.String()
	p.bound.Store(query, q)
	return q
}

func (*postgres) forUpdate() string { return " FOR UPDATE" }
func (*postgres) forShare() string  { return " FOR SHARE" }
func (*postgres) arrays() bool      { return true }

func (*postgres) holds(column string) string {
	return "position(CAST(? AS bytea) IN " + column + ") > 0"
}

func (*postgres) alone(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")
	return err
}

func (*postgres) clear(ctx context.Context, tx *sql.Tx, tables []string) error {
	// Distributed databases have no such trigger (scripts/apply-schema.sh).
	var guarded bool
	if err := tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM pg_trigger WHERE tgrelid = CAST('audit' AS regclass) AND tgname = 'audit_is_whole')").Scan(&guarded); err != nil {
		return fmt.Errorf("look how the audit is kept: %w", err)
	}
	// Whoever is at work has to end first, which a server does not, nor the backup of this very database that is being restored. The URL may say how long to wait.
	steps := []string{"SELECT set_config('lock_timeout', '10s', true) WHERE current_setting('lock_timeout') IN ('0', '0s')", "TRUNCATE " + strings.Join(tables, ", ")}
	if guarded {
		steps = slices.Insert(steps, 1, "ALTER TABLE audit DISABLE TRIGGER audit_is_whole")
		steps = append(steps, "ALTER TABLE audit ENABLE TRIGGER audit_is_whole")
	}
	for _, s := range steps {
		_, err := tx.ExecContext(ctx, s)
		if codeOf(err) == lockNotAvailable {
			return &sales.Error{
				Code: sales.CodeInUse, Message: "empty the tables: somebody is at work on the database", Cause: err,
				Hint: "stop every rounds-server that has it as --database, and what else reads from it, such as a backup; it is as it was",
			}
		}
		if err != nil {
			return fmt.Errorf("empty the tables: %w", err)
		}
	}
	return nil
}

// prepare leaves it to the driver, which keeps what it has prepared with the connection.
func (p *postgres) prepare(_ context.Context, tx *sql.Tx, query string) (statement, error) {
	return plain{tx, p.bind(query)}, nil
}

// plain is a statement that the driver prepares.
type plain struct {
	tx    *sql.Tx
	query string
}

func (s plain) ExecContext(ctx context.Context, args ...any) (sql.Result, error) {
	return s.tx.ExecContext(ctx, s.query, args...)
}

func (s plain) QueryContext(ctx context.Context, args ...any) (*sql.Rows, error) {
	return s.tx.QueryContext(ctx, s.query, args...)
}

func (s plain) QueryRowContext(ctx context.Context, args ...any) *sql.Row {
	return s.tx.QueryRowContext(ctx, s.query, args...)
}
