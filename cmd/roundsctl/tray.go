package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/workbook"
)

type pendingLine struct {
	Change  string         `json:"change"`
	Group   string         `json:"group"`
	State   string         `json:"state"`
	Verb    string         `json:"verb"`
	Kind    string         `json:"kind"`
	ID      string         `json:"id"`
	Title   string         `json:"title"`
	At      string         `json:"at"`
	Values  map[string]any `json:"values"`
	Before  map[string]any `json:"before"`
	Code    string         `json:"code,omitempty"`
	Field   string         `json:"field,omitempty"`
	Message string         `json:"message,omitempty"`
	Hint    string         `json:"hint,omitempty"`
}

func (t *tool) pending() *cobra.Command {
	return t.jsonFlag(&cobra.Command{
		Use: "pending", Short: "Changes that the server has not settled, with the reason where it refused one", Args: cobra.NoArgs,
		RunE: t.run(func(ctx context.Context, wb *workbook.Workbook, _ []string) error {
			list, err := wb.Store.Pending(ctx)
			if err != nil {
				return err
			}
			for _, p := range list {
				l := pendingLine{
					Change: p.ID, Group: p.Group, State: string(p.State), Verb: p.Verb.String(), Kind: p.Kind, ID: p.RecordID, Title: p.Title,
					At: p.WrittenAt.Time().Format(time.RFC3339Nano), Values: p.Values, Before: p.Before,
				}
				why := ""
				if p.Problem != nil {
					l.Code, l.Field, l.Message, l.Hint = p.Problem.Code, p.Problem.Field, p.Problem.Message, p.Problem.Hint
					why = ": " + p.Problem.Error()
				}
				if err := t.line(l, "%s  %s  %s %s %s %s%s", p.ID, p.State, p.Verb, p.Kind, p.RecordID, p.Title, why); err != nil {
					return err
				}
			}
			return nil
		}),
	})
}

func (t *tool) undo() *cobra.Command {
	return &cobra.Command{
		Use: "undo CHANGE", Short: "Take back a change that is not settled, with those saved together with it", Args: cobra.ExactArgs(1),
		RunE: t.run(func(ctx context.Context, wb *workbook.Workbook, args []string) error {
			return wb.Store.Undo(ctx, args[0])
		}),
	}
}

func (t *tool) retry() *cobra.Command {
	return &cobra.Command{
		Use: "retry CHANGE", Short: "Offer a refused change to the server again", Args: cobra.ExactArgs(1),
		RunE: t.run(func(ctx context.Context, wb *workbook.Workbook, args []string) error {
			return wb.Store.Retry(ctx, args[0])
		}),
	}
}

type conflictLine struct {
	ID     string `json:"id"`
	Kind   string `json:"kind"`
	Record string `json:"record"`
	Title  string `json:"title"`
	Field  string `json:"field"`
	Lost   any    `json:"lost"`
	Kept   any    `json:"kept"`
	KeptBy string `json:"kept_by"`
	KeptAt string `json:"kept_at"`
	LostAt string `json:"lost_at"`
	Change string `json:"change"`
	Status string `json:"status"`
}

func (t *tool) conflicts() *cobra.Command {
	return t.jsonFlag(&cobra.Command{
		Use: "conflicts", Short: "Your values that lost against a colleague's, until you decide", Args: cobra.NoArgs,
		RunE: t.run(func(ctx context.Context, wb *workbook.Workbook, _ []string) error {
			recs, err := wb.Store.List(ctx, sales.Query{Kind: "conflict", Where: []sales.Cond{{Field: "status", Op: sales.Eq, Value: "open"}}})
			if err != nil {
				return err
			}
			for _, c := range sales.AllAs[sales.Conflict](recs) {
				l := conflictLine{
					ID: c.ID, Kind: c.RecordKind, Record: c.RecordID, Title: c.RecordTitle, Field: c.FieldName, Lost: rawJSON(c.LostValue), Kept: rawJSON(c.KeptValue),
					KeptBy: c.KeptBy, KeptAt: c.KeptAt.Time().Format(time.RFC3339Nano), LostAt: c.LostAt.Time().Format(time.RFC3339Nano), Change: c.LostChangeID, Status: c.Status,
				}
				if err := t.line(l, "%s  %s %s %s.%s: yours %s, kept %s", c.ID, c.RecordKind, c.RecordID, c.RecordTitle, c.FieldName, c.LostValue, c.KeptValue); err != nil {
					return err
				}
			}
			return nil
		}),
	})
}

func (t *tool) resolve() *cobra.Command {
	var mine bool
	cmd := &cobra.Command{Use: "resolve CONFLICT", Short: "Close a conflict, keeping the colleague's value, or yours with --mine", Args: cobra.ExactArgs(1)}
	cmd.Flags().BoolVar(&mine, "mine", false, "write your value again")
	cmd.RunE = t.run(func(ctx context.Context, wb *workbook.Workbook, args []string) error {
		rec, err := wb.Store.Get(ctx, "conflict", args[0])
		if err != nil {
			return err
		}
		edits, err := sales.ResolveConflict(sales.As[sales.Conflict](rec), mine)
		if err != nil {
			return err
		}
		_, err = wb.Store.Write(ctx, edits...)
		return err
	})
	return cmd
}
