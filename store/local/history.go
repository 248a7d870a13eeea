package local

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/wire"
)

// keepAcknowledged is how long changes are kept that the server has taken: as long as its backups may be old.
const keepAcknowledged = 30 * 24 * time.Hour

// storedEntry is a history entry in JSON, with values that keep their type.
type storedEntry struct {
	Change string             `json:"change,omitempty"`
	Verb   sales.Verb         `json:"verb"`
	At     sales.Instant      `json:"at"`
	User   string             `json:"user"`
	Own    bool               `json:"own,omitempty"`
	Fields []storedEntryField `json:"fields"`
}

type storedEntryField struct {
	Name string `json:"name"`
	Old  value  `json:"old"`
	New  value  `json:"new"`
	Lost bool   `json:"lost,omitempty"`
}

func (t *txn) remember(ctx context.Context, recordID string, e storedEntry) error {
	b, err := json.Marshal(e)
	if err != nil {
		return err
	}
	_, err = t.ExecContext(ctx, "INSERT INTO wb_history (record_id, entry) VALUES (?, ?)", recordID, string(b))
	return err
}

// history is a change as an entry of its record's history.
func (c *change) history() storedEntry {
	e := storedEntry{Change: c.ID, Verb: c.Verb, At: c.writtenAt, User: c.author, Own: true}
	k, ok := sales.KindNamed(c.Kind)
	if !ok {
		return e
	}
	for _, f := range c.Fields {
		if d, ok := k.FieldNumber(f.Number); ok {
			e.Fields = append(e.Fields, storedEntryField{
				Name: d.Name, Old: value{c.before[f.Number]}, New: value{f.Value}, Lost: c.state == stateSuperseded || slices.Contains(c.lost, f.Number),
			})
		}
	}
	return e
}

// rememberPulled notes what others did to a record between two states of the server. Own changes are in the outbox.
func (p *pulling) rememberPulled(ctx context.Context, k *sales.Kind, old, next *wire.RecordState) error {
	if old == nil {
		return nil
	}
	own := wire.NodeOf(p.s.incarnation)
	byStamp := map[hlc.Stamp][]storedEntryField{}
	for _, f := range next.Fields {
		was := old.Field(f.Number)
		d, ok := k.FieldNumber(f.Number)
		if !ok || f.Stamp.Node == own || was != nil && was.Stamp == f.Stamp {
			continue
		}
		e := storedEntryField{Name: d.Name, New: value{f.Value}}
		if was != nil {
			e.Old = value{was.Value}
		}
		if sales.Same(e.Old.any, e.New.any) {
			continue
		}
		byStamp[f.Stamp] = append(byStamp[f.Stamp], e)
	}
	stamps := make([]hlc.Stamp, 0, len(byStamp))
	for s := range byStamp {
		stamps = append(stamps, s)
	}
	slices.SortFunc(stamps, hlc.Stamp.Compare)
	latest := next.Latest()
	for _, s := range stamps {
		e := storedEntry{Verb: sales.Update, At: sales.Instant(s.HLC.Millis()), Fields: byStamp[s]}
		if s == latest { // of earlier ones the state does not tell the author
			e.User = next.UpdatedBy
		}
		if err := p.remember(ctx, next.ID, e); err != nil {
			return err
		}
	}
	return nil
}

// History gives the life of a record as far as this device knows it, newest first: its own changes, and what pulls brought of others'.
func (s *Store) History(ctx context.Context, kind, id string) ([]sales.HistoryEntry, error) {
	tb, ok := tables[kind]
	if !ok {
		return nil, unknownKind(kind)
	}
	out, err := s.history(ctx, tb, id)
	return out, s.explain("read the history of "+kind+" "+id, err)
}

func (s *Store) history(ctx context.Context, tb *table, id string) ([]sales.HistoryEntry, error) {
	q := s.reading
	changes, err := changesWhere(ctx, q, "record_id = ? AND kind = ? AND state != 5", id, tb.kind.Name)
	if err != nil {
		return nil, err
	}
	kept, err := texts(ctx, q, "SELECT entry FROM wb_history WHERE record_id = ? ORDER BY pos", id)
	if err != nil {
		return nil, err
	}
	r, err := tb.load(ctx, q, id)
	if err != nil {
		return nil, err
	}
	if r == nil && len(changes) == 0 { // deleted, or a record of another kind, whose life must not be told in this kind's fields
		for _, other := range tables {
			if found, err := other.load(ctx, q, id); err != nil || found != nil {
				return nil, err
			}
		}
	}
	var out []sales.HistoryEntry
	created := false
	add := func(e storedEntry, pending bool) {
		h := sales.HistoryEntry{ChangeID: e.Change, Verb: e.Verb, At: e.At, UserID: e.User, Pending: pending}
		if e.Own {
			h.Device = "this"
		}
		for _, f := range e.Fields {
			h.Fields = append(h.Fields, sales.HistoryField{Name: f.Name, Old: f.Old.any, New: f.New.any, Lost: f.Lost})
		}
		created = created || e.Verb == sales.Create
		out = append(out, h)
	}
	for _, text := range kept {
		var e storedEntry
		if err := json.Unmarshal([]byte(text), &e); err != nil {
			return nil, err
		}
		add(e, false)
	}
	for _, c := range changes {
		add(c.history(), c.waits())
	}
	if !created && r != nil && !r.created.IsZero() {
		e := storedEntry{Verb: sales.Create, At: sales.Instant(r.created.HLC.Millis())}
		if r.created == r.state(tb.kind).Latest() {
			e.User = r.rec.UpdatedBy
		}
		add(e, false)
	}
	slices.SortStableFunc(out, func(a, b sales.HistoryEntry) int { return cmp.Compare(b.At, a.At) })
	return out, s.nameUsers(ctx, out)
}

func (s *Store) nameUsers(ctx context.Context, entries []sales.HistoryEntry) error {
	ids := make([]string, 0, len(entries))
	for _, e := range entries {
		if e.UserID != "" && !slices.Contains(ids, e.UserID) {
			ids = append(ids, e.UserID)
		}
	}
	names, err := s.Titles(ctx, "user", ids)
	for i := range entries {
		entries[i].UserName = names[entries[i].UserID]
	}
	return err
}
