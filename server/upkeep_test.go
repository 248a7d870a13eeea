package server

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rounds-field/rounds/internal/pgtest"
	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/server/jobs"
)

// upkeepOf is the upkeep of an organisation in a new folder.
func upkeepOf(t *testing.T, c Config) *Upkeep {
	t.Helper()
	c.Data = t.TempDir()
	filled(t, Place{Data: c.Data})
	j, err := OpenJournal(t.Context(), c.Data, "")
	if err != nil {
		t.Fatal(err)
	}
	f, err := OpenFiles(t.Context(), c, j, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(f.Close(), j.Close()); err != nil {
			t.Error(err)
		}
	})
	return NewUpkeep(c, j, f)
}

func TestTheDailyBackupIsVerifiedAndOldOnesGo(t *testing.T) {
	u := upkeepOf(t, Config{KeepBackups: 3})
	now := time.Date(2026, 3, 2, 18, 0, 0, 0, time.UTC)
	u.now = func() time.Time { return now }
	mine := filepath.Join(u.config.Backups, "before-the-move.rounds")
	for range 5 {
		result, err := u.Run(t.Context(), "backup")
		if err != nil || !strings.Contains(result, "verified") {
			t.Fatal(result, err)
		}
		if err := os.WriteFile(mine, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		now = now.Add(24 * time.Hour)
	}
	list, err := filepath.Glob(filepath.Join(u.config.Backups, "*"))
	if err != nil || len(list) != 4 || list[0] != mine || !strings.Contains(list[1], "20260304") || !strings.Contains(list[3], "20260306") {
		t.Errorf("there are %v, %v", list, err)
	}
	f, err := os.Open(list[3])
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if done, err := Restore(t.Context(), Place{Data: filepath.Join(t.TempDir(), "new")}, f, RestoreOptions{}); err != nil || done.Rows() < 100 {
		t.Error(err)
	}
}

func TestTheOtherJobsSayWhatTheyDid(t *testing.T) {
	u := upkeepOf(t, Config{})
	for name, want := range map[string]string{"prune": "forgot 0 deleted records", "verify": "no fault in", "collect-files": ""} {
		if result, err := u.Run(t.Context(), name); err != nil || !strings.Contains(result, want) {
			t.Errorf("%s: %q, %v", name, result, err)
		}
	}
	if _, err := u.Run(t.Context(), "sweep"); !sales.HasCode(err, sales.CodeNotFound) || !strings.Contains(err.Error(), "backup prune") {
		t.Errorf("an unknown job gives %v", err)
	}
}

func TestAHorizonThatDevicesWouldFallBehindIsRefused(t *testing.T) {
	for _, days := range []int{1, 30, 44} {
		c := Config{Data: t.TempDir()}
		c.Horizon.Deleted = time.Duration(days) * 24 * time.Hour
		if _, err := c.filled(); err == nil || !strings.Contains(err.Error(), "keep-deleted") {
			t.Errorf("%d days: %v", days, err)
		}
	}
	if h := (Config{}).upkept().Horizon; h.Deleted != 90*24*time.Hour || h.Changes != 180*24*time.Hour || h.History != 0 {
		t.Errorf("the defaults are %+v", h)
	}
}

// Several servers on one database do the day's job once between them.
func TestServersThatShareADatabaseDoEachJobOnce(t *testing.T) {
	url := pgtest.New(t)
	ran := make(chan int, 10)
	last := make(chan int, 10)
	var stops []func()
	for i := range 3 {
		q, _, err := OpenQueue(t.Context(), Place{Database: url})
		if err != nil {
			t.Fatal(err)
		}
		list := []jobs.Job{
			{Name: "daily", Run: func(context.Context) (string, error) { ran <- i; return "", nil }},
			{Name: "last", Run: func(context.Context) (string, error) { last <- i; return "", nil }},
		}
		if err := q.Start(t.Context(), list, jobs.Options{Poll: 20 * time.Millisecond}); err != nil {
			t.Fatal(err)
		}
		stops = append(stops, func() {
			if err := errors.Join(q.Stop(context.WithoutCancel(t.Context())), q.Close()); err != nil {
				t.Error(err)
			}
		})
	}
	<-last
	leader := <-ran
	stops[leader%3]() // whoever did it goes: the next one offers the jobs again, and they are done
	q, _, err := OpenQueue(t.Context(), Place{Database: url})
	if err != nil {
		t.Fatal(err)
	}
	if err := q.Start(t.Context(), []jobs.Job{
		{Name: "daily", Run: func(context.Context) (string, error) { ran <- -1; return "", nil }},
	}, jobs.Options{Poll: 20 * time.Millisecond}); err != nil {
		t.Fatal(err)
	}
	runs, err := q.Runs(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(q.Stop(context.WithoutCancel(t.Context())), q.Close()); err != nil {
		t.Error(err)
	}
	for i, stop := range stops {
		if i != leader%3 {
			stop()
		}
	}
	if len(ran) > 0 || len(last) > 0 || len(runs) != 2 {
		t.Errorf("%d runs more, listed are %+v", len(ran)+len(last), runs)
	}
}
