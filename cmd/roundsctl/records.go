package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/workbook"
)

func (t *tool) del() *cobra.Command {
	return &cobra.Command{
		Use: "delete KIND ID", Short: "Delete a record", Args: cobra.ExactArgs(2),
		RunE: t.run(func(ctx context.Context, wb *workbook.Workbook, args []string) error {
			k, err := kindArg(args[0])
			if err != nil {
				return err
			}
			_, err = wb.Store.Write(ctx, sales.Edit{Verb: sales.Delete, Kind: k.Name, ID: args[1]})
			return err
		}),
	}
}

func (t *tool) show() *cobra.Command {
	var history bool
	cmd := t.jsonFlag(&cobra.Command{Use: "show KIND ID", Short: "Show a record, every field; with --history its life", Args: cobra.ExactArgs(2)})
	cmd.Flags().BoolVar(&history, "history", false, "who changed what, when, from which device; newest first")
	cmd.RunE = t.run(func(ctx context.Context, wb *workbook.Workbook, args []string) error {
		k, err := kindArg(args[0])
		if err != nil {
			return err
		}
		if history {
			return t.history(ctx, wb, k, args[1])
		}
		rec, err := wb.Store.Get(ctx, k.Name, args[1])
		if err != nil {
			return err
		}
		return t.record(k, rec)
	})
	return cmd
}

