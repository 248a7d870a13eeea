package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rounds-field/rounds/exchange"
	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/workbook"
)

func (t *tool) importFile() *cobra.Command {
	var mapping []string
	var dryRun, partial bool
	cmd := t.jsonFlag(&cobra.Command{Use: "import KIND FILE", Short: "Read records from a CSV or XLSX file, all of them or none", Args: cobra.ExactArgs(2)})
	cmd.Flags().StringArrayVar(&mapping, "map", nil, "COLUMN=FIELD; COLUMN= passes a column over")
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "only tell what would happen")
	cmd.Flags().BoolVar(&partial, "partial", false, "take the good rows even if others are rejected")
	cmd.RunE = t.run(func(ctx context.Context, wb *workbook.Workbook, args []string) error {
		k, err := kindArg(args[0])
		if err != nil {
			return err
		}
		o := exchange.Options{Map: map[string]string{}, DryRun: dryRun, Partial: partial}
		for _, m := range mapping {
			column, field, ok := strings.Cut(m, "=")
			if !ok {
				return &sales.Error{Code: sales.CodeInvalid, Message: "--map " + m + " is not COLUMN=FIELD", Hint: "for example --map 代码=code"}
			}
			o.Map[column] = field
		}
		id, err := wb.Identity(ctx)
		if err != nil {
			return err
		}
		o.UserID = id.UserID
		report, err := exchange.ImportFile(ctx, wb, k.Name, args[1], o)
		if report.Rows > 0 {
			text := "created %d, updated %d, skipped %d, rejected %d"
			if dryRun {
				text = "would create %d, update %d, skip %d, reject %d"
			} else if !report.Written && err != nil {
				text = "nothing was imported (would create %d, update %d, skip %d, reject %d)"
			}
			if report.RejectedFile != "" {
				text += "; rejected rows with reasons: " + strings.ReplaceAll(report.RejectedFile, "%", "%%")
			}
			if lerr := t.line(report, text, report.Created, report.Updated, report.Skipped, report.Rejected); err == nil {
				err = lerr
			}
		}
		return err
	})
	return cmd
}

func (t *tool) exportFile() *cobra.Command {
	return &cobra.Command{
		Use: "export KIND FILE", Short: "Write all records of a kind to a CSV or XLSX file", Args: cobra.ExactArgs(2),
		RunE: t.run(func(ctx context.Context, wb *workbook.Workbook, args []string) error {
			k, err := kindArg(args[0])
			if err != nil {
				return err
			}
			n, err := exchange.ExportFile(ctx, wb, k.Name, args[1])
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(t.out, "%d records written to %s\n", n, args[1])
			return err
		}),
	}
}
