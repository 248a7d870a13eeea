package central

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/google/uuid"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/merge"
	"github.com/rounds-field/rounds/sync/wire"
)

// loss is a lost value with the change that made the decision necessary.
type loss struct {
	merge.Loss
	entry  *entry
	record *row
}

// origin is who set a value, where.
type origin struct {
	user, device, change string // the device by its name, which another one may have too
	node                 uint64 // of the copy of the workbook
}

func (e *entry) origin() origin { return origin{e.author, e.device, e.change.ID, e.stamp.Node} }

// tell notes a loss for its author. An earlier loss of the same author, about a value that the author has since replaced
// in the same batch, is not worth telling: the history keeps it.
func (b *batch) tell(l loss) {
	if l.Mine {
		for i := range b.losses {
			o := &b.losses[i]
			if o.Mine && o.Field == l.Field && o.record.key() == l.record.key() {
				b.losses[i] = l
				return
			}
		}
	}
	b.losses = append(b.losses, l)
}

// overwritten drops losses of the caller's own values that a later change of the caller in this batch has set anew and won.
func (b *batch) overwritten() {
	kept := b.losses[:0]
	for _, l := range b.losses {
		if l.Mine {
			now := b.rows[l.record.key()]
			if f := now.state.Field(l.Field); f != nil && f.Stamp.Node == b.node {
				continue
			}
		}
		kept = append(kept, l)
	}
	b.losses = kept
}

// conflicts writes a record of kind conflict for each loss, in the personal bucket of the author whose value lost.
func (b *batch) conflicts() error {
	b.overwritten()
	for _, l := range b.losses {
		mine := origin{b.caller.UserID, b.caller.Device, l.entry.change.ID, l.entry.stamp.Node}
		stamp := l.LostStamp
		if l.Mine {
			stamp = l.KeptStamp
		}
		theirs, err := b.authorOf(l.record.key(), stamp)
		if err != nil {
			return err
		}
		loser, winner := theirs, mine
		if l.Mine {
			loser, winner = mine, theirs
		}
		if loser.user == "" {
			continue // the server's own values have nobody to tell
		}
		if l.Joined && loser.user == winner.user && loser.node == winner.node {
			continue // edits of one device, of which an earlier one was joined with somebody else's
		}
		if err := b.conflict(l, loser, winner); err != nil {
			return err
		}
	}
	return nil
}

func (b *batch) conflict(l loss, loser, winner origin) error {
	lost, err := json.Marshal(l.Lost)
	if err != nil {
		return fmt.Errorf("note a lost value: %w", err)
	}
	kept, err := json.Marshal(l.Kept)
	if err != nil {
		return fmt.Errorf("note a kept value: %w", err)
	}
	r := l.record
	field := "field#" + strconv.Itoa(l.Field)
	if f, ok := sales.MustKind(r.state.Kind).FieldNumber(l.Field); ok {
		field = f.Name
	}
	rec := r.state.Record()
	rec = sales.RecordOf(sales.Conflict{
		ID: uuid.NewSHA1(uuid.UUID(b.j.org), []byte(l.entry.change.ID+"/"+strconv.Itoa(l.Field))).String(), UserID: loser.user,
		RecordKind: r.state.Kind, RecordID: r.state.ID, FieldName: field, RecordTitle: rec.Title(), LostValue: string(lost), KeptValue: string(kept),
		LostDevice: loser.device, LostAt: sales.Instant(l.LostStamp.HLC.Millis()), LostChangeID: loser.change,
		KeptBy: winner.user, KeptDevice: winner.device, KeptAt: sales.Instant(l.KeptStamp.HLC.Millis()),
		DecidedAt: sales.InstantOf(b.now), Status: sales.ConflictOpen, Joined: l.Joined,
	})
	visible, err := b.seenBy(loser.user, b.rows[r.key()].state.Bucket) // a later change of this batch may have taken it elsewhere
	if err != nil {
		return err
	}
	if !visible {
		if err := b.withhold(l, loser, rec.Values); err != nil {
			return err
		}
	}
	k := sales.MustKind("conflict")
	c := &wire.Change{
		ID:   uuid.NewSHA1(uuid.UUID(b.j.org), []byte("conflict/"+rec.ID)).String(),
		Kind: rec.Kind, RecordID: rec.ID, Verb: sales.Create, HLC: b.j.clock.Next(), Schema: b.j.versions.Now, Fields: editsOf(k, rec.Values, nil),
	}
	e := b.entryOf(c, hlc.Stamp{HLC: c.HLC, Node: b.j.node})
	e.author, e.device, e.verdict.Outcome = "", "", wire.Applied
	if cur, err := b.peek(key{rec.Kind, rec.ID}); err != nil || cur != nil {
		return err // told already
	}
	got := merge.Apply(k, nil, c, e.stamp, "", nil)
	got.Next.Bucket = sales.PersonBucket(loser.user)
	e.version = 1
	told := &row{state: got.Next, creator: loser.user, version: 1}
	b.original[told.key()] = nil
	b.rows[told.key()] = told
	b.told = append(b.told, e)
	return nil
}

// seenBy says whether a user sees a bucket, by role and territories as they are now.
func (b *batch) seenBy(user, bucket string) (bool, error) {
	if idBytes(user) == nil {
		return false, nil
	}
	r, err := b.load(key{"user", user})
	if err != nil || r == nil {
		return false, err
	}
	u := sales.As[sales.User](r.state.Record())
	access := sales.Access{UserID: user, Role: sales.Role(u.Role), Territories: u.Territories}
	return !r.state.Deleted && access.Sees(b.tree, bucket), nil
}

// authorOf finds who set the value that has this stamp.
func (b *batch) authorOf(k key, stamp hlc.Stamp) (origin, error) {
	if merge.IsJoined(stamp) {
		by, _, _, err := b.joined(k, stamp)
		return by, err
	}
	for _, list := range [][]*entry{b.entries, b.tried} {
		for _, e := range list {
			if e.stamp == stamp && e.change.RecordID == k.id {
				return e.origin(), nil
			}
		}
	}
	s, err := b.stmt("SELECT author, device, id FROM changes WHERE org_id = ? AND kind = ? AND record_id = ? AND hlc = ? AND node = ?")
	if err != nil {
		return origin{}, err
	}
	o := origin{node: stamp.Node}
	var id []byte
	err = s.QueryRowContext(b.ctx, b.j.org, kindNumber(k.kind), idBytes(k.id), int64(stamp.HLC), int64(stamp.Node)).Scan(&o.user, &o.device, &id)
	if errors.Is(err, sql.ErrNoRows) {
		return origin{}, nil
	}
	if err != nil {
		return origin{}, fmt.Errorf("look for the author of a value: %w", err)
	}
	o.change = idText(id)
	return o, nil
}

// userName names a user for a message.
func (b *batch) userName(id string) (string, error) {
	if id == "" {
		return "the server", nil
	}
	if idBytes(id) == nil {
		return id, nil
	}
	r, err := b.peek(key{"user", id})
	if err != nil || r == nil {
		return "another user", err
	}
	rec := r.state.Record()
	return rec.Title(), nil
}
