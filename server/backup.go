package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store"
	"github.com/rounds-field/rounds/store/central"
)

// Migrate brings the tables of a place up to date and names the migrations that it did.
func Migrate(ctx context.Context, p Place) ([]string, error) {
	if p.file() {
		if err := os.MkdirAll(p.Data, 0o700); err != nil {
			return nil, store.Explain("make the data folder "+p.Data, err)
		}
		if err := private(p.address()); err != nil {
			return nil, err
		}
	}
	done, err := central.Migrate(ctx, p.address())
	if err != nil {
		return done, err
	}
	q, more, err := OpenQueue(ctx, p)
	if err != nil {
		return done, err
	}
	return append(done, more...), q.Close()
}

// Backup writes a backup of a place into a file, which is there only when it is whole. A server may be at work on it, also one of an older version: the place stays
// as it is.
func Backup(ctx context.Context, p Place, file, program string) (*central.Contents, error) {
	return backupInto(file, func(w io.Writer) (*central.Contents, error) { return central.BackupOf(ctx, p.address(), w, program) })
}

// BackupTo writes a backup of a place.
func BackupTo(ctx context.Context, p Place, w io.Writer, program string) error {
	_, err := central.BackupOf(ctx, p.address(), w, program)
	return err
}

func backupInto(file string, write func(io.Writer) (*central.Contents, error)) (*central.Contents, error) {
	if _, err := os.Stat(file); err == nil {
		return nil, &sales.Error{Code: sales.CodeInUse, Message: "there is a file " + file + " already", Hint: "name another one, or remove it"}
	}
	// The same folder, so that it can be renamed; the same rights as the database, because password hashes are in it.
	f, err := os.CreateTemp(filepath.Dir(file), ".rounds-backup-*")
	if err != nil {
		return nil, store.Explain("write the backup "+file, err)
	}
	c, err := write(f)
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), file)
	}
	if err != nil {
		return nil, store.Explain("write the backup "+file, errors.Join(err, removed(f.Name())))
	}
	return c, nil
}

// removed removes what may not be there.
func removed(paths ...string) error {
	var all error
	for _, p := range paths {
		if err := os.Remove(p); err != nil && !os.IsNotExist(err) {
			all = errors.Join(all, err)
		}
	}
	return all
}

// RestoreOptions say how a backup is restored.
type RestoreOptions struct {
	Replace bool // an organisation that is there makes room; a file is kept under another name
	Faulty  bool // take over what verification finds fault with
}

// Restored says what a restore did.
type Restored struct {
	*central.Contents

	Report *central.Report
	Kept   string // the database file that was there before
}

// Restore fills a place from a backup. It verifies all of it first; when anything is wrong, the place stays as it is. No server may be at work on it.
func Restore(ctx context.Context, p Place, backup io.Reader, o RestoreOptions) (done Restored, err error) {
	l, err := p.alone()
	if err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	options := central.RestoreOptions{Replace: o.Replace, Faulty: o.Faulty}
	if !p.file() {
		done.Contents, done.Report, err = central.Restore(ctx, p.address(), backup, options)
		return done, err
	}
	there, err := p.exists()
	if err != nil {
		return done, err
	}
	if there && !o.Replace {
		return done, &sales.Error{
			Code: sales.CodeInUse, Message: "there is an organisation in " + p.Data + " already", Hint: "give another --data, or --force-replace, which keeps the old file beside the new one",
		}
	}
	fresh := filepath.Join(p.Data, "restoring.db")
	leftovers := []string{fresh, fresh + "-wal", fresh + "-shm"}
	if err := removed(leftovers...); err != nil {
		return done, store.Explain("prepare to restore", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, removed(leftovers...))
		}
	}()
	if err := private(fresh); err != nil {
		return done, err
	}
	if done.Contents, done.Report, err = central.Restore(ctx, fresh, backup, options); err != nil {
		return done, err
	}
	if there {
		if done.Kept, err = p.setAside(ctx); err != nil {
			return done, store.Explain("set aside "+p.address(), err)
		}
	}
	return done, store.Explain("put the restored database in place", os.Rename(fresh, p.address()))
}

// private makes an empty file that nobody else reads: password hashes come into it.
func private(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err == nil {
		err = f.Close()
	}
	return store.Explain("make the database "+path, err)
}

