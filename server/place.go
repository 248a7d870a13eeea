package server

import (
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store"
	"github.com/rounds-field/rounds/store/central"
)

// Place is where an organisation's records are: in a data folder, or in a PostgreSQL database.
type Place struct {
	Data     string // the folder
	Database string // URL of the database; "" means the file in the folder
}

// PlaceOf reads a place as people write it: the URL of a PostgreSQL database, a data folder, or the database file in one.
func PlaceOf(text string) Place {
	switch {
	case central.IsURL(text):
		return Place{Database: text}
	case strings.HasSuffix(text, journalFile):
		return Place{Data: filepath.Dir(text)}
	}
	return Place{Data: text}
}

// file says whether the records are in a file.
func (p Place) file() bool { return p.Database == "" }

// address names the database as package central wants it.
func (p Place) address() string {
	if p.file() {
		return filepath.Join(p.Data, journalFile)
	}
	return p.Database
}

// alone keeps servers away from a data folder for as long as the lock is held. Nothing keeps them away from a database that many share: they are to be stopped
// by hand.
func (p Place) alone() (*flock.Flock, error) {
	if !p.file() {
		return flock.New(os.DevNull), nil
	}
	return lock(p.Data)
}

// exists says whether the database file is there.
func (p Place) exists() (bool, error) {
	_, err := os.Stat(p.address())
	if os.IsNotExist(err) {
		return false, nil
	}
	return err == nil, store.Explain("look for "+p.address(), err)
}

// Occupied makes sure that there is a database, so that a folder mistyped does not become a new organisation.
func (p Place) Occupied() error {
	if !p.file() {
		return nil
	}
	there, err := p.exists()
	if err == nil && !there {
		err = &sales.Error{Code: sales.CodeNotFound, Message: "there is no organisation in " + p.Data, Hint: "name the data folder of the server, or the URL of its database"}
	}
	return err
}

// stamp is a moment as it stands in names of files.
func stamp(t time.Time) string { return t.UTC().Format("20060102T150405Z") }
