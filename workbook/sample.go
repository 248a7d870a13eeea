package workbook

import (
	"context"
	"errors"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store/local"
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

func (w *Workbook) fill(ctx context.Context, me sales.User, records []sales.Record) error {
	if n, err := w.Store.Count(ctx, sales.Query{Kind: "partner"}); err != nil || n > 0 {
		return err
	}
	if err := w.Store.Attach(ctx, local.Identity{UserID: me.ID, UserName: me.Name, DisplayName: me.DisplayName}); err != nil {
		return err
	}
	edits := make([]sales.Edit, len(records))
	for i, r := range records {
		edits[i] = sales.Edit{Verb: sales.Create, Kind: r.Kind, ID: r.ID, Values: r.Values}
		if r.ID == me.ID {
			edits[i].Verb = sales.Update // the workbook has a record of its own user
		}
	}
	_, err := w.Store.Write(ctx, edits...)
	return err
}
