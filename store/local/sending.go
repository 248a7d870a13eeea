package local

import (
	"context"
	"database/sql"
	"maps"
	"math"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

// A change that the server refused holds back what was written on top of it: later changes of the same record, all that was saved together with those,
// and what refers to a record whose creation is held back. What was taken by the server before and is sent again, because the server lost it, is
// held back by nothing: it was written before the refused one, or without need of it.

// anyRefused says whether something may be held back at all, which is rare.
func anyRefused(ctx context.Context, q querier) (bool, error) {
	var refused bool
	err := q.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM wb_outbox WHERE state IN (3, 4))").Scan(&refused)
	return refused, err
}

// heldBack gives the waiting changes, by position, that are held back by refused or postponed ones, each with the one that it waits for.
func heldBack(ctx context.Context, q querier, postponed map[int64]bool) (map[int64]*change, error) {
	if refused, err := anyRefused(ctx, q); err != nil || !refused && len(postponed) == 0 {
		return nil, err
	}
	list, err := changesWhere(ctx, q, "state IN (0, 3, 4)")
	if err != nil {
		return nil, err
	}
	return heldBackAmong(list, postponed), nil
}

func heldBackAmong(list []*change, postponed map[int64]bool) map[int64]*change {
	out := map[int64]*change{}
	records, created := map[string]*change{}, map[string]*change{} // what waits, with what for
	for start := 0; start < len(list); {
		end := start + 1
		for end < len(list) && list[end].Group == list[start].Group && list[end].incarnation == list[start].incarnation {
			end++
		}
		group := list[start:end]
		start = end
		why := blockerOf(group, records, created)
		for _, c := range group {
			cause := why
			if c.state != stateWaiting || postponed[c.pos] {
				cause = c
				if c.state == stateWaiting {
					out[c.pos] = c
				}
			} else if why != nil {
				out[c.pos] = why
			}
			if cause == nil {
				continue
			}
			if records[c.RecordID] == nil {
				records[c.RecordID] = cause
			}
			if c.Verb == sales.Create && created[c.RecordID] == nil {
				created[c.RecordID] = cause
			}
		}
	}
	return out
}

// blockerOf gives the refused change that holds a group back, nil for none.
func blockerOf(group []*change, records, created map[string]*change) *change {
	for _, c := range group {
		if c.resent || c.state != stateWaiting {
			continue
		}
		if why := records[c.RecordID]; why != nil {
			return why
		}
		for _, f := range c.Fields {
			if id, ok := f.Value.(string); ok && created[id] != nil {
				return created[id]
			}
		}
	}
	return nil
}

// holds gives the reason that a user is shown for a change that is held back.
func (c *change) holds() wire.Verdict {
	return wire.Verdict{
		Code: sales.CodeHeld, Message: "waits for a change that was refused: " + c.title + ": " + c.problem.Message,
		Hint: "mend or undo that change; this one is then sent by itself",
	}
}

// sendable gives the waiting changes of an incarnation that may be sent, in order, at most limit of them and whole groups, unless one group is larger.
func sendable(ctx context.Context, tx *sql.Tx, incarnation string, limit int, postponed map[int64]bool) ([]*change, error) {
	back, err := heldBack(ctx, tx, postponed)
	if err != nil {
		return nil, err
	}
	var changes []*change
	if len(back) == 0 {
		changes, err = changesWhere(ctx, tx, "pos IN (SELECT pos FROM wb_outbox WHERE state = 0 AND incarnation = ? ORDER BY pos LIMIT ?)", incarnation, limit+1)
		if err != nil || len(changes) <= limit {
			return changes, err
		}
		return wholeGroups(ctx, tx, changes, limit)
	}
	all, err := changesWhere(ctx, tx, "state = 0 AND incarnation = ?", incarnation)
	if err != nil {
		return nil, err
	}
	for i, c := range all {
		if back[c.pos] != nil {
			continue
		}
		if len(changes) >= limit && changes[len(changes)-1].Group != c.Group {
			break
		}
		if len(changes) >= limit && !sameGroup(changes) {
			return cutAtGroup(changes), nil
		}
		changes = append(changes, all[i])
	}
	return changes, nil
}

// sameGroup says whether all are of one group.
func sameGroup(changes []*change) bool { return changes[0].Group == changes[len(changes)-1].Group }

// cutAtGroup drops the last group, which goes on beyond the end.
func cutAtGroup(changes []*change) []*change {
	end := len(changes)
	for end > 0 && changes[end-1].Group == changes[len(changes)-1].Group {
		end--
	}
	return changes[:end]
}

