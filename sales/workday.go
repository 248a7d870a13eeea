package sales

import (
	"slices"
	"time"
)

// worksDays is how many days back and ahead belong to what somebody works with today.
const worksDays = 14

// WorkKinds are the kinds of which a user works with single records of their own from day to day.
func WorkKinds() []string { return []string{"visit", "task", "opportunity", "project"} }

// WorksWith says whether a record of one of the WorkKinds is something that a user works with today: a visit of the last or next weeks, an open task, an
// open deal, a project that goes on.
func WorksWith(r Record, userID string, now time.Time) bool {
	if r.Text("owner_id") != userID {
		return false
	}
	from, to := InstantOf(now.AddDate(0, 0, -worksDays)), InstantOf(now.AddDate(0, 0, worksDays))
	switch r.Kind {
	case "visit":
		v := As[Visit](r)
		if v.Status == VisitPlanned || v.Status == VisitInProgress {
			return v.PlannedAt < to
		}
		return v.StartedAt > from && v.StartedAt < to
	case "task":
		t := As[Task](r)
		return t.Status != TaskDone && t.Status != TaskCancelled && (t.DueOn == "" || t.DueOn <= DateOf(now.AddDate(0, 0, worksDays)))
	case "opportunity":
		stage := r.Text("stage")
		return stage != StageWon && stage != StageLost
	case "project":
		return !slices.Contains([]string{"completed", "cancelled"}, r.Text("status"))
	}
	return false
}
