package local

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/wire"
)

// Unsent gives waiting changes in order of counter, whole groups, at most limit unless one group is larger. What a refused change holds back is not
// among them. They are of the incarnation that Incarnation named last, and from now on count as possibly known to
// the server.
func (s *Store) Unsent(ctx context.Context, limit int) ([]wire.Change, error) {
	incarnation, postponed := s.sending()
	var out []wire.Change
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		out = nil
		changes, err := sendable(ctx, tx, incarnation, limit, postponed)
		if err != nil {
			return err
		}
		if len(changes) == 0 {
			return errNothing
		}
		fresh := false
		for _, c := range changes {
			out = append(out, c.Change)
			fresh = fresh || !c.offered
		}
		if !fresh {
			return errNothing
		}
		positions := make([]int64, len(changes))
		for i, c := range changes {
			positions[i] = c.pos
		}
		list, err := json.Marshal(positions)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "UPDATE wb_outbox SET offered = 1 WHERE pos IN (SELECT value FROM json_each(?))", string(list))
		return err
	})
	if err != nil && err != errNothing { //nolint:errorlint // it comes back as it was given
		return nil, s.explain("read the outbox", err)
	}
	return out, nil
}

// wholeGroups cuts a list with more than limit changes where a group ends; when the first group alone is longer, it is that group.
func wholeGroups(ctx context.Context, q querier, changes []*change, limit int) ([]*change, error) {
	cut := limit
	for cut > 0 && changes[cut-1].Group == changes[cut].Group {
		cut--
	}
	if cut > 0 {
		return changes[:cut], nil
	}
	return changesWhere(ctx, q, "state = 0 AND incarnation = ? AND grp = ?", changes[0].incarnation, int64(changes[0].Group))
}

// Settle takes note of verdicts. Verdicts on changes that do not wait (any more) are ignored, so that an answer may come twice.
func (s *Store) Settle(ctx context.Context, verdicts []wire.Verdict) error {
	return s.write(ctx, "settle changes", func(t *txn) error {
		mark, err := metaUint(ctx, t, "mark")
		if err != nil {
			return err
		}
		mark++
		found, err := t.offeredAmong(ctx, verdicts)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return errNothing
		}
		if err := t.settlePlain(ctx, verdicts, found, mark); err != nil {
			return err
		}
		passing := t.passingRefusals(verdicts, found)
		for _, v := range verdicts {
			c := found[v.ChangeID]
			if c == nil || plain(&v) {
				continue
			}
			if passing[c.pos] {
				t.postpone(c)
				continue
			}
			if err := t.settle(ctx, c, v, mark); err != nil {
				return err
			}
		}
		if err := t.acknowledged(ctx, verdicts, found); err != nil {
			return err
		}
		return setMetaUint(ctx, t, "mark", mark)
	})
}

// plain says whether a verdict tells no more than that the change was taken.
func plain(v *wire.Verdict) bool {
	return (v.Outcome == wire.Applied || v.Outcome == wire.Duplicate) && len(v.Lost) == 0
}

func (t *txn) settle(ctx context.Context, c *change, v wire.Verdict, mark uint64) error {
	state := stateSettled
	switch v.Outcome {
	case wire.Rejected:
		state = stateRejected
	case wire.Held:
		state = stateHeld
	}
	lost := ""
	if len(v.Lost) > 0 {
		b, err := json.Marshal(v.Lost)
		if err != nil {
			return err
		}
		lost = string(b)
	}
	// One that is sent again because the server lost it keeps the time at which it was taken: how long it may wait for another counts from there.
	if _, err := t.ExecContext(ctx, `UPDATE wb_outbox SET state = ?, outcome = ?, lost = ?, code = ?, field = ?, message = ?, hint = ?,
		settled_at = CASE WHEN ?1 IN (3, 4) AND resent = 1 THEN settled_at ELSE ? END,
		mark = ?, resent = CASE WHEN ?1 IN (3, 4) THEN resent ELSE 0 END WHERE pos = ?`, state, v.Outcome, lost, v.Code, v.Field, v.Message, v.Hint, t.s.serverTime().UnixMilli(), int64(mark), c.pos); err != nil {
		return err
	}
	tb, ok := tables[c.Kind]
	if !ok {
		return nil
	}
	if state != stateSettled && c.Verb == sales.Delete { // the record comes back into sight
		server, err := t.server(ctx, tb, c.RecordID)
		if err != nil {
			return err
		}
		return t.rebase(ctx, tb, c.RecordID, server)
	}
	t.kinds[c.Kind] = true
	_, err := t.ExecContext(ctx, "UPDATE "+tb.name+` SET _pending = EXISTS (SELECT 1 FROM wb_outbox WHERE record_id = ?1 AND state IN (0, 3, 4))
		WHERE id = ?1`, c.RecordID)
	return err
}

// Forget drops the cursors of buckets, so that they are taken anew. Their rows stay in sight until then; the outbox is not touched.
func (s *Store) Forget(ctx context.Context, buckets []string) error {
	return s.write(ctx, "take buckets anew", func(t *txn) error {
		s.books.take() // they are read anew next time
		for _, b := range buckets {
			if _, err := t.ExecContext(ctx, "UPDATE wb_bucket SET retake = 1 WHERE bucket = ?", b); err != nil {
				return err
			}
			if _, err := t.ExecContext(ctx, "DELETE FROM wb_stage_bucket WHERE bucket = ?", b); err != nil {
				return err
			}
		}
		return nil
	})
}

