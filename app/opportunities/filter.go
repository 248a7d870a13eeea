package opportunities

import (
	"strconv"
	"time"

	"github.com/rounds-field/rounds/sales"
)

// The periods by which opportunities are filtered: of the expected close while open, of the day of closing after.
const (
	PeriodAll       = ""
	PeriodOverdue   = "overdue"
	PeriodAttention = "attention" // open, and overdue, without a next step or past its day
	PeriodMonth     = "month"
	PeriodNextMonth = "next_month"
	PeriodQuarter   = "quarter"
	PeriodYear      = "year"
)

// Periods lists the periods in the order in which they are offered.
func Periods() []string {
	return []string{PeriodAll, PeriodAttention, PeriodOverdue, PeriodMonth, PeriodNextMonth, PeriodQuarter, PeriodYear}
}

// Filter says which opportunities are shown. The zero value shows all.
type Filter struct {
	Text      string // full-text search
	Pipeline  string
	OwnerID   string
	PartnerID string
	Period    string
	MinAmount int64 // minor units; 0 means any
}

// Active says whether the filter hides anything.
func (f Filter) Active() bool { return f != Filter{} }

// State gives the filter as texts that survive a restart.
func (f Filter) State() map[string]string {
	state := map[string]string{"text": f.Text, "pipeline": f.Pipeline, "owner": f.OwnerID, "partner": f.PartnerID, "period": f.Period}
	if f.MinAmount > 0 {
		state["amount"] = strconv.FormatInt(f.MinAmount, 10)
	}
	return state
}

// FilterFrom reads what State gave; what it does not know is left out.
func FilterFrom(state map[string]string) Filter {
	amount, err := strconv.ParseInt(state["amount"], 10, 64)
	if err != nil {
		amount = 0
	}
	return Filter{
		Text: state["text"], Pipeline: state["pipeline"], OwnerID: state["owner"], PartnerID: state["partner"],
		Period: state["period"], MinAmount: amount,
	}
}

// query is the filter as a query, without the stage. closed says that only closed stages are asked for, whose period
// goes by the day of closing.
func (f Filter) query(now time.Time, closed bool) sales.Query {
	q := sales.Query{Kind: kind, Match: f.Text}
	equal := func(field, value string) {
		if value != "" {
			q.Where = append(q.Where, sales.Cond{Field: field, Op: sales.Eq, Value: value})
		}
	}
	equal("pipeline", f.Pipeline)
	equal("owner_id", f.OwnerID)
	equal("partner_id", f.PartnerID)
	if f.MinAmount > 0 {
		q.Where = append(q.Where, sales.Cond{Field: "amount", Op: sales.Ge, Value: f.MinAmount})
	}
	day := "expected_close"
	if closed {
		day = "closed_on"
	}
	if f.Period == PeriodAttention {
		today := now.Format(time.DateOnly)
		q.Where = append(q.Where, sales.Cond{Field: "stage", Op: sales.NotIn, Value: []string{sales.StageWon, sales.StageLost}})
		q.Any = []sales.Cond{
			{Field: "next_step", Op: sales.IsEmpty}, {Field: "next_step_on", Op: sales.Lt, Value: today}, {Field: "expected_close", Op: sales.Lt, Value: today},
		}
	}
	from, until := span(f.Period, now)
	if from != "" {
		q.Where = append(q.Where, sales.Cond{Field: day, Op: sales.Ge, Value: from})
	}
	if until != "" {
		q.Where = append(q.Where, sales.Cond{Field: day, Op: sales.NotEmpty}, sales.Cond{Field: day, Op: sales.Lt, Value: until})
	}
	return q
}

// span is the period's first day and the day after its last; "" where it is open.
func span(period string, now time.Time) (from, until string) {
	first := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, now.Location())
	months := func(start, length int) (string, string) {
		return first.AddDate(0, start, 0).Format(time.DateOnly), first.AddDate(0, start+length, 0).Format(time.DateOnly)
	}
	switch period {
	case PeriodOverdue:
		return "", now.Format(time.DateOnly)
	case PeriodMonth:
		return months(0, 1)
	case PeriodNextMonth:
		return months(1, 1)
	case PeriodQuarter:
		return months(-(int(now.Month())-1)%3, 3)
	case PeriodYear:
		return months(1-int(now.Month()), 12)
	}
	return "", ""
}
