package store

import (
	"context"
	"errors"
	"io/fs"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/rounds-field/rounds/sales"
)

// Explain turns an error of the disk or the database into a sales.Error with CodeStorage that says what to do. What is already a sales.Error, and
// what the caller cancelled, passes as it is. doing is a verb phrase, such as "save a visit". What it says of a damaged database is for a workbook; Options.Damaged
// says something else.
func Explain(doing string, err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	var known *sales.Error
	if errors.As(err, &known) {
		return err
	}
	return &sales.Error{Code: sales.CodeStorage, Message: doing, Hint: hintFor(err), Cause: err}
}

// hinted is an error of another database, which knows best what to do.
type hinted interface{ Hint() string }

func hintFor(err error) string {
	var h hinted
	if errors.As(err, &h) {
		return h.Hint()
	}
	if errors.Is(err, fs.ErrPermission) {
		return "give this user the right to write in that folder, or choose another one"
	}
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return "look whether the disk is there, writable and not full, then try again"
	}
	switch e.Code() & 0xff { // the lower byte is the family, the rest a detail
	case sqlite3.SQLITE_FULL:
		return "the disk is full: free some space and try again; nothing that was saved is lost"
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN:
		return "the folder cannot be written: check its permissions, or choose another one"
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return "the database is damaged: close the program, put the newest file of the folder `backups` in its place, and sync"
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return "another program has the database open: close it and try again"
	case sqlite3.SQLITE_IOERR:
		return "the disk does not answer as it should: check it, then try again; nothing that was saved is lost"
	}
	return "try again; if it stays, send the log to support"
}

// damage is an error of a damaged database with what to do about it.
type damage struct {
	cause error
	hint  string
}

func (d *damage) Error() string { return d.cause.Error() }
func (d *damage) Unwrap() error { return d.cause }
func (d *damage) Hint() string  { return d.hint }

// IsDamaged says whether an error is of a database that is damaged, or that is none.
func IsDamaged(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && (e.Code()&0xff == sqlite3.SQLITE_CORRUPT || e.Code()&0xff == sqlite3.SQLITE_NOTADB)
}

// IsMissing says whether a statement named a table or a column that is not there.
func IsMissing(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && e.Code() == sqlite3.SQLITE_ERROR && strings.Contains(e.Error(), "no such ")
}

// IsFull says whether the disk had no room for a write.
func IsFull(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && e.Code()&0xff == sqlite3.SQLITE_FULL
}
