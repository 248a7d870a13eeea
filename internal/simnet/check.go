package simnet

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/merge"
	"github.com/rounds-field/rounds/sync/wire"
)

// settle mends the network and lets everybody sync until nothing is left to do.
func (s *Sim) settle(ctx context.Context) error {
	for _, d := range s.devices {
		d.net.bad, d.net.down, d.net.between = false, false, nil
		for len(d.net.late) > 0 {
			if err := d.net.deliverLate(ctx); err != nil {
				return err
			}
		}
	}
	for range 3 {
		for _, d := range s.devices {
			if _, err := d.engine.Sync(ctx); err != nil {
				return fmt.Errorf("%s: %w", d.name, err)
			}
		}
	}
	return nil
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
				return fmt.Errorf("%s still has a change waiting for %s %s", d.name, p.Kind, p.RecordID)
			}
			inTray[p.RecordID] = true
		}
		server, err := s.view(ctx, d)
		if err != nil {
			return err
		}
		for _, k := range sales.Kinds() {
			own, err := d.store.List(ctx, sales.Query{Kind: k.Name})
			if err != nil {
				return err
			}
			want := server[k.Name]
			for _, r := range own {
				if inTray[r.ID] {
					delete(want, r.ID)
					continue
				}
				w, ok := want[r.ID]
				if !ok {
					return fmt.Errorf("%s has %s %s, the server shows it none", d.name, k.Name, r.ID)
				}
				if diff := cmp.Diff(w, r.Values); diff != "" {
					return fmt.Errorf("%s %s differs on %s (-server +device):\n%s", k.Name, r.ID, d.name, diff)
				}
				delete(want, r.ID)
			}
			for id := range want {
				if !inTray[id] {
					return fmt.Errorf("%s lacks %s %s", d.name, k.Name, id)
				}
			}
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

// view is what the server gives a new device of the same user: values by kind and id.
func (s *Sim) view(ctx context.Context, d *device) (map[string]map[string]sales.Values, error) {
	out := map[string]map[string]sales.Values{}
	var cursors []wire.Cursor
	for {
		page, err := s.journal.Pull(ctx, d.net.caller, wire.PullRequest{Cursors: cursors, Limit: 1000})
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

// accounted looks for every value that a user wrote and did not take back.
func (s *Sim) accounted(ctx context.Context) error {
	everybody := wire.Caller{Access: sales.Access{UserID: s.devices[len(s.devices)-1].user.UserID, Role: sales.RoleAdmin}}
	histories := map[string]map[any]bool{}
	for _, d := range s.devices {
		pending, err := d.store.Pending(ctx)
		if err != nil {
			return err
		}
		tray := map[write]bool{}
		for _, p := range pending {
			for field, v := range p.Values {
				if unique(v) {
					tray[write{kind: p.Kind, id: p.RecordID, field: field, value: v}] = true
				}
			}
		}
		for _, w := range d.writes {
			if w.replaced || tray[w] {
				continue
			}
			known, ok := histories[w.id]
			if !ok {
				known = map[any]bool{}
				entries, err := s.journal.History(ctx, everybody, w.kind, w.id)
				if err != nil { // what is in somebody's personal bucket only that user sees
					entries, err = s.journal.History(ctx, d.net.caller, w.kind, w.id)
				}
				if err != nil && !sales.HasCode(err, sales.CodeNotFound) && !sales.HasCode(err, sales.CodeForbidden) {
					return err
				}
				for _, e := range entries {
					for _, f := range e.Fields {
						if text, ok := f.New.(string); ok {
							known[text] = true
						}
					}
				}
				histories[w.id] = known
			}
			if !known[w.value] && !within(known, w.value) && !(len(known) == 0 && d.gone[w.id]) {
				return fmt.Errorf("%s wrote %v into %s %s %s: neither in its history nor in the tray", d.name, w.value, w.kind, w.id, w.field)
			}
		}
	}
	return nil
}

// within says whether a text was joined into one of the known ones: it stands there as a line.
func within(known map[any]bool, value any) bool {
	for k := range known {
		whole, _ := k.(string)
		for line := range strings.SplitSeq(whole, "\n") {
			if strings.TrimPrefix(line, merge.VersionMark) == value {
				return true
			}
		}
	}
	return false
}
