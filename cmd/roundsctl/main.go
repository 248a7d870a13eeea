// Command roundsctl is a rep's workbook without a screen: sign in, sync, import, export, list, show, edit, check; for
// scripts, support and tests. It works on the same folder as the app, though not at the same time.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/workbook"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := command(os.Stdin, os.Stdout).ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "roundsctl:", oneLine(err))
		stop()
		os.Exit(1) //nolint:gocritic // stop has been called
	}
}

// tool is what every command shares.
type tool struct {
	dir    string
	asJSON bool
	in     io.Reader
	out    *bufio.Writer
}

// command builds the whole command line.
func command(in io.Reader, out io.Writer) *cobra.Command {
	t := &tool{in: in, out: bufio.NewWriterSize(out, 64<<10)}
	root := &cobra.Command{
		Use: "roundsctl", Short: "A Rounds workbook without a screen",
		SilenceUsage: true, SilenceErrors: true,
		PersistentPostRunE: func(*cobra.Command, []string) error { return t.out.Flush() },
		CompletionOptions:  cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	root.PersistentFlags().StringVar(&t.dir, "workbook", os.Getenv("ROUNDS_WORKBOOK"), "the workbook's folder (or ROUNDS_WORKBOOK)")
	root.AddCommand(t.login(), t.logout(), t.sync(), t.status(), t.add(), t.edit(), t.del(), t.show(), t.list(), t.search(),
		t.attach(), t.fetch(), t.importFile(), t.exportFile(), t.pending(), t.undo(), t.retry(), t.conflicts(), t.resolve(), t.doctor(), t.kinds())
	explainUse(root)
	return root
}

// explainUse has every misuse of a command say where its use is written.
func explainUse(root *cobra.Command) {
	root.SetFlagErrorFunc(misused)
	root.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return misused(cmd, fmt.Errorf("no command is called %s", args[0]))
		}
		return nil
	}
	root.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	for _, cmd := range root.Commands() {
		check, use := cmd.Args, cmd.UseLine()
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			if check == nil || check(cmd, args) == nil {
				return nil
			}
			return misused(cmd, fmt.Errorf("%s: %d arguments do not fit", use, len(args)))
		}
	}
}

func misused(cmd *cobra.Command, err error) error {
	return &sales.Error{Code: sales.CodeInvalid, Message: err.Error(), Hint: "see `" + cmd.CommandPath() + " --help`"}
}

// with opens the workbook, runs f and closes it again; an error of closing counts too.
func (t *tool) with(ctx context.Context, f func(*workbook.Workbook) error) (err error) {
	if t.dir == "" {
		return &sales.Error{Code: sales.CodeInvalid, Message: "no workbook is named", Hint: "add --workbook DIR, or set ROUNDS_WORKBOOK"}
	}
	// What a log would tell, `doctor` finds: standard error is for the one line that says why a command failed.
	wb, err := workbook.Open(ctx, t.dir, workbook.Options{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	defer func() {
		if cerr := wb.Close(); err == nil {
			err = cerr
		}
	}()
	return f(wb)
}

// run wraps a command that needs the open workbook.
func (t *tool) run(f func(ctx context.Context, wb *workbook.Workbook, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		return t.with(cmd.Context(), func(wb *workbook.Workbook) error {
			err := f(cmd.Context(), wb, args)
			if ferr := t.out.Flush(); err == nil {
				err = ferr
			}
			return err
		})
	}
}

// jsonFlag adds --json, which chooses one JSON value a line over text for people.
func (t *tool) jsonFlag(cmd *cobra.Command) *cobra.Command {
	cmd.Flags().BoolVar(&t.asJSON, "json", false, "one JSON object a line")
	return cmd
}

// line prints one item: as JSON, or as the text.
func (t *tool) line(v any, text string, args ...any) error {
	if !t.asJSON {
		_, err := fmt.Fprintf(t.out, text+"\n", args...)
		return err
	}
	enc := json.NewEncoder(t.out)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// lines calls f for each line of the command's input, "-" meaning standard input, else for the text itself.
func (t *tool) lines(source string, f func(n int, line []byte) error) error {
	in := t.in
	if source != "-" {
		in = strings.NewReader(source)
	}
	sc := bufio.NewScanner(in)
	sc.Buffer(make([]byte, 64<<10), 16<<20)
	for n := 1; sc.Scan(); n++ {
		if len(strings.TrimSpace(sc.Text())) == 0 {
			continue
		}
		if err := f(n, sc.Bytes()); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
	if err := sc.Err(); err != nil {
		return fmt.Errorf("read input: %w", err)
	}
	return nil
}

// oneLine keeps an error on one line, whatever it wraps.
func oneLine(err error) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(err.Error(), "\n", "; ")), " ")
}

// kindArg finds the kind that an argument names.
func kindArg(name string) (*sales.Kind, error) {
	k, ok := sales.KindNamed(name)
	if !ok {
		return nil, &sales.Error{Code: sales.CodeUnknownKind, Message: "no kind of record is called " + name, Hint: "`roundsctl kinds` lists them"}
	}
	return k, nil
}
