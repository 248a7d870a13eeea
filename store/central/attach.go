package central

import (
	"bufio"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/rounds-field/rounds/sales"
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
func attach(ctx context.Context, database string, o Options) (*attached, error) {
	j := &Journal{now: time.Now, newID: sales.NewID, versions: sales.DeclaredVersions()}
	if !IsURL(database) {
		if _, err := j.openFile(ctx, database, o); err != nil {
			return nil, store.Explain("open the database "+database, err)
		}
		return &attached{j: j, writer: j.db.(*store.DB).Writer(), dialect: goose.DialectSQLite3, migrations: migrationsOf(sqliteMigrations, "sqlite")}, nil
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 600), lock.WithUnlockTimeout(1, 10))
	if err != nil {
		return nil, fmt.Errorf("prepare to migrate: %w", err)
	}
	if _, err := j.openServer(ctx, database, o); err != nil {
		return nil, store.Explain("open the database in PostgreSQL", err)
	}
	return &attached{
		j: j, writer: j.db.(*server).db, dialect: goose.DialectPostgres, migrations: migrationsOf(postgresMigrations, "postgres"),
		options: []goose.ProviderOption{goose.WithSessionLocker(locker)},
	}, nil
}

// newest is the number of the newest migration that this program knows.
func (t *attached) newest() int64 { return store.Newest(t.migrations) }

// migrate brings the tables up to a version, 0 for the newest, and names the migrations that it did.
func (t *attached) migrate(ctx context.Context, version int64) ([]string, error) {
	done, err := store.MigrateTo(ctx, t.dialect, t.writer, t.migrations, version, t.options...)
	return done, t.advise(err)
}

// advise marks an error of the database, so that it is told with what to do about it.
func (t *attached) advise(err error) error {
	if db, ok := t.j.db.(*store.DB); ok {
		return db.Advise(err)
	}
	if codeOf(err) == "" && !lost(err) {
		return err // not of PostgreSQL: the file that a backup is read from, say
	}
	return faultOf(err)
}

// Migrate brings the tables of a database up to date, as opening it does, and names the migrations that it did.
func Migrate(ctx context.Context, database string) (done []string, err error) {
	t, err := attach(ctx, database, Options{})
	if err != nil {
		return nil, err
	}
	done, err = t.migrate(ctx, 0)
	if e := t.j.db.Close(); err == nil {
		err = e
	}
	return done, store.Explain("migrate the database", err)
}

// BackupOf backs up a database of which nobody has opened the journal, and changes nothing in it: its tables may be those of an older program, to which the
// backup is then the way back.
func BackupOf(ctx context.Context, database string, w io.Writer, program string) (*Contents, error) {
	t, err := attach(ctx, database, Options{})
	if err != nil {
		return nil, err
	}
	err = t.j.db.Read(ctx, func(tx *sql.Tx) error {
		schema, err := t.organisation(ctx, tx)
		if newest := t.newest(); err == nil && schema > newest {
			err = otherVersion(schema, newest)
		}
		return err
	})
	var c *Contents
	if err == nil {
		c, err = t.j.Backup(ctx, w, program)
	}
	if e := t.j.db.Close(); err == nil {
		err = e
	}
	return c, store.Explain("back up the database", err)
}

// Occupied makes sure that a database has an organisation. It makes nothing and changes nothing: the database may be another program's.
func Occupied(ctx context.Context, database string) error {
	t, err := attach(ctx, database, Options{})
	if err != nil {
		return err
	}
	err = t.j.db.Read(ctx, func(tx *sql.Tx) error {
		_, err := t.organisation(ctx, tx)
		return err
	})
	if e := t.j.db.Close(); err == nil {
		err = e
	}
	return store.Explain("look for the organisation", err)
}

// SameDatabase says whether two URLs lead to the same tables: the host may have several names, and options change nothing of that. Only the database itself
// knows: what one session holds in it, another cannot have.
func SameDatabase(ctx context.Context, one, other string) (same bool, err error) {
	a, err := openServer(ctx, one, Options{})
	if err != nil {
		return false, store.Explain("open the database in PostgreSQL", err)
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	b, err := openServer(ctx, other, Options{})
	if err != nil {
		return false, store.Explain("open the database in PostgreSQL", err)
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	const table = "COALESCE(CAST(CAST(to_regclass('organisations') AS oid) AS bigint), 0)" // two schemas may each have one
	number := rand.Int64()                                                                 // #nosec G404 -- nobody else is to have it, and it is no secret
	err = a.Write(ctx, func(held *sql.Tx) error {
		var here, there int64
		if err := held.QueryRowContext(ctx, "SELECT "+table+" FROM (SELECT pg_advisory_xact_lock($1)) l", number).Scan(&here); err != nil {
			return err
		}
		return b.Write(ctx, func(tx *sql.Tx) error {
			var free bool
			err := tx.QueryRowContext(ctx, "SELECT pg_try_advisory_xact_lock($1), "+table, number).Scan(&free, &there)
			same = !free && here == there
			return err
		})
	})
	return same, store.Explain("compare the databases", err)
}

// nothingThere says that a question failed because a table is not there, or is not one of ours, or is empty.
func nothingThere(err error) bool {
	code := codeOf(err)
	return errors.Is(err, sql.ErrNoRows) || code == undefinedTable || code == undefinedColumn || store.IsMissing(err)
}

// organisation finds out whose database it is, and gives the version of its tables.
func (t *attached) organisation(ctx context.Context, tx *sql.Tx) (schema int64, err error) {
	err = tx.QueryRowContext(ctx, "SELECT COALESCE(MAX(version_id), 0) FROM goose_db_version").Scan(&schema)
	if err == nil {
		err = tx.QueryRowContext(ctx, "SELECT org_id FROM organisations").Scan(&t.j.org)
	}
	if nothingThere(err) {
		return 0, &sales.Error{Code: sales.CodeNotFound, Message: "there is no organisation in the database", Hint: "look at --data and --database; `rounds-server serve` makes a new one"}
	}
	if err != nil {
		return 0, err
	}
	t.j.orgID = idText(t.j.org)
	return schema, nil
}

func otherVersion(schema, newest int64) error {
	return &sales.Error{
		Code: sales.CodeInvalid, Message: fmt.Sprintf("the tables have version %d, and this program is for version %d", schema, newest), Hint: "run `rounds-server migrate`, or use the rounds-server that made them",
	}
}

// Inspect verifies a database and sums up its tables, without changing anything: neither the version of its tables nor its clock.
func Inspect(ctx context.Context, database string) (*Contents, *Report, error) {
	t, err := attach(ctx, database, Options{})
	if err != nil {
		return nil, nil, err
	}
	c, report, err := t.inspect(ctx)
	if e := t.j.db.Close(); err == nil {
		err = e
	}
	return c, report, store.Explain("verify the database", err)
}

func (t *attached) inspect(ctx context.Context) (*Contents, *Report, error) {
	var c *Contents
	var report *Report
	err := t.j.db.Read(ctx, func(tx *sql.Tx) error {
		c = &Contents{}
		schema, err := t.organisation(ctx, tx)
		if newest := t.newest(); err == nil && schema != newest {
			err = otherVersion(schema, newest)
		}
		if err != nil {
			return err
		}
		if c, err = t.j.writeBackup(ctx, tx, &backupWriter{buf: bufio.NewWriter(io.Discard), sum: sha256.New()}, ""); err != nil {
			return err
		}
		report, err = t.j.verify(ctx, tx)
		return err
	})
	return c, report, err
}
