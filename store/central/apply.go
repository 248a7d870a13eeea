package central

import (
	"errors"

	"google.golang.org/protobuf/proto"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/merge"
	"github.com/rounds-field/rounds/sync/syncpb"
	"github.com/rounds-field/rounds/sync/wire"
)

// apply merges one change into the group being tried and sets its verdict. It gives the reason when the change is refused, and
// whether it has to wait rather than be mended.
func (b *batch) apply(e *entry) (refused *sales.Error, held bool, err error) {
	c := e.change
	k, refused := shape(c)
	if refused != nil {
		return refused, false, nil
	}
	if !b.trusted && !b.caller.Role.MayWrite(k) {
		return b.forbidden(c, "the role "+string(b.caller.Role)+" may not write records of this kind"), false, nil
	}
	if !b.trusted && k.Name == "conflict" && c.Verb == sales.Create {
		return b.forbidden(c, "only the server makes records of this kind"), false, nil
	}
	cur, err := b.load(key{c.Kind, c.RecordID})
	if err != nil {
		return nil, false, err
	}
	if cur == nil {
		buried, err := b.buried(key{c.Kind, c.RecordID})
		switch {
		case err != nil:
			return nil, false, err
		case buried && c.Verb == sales.Delete:
			e.verdict.Outcome = wire.Applied
			return nil, false, nil
		case buried:
			return gone(c), false, nil
		}
	}
	if cur != nil && !b.may(cur.state.Bucket) {
		return b.forbidden(c, "the record is not in a territory of yours"), false, nil
	}
	switch {
	case cur == nil && c.Kind == "conflict":
		// The server itself made it, and lost it when it was put back from a backup: there is nothing left to resolve.
		e.verdict.Outcome = wire.Applied
		return nil, false, nil
	case cur == nil && c.Verb != sales.Create:
		return b.missing(c)
	case c.Verb == sales.Delete:
		refused, err = b.remove(e, cur)
		return refused, false, err
	case cur != nil && cur.state.Deleted:
		return gone(c), false, nil
	}
	return b.write(e, k, cur)
}

func (b *batch) forbidden(c *wire.Change, message string) *sales.Error {
	return &sales.Error{Code: sales.CodeForbidden, Kind: c.Kind, ID: c.RecordID, Message: message, Hint: "ask your manager, or undo the change"}
}

// missing answers an update or delete of a record that the server does not have: held when its creation was refused earlier.
func (b *batch) missing(c *wire.Change) (refused *sales.Error, held bool, err error) {
	why, err := b.refusedCreation(key{c.Kind, c.RecordID})
	if err != nil {
		return nil, false, err
	}
	if why != nil {
		return waitsFor(why), true, nil
	}
	return &sales.Error{
		Code: sales.CodeNotFound, Kind: c.Kind, ID: c.RecordID, Message: "the server does not have this record",
		Hint: "keep your text by writing a new record, or undo the change",
	}, false, nil
}

// remove deletes a record unless somebody else edited it after the author saw it.
func (b *batch) remove(e *entry, cur *row) (*sales.Error, error) {
	if cur.state.Deleted {
		e.verdict.Outcome = wire.Applied
		return nil, nil
	}
	if merge.Unseen(&cur.state, e.change, e.stamp.Node) {
		latest := cur.state.Latest()
		by, err := b.authorOf(cur.key(), latest)
		if err != nil {
			return nil, err
		}
		name, err := b.userName(by.user)
		if err != nil {
			return nil, err
		}
		return &sales.Error{
			Code: sales.CodeChangedMeanwhile, Kind: e.change.Kind, ID: e.change.RecordID,
			Message: "edited by " + name + " after you last saw it, so it was not deleted", Hint: "sync, look at the record, and delete it again if it still has to go",
			Args: map[string]any{"User": name},
		}, nil
	}
	if e.change.Kind == "user" {
		was := cur.state.Record()
		if refused, err := b.lastAdmin(&was, nil); refused != nil || err != nil {
			return refused, err
		}
	}
	next := merge.Deleted(&cur.state, b.caller.UserID)
	return nil, b.put(e, cur, next, cur.parent, nil)
}

