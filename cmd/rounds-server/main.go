// Command rounds-server is the central server of Rounds: it keeps the organisation's records, syncs devices, and has a web console.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/server"
)

// version is set by the build.
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := command(os.Stdin, os.Stdout, os.Stderr).ExecuteContext(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "rounds-server:", oneLine(err))
		os.Exit(1)
	}
}

// oneLine gives an error as the one line that scripts and people read.
func oneLine(err error) string {
	var all sales.Errors
	if errors.As(err, &all) {
		err = all
	}
	return strings.Join(strings.Fields(err.Error()), " ")
}

const long = `rounds-server keeps an organisation's records in one folder and syncs the devices of its users.

Every option can be given in three places, under the same name: as a flag (--tls-cert FILE), in the environment (ROUNDS_TLS_CERT=FILE), or
in the file that --config names (a line "tls-cert = FILE"; lines that begin with # are ignored). The flag wins over the environment,
the environment over the file.`

// program is what the commands share.
type program struct {
	in       io.Reader
	out, err io.Writer
	data     string
	database string
	config   string
}

func command(in io.Reader, out, errs io.Writer) *cobra.Command {
	p := &program{in: in, out: out, err: errs}
	root := &cobra.Command{
		Use: "rounds-server", Short: "The central server of Rounds", Long: long,
		SilenceUsage: true, SilenceErrors: true, CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return fillFlags(cmd, p.config) },
	}
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errs)
	root.PersistentFlags().StringVar(&p.data, "data", server.DefaultData(), "folder of the server's data")
	root.PersistentFlags().StringVar(&p.database, "database", "", "URL of a PostgreSQL database, postgres://USER@HOST:5432/NAME; without it, a file in the data folder")
	root.PersistentFlags().StringVar(&p.config, "config", "", "file with options, one NAME = VALUE a line")
	root.AddCommand(p.serve(), p.user(), p.migrate(), p.backup(), p.restore(), p.verify(), p.move(), p.jobs(), &cobra.Command{
		Use: "version", Short: "Print the version", Args: cobra.NoArgs,
		Run: func(*cobra.Command, []string) { fmt.Fprintln(out, version) },
	})
	explainUse(root)
	return root
}

// explainUse has every misuse of a command say where its use is written.
func explainUse(cmd *cobra.Command) {
	cmd.SetFlagErrorFunc(misused)
	check, use := cmd.Args, cmd.UseLine()
	if cmd.HasSubCommands() {
		cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		check = cobra.NoArgs
	}
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if check == nil || check(cmd, args) == nil {
			return nil
		}
		if cmd.HasSubCommands() {
			return misused(cmd, fmt.Errorf("no command is called %s", args[0]))
		}
		return misused(cmd, fmt.Errorf("%s: %d arguments do not fit", use, len(args)))
	}
	for _, sub := range cmd.Commands() {
		explainUse(sub)
	}
}

func misused(cmd *cobra.Command, err error) error {
	return &sales.Error{Code: sales.CodeInvalid, Message: err.Error(), Hint: "see `" + cmd.CommandPath() + " --help`"}
}

func (p *program) serve() *cobra.Command {
	var c server.Config
	var format string
	var limits fileLimits
	var upkeep upkeepOptions
	cmd := &cobra.Command{
		Use: "serve", Short: "Serve devices and the web console until stopped", Args: cobra.NoArgs,
		Long: `Serve devices and the web console until stopped by an interrupt.

The console is at the address that the server listens on, for administrators, managers, operations and auditors. /healthz says whether the process
lives, /readyz whether it can be used, /metrics counts (for this computer, or with an administrator's token). The first
administrator is made by: rounds-server user add NAME --role admin --password-stdin`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c.Data, c.Database, c.Version = p.data, p.database, version
			limits.fill(&c)
			if err := upkeep.fill(&c); err != nil {
				return err
			}
			var handler slog.Handler = slog.NewTextHandler(p.err, nil)
			switch format {
			case "text":
			case "json":
				handler = slog.NewJSONHandler(p.err, nil)
			default:
				return &sales.Error{Code: sales.CodeInvalid, Message: fmt.Sprintf("log: %q is not a format", format), Hint: "use text or json"}
			}
			return server.Serve(cmd.Context(), c, slog.New(handler), func(address string) {
				scheme := "http"
				if c.TLSCert != "" {
					scheme = "https"
				}
				fmt.Fprintf(p.out, "rounds-server is ready at %s://%s\n", scheme, address)
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&c.Listen, "listen", server.DefaultListen, "address and port to listen on; beyond this computer only with TLS")
	f.StringVar(&c.Sample, "sample", "", "load the sample organisation once: small or full")
	f.StringVar(&c.TLSCert, "tls-cert", "", "file with the TLS certificate and its chain (PEM)")
	f.StringVar(&c.TLSKey, "tls-key", "", "file with the certificate's private key (PEM)")
	f.IntVar(&c.MinSchema, "min-schema", 0, "oldest version of the record declarations whose apps may fetch records; older ones go on sending")
	limits.flags(f, &c)
	upkeep.flags(f, &c)
	f.StringVar(&format, "log", "text", "format of the log on standard error: text or json")
	return cmd
}
