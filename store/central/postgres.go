package central

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store"
)

//go:embed migrations/postgres/*.sql
var postgresMigrations embed.FS

const (
	defaultConnections = 16
	// A transaction that the database gave up is tried again: what made it fail is over as soon as the other one has ended, and a database that
	// is restarted is back within seconds.
	tries      = 12
	firstPause = 4 * time.Millisecond
	mostPause  = time.Second
)

// server is a PostgreSQL database.
type server struct {
	pool      *pgxpool.Pool
	db        *sql.DB
	retries   atomic.Int64 // how often a transaction was tried again
	deadlocks atomic.Int64 // how often because of a deadlock
}

// CheckURL makes sure that the URL of a PostgreSQL database can be read, and that no part of a password is taken for a part of the address: that would be
// looked up, and told. What it says holds nothing of the URL.
func CheckURL(url string) error {
	_, rest, _ := strings.Cut(url, "://")
	if i := strings.IndexAny(rest, "@/"); i >= 0 && rest[i] == '@' { // as PostgreSQL itself reads it
		rest, _, _ = strings.Cut(rest[i+1:], "?")
	}
	if _, err := pgxpool.ParseConfig(url); err != nil || !IsURL(url) || strings.Contains(rest, "@") {
		return notAnAddress() // the reason may quote the URL
	}
	return nil
}

func notAnAddress() error {
	return &sales.Error{
		Code: sales.CodeInvalid, Message: "the address of the PostgreSQL database is not one",
		Hint: "write it like postgres://USER@HOST:5432/DATABASE, with characters such as @ and / in a password written as %40 and %2F",
	}
}

// isFile makes sure that a database that is no URL is named like a file: what was meant as one may have a password in it.
func isFile(database string) error {
	if strings.Contains(database, "://") {
		return notAnAddress()
	}
	return nil
}

// openServer connects to the PostgreSQL database that a URL names. Nothing that it says holds the URL, which may have a password in it.
func openServer(ctx context.Context, url string, o Options) (*server, error) {
	if err := CheckURL(url); err != nil {
		return nil, err
	}
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, notAnAddress()
	}
	params := config.ConnConfig.RuntimeParams
	if params["application_name"] == "" {
		params["application_name"] = "rounds-server"
	}
	params["timezone"] = "UTC"
	if o.Sync != "" && o.Sync != "full" {
		params["synchronous_commit"] = "off"
	}
	if !strings.Contains(url, "pool_max_conns=") { // the driver's own default follows the processors of this computer, which do not matter here
		config.MaxConns = defaultConnections
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, faultOf(err)
	}
	s := &server{pool: pool, db: stdlib.OpenDBFromPool(pool)}
	if err := s.db.PingContext(ctx); err != nil {
		_ = s.Close()
		return nil, faultOf(err)
	}
	return s, nil
}

// migrate brings the tables up to date. Several processes may do it at once: one of them has the session lock and the others wait, which is all that the
// lock is for.
func (s *server) migrate(ctx context.Context) error {
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 600), lock.WithUnlockTimeout(1, 10))
	if err != nil {
		return fmt.Errorf("prepare to migrate: %w", err)
	}
	return faultOf(store.Migrate(ctx, goose.DialectPostgres, s.db, migrationsOf(postgresMigrations, "postgres"), goose.WithSessionLocker(locker)))
}

// Write runs fn in a transaction, anew when the database gave it up for another one or lost the connection before it was asked to commit. When the
// connection is lost while it commits, nobody knows what became of it: that is an error.
func (s *server) Write(ctx context.Context, fn func(tx *sql.Tx) error) error {
	pause := firstPause
	for try := 1; ; try++ {
		again, err := s.write(ctx, fn)
		if err == nil {
			return nil
		}
		if !again || try == tries {
			return faultOf(err)
		}
		s.retries.Add(1)
		if codeOf(err) == deadlockDetected {
			s.deadlocks.Add(1)
		}
		wait := time.NewTimer(pause/2 + rand.N(pause)) // #nosec G404 -- the pause is no secret
		select {
		case <-ctx.Done():
			wait.Stop()
			return ctx.Err()
		case <-wait.C:
		}
		pause = min(2*pause, mostPause)
	}
}

// write tries once, and says whether to try again.
func (s *server) write(ctx context.Context, fn func(tx *sql.Tx) error) (again bool, err error) {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return lost(err), fmt.Errorf("begin: %w", err)
	}
	defer tx.Rollback()
	if err := fn(tx); err != nil {
		return gaveUp(err) || lost(err), err
	}
	if err := tx.Commit(); err != nil {
		return gaveUp(err), fmt.Errorf("commit: %w", err)
	}
	return false, nil
}

// Read runs fn on one consistent snapshot.
func (s *server) Read(ctx context.Context, fn func(tx *sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	for try := 1; err != nil && lost(err) && try < tries && ctx.Err() == nil; try++ { // the pool may hold connections of before a restart
		tx, err = s.db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	}
	if err != nil {
		return faultOf(fmt.Errorf("begin: %w", err))
	}
	defer tx.Rollback()
	return faultOf(fn(tx))
}

// Close ends the connections.
func (s *server) Close() error {
	err := s.db.Close()
	s.pool.Close()
	return err
}
