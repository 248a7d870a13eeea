package sales

import "time"

// CadenceDays is the number of days within which a company of a tier is to be visited again (SC-060-030); 0 for a company
// without a tier, of which no cadence is asked.
func CadenceDays(tier string) int {
	return map[string]int{"platinum": 14, "gold": 21, "silver": 35, "bronze": 60, "prospect": 45}[tier]
}

// The states of a visit cadence.
const (
	CadenceNone    = "none"    // nothing is asked for
	CadenceOK      = "ok"      // time enough
	CadenceSoon    = "soon"    // due within a week
	CadenceDue     = "due"     // due today
	CadenceOverdue = "overdue" // missed
)

// Cadence tells when a company is to be visited next.
type Cadence struct {
	Every   int    // days between visits; 0 means none asked
	Last    Date   // the last visit; "" when never
	DueOn   Date   // "" when none is asked
	Overdue int    // days past DueOn; negative while there is time
	State   string // one of the Cadence constants
}

// CadenceOf finds the state of a cadence: every is the company's own number of days, 0 for that of its tier. A company that
// was never visited is due today.
func CadenceOf(tier string, every int64, last, today Date) Cadence {
	c := Cadence{Every: int(every), Last: last, State: CadenceNone}
	if c.Every <= 0 {
		c.Every = CadenceDays(tier)
	}
	if c.Every == 0 {
		return c
	}
	c.DueOn = today
	if last != "" {
		c.DueOn = addDays(last, c.Every)
	}
	c.Overdue = DaysBetween(c.DueOn, today)
	switch {
	case c.Overdue > 0:
		c.State = CadenceOverdue
	case c.Overdue == 0:
		c.State = CadenceDue
	case c.Overdue >= -7:
		c.State = CadenceSoon
	default:
		c.State = CadenceOK
	}
	return c
}

// Cadence tells when the partner is to be visited next; none is asked once the partnership rests or has ended.
func (p Partner) Cadence(last, today Date) Cadence {
	if !courted(p.Status) {
		return Cadence{Last: last, State: CadenceNone}
	}
	return CadenceOf(p.Tier, p.VisitEvery, last, today)
}

// Cadence tells when the key account is to be visited next; none is asked once the relation rests or has ended.
func (a Account) Cadence(last, today Date) Cadence {
	if !courted(a.Status) {
		return Cadence{Last: last, State: CadenceNone}
	}
	return CadenceOf(a.Tier, a.VisitEvery, last, today)
}

func courted(status string) bool { return status != "suspended" && status != "ended" }

// LastVisits finds the day of the last visit that was made to each company, by the id of partner and of key account, in loc.
func LastVisits(visits []Visit, loc *time.Location) map[string]Date {
	out := map[string]Date{}
	for _, v := range visits {
		if v.Status != VisitDone || v.When() == 0 {
			continue
		}
		day := DateOf(v.When().Time().In(loc))
		for _, id := range []string{v.PartnerID, v.AccountID} {
			if id != "" && day > out[id] {
				out[id] = day
			}
		}
	}
	return out
}
