package simnet

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/rounds-field/rounds/sales"
)

// work lets a device's user do something.
func (s *Sim) work(ctx context.Context, d *device) error {
	p, err := s.pick(ctx, d, "partner", "name")
	if err != nil {
		return err
	}
	if p == nil || s.one(12) {
		return d.save(ctx, sales.Edit{Verb: sales.Create, Kind: "partner", Values: sales.Values{"name": s.text(), "region_code": s.region()}})
	}
	switch x := s.rng.IntN(100); {
	case x < 40:
		return d.save(ctx, s.editOf(p))
	case x < 52: // a visit with feedback and a follow-up, saved together
		visit := d.newID()
		return d.save(ctx,
			sales.Edit{Verb: sales.Create, Kind: "visit", ID: visit, Values: sales.Values{"partner_id": p.ID, "visit_type": "routine", "notes": s.text()}},
			sales.Edit{Verb: sales.Create, Kind: "feedback", Values: sales.Values{"kind": "market", "body": s.text(), "partner_id": p.ID, "visit_id": visit}},
			sales.Edit{Verb: sales.Create, Kind: "task", Values: sales.Values{"title": s.text(), "visit_id": visit, "partner_id": p.ID}},
		)
	case x < 57:
		return d.save(ctx, sales.Edit{Verb: sales.Create, Kind: "task", Values: sales.Values{"title": s.text()}})
	case x < 61:
		return d.save(ctx, sales.Edit{Verb: sales.Update, Kind: "partner", ID: p.ID, Values: sales.Values{"region_code": s.region()}})
	case x < 64:
		return d.save(ctx, sales.Edit{Verb: sales.Delete, Kind: "partner", ID: p.ID})
	}
	kind := []string{"visit", "feedback", "task", "conflict"}[s.rng.IntN(4)]
	r, err := s.pick(ctx, d, kind, "id")
	if err != nil || r == nil {
		return err
	}
	if kind == "conflict" {
		edits, err := sales.ResolveConflict(sales.As[sales.Conflict](*r), s.one(2))
		if err != nil {
			return err
		}
		return d.save(ctx, edits...)
	}
	if s.one(8) {
		return d.save(ctx, sales.Edit{Verb: sales.Delete, Kind: kind, ID: r.ID})
	}
	field := map[string]string{"visit": "notes", "feedback": "body", "task": "title"}[kind]
	value := s.text()
	if kind != "task" && s.one(2) {
		value = s.rewrite(r.Text(field))
	}
	return d.save(ctx, sales.Edit{Verb: sales.Update, Kind: kind, ID: r.ID, Values: sales.Values{field: value}})
}

