package sales

import (
	"slices"
	"time"
)

// The statuses of a visit: planned → in_progress → done, and planned or in_progress → cancelled. A planned visit may be
// logged as done in one step.
const (
	VisitPlanned    = "planned"
	VisitInProgress = "in_progress"
	VisitDone       = "done"
	VisitCancelled  = "cancelled"
)

// usualVisit is how long a visit is taken to have lasted of which only the beginning is known.
const usualVisit = 30 * time.Minute

// nextVisitStatuses says which status may follow which. Done and cancelled are final, though texts and times may still be mended.
var nextVisitStatuses = map[string][]string{
	VisitPlanned:    {VisitInProgress, VisitDone, VisitCancelled},
	VisitInProgress: {VisitDone, VisitCancelled},
}

// NextStatuses lists the statuses that may follow the visit's own.
func (v Visit) NextStatuses() []string { return nextVisitStatuses[v.Status] }

// When is the moment at which the visit shows in an agenda: when it began, else when it is planned.
func (v Visit) When() Instant {
	if v.StartedAt != 0 {
		return v.StartedAt
	}
	return v.PlannedAt
}

// Open says whether the visit is still to be made or finished.
func (v Visit) Open() bool { return v.Status == VisitPlanned || v.Status == VisitInProgress }

// Overdue says whether the planned day has passed, in the zone of now, without the visit having begun.
func (v Visit) Overdue(now time.Time) bool {
	return v.Status == VisitPlanned && v.PlannedAt != 0 && DateOf(v.PlannedAt.Time().In(now.Location())) < DateOf(now)
}

// Start begins the visit now.
func (v Visit) Start(now time.Time) Visit {
	v.Status, v.StartedAt = VisitInProgress, InstantOf(now)
	return v
}

// Finish ends the visit now; a visit that never was begun took the usual time.
func (v Visit) Finish(now time.Time) Visit {
	v.Status = VisitDone
	if v.EndedAt == 0 {
		v.EndedAt = max(InstantOf(now), v.StartedAt)
	}
	if v.StartedAt == 0 {
		v.StartedAt = v.EndedAt - Instant(usualVisit.Milliseconds())
	}
	return v
}

// Cancel calls the visit off. Validate refuses an empty reason.
func (v Visit) Cancel(reason string) Visit {
	v.Status, v.CancelReason = VisitCancelled, reason
	return v
}

// Reschedule moves a planned visit to another time, keeps its length, and remembers the time before in MovedFrom.
func (v Visit) Reschedule(to time.Time) Visit {
	at := InstantOf(to)
	if at == v.PlannedAt {
		return v
	}
	if v.PlannedEnd != 0 && v.PlannedAt != 0 {
		v.PlannedEnd += at - v.PlannedAt
	}
	v.MovedFrom, v.PlannedAt = v.PlannedAt, at
	return v
}

func (v Visit) check(prev *Record) Errors {
	var errs Errors
	if v.PartnerID == "" && v.AccountID == "" {
		errs = append(errs, refuse(CodeRequired, "visit", "partner_id", "choose whom you visit", "a visit needs a partner or a key account"))
	}
	if v.StartedAt != 0 && v.EndedAt != 0 && v.EndedAt < v.StartedAt {
		errs = append(errs, refuse(CodeBadOrder, "visit", "ended_at", "mend one of the two times", "it ended before it started"))
	}
	if v.PlannedAt != 0 && v.PlannedEnd != 0 && v.PlannedEnd < v.PlannedAt {
		errs = append(errs, refuse(CodeBadOrder, "visit", "planned_end", "mend one of the two times", "it is planned to end before it begins"))
	}
	if v.Status == VisitCancelled && v.CancelReason == "" {
		errs = append(errs, refuse(CodeReasonNeeded, "visit", "cancel_reason", "say why", "a cancelled visit needs its reason"))
	}
	if v.Status == VisitPlanned && v.PlannedAt == 0 {
		errs = append(errs, refuse(CodeRequired, "visit", "planned_at", "say when", "a planned visit needs its time"))
	}
	return append(errs, checkStep(prev, "visit", "status", v.Status, nextVisitStatuses)...)
}

// checkStep refuses a change of status that is not among those that may follow.
func checkStep(prev *Record, kind, field, to string, next map[string][]string) Errors {
	if prev == nil {
		return nil
	}
	from := prev.Text(field)
	if from == "" || from == to || slices.Contains(next[from], to) {
		return nil
	}
	e := refuse(CodeBadOrder, kind, field, "reload the record and see what has become of it", "%q does not follow %q", to, from)
	e.Args = map[string]any{"From": from, "To": to}
	return Errors{e}
}

// complete makes the quick log work: partner and type suffice, the visit is then done and just over. A planned time without
// any other makes a planned visit.
func (v *Visit) complete(now time.Time, userID string) {
	at := InstantOf(now)
	if v.OwnerID == "" {
		v.OwnerID = userID
	}
	if v.Status == "" {
		switch {
		case v.StartedAt == 0 && v.EndedAt == 0 && v.PlannedAt != 0:
			v.Status = VisitPlanned
		default:
			v.Status = VisitDone
		}
	}
	switch v.Status {
	case VisitInProgress:
		if v.StartedAt == 0 {
			v.StartedAt = at
		}
	case VisitDone:
		v.fillTimes(at)
	}
	if v.PlannedAt == 0 {
		v.PlannedAt = v.StartedAt // one field orders and filters all visits, planned or not
	}
	if v.Zone == "" && now.Location() != time.Local && now.Location() != time.UTC {
		v.Zone = now.Location().String()
	}
}

func (v *Visit) fillTimes(now Instant) {
	usual := Instant(usualVisit.Milliseconds())
	switch {
	case v.StartedAt == 0 && v.EndedAt == 0:
		v.StartedAt, v.EndedAt = now, now
		if v.PlannedAt != 0 && v.PlannedAt < now {
			v.StartedAt = v.PlannedAt
			v.EndedAt = min(now, v.PlannedAt+usual)
		}
	case v.EndedAt == 0:
		v.EndedAt = max(v.StartedAt, min(now, v.StartedAt+usual))
	case v.StartedAt == 0:
		v.StartedAt = v.EndedAt - usual
	}
}
