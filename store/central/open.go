package central

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/pressly/goose/v3"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/wire"
)

//go:embed migrations/sqlite/*.sql
var sqliteMigrations embed.FS

// Options tune a journal; the zero value is right for a server.
type Options struct {
	Now          func() time.Time // nil means time.Now
	Organisation string           // id of the organisation when the database is new; "" makes one
	Name         string           // its name when the database is new
	Sync         string           // as store.Options.Sync; tests that kill nothing may say "normal"
	Versions     sales.Versions   // the history of the declarations; the zero value means this program's
}

// database is what the journal needs of a database: one writing transaction, and a snapshot to read from.
type database interface {
	Write(ctx context.Context, fn func(tx *sql.Tx) error) error
	Read(ctx context.Context, fn func(tx *sql.Tx) error) error
	Close() error
}

// Journal is the journal of one organisation. It is safe for concurrent use, also by several processes.
type Journal struct {
	db    database
	sql   dialect
	now   func() time.Time
	clock *hlc.Clock
	org   []byte
	orgID string
	node  uint64

	versions sales.Versions

	mu    sync.Mutex
	tree  treeCache
	moves moves
}

// Open opens the journal in the SQLite file at path and makes it when it does not exist.
func Open(ctx context.Context, path string, o Options) (*Journal, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	db, err := store.Open(ctx, path, store.Options{Readers: 8, Cache: 32 << 10, Sync: o.Sync})
	if err != nil {
		return nil, err
	}
	j := &Journal{db: db, sql: sqlite{}, now: o.Now, versions: o.Versions.OrDeclared()}
	if err := j.prepare(ctx, db.Writer(), o); err != nil {
		_ = db.Close()
		return nil, store.Explain("open the journal "+path, err)
	}
	return j, nil
}

func (j *Journal) prepare(ctx context.Context, db *sql.DB, o Options) error {
	migrations, err := fs.Sub(sqliteMigrations, "migrations/sqlite")
	if err != nil {
		return err
	}
	if err := store.Migrate(ctx, goose.DialectSQLite3, db, migrations); err != nil {
		return err
	}
	var clock int64
	err = j.db.Write(ctx, func(tx *sql.Tx) error {
		row := tx.QueryRowContext(ctx, "SELECT org_id, clock FROM organisations")
		err := row.Scan(&j.org, &clock)
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		id := uuid.New()
		if o.Organisation != "" {
			if id, err = uuid.Parse(o.Organisation); err != nil {
				return fmt.Errorf("read the organisation's id: %w", err)
			}
		}
		j.org = id[:]
		_, err = tx.ExecContext(ctx, j.sql.bind("INSERT INTO organisations (org_id, name, created, clock) VALUES (?, ?, ?, 0)"), j.org, o.Name, o.Now().UnixMilli())
		return err
	})
	if err != nil {
		return fmt.Errorf("read the organisation: %w", err)
	}
	j.clock = hlc.New(j.now, hlc.Reading(clock))
	j.orgID = uuid.UUID(j.org).String()
	j.node = wire.NodeOf(j.orgID)
	return j.follow(ctx)
}

// Organisation is the id of the organisation.
func (j *Journal) Organisation() string { return j.orgID }

// Close closes the database.
func (j *Journal) Close() error { return j.db.Close() }

// Ping says whether the database answers.
func (j *Journal) Ping(ctx context.Context) error {
	return j.db.Read(ctx, func(tx *sql.Tx) error {
		var n int
		return tx.QueryRowContext(ctx, "SELECT 1").Scan(&n)
	})
}
