package jobs_test

import (
	"context"
	"errors"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rounds-field/rounds/server/jobs"
)

// open opens a queue with its tables, closed at the end of the test.
func open(t *testing.T, path string) *jobs.Queue {
	t.Helper()
	q, err := jobs.OpenFile(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := q.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := q.Close(); err != nil {
			t.Error(err)
		}
	})
	return q
}

func start(t *testing.T, q *jobs.Queue, o jobs.Options, list ...jobs.Job) (stop func()) {
	t.Helper()
	o.Poll = 20 * time.Millisecond
	if err := q.Start(context.WithoutCancel(t.Context()), list, o); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := q.Stop(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	}
}

func runs(t *testing.T, q *jobs.Queue) []jobs.Run {
	t.Helper()
	list, err := q.Runs(t.Context(), 100)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestADayAndAWeekHaveOneRunEachHoweverOftenTheServerStarts(t *testing.T) {
	path := filepath.Join(t.TempDir(), "jobs.db")
	now := time.Date(2026, 3, 3, 17, 0, 0, 0, time.UTC)
	var days, weeks atomic.Int32
	did := make(chan string, 100)
	job := func(name string, weekly bool, n *atomic.Int32) jobs.Job {
		return jobs.Job{Name: name, Weekly: weekly, Run: func(context.Context) (string, error) { n.Add(1); did <- name; return "did " + name, nil }}
	}
	serve := func(want int) {
		t.Helper()
		q := open(t, path)
		defer start(t, q, jobs.Options{Hour: 18, Now: func() time.Time { return now }}, job("daily", false, &days), job("weekly", true, &weeks), jobs.Job{
			Name: "each-start-" + strconv.FormatInt(now.Unix(), 10), Run: func(context.Context) (string, error) { did <- "last"; return "", nil },
		})()
		for range want + 1 { // the last one begins after the others were offered
			<-did
		}
	}
	serve(2)
	now = now.Add(time.Second)
	serve(0)
	now = now.Add(time.Hour + time.Second) // past six in the evening: another day
	serve(1)
	now = now.Add(7 * 24 * time.Hour)
	serve(2)
	if days.Load() != 3 || weeks.Load() != 2 {
		t.Errorf("the daily job ran %d times, the weekly one %d times", days.Load(), weeks.Load())
	}
	for _, r := range runs(t, open(t, path)) {
		if r.Job == "daily" && (r.State != "done" || r.Result != "did daily" || r.Attempts != 1 || r.Ended.IsZero()) {
			t.Errorf("it is listed as %+v", r)
		}
	}
}

func TestAFailureIsSeenAndTriedAgain(t *testing.T) {
	q := open(t, filepath.Join(t.TempDir(), "jobs.db"))
	var tries atomic.Int32
	seen := make(chan error, 10)
	stop := start(t, q, jobs.Options{Observe: func(_ string, _ time.Duration, err error) { seen <- err }}, jobs.Job{Name: "backup", Run: func(context.Context) (string, error) {
		if tries.Add(1) == 1 {
			return "", errors.New("the disk is full")
		}
		return "wrote it", nil
	}})
	if err := <-seen; err == nil {
		t.Error("nobody heard of the failure")
	}
	if err := <-seen; err != nil {
		t.Error("it failed again:", err)
	}
	stop()
	list := runs(t, q)
	if len(list) != 1 || list[0].Attempts != 2 || list[0].State != "done" || list[0].Result != "wrote it" {
		t.Errorf("it is listed as %+v", list)
	}
}

func TestAJobThatIsCutOffByTheEndOfTheServerIsDoneAtTheNextStart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "jobs.db")
	q := open(t, path)
	began, heard := make(chan bool, 1), make(chan error, 1)
	stop := start(t, q, jobs.Options{Observe: func(_ string, _ time.Duration, err error) { heard <- err }}, jobs.Job{Name: "long", Run: func(ctx context.Context) (string, error) {
		began <- true
		<-ctx.Done()
		return "", ctx.Err()
	}})
	<-began
	stop()
	if len(heard) > 0 {
		t.Error("it counts as a failure")
	}
	if list := runs(t, q); len(list) != 1 || list[0].State == "done" || list[0].State == "running" {
		t.Errorf("it is listed as %+v", list)
	}
	again := make(chan bool, 1)
	defer start(t, open(t, path), jobs.Options{}, jobs.Job{Name: "long", Run: func(context.Context) (string, error) { again <- true; return "", nil }})()
	<-again
}
