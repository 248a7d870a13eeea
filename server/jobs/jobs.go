// Package jobs runs what a server does by itself, once a day or once a week, whichever of several servers does it. The queue is River's, in a database file
// of its own or in a schema of its own in PostgreSQL. Nothing depends on a job running exactly once: each may be cut off anywhere and be done again.
package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// Job is something that is to be done regularly.
type Job struct {
	Name   string // in lower case, with hyphens
	Weekly bool   // once a week; otherwise once a day
	// Run does it and says in a few words what it did. It has to stop soon after its context ends.
	Run func(ctx context.Context) (string, error)
}

// Options say how jobs run.
type Options struct {
	Hour    int              // of the day in UTC at which the day's jobs begin
	Now     func() time.Time // nil means time.Now
	Poll    time.Duration    // how often the queue is looked at; 0 means every 5 seconds
	Log     *slog.Logger
	Observe func(job string, took time.Duration, err error) // hears of each run; may be nil
}

func (o Options) filled() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Poll == 0 {
		o.Poll = 5 * time.Second
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Observe == nil {
		o.Observe = func(string, time.Duration, error) {}
	}
	return o
}

const (
	// longest is how long a job may take. One whose server was killed is begun again somewhat later.
	longest = 2 * time.Hour
	rescue  = 3 * time.Hour
	// remembered is how long runs are listed. It has to be longer than a week: the run of this week says that it was done.
	remembered = 35 * 24 * time.Hour
	// attempts are made within some minutes; after the last one, the job is offered anew every hour.
	attempts = 4
	offered  = time.Hour
)

// args name a job and the day or week that it is for: the queue takes each pair once.
type args struct {
	Job    string `json:"job"`
	Period string `json:"period"`
}

// Kind is the queue's name of all jobs of Rounds.
func (args) Kind() string { return "rounds" }

// taken are the states in which a run keeps another one of the same period away: all but that in which every attempt has failed. A cancelled one found what trying
// again would only find once more (Final).
var taken = []rivertype.JobState{
	rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning, rivertype.JobStateRetryable, rivertype.JobStateScheduled,
	rivertype.JobStateCompleted, rivertype.JobStateCancelled,
}

// Final marks an error that trying again would only repeat.
func Final(err error) error { return river.JobCancel(err) }

// period names the day, or the week, of a moment.
func period(j Job, at time.Time, hour int) string {
	at = at.UTC().Add(-time.Duration(hour) * time.Hour)
	if j.Weekly {
		year, week := at.ISOWeek()
		return fmt.Sprintf("%d-W%02d", year, week)
	}
	return at.Format(time.DateOnly)
}

// offers are the jobs of this moment's day and week, each for the queue of its own name: a server works on the queues of what it can do, so that none takes from
// another what only that one can do. Those whose period has a run already are not taken again, whoever offered that.
func offers(list []Job, o Options) []river.InsertManyParams {
	out := make([]river.InsertManyParams, len(list))
	for i, j := range list {
		out[i] = river.InsertManyParams{
			Args:       args{j.Name, period(j, o.Now(), o.Hour)},
			InsertOpts: &river.InsertOpts{Queue: j.Name, MaxAttempts: attempts, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: taken}},
		}
	}
	return out
}

// queues are those that a server works on.
func queues(list []Job) map[string]river.QueueConfig {
	out := make(map[string]river.QueueConfig, len(list))
	for _, j := range list {
		out[j.Name] = river.QueueConfig{MaxWorkers: 1}
	}
	return out
}

// worker does whatever job is named.
type worker struct {
	river.WorkerDefaults[args]

	jobs map[string]Job
	o    Options
	turn sync.Mutex // a server does one job at a time: each may read everything
}

// Timeout is for the queue.
func (*worker) Timeout(*river.Job[args]) time.Duration { return longest }

// Work is for the queue.
func (w *worker) Work(ctx context.Context, job *river.Job[args]) error {
	j, ok := w.jobs[job.Args.Job]
	if !ok { // of another version: it may come to one that knows it
		w.o.Log.WarnContext(ctx, "job not done: this server knows none of that name", "job", job.Args.Job, "period", job.Args.Period)
		return river.JobSnooze(offered)
	}
	if !w.turn.TryLock() { // another server may have its hands free before
		return river.JobSnooze(w.o.Poll)
	}
	defer w.turn.Unlock()
	begun := w.o.Now()
	result, err := j.Run(ctx)
	took := w.o.Now().Sub(begun)
	debug.FreeOSMemory() // a job may have read everything; the server is small between
	if ctx.Err() != nil && err != nil {
		w.o.Log.InfoContext(ctx, "job cut off; it is begun again", "job", j.Name, "period", job.Args.Period)
		return err
	}
	w.o.Observe(j.Name, took, err)
	if err != nil {
		w.o.Log.ErrorContext(ctx, "job failed", "job", j.Name, "period", job.Args.Period, "attempt", job.Attempt, "of", job.MaxAttempts, "error", err)
		return err
	}
	w.o.Log.InfoContext(ctx, "job done", "job", j.Name, "period", job.Args.Period, "seconds", took.Seconds(), "result", result)
	if err := river.RecordOutput(ctx, result); err != nil {
		return fmt.Errorf("note what job %s did: %w", j.Name, err)
	}
	return nil
}
