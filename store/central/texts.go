package central

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/merge"
	"github.com/rounds-field/rounds/sync/syncpb"
	"github.com/rounds-field/rounds/sync/wire"
)

// textAt finds the text that a field of a record held when it had a stamp: what a change set it to, in this batch or before, or what two changes
// were joined into. It is not known of changes whose content was pruned, or that a restored server has lost.
func (b *batch) textAt(k key, field int, stamp hlc.Stamp) (text string, known bool, err error) {
	if merge.IsJoined(stamp) {
		_, text, known, err = b.joined(k, stamp)
		return text, known, err
	}
	for _, e := range b.applied(k) {
		if e.stamp == stamp || b.wrote(e.change, stamp) {
			text, known = textOf(e.change.Fields, field)
			return text, known, nil
		}
	}
	s, err := b.stmt("SELECT payload FROM changes WHERE org_id = ? AND kind = ? AND record_id = ? AND hlc = ? AND node = ? AND version IS NOT NULL")
	if err != nil {
		return "", false, err
	}
	var payload []byte
	err = s.QueryRowContext(b.ctx, b.j.org, kindNumber(k.kind), idBytes(k.id), int64(stamp.HLC), int64(stamp.Node)).Scan(&payload)
	if errors.Is(err, sql.ErrNoRows) {
		c, err := b.ownBefore(k, stamp)
		if err != nil {
			return "", false, fmt.Errorf("look for an earlier text: %w", err)
		}
		if c != nil {
			text, known = textOf(c.Fields, field)
		}
		return text, known, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("look for an earlier text: %w", err)
	}
	c, err := b.decodeChange(payload)
	if err != nil {
		return "", false, err
	}
	text, known = textOf(c.Fields, field)
	return text, known, nil
}

// applied gives the changes of a record that this batch has made so far.
func (b *batch) applied(k key) []*entry {
	var out []*entry
	for _, list := range [][]*entry{b.entries, b.tried} {
		for _, e := range list {
			if e.version > 0 && e.change.RecordID == k.id && e.change.Kind == k.kind {
				out = append(out, e)
			}
		}
	}
	return out
}

// wrote says whether the calling device wrote a change under a stamp: it knows its own changes by readings that were not bounded yet.
func (b *batch) wrote(c *wire.Change, stamp hlc.Stamp) bool {
	return stamp.Node == b.node && c.HLC == stamp.HLC
}

// joined finds the change that joined a record's text into the one with a stamp, and that text.
func (b *batch) joined(k key, stamp hlc.Stamp) (by origin, text string, found bool, err error) {
	for _, e := range b.applied(k) {
		if e.nodes == nil && e.effect != nil {
			if e.nodes, err = nodesOf(e.effect); err != nil {
				return origin{}, "", false, err
			}
		}
		if slices.Contains(e.nodes, stamp.Node) {
			text, found, err = joinedIn(e.effect, stamp)
			return e.origin(), text, found, err
		}
	}
	if by, found, err = b.joinedBefore(k, stamp); !found || err != nil {
		return origin{}, "", false, err
	}
	effect, err := b.effectByID(by.change)
	if err != nil {
		return origin{}, "", false, err
	}
	text, found, err = joinedIn(effect, stamp)
	return by, text, found, err
}

func joinedIn(effect []byte, stamp hlc.Stamp) (string, bool, error) {
	var did syncpb.HistoryEntry
	if err := proto.Unmarshal(effect, &did); err != nil {
		return "", false, fmt.Errorf("read what a change did: %w", err)
	}
	for _, f := range did.GetFields() {
		if text := f.GetAfter().GetText(); text != "" && merge.JoinedInto(stamp, text) {
			return text, true, nil
		}
	}
	return "", false, nil
}

// textOf is the text that a change gave a field; a cleared one is empty.
func textOf(fields []wire.FieldEdit, number int) (string, bool) {
	for i := range fields {
		if fields[i].Number == number {
			text, isText := fields[i].Value.(string)
			return text, isText || fields[i].Value == nil
		}
	}
	return "", false
}

// decodeChange reads a change from the history as today's declarations would have written it.
func (b *batch) decodeChange(payload []byte) (*wire.Change, error) {
	var p syncpb.Change
	if err := proto.Unmarshal(payload, &p); err != nil {
		return nil, fmt.Errorf("read a change: %w", err)
	}
	c := wire.DecodeChange(&p)
	return wire.LiftChange(b.j.versions, &c), nil
}