// oldestForeign gives the incarnation of the oldest change that may be sent and was written under another incarnation than own; "" when there is none.
func oldestForeign(ctx context.Context, tx *sql.Tx, own string, postponed map[int64]bool) (string, error) {
	var waiting bool
	if err := tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM wb_outbox WHERE state = 0 AND incarnation != ?)", own).Scan(&waiting); err != nil || !waiting {
		return "", err
	}
	back, err := heldBack(ctx, tx, postponed)
	if err != nil {
		return "", err
	}
	list, err := changesWhere(ctx, tx, "state = 0 AND incarnation != ?", own)
	if err != nil {
		return "", err
	}
	for _, c := range list {
		if back[c.pos] == nil {
			return c.incarnation, nil
		}
	}
	return "", nil
}

// passingRefusals gives the changes, by position, whose refusal may pass by itself: after the server was put back from a backup, a change that it had taken
// before may come ahead of one of another device's on which it was built. It is then kept waiting, and sent again with every pass, for as long as devices keep
// what the server may lose. With it waits what was held because of it alone.
func (t *txn) passingRefusals(verdicts []wire.Verdict, found map[string]*change) map[int64]bool {
	out := map[int64]bool{}
	final := false
	var held []*change
	for i := range verdicts {
		v := &verdicts[i]
		c := found[v.ChangeID]
		if c == nil {
			continue
		}
		early := c.resent && t.s.serverTime().Sub(c.settledAt.Time()) <= keepAcknowledged
		switch {
		case v.Outcome == wire.Rejected && early && (v.Code == sales.CodeNotFound || v.Code == sales.CodeBadReference):
			out[c.pos] = true
		case v.Outcome == wire.Rejected:
			final = true
		case v.Outcome == wire.Held && early:
			held = append(held, c)
		}
	}
	if len(out) > 0 && !final {
		for _, c := range held {
			out[c.pos] = true
		}
	}
	return out
}

// postpone leaves a change out of what is sent until the next checkpoint.
func (t *txn) postpone(c *change) {
	pos := c.pos
	t.hooks = append(t.hooks, func() {
		t.s.mu.Lock()
		defer t.s.mu.Unlock()
		if t.s.postponed == nil {
			t.s.postponed = map[int64]bool{}
		}
		t.s.postponed[pos] = true
	})
}

// sending gives the incarnation whose changes are to be sent, and the changes that are not.
func (s *Store) sending() (incarnation string, postponed map[int64]bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sendAs, maps.Clone(s.postponed)
}

// goOn lets postponed changes be sent again.
func (s *Store) goOn() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.postponed)
}

// acknowledged notes the change that the server has taken last: not the one whose verdict came last, for a repeated one may have been taken long before others.
func (t *txn) acknowledged(ctx context.Context, verdicts []wire.Verdict, found map[string]*change) error {
	var last *wire.Verdict
	for i := range verdicts {
		if v := &verdicts[i]; found[v.ChangeID] != nil && v.Outcome.Taken() && (last == nil || v.TakenAt >= last.TakenAt) {
			last = v
		}
	}
	if last == nil {
		return nil
	}
	known, err := meta(ctx, t, "acknowledged")
	if err != nil {
		return err
	}
	at, err := metaUint(ctx, t, "acknowledged_at")
	if err != nil || known != "" && last.TakenAt > 0 && uint64(last.TakenAt) < at {
		return err
	}
	if err := setMetaUint(ctx, t, "acknowledged_at", uint64(last.TakenAt)); err != nil {
		return err
	}
	return setMeta(ctx, t, "acknowledged", last.ChangeID)
}

// Acknowledged gives the id of the change that the server took last, "" when it is not kept any more; and when the server took it, in Unix seconds of its clock
// rounded up, 0 when that is not known.
func (s *Store) Acknowledged(ctx context.Context) (change string, at uint32, err error) {
	change, err = meta(ctx, s.reading, "acknowledged")
	if err == nil {
		var seconds uint64
		seconds, err = metaUint(ctx, s.reading, "acknowledged_at")
		at = uint32(min(seconds, math.MaxUint32))
	}
	if change == "" {
		at = 0
	}
	return change, at, s.explain("read what the server took last", err)
}

// forgetAcknowledged lets the server not be asked about a change that is not kept any more: it may have forgotten it too.
func (t *txn) forgetAcknowledged(ctx context.Context) error {
	_, err := t.ExecContext(ctx, "UPDATE wb_meta SET value = '' WHERE key = 'acknowledged' AND value NOT IN (SELECT id FROM wb_outbox)")
	return err
}
