package central

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/wire"
)

// Push takes the changes of one incarnation in one transaction and gives one verdict for each, in order (sync/doc.go). An error means that
// nothing was done.
func (j *Journal) Push(ctx context.Context, caller wire.Caller, req wire.PushRequest) (wire.PushResponse, error) {
	node := wire.NodeOf(req.Incarnation)
	if j.isOwn(req.Incarnation) || caller.UserID == "" {
		return wire.PushResponse{}, &sales.Error{Code: sales.CodeInvalid, Message: "push: the batch names no incarnation of a device", Hint: "update the program"}
	}
	var resp wire.PushResponse
	var moved []wire.Cursor
	foreign := false
	err := j.db.Write(ctx, func(tx *sql.Tx) error {
		resp, moved, foreign = wire.PushResponse{}, nil, false
		var err error
		if resp.Forgotten, err = j.forgot(ctx, tx, req.Acknowledged, req.AcknowledgedAt); err != nil || resp.Forgotten {
			return err
		}
		b, err := j.begin(ctx, tx, caller, node)
		if err != nil {
			return err
		}
		inc, err := b.incarnation(req.Incarnation)
		if err != nil {
			return err
		}
		if inc.user != caller.UserID {
			foreign = true
			return b.audit("push_refused", req.Incarnation, "the incarnation belongs to user "+inc.user)
		}
		if err := b.push(req.Changes, inc); err != nil {
			return err
		}
		if err := b.auditForbidden(req.Incarnation); err != nil {
			return err
		}
		if err := b.finish(req.Incarnation); err != nil {
			return err
		}
		resp.Verdicts = make([]wire.Verdict, len(b.entries))
		for i, e := range b.entries {
			resp.Verdicts[i] = e.verdict
			if o := e.verdict.Outcome; o == wire.Applied || o == wire.Merged {
				resp.Verdicts[i].TakenAt = seconds(b.now.UnixMilli())
			}
			resp.Verdicts[i].Lost = wire.LowerNumbers(j.versions, e.written, e.verdict.Lost)
		}
		moved = b.moved
		return b.seen(inc)
	})
	switch {
	case err != nil:
		return wire.PushResponse{}, store.Explain(fmt.Sprintf("take %d changes", len(req.Changes)), err)
	case foreign:
		return wire.PushResponse{}, &sales.Error{
			Code: sales.CodeForbidden, Message: "push: this copy of the workbook belongs to another user",
			Hint: "sign in as the user who made it, or begin a workbook of your own",
		}
	}
	j.moves.tell(req.Incarnation, moved)
	resp.HLC = j.clock.Next()
	return resp, nil
}

// push takes the changes group by group.
func (b *batch) push(changes []wire.Change, inc *incarnation) error {
	if err := b.prefetch(lifted(b.j.versions, changes)); err != nil {
		return err
	}
	for start := 0; start < len(changes); {
		end := start + 1
		for end < len(changes) && changes[start].Group != 0 && changes[end].Group == changes[start].Group { // 0 names no group
			end++
		}
		entries := make([]*entry, 0, end-start)
		for i := start; i < end; i++ {
			entries = append(entries, b.entryOf(&changes[i], inc.stampOf(&changes[i], b.node, b.now)))
		}
		if err := b.take(entries); err != nil {
			return err
		}
		start = end
	}
	return nil
}

// entryOf begins the entry of a change: as it was written for its digest and the journal, as of today for the merge. One that has no wire form, because a text is not UTF-8, has no digest; shape refuses it.
func (b *batch) entryOf(c *wire.Change, stamp hlc.Stamp) *entry {
	e := &entry{
		change: wire.LiftChange(b.j.versions, c), written: c, stamp: stamp, author: b.caller.UserID, device: b.caller.Device, counter: c.Counter,
		verdict: wire.Verdict{ChangeID: c.ID},
	}
	if blob, err := (proto.MarshalOptions{Deterministic: true}).Marshal(wire.EncodeChange(c)); err == nil {
		digest := sha256.Sum256(blob)
		e.payload, e.digest = blob, digest[:]
	}
	return e
}

// take tries the changes of one group: all of them, or none but repeats.
func (b *batch) take(entries []*entry) error {
	for i, e := range entries {
		known, refused, err := b.repeated(e)
		if err != nil {
			return err
		}
		if known {
			b.tried = append(b.tried, e)
			continue
		}
		held := false
		if refused == nil {
			if refused = b.dependsOn(e.change); refused != nil {
				held = true
			} else if refused, held, err = b.apply(e); err != nil {
				return err
			}
		}
		if refused != nil {
			return b.refuse(entries, i, refused, held)
		}
		b.tried = append(b.tried, e)
	}
	b.accept()
	return nil
}