// write merges a create or update.
func (b *batch) write(e *entry, k *sales.Kind, cur *row) (refused *sales.Error, held bool, err error) {
	c := e.change
	var state *wire.RecordState
	var prev *sales.Record
	creator := b.caller.UserID
	if cur != nil {
		state, creator = &cur.state, cur.creator
		rec := cur.state.Record()
		prev = &rec
	}
	var lookup error
	got := merge.Apply(k, state, c, e.stamp, b.caller.UserID, func(field int, stamp hlc.Stamp) (string, bool) {
		text, known, err := b.textAt(cur.key(), field, stamp)
		lookup = errors.Join(lookup, err)
		return text, known
	})
	if lookup != nil {
		return nil, false, lookup
	}
	next := got.Next
	rec := next.Record()
	if err := sales.Validate(prev, rec); err != nil {
		return asError(err, c), false, nil
	}
	if k.Name == "user" {
		if refused, err := b.signInName(prev, rec); refused != nil || err != nil {
			return refused, false, err
		}
		if refused, err := b.lastAdmin(prev, &rec); refused != nil || err != nil {
			return refused, false, err
		}
		if refused := widened(prev, rec, c); refused != nil {
			return refused, false, nil
		}
	}
	if refused, err := b.territory(k, prev, rec); refused != nil || err != nil {
		return refused, false, err
	}
	if refused, held, err := b.references(k, c); refused != nil || err != nil {
		return refused, held, err
	}
	bucket, parent, err := b.bucketOf(k, rec, creator)
	if err != nil {
		return nil, false, err
	}
	if !b.may(bucket) {
		return b.forbidden(c, "the record would lie in a territory, or with a person, that is not yours"), false, nil
	}
	next.Bucket = bucket
	if err := b.put(e, cur, next, parent, got.Losses, got.Passed...); err != nil {
		return nil, false, err
	}
	if cur != nil && cur.state.Bucket != bucket {
		err = b.moveChildren(cur.key(), bucket)
	}
	return nil, false, err
}

// put stages the next state of a record and completes the change's verdict and its entry in the history.
func (b *batch) put(e *entry, cur *row, next wire.RecordState, parent key, losses []merge.Loss, passed ...int) error {
	r := &row{state: next, parent: parent, creator: b.caller.UserID, version: 1}
	if cur != nil {
		r.creator, r.version = cur.creator, cur.version+1
	}
	b.group[r.key()] = r
	if next.Kind == "territory" {
		rec := next.Record()
		b.grown[rec.Text("code")] = true
	}
	e.version = r.version
	e.verdict.Outcome = wire.Applied
	for _, l := range losses {
		if l.Mine && !l.Joined {
			e.verdict.Outcome = wire.Merged
			e.verdict.Lost = append(e.verdict.Lost, l.Field)
		}
		b.trouble = append(b.trouble, loss{Loss: l, entry: e, record: r})
	}
	if cur == nil {
		return nil // the payload says it all
	}
	var err error
	e.effect, err = proto.Marshal(effectOf(e.change, cur, &next, append(passed, e.verdict.Lost...)))
	return err
}

// effectOf says what a change did to the fields of a record.
func effectOf(c *wire.Change, cur *row, next *wire.RecordState, lost []int) *syncpb.HistoryEntry {
	p := &syncpb.HistoryEntry{}
	if c.Verb == sales.Delete {
		for _, f := range cur.state.Fields {
			if f.Value != nil {
				p.Fields = append(p.Fields, &syncpb.HistoryField{Number: uint32(f.Number), Before: wire.EncodeValue(f.Value)})
			}
		}
		return p
	}
	losing := make(map[int]bool, len(lost))
	for _, n := range lost {
		losing[n] = true
	}
	for i := range c.Fields {
		n := c.Fields[i].Number
		var before, after any
		if f := cur.state.Field(n); f != nil {
			before = f.Value
		}
		if f := next.Field(n); f != nil {
			after = f.Value
		}
		if losing[n] {
			after = c.Fields[i].Value
		}
		if !sales.Same(before, after) {
			p.Fields = append(p.Fields, &syncpb.HistoryField{Number: uint32(n), Before: wire.EncodeValue(before), After: wire.EncodeValue(after), Lost: losing[n]})
		}
	}
	return p
}

// asError gives the first of several reasons, with the others in its message.
func asError(err error, c *wire.Change) *sales.Error {
	var all sales.Errors
	if errors.As(err, &all) && len(all) > 0 {
		first := *all[0]
		for _, more := range all[1:] {
			first.Message += "; " + more.Field + ": " + more.Message
		}
		return &first
	}
	return &sales.Error{Code: sales.CodeInvalid, Kind: c.Kind, ID: c.RecordID, Message: err.Error()}
}
