package jobs_test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/rounds-field/rounds/internal/pgtest"
	"github.com/rounds-field/rounds/server/jobs"
)

func openServer(t *testing.T, url string) *jobs.Queue {
	t.Helper()
	q, err := jobs.OpenServer(t.Context(), url)
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

// told is a job that tells that it ran.
func told(name string) (jobs.Job, chan string) {
	ran := make(chan string, 10)
	return jobs.Job{Name: name, Run: func(context.Context) (string, error) { ran <- name; return "did it", nil }}, ran
}

// The server that came first leads, and has no folder for backups.
func TestAJobIsDoneByTheServerThatCanDoItWhicheverCameFirst(t *testing.T) {
	url := pgtest.New(t)
	prune, pruned := told("prune")
	backup, backedUp := told("backup")
	without, with := openServer(t, url), openServer(t, url)
	stopFirst := start(t, without, jobs.Options{}, prune)
	<-pruned // it leads
	stop := start(t, with, jobs.Options{}, backup, prune)
	select {
	case <-backedUp:
	case <-time.After(time.Minute):
		t.Fatal("nobody makes the backup")
	}
	stop() // notes what was done
	stopFirst()
	for _, r := range runs(t, without) {
		if r.State != "done" {
			t.Errorf("it is listed as %+v", r)
		}
	}
	if len(pruned) > 0 || len(backedUp) > 0 {
		t.Error("a job was done twice")
	}
}

// None of what the other server cannot do is taken by it.
func TestAServerTakesNoJobOfAnother(t *testing.T) {
	url := pgtest.New(t)
	var list []jobs.Job
	ran := make(chan string, 100)
	for i := range 12 {
		list = append(list, jobs.Job{Name: fmt.Sprintf("backup-%d", i), Run: func(context.Context) (string, error) { ran <- "it"; return "did it", nil }})
	}
	prune, _ := told("prune")
	defer start(t, openServer(t, url), jobs.Options{}, prune)()
	defer start(t, openServer(t, url), jobs.Options{}, prune)()
	defer start(t, openServer(t, url), jobs.Options{}, append(list, prune)...)()
	for i := range list {
		select {
		case <-ran:
		case <-time.After(time.Minute):
			t.Fatalf("%d of %d jobs are not done", len(list)-i, len(list))
		}
	}
}

// heard is a log that tells what is said.
type heard struct{ said chan string }

func (h heard) Enabled(context.Context, slog.Level) bool { return true }
func (h heard) WithAttrs([]slog.Attr) slog.Handler       { return h }
func (h heard) WithGroup(string) slog.Handler            { return h }
func (h heard) Handle(_ context.Context, r slog.Record) error {
	h.said <- r.Message
	return nil
}

// A queue holds a job of another version of the program.
func TestAJobThatNobodyHereKnowsIsLeftAndSaid(t *testing.T) {
	url := pgtest.New(t)
	q := openServer(t, url)
	pool, err := pgxpool.New(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	client, err := river.NewClient(riverpgxv5.New(pool), &river.Config{Schema: "rounds_jobs"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Insert(t.Context(), foreign{Job: "sweep", Period: "2026-03-03"}, &river.InsertOpts{Queue: "prune"}); err != nil {
		t.Fatal(err)
	}
	log := heard{make(chan string, 100)}
	prune, _ := told("prune")
	stop := start(t, q, jobs.Options{Log: slog.New(log)}, prune)
	for said := ""; !strings.Contains(said, "not done"); {
		said = <-log.said
	}
	stop()
	list := runs(t, q)
	if r := list[len(list)-1]; r.Job != "sweep" || r.State != "waiting" {
		t.Errorf("it is listed as %+v", r)
	}
}

// foreign are the queue's arguments of a job.
type foreign struct {
	Job    string `json:"job"`
	Period string `json:"period"`
}

func (foreign) Kind() string { return "rounds" }

// A server does one job at a time: each may read everything.
func TestAServerDoesOneJobAtATime(t *testing.T) {
	q := open(t, filepath.Join(t.TempDir(), "jobs.db"))
	turn := make(chan struct{}, 1)
	did := make(chan string, 10)
	job := func(name string) jobs.Job {
		return jobs.Job{Name: name, Run: func(context.Context) (string, error) {
			defer func() { did <- name }()
			select {
			case turn <- struct{}{}:
			default:
				t.Error(name, "began while another ran")
				return "", nil
			}
			time.Sleep(50 * time.Millisecond) // the queues are looked at meanwhile
			<-turn
			return "", nil
		}}
	}
	defer start(t, q, jobs.Options{}, job("one"), job("two"), job("three"))()
	for range 3 {
		<-did
	}
}
