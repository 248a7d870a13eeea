package sample

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rounds-field/rounds/sales"
)

var monday = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

// organisation makes one, counts its kinds, and indexes its records.
func organisation(t *testing.T, scale string, now time.Time) (records []sales.Record, count map[string]int, byID map[string]sales.Record) {
	t.Helper()
	records, err := Organisation(scale, now)
	if err != nil {
		t.Fatal(err)
	}
	count, byID = map[string]int{}, map[string]sales.Record{}
	for _, r := range sales.Defaults() {
		byID[r.ID] = r
	}
	for _, r := range records {
		count[r.Kind]++
		if _, twice := byID[r.ID]; twice {
			t.Fatalf("%s %s %q is there twice", r.Kind, r.ID, r.Title())
		}
		byID[r.ID] = r
		k := sales.MustKind(r.Kind)
		for _, f := range k.Fields {
			if ref := r.Text(f.Name); f.Type == sales.Ref && ref != "" {
				if target, ok := byID[ref]; !ok || target.Kind != f.Of {
					t.Fatalf("%s %s: %s leads to %q, which is not a %s before it", r.Kind, r.ID, f.Name, ref, f.Of)
				}
			}
		}
		if err := sales.Validate(nil, r); err != nil {
			t.Fatalf("%v", err)
		}
	}
	return records, count, byID
}

func TestSmallOrganisationHasSomeOfEverything(t *testing.T) {
	_, count, _ := organisation(t, Small, monday)
	t.Log(count)
	for kind, least := range map[string]int{
		"territory": 3351, "user": 10, "product": 7, "partner": 300, "account": 80, "contact": 400, "shipment": 2000, "receivable": 100,
		"opportunity": 400, "stage_change": 500, "line_item": 80, "visit": 1200, "visit_result": 200, "feedback": 500, "feedback_reply": 300,
		"task": 120, "project": 15, "milestone": 90, "project_note": 60, "project_risk": 30, "announcement": 7, "receipt": 10,
	} {
		if count[kind] < least {
			t.Errorf("%d of %s, want at least %d", count[kind], kind, least)
		}
	}
}

func TestFullOrganisationHasAllOfTheData(t *testing.T) {
	_, count, _ := organisation(t, Full, monday)
	t.Log(count)
	for kind, n := range map[string]int{"partner": 3621, "account": 1500, "shipment": 29943, "receivable": 2586, "opportunity": 8800} {
		if count[kind] != n {
			t.Errorf("%d of %s, want %d", count[kind], kind, n)
		}
	}
	if count["feedback"] < 16315 {
		t.Errorf("%d of feedback, want 16315 and some", count["feedback"])
	}
}

func TestOrganisationIsTheSameEveryTime(t *testing.T) {
	a, _ := Organisation(Small, monday)
	b, _ := Organisation(Small, monday)
	if d := cmp.Diff(a, b); d != "" {
		t.Errorf("two calls differ: %s", d)
	}
	if _, err := Organisation("huge", monday); err == nil {
		t.Error("an unknown scale is accepted")
	}
}

// Every representative finds something to do at every day of the year at which a demonstration may be.
func TestEveryRepresentativeHasADayAhead(t *testing.T) {
	for _, now := range []time.Time{monday, time.Date(2027, 2, 28, 23, 30, 0, 0, time.FixedZone("CST", 8*3600)), time.Date(2026, 6, 1, 0, 10, 0, 0, time.UTC)} {
		records, _, byID := organisation(t, Small, now)
		today := sales.DateOf(now)
		type day struct{ due, missed, cadence, tasks, late, stuck, danger int }
		found := map[string]*day{}
		for _, u := range reps() {
			found[u.ID] = &day{}
		}
		var visits []sales.Visit
		milestones, risks := map[string][]sales.Milestone{}, map[string][]sales.ProjectRisk{}
		for _, r := range records {
			switch r.Kind {
			case "visit":
				visits = append(visits, sales.As[sales.Visit](r))
			case "milestone":
				milestones[r.Text("project_id")] = append(milestones[r.Text("project_id")], sales.As[sales.Milestone](r))
			case "project_risk":
				risks[r.Text("project_id")] = append(risks[r.Text("project_id")], sales.As[sales.ProjectRisk](r))
			}
		}
		last := sales.LastVisits(visits, now.Location())
		for _, v := range visits {
			d := found[v.OwnerID]
			if v.Status == sales.VisitPlanned && sales.DateOf(v.PlannedAt.Time().In(now.Location())) == today {
				d.due++
			}
			if v.Overdue(now) {
				d.missed++
			}
			if v.Status == sales.VisitDone && v.EndedAt > sales.InstantOf(now) {
				t.Errorf("%s: a visit was done at %v", now, v.EndedAt.Time())
			}
		}
		for _, r := range records {
			d := found[r.Text("owner_id")]
			if d == nil {
				continue
			}
			switch r.Kind {
			case "partner":
				if sales.As[sales.Partner](r).Cadence(last[r.ID], today).State == sales.CadenceOverdue {
					d.cadence++
				}
			case "task":
				task := sales.As[sales.Task](r)
				d.tasks += btoi(task.DueToday(today))
				d.late += btoi(task.Overdue(today) > 0)
			case "opportunity":
				d.stuck += btoi(sales.As[sales.Opportunity](r).Stuck(today) > 0)
			case "project":
				h, _ := sales.Health(sales.As[sales.Project](r), milestones[r.ID], risks[r.ID], today)
				d.danger += btoi(h == sales.HealthRed)
			}
		}
		for user, d := range found {
			if d.due < 4 || d.missed < 2 || d.cadence == 0 || d.tasks < 3 || d.late == 0 || d.stuck == 0 || d.danger == 0 {
				t.Errorf("%s, %s: %+v", now, byID[user].Title(), *d)
			}
		}
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
