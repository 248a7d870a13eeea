package local

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/rounds-field/rounds/sales"
)

// titleRunes bounds the beginning of a text that stands for a missing title.
const titleRunes = 30

// describer names records; each describes through the parent it refers to, so it reads others.
type describer struct {
	q    querier
	memo map[string]string
}

func (t *txn) describe(ctx context.Context, r sales.Record) (string, error) {
	return (&describer{q: t}).title(ctx, r, 0)
}

// title names a record: by its title or code, else by the beginning of its main text, else by the record that it belongs to and its
// day.
func (d *describer) title(ctx context.Context, r sales.Record, depth int) (string, error) {
	if s := r.Title(); s != "" {
		return s, nil
	}
	if s := r.Text("name"); s != "" {
		return s, nil
	}
	tb, ok := tables[r.Kind]
	if !ok || depth > 3 { // bounds records that refer to one another in a circle
		return "", nil
	}
	for i := range tb.kind.Fields {
		if f := &tb.kind.Fields[i]; f.Type == sales.Long && f.Required {
			if s := beginning(r.Text(f.Name), titleRunes); s != "" {
				return s, nil
			}
		}
	}
	parent := ""
	for _, name := range tb.kind.Parents {
		f, ok := tb.kind.Field(name)
		if !ok || r.Text(name) == "" {
			continue
		}
		var err error
		if parent, err = d.byID(ctx, f.Of, r.Text(name), depth+1); err != nil {
			return "", err
		}
		if parent != "" {
			break
		}
	}
	return strings.TrimSpace(parent + " " + dayOf(tb.kind, r)), nil
}

func (d *describer) byID(ctx context.Context, kind, id string, depth int) (string, error) {
	if s, ok := d.memo[id]; ok {
		return s, nil
	}
	tb, ok := tables[kind]
	if !ok {
		return "", nil
	}
	r, err := tb.load(ctx, d.q, id)
	if err != nil || r == nil {
		return "", err
	}
	s, err := d.title(ctx, r.rec, depth)
	if err == nil {
		if d.memo == nil {
			d.memo = map[string]string{}
		}
		d.memo[id] = s
	}
	return s, err
}

// dayOf is the day of a record in local time: of the field that its lists are sorted by, else of the first day or moment that it has.
func dayOf(k *sales.Kind, r sales.Record) string {
	names := []string{strings.TrimPrefix(k.Sort, "-")}
	for i := range k.Fields {
		names = append(names, k.Fields[i].Name)
	}
	for _, name := range names {
		f, ok := k.Field(name)
		if !ok {
			continue
		}
		switch {
		case f.Type == sales.Day && r.Text(name) != "":
			return r.Text(name)
		case f.Type == sales.Time && r.Int(name) != 0:
			return sales.Instant(r.Int(name)).Time().In(time.Local).Format(time.DateOnly)
		}
	}
	return ""
}

// beginning is the first line of a text, cut to a number of characters.
func beginning(text string, runes int) string {
	text, _, _ = strings.Cut(strings.TrimSpace(text), "\n")
	rs := []rune(strings.TrimSpace(text))
	if len(rs) <= runes {
		return string(rs)
	}
	return string(rs[:runes]) + "…"
}

// Titles implements sales.Reader. Records without a name of their own are named by the record that they belong to and their day.
func (s *Store) Titles(ctx context.Context, kind string, ids []string) (map[string]string, error) {
	tb, ok := tables[kind]
	if !ok {
		return nil, unknownKind(kind)
	}
	out := make(map[string]string, len(ids))
	d := &describer{q: s.reading}
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	found, err := s.rows(ctx, tb, tb.list+" WHERE id IN (SELECT value FROM json_each(?))", []any{string(list)})
	if err != nil {
		return nil, err
	}
	for _, r := range found {
		if out[r.ID], err = d.title(ctx, r, 0); err != nil {
			return nil, err
		}
	}
	return out, nil
}
