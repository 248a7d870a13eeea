// Command bench measures the figures that the design promises, on real data and real processes, and prints them as one table. It asserts
// nothing: timings belong to a machine.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime/pprof"
	"strings"
	"text/tabwriter"
)

func main() {
	app := flag.String("app", ".build/bin/rounds", "the built app, for the figures of its window")
	serverBin := flag.String("server", ".build/bin/rounds-server", "the built server")
	profile := flag.String("profile", "", "file for a processor profile of this program's part, the devices")
	dir := flag.String("dir", "", "folder for the databases; its disk counts, and a second run finds the server's data there (default: a temporary one)")
	databases := flag.String("databases", "sqlite,postgres", "databases of the server to measure, in this order")
	large := flag.Int("large", 1_000_000, "records of the large first sync, 0 for none")
	only := flag.String("only", "", "measure only what is announced with these words, besides the first sync")
	postgres := flag.String("postgres", "", "URL of an empty PostgreSQL database to use (default: a PostgreSQL of this computer is started for the run)")
	flag.Parse()
	b := &bench{dir: *dir, app: *app, serverBin: *serverBin, large: *large, postgres: *postgres, only: *only}
	if err := profiled(*profile, func() error { return b.run(context.Background(), strings.Split(*databases, ",")) }); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// profiled runs do, and writes where the processor spent its time when a file is named.
func profiled(name string, do func() error) error {
	if name == "" {
		return do()
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return errors.Join(err, f.Close())
	}
	err = do()
	pprof.StopCPUProfile()
	return errors.Join(err, f.Close())
}

// step is something to measure.
type step struct {
	name string
	do   func(context.Context) error
}

func (b *bench) run(ctx context.Context, databases []string) (err error) {
	if b.dir == "" {
		if b.dir, err = os.MkdirTemp("", "rounds-bench"); err != nil {
			return err
		}
		defer os.RemoveAll(b.dir)
	}
	defer b.print() // what was measured counts, also when a later step fails
	for i, name := range databases {
		if err := b.runOn(ctx, name, i == 0); err != nil {
			return fmt.Errorf("with %s: %w", name, err)
		}
	}
	return nil
}

// runOn measures with the server on one database. What concerns the device alone is measured with the first.
func (b *bench) runOn(ctx context.Context, database string, first bool) error {
	b.database = database
	// Of an earlier run on the same folder only the server's data is of use.
	for _, name := range []string{"boss", "peer", "field", "large"} {
		if err := os.RemoveAll(b.path(name)); err != nil {
			return err
		}
	}
	if err := b.openDatabase(ctx); err != nil {
		return err
	}
	defer b.server.stop()
	steps := []step{{"start the server with all sample data", b.startServer}, {"measure the first sync", b.firstSync}}
	if first {
		steps = append(steps, step{"measure saving", b.saving}, step{"measure lists", b.lists}, step{"measure the search", b.searching})
	}
	steps = append(steps, step{"measure pushing", b.pushing}, step{"measure bytes", b.bytesOnTheWire},
		step{"measure an edit's way to a colleague", b.editToColleague}, step{"measure an edit's way by hints", b.editByHint},
		step{"measure a pull over many buckets", b.manyBuckets}, step{"measure many who push", b.pushers}, step{"measure the server", b.serving})
	if first {
		steps = append(steps, step{"measure the server with many watching", b.watched}, step{"measure the window", b.window})
	} else {
		steps = append(steps, step{"close the device", func(context.Context) error { return b.rep.Close() }})
	}
	if b.large > 0 {
		steps = append(steps, step{"load many records", b.loadLarge}, step{"measure the large first sync", b.largeFirstSync})
	}
	for i, s := range steps {
		if i > 1 && !strings.Contains(s.name, b.only) {
			continue
		}
		fmt.Fprintln(os.Stderr, database+":", s.name, "…")
		if err := s.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return nil
}

// bench is one run: the programs, their data and what was measured.
type bench struct {
	dir, app, serverBin string
	postgres            string // URL of a PostgreSQL that is there already
	large               int
	only                string // words of the steps to measure; "" for all
	database            string // measured now
	url                 string // of that database; "" for SQLite in the server's folder
	server              process
	rows                []row
	rep                 *device  // a device with all records
	colleague           *device  // another one
	records             int      // that a first sync brought
	partners            []string // ids of some
}

// row is one line of the table.
type row struct{ database, what, aim, measured, floor string }

func (b *bench) add(what, aim, floor, measured string, args ...any) {
	b.rows = append(b.rows, row{b.database, what, aim, fmt.Sprintf(measured, args...), floor})
}

func (b *bench) print() {
	w := tabwriter.NewWriter(os.Stdout, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "server on\twhat\taim\tmeasured\tfloor in the same run")
	fmt.Fprintln(w, "---------\t----\t---\t--------\t---------------------")
	for _, r := range b.rows {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", r.database, r.what, r.aim, r.measured, r.floor)
	}
	w.Flush() //nolint:errcheck // the terminal is gone: there is nobody to tell
}

// path names a file of this run; those of the databases lie apart.
func (b *bench) path(name string) string { return filepath.Join(b.dir, b.database, name) }
