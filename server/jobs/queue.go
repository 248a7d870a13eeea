package jobs

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/rounds-field/rounds/store"
)

// Queue is a queue of jobs.
type Queue struct {
	backend

	close func() error
}

// backend is a queue in either database.
type backend interface {
	// Migrate brings the queue's tables up to date and names what it did.
	Migrate(ctx context.Context) ([]string, error)
	// Start begins to do jobs, until Stop.
	Start(ctx context.Context, list []Job, o Options) error
	// Stop cuts off what runs, and returns when it has ended.
	Stop(ctx context.Context) error
	// Runs lists the last runs, newest first.
	Runs(ctx context.Context, limit int) ([]Run, error)
}

// Run is what became of one job of one day or week.
type Run struct {
	Job      string
	Period   string
	State    string // waiting; running; done; failed; failed, tried again
	Attempts int
	Began    time.Time // of the last attempt; zero before the first
	Ended    time.Time
	Result   string
	Problem  string // of the last attempt that failed
}

// OpenFile opens the queue in the SQLite file at path. It is a file of its own: the queue notes every few seconds that it lives, and the journal's only writer
// is not to wait for that, nor a backup to hold it.
func OpenFile(ctx context.Context, path string) (*Queue, error) {
	db, err := store.Open(ctx, path, store.Options{Readers: 1, Cache: 256, Sync: "normal"})
	if err != nil {
		return nil, err
	}
	return &Queue{&queue[*sql.Tx]{
		driver: riversqlite.New(db.Writer()), alone: func(_ context.Context, migrate func() error) error { return migrate() }, explain: store.Explain,
	}, db.Close}, nil
}

// Close closes the database of a queue that was stopped.
func (q *Queue) Close() error { return q.close() }

type queue[T any] struct {
	driver riverdriver.Driver[T]
	schema string
	client *river.Client[T]
	// offerNoMore ends the offering of jobs, and returns when it has ended.
	offerNoMore func()
	// alone runs what brings the tables up to date while no other program does, where the database can see to that.
	alone func(ctx context.Context, migrate func() error) error
	// explain says what to do about an error of the database, as store.Explain does.
	explain func(doing string, err error) error
}

func (q *queue[T]) Migrate(ctx context.Context) (names []string, err error) {
	m, err := rivermigrate.New(q.driver, &rivermigrate.Config{Schema: q.schema, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, fmt.Errorf("prepare the queue of jobs: %w", err)
	}
	err = q.alone(ctx, func() (err error) { names, err = migrate(ctx, m); return err })
	return names, q.explain("prepare the queue of jobs", err)
}

// migrate does what is left to do. Where nothing keeps other programs out, one of them takes a migration away under our hands; then the queue has come further, and
// so it goes until nothing is left.
func migrate[T any](ctx context.Context, m *rivermigrate.Migrator[T]) ([]string, error) {
	for at := -1; ; {
		result, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil)
		if err == nil {
			names := make([]string, len(result.Versions))
			for i, v := range result.Versions {
				names[i] = fmt.Sprintf("jobs %05d: %s", v.Version, v.Name)
			}
			return names, nil
		}
		done, e := m.ExistingVersions(ctx)
		if e != nil || len(done) <= at {
			return nil, err
		}
		at = len(done)
	}
}

