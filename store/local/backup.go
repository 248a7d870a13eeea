package local

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/rounds-field/rounds/sales"
)

// keepBackups is how many backups are kept; the oldest goes.
const keepBackups = 3

// Backup writes a copy of the workbook into its folder `backups`, drops the oldest beyond three, and gives the new file. A copy that is
// put back in place of the workbook writes under a new incarnation.
func (s *Store) Backup(ctx context.Context) (string, error) {
	dir := filepath.Join(s.dir, backupFolder)
	path := filepath.Join(dir, "workbook-"+s.now().UTC().Format("20060102-150405.000")+".db")
	err := s.backup(ctx, dir, path)
	return path, s.explain("back up the workbook to "+path, err)
}

func (s *Store) backup(ctx context.Context, dir, path string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	tmp := path + ".part"
	if err := os.Remove(tmp); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := s.copyTo(ctx, tmp); err != nil {
		_ = os.Remove(tmp)
		return err
	}
	if err := forgetToken(ctx, tmp); err != nil {
		return err
	}
	if err := os.Rename(tmp, path); err != nil {
		return err
	}
	return dropOld(dir)
}

// copyTo writes one consistent copy, on a connection of its own: the readers may write nothing, not even another file, and the writer has
// better things to do meanwhile.
func (s *Store) copyTo(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite", s.db.Path())
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, "VACUUM INTO ?", path)
	if e := db.Close(); err == nil {
		err = e
	}
	return err
}

// forgetToken makes a copy differ from every workbook that is in use.
func forgetToken(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite", path)
	if err != nil {
		return err
	}
	err = setMeta(ctx, db, "token", "")
	if e := db.Close(); err == nil {
		err = e
	}
	return err
}

func backups(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), "workbook-") && strings.HasSuffix(e.Name(), ".db") {
			out = append(out, filepath.Join(dir, e.Name()))
		}
	}
	slices.Sort(out) // their names sort by time
	return out, nil
}

func dropOld(dir string) error {
	list, err := backups(dir)
	if err != nil {
		return err
	}
	for len(list) > keepBackups {
		if err := os.Remove(list[0]); err != nil {
			return err
		}
		list = list[1:]
	}
	return nil
}

// startBackup makes the daily backup beside the user's work: it reads a snapshot and keeps nobody waiting. A full disk must not keep a rep
// from the workbook, so an error is only logged, and found by Check.
func (s *Store) startBackup(ctx context.Context) {
	ctx = context.WithoutCancel(ctx)
	s.backing.Go(func() {
		if s.unsaved = s.dailyBackup(ctx); s.unsaved != nil {
			s.log.Warn("daily backup of the workbook", "error", s.unsaved)
		}
	})
}

// dailyBackup makes a backup when the newest is older than a day and there is something to lose.
func (s *Store) dailyBackup(ctx context.Context) error {
	list, err := backups(filepath.Join(s.dir, backupFolder))
	if err != nil {
		return err
	}
	if len(list) > 0 {
		info, err := os.Stat(list[len(list)-1])
		if err != nil {
			return err
		}
		if s.now().Sub(info.ModTime()) < 24*time.Hour {
			return nil
		}
	}
	var worth bool
	if err := s.db.Reader().QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM wb_outbox) OR EXISTS (SELECT 1 FROM wb_bucket)").Scan(&worth); err != nil || !worth {
		return err
	}
	_, err = s.Backup(ctx)
	return err
}

// checkUnclean looks at the whole database when the last program that had it open did not close it, and notes that it is open now.
func (s *Store) checkUnclean(ctx context.Context) error {
	clean, err := meta(ctx, s.db.Writer(), "clean")
	if err != nil {
		return err
	}
	if clean == "no" {
		problems, err := s.integrity(ctx, unpaced, "quick_check")
		if err != nil {
			return err
		}
		if len(problems) > 0 {
			return &sales.Error{
				Code: sales.CodeStorage, Reason: sales.StorageDamaged, Message: fmt.Sprintf("the workbook in %s is damaged: %s", s.dir, problems[0]),
			}
		}
		s.log.Info("the workbook was not closed; its integrity was checked", "dir", s.dir)
	}
	return setMeta(ctx, s.db.Writer(), "clean", "no")
}

// integrity runs some of the checks of the whole database, on a connection of its own: one that has searched remembers the parts of the search index as
// they were then, and would take those that were merged since for damage. Each is run after pace, on the same connection, because opening one reads the
// definitions of all tables.
func (s *Store) integrity(ctx context.Context, pace func(context.Context) error, pragmas ...string) (problems []string, err error) {
	db, err := sql.Open("sqlite", s.db.Path())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	defer func() {
		if e := db.Close(); err == nil {
			err = e
		}
	}()
	for _, pragma := range pragmas {
		if err := pace(ctx); err != nil {
			return problems, err
		}
		lines, err := texts(ctx, db, "PRAGMA "+pragma)
		if err != nil {
			return problems, err
		}
		problems = append(problems, slices.DeleteFunc(lines, func(l string) bool { return l == "ok" })...)
	}
	return problems, nil
}
