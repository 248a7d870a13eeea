package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/workbook"
)

func (t *tool) attach() *cobra.Command {
	var caption, name string
	cmd := &cobra.Command{Use: "attach KIND ID FILE", Short: "Attach a file to a record; prints the new attachment's id", Args: cobra.ExactArgs(3)}
	cmd.Flags().StringVar(&caption, "caption", "", "what the file shows")
	cmd.Flags().StringVar(&name, "name", "", "the file's name in the workbook (default: as it is called on the disk)")
	cmd.RunE = t.run(func(ctx context.Context, wb *workbook.Workbook, args []string) error {
		k, err := kindArg(args[0])
		if err != nil {
			return err
		}
		a := sales.Attachment{FileName: name, Caption: caption}
		if !a.AttachTo(k.Name, args[1]) {
			return &sales.Error{
				Code: sales.CodeInvalid, Kind: k.Name, Message: "files cannot be attached to this kind",
				Hint: "attach them to a partner, account, visit, feedback, opportunity or project",
			}
		}
		f, err := os.Open(args[2])
		if err != nil {
			return fileError("read", args[2], err)
		}
		defer f.Close() //nolint:errcheck // it was only read
		if info, err := f.Stat(); err != nil || info.IsDir() {
			return fileError("read", args[2], errors.Join(err, errors.New("it is no file")))
		}
		if a.FileName == "" {
			a.FileName = filepath.Base(args[2])
		}
		id, err := wb.AddFile(ctx, a, f)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(t.out, id)
		return err
	})
	return cmd
}

func (t *tool) fetch() *cobra.Command {
	return &cobra.Command{
		Use: "fetch ATTACHMENT [FILE]", Short: "Write an attachment's content to a file, fetching it when it is not here; - is standard output", Args: cobra.RangeArgs(1, 2),
		RunE: t.run(func(ctx context.Context, wb *workbook.Workbook, args []string) error {
			path, err := wb.FetchFile(ctx, args[0])
			if err != nil {
				return err
			}
			to := filepath.Base(path)
			if len(args) > 1 {
				to = args[1]
			}
			from, err := os.Open(path)
			if err != nil {
				return fileError("read", path, err)
			}
			defer from.Close() //nolint:errcheck // it was only read
			if to == "-" {
				_, err := io.Copy(t.out, from)
				return err
			}
			out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) // nothing is overwritten
			if err != nil {
				return fileError("write", to, err)
			}
			if _, err := io.Copy(out, from); err != nil {
				return errors.Join(fileError("write", to, err), out.Close())
			}
			if err := out.Close(); err != nil {
				return fileError("write", to, err)
			}
			_, err = fmt.Fprintln(t.out, to)
			return err
		}),
	}
}

func fileError(doing, path string, err error) error {
	return &sales.Error{Code: sales.CodeFile, Message: doing + " " + path, Hint: "check the name and the permissions", Cause: err, Args: map[string]any{"Value": path}}
}
