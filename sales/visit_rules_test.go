package sales

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var (
	noon  = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	today = DateOf(noon)
	anyID = "00000000-0000-7000-8000-000000000001"
)

// codes lists the codes of a validation error with their fields.
func codes(err error) []string {
	var out []string
	var errs Errors
	if errors.As(err, &errs) {
		for _, e := range errs {
			out = append(out, e.Code+" "+e.Field)
		}
	}
	return out
}

func wantCodes(t *testing.T, err error, want ...string) {
	t.Helper()
	if d := cmp.Diff(want, codes(err)); d != "" {
		t.Errorf("codes (-want +got):\n%s", d)
	}
}

func created(model any) Record { return Complete(RecordOf(model), noon, "u") }

func TestQuickLogOfAVisitNeedsPartnerAndTypeOnly(t *testing.T) {
	r := created(Visit{PartnerID: anyID, VisitType: "routine"})
	r.Values["owner_id"] = anyID
	wantCodes(t, Validate(nil, r))
	v := As[Visit](r)
	if v.Status != VisitDone || v.StartedAt != InstantOf(noon) || v.EndedAt < v.StartedAt {
		t.Errorf("got status %q from %v to %v", v.Status, v.StartedAt.Time(), v.EndedAt.Time())
	}
	wantCodes(t, Validate(nil, Record{Kind: "visit", Values: Values{"partner_id": anyID}}), "required visit_type")
	wantCodes(t, Validate(nil, Record{Kind: "visit", Values: Values{"visit_type": "routine"}}), "required partner_id")
}

func TestVisitIsCompletedByWhatIsKnownOfItsTimes(t *testing.T) {
	hour := Instant(time.Hour.Milliseconds())
	at := InstantOf(noon)
	usual := Instant(usualVisit.Milliseconds())
	for name, c := range map[string]struct {
		in         Visit
		status     string
		start, end Instant
	}{
		"planned ahead":                    {Visit{PlannedAt: at + hour}, VisitPlanned, 0, 0},
		"planned for an hour ago":          {Visit{PlannedAt: at - hour}, VisitPlanned, 0, 0},
		"begun an hour ago":                {Visit{StartedAt: at - hour}, VisitDone, at - hour, at - hour + usual},
		"begun a minute ago":               {Visit{StartedAt: at - 60000}, VisitDone, at - 60000, at},
		"ended an hour ago":                {Visit{EndedAt: at - hour}, VisitDone, at - hour - usual, at - hour},
		"under way":                        {Visit{Status: VisitInProgress}, VisitInProgress, at, 0},
		"planned an hour ago and now done": {Visit{Status: VisitDone, PlannedAt: at - hour}, VisitDone, at - hour, at - hour + usual},
	} {
		v := As[Visit](created(c.in))
		if v.Status != c.status || v.StartedAt != c.start || v.EndedAt != c.end || v.OwnerID != "u" {
			t.Errorf("%s: got %q from %v to %v by %q", name, v.Status, v.StartedAt.Time(), v.EndedAt.Time(), v.OwnerID)
		}
	}
}

func TestVisitRefusesContradictions(t *testing.T) {
	base := Visit{PartnerID: anyID, VisitType: "routine"}
	v := base
	v.StartedAt, v.EndedAt = 2000, 1000
	wantCodes(t, Validate(nil, RecordOf(v)), "bad_order ended_at")
	v = base
	v.Status, v.PlannedAt, v.PlannedEnd = VisitPlanned, 2000, 1000
	wantCodes(t, Validate(nil, RecordOf(v)), "bad_order planned_end")
	wantCodes(t, Validate(nil, RecordOf(base.Cancel(""))), "reason_needed cancel_reason")
	wantCodes(t, Validate(nil, RecordOf(base.Cancel("closed for the holiday"))))
	v = base
	v.Status = VisitPlanned
	wantCodes(t, Validate(nil, RecordOf(v)), "required planned_at")
}

func TestVisitStatusesFollowOneAnother(t *testing.T) {
	follows := map[string]string{
		"planned": "planned in_progress done cancelled", "in_progress": "in_progress done cancelled",
		"done": "done", "cancelled": "cancelled",
	}
	for from, allowed := range follows {
		for _, to := range []string{"planned", "in_progress", "done", "cancelled"} {
			v := Visit{PartnerID: anyID, VisitType: "routine", PlannedAt: 1000, CancelReason: "x", Status: from}
			prev := RecordOf(v)
			v.Status, v.Notes = to, "added later"
			ok := Validate(&prev, RecordOf(v)) == nil
			if want := slices.Contains(strings.Fields(allowed), to); ok != want {
				t.Errorf("%s to %s: allowed %v, want %v", from, to, ok, want)
			}
		}
	}
}

func TestReschedulingKeepsTheTimeBeforeAndTheLength(t *testing.T) {
	v := Visit{Status: VisitPlanned, PlannedAt: InstantOf(noon), PlannedEnd: InstantOf(noon.Add(time.Hour))}
	m := v.Reschedule(noon.AddDate(0, 0, 2))
	if m.MovedFrom != v.PlannedAt || m.PlannedEnd-m.PlannedAt != Instant(time.Hour.Milliseconds()) {
		t.Errorf("got %+v", m)
	}
	if again := m.Reschedule(m.PlannedAt.Time()); again.MovedFrom != v.PlannedAt {
		t.Error("moving to the same time forgot where it came from")
	}
}

func TestPlannedVisitIsOverdueFromTheNextDayInTheZone(t *testing.T) {
	shanghai := time.FixedZone("CST", 8*3600)
	v := Visit{Status: VisitPlanned, PlannedAt: InstantOf(time.Date(2026, 11, 23, 9, 0, 0, 0, shanghai))}
	if v.Overdue(time.Date(2026, 11, 23, 23, 0, 0, 0, shanghai)) {
		t.Error("overdue on its own day")
	}
	if !v.Overdue(time.Date(2026, 11, 24, 0, 30, 0, 0, shanghai)) {
		t.Error("not overdue on the day after")
	}
}

func TestMandatoryStepIsDoneOrSkippedWithAReason(t *testing.T) {
	steps := []VisitStep{{Code: "a", VisitType: "routine", Mandatory: true, Position: 2}, {Code: "b", VisitType: "routine", Mandatory: true, Position: 1}, {Code: "c", VisitType: "routine", Position: 3}}
	if got := StepsOf(steps, "routine"); got[0].Code != "b" || len(got) != 3 {
		t.Errorf("steps in order: %v", got)
	}
	missing := MissingSteps(steps, []VisitResult{{StepCode: "a", Result: StepDone}, {StepCode: "b", Result: StepSkipped}})
	if len(missing) != 1 || missing[0].Code != "b" {
		t.Errorf("missing %v", missing)
	}
	r := VisitResult{VisitID: anyID, StepCode: "b", Result: StepSkipped}
	wantCodes(t, Validate(nil, RecordOf(r)), "reason_needed skip_reason")
	r.SkipReason = "the buyer was away"
	wantCodes(t, Validate(nil, RecordOf(r)))
}
