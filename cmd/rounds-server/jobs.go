package main

import (
	"errors"
	"fmt"
	"log/slog"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/server"
	"github.com/rounds-field/rounds/store"
)

// upkeepOptions are the options of the jobs as they are given: in days.
type upkeepOptions struct{ keep, deleted, history int }

func (u *upkeepOptions) flags(f *pflag.FlagSet, c *server.Config) {
	f.StringVar(&c.Backups, "backups", "", "folder of the daily backups (default: backups in the data folder; none with --database)")
	f.IntVar(&u.keep, "keep-backups", 7, "how many daily backups are kept; 0 for none")
	f.IntVar(&u.deleted, "keep-deleted", 90, "days after which deletions are forgotten; a device that was away for longer takes its records anew")
	f.IntVar(&u.history, "keep-history", 0, "days after which the history no longer says what a change did; 0 keeps that for good")
	f.IntVar(&c.JobsHour, "jobs-hour", 18, "hour of the day in UTC at which the day's jobs begin")
	f.BoolVar(&c.NoJobs, "no-jobs", false, "do no jobs; `rounds-server jobs run` does them from outside")
}

func (u *upkeepOptions) fill(c *server.Config) (err error) {
	if u.keep < 0 {
		return &sales.Error{Code: sales.CodeInvalid, Message: fmt.Sprintf("keep-backups: %d is less than none", u.keep), Hint: "give how many are kept, or 0 for none"}
	}
	c.KeepBackups = u.keep
	if u.keep == 0 {
		c.KeepBackups = -1
	}
	c.Horizon, err = server.HorizonOf(u.deleted, u.history)
	return err
}

func (p *program) jobs() *cobra.Command {
	var most int
	cmd := &cobra.Command{
		Use: "jobs", Short: "List what the server did by itself: backups, pruning, verification, and what failed", Args: cobra.NoArgs,
		Long: `List the last runs of the server's jobs, newest first: what each did, or why it failed. The server may be running or not.

backup         every day: writes a backup, verifies it, removes old ones (see --backups, --keep-backups)
prune          every day: forgets deletions beyond the horizon (see --keep-deleted, --keep-history)
collect-files  every day: removes the content of files that no record names any more
verify         every week: reads everything and compares whatever is kept twice`,
	}
	list := &cobra.Command{
		Use: "list", Short: "List the last runs", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			place, err := p.occupied(cmd.Context())
			if err != nil {
				return err
			}
			q, _, err := server.OpenQueue(cmd.Context(), place)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, q.Close()) }()
			runs, err := q.Runs(cmd.Context(), most)
			if err != nil {
				return err
			}
			t := tabwriter.NewWriter(p.out, 0, 8, 2, ' ', 0)
			fmt.Fprintln(t, "JOB\tFOR\tSTATE\tATTEMPTS\tENDED\tRESULT")
			for _, r := range runs {
				result := r.Result
				if r.Problem != "" {
					result = r.Problem
				}
				fmt.Fprintf(t, "%s\t%s\t%s\t%d\t%s\t%s\n", r.Job, r.Period, r.State, r.Attempts, when(r.Ended), result)
			}
			return store.Explain("print the jobs", t.Flush())
		},
	}
	list.Flags().IntVar(&most, "limit", 50, "how many")
	cmd.AddCommand(list, p.jobsRun())
	return cmd
}

func (p *program) jobsRun() *cobra.Command {
	var c server.Config
	var limits fileLimits
	var upkeep upkeepOptions
	cmd := &cobra.Command{
		Use: "run NAME", Short: "Do one job now", Args: cobra.ExactArgs(1),
		Long: "Do one job now, in this process: for a server that runs with --no-jobs, or before something that needs a backup. Give the same options as to `serve`.",
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			c.Data, c.Database, c.Version = p.data, p.database, version
			limits.fill(&c)
			if err := upkeep.fill(&c); err != nil {
				return err
			}
			if err := c.Check(); err != nil {
				return err
			}
			if _, err := p.occupied(cmd.Context()); err != nil {
				return err
			}
			journal, err := server.OpenJournal(cmd.Context(), c.Data, c.Database)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, journal.Close()) }()
			contents, err := server.OpenFiles(cmd.Context(), c, journal, slog.New(slog.DiscardHandler))
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, contents.Close()) }()
			result, err := server.NewUpkeep(c, journal, contents).Run(cmd.Context(), args[0])
			if err == nil {
				fmt.Fprintln(p.out, result)
			}
			return err
		},
	}
	limits.flags(cmd.Flags(), &c)
	upkeep.flags(cmd.Flags(), &c)
	return cmd
}
