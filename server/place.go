package server

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
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

// NewPlace is the place that the options --data and --database name.
func NewPlace(data, database string) (Place, error) {
	p := Place{Data: data, Database: database}
	return p, p.fits()
}

// PlaceOf reads a place as people write it: the URL of a PostgreSQL database, a data folder, or the database file in one. What is wrong with it is said of the
// option.
func PlaceOf(option, text string) (Place, error) {
	switch {
	case central.IsURL(text):
		return Place{Database: text}, central.CheckURL(text)
	case strings.HasSuffix(text, journalFile):
		text = filepath.Dir(text)
	}
	return Place{Data: text}, folderFits(option, text)
}

// fits makes sure that a database is named by a URL, and a folder is none: either would be made as a file of that name. Nothing of what was given is in what
// is said, for there may be a password in it.
func (p Place) fits() error {
	if err := folderFits("data", p.Data); err != nil || p.file() {
		return err
	}
	if !central.IsURL(p.Database) {
		return bad("database", "it is not the URL of a PostgreSQL database", "write it like postgres://USER@HOST:5432/NAME, or leave it out to keep the records in the data folder")
	}
	return central.CheckURL(p.Database)
}

// addresses are what else people write for a database: another URL, USER:PASSWORD@HOST, and the host=… dbname=… of PostgreSQL's own programs.
var addresses = regexp.MustCompile(`://|^[^/\\]+:[^/\\]+@|(^|\s)(host|hostaddr|port|dbname|user|password|service|sslmode)\s*=`)

func folderFits(option, text string) error {
	if addresses.MatchString(text) {
		return bad(option, "it is neither a data folder nor the URL of a PostgreSQL database", "write the URL like postgres://USER@HOST:5432/NAME")
	}
	return nil
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

// Occupied makes sure that there is an organisation, so that a folder or a database mistyped does not become a new one. It makes nothing.
func (p Place) Occupied(ctx context.Context) error {
	if !p.file() {
		return central.Occupied(ctx, p.Database)
	}
	there, err := p.exists()
	if err == nil && there {
		err = central.Occupied(ctx, p.address())
	}
	if err == nil && !there || sales.HasCode(err, sales.CodeNotFound) {
		err = &sales.Error{Code: sales.CodeNotFound, Message: "there is no organisation in " + p.Data, Hint: "name the data folder of the server, or the URL of its database"}
	}
	return err
}

// same says whether two places are one, however they are written: what is read from it would be replaced under the reader.
func (p Place) same(ctx context.Context, other Place) (bool, error) {
	if p.file() != other.file() {
		return false, nil
	}
	if !p.file() {
		return central.SameDatabase(ctx, p.Database, other.Database)
	}
	here, err := os.Stat(p.Data)
	if err != nil {
		return false, store.Explain("look for "+p.Data, err)
	}
	there, err := os.Stat(other.Data)
	if os.IsNotExist(err) {
		return false, nil
	}
	return err == nil && os.SameFile(here, there), store.Explain("look for "+other.Data, err)
}

// stamp is a moment as it stands in names of files.
func stamp(t time.Time) string { return t.UTC().Format("20060102T150405Z") }
