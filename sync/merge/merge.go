package merge

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/wire"
)

// Loss is a value that did not become, or did not stay, current because of a concurrent edit.
type Loss struct {
	Field     int
	Mine      bool // the change's own value lost; otherwise the one that it replaced
	Lost      any
	LostStamp hlc.Stamp
	Kept      any
	KeptStamp hlc.Stamp
	// Joined says that nothing is lost: Kept holds both texts, and the author of Lost has to look at it.
	Joined bool
}

// Texts gives the text that a field held when it had a stamp; false when that is not known any more.
type Texts func(field int, stamp hlc.Stamp) (string, bool)

// Result is what becomes of a record.
type Result struct {
	Next   wire.RecordState
	Losses []Loss // real differences only
	Passed []int  // fields in which a later value of the same incarnation stayed: nobody is told, but the history has to keep what the change said
	Taken  bool   // at least one value of the change became current
}

// Apply merges a create or update into the current state, nil for a record that does not exist yet. stamp is the
// change's reading, bounded by the caller, with the node of its incarnation; author is the user's id; texts is asked for what the author of a
// concurrent edit of a text began with. current is left as it was.
func Apply(k *sales.Kind, current *wire.RecordState, c *wire.Change, stamp hlc.Stamp, author string, texts Texts) Result {
	return apply(func(number int) (sales.Merge, string) {
		if f, ok := k.FieldNumber(number); ok {
			return f.Merge, f.Group
		}
		return sales.LastWriter, ""
	}, current, c, stamp, author, texts)
}

// rules gives a field's merge rule and its group, "" for none.
type rules func(number int) (sales.Merge, string)

func apply(r rules, current *wire.RecordState, c *wire.Change, stamp hlc.Stamp, author string, texts Texts) Result {
	m := merger{rules: r, stamp: stamp, texts: texts}
	if current == nil {
		m.next = wire.RecordState{Kind: c.Kind, ID: c.RecordID, Created: stamp, UpdatedBy: author}
		m.taken = true
	} else {
		m.next = *current
		m.next.Fields = slices.Clone(current.Fields)
	}
	wins := m.groups(c.Fields)
	for i := range c.Fields {
		e := &c.Fields[i]
		rule, group := m.rules(e.Number)
		if win, decided := wins[group]; decided && group != "" {
			m.decide(e, win)
		} else {
			m.field(e, rule)
		}
	}
	if m.taken {
		m.next.UpdatedBy = author
	}
	return Result{Next: m.next, Losses: m.losses, Passed: m.passed, Taken: m.taken}
}

// Unseen says whether the record was edited by anybody else after the author of a delete saw it. A delete that names the record's fields
// with their base stamps is judged field by field; one with only the record's newest stamp by that.
func Unseen(current *wire.RecordState, c *wire.Change, node uint64) bool {
	if len(c.Fields) == 0 {
		latest := current.Latest()
		return latest != c.Base && latest.Node != node
	}
	bases := make(map[int]hlc.Stamp, len(c.Fields))
	for _, e := range c.Fields {
		bases[e.Number] = e.Base
	}
	return slices.ContainsFunc(current.Fields, func(f wire.FieldState) bool {
		return f.Stamp != bases[f.Number] && f.Stamp.Node != node
	})
}

// Deleted is the tombstone of a record: its fields go, their values stay in the history.
func Deleted(current *wire.RecordState, author string) wire.RecordState {
	next := *current
	next.Deleted, next.Fields, next.UpdatedBy = true, nil, author
	return next
}

type merger struct {
	rules  rules
	stamp  hlc.Stamp
	texts  Texts
	next   wire.RecordState
	losses []Loss
	passed []int
	taken  bool
}

// unseen says whether the author of the edit wrote without knowing the current value.
func (m *merger) unseen(cur *wire.FieldState, e *wire.FieldEdit) bool {
	return cur != nil && cur.Stamp != e.Base && cur.Stamp.Node != m.stamp.Node
}

// groups decides, for each group with a concurrent and different value, whether the change wins it.
func (m *merger) groups(edits []wire.FieldEdit) map[string]bool {
	var newest map[string]hlc.Stamp
	var differs map[string]bool
	for i := range edits {
		e := &edits[i]
		_, group := m.rules(e.Number)
		if group == "" {
			continue
		}
		cur := m.next.Field(e.Number)
		if !m.unseen(cur, e) {
			continue
		}
		if newest == nil {
			newest, differs = map[string]hlc.Stamp{}, map[string]bool{}
		}
		if cur.Stamp.After(newest[group]) {
			newest[group] = cur.Stamp
		}
		differs[group] = differs[group] || !sales.Same(cur.Value, e.Value)
	}
	wins := map[string]bool{}
	for group, different := range differs {
		if different {
			wins[group] = m.stamp.After(newest[group])
		}
	}
	return wins
}

// field merges one edit by the field's own rule.
func (m *merger) field(e *wire.FieldEdit, rule sales.Merge) {
	cur := m.next.Field(e.Number)
	switch {
	case rule == sales.SetMerge && len(e.Added)+len(e.Removed) > 0:
		m.accumulate(cur, e, applySet(cur, e))
	case rule == sales.SumMerge && e.Delta != 0:
		m.accumulate(cur, e, applySum(cur, e))
	case cur == nil:
		if !sales.Empty(e.Value) {
			m.put(e.Number, e.Value, m.stamp)
		}
	case cur.Stamp == e.Base:
		m.put(e.Number, e.Value, m.stamp)
	case sales.Same(cur.Value, e.Value):
		if m.stamp.After(cur.Stamp) {
			m.put(e.Number, e.Value, m.stamp)
		}
	case cur.Stamp.Node == m.stamp.Node:
		if m.stamp.After(cur.Stamp) {
			m.put(e.Number, e.Value, m.stamp)
		} else {
			m.passed = append(m.passed, e.Number)
		}
	case rule == sales.TextMerge:
		m.join(cur, e)
	case rule == sales.AppendOnly && !sales.Empty(cur.Value):
		m.decide(e, cur.Stamp.After(m.stamp))
	default:
		m.decide(e, m.stamp.After(cur.Stamp))
	}
}

