package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"gocloud.dev/gcerrors"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/server/files"
	"github.com/rounds-field/rounds/server/jobs"
	"github.com/rounds-field/rounds/store"
	"github.com/rounds-field/rounds/store/central"
)

const (
	jobsFile     = "jobs.db"
	backupFolder = "backups"
	backupName   = "rounds-????????T??????Z.rounds" // as glob
	unverified   = ".unverified"                    // behind the name of a backup until it is verified
)

// Upkeep is what a server does by itself.
type Upkeep struct {
	config  Config
	journal *central.Journal
	files   *files.Store
	now     func() time.Time
}

// NewUpkeep names the upkeep of an organisation.
func NewUpkeep(c Config, journal *central.Journal, contents *files.Store) *Upkeep {
	return &Upkeep{config: c.upkept(), journal: journal, files: contents, now: time.Now}
}

// upkept fills in the defaults of the upkeep.
func (c Config) upkept() Config {
	if c.Backups == "" && c.Database == "" {
		c.Backups = filepath.Join(c.Data, backupFolder)
	}
	if c.KeepBackups == 0 {
		c.KeepBackups = 7
	}
	if c.Horizon.Deleted == 0 {
		c.Horizon.Deleted = central.DefaultHorizon.Deleted
	}
	if c.Horizon.Changes == 0 {
		c.Horizon.Changes = 2 * c.Horizon.Deleted
	}
	return c
}

// leastHorizon leaves room beyond the 30 days for which devices keep what was acknowledged.
const leastHorizon = 45 * 24 * time.Hour

// mostDays is a century, and fits a time.Duration.
const mostDays = 36525

// HorizonOf is what is forgotten after so many days, as the options give them: 0 days of history mean never, and 0 days of deletions cannot be meant.
func HorizonOf(deleted, history int) (central.Horizon, error) {
	const day = 24 * time.Hour
	for _, o := range []struct {
		option string
		days   int
	}{{"keep-deleted", deleted}, {"keep-history", history}} {
		if o.days > mostDays {
			return central.Horizon{}, bad(o.option, fmt.Sprintf("%d days are too many", o.days), fmt.Sprintf("give %d days or less", mostDays))
		}
	}
	if deleted == 0 {
		return central.Horizon{}, tooFew(0)
	}
	h := central.Horizon{Deleted: time.Duration(max(deleted, -mostDays)) * day, History: time.Duration(max(history, -mostDays)) * day}
	return h, Config{Horizon: h}.horizonFits()
}

func (c Config) horizonFits() error {
	if d := c.Horizon.Deleted; d != 0 && d < leastHorizon {
		return tooFew(d)
	}
	if h := c.Horizon.History; h != 0 && h < leastHorizon {
		return bad("keep-history", fmt.Sprintf("%d days are too few", h/(24*time.Hour)), "give 45 days or more, or 0 to keep the history for good")
	}
	return nil
}

func tooFew(deleted time.Duration) error {
	return bad("keep-deleted", fmt.Sprintf("%d days are too few: devices send again what was acknowledged in the last 30", deleted/(24*time.Hour)), "give 45 days or more")
}

// Jobs lists what is to be done, each day or week.
func (u *Upkeep) Jobs() []jobs.Job {
	list := []jobs.Job{
		{Name: "prune", Run: u.prune},
		{Name: "collect-files", Run: u.files.Collect},
		{Name: "verify", Weekly: true, Run: u.verify},
	}
	if u.config.Backups != "" && u.config.KeepBackups > 0 {
		list = slices.Insert(list, 0, jobs.Job{Name: "backup", Run: u.backup})
	}
	return list
}

// Run does one job at once.
func (u *Upkeep) Run(ctx context.Context, name string) (string, error) {
	var names string
	for _, j := range u.Jobs() {
		if j.Name == name {
			return j.Run(ctx)
		}
		names += " " + j.Name
	}
	if name == "backup" {
		return "", u.noBackups()
	}
	return "", &sales.Error{Code: sales.CodeNotFound, Message: "there is no job " + name, Hint: "there are:" + names}
}

// noBackups says why there are none.
func (u *Upkeep) noBackups() error {
	if u.config.Backups == "" {
		return bad("backups", "there is no folder for the backups of a PostgreSQL database", "give --backups FOLDER")
	}
	return bad("keep-backups", "none are kept", "give --keep-backups 1 or more")
}

func (u *Upkeep) prune(ctx context.Context) (string, error) {
	did, err := u.journal.Prune(ctx, u.config.Horizon)
	return "forgot " + did.String(), err
}

// verify reads the whole database, and asks the blob store for every chunk.
func (u *Upkeep) verify(ctx context.Context) (string, error) {
	r, err := u.journal.VerifyAll(ctx)
	if err != nil {
		return "", err
	}
	if err := r.Err(); err != nil {
		return "", jobs.Final(err)
	}
	chunks, missing, first := 0, 0, ""
	err = u.files.Blobs(ctx, func(key string, size int64) error {
		chunks++
		a, err := u.files.Bucket().Attributes(ctx, key)
		if err != nil && gcerrors.Code(err) != gcerrors.NotFound {
			return fmt.Errorf("look for the content of a file: %w", err)
		}
		if err != nil || a.Size != size {
			if missing++; first == "" {
				first = key
			}
		}
		return nil
	})
	if err != nil {
		return "", store.Explain("verify the contents of files", err)
	}
	if missing > 0 {
		return "", jobs.Final(&sales.Error{
			Code: sales.CodeStorage, Message: fmt.Sprintf("%d of %d pieces of files are missing in the blob store, the first: %s", missing, chunks, first),
			Hint: "copy them back from a copy of the folder or bucket of --blobs",
		})
	}
	return fmt.Sprintf("no fault in %d buckets, %d records, %d changes, %d pieces of files", len(r.Buckets), r.Records, r.Changes, chunks), nil
}

