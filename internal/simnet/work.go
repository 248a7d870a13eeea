package simnet

import (
	"context"

	"github.com/rounds-field/rounds/sales"
)

// work lets a device's user do something.
func (s *Sim) work(ctx context.Context, d *device) error {
	partners, err := d.store.List(ctx, sales.Query{Kind: "partner", Sort: []string{"name"}})
	if err != nil {
		return err
	}
	if len(partners) == 0 || s.rng.IntN(10) == 0 {
		return d.save(ctx, sales.Edit{Verb: sales.Create, Kind: "partner", Values: sales.Values{"name": s.text(), "region_code": s.region()}})
	}
	p := partners[s.rng.IntN(len(partners))]
	switch x := s.rng.IntN(100); {
	case x < 40:
		return d.save(ctx, s.editOf(p))
	case x < 55: // a visit with feedback and a follow-up, saved together
		visit := sales.NewID()
		return d.save(ctx,
			sales.Edit{Verb: sales.Create, Kind: "visit", ID: visit, Values: sales.Values{"partner_id": p.ID, "visit_type": "routine", "notes": s.text()}},
			sales.Edit{Verb: sales.Create, Kind: "feedback", Values: sales.Values{"kind": "market", "body": s.text(), "partner_id": p.ID, "visit_id": visit}},
			sales.Edit{Verb: sales.Create, Kind: "task", Values: sales.Values{"title": s.text(), "visit_id": visit, "partner_id": p.ID}},
		)
	case x < 60:
		return d.save(ctx, sales.Edit{Verb: sales.Create, Kind: "task", Values: sales.Values{"title": s.text()}})
	case x < 63:
		return d.save(ctx, sales.Edit{Verb: sales.Update, Kind: "partner", ID: p.ID, Values: sales.Values{"region_code": s.region()}})
	case x < 65:
		return d.save(ctx, sales.Edit{Verb: sales.Delete, Kind: "partner", ID: p.ID})
	}
	kind := []string{"visit", "feedback", "task", "conflict"}[s.rng.IntN(4)]
	recs, err := d.store.List(ctx, sales.Query{Kind: kind, Sort: []string{"id"}})
	if err != nil || len(recs) == 0 {
		return err
	}
	r := recs[s.rng.IntN(len(recs))]
	if kind == "conflict" {
		edits, err := sales.ResolveConflict(sales.As[sales.Conflict](r), s.rng.IntN(2) == 0)
		if err != nil {
			return err
		}
		return d.save(ctx, edits...)
	}
	if s.rng.IntN(8) == 0 {
		return d.save(ctx, sales.Edit{Verb: sales.Delete, Kind: kind, ID: r.ID})
	}
	field := map[string]string{"visit": "notes", "feedback": "body", "task": "title"}[kind]
	return d.save(ctx, sales.Edit{Verb: sales.Update, Kind: kind, ID: r.ID, Values: sales.Values{field: s.text()}})
}

// editOf changes a few fields of a partner; a set among them.
func (s *Sim) editOf(p sales.Record) sales.Edit {
	values := sales.Values{}
	for _, field := range []string{"name", "notes", "phone", "address"} {
		if s.rng.IntN(3) == 0 {
			values[field] = s.text()
		}
	}
	if s.rng.IntN(4) == 0 {
		tags, _ := p.Values["tags"].([]string)
		tags = append([]string{}, tags...)
		if len(tags) > 0 && s.rng.IntN(2) == 0 {
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
