package central

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/pressly/goose/v3"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/merge"
	"github.com/rounds-field/rounds/sync/wire"
)

//go:embed migrations/sqlite/*.sql
var sqliteMigrations embed.FS

// Options tune a journal; the zero value is right for a server.
type Options struct {
	Now          func() time.Time // nil means time.Now
	NewID        func() string    // makes the ids of what the journal itself writes; nil means sales.NewID
	Node         uint64           // names this process in the stamps that it makes; 0 means a number of its own
	Organisation string           // id of the organisation when the database is new; "" makes one
	Name         string           // its name when the database is new
	Sync         string           // as store.Options.Sync; tests that kill nothing may say "normal"
	Versions     sales.Versions   // the history of the declarations; the zero value means this program's
}

// database is what the journal needs of a database: one writing transaction, and a snapshot to read from. The function that Write is given may
// run more than once, each time in a new transaction, and what it set outside itself has to be set anew.
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
	newID func() string
	clock *hlc.Clock
	org   []byte
	orgID string
	node  uint64 // of this process

	versions sales.Versions

	mu    sync.Mutex
	tree  treeCache
	moves moves
	heads heads
}

// IsURL says whether a database is named by the URL of a PostgreSQL server, and not by the path of a file.
func IsURL(database string) bool {
	return strings.HasPrefix(database, "postgres://") || strings.HasPrefix(database, "postgresql://")
}

// Open opens the journal in a PostgreSQL database (postgres://…), or in the SQLite file at a path, and makes it when it does not exist.
func Open(ctx context.Context, database string, o Options) (*Journal, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.NewID == nil {
		o.NewID = sales.NewID
	}
	if o.Node == 0 {
		o.Node = rand.Uint64() // #nosec G404 -- it has to differ from others, not to be secret
	}
	j := &Journal{now: o.Now, newID: o.NewID, node: o.Node | ownNode, versions: o.Versions.OrDeclared()}
	open, where := j.openFile, "the journal "+database
	if IsURL(database) {
		open, where = j.openServer, "the journal in PostgreSQL" // the URL may have a password in it
	}
	migrate, err := open(ctx, database, o)
	if err != nil {
		return nil, store.Explain("open "+where, err)
	}
	if err = migrate(ctx); err == nil {
		err = j.prepare(ctx, o)
	}
	if err != nil {
		_ = j.db.Close()
		return nil, store.Explain("open "+where, err)
	}
	j.OnCommit(func(_ string, moved []wire.Cursor) { j.heads.moved(moved) }) // for as long as the journal is there
	return j, nil
}

// ifDamaged is the way back to a database: its backups are no databases that could be put in its place.
const ifDamaged = "the database is damaged: stop the server, then do `rounds-server restore FILE --force-replace` with the newest .rounds file of its backups; devices send again what is newer"

// openFile opens an SQLite database, and gives what brings its tables up to date.
func (j *Journal) openFile(ctx context.Context, path string, o Options) (func(context.Context) error, error) {
	if err := isFile(path); err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, path, store.Options{Readers: 8, Cache: 32 << 10, Sync: o.Sync, Damaged: ifDamaged})
	if err != nil {
		return nil, err
	}
	j.db, j.sql = db, sqlite{}
	return func(ctx context.Context) error {
		return db.Advise(store.Migrate(ctx, goose.DialectSQLite3, db.Writer(), migrationsOf(sqliteMigrations, "sqlite")))
	}, nil
}

// openServer connects to a PostgreSQL database, and gives what brings its tables up to date.
func (j *Journal) openServer(ctx context.Context, url string, o Options) (func(context.Context) error, error) {
	db, err := openServer(ctx, url, o)
	if err != nil {
		return nil, err
	}
	j.db, j.sql = db, &postgres{}
	return db.migrate, nil
}

func migrationsOf(all embed.FS, name string) fs.FS {
	sub, err := fs.Sub(all, "migrations/"+name)
	if err != nil {
		panic(err) // the name is a constant
	}
	return sub
}

// ownNode is set in the node numbers of servers: as the version of a UUID it is 15, which none has, so that no device has the same node.
const ownNode = 0xf000

// serverNode says whether a node number is one of a server.
func serverNode(node uint64) bool { return node&ownNode == ownNode }

// prepare reads who the organisation is, or makes it.
func (j *Journal) prepare(ctx context.Context, o Options) error {
	var clock int64
	err := j.db.Write(ctx, func(tx *sql.Tx) error {
		if err := j.sql.alone(ctx, tx); err != nil { // another process may make one at the same time
			return err
		}
		err := tx.QueryRowContext(ctx, "SELECT org_id, clock FROM organisations").Scan(&j.org, &clock)
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if o.Organisation == "" {
			o.Organisation = j.newID()
		}
		id, err := uuid.Parse(o.Organisation)
		if err != nil {
			return fmt.Errorf("read the organisation's id: %w", err)
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
	return j.follow(ctx)
}

// Organisation is the id of the organisation.
func (j *Journal) Organisation() string { return j.orgID }

// Close notes the clock, so that the next process goes on after it, and closes the database.
func (j *Journal) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closing)
	defer cancel()
	err := j.db.Write(ctx, func(tx *sql.Tx) error {
		last := int64(j.clock.Last())
		_, err := tx.ExecContext(ctx, j.sql.bind("UPDATE organisations SET clock = ? WHERE org_id = ? AND clock < ?"), last, j.org, last)
		return err
	})
	return errors.Join(store.Explain("note the clock", err), j.db.Close())
}

// closing is how long a database may take to note the clock.
const closing = 5 * time.Second

// Ping says whether the database answers.
func (j *Journal) Ping(ctx context.Context) error {
	return j.db.Read(ctx, func(tx *sql.Tx) error {
		var n int
		return tx.QueryRowContext(ctx, "SELECT 1").Scan(&n)
	})
}

// isOwn says whether an incarnation would make stamps like those of a server, or of the texts that one has joined.
func (j *Journal) isOwn(incarnation string) bool {
	node := wire.NodeOf(incarnation)
	return node == 0 || serverNode(node) || merge.IsJoined(hlc.Stamp{Node: node}) || node == wire.NodeOf(j.orgID) // the last one made stamps once, too
}
