package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/workbook"
)

func (t *tool) login() *cobra.Command {
	var server, user string
	var stdin, moved bool
	cmd := &cobra.Command{Use: "login --server URL --user NAME --password-stdin", Short: "Connect the workbook to a server", Args: cobra.NoArgs}
	cmd.Flags().StringVar(&server, "server", "", "the server's address, such as https://rounds.example.com")
	cmd.Flags().StringVar(&user, "user", "", "the sign-in name")
	cmd.Flags().BoolVar(&moved, "moved", false, "confirm that the server has moved: the user's workbook goes along to this address, with all that was not sent")
	cmd.Flags().BoolVar(&stdin, "password-stdin", false, "read the password from standard input")
	cmd.RunE = t.run(func(ctx context.Context, wb *workbook.Workbook, _ []string) error {
		if server == "" || user == "" || !stdin {
			return &sales.Error{Code: sales.CodeRequired, Message: "login needs --server, --user and --password-stdin", Hint: "for example: printf %s \"$PASSWORD\" | roundsctl --workbook DIR login --server URL --user NAME --password-stdin"}
		}
		b, err := io.ReadAll(io.LimitReader(t.in, 4<<10))
		if err != nil {
			return fmt.Errorf("read the password: %w", err)
		}
		password, from := strings.TrimRight(string(b), "\r\n"), ""
		if moved {
			from, err = wb.SignInMoved(ctx, server, user, password)
		} else {
			err = wb.SignIn(ctx, server, user, password)
		}
		if err != nil {
			return err
		}
		if from != "" {
			return t.saidMoved(ctx, wb, from)
		}
		_, err = fmt.Fprintf(t.out, "signed in to %s as %s\n", server, user)
		return err
	})
	return cmd
}

// saidMoved tells from where to where a workbook moved, before anything is sent there.
func (t *tool) saidMoved(ctx context.Context, wb *workbook.Workbook, from string) error {
	s, err := wb.State(ctx)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(t.out, "signed in to %s as %s; the workbook moved there from %s, and %d changes wait to be sent\n", s.Server, s.User, from, s.Waiting+s.Rejected)
	return err
}

func (t *tool) logout() *cobra.Command {
	return &cobra.Command{
		Use: "logout", Short: "Sign out; nothing in the workbook is dropped", Args: cobra.NoArgs,
		RunE: t.run(func(ctx context.Context, wb *workbook.Workbook, _ []string) error {
			s, err := wb.State(ctx)
			if err != nil {
				return err
			}
			unsent, err := readUnsent(ctx, wb)
			if err != nil {
				return err
			}
			if err := wb.SignOut(ctx); err != nil {
				return err
			}
			if _, err := fmt.Fprintf(t.out, "signed out; %d changes wait in the workbook for the next sign-in, %s\n", s.Waiting+s.Rejected, unsent); err != nil {
				return err
			}
			return unsent.print(t)
		}),
	}
}

type statusLine struct {
	Server    string          `json:"server"`
	User      string          `json:"user"`
	Phase     sales.SyncPhase `json:"phase"`
	Waiting   int             `json:"waiting"`
	Rejected  int             `json:"rejected"`
	Conflicts int             `json:"conflicts"`
	Differing int             `json:"differences"` // buckets that are reported to differ from the server
	unsentFiles
}

func (t *tool) status() *cobra.Command {
	return t.jsonFlag(&cobra.Command{
		Use: "status", Short: "Who is signed in where, and what waits", Args: cobra.NoArgs,
		RunE: t.run(func(ctx context.Context, wb *workbook.Workbook, _ []string) error {
			s, err := wb.State(ctx)
			if err != nil {
				return err
			}
			unsent, err := readUnsent(ctx, wb)
			if err != nil {
				return err
			}
			reports := ""
			if s.Differences > 0 {
				reports = fmt.Sprintf("; %d reports of what differs from the server, see `roundsctl doctor`", s.Differences)
			}
			if err := t.line(statusLine{s.Server, s.User, s.Phase, s.Waiting, s.Rejected, s.Conflicts, s.Differences, unsent},
				"server %q, user %q, %s: %d waiting, %d rejected, %d open conflicts, %s%s", s.Server, s.User, s.Phase, s.Waiting, s.Rejected, s.Conflicts, unsent, reports); err != nil {
				return err
			}
			return unsent.print(t)
		}),
	})
}
