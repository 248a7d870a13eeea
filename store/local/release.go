package local

import (
	"context"
	"slices"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

// dependants gathers a set of changes that are to be written anew with those that cannot go on without them.
type dependants struct {
	in       map[string]bool  // by id
	first    map[string]int64 // record to the first position in the set
	created  map[string]bool  // records whose creation is in the set
	arriving map[string]int   // records to their creations that may be at the server and are not in the set
	groups   map[string]bool  // of which a change is in the set
	refused  map[string]int   // group to its refused changes that are not in the set
}

// withDependants adds to a set of changes, in the order of writing, those that cannot go on without them: what waits for them, what was saved together with
// that, and what refers to a record whose creation is written anew, behind which it would otherwise come ahead of it. One that may be at the server already is
// left alone, except where it needs a creation that is in the set while no other is on its way: the server cannot have taken what it had no record for, and a
// creation that is written anew behind it would hide it.
func withDependants(set, waiting []*change) []*change {
	d := &dependants{
		in: map[string]bool{}, first: map[string]int64{}, created: map[string]bool{}, arriving: map[string]int{}, groups: map[string]bool{},
		refused: map[string]int{},
	}
	for _, c := range waiting {
		if c.state == stateRejected {
			d.refused[groupName(c)]++
		}
	}
	for _, c := range set {
		d.add(c)
	}
	for _, c := range waiting {
		if c.Verb == sales.Create && !d.in[c.ID] && c.sent() {
			d.arriving[c.RecordID]++
		}
	}
	for grown := true; grown; {
		grown = false
		for _, c := range waiting {
			if !d.in[c.ID] && d.needs(c) {
				if c.Verb == sales.Create && c.sent() {
					d.arriving[c.RecordID]-- // it is to be written anew too, and what was written for it with it
				}
				d.add(c)
				grown = true
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(waiting), func(c *change) bool { return !d.in[c.ID] })
}

func (d *dependants) add(c *change) {
	d.in[c.ID] = true
	if p, ok := d.first[c.RecordID]; !ok || c.pos < p {
		d.first[c.RecordID] = c.pos
	}
	d.created[c.RecordID] = d.created[c.RecordID] || c.Verb == sales.Create
	d.groups[groupName(c)] = true
	if c.state == stateRejected {
		d.refused[groupName(c)]--
	}
}

// needs says whether a change cannot go on without what is in the set.
func (d *dependants) needs(c *change) bool {
	fresh := func(id string) bool { return d.created[id] && d.arriving[id] == 0 }
	at, same := d.first[c.RecordID]
	same = same && (c.pos > at || c.state != stateWaiting)
	if c.sent() {
		return same && fresh(c.RecordID) || c.refersTo(fresh)
	}
	together := c.state != stateRejected && d.groups[groupName(c)] && d.refused[groupName(c)] == 0
	return same || together || c.refersTo(fresh) || c.state != stateWaiting && c.refersTo(func(id string) bool { return d.created[id] })
}

// sent says whether the server may have a change, and what became of it is not known.
func (c *change) sent() bool { return c.offered && c.state == stateWaiting }

func (c *change) refersTo(these func(id string) bool) bool {
	return slices.ContainsFunc(c.Fields, func(f wire.FieldEdit) bool {
		id, ok := f.Value.(string)
		return ok && these(id)
	})
}

// release sends on the changes that the server held because of refused ones, once no refused one holds them any more: they are known by their ids and tried
// again. some says of which, by position; nil of all.
func (t *txn) release(ctx context.Context, some func(pos int64) bool) error {
	if held, err := exists(ctx, t, "SELECT 1 FROM wb_outbox WHERE state = 4"); err != nil || !held {
		return err
	}
	list, err := changesWhere(ctx, t, "state IN (0, 3, 4)")
	if err != nil {
		return err
	}
	for _, c := range freed(list) {
		if some != nil && !some(c.pos) {
			continue
		}
		if err := t.setState(ctx, c, stateWaiting); err != nil {
			return err
		}
		tb, ok := tables[c.Kind]
		if !ok {
			continue
		}
		server, err := t.server(ctx, tb, c.RecordID)
		if err != nil {
			return err
		}
		if err := t.rebase(ctx, tb, c.RecordID, server); err != nil { // a deletion takes its record out of sight again
			return err
		}
	}
	return nil
}

// freed gives the held changes that no refused one holds any more.
func freed(list []*change) []*change {
	refused := map[string]bool{}
	for _, c := range list {
		if c.state == stateRejected {
			refused[groupName(c)] = true
		}
	}
	plain := make([]*change, len(list)) // as if what is held were sent again
	for i, c := range list {
		p := *c
		if p.state == stateHeld && !refused[groupName(c)] {
			p.state = stateWaiting
		}
		plain[i] = &p
	}
	back := heldBackAmong(plain, nil)
	var out []*change
	for i, c := range list {
		if c.state == stateHeld && plain[i].state == stateWaiting && back[c.pos] == nil {
			out = append(out, c)
		}
	}
	return out
}

// releases is how often a change is sent again by itself that the server holds for a reason that this device does not know. After that the user decides.
const releases = 1

// releaseSome is release for a checkpoint: what the server holds may wait for a change that was mended while it was on its way.
func (t *txn) releaseSome(ctx context.Context) error {
	return t.release(ctx, func(pos int64) bool {
		t.s.mu.Lock()
		defer t.s.mu.Unlock()
		if t.s.released == nil {
			t.s.released = map[int64]int{}
		}
		t.s.released[pos]++
		return t.s.released[pos] <= releases
	})
}

func exists(ctx context.Context, q querier, query string) (bool, error) {
	var found bool
	err := q.QueryRowContext(ctx, "SELECT EXISTS ("+query+")").Scan(&found)
	return found, err
}
