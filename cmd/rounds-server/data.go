package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/server"
	"github.com/rounds-field/rounds/store"
	"github.com/rounds-field/rounds/store/central"
)

func (p *program) place() (server.Place, error) { return server.NewPlace(p.data, p.database) }

// occupied is the place, for commands that are about an organisation that is there.
func (p *program) occupied(ctx context.Context) (server.Place, error) {
	place, err := p.place()
	if err == nil {
		err = place.Occupied(ctx)
	}
	return place, err
}

// noURL refuses a file that is named like a database. It may have a password in it.
func noURL(file string) error {
	if strings.Contains(file, "://") {
		return &sales.Error{Code: sales.CodeFile, Message: "the file is named by a URL", Hint: "name a file; --database names the database"}
	}
	return nil
}

func (p *program) migrate() *cobra.Command {
	return &cobra.Command{
		Use: "migrate", Short: "Bring the database's tables up to date and say what was done", Args: cobra.NoArgs,
		Long: "Bring the database's tables up to date and say what was done. `serve` does it too, before it is ready.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			place, err := p.place()
			if err != nil {
				return err
			}
			done, err := server.Migrate(cmd.Context(), place)
			for _, name := range done {
				fmt.Fprintln(p.out, "did", name)
			}
			if err == nil && len(done) == 0 {
				fmt.Fprintln(p.out, "everything was up to date")
			}
			return err
		},
	}
}

func (p *program) backup() *cobra.Command {
	return &cobra.Command{
		Use: "backup FILE", Short: "Write a backup while the server runs; - writes to standard output", Args: cobra.ExactArgs(1),
		Long: `Write everything that the database holds into one compressed file, from one moment, while the server runs. The file can be restored into
any database. FILE - writes to standard output. The contents of files (photos, documents) are not in it: copy the folder or bucket of --blobs, after this.`,
		Example: "  rounds-server backup /backup/rounds-$(date +%F).rounds",
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if err := noURL(args[0]); err != nil {
				return err
			}
			place, err := p.occupied(cmd.Context())
			if err != nil {
				return err
			}
			if args[0] == "-" {
				return server.BackupTo(cmd.Context(), place, p.out, version)
			}
			c, err := server.Backup(cmd.Context(), place, args[0], version)
			if err == nil {
				fmt.Fprintf(p.out, "wrote %d rows of organisation %s to %s\n", c.Rows(), c.Organisation, args[0])
			}
			return err
		},
	}
}

// from opens a file that is read, or standard input.
func (p *program) from(name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(p.in), nil
	}
	if err := noURL(name); err != nil {
		return nil, err
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, &sales.Error{Code: sales.CodeFile, Message: "open the backup " + name, Hint: "name a file that `rounds-server backup` wrote", Cause: err}
	}
	return f, nil
}

func (p *program) restore() *cobra.Command {
	var o server.RestoreOptions
	cmd := &cobra.Command{
		Use: "restore FILE", Short: "Fill an empty database from a backup; the server has to be stopped", Args: cobra.ExactArgs(1),
		Long: `Fill an empty database from a backup. FILE - reads from standard input. Everything is verified before anything is replaced: when the backup is
damaged, the database stays as it is. Devices notice by themselves that the server has gone back in time, and send again what they had sent in
the last 30 days.`,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			place, err := p.place()
			if err != nil {
				return err
			}
			in, err := p.from(args[0])
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, in.Close()) }()
			done, err := server.Restore(cmd.Context(), place, in, o)
			if err != nil {
				return err
			}
			fmt.Fprintf(p.out, "restored %d rows of organisation %s as of %s\n", done.Rows(), done.Organisation, done.Made.Format("2006-01-02 15:04:05 UTC"))
			if done.Kept != "" {
				fmt.Fprintln(p.out, "kept the database that was there as", done.Kept)
			}
			p.faults(done.Report)
			return nil
		},
	}
	force(cmd, &o)
	return cmd
}

func force(cmd *cobra.Command, o *server.RestoreOptions) {
	cmd.Flags().BoolVar(&o.Replace, "force-replace", false, "replace the organisation that is there; a database file is kept under another name")
	cmd.Flags().BoolVar(&o.Faulty, "accept-faults", false, "take over what verification finds fault with")
}

// faults prints what a verification found.
func (p *program) faults(r *central.Report) {
	for _, f := range r.Faults {
		fmt.Fprintln(p.out, "fault:", f)
	}
	if r.MoreFaults > 0 {
		fmt.Fprintf(p.out, "fault: and %d more\n", r.MoreFaults)
	}
}

