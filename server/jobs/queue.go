package jobs

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store"
)

// schema is where the queue's tables are in PostgreSQL.
const schema = "rounds_jobs"

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
	return &Queue{&queue[*sql.Tx]{driver: riversqlite.New(db.Writer())}, db.Close}, nil
}

// OpenServer opens the queue in a PostgreSQL database.
func OpenServer(ctx context.Context, url string) (*Queue, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, &sales.Error{Code: sales.CodeInvalid, Message: "open the queue of jobs: the URL of the database cannot be read", Hint: "write it like postgres://USER@HOST:5432/NAME"}
	}
	config.MaxConns = 3
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err == nil {
		_, err = pool.Exec(ctx, "CREATE SCHEMA IF NOT EXISTS "+schema)
		if err != nil {
			pool.Close()
		}
	}
	if err != nil {
		return nil, &sales.Error{
			Code: sales.CodeStorage, Message: "open the queue of jobs in PostgreSQL", Hint: "let the database's user create a schema, or serve with --no-jobs", Cause: err,
		}
	}
	return &Queue{&queue[pgx.Tx]{driver: riverpgxv5.New(pool), schema: schema}, func() error { pool.Close(); return nil }}, nil
}

// Close closes the database of a queue that was stopped.
func (q *Queue) Close() error { return q.close() }

type queue[T any] struct {
	driver riverdriver.Driver[T]
	schema string
	client *river.Client[T]
}

func (q *queue[T]) Migrate(ctx context.Context) ([]string, error) {
	m, err := rivermigrate.New(q.driver, &rivermigrate.Config{Schema: q.schema, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, fmt.Errorf("prepare the queue of jobs: %w", err)
	}
	result, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	if err != nil {
		return nil, store.Explain("prepare the queue of jobs", err)
	}
	names := make([]string, len(result.Versions))
	for i, v := range result.Versions {
		names[i] = fmt.Sprintf("jobs %05d: %s", v.Version, v.Name)
	}
	return names, nil
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
		Workers: workers, Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 1}}, PeriodicJobs: periodic(list, o),
		JobTimeout: longest, RescueStuckJobsAfter: rescue, CompletedJobRetentionPeriod: remembered, DiscardedJobRetentionPeriod: remembered, CancelledJobRetentionPeriod: remembered,
		FetchPollInterval: o.Poll, FetchCooldown: min(o.Poll, 100*time.Millisecond), PollOnly: true, Schema: q.schema, ReindexerSchedule: river.NeverSchedule(),
		Logger: slog.New(warnings{o.Log.Handler()}),
	})
	if err != nil {
		return fmt.Errorf("start the jobs: %w", err)
	}
	if err := q.client.Start(ctx); err != nil {
		return store.Explain("start the jobs", err)
	}
	return nil
}

func (q *queue[T]) Stop(ctx context.Context) error {
	if q.client == nil {
		return nil
	}
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
		return nil, store.Explain("list the jobs", err)
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
