package simnet

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

// settleRounds bounds how often everybody syncs until nothing is left to do: after the server was put back, changes come back in turns.
const settleRounds = 8

// settle mends the network and lets everybody sync until nothing is left to do.
func (s *Sim) settle(ctx context.Context) error {
	for _, d := range s.devices {
		d.net.bad, d.net.down, d.net.page, d.net.batch = false, false, 0, 0
		for len(d.net.late) > 0 {
			if err := d.net.deliverLate(ctx); err != nil {
				return err
			}
		}
	}
	for round := range settleRounds {
		if round == settleRounds/2 { // what waits for something that never comes is given up when it may not come any more
			s.now = s.now.Add(horizon + time.Hour)
		}
		moved := 0
		for _, d := range s.devices {
			s.now = s.now.Add(1)
			r, err := d.engine.Sync(ctx)
			s.note("%s settles: pushed %d rejected %d pulled %d %v", d.name, r.Pushed, r.Rejected, r.Pulled, err)
			if err != nil {
				return fmt.Errorf("%s: %w", d.name, err)
			}
			moved += r.Pushed + r.Rejected + r.Pulled
		}
		if moved == 0 {
			return nil
		}
	}
	return fmt.Errorf("after %d rounds there still is something to sync", settleRounds)
}

// converged compares every device with what the server would give a new one, record for record.
func (s *Sim) converged(ctx context.Context) error {
	for _, d := range s.devices {
		pending, err := d.store.Pending(ctx)
		if err != nil {
			return err
		}
		inTray := map[string]bool{} // records whose refused edits are laid over what the server has
		for _, p := range pending {
			if p.State == sales.Waiting {
				return fmt.Errorf("%s still has a change waiting for %s %s: %s", d.name, p.Kind, p.RecordID, describe(pending))
			}
			inTray[p.RecordID] = true
		}
		server, err := s.view(ctx, s.caller(d))
		if err != nil {
			return err
		}
		if err := d.sameAs(ctx, server, inTray); err != nil {
			return err
		}
		findings, err := d.store.Check(ctx, true)
		if err != nil {
			return err
		}
		for _, f := range findings {
			return fmt.Errorf("%s: doctor: %s: %s", d.name, f.Where, f.Message)
		}
	}
	return nil
}

// sameAs compares what a device shows with what the server gives, but for the records whose edits are in the tray.
func (d *device) sameAs(ctx context.Context, server map[string]map[string]sales.Values, inTray map[string]bool) error {
	for _, k := range sales.Kinds() {
		own, err := d.store.List(ctx, sales.Query{Kind: k.Name})
		if err != nil {
			return err
		}
		want := maps.Clone(server[k.Name])
		for _, r := range own {
			w, ok := want[r.ID]
			delete(want, r.ID)
			switch {
			case inTray[r.ID]:
				continue
			case !ok:
				return fmt.Errorf("%s has %s %s, the server shows it none", d.name, k.Name, r.ID)
			}
			if diff := cmp.Diff(w, r.Values); diff != "" {
				return fmt.Errorf("%s %s differs on %s (-server +device):\n%s", k.Name, r.ID, d.name, diff)
			}
		}
		for _, id := range slices.Sorted(maps.Keys(want)) {
			if !inTray[id] {
				return fmt.Errorf("%s lacks %s %s", d.name, k.Name, id)
			}
		}
	}
	return nil
}

// view is what the server gives a new device of a user: values by kind and id.
func (s *Sim) view(ctx context.Context, caller wire.Caller) (map[string]map[string]sales.Values, error) {
	out := map[string]map[string]sales.Values{}
	var cursors []wire.Cursor
	for {
		page, err := s.journal.Pull(ctx, caller, wire.PullRequest{Cursors: cursors, Limit: 1000})
		if err != nil {
			return nil, err
		}
		for i := range page.Records {
			r := &page.Records[i]
			if out[r.Kind] == nil {
				out[r.Kind] = map[string]sales.Values{}
			}
			if r.Deleted || r.Moved {
				continue
			}
			if _, twice := out[r.Kind][r.ID]; twice {
				return nil, fmt.Errorf("the server gives %s %s twice", r.Kind, r.ID)
			}
			out[r.Kind][r.ID] = r.Record().Values
		}
		for _, b := range page.Buckets {
			i := slices.IndexFunc(cursors, func(c wire.Cursor) bool { return c.Bucket == b.Bucket })
			if i < 0 {
				cursors = append(cursors, b.Cursor)
			} else {
				cursors[i] = b.Cursor
			}
		}
		if !page.More {
			return out, nil
		}
	}
}

// describe lists pending changes for a message.
func describe(list []sales.Pending) string {
	var b strings.Builder
	for _, p := range list {
		fmt.Fprintf(&b, "\n  %s of %s: %s %s %s %s", p.ID, p.Group, p.Verb, p.Kind, p.RecordID, p.State)
		if p.Problem != nil {
			fmt.Fprintf(&b, " (%s: %s)", p.Problem.Code, p.Problem.Message)
		}
	}
	return b.String()
}
