package visits

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/rounds-field/rounds/sales"
)

// Agenda is the visits of some days in a row, each day's in order of time.
type Agenda struct {
	From sales.Date
	Days []Day
	Late []Row // planned before today and not begun, oldest first, whatever days are shown
}

// Day is one day of an agenda.
type Day struct {
	Date   sales.Date
	Visits []Row
}

// lateLimit bounds the late visits that an agenda lists.
const lateLimit = 50

// Monday is the first day of the week in which a day lies.
func Monday(day sales.Date) sales.Date {
	t := day.Time(time.UTC)
	return sales.DateOf(t.AddDate(0, 0, -((int(t.Weekday()) + 6) % 7)))
}

// AddDays moves a day.
func AddDays(day sales.Date, n int) sales.Date {
	return sales.DateOf(day.Time(time.UTC).AddDate(0, 0, n))
}

// Agenda loads the visits of a number of days, cancelled ones left out; with mine, only the user's own.
func (m *Model) Agenda(ctx context.Context, from sales.Date, days int, mine bool) (Agenda, error) {
	zone := m.Now().Location()
	start, end := sales.InstantOf(from.Time(zone)), sales.InstantOf(AddDays(from, days).Time(zone))
	base := m.owned(mine, sales.Cond{Field: "status", Op: sales.Ne, Value: sales.VisitCancelled})
	// A visit stands where it began, else where it is planned: sales.Visit.When.
	begun := []sales.Cond{{Field: "started_at", Op: sales.Ge, Value: int64(start)}, {Field: "started_at", Op: sales.Lt, Value: int64(end)}}
	planned := []sales.Cond{
		{Field: "planned_at", Op: sales.Ge, Value: int64(start)},
		{Field: "planned_at", Op: sales.Lt, Value: int64(end)},
		{Field: "started_at", Op: sales.IsEmpty},
	}
	var visits []sales.Visit
	for _, conditions := range [][]sales.Cond{begun, planned} {
		found, err := m.Book.List(ctx, sales.Query{Kind: "visit", Where: append(slices.Clone(base), conditions...)})
		if err != nil {
			return Agenda{}, fmt.Errorf("read the agenda: %w", err)
		}
		visits = append(visits, sales.AllAs[sales.Visit](found)...)
	}
	rows, err := m.rows(ctx, visits)
	if err != nil {
		return Agenda{}, err
	}
	out := Agenda{From: from, Days: make([]Day, days)}
	for i := range out.Days {
		out.Days[i].Date = AddDays(from, i)
	}
	slices.SortStableFunc(rows, func(a, b Row) int {
		return cmp.Or(cmp.Compare(a.When(), b.When()), cmp.Compare(a.ID, b.ID))
	})
	for _, r := range rows {
		day := sales.DateOf(r.When().Time().In(zone))
		if i := slices.IndexFunc(out.Days, func(d Day) bool { return d.Date == day }); i >= 0 {
			out.Days[i].Visits = append(out.Days[i].Visits, r)
		}
	}
	out.Late, err = m.late(ctx, mine)
	return out, err
}

// late finds the visits that were planned for a day before today and never begun.
func (m *Model) late(ctx context.Context, mine bool) ([]Row, error) {
	today := sales.InstantOf(m.today().Time(m.Now().Location()))
	found, err := m.Book.List(ctx, sales.Query{
		Kind: "visit", Sort: []string{"planned_at"}, Limit: lateLimit,
		Where: m.owned(mine,
			sales.Cond{Field: "status", Op: sales.Eq, Value: sales.VisitPlanned},
			sales.Cond{Field: "planned_at", Op: sales.Lt, Value: int64(today)}),
	})
	if err != nil {
		return nil, fmt.Errorf("read late visits: %w", err)
	}
	return m.rows(ctx, sales.AllAs[sales.Visit](found))
}

// owned adds, with mine, the condition that the record is the user's.
func (m *Model) owned(mine bool, conditions ...sales.Cond) []sales.Cond {
	if mine && m.me() != "" {
		conditions = append(conditions, sales.Cond{Field: "owner_id", Op: sales.Eq, Value: m.me()})
	}
	return conditions
}

// Slot is the place of a visit in a day's column: from and to are minutes since midnight, and the visit takes lane Lane of
// Lanes lanes side by side, because it overlaps with others.
type Slot struct {
	Row         Row
	From, To    int
	Lane, Lanes int
}

// leastSlot is the shortest time that a visit takes in a calendar, so that it can be read and clicked.
const leastSlot = 45

// Slots places a day's visits, which are in order of time, beside one another where they overlap.
func Slots(visits []Row, zone *time.Location) []Slot {
	var out []Slot
	var lanes []int // until when each lane of the present cluster is taken
	first, until := 0, -1
	closeCluster := func() {
		for i := first; i < len(out); i++ {
			out[i].Lanes = len(lanes)
		}
		first, lanes = len(out), nil
	}
	for _, r := range visits {
		from, to := minutesOf(r, zone)
		if from >= until {
			closeCluster()
		}
		lane := slices.IndexFunc(lanes, func(taken int) bool { return taken <= from })
		if lane < 0 {
			lane, lanes = len(lanes), append(lanes, 0)
		}
		lanes[lane] = to
		until = max(until, to)
		out = append(out, Slot{Row: r, From: from, To: to, Lane: lane})
	}
	closeCluster()
	return out
}

// minutesOf gives the minutes since midnight at which a visit begins and ends on its day.
func minutesOf(r Row, zone *time.Location) (from, to int) {
	begin := r.When().Time().In(zone)
	end := r.PlannedEnd.Time()
	if r.StartedAt != 0 {
		end = r.EndedAt.Time()
	}
	from = begin.Hour()*60 + begin.Minute()
	to = from + leastSlot
	if length := int(end.Sub(begin).Minutes()); !end.IsZero() && length > leastSlot {
		to = from + length
	}
	if to > 24*60 {
		from, to = min(from, 24*60-leastSlot), 24*60
	}
	return from, to
}