func (p *program) verify() *cobra.Command {
	var mend bool
	cmd := &cobra.Command{
		Use: "verify [FILE]", Short: "Verify the database, or a backup, and print a report", Args: cobra.MaximumNArgs(1),
		Long: `Read everything from one moment and compare whatever is kept twice: checksums and counts of all buckets with their records, numbers, logs, parents,
history, contents with their digests. The server may run. With FILE (or - for standard input) a backup is verified instead, by restoring it
into a database that nobody uses. The exit code is 1 when a fault was found.

With --mend-sums the checksums and counts that are not those of their buckets' records are first computed anew from the records as they are; each is
printed and stands in the audit. Where a bucket has fewer records than it counts, look for those that are missing first: an older backup may have them.`,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if mend && len(args) > 0 {
				return misused(cmd, errors.New("--mend-sums is for the database; restore the backup first"))
			}
			var c *central.Contents
			var r *central.Report
			if len(args) == 0 {
				var place server.Place
				if place, err = p.place(); err == nil && mend {
					err = p.mendSums(cmd.Context(), place)
				}
				if err == nil {
					c, r, err = server.Verify(cmd.Context(), place)
				}
			} else {
				var in io.ReadCloser
				if in, err = p.from(args[0]); err != nil {
					return err
				}
				defer func() { err = errors.Join(err, in.Close()) }()
				c, r, err = server.VerifyFile(cmd.Context(), in, "")
			}
			if err != nil {
				return err
			}
			if err := p.report(c, r); err != nil {
				return err
			}
			return r.Err()
		},
	}
	cmd.Flags().BoolVar(&mend, "mend-sums", false, "compute checksums and counts that are wrong anew from the records, before the verification")
	return cmd
}

func (p *program) mendSums(ctx context.Context, place server.Place) error {
	list, err := server.MendSums(ctx, place)
	for _, m := range list {
		fmt.Fprintln(p.out, "mended:", m)
	}
	if err == nil && len(list) == 0 {
		fmt.Fprintln(p.out, "no checksum and no count was wrong")
	}
	return err
}

func (p *program) report(c *central.Contents, r *central.Report) error {
	fmt.Fprintf(p.out, "organisation %s, version %d of the tables, %d records, %d deleted ones, %d changes\n", r.Organisation, c.Schema, r.Records, r.Tombstones, r.Changes)
	t := tabwriter.NewWriter(p.out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "BUCKET\tNUMBER\tRECORDS\tCHECKSUM")
	for _, b := range r.Buckets {
		fmt.Fprintf(t, "%s\t%d\t%d\t%x\n", b.Name, b.Seq, b.Live, b.Checksum)
	}
	fmt.Fprintln(t, "\nTABLE\tROWS\tSUM")
	for _, x := range c.Tables {
		fmt.Fprintf(t, "%s\t%d\t%s\n", x.Name, x.Rows, x.Sum)
	}
	if err := t.Flush(); err != nil {
		return store.Explain("print the report", err)
	}
	if r.Good() {
		fmt.Fprintln(p.out, "no fault was found")
	}
	p.faults(r)
	return nil
}

func (p *program) move() *cobra.Command {
	var from, to string
	var o server.RestoreOptions
	cmd := &cobra.Command{
		Use: "move --from PLACE --to PLACE", Short: "Copy an organisation between SQLite and PostgreSQL and compare both", Args: cobra.NoArgs,
		Long: `Copy an organisation from one database to another, and compare every bucket and every table at the end. A place is a data folder, or the URL of a
PostgreSQL database. Stop the servers of both first; the place that it is from stays as it is.`,
		Example: "  rounds-server move --from /var/lib/rounds --to postgres://rounds@db.example.com/rounds",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if from == "" || to == "" {
				return misused(cmd, errors.New("--from and --to are needed"))
			}
			source, err := server.PlaceOf("from", from)
			if err != nil {
				return err
			}
			target, err := server.PlaceOf("to", to)
			if err != nil {
				return err
			}
			done, err := server.Move(cmd.Context(), source, target, version, o)
			if err != nil {
				return err
			}
			p.faults(done.Restored.Report)
			fmt.Fprintf(p.out, "moved %d rows of organisation %s: %d tables and %d buckets are equal in both\n", done.Contents.Rows(), done.Contents.Organisation, len(done.Contents.Tables), done.Buckets)
			fmt.Fprintln(p.out, "serve only the new one from now on")
			return nil
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "where the organisation is: data folder or URL")
	cmd.Flags().StringVar(&to, "to", "", "where it is to be: data folder or URL of an empty database")
	force(cmd, &o)
	return cmd
}