// setAside gives the database file a second name, under which it stays. It has its own name until the restored one takes that, so that there is a
// database at every moment.
func (p Place) setAside(ctx context.Context) (kept string, err error) {
	kept = filepath.Join(p.Data, "rounds-before-"+stamp(time.Now())+".db")
	// Closing folds the write-ahead log into the file. A damaged database may refuse to open: then the log is kept beside it.
	if db, err := store.Open(ctx, p.address(), store.Options{Readers: 1}); err == nil {
		_ = db.Close() // as above
	}
	if err := os.Link(p.address(), kept); err != nil {
		return "", fmt.Errorf("keep the database that was there: %w", err)
	}
	for _, end := range []string{"-wal", "-shm"} {
		if err := os.Rename(p.address()+end, kept+end); err != nil && !os.IsNotExist(err) {
			return "", err
		}
	}
	return kept, nil
}

// Verify verifies a database. A server may be at work on it.
func Verify(ctx context.Context, p Place) (*central.Contents, *central.Report, error) {
	if err := p.Occupied(ctx); err != nil {
		return nil, nil, err
	}
	return central.Inspect(ctx, p.address())
}

// MendSums computes wrong checksums and counts of buckets anew. A server may be at work on the place.
func MendSums(ctx context.Context, p Place) ([]central.MendedSum, error) {
	if err := p.Occupied(ctx); err != nil {
		return nil, err
	}
	return central.MendSums(ctx, p.address())
}

// VerifyFile verifies a backup by restoring it into a database that nobody uses, in a folder that has room for it: "" for that of temporary files.
func VerifyFile(ctx context.Context, backup io.Reader, folder string) (c *central.Contents, r *central.Report, err error) {
	dir, err := os.MkdirTemp(folder, "rounds-verify-*")
	if err != nil {
		return nil, nil, store.Explain("make room to verify the backup", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	return central.Restore(ctx, filepath.Join(dir, "verify.db"), backup, central.RestoreOptions{Faulty: true})
}

// Moved says what a move did.
type Moved struct {
	Contents *central.Contents
	Buckets  int
	Restored Restored
}

// Move copies an organisation from one place to another and compares all of it at the end: every table, every bucket. The place that it is from stays as it is.
// No server may be at work on either.
func Move(ctx context.Context, from, to Place, program string, o RestoreOptions) (done Moved, err error) {
	if err := from.Occupied(ctx); err != nil {
		return done, err
	}
	same, err := from.same(ctx, to)
	if err != nil {
		return done, err
	}
	if same {
		return done, bad("to", "it is where the organisation is already", "name another place")
	}
	l, err := from.alone()
	if err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	if _, err := central.Migrate(ctx, from.address()); err != nil {
		return done, err
	}
	before, report, err := central.Inspect(ctx, from.address())
	if err != nil {
		return done, err
	}
	if !report.Good() && !o.Faulty {
		return done, report.Err()
	}
	r, w := io.Pipe()
	go func() { w.CloseWithError(BackupTo(ctx, from, w, program)) }()
	done.Restored, err = Restore(ctx, to, r, o)
	_ = r.Close() // it never fails; it ends the other side
	if err != nil {
		return done, err
	}
	after, moved, err := central.Inspect(ctx, to.address())
	if err != nil {
		return done, err
	}
	done.Contents, done.Buckets = after, len(moved.Buckets)
	return done, compare(before, after, report, moved)
}

// compare is the proof of a move.
func compare(before, after *central.Contents, was, is *central.Report) error {
	faults := append(before.Differences(after), after.Differences(before)...)
	if len(was.Buckets) != len(is.Buckets) {
		faults = append(faults, fmt.Sprintf("%d buckets, and there were %d", len(is.Buckets), len(was.Buckets)))
	}
	for i := range min(len(was.Buckets), len(is.Buckets)) {
		if was.Buckets[i] != is.Buckets[i] {
			faults = append(faults, fmt.Sprintf("bucket %s has %d records with checksum %x, and %s had %d with %x",
				is.Buckets[i].Name, is.Buckets[i].Live, is.Buckets[i].Checksum, was.Buckets[i].Name, was.Buckets[i].Live, was.Buckets[i].Checksum))
		}
	}
	if len(faults) == 0 {
		return nil
	}
	return &sales.Error{Code: sales.CodeInternal, Message: fmt.Sprintf("the copy differs: %s (%d differences)", faults[0], len(faults)), Hint: "do not serve it; the place that it is from is as it was"}
}
