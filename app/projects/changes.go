package projects

import (
	"context"
	"fmt"
	"slices"

	"github.com/rounds-field/rounds/sales"
)

// set writes some fields of a project.
func (m *Model) set(ctx context.Context, id string, values sales.Values) error {
	_, err := m.Book.Write(ctx, sales.Edit{Verb: sales.Update, Kind: kind, ID: id, Values: values})
	return err
}

// SetPhase moves a project to a phase. The last one completes it; leaving the last one makes it active again.
func (m *Model) SetPhase(ctx context.Context, p sales.Project, phase string) error {
	values := sales.Values{"phase": phase}
	const last = "closed"
	switch {
	case phase == last && p.Open():
		values["status"] = "completed"
	case phase != last && p.Status == "completed":
		values["status"] = "active"
	}
	return m.set(ctx, p.ID, values)
}

// SetStatus says whether a project goes on, rests or is over.
func (m *Model) SetStatus(ctx context.Context, id, status string) error {
	return m.set(ctx, id, sales.Values{"status": status})
}

// SetHealth sets the health by hand, or leaves it to milestones and risks with sales.HealthAuto.
func (m *Model) SetHealth(ctx context.Context, id, health string) error {
	return m.set(ctx, id, sales.Values{"health": health})
}

// SetNextStep writes the next step; "" clears it.
func (m *Model) SetNextStep(ctx context.Context, id, step string) error {
	return m.set(ctx, id, sales.Values{"next_step": step})
}

// AddMember makes a user a member; RemoveMember takes one out. Only the difference is written, so that concurrent changes of
// two people both stand.
func (m *Model) AddMember(ctx context.Context, p sales.Project, userID string) error {
	return m.set(ctx, p.ID, sales.Values{"member_ids": sales.CleanSet(append(slices.Clone(p.MemberIDs), userID))})
}

// RemoveMember takes a user out of the members.
func (m *Model) RemoveMember(ctx context.Context, p sales.Project, userID string) error {
	rest := slices.DeleteFunc(slices.Clone(p.MemberIDs), func(id string) bool { return id == userID })
	return m.set(ctx, p.ID, sales.Values{"member_ids": sales.CleanSet(rest)})
}

// AddNote appends a note of progress. Notes are never edited: they are what was known then.
func (m *Model) AddNote(ctx context.Context, id, body string) error {
	_, err := m.Book.Write(ctx, sales.CreateOf(sales.ProjectNote{ProjectID: id, Body: body, AuthorID: m.me(), WrittenAt: sales.InstantOf(m.Now())}))
	return err
}

// Reach marks a milestone as reached today, or as open again.
func (m *Model) Reach(ctx context.Context, id string, reached bool) error {
	day := ""
	if reached {
		day = string(m.today())
	}
	_, err := m.Book.Write(ctx, sales.Edit{Verb: sales.Update, Kind: "milestone", ID: id, Values: sales.Values{"done_on": day}})
	return err
}

// SaveMilestone creates a milestone, or updates it when it has an id.
func (m *Model) SaveMilestone(ctx context.Context, next sales.Milestone) error {
	return savePart(ctx, m, next.ID, next)
}

// SaveRisk creates a risk, or updates it when it has an id.
func (m *Model) SaveRisk(ctx context.Context, next sales.ProjectRisk) error {
	return savePart(ctx, m, next.ID, next)
}

func savePart[T any](ctx context.Context, m *Model, id string, next T) error {
	if id == "" {
		_, err := m.Book.Write(ctx, sales.CreateOf(next))
		return err
	}
	name := sales.RecordOf(next).Kind
	prev, err := m.Book.Get(ctx, name, id)
	if err != nil {
		return fmt.Errorf("save the %s: %w", name, err)
	}
	edit := sales.UpdateOf(sales.As[T](prev), next)
	if len(edit.Values) == 0 {
		return nil
	}
	_, err = m.Book.Write(ctx, edit)
	return err
}

// AddTask creates a follow-up of a project; the day may be empty.
func (m *Model) AddTask(ctx context.Context, p sales.Project, title string, on sales.Date) error {
	_, err := m.Book.Write(ctx, sales.CreateOf(sales.Task{
		Title: title, DueOn: on, ProjectID: p.ID, PartnerID: p.PartnerID, AccountID: p.AccountID, OwnerID: m.me(),
	}))
	return err
}

// DeletePart removes a milestone or a risk.
func (m *Model) DeletePart(ctx context.Context, kind, id string) error {
	_, err := m.Book.Write(ctx, sales.Edit{Verb: sales.Delete, Kind: kind, ID: id})
	return err
}

// Delete removes a project with its milestones, notes and risks.
func (m *Model) Delete(ctx context.Context, id string) error {
	var edits []sales.Edit
	for _, part := range []string{"milestone", "project_note", "project_risk"} {
		records, err := m.Book.List(ctx, sales.Query{Kind: part, Where: []sales.Cond{{Field: "project_id", Op: sales.Eq, Value: id}}})
		if err != nil {
			return fmt.Errorf("delete the project: %w", err)
		}
		for _, r := range records {
			edits = append(edits, sales.Edit{Verb: sales.Delete, Kind: part, ID: r.ID})
		}
	}
	_, err := m.Book.Write(ctx, append(edits, sales.Edit{Verb: sales.Delete, Kind: kind, ID: id})...)
	return err
}
