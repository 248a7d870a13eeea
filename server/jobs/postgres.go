package jobs

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store"
)

const (
	// schema is where the queue's tables are in PostgreSQL.
	schema = "rounds_jobs"
	// migrating is the number of the lock that whoever brings the tables up to date has. It is another one than the journal's.
	migrating int64 = 0x726f756e646a6f62
	// connections are the lock's and two for the queue.
	connections = 3
)

// OpenServer opens the queue in a PostgreSQL database.
func OpenServer(ctx context.Context, url string) (*Queue, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, &sales.Error{Code: sales.CodeInvalid, Message: "open the queue of jobs: the URL of the database cannot be read", Hint: "write it like postgres://USER@HOST:5432/NAME"}
	}
	config.MaxConns = connections
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err == nil {
		if err = pool.Ping(ctx); err != nil {
			pool.Close()
		}
	}
	if err != nil {
		return nil, explain("open the queue of jobs in PostgreSQL", err)
	}
	q := &queue[pgx.Tx]{driver: riverpgxv5.New(pool), schema: schema, explain: explain}
	q.alone = func(ctx context.Context, migrate func() error) error { return alone(ctx, pool, migrate) }
	return &Queue{q, func() error { pool.Close(); return nil }}, nil
}

// alone makes the schema and runs migrate while no other program does, which is all that the lock is for. It belongs to a transaction, so that it goes with the
// connection, and holds behind PgBouncer too.
func alone(ctx context.Context, pool *pgxpool.Pool, migrate func() error) error {
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", migrating); err != nil {
			return err
		}
		// Of its own connection, like the migrations: they have to see it.
		if _, err := pool.Exec(ctx, "CREATE SCHEMA IF NOT EXISTS "+schema); err != nil {
			return err
		}
		return migrate()
	})
}

// fault is an error of PostgreSQL with what to do about it (store.Explain asks for the hint).
type fault struct{ cause error }

func (f *fault) Error() string { return f.cause.Error() }
func (f *fault) Unwrap() error { return f.cause }

// insufficientRights is PostgreSQL's code.
const insufficientRights = "42501"

// Hint says what to do.
func (f *fault) Hint() string {
	var e *pgconn.PgError
	if errors.As(f.cause, &e) && e.Code == insufficientRights {
		return "let the database's user create the schema " + schema + ", or serve with --no-jobs"
	}
	return "look whether PostgreSQL runs at the address in --database, can be written and has connections left, then try again; or serve with --no-jobs"
}

func explain(doing string, err error) error {
	if err == nil {
		return nil
	}
	return store.Explain(doing, &fault{err})
}
