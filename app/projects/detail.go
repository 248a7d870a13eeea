package projects

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rounds-field/rounds/sales"
)

// Note is a note of progress with its author's name.
type Note struct {
	sales.ProjectNote
	Author string
}

// Risk is a risk with its owner's name.
type Risk struct {
	sales.ProjectRisk
	Owner string
}

// Member is a person working on the project.
type Member struct{ ID, Name string }

// Detail is everything that the page of one project shows.
type Detail struct {
	Row
	Account, Partner string
	Milestones       []sales.Milestone // by due day
	Notes            []Note            // latest first
	Risks            []Risk            // open ones first, the gravest first
	Members          []Member          // by name
	Tasks            []sales.Task
}

// Detail loads a project with all that belongs to it.
func (m *Model) Detail(ctx context.Context, id string) (Detail, error) {
	record, err := m.Book.Get(ctx, kind, id)
	if err != nil {
		return Detail{}, fmt.Errorf("open the project: %w", err)
	}
	rows, err := m.rows(ctx, []sales.Project{sales.As[sales.Project](record)})
	if err != nil {
		return Detail{}, fmt.Errorf("open the project: %w", err)
	}
	d := Detail{Row: rows[0]}
	if err := m.loadParts(ctx, &d); err != nil {
		return Detail{}, fmt.Errorf("open the project: %w", err)
	}
	return d, nil
}

func (m *Model) loadParts(ctx context.Context, d *Detail) error {
	parts := map[string][]sales.Record{}
	for kind, order := range map[string]string{"milestone": "due_on", "project_note": "-written_at", "project_risk": "title", "task": "due_on"} {
		found, err := m.Book.List(ctx, sales.Query{
			Kind: kind, Sort: []string{order, "id"}, Where: []sales.Cond{{Field: "project_id", Op: sales.Eq, Value: d.ID}},
		})
		if err != nil {
			return err
		}
		parts[kind] = found
	}
	var names sales.Names
	names.Want("account", d.AccountID)
	names.Want("partner", d.PartnerID)
	names.Want("user", d.MemberIDs...)
	d.Milestones, d.Tasks = sales.AllAs[sales.Milestone](parts["milestone"]), sales.AllAs[sales.Task](parts["task"])
	for _, n := range sales.AllAs[sales.ProjectNote](parts["project_note"]) {
		d.Notes = append(d.Notes, Note{ProjectNote: n})
		names.Want("user", n.AuthorID)
	}
	for _, r := range sales.AllAs[sales.ProjectRisk](parts["project_risk"]) {
		d.Risks = append(d.Risks, Risk{ProjectRisk: r})
		names.Want("user", r.OwnerID)
	}
	if err := names.Load(ctx, m.Book); err != nil {
		return err
	}
	d.Account, d.Partner = names.Of("account", d.AccountID), names.Of("partner", d.PartnerID)
	for i := range d.Notes {
		d.Notes[i].Author = names.Of("user", d.Notes[i].AuthorID)
	}
	for i := range d.Risks {
		d.Risks[i].Owner = names.Of("user", d.Risks[i].OwnerID)
	}
	for _, id := range d.MemberIDs {
		d.Members = append(d.Members, Member{ID: id, Name: names.Of("user", id)})
	}
	slices.SortFunc(d.Members, func(a, b Member) int { return strings.Compare(a.Name, b.Name) })
	slices.SortStableFunc(d.Risks, func(a, b Risk) int { return weight(b) - weight(a) })
	return nil
}

// weight orders risks: what occurred, then open ones by score, then the rest.
func weight(r Risk) int {
	switch {
	case r.Status == "occurred":
		return 100
	case r.Open():
		return 10 + r.Score()
	}
	return r.Score() - 10
}