// Resend puts the acknowledged changes that are still kept back into the outbox, after the server lost them. It knows those that it did not lose
// by their ids.
func (s *Store) Resend(ctx context.Context) (int, error) {
	n := 0
	err := s.write(ctx, "send acknowledged changes again", func(t *txn) error {
		changes, err := changesWhere(ctx, t, "state IN (1, 2)")
		if err != nil {
			return err
		}
		n = len(changes)
		// What a restored server has of the files it says when they are offered. One may have been sent long after the change that named it.
		if err := t.exec(ctx, kindAttachment, "UPDATE wb_file SET sent_at = 0 WHERE own > 0 AND here = 1 AND sent_at > 0"); err != nil {
			return err
		}
		if n == 0 && len(t.kinds) == 0 {
			return errNothing
		}
		servers := map[string]*wire.RecordState{}
		for _, c := range changes {
			if tb, ok := tables[c.Kind]; ok && servers[c.RecordID] == nil {
				if servers[c.RecordID], err = t.server(ctx, tb, c.RecordID); err != nil {
					return err
				}
			}
		}
		positions := make([]int64, n)
		for i, c := range changes {
			positions[i] = c.pos
		}
		list, err := json.Marshal(positions)
		if err != nil {
			return err
		}
		if _, err := t.ExecContext(ctx, `UPDATE wb_outbox SET state = 0, resent = 1, offered = 1, outcome = 0, lost = ''
			WHERE pos IN (SELECT value FROM json_each(?))`, string(list)); err != nil {
			return err
		}
		if err := setMeta(ctx, t, "acknowledged", ""); err != nil {
			return err
		}
		done := map[string]bool{}
		for _, c := range changes {
			tb, ok := tables[c.Kind]
			if !ok || done[c.RecordID] {
				continue
			}
			done[c.RecordID] = true
			if err := t.rebase(ctx, tb, c.RecordID, servers[c.RecordID]); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

// Observe follows the server's clock. It is written down with what came of the answer that told it, or with whatever is written first: a reading of which
// nothing was kept need not be known after a crash.
func (s *Store) Observe(_ context.Context, server hlc.Reading) error {
	s.noteServerTime(server.Time())
	if server > s.clock.Last() {
		s.clock.Follow(server)
	}
	return nil
}

// Counts gives the numbers of the sync state: changes waiting, changes refused or held, open conflicts.
func (s *Store) Counts(ctx context.Context) (waiting, rejected, conflicts int, err error) {
	err = s.reading.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM wb_outbox WHERE state = 0), (SELECT count(*) FROM wb_outbox WHERE state IN (3, 4)),
		(SELECT count(*) FROM conflict WHERE status IS NULL OR status = 'open')`).Scan(&waiting, &rejected, &conflicts)
	if err == nil && waiting > 0 && rejected > 0 {
		var back map[int64]*change
		back, err = heldBack(ctx, s.reading, nil)
		waiting, rejected = waiting-len(back), rejected+len(back)
	}
	return waiting, rejected, conflicts, s.explain("count what waits", err)
}

// tidy drops what is kept only for a while: acknowledged changes become plain history after thirty days of the server's clock. One that names a content which only
// this device has stays until that is sent: where its territory was lost, nothing else tells of it.
func (s *Store) tidy(ctx context.Context) error {
	limit := s.serverTime().Add(-keepAcknowledged).UnixMilli()
	return s.write(ctx, "tidy the outbox", func(t *txn) error {
		// From the first one on that is still needed all are kept, so that the counters of what is kept have no gaps.
		const done = `state IN (2, 5, 6) AND max(settled_at, written_at) < ?1 AND pos < coalesce((SELECT min(pos) FROM wb_outbox
			WHERE state NOT IN (2, 5, 6) OR max(settled_at, written_at) >= ?1), 9223372036854775807)
			AND pos < coalesce((SELECT min(o.pos) FROM wb_file f JOIN wb_outbox o ON o.kind = 'attachment' AND o.state = 2 AND instr(o.fields, f.hash)
				WHERE f.own = 1 AND f.sent_at = 0 AND f.here = 1 AND NOT EXISTS (SELECT 1 FROM attachment WHERE sha256 = f.hash)), 9223372036854775807)`
		old, err := changesWhere(ctx, t, done, limit)
		if err != nil {
			return err
		}
		if _, err := t.ExecContext(ctx, "DELETE FROM wb_grave WHERE record_id NOT IN (SELECT record_id FROM wb_outbox WHERE state IN (0, 3, 4))"); err != nil {
			return err
		}
		for _, c := range old {
			here, err := t.inSight(ctx, c)
			if err != nil {
				return err
			}
			if here && c.state != stateUndone {
				if err := t.remember(ctx, c.RecordID, c.history()); err != nil {
					return err
				}
			}
		}
		if _, err := t.ExecContext(ctx, "DELETE FROM wb_outbox WHERE "+done, limit); err != nil {
			return fmt.Errorf("drop old changes: %w", err)
		}
		return t.forgetAcknowledged(ctx)
	})
}
