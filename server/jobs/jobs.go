// Package jobs runs what a server does by itself, once a day or once a week, whichever of several servers does it. The queue is River's, in a database file
// of its own or in a schema of its own in PostgreSQL. Nothing depends on a job running exactly once: each may be cut off anywhere and be done again.
package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// Job is something that is to be done regularly.
type Job struct {
	Name   string
	Weekly bool // once a week; otherwise once a day
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

// taken are the states in which a run keeps another one of the same period away: all but that in which every attempt has failed.
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

// periodic offers every job each hour, and at the start; those whose period has a run already are not taken again. So a server that is restarted
// every few hours, or sleeps at night, does each of them all the same.
func periodic(list []Job, o Options) []*river.PeriodicJob {
	out := make([]*river.PeriodicJob, len(list))
	for i, j := range list {
		out[i] = river.NewPeriodicJob(river.PeriodicInterval(offered), func() (river.JobArgs, *river.InsertOpts) {
			return args{j.Name, period(j, o.Now(), o.Hour)}, &river.InsertOpts{MaxAttempts: attempts, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: taken}}
		}, &river.PeriodicJobOpts{RunOnStart: true})
	}
	return out
}

// worker does whatever job is named.
type worker struct {
	river.WorkerDefaults[args]

	jobs map[string]Job
	o    Options
}

// Timeout is for the queue.
func (*worker) Timeout(*river.Job[args]) time.Duration { return longest }

// Work is for the queue.
func (w *worker) Work(ctx context.Context, job *river.Job[args]) error {
	j, ok := w.jobs[job.Args.Job]
	if !ok {
		return river.JobCancel(fmt.Errorf("no job is called %s", job.Args.Job)) // of another version
	}
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