// record prints one record: as one line of JSON with every field, or as a block of filled fields.
func (t *tool) record(k *sales.Kind, rec sales.Record) error {
	if t.asJSON {
		_, err := fmt.Fprintf(t.out, "%s\n", sales.MarshalRecord(rec, true))
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", k.Name, rec.ID)
	for i := range k.Fields {
		if f := &k.Fields[i]; !sales.Empty(rec.Values[f.Name]) {
			fmt.Fprintf(&b, "  %-16s %s\n", f.Name, sales.FormatValue(f, rec.Values[f.Name]))
		}
	}
	_, err := t.out.WriteString(b.String())
	return err
}

type historyLine struct {
	At      string         `json:"at"`
	Verb    string         `json:"verb"`
	User    string         `json:"user"`
	UserID  string         `json:"user_id"`
	Device  string         `json:"device"`
	Change  string         `json:"change"`
	Pending bool           `json:"pending"`
	Fields  []historyField `json:"fields"`
}

type historyField struct {
	Field string          `json:"field"`
	Old   json.RawMessage `json:"old"`
	New   json.RawMessage `json:"new"`
	Lost  bool            `json:"lost"`
}

func (t *tool) history(ctx context.Context, wb *workbook.Workbook, k *sales.Kind, id string) error {
	entries, _, err := wb.History(ctx, k.Name, id)
	if err != nil {
		return err
	}
	if len(entries) == 0 {
		if _, err := wb.Store.Get(ctx, k.Name, id); err != nil {
			return err
		}
	}
	for _, e := range entries {
		l := historyLine{
			At: e.At.Time().Format(time.RFC3339Nano), Verb: e.Verb.String(), User: e.UserName, UserID: e.UserID, Device: e.Device,
			Change: e.ChangeID, Pending: e.Pending, Fields: []historyField{},
		}
		var text strings.Builder
		for _, f := range e.Fields {
			d, ok := k.Field(f.Name)
			if !ok {
				continue // a field of a newer program
			}
			l.Fields = append(l.Fields, historyField{Field: f.Name, Old: sales.MarshalValue(d, f.Old), New: sales.MarshalValue(d, f.New), Lost: f.Lost})
			fmt.Fprintf(&text, "\n  %s: %s → %s", f.Name, orDash(d, f.Old), orDash(d, f.New))
			if f.Lost {
				text.WriteString(" (lost)")
			}
		}
		if err := t.line(l, "%s  %s by %s on %s%s", l.At, l.Verb, l.User, l.Device, text.String()); err != nil {
			return err
		}
	}
	return nil
}

func orDash(f *sales.Field, v any) string {
	if sales.Empty(v) {
		return "–"
	}
	return sales.FormatValue(f, v)
}

func (t *tool) list() *cobra.Command {
	var where []string
	var sort string
	var limit int
	cmd := t.jsonFlag(&cobra.Command{Use: "list KIND", Short: "List records, one a line, every field", Args: cobra.ExactArgs(1)})
	cmd.Flags().StringArrayVar(&where, "where", nil, "FIELD=VALUE; several must all hold; FIELD= means empty")
	cmd.Flags().StringVar(&sort, "sort", "", "field to sort by; - in front for descending")
	cmd.Flags().IntVar(&limit, "limit", 0, "at most this many; 0 means all")
	cmd.RunE = t.run(func(ctx context.Context, wb *workbook.Workbook, args []string) error {
		k, err := kindArg(args[0])
		if err != nil {
			return err
		}
		q := sales.Query{Kind: k.Name, Limit: limit}
		if limit < 0 {
			return &sales.Error{Code: sales.CodeInvalid, Message: "--limit must not be negative", Hint: "leave it out to list all"}
		}
		if sort != "" {
			q.Sort = []string{sort}
		}
		for _, w := range where {
			c, err := condition(k, w)
			if err != nil {
				return err
			}
			q.Where = append(q.Where, c)
		}
		recs, err := wb.Store.List(ctx, q)
		if err != nil {
			return err
		}
		for _, rec := range recs {
			if t.asJSON {
				err = t.record(k, rec)
			} else {
				_, err = fmt.Fprintf(t.out, "%s  %s\n", rec.ID, rec.Title())
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	return cmd
}

// condition reads FIELD=VALUE.
func condition(k *sales.Kind, text string) (sales.Cond, error) {
	name, value, ok := strings.Cut(text, "=")
	if !ok {
		return sales.Cond{}, &sales.Error{Code: sales.CodeInvalid, Message: "--where " + text + " is not FIELD=VALUE", Hint: "for example --where status=planned"}
	}
	if name == "id" {
		return sales.Cond{Field: "id", Op: sales.Eq, Value: value}, nil
	}
	f, ok := k.Field(name)
	if !ok {
		return sales.Cond{}, &sales.Error{Code: sales.CodeUnknownField, Kind: k.Name, Field: name, Message: "no such field", Hint: "`roundsctl kinds` lists the fields"}
	}
	if value == "" {
		return sales.Cond{Field: name, Op: sales.IsEmpty}, nil
	}
	if f.Type == sales.Set {
		return sales.Cond{Field: name, Op: sales.Contains, Value: value}, nil
	}
	v, err := operand(f, value)
	if err != nil {
		return sales.Cond{}, fmt.Errorf("--where %s: %w", text, err)
	}
	if yes, ok := v.(bool); ok && !yes { // what nobody has set is false too
		return sales.Cond{Field: name, Op: sales.Ne, Value: true}, nil
	}
	return sales.Cond{Field: name, Op: sales.Eq, Value: v}, nil
}

// operand reads a value as --json writes it: an amount of money in minor units, but with a decimal point in major ones; and as people write it, where that is no
// different thing.
func operand(f *sales.Field, text string) (any, error) {
	if f.Type == sales.Money && !strings.Contains(text, ".") {
		return sales.UnmarshalValue(f, []byte(text))
	}
	return sales.ParseValue(f, text, time.Local)
}

func (t *tool) search() *cobra.Command {
	var kind string
	var limit int
	cmd := t.jsonFlag(&cobra.Command{Use: "search TEXT", Short: "Find records by words, Chinese characters, pinyin, codes or phone fragments", Args: cobra.MinimumNArgs(1)})
	cmd.Flags().StringVar(&kind, "kind", "", "only this kind")
	cmd.Flags().IntVar(&limit, "limit", 50, "at most this many")
	cmd.RunE = t.run(func(ctx context.Context, wb *workbook.Workbook, args []string) error {
		if kind != "" {
			if _, err := kindArg(kind); err != nil {
				return err
			}
		}
		if limit < 1 {
			return &sales.Error{Code: sales.CodeInvalid, Message: "--limit must be at least 1", Hint: "leave it out for 50"}
		}
		wb.Store.WaitForSearch() // a first sync leaves the index to be made, which a program that ends at once would never finish
		hits, err := wb.Store.Search(ctx, strings.Join(args, " "), kind, limit)
		if err != nil {
			return err
		}
		for _, h := range hits {
			v := map[string]string{"kind": h.Kind, "id": h.ID, "title": h.Title, "excerpt": h.Excerpt}
			if err := t.line(v, "%s  %s  %s  %s", h.Kind, h.ID, h.Title, h.Excerpt); err != nil {
				return err
			}
		}
		return nil
	})
	return cmd
}

// rawJSON gives a stored JSON text as a value, so that it does not come out as a quoted text.
func rawJSON(s string) any {
	if s != "" && json.Valid([]byte(s)) {
		return json.RawMessage(s)
	}
	return nil
}
