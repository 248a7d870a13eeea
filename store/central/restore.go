package central

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/google/uuid"
	"github.com/pressly/goose/v3"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store"
)

// RestoreOptions say how to restore.
type RestoreOptions struct {
	Replace bool // what the database holds may go
	Faulty  bool // take over what verification finds fault with; the report says what that is
}

// Restore fills an empty database with a backup. All of it happens in one transaction, at whose end everything is verified: when anything is
// wrong, the error says what, and the database is as it was.
func Restore(ctx context.Context, database string, r io.Reader, o RestoreOptions) (*Contents, *Report, error) {
	in, head, err := newBackupReader(r)
	if err != nil {
		return nil, nil, err
	}
	defer in.close()
	t, err := attach(ctx, database, Options{Sync: "normal"})
	if err != nil {
		return nil, nil, err
	}
	c, report, err := t.restore(ctx, in, head, o)
	if e := t.j.db.Close(); err == nil {
		err = e
	}
	return c, report, store.Explain("restore the backup", t.advise(err))
}

func (t *attached) restore(ctx context.Context, in *backupReader, head BackupHeader, o RestoreOptions) (*Contents, *Report, error) {
	if newest := t.newest(); head.Schema > newest {
		return nil, nil, &sales.Error{
			Code: sales.CodeInvalid, Message: fmt.Sprintf("the backup has version %d of the tables, and this program knows up to %d", head.Schema, newest), Hint: "use the rounds-server that made it, or a newer one",
		}
	}
	// The rows come into tables as they were then; what has changed since is done to both together.
	if _, err := t.migrate(ctx, head.Schema); err != nil {
		return nil, nil, err
	}
	org, err := uuid.Parse(head.Organisation)
	if err != nil {
		return nil, nil, damaged("its header names no organisation", err)
	}
	t.j.org, t.j.orgID = org[:], org.String()
	c := &Contents{BackupHeader: head}
	tx, err := t.writer.BeginTx(ctx, nil)
	if err != nil {
		return nil, nil, fmt.Errorf("begin: %w", err)
	}
	defer tx.Rollback()
	if err := t.makeRoom(ctx, tx, o.Replace, head.Schema); err != nil {
		return nil, nil, err
	}
	l := &loading{ctx: ctx, tx: tx, sql: t.j.sql}
	if c.Tables, err = in.tables(l.table, l.row); err != nil {
		return nil, nil, err
	}
	if err := l.flush(); err != nil {
		return nil, nil, err
	}
	if t.newest() > head.Schema { // verified in today's form
		if err := tx.Commit(); err != nil {
			return nil, nil, fmt.Errorf("commit: %w", err)
		}
		if _, err := t.migrate(ctx, 0); err != nil {
			return nil, nil, err
		}
		var report *Report
		err := t.j.db.Read(ctx, func(tx *sql.Tx) (err error) {
			report, err = t.j.verify(ctx, tx)
			return err
		})
		if err == nil && !o.Faulty {
			err = report.Err()
		}
		if err != nil {
			err = errors.Join(err, t.j.db.Write(ctx, func(tx *sql.Tx) error { return t.j.sql.clear(ctx, tx, backupTables) }))
		}
		return c, report, err
	}
	report, err := t.j.verify(ctx, tx)
	if err != nil {
		return nil, nil, err
	}
	if err := report.Err(); err != nil && !o.Faulty {
		return c, report, err
	}
	if err := tx.Commit(); err != nil {
		return nil, nil, fmt.Errorf("commit: %w", err)
	}
	// Without it, PostgreSQL plans for tables as small as they were when it last looked.
	if t.dialect == goose.DialectPostgres {
		if _, err := t.writer.ExecContext(ctx, "ANALYZE"); err != nil {
			return nil, nil, fmt.Errorf("gather statistics: %w", err)
		}
	}
	return c, report, nil
}

