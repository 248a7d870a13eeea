package central

import (
	"context"
	"database/sql"
	"errors"
	"regexp"
	"strconv"
	"strings"

	"github.com/rounds-field/rounds/store"
)

// LimitPages bounds how many pages the database may have, which is how a full disk looks from inside, and gives how many it has. 0
// only asks.
func (j *Journal) LimitPages(ctx context.Context, most int) int {
	w := j.db.(*store.DB).Writer()
	var n int
	if most > 0 {
		if err := w.QueryRowContext(ctx, "PRAGMA max_page_count = "+strconv.Itoa(most)).Scan(&n); err != nil {
			panic(err)
		}
	}
	if err := w.QueryRowContext(ctx, "PRAGMA page_count").Scan(&n); err != nil {
		panic(err)
	}
	return n
}

// hexLiteral is a value of bytes in a statement.
var hexLiteral = regexp.MustCompile(`X'([0-9A-F]*)'`)

// VerifyBroken verifies the database as it would be after a statement, which is then taken back.
func (j *Journal) VerifyBroken(ctx context.Context, statement string) *Report {
	if _, ok := j.sql.(*postgres); ok {
		statement = hexLiteral.ReplaceAllString(statement, `BYTEA '\x$1'`)
	}
	var r *Report
	undo := errors.New("undo")
	err := j.db.Write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return err
		}
		var err error
		if r, err = j.verify(ctx, tx); err != nil {
			return err
		}
		return undo
	})
	if !errors.Is(err, undo) {
		panic(err)
	}
	return r
}

// disturbed is a database whose transactions do something more before they commit.
type disturbed struct {
	database
	before func(ctx context.Context, tx *sql.Tx) error
}

func (d disturbed) Write(ctx context.Context, fn func(tx *sql.Tx) error) error {
	return d.database.Write(ctx, func(tx *sql.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		return d.before(ctx, tx)
	})
}

// BeforeCommit has every writing transaction call a function just before it commits, in place of an earlier one; an
// error undoes the transaction.
func (j *Journal) BeforeCommit(before func(ctx context.Context, tx *sql.Tx) error) {
	db := j.db
	if d, ok := db.(disturbed); ok {
		db = d.database
	}
	j.db = disturbed{db, before}
}

// Retries is how many transactions PostgreSQL gave up and were tried again, and how many of them because of a deadlock.
func (j *Journal) Retries() (all, deadlocks int64) {
	db := j.db
	if d, ok := db.(disturbed); ok {
		db = d.database
	}
	if s, ok := db.(*server); ok {
		return s.retries.Load(), s.deadlocks.Load()
	}
	return 0, 0
}

// Begin finds or makes the organisation, as opening does.
func (j *Journal) Begin(ctx context.Context) error { return j.prepare(ctx, Options{Now: j.now}) }

// Exec runs a statement.
func (j *Journal) Exec(ctx context.Context, statement string) {
	err := j.db.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, statement)
		return err
	})
	if err != nil {
		panic(err)
	}
}

// Strings gives the first column of a query.
func (j *Journal) Strings(ctx context.Context, query string) []string {
	var out []string
	err := j.db.Read(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, query)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var s string
			if err := rows.Scan(&s); err != nil {
				return err
			}
			out = append(out, s)
		}
		return rows.Err()
	})
	if err != nil {
		panic(err)
	}
	return out
}

// CountQueries counts from now on how often a prepared query with this text in it is asked.
func (j *Journal) CountQueries(text string) (count func() int) {
	c := &countingDialect{dialect: j.sql, text: text}
	j.sql = c
	return func() int { return c.n }
}

type countingDialect struct {
	dialect
	text string
	n    int
}

func (c *countingDialect) prepare(ctx context.Context, tx *sql.Tx, query string) (statement, error) {
	s, err := c.dialect.prepare(ctx, tx, query)
	if err == nil && strings.Contains(query, c.text) {
		s = countingStatement{s, &c.n}
	}
	return s, err
}

type countingStatement struct {
	statement
	n *int
}

func (c countingStatement) QueryContext(ctx context.Context, args ...any) (*sql.Rows, error) {
	*c.n++
	return c.statement.QueryContext(ctx, args...)
}

// MakeOlder makes a database with the tables of an earlier version, and an organisation in it.
func MakeOlder(ctx context.Context, database string, version int64) error {
	t, err := attach(ctx, database, Options{})
	if err != nil {
		return err
	}
	if _, err = t.migrate(ctx, version); err == nil {
		org := idBytes(t.j.newID())
		_, err = t.writer.ExecContext(ctx, t.j.sql.bind("INSERT INTO organisations (org_id, name, created, clock) VALUES (?, 'Old', 1, 1)"), org)
		if err == nil {
			_, err = t.writer.ExecContext(ctx, t.j.sql.bind("INSERT INTO audit (org_id, id, at, actor, action, subject, detail) VALUES (?, ?, 1, '', 'made', '', '')"), org, idBytes(t.j.newID()))
		}
	}
	return errors.Join(err, t.j.db.Close())
}

// SchemaOf is the version of the tables of a database.
func SchemaOf(ctx context.Context, database string) (version int64, err error) {
	t, err := attach(ctx, database, Options{})
	if err != nil {
		return 0, err
	}
	err = t.writer.QueryRowContext(ctx, "SELECT MAX(version_id) FROM goose_db_version").Scan(&version)
	return version, errors.Join(err, t.j.db.Close())
}

// BeforeQuery calls f before each query with this text in it, until calm is called.
func (j *Journal) BeforeQuery(text string, f func()) (calm func()) {
	was := j.sql
	j.sql = meddlingDialect{was, text, f}
	return func() { j.sql = was }
}

type meddlingDialect struct {
	dialect
	text string
	f    func()
}

func (m meddlingDialect) bind(query string) string {
	if strings.Contains(query, m.text) {
		m.f()
	}
	return m.dialect.bind(query)
}

// PatienceOf is how long emptying the tables of a database would wait for others.
func PatienceOf(ctx context.Context, database string) (most string) {
	t, err := attach(ctx, database, Options{})
	if err != nil {
		panic(err)
	}
	defer t.j.db.Close()
	err = t.j.db.Write(ctx, func(tx *sql.Tx) error {
		if err := t.j.sql.clear(ctx, tx, []string{"tokens"}); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, "SELECT current_setting('lock_timeout')").Scan(&most)
	})
	if err != nil {
		panic(err)
	}
	return most
}
