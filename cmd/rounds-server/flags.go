package main

import (
	"bufio"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rounds-field/rounds/sales"
)

// fillFlags gives flags that were not named on the command line their value from the environment, else from the configuration file.
func fillFlags(cmd *cobra.Command, config string) error {
	if config == "" {
		config = os.Getenv("ROUNDS_CONFIG")
	}
	file, err := readConfig(config)
	if err != nil {
		return err
	}
	var bad error
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Changed || bad != nil || f.Name == "help" || f.Name == "config" {
			return
		}
		value, ok := os.LookupEnv(variable(f.Name))
		where := variable(f.Name)
		if !ok {
			value, ok = file[f.Name]
			where = config
		}
		if !ok {
			return
		}
		if err := cmd.Flags().Set(f.Name, value); err != nil {
			bad = &sales.Error{Code: sales.CodeInvalid, Message: fmt.Sprintf("%s: %q is no value for %s", where, value, f.Name), Hint: "see rounds-server " + cmd.Name() + " --help"}
		}
	})
	return bad
}

// variable is the environment variable of a flag.
func variable(flag string) string {
	return "ROUNDS_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// told is what a line of the configuration begins with, as far as there is no password in it: the rest may be the URL of a database.
func told(name string) string {
	name, _, _ = strings.Cut(name, " ")
	if strings.ContainsAny(name, ":@/") { // no option has these, and an address with a password does
		return "what stands there"
	}
	return strconv.Quote(name)
}

// known lists the names that a configuration file may hold.
var known = []string{
	"data", "database", "listen", "sample", "tls-cert", "tls-key", "min-schema", "blobs", "file-limit", "user-quota", "organisation-quota", "log",
	"no-jobs", "jobs-hour", "backups", "keep-backups", "keep-deleted", "keep-history",
}

func readConfig(path string) (map[string]string, error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.Open(path) // #nosec G703 -- who starts the server says where its configuration is
	if err != nil {
		return nil, &sales.Error{Code: sales.CodeFile, Message: "read the configuration", Hint: "check --config or ROUNDS_CONFIG", Cause: err}
	}
	defer f.Close() //nolint:errcheck // it was only read
	out := map[string]string{}
	sc := bufio.NewScanner(f)
	for n := 1; sc.Scan(); n++ {
		line := strings.TrimSpace(sc.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		name = strings.TrimSpace(name)
		if !ok || !slices.Contains(known, name) {
			return nil, &sales.Error{
				Code: sales.CodeFile, Message: fmt.Sprintf("%s line %d: %s is not an option", path, n, told(name)),
				Hint: "write NAME = VALUE, with one of the names " + strings.Join(known, ", "),
			}
		}
		out[name] = strings.Trim(strings.TrimSpace(value), `"`)
	}
	if err := sc.Err(); err != nil {
		return nil, &sales.Error{Code: sales.CodeFile, Message: "read the configuration " + path, Cause: err}
	}
	return out, nil
}