func (q *queue[T]) Start(ctx context.Context, list []Job, o Options) error {
	o = o.filled()
	w := &worker{jobs: map[string]Job{}, o: o}
	for _, j := range list {
		w.jobs[j.Name] = j
	}
	workers := river.NewWorkers()
	river.AddWorker(workers, w)
	var err error
	q.client, err = river.NewClient(q.driver, &river.Config{
		Workers: workers, Queues: queues(list),
		JobTimeout: longest, RescueStuckJobsAfter: rescue, CompletedJobRetentionPeriod: remembered, DiscardedJobRetentionPeriod: remembered, CancelledJobRetentionPeriod: remembered,
		FetchPollInterval: o.Poll, FetchCooldown: min(o.Poll, 100*time.Millisecond), PollOnly: true, Schema: q.schema, ReindexerSchedule: river.NeverSchedule(),
		Logger: slog.New(warnings{o.Log.Handler()}),
	})
	if err != nil {
		return fmt.Errorf("start the jobs: %w", err)
	}
	offer := func(ctx context.Context) error {
		_, err := q.client.InsertMany(ctx, offers(list, o))
		return q.explain("offer the jobs", err)
	}
	if err := offer(ctx); err != nil {
		return err
	}
	if err := q.client.Start(ctx); err != nil {
		return q.explain("start the jobs", err)
	}
	ctx, cut := context.WithCancel(ctx)
	var offering sync.WaitGroup
	offering.Go(func() { regularly(ctx, offer, o.Log) })
	q.offerNoMore = func() { cut(); offering.Wait() }
	return nil
}

// regularly offers the jobs each hour. Every server does so for what it can do itself, and depends on no other one. A server that is restarted every few hours, or
// sleeps at night, does each job all the same: it offers them at its start too.
func regularly(ctx context.Context, offer func(context.Context) error, log *slog.Logger) {
	for pause := offered; ; {
		wait := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			wait.Stop()
			return
		case <-wait.C:
		}
		pause = offered
		if err := offer(ctx); err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, "the jobs of the day could not be offered; they are offered again in a minute", "error", err)
			pause = time.Minute
		}
	}
}

func (q *queue[T]) Stop(ctx context.Context) error {
	if q.offerNoMore == nil { // it was not started
		return nil
	}
	q.offerNoMore()
	if err := q.client.StopAndCancel(ctx); err != nil {
		return fmt.Errorf("stop the jobs: %w", err)
	}
	return nil
}

func (q *queue[T]) Runs(ctx context.Context, limit int) ([]Run, error) {
	client, err := river.NewClient(q.driver, &river.Config{Schema: q.schema, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, fmt.Errorf("list the jobs: %w", err)
	}
	list, err := client.JobList(ctx, river.NewJobListParams().First(limit).OrderBy(river.JobListOrderByID, river.SortOrderDesc))
	if err != nil {
		return nil, q.explain("list the jobs", err)
	}
	runs := make([]Run, 0, len(list.Jobs))
	for _, row := range list.Jobs {
		var a args
		if err := json.Unmarshal(row.EncodedArgs, &a); err != nil {
			return nil, fmt.Errorf("list the jobs: read job %d: %w", row.ID, err)
		}
		r := Run{Job: a.Job, Period: a.Period, State: states[string(row.State)], Attempts: row.Attempt}
		if row.AttemptedAt != nil {
			r.Began = *row.AttemptedAt
		}
		if row.FinalizedAt != nil {
			r.Ended = *row.FinalizedAt
		}
		if out := row.Output(); out != nil {
			if err := json.Unmarshal(out, &r.Result); err != nil {
				return nil, fmt.Errorf("list the jobs: read the result of job %d: %w", row.ID, err)
			}
		}
		if n := len(row.Errors); n > 0 && r.Result == "" {
			r.Problem = row.Errors[n-1].Error
		}
		runs = append(runs, r)
	}
	return runs, nil
}

// states are the queue's states in the words of administrators.
var states = map[string]string{
	"available": "waiting", "pending": "waiting", "scheduled": "waiting", "retryable": "failed, tried again", "running": "running", "completed": "done",
	"discarded": "failed", "cancelled": "failed",
}

// warnings lets only warnings and errors of the queue into the log.
type warnings struct{ slog.Handler }

// Enabled is for the logger.
func (h warnings) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && h.Handler.Enabled(ctx, l)
}

// WithAttrs is for the logger.
func (h warnings) WithAttrs(a []slog.Attr) slog.Handler { return warnings{h.Handler.WithAttrs(a)} }

// WithGroup is for the logger.
func (h warnings) WithGroup(name string) slog.Handler { return warnings{h.Handler.WithGroup(name)} }
