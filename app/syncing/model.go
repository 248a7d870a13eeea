// Package syncing shows what travels between this device and the server: what waits, what was refused and why, which of the
// user's values lost and how to get them back, and the life of any record.
package syncing

import (
	"context"
	"slices"
	"strings"

	"github.com/rounds-field/rounds/sales"
)

// Tray is the device's unsettled changes, as this feature needs them.
type Tray interface {
	Pending(ctx context.Context) ([]sales.Pending, error)
	Undo(ctx context.Context, changeID string) error
	Retry(ctx context.Context, changeID string) error
}

// History gives the life of a record; complete says whether the server was asked.
type History func(ctx context.Context, kind, id string) (entries []sales.HistoryEntry, complete bool, err error)

// Model loads and acts without a window.
type Model struct {
	Book    sales.Workbook
	Tray    Tray
	Health  HealthBook // may be nil
	Files   Unsent     // may be nil
	History History
}

// Overview is everything the sync page shows.
type Overview struct {
	Waiting   []sales.Pending // to be sent, newest first
	Refused   []sales.Pending // rejected, which the user must mend, then those held that follow by themselves
	Conflicts []Conflict      // open first, then decided
	Kept      []KeptFiles     // files that are not sent before somebody does something
	Health    sales.Condition // what checks of the workbook found
	Differing []string        // names the records that differ, for each difference
}

// Conflict is a lost value side by side with the kept one.
type Conflict struct {
	sales.Conflict
	Title      string // names the record now
	Lost, Kept any    // canonical values
	KeptByName string
	Gone       bool // the record is no longer here: only closing is possible
}

// Load reads the page.
func (m *Model) Load(ctx context.Context) (Overview, error) {
	var o Overview
	list, err := m.Tray.Pending(ctx)
	if err != nil {
		return o, err
	}
	slices.SortStableFunc(list, func(a, b sales.Pending) int { return int(b.WrittenAt - a.WrittenAt) })
	for _, p := range list {
		if p.State == sales.Waiting {
			o.Waiting = append(o.Waiting, p)
		} else {
			o.Refused = append(o.Refused, p)
		}
	}
	slices.SortStableFunc(o.Refused, func(a, b sales.Pending) int { return heldLast(a) - heldLast(b) })
	if o.Conflicts, err = m.conflicts(ctx); err != nil {
		return o, err
	}
	if o.Kept, err = m.keptFiles(ctx); err != nil || m.Health == nil {
		return o, err
	}
	if o.Health, err = m.Health.Health(ctx); err != nil {
		return o, err
	}
	for _, d := range o.Health.Differences {
		names, err := m.named(ctx, d)
		if err != nil {
			return o, err
		}
		o.Differing = append(o.Differing, names)
	}
	return o, nil
}

func (m *Model) conflicts(ctx context.Context) ([]Conflict, error) {
	recs, err := m.Book.List(ctx, sales.Query{Kind: "conflict", Sort: []string{"-decided_at"}, Limit: 500})
	if err != nil {
		return nil, err
	}
	users := make([]string, 0, len(recs))
	for _, r := range recs {
		users = append(users, r.Text("kept_by"))
	}
	names, err := m.Book.Titles(ctx, "user", users)
	if err != nil {
		return nil, err
	}
	out := make([]Conflict, 0, len(recs))
	for _, c := range sales.AllAs[sales.Conflict](recs) {
		v := Conflict{Conflict: c, Title: c.RecordTitle, KeptByName: names[c.KeptBy]}
		v.Lost, _ = sales.ConflictValue(c, c.LostValue) // unreadable values of a newer program are shown as empty, and can still be closed
		v.Kept, _ = sales.ConflictValue(c, c.KeptValue)
		if _, known := sales.KindNamed(c.RecordKind); known {
			titles, err := m.Book.Titles(ctx, c.RecordKind, []string{c.RecordID})
			if err != nil {
				return nil, err
			}
			title, here := titles[c.RecordID]
			v.Gone = !here
			if title != "" {
				v.Title = title
			}
		} else {
			v.Gone = true
		}
		out = append(out, v)
	}
	slices.SortStableFunc(out, func(a, b Conflict) int { return rank(a) - rank(b) })
	return out, nil
}

func heldLast(p sales.Pending) int {
	if p.State == sales.Held {
		return 1
	}
	return 0
}

func rank(c Conflict) int {
	if c.Open() {
		return 0
	}
	return 1
}

// Open says whether the user has yet to decide.
func (c Conflict) Open() bool { return c.Status == "" || c.Status == sales.ConflictOpen }

// Resolve settles a conflict by the user's choice and gives the kinds of record that changed.
func (m *Model) Resolve(ctx context.Context, c Conflict, mine bool) ([]string, error) {
	edits, err := sales.ResolveConflict(c.Conflict, mine)
	if err != nil {
		return nil, err
	}
	if _, err := m.Book.Write(ctx, edits...); err != nil {
		return nil, err
	}
	return []string{"conflict", c.RecordKind}, nil
}

// FieldChange is one field of a pending change, before and after, for the detail view.
type FieldChange struct {
	Field         *sales.Field
	Before, After any
}

// Fields lists what a pending change sets, in the kind's order.
func Fields(p sales.Pending) []FieldChange {
	k, ok := sales.KindNamed(p.Kind)
	if !ok {
		return nil
	}
	var out []FieldChange
	for i := range k.Fields {
		f := &k.Fields[i]
		after, sets := p.Values[f.Name]
		if !sets || sales.Same(after, p.Before[f.Name]) {
			continue
		}
		out = append(out, FieldChange{Field: f, Before: p.Before[f.Name], After: after})
	}
	return out
}

// Named gives values as people read them: a reference becomes its record's title. Values that are not references are left out.
func (m *Model) Named(ctx context.Context, f *sales.Field, v any) (string, error) {
	id, ok := v.(string)
	if f.Type != sales.Ref || !ok || id == "" {
		return "", nil
	}
	titles, err := m.Book.Titles(ctx, f.Of, []string{id})
	return titles[id], err
}

// RouteOf is where a record is opened; "" for kinds that have no page of their own.
func RouteOf(kind, id string) string {
	switch kind {
	case "partner", "account", "contact", "visit", "opportunity", "project", "feedback", "task", "announcement":
		return kind + "/" + id
	}
	return ""
}

// One says what a pending change touches, in a line: its record's name.
func One(p sales.Pending) string {
	if s := strings.TrimSpace(p.Title); s != "" {
		return s
	}
	return p.RecordID
}
