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
	"text/tabwriter"
)

func main() {
	app := flag.String("app", ".build/bin/rounds", "the built app, for the figures of its window")
	serverBin := flag.String("server", ".build/bin/rounds-server", "the built server")
	profile := flag.String("profile", "", "file for a processor profile of this program's part, the devices")
	dir := flag.String("dir", "", "folder for the databases; its disk counts, and a second run finds the server's data there (default: a temporary one)")
	flag.Parse()
	if err := profiled(*profile, func() error { return run(context.Background(), *app, *serverBin, *dir) }); err != nil {
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

func run(ctx context.Context, app, serverBin, dir string) (err error) {
	if dir == "" {
		if dir, err = os.MkdirTemp("", "rounds-bench"); err != nil {
			return err
		}
		defer os.RemoveAll(dir)
	}
	b := &bench{dir: dir, app: app, serverBin: serverBin}
	// Of an earlier run on the same folder only the server's data is of use.
	for _, name := range []string{"boss", "peer", "floor.db", "floor.db-wal", "floor.db-shm", "floor2.db", "floor2.db-wal", "floor2.db-shm"} {
		if err := os.RemoveAll(b.path(name)); err != nil {
			return err
		}
	}
	defer b.stopServer()
	defer b.print() // what was measured counts, also when a later step fails
	for _, step := range []struct {
		name string
		do   func(context.Context) error
	}{
		{"start the server with all sample data", b.startServer},
		{"measure the first sync", b.firstSync},
		{"measure saving", b.saving},
		{"measure lists", b.lists},
		{"measure the search", b.searching},
		{"measure pushing", b.pushing},
		{"measure an edit's way to a colleague", b.editToColleague},
		{"measure the server", b.serving},
		{"measure the window", b.window},
	} {
		fmt.Fprintln(os.Stderr, step.name, "…")
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
	}
	return nil
}

// bench is one run: the programs, their data and what was measured.
type bench struct {
	dir, app, serverBin string
	server              process
	rows                []row
	rep                 *device // a device with all records
}

// row is one line of the table.
type row struct{ what, aim, measured, floor string }

func (b *bench) add(what, aim, floor, measured string, args ...any) {
	b.rows = append(b.rows, row{what, aim, fmt.Sprintf(measured, args...), floor})
}

func (b *bench) print() {
	w := tabwriter.NewWriter(os.Stdout, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "what\taim\tmeasured\tfloor in the same run")
	fmt.Fprintln(w, "----\t---\t--------\t---------------------")
	for _, r := range b.rows {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", r.what, r.aim, r.measured, r.floor)
	}
	w.Flush() //nolint:errcheck // the terminal is gone: there is nobody to tell
}

func (b *bench) path(name string) string { return filepath.Join(b.dir, name) }
