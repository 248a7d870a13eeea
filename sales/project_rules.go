package sales

import (
	"slices"
	"time"
)

// The healths of a project, and `auto`, which asks for the one that milestones and risks give.
const (
	HealthAuto  = "auto"
	HealthGreen = "green"
	HealthAmber = "amber"
	HealthRed   = "red"
)

// Days that decide a project's health.
const (
	lateIsRed     = 14 // a milestone so many days overdue turns the project red
	milestoneNear = 7  // an open milestone so near is worth a reminder
)

// HealthReason is one fact that decided a project's health.
type HealthReason struct {
	Code  string // milestone_late, milestone_very_late, risk, risk_occurred, past_end, on_hold, by_hand; label key "health.<code>"
	Title string // the milestone or risk, "" for the others
	Days  int    // days late, 0 for the others
}

// Health judges a project from its milestones and risks: red when a milestone is more than two weeks late, a grave risk is
// open or one occurred, or the end has passed; amber when a milestone is late at all, a serious risk is open, or the
// project is on hold. A health set by hand stands; a completed or cancelled project is green. The reasons come with the gravest first.
func Health(p Project, milestones []Milestone, risks []ProjectRisk, today Date) (string, []HealthReason) {
	if p.Status == "completed" || p.Status == "cancelled" {
		return HealthGreen, nil
	}
	var red, amber []HealthReason
	if p.EndsOn != "" && p.EndsOn < today {
		red = append(red, HealthReason{Code: "past_end", Days: DaysBetween(p.EndsOn, today)})
	}
	for _, m := range milestones {
		switch late := m.Overdue(today); {
		case late > lateIsRed:
			red = append(red, HealthReason{"milestone_very_late", m.Name, late})
		case late > 0:
			amber = append(amber, HealthReason{"milestone_late", m.Name, late})
		}
	}
	for _, r := range risks {
		switch {
		case r.Status == "occurred":
			red = append(red, HealthReason{"risk_occurred", r.Title, 0})
		case r.Open() && r.Score() >= 9:
			red = append(red, HealthReason{"risk", r.Title, 0})
		case r.Open() && r.Score() >= 4:
			amber = append(amber, HealthReason{"risk", r.Title, 0})
		}
	}
	if p.Status == "on_hold" {
		amber = append(amber, HealthReason{Code: "on_hold"})
	}
	reasons := slices.Concat(red, amber)
	switch {
	case p.Health != "" && p.Health != HealthAuto:
		return p.Health, append([]HealthReason{{Code: "by_hand"}}, reasons...)
	case len(red) > 0:
		return HealthRed, reasons
	case len(amber) > 0:
		return HealthAmber, reasons
	}
	return HealthGreen, nil
}

// Phases lists the phases of a project in order, from lead to closed.
func Phases() []string {
	f, _ := MustKind("project").Field("phase")
	return slices.Clone(f.Options)
}

// NextPhase is the phase after the project's own; "" at the end.
func (p Project) NextPhase() string {
	all := Phases()
	if i := slices.Index(all, p.Phase); i+1 < len(all) {
		return all[i+1]
	}
	return ""
}

// Open says whether work on the project goes on or is to go on.
func (p Project) Open() bool { return p.Status != "completed" && p.Status != "cancelled" }

// NextMilestone gives the open milestone that is due first; false when none is open.
func NextMilestone(milestones []Milestone) (Milestone, bool) {
	var best Milestone
	for _, m := range milestones {
		if m.DoneOn == "" && (best.DueOn == "" || m.DueOn < best.DueOn) {
			best = m
		}
	}
	return best, best.DueOn != ""
}

// Progress is the percentage of milestones that are reached; 0 without any.
func Progress(milestones []Milestone) int {
	done := 0
	for _, m := range milestones {
		if m.DoneOn != "" {
			done++
		}
	}
	return done * 100 / max(1, len(milestones))
}

// Overdue counts the days by which an open milestone is late; 0 when it is not.
func (m Milestone) Overdue(today Date) int {
	if m.DoneOn != "" || m.DueOn == "" {
		return 0
	}
	return max(0, DaysBetween(m.DueOn, today))
}

// Near says whether an open milestone is due within a week.
func (m Milestone) Near(today Date) bool {
	return m.DoneOn == "" && m.DueOn >= today && DaysBetween(today, m.DueOn) <= milestoneNear
}

// Open says whether the risk still threatens.
func (r ProjectRisk) Open() bool { return r.Status == "" || r.Status == "open" }

// Score is likelihood times impact, each from 1 (low, or unknown) to 3 (high).
func (r ProjectRisk) Score() int {
	degree := map[string]int{"medium": 2, "high": 3}
	return max(1, degree[r.Likelihood]) * max(1, degree[r.Impact])
}

func (p Project) check(*Record) Errors {
	return ordered("project", "starts_on", p.StartsOn, "ends_on", p.EndsOn)
}

func (p *Project) complete(_ time.Time, userID string) {
	p.OwnerID = firstOf(p.OwnerID, userID)
	p.Status = firstOf(p.Status, "active")
	p.Phase = firstOf(p.Phase, "lead")
	p.Health = firstOf(p.Health, HealthAuto)
	p.Currency = currencyFor(p.Revenue, p.Currency)
}

func (n *ProjectNote) complete(now time.Time, userID string) {
	n.AuthorID = firstOf(n.AuthorID, userID)
	if n.WrittenAt == 0 {
		n.WrittenAt = InstantOf(now)
	}
}

func (r *ProjectRisk) complete(_ time.Time, userID string) {
	r.OwnerID = firstOf(r.OwnerID, userID)
	r.Status = firstOf(r.Status, "open")
}
