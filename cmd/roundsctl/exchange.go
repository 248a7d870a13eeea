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
		if err == nil || report.Rejected > 0 {
			if lerr := t.imported(report, dryRun, err); err == nil {
				err = lerr
			}
		}
		return err
	})
	return cmd
}

// imported tells what an import did, or would do, or why it did nothing.
func (t *tool) imported(r exchange.Report, dryRun bool, err error) error {
	text := fmt.Sprintf("created %d, updated %d, skipped %d, rejected %d", r.Created, r.Updated, r.Skipped, r.Rejected)
	switch {
	case dryRun:
		text = fmt.Sprintf("would create %d, update %d, skip %d, reject %d", r.Created, r.Updated, r.Skipped, r.Rejected)
	case err != nil && !r.Written:
		text = fmt.Sprintf("nothing was imported: %d of %d rows rejected", r.Rejected, r.Rows)
	}
	var over []string
	for _, c := range r.Columns {
		if c.Field == "" {
			over = append(over, c.Header)
		}
	}
	if len(over) > 0 {
		text += "; columns passed over: " + strings.Join(over, ", ")
	}
	if r.RejectedFile != "" {
		text += "; rejected rows with reasons: " + r.RejectedFile
	}
	return t.line(r, "%s", text)
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
