package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store/local"
	"github.com/rounds-field/rounds/workbook"
)

type findingLine struct {
	local.Finding
	Mended bool `json:"mended"`
}

func (t *tool) doctor() *cobra.Command {
	var deep bool
	cmd := t.jsonFlag(&cobra.Command{Use: "doctor", Short: "Check the workbook; one finding a line, none when all is well", Args: cobra.NoArgs})
	cmd.Flags().BoolVar(&deep, "deep", false, "read everything, not only the books, and mend what is damaged")
	cmd.RunE = t.run(func(ctx context.Context, wb *workbook.Workbook, _ []string) error {
		report, err := wb.Check(ctx, local.CheckOptions{Deep: deep})
		if err != nil {
			return err
		}
		unsent, err := readUnsent(ctx, wb)
		if err != nil {
			return err
		}
		report.Left = append(report.Left, unsent.findings()...)
		for _, f := range report.Mended {
			if err := t.line(findingLine{f, true}, "mended: %s: %s", f.Where, f.Message); err != nil {
				return err
			}
		}
		for _, f := range report.Left {
			if err := t.line(findingLine{f, false}, "%s: %s; %s", f.Where, f.Message, f.Hint); err != nil {
				return err
			}
		}
		switch {
		case report.Problem != nil:
			return fmt.Errorf("fetch what is damaged from the server: %w", report.Problem)
		case len(report.Left) > 0:
			return &sales.Error{Code: sales.CodeStorage, Message: fmt.Sprintf("workbook %s: %d finding(s)", wb.Dir, len(report.Left)), Hint: "do as each finding says"}
		case !t.asJSON:
			if _, err = fmt.Fprintln(t.out, "all is well"); err == nil {
				err = unsent.print(t) // that some wait for the next sync is well, and worth knowing
			}
		}
		return err
	})
	return cmd
}
