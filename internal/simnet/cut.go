package simnet

import (
	"context"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/replica"
	"github.com/rounds-field/rounds/sync/wire"
)

// cutStore is a device's store as its engine sees it: the program may be killed before any call of it. Each call is one transaction, so that there is no other
// moment at which a kill leaves something else behind.
type cutStore struct {
	replica.Store
	d *device
}

// alive counts a call; false when the program is dead.
func (c *cutStore) alive() bool {
	if c.d.cut > 0 {
		if c.d.cut--; c.d.cut == 0 {
			c.d.killed = true
		}
	}
	return !c.d.killed
}

func (c *cutStore) Incarnation(ctx context.Context) (string, error) {
	if !c.alive() {
		return "", errKilled
	}
	return c.Store.Incarnation(ctx)
}

func (c *cutStore) Unsent(ctx context.Context, limit int) ([]wire.Change, error) {
	if !c.alive() {
		return nil, errKilled
	}
	if c.d.net.batch > 0 {
		limit = min(limit, c.d.net.batch)
	}
	return c.Store.Unsent(ctx, limit)
}

func (c *cutStore) Settle(ctx context.Context, verdicts []wire.Verdict) error {
	if !c.alive() {
		return errKilled
	}
	return c.Store.Settle(ctx, verdicts)
}

func (c *cutStore) Cursors(ctx context.Context) ([]wire.Cursor, error) {
	if !c.alive() {
		return nil, errKilled
	}
	return c.Store.Cursors(ctx)
}

func (c *cutStore) Stage(ctx context.Context, page wire.PullResponse) error {
	if !c.alive() {
		return errKilled
	}
	return c.Store.Stage(ctx, page)
}

func (c *cutStore) Publish(ctx context.Context, page wire.PullResponse) (replica.Published, error) {
	if !c.alive() {
		return replica.Published{}, errKilled
	}
	return c.Store.Publish(ctx, page)
}

func (c *cutStore) Compared(ctx context.Context) (time.Time, error) {
	if !c.alive() {
		return time.Time{}, errKilled
	}
	return c.Store.Compared(ctx)
}

func (c *cutStore) Parts(ctx context.Context, bucket string, f func(wire.RecordSum)) (wire.Cursor, error) {
	if !c.alive() {
		return wire.Cursor{}, errKilled
	}
	return c.Store.Parts(ctx, bucket, f)
}

func (c *cutStore) Mend(ctx context.Context, m replica.Mending) (replica.Mended, error) {
	if !c.alive() {
		return replica.Mended{}, errKilled
	}
	return c.Store.Mend(ctx, m)
}

func (c *cutStore) Differences(ctx context.Context) ([]sales.Difference, error) {
	if !c.alive() {
		return nil, errKilled
	}
	return c.Store.Differences(ctx)
}

func (c *cutStore) Differs(ctx context.Context, d sales.Difference) error {
	if !c.alive() {
		return errKilled
	}
	return c.Store.Differs(ctx, d)
}

func (c *cutStore) Resend(ctx context.Context) (int, error) {
	if !c.alive() {
		return 0, errKilled
	}
	return c.Store.Resend(ctx)
}

func (c *cutStore) Observe(ctx context.Context, server hlc.Reading) error {
	if !c.alive() {
		return errKilled
	}
	return c.Store.Observe(ctx, server)
}

func (c *cutStore) Counts(ctx context.Context) (waiting, rejected, conflicts int, err error) {
	if !c.alive() {
		return 0, 0, 0, errKilled
	}
	return c.Store.Counts(ctx)
}

func (c *cutStore) Acknowledged(ctx context.Context) (string, uint32, error) {
	if !c.alive() {
		return "", 0, errKilled
	}
	return c.Store.Acknowledged(ctx)
}
