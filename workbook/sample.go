package workbook

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store/local"
	"github.com/rounds-field/rounds/sync/wire"
)

// sampleName is the subfolder of the sample data. It has no server, and signing in to one leaves it behind: what was tried there never
// reaches a real organisation.
const sampleName = "sample"

// UseSample puts a database of sample records into use, in the name of one of the sample's users. It is filled the first time.
func (w *Workbook) UseSample(ctx context.Context, me sales.User, records []sales.Record) error {
	before := w.sub
	if err := w.switchTo(ctx, sampleName); err != nil {
		return err
	}
	if err := w.fill(ctx, me, records); err != nil {
		return errors.Join(err, w.switchTo(ctx, before))
	}
	w.announce(nil)
	return writeCurrent(w.Dir, sampleName)
}

// fillingKey marks, in a database's own state, that its sample records are not complete yet.
const fillingKey = "sample_filling"

// fill writes the records in groups that a server would take. A database whose filling was cut short holds nothing of the user's: it is made anew.
func (w *Workbook) fill(ctx context.Context, me sales.User, records []sales.Record) error {
	filling, err := w.Store.GetState(ctx, fillingKey)
	if err != nil {
		return err
	}
	if filling != "" {
		if err := w.empty(ctx); err != nil {
			return err
		}
	}
	if n, err := w.Store.Count(ctx, sales.Query{Kind: "partner"}); err != nil || n > 0 {
		return err
	}
	if err := w.Store.SetState(ctx, fillingKey, "yes"); err != nil {
		return err
	}
	if err := w.Store.Attach(ctx, local.Identity{UserID: me.ID, UserName: me.Name, DisplayName: me.DisplayName}); err != nil {
		return err
	}
	for part := range slices.Chunk(records, wire.MaxChanges) {
		edits := make([]sales.Edit, len(part))
		for i, r := range part {
			edits[i] = sales.Edit{Verb: sales.Create, Kind: r.Kind, ID: r.ID, Values: r.Values}
			if r.ID == me.ID {
				edits[i].Verb = sales.Update // the workbook has a record of its own user
			}
		}
		if _, err := w.Store.Write(ctx, edits...); err != nil {
			return err
		}
	}
	return w.Store.SetState(ctx, fillingKey, "")
}

// empty makes the database in use anew, without a record.
func (w *Workbook) empty(ctx context.Context) error {
	sub := w.sub
	if err := w.Store.Close(); err != nil {
		return err
	}
	if err := os.RemoveAll(filepath.Join(w.Dir, sub)); err != nil {
		return errors.Join(fmt.Errorf("remove unfinished sample data: %w", err), w.use(ctx, sub))
	}
	return w.use(ctx, sub)
}
