package central

import (
	"context"
	"database/sql"
	"io/fs"
	"time"

	"github.com/pressly/goose/v3"

	"github.com/rounds-field/rounds/store"
)

// attached is a database before anything is done to it.
type attached struct {
	j          *Journal // without an organisation
	writer     *sql.DB
	dialect    goose.Dialect
	migrations fs.FS
	options    []goose.ProviderOption
}

// attach opens a database and leaves its tables as they are.
func attach(ctx context.Context, path string, o Options) (*attached, error) {
	db, err := store.Open(ctx, path, store.Options{Readers: 8, Cache: 32 << 10, Sync: o.Sync})
	if err != nil {
		return nil, err
	}
	migrations, err := fs.Sub(sqliteMigrations, "migrations/sqlite")
	if err != nil {
		return nil, err
	}
	return &attached{j: &Journal{db: db, sql: sqlite{}, now: time.Now}, writer: db.Writer(), dialect: goose.DialectSQLite3, migrations: migrations}, nil
}

// newest is the number of the newest migration that this program knows.
func (t *attached) newest() int64 { return store.Newest(t.migrations) }

// migrate brings the tables up to a version, 0 for the newest, and names the migrations that it did.
func (t *attached) migrate(ctx context.Context, version int64) ([]string, error) {
	return store.MigrateTo(ctx, t.dialect, t.writer, t.migrations, version, t.options...)
}

// Migrate brings the tables of a database up to date, as opening it does, and names the migrations that it did.
func Migrate(ctx context.Context, database string) (done []string, version int64, err error) {
	t, err := attach(ctx, database, Options{})
	if err != nil {
		return nil, 0, err
	}
	done, err = t.migrate(ctx, 0)
	version = t.newest()
	if e := t.j.db.Close(); err == nil {
		err = e
	}
	return done, version, store.Explain("migrate the database", err)
}
