package local

import (
	"context"
	"database/sql"
	"sync"
)

// maxStatements bounds the prepared statements that are kept; texts are few, because all values are bound.
const maxStatements = 600

// statements keeps prepared statements by their text: preparing costs more than running most of them.
type statements struct {
	db *sql.DB
	mu sync.Mutex
	of map[string]*sql.Stmt
}

func newStatements(db *sql.DB) *statements { return &statements{db: db, of: map[string]*sql.Stmt{}} }

func (c *statements) get(query string) *sql.Stmt {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.of[query]
}

// keep prepares statements for the next time. It must not be called while the only connection of db is in use. A statement that cannot be
// prepared is run unprepared.
func (c *statements) keep(ctx context.Context, queries []string) {
	for _, q := range queries {
		c.mu.Lock()
		_, have := c.of[q]
		full := len(c.of) >= maxStatements
		c.mu.Unlock()
		if have || full {
			continue
		}
		st, err := c.db.PrepareContext(ctx, q)
		if err != nil {
			return
		}
		c.mu.Lock()
		if c.of[q] == nil {
			c.of[q] = st
		} else {
			_ = st.Close()
		}
		c.mu.Unlock()
	}
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
type prepared struct{ c *statements }

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

func (p prepared) statement(ctx context.Context, query string) *sql.Stmt {
	if st := p.c.get(query); st != nil {
		return st
	}
	p.c.keep(ctx, []string{query})
	return p.c.get(query)
}

// The statements of a transaction run to their end once begun: a cancelled context must not leave the driver a goroutine for each of them, and what is
// half done is rolled back anyhow.

// ExecContext runs a statement of the transaction.
func (t *txn) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	ctx = context.WithoutCancel(ctx)
	if st := t.statement(query); st != nil {
		return t.StmtContext(ctx, st).ExecContext(ctx, args...)
	}
	return t.Tx.ExecContext(ctx, query, args...)
}

// QueryContext runs a query of the transaction.
func (t *txn) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	ctx = context.WithoutCancel(ctx)
	if st := t.statement(query); st != nil {
		return t.StmtContext(ctx, st).QueryContext(ctx, args...)
	}
	return t.Tx.QueryContext(ctx, query, args...)
}

// QueryRowContext runs a query for one row of the transaction.
func (t *txn) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	ctx = context.WithoutCancel(ctx)
	if st := t.statement(query); st != nil {
		return t.StmtContext(ctx, st).QueryRowContext(ctx, args...)
	}
	return t.Tx.QueryRowContext(ctx, query, args...)
}

func (t *txn) statement(query string) *sql.Stmt {
	st := t.s.writing.get(query)
	if st == nil && len(t.missed) < maxStatements {
		t.missed = append(t.missed, query)
	}
	return st
}