// refuse gives the group's changes their verdicts after the change at index bad was refused, or must wait. Those behind it were not
// looked at yet: one that was taken before stays taken.
func (b *batch) refuse(entries []*entry, bad int, why *sales.Error, held bool) error {
	b.discard()
	waits := waitsFor(why)
	for i, e := range entries {
		v := &e.verdict
		e.version, e.effect = 0, nil
		var reused *sales.Error
		if i > bad {
			var err error
			if _, reused, err = b.repeated(e); err != nil {
				return err
			}
		}
		switch {
		case v.Outcome == wire.Duplicate && (e.repeats == nil || e.repeats.taken()):
		case reused != nil:
			v.Outcome, v.Code, v.Field, v.Message, v.Hint = wire.Rejected, reused.Code, reused.Field, reused.Message, reused.Hint
			v.Lost = nil
		case i == bad && !held:
			v.Outcome, v.Code, v.Field, v.Message, v.Hint = wire.Rejected, why.Code, why.Field, why.Message, why.Hint
			v.Lost = nil
		default:
			v.Outcome, v.Code, v.Field, v.Message, v.Hint = wire.Held, waits.Code, "", waits.Message, waits.Hint
			v.Lost = nil
		}
		if v.Outcome != wire.Duplicate {
			k := key{e.change.Kind, e.change.RecordID}
			if b.blocked[k] == nil {
				b.blocked[k] = why
			}
		}
		b.entries = append(b.entries, e)
	}
	return nil
}

// taken says whether a change was applied, now or before.
func (e *entry) taken() bool {
	o := e.verdict.Outcome
	return o == wire.Applied || o == wire.Merged || o == wire.Duplicate
}

// waitsFor is the reason of those that depend on what was refused with why.
func waitsFor(why *sales.Error) *sales.Error {
	if why.Code == sales.CodeHeld {
		return why
	}
	where := strings.TrimPrefix(why.Kind+"."+why.Field, ".")
	return &sales.Error{
		Code: sales.CodeHeld, Kind: why.Kind, ID: why.ID,
		Message: "waits for a change that was refused: " + strings.TrimPrefix(strings.Trim(where, ".")+": "+why.Message, ": "),
		Hint:    "mend or undo that change; this one is then sent again by itself",
	}
}

// dependsOn gives the reason to hold a change: an earlier one of the same record was refused in this batch.
func (b *batch) dependsOn(c *wire.Change) *sales.Error {
	if why := b.blocked[key{c.Kind, c.RecordID}]; why != nil {
		return waitsFor(why)
	}
	return nil
}

// repeated finds a change that was taken before. The same id with other content, or from another user, is refused and audited.
func (b *batch) repeated(e *entry) (known bool, refused *sales.Error, err error) {
	id := idBytes(e.change.ID)
	if id == nil {
		return false, nil, nil // refused by apply
	}
	was, offered := b.known[e.change.ID]
	if x := b.offered[e.change.ID]; x != nil {
		was, offered = knownChange{digest: x.digest, author: x.author, outcome: x.verdict.Outcome}, true
		e.repeats = x
	} else {
		b.offered[e.change.ID] = e
	}
	if !offered {
		return false, nil, nil
	}
	if !bytes.Equal(was.digest, e.digest) || was.author != e.author {
		e.digest = nil // the known change stays as it is
		return false, &sales.Error{
			Code: sales.CodeDuplicate, Kind: e.change.Kind, ID: e.change.RecordID,
			Message: "change " + e.change.ID + " was sent before with other content", Hint: "copy the values, undo the change and write it anew",
		}, b.audit("change_id_reused", e.change.ID, "sent again with other content, or by another user")
	}
	switch was.outcome {
	case wire.Applied, wire.Merged, wire.Duplicate:
		e.verdict.Outcome, e.verdict.Lost, e.verdict.TakenAt = wire.Duplicate, splitNumbers(was.lost), was.takenAt()
		return true, nil, nil
	}
	return false, nil, nil // refused or held before: tried again
}

func joinNumbers(ns []int) string {
	texts := make([]string, len(ns))
	for i, n := range ns {
		texts[i] = strconv.Itoa(n)
	}
	return strings.Join(texts, ",")
}

func splitNumbers(s string) []int {
	var out []int
	for part := range strings.SplitSeq(s, ",") {
		if n, err := strconv.Atoi(part); err == nil {
			out = append(out, n)
		}
	}
	return slices.Clip(out)
}