// join puts the edit of a text together with the current one. Where the text that its author began with is not known any more, or the
// result would be too long, the later edit stays, as with any other value.
func (m *merger) join(cur *wire.FieldState, e *wire.FieldEdit) {
	base, known := "", e.Base.IsZero()
	if !known && m.texts != nil {
		base, known = m.texts(e.Number, e.Base)
	}
	mine, isText := e.Value.(string)
	theirs, wasText := cur.Value.(string)
	if !known || !isText && e.Value != nil || !wasText && cur.Value != nil {
		m.decide(e, m.stamp.After(cur.Stamp))
		return
	}
	later := m.stamp.After(cur.Stamp)
	earlierText, laterText := mine, theirs
	if later {
		earlierText, laterText = theirs, mine
	}
	text, choice := Text(base, earlierText, laterText)
	if len(text) > sales.MaxLong {
		m.decide(e, later)
		return
	}
	if choice != None {
		loss := Loss{Field: e.Number, Lost: cur.Value, LostStamp: cur.Stamp, Kept: text, KeptStamp: m.stamp, Joined: true}
		if (choice == Later) == later {
			loss.Mine, loss.Lost, loss.LostStamp, loss.KeptStamp = true, e.Value, m.stamp, cur.Stamp
		}
		m.losses = append(m.losses, loss)
	}
	switch text {
	case theirs:
	case mine:
		m.put(e.Number, e.Value, m.stamp)
	default:
		m.put(e.Number, text, JoinedStamp(m.stamp, cur.Stamp, text))
	}
}

// JoinedStamp is the stamp of a text that two edits were joined into: later than either, the same whichever came first, and of a node that follows
// from the text, so that no two texts ever share a stamp. It is nobody's device: the four bits that hold the version of a UUID are 14.
func JoinedStamp(a, b hlc.Stamp, text string) hlc.Stamp {
	return hlc.Stamp{HLC: max(a.HLC, b.HLC) + 1, Node: joinedNode(text)}
}

// IsJoined says whether a stamp is that of a joined text.
func IsJoined(s hlc.Stamp) bool { return s.Node&0xf000 == 0xe000 }

// JoinedInto says whether a stamp of a joined text is that of this text.
func JoinedInto(s hlc.Stamp, text string) bool { return s.Node == joinedNode(text) }

func joinedNode(text string) uint64 {
	digest := sha256.Sum256([]byte(text))
	return binary.BigEndian.Uint64(digest[:])&^0xf000 | 0xe000
}

// decide takes the edit or leaves the current value, and notes the one that lost.
func (m *merger) decide(e *wire.FieldEdit, win bool) {
	cur := m.next.Field(e.Number)
	if cur == nil {
		cur = &wire.FieldState{Number: e.Number}
	}
	same := sales.Same(cur.Value, e.Value)
	if win {
		if m.unseen(cur, e) && !same && !cur.Stamp.IsZero() {
			m.losses = append(m.losses, Loss{Field: e.Number, Lost: cur.Value, LostStamp: cur.Stamp, Kept: e.Value, KeptStamp: m.stamp})
		}
		m.put(e.Number, e.Value, m.stamp)
		return
	}
	if !same {
		m.losses = append(m.losses, Loss{Field: e.Number, Mine: true, Lost: e.Value, LostStamp: m.stamp, Kept: cur.Value, KeptStamp: cur.Stamp})
	}
}

// accumulate keeps a value into which both sides went. Its stamp is the change's when the author saw the current one, else the later of the two.
func (m *merger) accumulate(cur *wire.FieldState, e *wire.FieldEdit, value any) {
	stamp := m.stamp
	if cur != nil && cur.Stamp != e.Base && cur.Stamp.After(stamp) {
		stamp = cur.Stamp
	}
	m.put(e.Number, value, stamp)
}

func (m *merger) put(number int, value any, stamp hlc.Stamp) {
	if sales.Empty(value) {
		value = nil
	}
	m.taken = true
	i, found := slices.BinarySearchFunc(m.next.Fields, number, func(f wire.FieldState, n int) int { return f.Number - n })
	state := wire.FieldState{Number: number, Value: value, Stamp: stamp}
	if found {
		m.next.Fields[i] = state
	} else {
		m.next.Fields = slices.Insert(m.next.Fields, i, state)
	}
}

func applySet(cur *wire.FieldState, e *wire.FieldEdit) any {
	var set []string
	if cur != nil {
		set, _ = cur.Value.([]string)
	}
	out := make([]string, 0, len(set)+len(e.Added))
	for _, s := range set {
		if !slices.Contains(e.Removed, s) {
			out = append(out, s)
		}
	}
	return sales.CleanSet(append(out, e.Added...))
}

func applySum(cur *wire.FieldState, e *wire.FieldEdit) any {
	var n int64
	if cur != nil {
		n, _ = cur.Value.(int64)
	}
	return n + e.Delta
}
