package central

import (
	"database/sql"
	"fmt"
	"math"

	"google.golang.org/protobuf/proto"

	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/merge"
	"github.com/rounds-field/rounds/sync/syncpb"
	"github.com/rounds-field/rounds/sync/wire"
)

// lookbackMost bounds how many changes of a record are searched for an earlier text.
const lookbackMost = 1000

// past is what a batch has seen of a record's earlier changes. Each is read at most once for a batch: a hostile one asks thousands of times for texts that there
// never were, while others wait for its transaction.
type past struct {
	joins  lookback
	joined map[uint64]origin // what joined a text, by the node of its stamp
	owns   lookback
	own    map[hlc.Reading]string // changes of the calling device, by the reading that it gave them
}

// lookback is how far somebody has read, from the newest change on.
type lookback struct {
	below int64 // version of the last one read
	left  int   // that may be read still
}

// earlierOf gives what is known of a record.
func (b *batch) earlierOf(k key) *past {
	e := b.earlier[k]
	if e == nil {
		begin := lookback{math.MaxInt64, lookbackMost}
		e = &past{joins: begin, joined: map[uint64]origin{}, owns: begin, own: map[hlc.Reading]string{}}
		b.earlier[k] = e
	}
	return e
}

// further reads on until row says that it found what it looks for. The query's last condition and limit, and the first of its columns, are the version.
func (b *batch) further(l *lookback, query string, args []any, row func(scan func(...any) error) (found bool, err error)) error {
	if l.left <= 0 {
		return nil
	}
	s, err := b.stmt(query + " AND version < ? ORDER BY version DESC LIMIT ?")
	if err != nil {
		return err
	}
	rows, err := s.QueryContext(b.ctx, append(args, l.below, l.left)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		found, err := row(func(dest ...any) error { return rows.Scan(append([]any{&l.below}, dest...)...) })
		if err != nil {
			return err
		}
		if l.left--; found {
			return rows.Err()
		}
	}
	l.left = 0
	return rows.Err()
}

// joinedBefore finds the change that joined a record's text into the one with a stamp before this batch.
func (b *batch) joinedBefore(k key, stamp hlc.Stamp) (by origin, found bool, err error) {
	e := b.earlierOf(k)
	if by, found = e.joined[stamp.Node]; found {
		return by, true, nil
	}
	err = b.further(&e.joins, "SELECT version, author, device, node, id, effect FROM changes WHERE org_id = ? AND kind = ? AND record_id = ? AND effect IS NOT NULL",
		[]any{b.j.org, kindNumber(k.kind), idBytes(k.id)}, func(scan func(...any) error) (bool, error) {
			var did origin
			var node int64
			var id, effect []byte
			if err := scan(&did.user, &did.device, &node, &id, &effect); err != nil {
				return false, err
			}
			did.change, did.node = idText(id), uint64(node)
			nodes, err := nodesOf(effect)
			for _, n := range nodes {
				if _, known := e.joined[n]; !known {
					e.joined[n] = did
				}
			}
			by, found = e.joined[stamp.Node]
			return found, err
		})
	if err != nil {
		return origin{}, false, fmt.Errorf("look for a joined text: %w", err)
	}
	return by, found, nil
}

// nodesOf gives the nodes of the stamps that the texts which a change made would have if it had joined them.
func nodesOf(effect []byte) ([]uint64, error) {
	var did syncpb.HistoryEntry
	if err := proto.Unmarshal(effect, &did); err != nil {
		return nil, fmt.Errorf("read what a change did: %w", err)
	}
	out := []uint64{}
	for _, f := range did.GetFields() {
		if text := f.GetAfter().GetText(); text != "" {
			out = append(out, merge.JoinedStamp(hlc.Stamp{}, hlc.Stamp{}, text).Node)
		}
	}
	return out, nil
}

// effectByID gives what an earlier change did.
func (b *batch) effectByID(id string) ([]byte, error) {
	s, err := b.stmt("SELECT effect FROM changes WHERE org_id = ? AND id = ?")
	if err != nil {
		return nil, err
	}
	var effect []byte
	if err := s.QueryRowContext(b.ctx, b.j.org, idBytes(id)).Scan(&effect); err != nil {
		return nil, fmt.Errorf("read what a change did: %w", err)
	}
	return effect, nil
}

// ownBefore finds a change of a record that the calling device wrote under a stamp whose reading had to be bounded; nil when there is none.
func (b *batch) ownBefore(k key, stamp hlc.Stamp) (*wire.Change, error) {
	if stamp.Node != b.node {
		return nil, nil
	}
	e := b.earlierOf(k)
	id, found := e.own[stamp.HLC]
	if !found {
		err := b.further(&e.owns, "SELECT version, id, payload FROM changes WHERE org_id = ? AND kind = ? AND record_id = ? AND node = ?",
			[]any{b.j.org, kindNumber(k.kind), idBytes(k.id), int64(stamp.Node)}, func(scan func(...any) error) (bool, error) {
				var change []byte
				var payload sql.RawBytes
				if err := scan(&change, &payload); err != nil {
					return false, err
				}
				var p syncpb.Change
				if err := proto.Unmarshal(payload, &p); err != nil {
					return false, fmt.Errorf("read a change: %w", err)
				}
				reading := wire.DecodeChange(&p).HLC
				if _, known := e.own[reading]; !known {
					e.own[reading] = idText(change)
				}
				id, found = e.own[stamp.HLC]
				return found, nil
			})
		if err != nil || !found {
			return nil, err
		}
	}
	return b.changeByID(id)
}
