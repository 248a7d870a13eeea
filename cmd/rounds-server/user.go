package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/server"
	"github.com/rounds-field/rounds/server/accounts"
	"github.com/rounds-field/rounds/sync/wire"
)

// commandLine is who the command line acts as: the server itself.
var commandLine = wire.Caller{}

func (p *program) user() *cobra.Command {
	cmd := &cobra.Command{
		Use: "user", Short: "Add, list, disable users and their devices; the server may be running or not",
		Long: "Add, list, disable users and their devices. The commands work on the database, whether servers are running on it or not.",
	}
	cmd.AddCommand(p.userAdd(), p.userList(), p.userDisable("disable", "Stop a user from signing in; their work stays", true),
		p.userDisable("enable", "Let a disabled user sign in again", false), p.userPassword(), p.userDevices(), p.userRevoke())
	return cmd
}

// with opens the accounts of an organisation that is there, calls f and closes them.
func (p *program) with(ctx context.Context, f func(*accounts.Service) error) error {
	if _, err := p.occupied(ctx); err != nil {
		return err
	}
	return p.make(ctx, f)
}

// make does the same, and makes the organisation when there is none.
func (p *program) make(ctx context.Context, f func(*accounts.Service) error) error {
	journal, err := server.OpenJournal(ctx, p.data, p.database)
	if err != nil {
		return err
	}
	return errors.Join(f(accounts.New(journal, nil)), journal.Close())
}

func (p *program) userAdd() *cobra.Command {
	var u accounts.NewUser
	var role string
	var stdin bool
	cmd := &cobra.Command{
		Use: "add NAME", Short: "Add a user", Args: cobra.ExactArgs(1),
		Long: `Add a user with a role, and with the territories that the user covers: those and everything below them. Without --territory
the user covers the whole organisation. The password is the first line of standard input.`,
		Example: "  echo s3cret-word | rounds-server user add li.na --role rep --territory 31,32 --password-stdin",
		RunE: func(cmd *cobra.Command, args []string) error {
			password, err := p.password(stdin)
			if err != nil {
				return err
			}
			u.Name, u.Role, u.Password = args[0], sales.Role(role), password
			for i, code := range u.Territories {
				u.Territories[i] = strings.TrimSpace(code)
			}
			return p.make(cmd.Context(), func(s *accounts.Service) error {
				ids, warnings, err := s.Add(cmd.Context(), commandLine, u)
				if err != nil {
					return err
				}
				fmt.Fprintf(p.out, "added %s (%s) with id %s\n", strings.ToLower(u.Name), u.Role, ids[0])
				for _, w := range warnings {
					fmt.Fprintln(p.out, "note:", w)
				}
				return nil
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&role, "role", "", "rep, manager, operations, admin or auditor")
	f.StringSliceVar(&u.Territories, "territory", nil, "codes of the territories, with commas; none means the whole organisation")
	f.StringVar(&u.DisplayName, "display-name", "", "name as others see it; the sign-in name when not given")
	f.BoolVar(&stdin, "password-stdin", false, "read the password from standard input")
	return cmd
}

// password reads the first line of standard input.
func (p *program) password(stdin bool) (string, error) {
	if !stdin {
		return "", &sales.Error{Code: sales.CodeRequired, Message: "no password is given", Hint: "add --password-stdin and write the password to standard input"}
	}
	line, err := bufio.NewReader(io.LimitReader(p.in, 4096)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the password: %w", err)
	}
	return strings.TrimRight(line, "\r\n"), nil
}

func (p *program) userList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the users", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.with(cmd.Context(), func(s *accounts.Service) error {
				users, err := s.List(cmd.Context())
				if err != nil {
					return err
				}
				t := tabwriter.NewWriter(p.out, 0, 8, 2, ' ', 0)
				fmt.Fprintln(t, "NAME\tROLE\tTERRITORIES\tDEVICES\tLAST SEEN\tSTATE")
				for _, u := range users {
					state, where := "active", strings.Join(u.Territories, ",")
					if u.Disabled {
						state = "disabled"
					}
					if where == "" {
						where = "all"
					}
					fmt.Fprintf(t, "%s\t%s\t%s\t%d\t%s\t%s\n", u.Name, u.Role, where, u.Devices, when(u.Seen), state)
				}
				return t.Flush()
			})
		},
	}
}

func when(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format("2006-01-02 15:04 UTC")
}

func (p *program) userDisable(use, short string, disabled bool) *cobra.Command {
	return &cobra.Command{
		Use: use + " NAME", Short: short, Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.with(cmd.Context(), func(s *accounts.Service) error {
				if err := s.SetDisabled(cmd.Context(), commandLine, args[0], disabled); err != nil {
					return err
				}
				fmt.Fprintf(p.out, "%sd %s\n", use, args[0])
				return nil
			})
		},
	}
}

func (p *program) userPassword() *cobra.Command {
	var stdin bool
	cmd := &cobra.Command{
		Use: "password NAME", Short: "Set a user's password; every device of theirs has to sign in again", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			password, err := p.password(stdin)
			if err != nil {
				return err
			}
			return p.with(cmd.Context(), func(s *accounts.Service) error {
				if err := s.SetPassword(cmd.Context(), commandLine, args[0], password); err != nil {
					return err
				}
				fmt.Fprintf(p.out, "set the password of %s; every device has to sign in again\n", args[0])
				return nil
			})
		},
	}
	cmd.Flags().BoolVar(&stdin, "password-stdin", false, "read the password from standard input")
	return cmd
}

func (p *program) userDevices() *cobra.Command {
	return &cobra.Command{
		Use: "devices NAME", Short: "List the devices of a user", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.with(cmd.Context(), func(s *accounts.Service) error {
				devices, err := s.Devices(cmd.Context(), args[0])
				if err != nil {
					return err
				}
				t := tabwriter.NewWriter(p.out, 0, 8, 2, ' ', 0)
				fmt.Fprintln(t, "ID\tDEVICE\tSINCE\tLAST SEEN\tSTATE")
				for _, d := range devices {
					state := "ended"
					if d.Good {
						state = "signed in"
					}
					fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", d.ID, d.Name, when(d.Since), when(d.Seen), state)
				}
				return t.Flush()
			})
		},
	}
}

func (p *program) userRevoke() *cobra.Command {
	return &cobra.Command{
		Use: "revoke NAME [DEVICE]", Short: "End the sign-in of one device of a user, or of all of them", Args: cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			id := ""
			if len(args) == 2 {
				id = args[1]
			}
			return p.with(cmd.Context(), func(s *accounts.Service) error {
				n, err := s.Revoke(cmd.Context(), commandLine, args[0], id)
				if err != nil {
					return err
				}
				fmt.Fprintf(p.out, "revoked %d\n", n)
				return nil
			})
		},
	}
}
