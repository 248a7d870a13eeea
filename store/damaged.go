package store

import (
	"errors"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// IsDamaged says whether a database's file does not hold what was written there.
func IsDamaged(err error) bool {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return false
	}
	family := e.Code() & 0xff // the lower byte is the family, the rest a detail
	return family == sqlite3.SQLITE_CORRUPT || family == sqlite3.SQLITE_NOTADB
}