// Err is the error of a verification that found something.
func (r *Report) Err() error {
	if r.Good() {
		return nil
	}
	hint := "see `rounds-server verify`; devices hold the records too, and `--accept-faults` takes what is there"
	if len(r.WrongSums) > 0 {
		hint += "; `rounds-server verify --mend-sums` computes wrong checksums and counts anew from the records"
	}
	return &sales.Error{Code: sales.CodeInvalid, Message: fmt.Sprintf("%d faults were found, the first: %s", len(r.Faults)+r.MoreFaults, r.Faults[0]), Hint: hint}
}

// makeRoom makes sure that the tables are empty.
func (t *attached) makeRoom(ctx context.Context, tx *sql.Tx, replace bool, schema int64) error {
	var n int64
	if err := tx.QueryRowContext(ctx, "SELECT COUNT(*) FROM organisations").Scan(&n); err != nil {
		return err
	}
	if n == 0 {
		return nil
	}
	if !replace {
		return &sales.Error{Code: sales.CodeInUse, Message: "the database holds an organisation already", Hint: "name an empty one, or give --force-replace, which removes what is there"}
	}
	if schema < t.newest() {
		return &sales.Error{Code: sales.CodeInUse, Message: "the backup is from an older version and the database is not empty", Hint: "restore it into an empty database"}
	}
	return t.j.sql.clear(ctx, tx, backupTables)
}

// loading writes rows into tables, many with one statement.
type loading struct {
	ctx     context.Context
	tx      *sql.Tx
	sql     dialect
	name    string
	columns []string
	args    []any
	rows    int
	one     statement // that writes a full load
}

// loadRows is how many rows one statement writes. Times the columns of a row it stays below what a statement may have of values.
const loadRows = 100

func (l *loading) table(head tableHead) error {
	if err := l.flush(); err != nil {
		return err
	}
	known := false
	for _, name := range backupTables {
		known = known || name == head.Name
	}
	if !known {
		return damaged("it has a table "+head.Name+", which there is not", nil)
	}
	have, err := columnsOf(l.ctx, l.tx, head.Name)
	if err != nil {
		return err
	}
	there := map[string]bool{}
	for _, name := range have {
		there[name] = true
	}
	for _, name := range head.Columns {
		if !there[name] {
			return damaged("table "+head.Name+" has a column "+name+", which there is not", nil)
		}
	}
	l.name, l.columns, l.one = head.Name, head.Columns, nil
	return nil
}

func (l *loading) row(body []byte) error {
	values := make([]any, len(l.columns))
	if err := readRow(body, values); err != nil {
		return err
	}
	l.args = append(l.args, values...)
	if l.rows++; l.rows == loadRows {
		return l.flush()
	}
	return nil
}

// flush writes the rows that wait.
func (l *loading) flush() error {
	if l.rows == 0 {
		return nil
	}
	one := "(" + strings.TrimSuffix(strings.Repeat("?, ", len(l.columns)), ", ") + ")"
	query := "INSERT INTO " + l.name + " (" + strings.Join(l.columns, ", ") + ") VALUES " + strings.TrimSuffix(strings.Repeat(one+", ", l.rows), ", ")
	var err error
	if l.rows < loadRows {
		_, err = l.tx.ExecContext(l.ctx, l.sql.bind(query), l.args...)
	} else {
		if l.one == nil {
			if l.one, err = l.tx.PrepareContext(l.ctx, l.sql.bind(query)); err != nil {
				return fmt.Errorf("write table %s: %w", l.name, err)
			}
		}
		_, err = l.one.ExecContext(l.ctx, l.args...)
	}
	if err != nil {
		return fmt.Errorf("write table %s: %w", l.name, err)
	}
	l.args, l.rows = l.args[:0], 0
	return nil
}

// VerifyBackup reads a backup and verifies what it holds, in a database of its own at path, which is to be removed afterwards.
func VerifyBackup(ctx context.Context, r io.Reader, path string) (*Contents, *Report, error) {
	return Restore(ctx, path, r, RestoreOptions{Faulty: true})
}
