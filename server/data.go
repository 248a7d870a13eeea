package server

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/server/files"
	"github.com/rounds-field/rounds/store"
	"github.com/rounds-field/rounds/store/central"
)

const (
	journalFile  = "rounds.db"
	fileFolder   = "files"
	lockFile     = "serve.lock"
	passwordFile = "sample-password.txt"
)

// OpenJournal opens the journal: the PostgreSQL database with this URL, or the one in a data folder where database is "". It makes what does not
// exist. The command line uses it beside running servers.
func OpenJournal(ctx context.Context, data, database string) (*central.Journal, error) {
	if _, err := NewPlace(data, database); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(data, 0o700); err != nil {
		return nil, store.Explain("make the data folder "+data, err)
	}
	if database != "" {
		return central.Open(ctx, database, central.Options{})
	}
	path := filepath.Join(data, journalFile)
	// The database holds password hashes: nobody else reads it, whoever made the folder.
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		return nil, store.Explain("make the database "+path, err)
	}
	return central.Open(ctx, path, central.Options{})
}

// OpenFiles opens the content of files where the configuration says that it lies.
func OpenFiles(ctx context.Context, c Config, j *central.Journal, log *slog.Logger) (*files.Store, error) {
	where := c.Blobs
	if where == "" {
		where = filepath.Join(c.Data, fileFolder)
	}
	return files.Open(ctx, where, j, files.Limits{File: c.FileLimit, User: c.UserQuota, Organisation: c.OrganisationQuota}, log)
}

// lock makes sure that one server at a time serves a data folder. The lock ends with the process, however it ends.
func lock(data string) (*flock.Flock, error) {
	if err := os.MkdirAll(data, 0o700); err != nil {
		return nil, store.Explain("make the data folder "+data, err)
	}
	l := flock.New(filepath.Join(data, lockFile))
	ok, err := l.TryLock()
	if err != nil {
		return nil, store.Explain("lock the data folder "+data, err)
	}
	if !ok {
		return nil, &sales.Error{Code: sales.CodeInUse, Message: "another rounds-server serves " + data, Hint: "stop it first, or give another --data"}
	}
	return l, nil
}

// seed gives a new organisation the records that every one begins with.
func seed(ctx context.Context, j *central.Journal) error {
	_, err := j.Once(ctx, "defaults", func() ([]sales.Edit, error) { return creations(sales.Defaults()), nil })
	if err != nil {
		return fmt.Errorf("seed the organisation: %w", err)
	}
	return nil
}

func creations(records []sales.Record) []sales.Edit {
	edits := make([]sales.Edit, len(records))
	for i, r := range records {
		edits[i] = sales.Edit{Verb: sales.Create, Kind: r.Kind, ID: r.ID, Values: r.Values}
	}
	return edits
}
