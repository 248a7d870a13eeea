package store

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite" // registers the driver "sqlite"
)

// Options tune a database; the zero value is right for most.
type Options struct {
	Readers int    // connections that read at once; 0 means 4
	Cache   int    // page cache of each connection in KiB; 0 means 8 MiB
	Sync    string // "full" (also when empty): a commit survives a power cut; "normal": only a crash of the program
	Damaged string // what to do when the database is damaged; "" for what helps a workbook, whose backups are databases
}

// DB is one SQLite database: a single writer, because SQLite has no more, and readers that see the last commit and never wait for it.
type DB struct {
	path   string
	writer *sql.DB
	reader *sql.DB
	ending context.Context // for closing, which nobody cancels

	damaged string // what to do about it
}

// Open opens the database at path and makes it when it does not exist. Errors are of type *sales.Error with CodeStorage.
func Open(ctx context.Context, path string, o Options) (*DB, error) {
	if o.Readers == 0 {
		o.Readers = 4
	}
	if o.Cache == 0 {
		o.Cache = 8 << 10
	}
	if o.Sync == "" {
		o.Sync = "full"
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, Explain("open "+path, err)
	}
	// The driver sets busy_timeout before all others.
	pragmas := []string{
		"busy_timeout(10000)", "journal_mode(wal)", "synchronous(" + o.Sync + ")", "foreign_keys(on)",
		"temp_store(memory)", fmt.Sprintf("cache_size(-%d)", o.Cache), "journal_size_limit(67108864)",
	}
	db := &DB{path: abs, ending: context.WithoutCancel(ctx), damaged: o.Damaged}
	if db.writer, err = sql.Open("sqlite", dsn(abs, "immediate", pragmas)); err != nil {
		return nil, Explain("open "+path, err)
	}
	db.writer.SetMaxOpenConns(1)
	if err := db.writer.PingContext(ctx); err != nil {
		_ = db.writer.Close()
		return nil, Explain("open "+path, db.Advise(err))
	}
	if db.reader, err = sql.Open("sqlite", dsn(abs, "deferred", append(pragmas, "query_only(on)"))); err != nil {
		_ = db.writer.Close()
		return nil, Explain("open "+path, err)
	}
	db.reader.SetMaxOpenConns(o.Readers)
	db.reader.SetMaxIdleConns(o.Readers)
	return db, nil
}

// dsn writes the address of a database. The path is escaped: a folder's name may hold a question mark, and Windows has drive letters.
func dsn(abs, lock string, pragmas []string) string {
	p := filepath.ToSlash(abs)
	if !strings.HasPrefix(p, "/") {
		p = "/" + p
	}
	q := url.Values{"_txlock": {lock}, "_pragma": pragmas}
	return "file:" + (&url.URL{Path: p}).EscapedPath() + "?" + q.Encode()
}

// Path is the database file.
func (db *DB) Path() string { return db.path }

// Writer is the only connection that writes. Use Write unless a statement cannot run in a transaction.
func (db *DB) Writer() *sql.DB { return db.writer }

// Reader is the pool of connections that read.
func (db *DB) Reader() *sql.DB { return db.reader }

// Advise gives an error of a damaged database what Options.Damaged says, for Explain. Write, Read and Close do so themselves; errors of the pools need it.
func (db *DB) Advise(err error) error {
	if db.damaged == "" || !IsDamaged(err) {
		return err
	}
	return &damage{err, db.damaged}
}

// Write runs fn in a transaction that is the only writer from its first statement on. It commits when fn gives nil and rolls back otherwise.
// fn must use tx and not the pools: there is one writer, and it would wait for itself.
func (db *DB) Write(ctx context.Context, fn func(tx *sql.Tx) error) error {
	tx, err := db.writer.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", db.Advise(err))
	}
	defer tx.Rollback()
	if err := fn(tx); err != nil {
		return db.Advise(err)
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", db.Advise(err))
	}
	return nil
}

// Read runs fn on one consistent snapshot, which later commits do not change.
func (db *DB) Read(ctx context.Context, fn func(tx *sql.Tx) error) error {
	tx, err := db.reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return fmt.Errorf("begin: %w", db.Advise(err))
	}
	defer tx.Rollback()
	return db.Advise(fn(tx))
}

// Close folds the write-ahead log into the database and closes it.
func (db *DB) Close() error {
	err := db.reader.Close()
	if _, e := db.writer.ExecContext(db.ending, "PRAGMA wal_checkpoint(TRUNCATE)"); e != nil && err == nil {
		err = e
	}
	if e := db.writer.Close(); e != nil && err == nil {
		err = e
	}
	if err != nil {
		return Explain("close "+db.path, db.Advise(err))
	}
	return nil
}
