package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/workbook"
)

// together is how many records `add` saves in one go. They also travel to the server in one go, which takes wire.MaxChanges at once, and
// `undo` takes them back in one go.
const together = 1000

func (t *tool) add() *cobra.Command {
	var source string
	cmd := &cobra.Command{Use: "add KIND --json -", Short: "Add records, one JSON object a line; prints the new ids", Args: cobra.ExactArgs(1)}
	cmd.Flags().StringVar(&source, "json", "", "the record as JSON, or - to read records from standard input")
	cmd.RunE = t.run(func(ctx context.Context, wb *workbook.Workbook, args []string) error {
		in, err := t.input(sales.Create, args[0], "", source)
		if err != nil {
			return err
		}
		if len(in.edits) > together { // one bad line refuses all, also when they are not saved in one go
			if err := wb.Store.Try(ctx, in.edits...); err != nil {
				return in.explain(err)
			}
		}
		for begin := 0; begin < len(in.edits); begin += together {
			ids, err := wb.Store.Write(ctx, in.edits[begin:min(begin+together, len(in.edits))]...)
			if err != nil {
				return in.explain(err)
			}
			for _, id := range ids {
				if _, err := fmt.Fprintln(t.out, id); err != nil {
					return err
				}
			}
			if err := t.out.Flush(); err != nil { // an id that has been printed is one that is saved
				return err
			}
		}
		return nil
	})
	return cmd
}

func (t *tool) edit() *cobra.Command {
	var source string
	cmd := &cobra.Command{Use: "edit KIND ID --json -", Short: "Set the named fields of a record; null clears one", Args: cobra.ExactArgs(2)}
	cmd.Flags().StringVar(&source, "json", "", "the fields as JSON, or - to read them from standard input")
	cmd.RunE = t.run(func(ctx context.Context, wb *workbook.Workbook, args []string) error {
		in, err := t.input(sales.Update, args[0], args[1], source)
		if err != nil {
			return err
		}
		_, err = wb.Store.Write(ctx, in.edits...)
		return err
	})
	return cmd
}

// input is what was read to be saved.
type input struct {
	edits []sales.Edit
	lines map[string]int  // by id, of new records
	made  map[string]bool // ids that were given here
}

// input reads edits from JSON lines, all of them before anything is saved.
func (t *tool) input(verb sales.Verb, kind, id, source string) (input, error) {
	in := input{lines: map[string]int{}, made: map[string]bool{}}
	k, err := kindArg(kind)
	if err != nil {
		return in, err
	}
	if source == "" {
		return in, &sales.Error{Code: sales.CodeRequired, Kind: kind, Message: "no record is given", Hint: "add --json - and write one JSON object a line to standard input"}
	}
	err = t.lines(source, func(n int, line []byte) error {
		own, values, err := sales.UnmarshalValues(k.Name, line)
		if err != nil {
			return err
		}
		switch {
		case verb == sales.Update && own != "" && own != id:
			return &sales.Error{Code: sales.CodeInvalid, Kind: kind, ID: id, Field: "id", Message: "the id cannot be changed", Hint: "leave it out"}
		case verb == sales.Update:
			own = id
		case own == "":
			own = sales.NewID()
			in.made[own] = true
		}
		if verb == sales.Create {
			in.lines[own] = n
		}
		in.edits = append(in.edits, sales.Edit{Verb: verb, Kind: k.Name, ID: own, Values: values})
		return nil
	})
	if err == nil && len(in.edits) == 0 {
		err = &sales.Error{Code: sales.CodeRequired, Kind: kind, Message: "no record is given", Hint: "write one JSON object a line"}
	}
	return in, err
}

// explain names the line of a refused record instead of an id that nobody has seen.
func (in input) explain(err error) error {
	line := 0
	anonymous := func(e *sales.Error) *sales.Error {
		if n, ok := in.lines[e.ID]; ok {
			line = n
		}
		if !in.made[e.ID] {
			return e
		}
		c := *e
		c.ID = ""
		return &c
	}
	var all sales.Errors
	var one *sales.Error
	switch {
	case errors.As(err, &all):
		list := make(sales.Errors, len(all))
		for i, e := range all {
			list[i] = anonymous(e)
		}
		err = list
	case errors.As(err, &one):
		err = anonymous(one)
	}
	if line == 0 {
		return err
	}
	return fmt.Errorf("line %d: %w", line, err)
}