// pick takes one of the records of a kind that a device has; nil when it has none.
func (s *Sim) pick(ctx context.Context, d *device, kind, sort string) (*sales.Record, error) {
	n, err := d.store.Count(ctx, sales.Query{Kind: kind})
	if err != nil || n == 0 {
		return nil, err
	}
	list, err := d.store.List(ctx, sales.Query{Kind: kind, Sort: []string{sort}, Offset: s.rng.IntN(n), Limit: 1})
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

// rewrite changes one place of a text of several lines: a line more, a line less, or another line.
func (s *Sim) rewrite(text string) string {
	lines := strings.Split(text, "\n")
	at := s.rng.IntN(len(lines))
	switch {
	case len(lines) > 6 || len(lines) > 1 && s.one(4):
		lines = append(lines[:at:at], lines[at+1:]...)
		lines[0] += " " + s.text()
	case s.one(2):
		lines = append(lines[:at:at], append([]string{s.text()}, lines[at:]...)...)
	default:
		lines[at] = s.text()
	}
	return strings.Join(lines, "\n")
}

// editOf changes a few fields of a partner; a set among them.
func (s *Sim) editOf(p *sales.Record) sales.Edit {
	values := sales.Values{}
	for _, field := range []string{"name", "notes", "phone", "address"} {
		if s.one(3) {
			values[field] = s.text()
		}
	}
	if s.one(4) {
		values["notes"] = s.rewrite(p.Text("notes"))
	}
	if s.one(4) {
		tags, _ := p.Values["tags"].([]string)
		tags = append([]string{}, tags...)
		if len(tags) > 0 && s.one(2) {
			tags = tags[1:]
		}
		values["tags"] = sales.CleanSet(append(tags, []string{"a", "b", "c", "d", "e"}[s.rng.IntN(5)]))
	}
	if len(values) == 0 {
		values["notes"] = s.text()
	}
	return sales.Edit{Verb: sales.Update, Kind: "partner", ID: p.ID, Values: values}
}

// region is a territory, or none; a rep may not see it.
func (s *Sim) region() any {
	return []any{"1101", "1101", "1201", "1201", "11", "12", nil}[s.rng.IntN(7)]
}

// tokens are the unique words of a value.
var tokens = regexp.MustCompile(`v#\d+\.`)

func wordsOf(v any) []string {
	t, ok := v.(string)
	if !ok {
		return nil
	}
	return tokens.FindAllString(t, -1)
}

// expected are the refusals by the rules of the domain that are part of the game.
var expected = []string{
	sales.CodeBadReference, sales.CodeNotFound, sales.CodeBadOrder, sales.CodeReasonNeeded, sales.CodeRequired, sales.CodeGone, sales.CodeForbidden, sales.CodeHeld,
}

func refusal(err error) bool {
	for _, code := range expected {
		if sales.HasCode(err, code) {
			return true
		}
	}
	return false
}

// save writes edits as the user would.
func (d *device) save(ctx context.Context, edits ...sales.Edit) error {
	before := make([]map[string]any, len(edits))
	for i, e := range edits {
		if e.Verb != sales.Update {
			continue
		}
		r, err := d.store.Get(ctx, e.Kind, e.ID)
		if err != nil && !refusal(err) {
			return fmt.Errorf("%s reads: %w", d.name, err)
		}
		before[i] = r.Values
	}
	waiting, err := d.store.Pending(ctx)
	if err != nil {
		return err
	}
	ids, err := d.store.Write(ctx, edits...)
	if err != nil {
		if !refusal(err) {
			return fmt.Errorf("%s writes: %w", d.name, err)
		}
		d.sim.note("%s refused: %v", d.name, err)
		return nil
	}
	for i, e := range edits {
		if e.Verb == sales.Delete {
			d.dropped(ids[i])
		}
		d.sim.note("%s %s %s %s %v", d.name, e.Verb, e.Kind, ids[i], e.Values)
		for field, v := range e.Values {
			for j := range d.memory.writes {
				if w := &d.memory.writes[j]; w.id == ids[i] && w.field == field && !holds(v, w.value) {
					w.replaced = true
				}
			}
			for _, word := range wordsOf(v) {
				// What stood there before, its own author answers for: a line that its author took out, or never got to a restored server, leaves
				// the texts of the others too.
				if !holds(before[i][field], word) {
					d.memory.writes = append(d.memory.writes, write{kind: e.Kind, id: ids[i], field: field, value: word})
				}
			}
		}
	}
	return d.follow(ctx, waiting) // an edit that mends a refused one takes along what waited for it
}

// undo takes back one waiting change, if there is one.
func (d *device) undo(ctx context.Context) error {
	list, err := d.store.Pending(ctx)
	if err != nil || len(list) == 0 {
		return err
	}
	p := list[d.sim.rng.IntN(len(list))]
	if err := d.store.Undo(ctx, p.ID); err != nil {
		if refusal(err) {
			return nil
		}
		return fmt.Errorf("%s undoes: %w", d.name, err)
	}
	d.sim.note("%s undo %s %s %v", d.name, p.ID, p.Kind, p.Values)
	left, err := d.store.Pending(ctx)
	if err != nil {
		return err
	}
	still := map[string]bool{}
	for _, q := range left {
		still[q.ID] = true
	}
	for _, q := range list {
		if !still[q.ID] || q.Group == p.Group { // what may be at the server already is undone by a further change
			d.forget(q)
			if q.Verb == sales.Create {
				d.dropped(q.RecordID)
			}
		}
	}
	return d.follow(ctx, list)
}

// dropped notes that the user wanted a record no more: what the server never took of it is not lost.
func (d *device) dropped(id string) {
	d.memory.gone[id] = true
	for i := range d.memory.writes {
		if w := &d.memory.writes[i]; w.id == id {
			w.replaced = true
		}
	}
}

// retry sends a refused change again, if there is one.
func (d *device) retry(ctx context.Context) error {
	list, err := d.store.Pending(ctx)
	if err != nil || len(list) == 0 {
		return err
	}
	p := list[d.sim.rng.IntN(len(list))]
	d.sim.note("%s tries %s again", d.name, p.ID)
	if err := d.store.Retry(ctx, p.ID); err != nil && !refusal(err) {
		return fmt.Errorf("%s tries again: %w", d.name, err)
	}
	return d.follow(ctx, list)
}

// follow takes what a user wrote along into a record that was made anew because the one that it was written into had been deleted. Every word is written
// once, so that nothing else can hold it.
func (d *device) follow(ctx context.Context, before []sales.Pending) error {
	had := map[string]bool{}
	for _, p := range before {
		had[p.ID] = true
	}
	left, err := d.store.Pending(ctx)
	if err != nil {
		return err
	}
	for _, p := range left {
		if had[p.ID] || p.Verb != sales.Create {
			continue
		}
		for i := range d.memory.writes {
			if w := &d.memory.writes[i]; w.kind == p.Kind && w.id != p.RecordID && holds(p.Values[w.field], w.value) {
				w.id = p.RecordID
			}
		}
	}
	return nil
}

// forget strikes the writes of a change that its user took back.
func (d *device) forget(p sales.Pending) {
	kept := d.memory.writes[:0]
	for _, w := range d.memory.writes {
		if w.id == p.RecordID && holds(p.Values[w.field], w.value) {
			continue
		}
		kept = append(kept, w)
	}
	d.memory.writes = kept
}

func holds(v any, word string) bool {
	t, _ := v.(string)
	return strings.Contains(t, word)
}
