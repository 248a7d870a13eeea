package local

import (
	"context"
	"database/sql"
	"sync"

	"github.com/rounds-field/rounds/sales"
)

// maxStatements bounds the prepared statements that are kept; texts are few, because all values are bound.
const maxStatements = 600

// statements keeps prepared statements by their text: preparing costs more than running most of them.
type statements struct {
	db   *sql.DB
	mu   sync.Mutex
	of   map[string]*sql.Stmt
	seen map[string]bool // texts that were run once: the second time they are worth keeping
}

func newStatements(db *sql.DB) *statements {
	return &statements{db: db, of: map[string]*sql.Stmt{}, seen: map[string]bool{}}
}

// runner runs one statement: a kept one, of which nobody but close may dispose.
type runner interface {
	ExecContext(ctx context.Context, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, args ...any) *sql.Row
}

// get gives a kept statement, for use in tx unless that is nil; nil when it is not kept.
func (c *statements) get(ctx context.Context, tx *sql.Tx, query string) runner {
	c.mu.Lock()
	defer c.mu.Unlock()
	st := c.of[query]
	switch {
	case st == nil:
		return nil
	case tx != nil:
		return tx.StmtContext(ctx, st)
	}
	return st
}

// keep prepares statements for the next time. It must not be called while the only connection of db is in use. A statement that cannot be
// prepared is run unprepared.
func (c *statements) keep(ctx context.Context, queries []string) {
	for _, q := range queries {
		if !c.worth(q) {
			continue
		}
		// Not under the lock: this may wait for the writer's connection, whose owner may wait for the lock.
		st, err := c.prepare(ctx, q)
		if err != nil {
			return
		}
		c.put(q, st)
	}
}

// worth says whether a text is run for the second time and is not kept yet.
func (c *statements) worth(query string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.of[query] != nil || len(c.of) >= maxStatements || len(c.seen) >= 8*maxStatements {
		return false
	}
	again := c.seen[query]
	c.seen[query] = true
	return again
}

func (c *statements) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	return c.db.PrepareContext(ctx, query)
}

// put keeps a statement; one that was kept by another in the meantime stays, and the new one is closed.
func (c *statements) put(query string, st *sql.Stmt) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.of[query] != nil {
		_ = st.Close()
		return
	}
	c.of[query] = st
}

func (c *statements) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, st := range c.of {
		_ = st.Close()
	}
	clear(c.of)
}

// prepared is the reader pool with its statements kept.
type prepared struct {
	c        *statements
	versions sales.Versions
}

// QueryContext runs a query by its kept statement.
func (p prepared) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if st := p.statement(ctx, query); st != nil {
		return st.QueryContext(ctx, args...)
	}
	return p.c.db.QueryContext(ctx, query, args...)
}

// QueryRowContext runs a query for one row by its kept statement.
func (p prepared) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if st := p.statement(ctx, query); st != nil {
		return st.QueryRowContext(ctx, args...)
	}
	return p.c.db.QueryRowContext(ctx, query, args...)
}

func (p prepared) statement(ctx context.Context, query string) runner {
	if st := p.c.get(ctx, nil, query); st != nil {
		return st
	}
	p.c.keep(context.WithoutCancel(ctx), []string{query})
	return p.c.get(ctx, nil, query)
}

// The statements of a transaction run to their end once begun: a cancelled context must not leave the driver a goroutine for each of them, and what is
// half done is rolled back anyhow.

// ExecContext runs a statement of the transaction.
func (t *txn) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	ctx = context.WithoutCancel(ctx)
	if st := t.statement(ctx, query); st != nil {
		return st.ExecContext(ctx, args...)
	}
	var plain execer = t.Tx
	return plain.ExecContext(ctx, query, args...)
}

// QueryContext runs a query of the transaction.
func (t *txn) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	ctx = context.WithoutCancel(ctx)
	if st := t.statement(ctx, query); st != nil {
		return st.QueryContext(ctx, args...)
	}
	return t.Tx.QueryContext(ctx, query, args...)
}

// QueryRowContext runs a query for one row of the transaction.
func (t *txn) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	ctx = context.WithoutCancel(ctx)
	if st := t.statement(ctx, query); st != nil {
		return st.QueryRowContext(ctx, args...)
	}
	return t.Tx.QueryRowContext(ctx, query, args...)
}

func (t *txn) statement(ctx context.Context, query string) runner {
	st := t.s.writing.get(ctx, t.Tx, query)
	if st == nil && len(t.missed) < maxStatements {
		t.missed = append(t.missed, query)
	}
	return st
}