// backup writes the day's backup and verifies it by restoring it aside. Only then it has a name like the others and counts among those that are kept, and old ones
// go. One that does not verify stays as it is until the next: with a damaged database it may be all that there is.
func (u *Upkeep) backup(ctx context.Context) (string, error) {
	if err := os.MkdirAll(u.config.Backups, 0o700); err != nil {
		return "", store.Explain("make the folder of the backups", err)
	}
	path := filepath.Join(u.config.Backups, "rounds-"+stamp(u.now())+".rounds")
	fresh := path + unverified
	c, err := backupInto(fresh, func(w io.Writer) (*central.Contents, error) { return u.journal.Backup(ctx, w, u.config.Version) })
	if err != nil {
		return "", err
	}
	if err := u.removeUnverified(fresh); err != nil {
		return "", err
	}
	if err := u.verifyBackup(ctx, fresh); err != nil {
		return "", err
	}
	if err := os.Rename(fresh, path); err != nil {
		return "", store.Explain("name the backup "+path, err)
	}
	removed, err := u.removeOld()
	return fmt.Sprintf("wrote %s with %d rows and verified it; removed %d old ones", path, c.Rows(), removed), err
}

func (u *Upkeep) verifyBackup(ctx context.Context, path string) (err error) {
	f, err := os.Open(path) // #nosec G304 -- just written
	if err != nil {
		return store.Explain("verify the backup "+path, err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	_, r, err := VerifyFile(ctx, f, u.config.Backups) // the folder of temporary files may lie in memory
	if err != nil {
		return err
	}
	return r.Err()
}

// removeUnverified removes earlier backups that did not verify.
func (u *Upkeep) removeUnverified(but string) error {
	list, err := filepath.Glob(filepath.Join(u.config.Backups, backupName+unverified))
	if err != nil {
		return fmt.Errorf("list the backups: %w", err)
	}
	list = slices.DeleteFunc(list, func(path string) bool { return path == but })
	return store.Explain("remove backups that did not verify", removed(list...))
}

func (u *Upkeep) removeOld() (int, error) {
	list, err := filepath.Glob(filepath.Join(u.config.Backups, backupName))
	if err != nil {
		return 0, fmt.Errorf("list the backups: %w", err)
	}
	slices.Sort(list)
	old := list[:max(0, len(list)-u.config.KeepBackups)]
	return len(old), store.Explain("remove old backups", removed(old...))
}

// OpenQueue opens the queue of the jobs of a place, with its tables up to date.
func OpenQueue(ctx context.Context, p Place) (*jobs.Queue, []string, error) {
	open := func() (*jobs.Queue, error) { return jobs.OpenServer(ctx, p.Database) }
	if p.file() {
		if err := private(filepath.Join(p.Data, jobsFile)); err != nil {
			return nil, nil, err
		}
		open = func() (*jobs.Queue, error) { return jobs.OpenFile(ctx, filepath.Join(p.Data, jobsFile)) }
	}
	q, err := open()
	if err != nil {
		return nil, nil, damagedQueue(err)
	}
	done, err := q.Migrate(ctx)
	if err != nil {
		return nil, nil, damagedQueue(errors.Join(err, q.Close()))
	}
	return q, done, nil
}

// damagedQueue says of a damaged queue what to do: nothing is in it that is not made anew.
func damagedQueue(err error) error {
	if !store.IsDamaged(err) {
		return err
	}
	if told := (*sales.Error)(nil); errors.As(err, &told) {
		err = told.Cause // its hint is for a workbook
	}
	return &sales.Error{Code: sales.CodeStorage, Message: "open the queue of jobs", Hint: "stop the server and remove the file jobs.db in the data folder: it is made anew, and the day's jobs are done again", Cause: err}
}

// startJobs begins the upkeep and gives what ends it.
func (s *Server) startJobs(ctx context.Context) (stop func(), err error) {
	if s.config.NoJobs {
		return func() {}, nil
	}
	q, _, err := OpenQueue(ctx, Place{Data: s.config.Data, Database: s.config.Database})
	if err != nil {
		return func() {}, err
	}
	u := NewUpkeep(s.config, s.journal, s.files)
	if u.config.Backups == "" && u.config.KeepBackups > 0 {
		s.log.WarnContext(ctx, "this server makes no daily backups, as --backups names no folder; another one on the same database makes them where it has one",
			"hint", "give --backups a folder, or --keep-backups 0 when backups are made otherwise")
	}
	// Stopping the queue cancels what runs.
	if err := q.Start(context.WithoutCancel(ctx), u.Jobs(), jobs.Options{Hour: s.config.JobsHour, Log: s.log, Observe: s.metrics.job}); err != nil {
		return func() {}, errors.Join(err, q.Close())
	}
	return func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
		defer cancel()
		if err := errors.Join(q.Stop(ctx), q.Close()); err != nil {
			s.log.LogAttrs(ctx, slog.LevelError, "the jobs did not end as they should", slog.Any("error", err))
		}
	}, nil
}
