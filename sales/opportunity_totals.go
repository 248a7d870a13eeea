package sales

import (
	"cmp"
	"slices"
	"time"
)

// Chance is the percentage with which the deal is taken to be won: its own, else that of its stage.
func (o Opportunity) Chance() int {
	if o.Probability > 0 && !Closed(o.Stage) {
		return int(o.Probability)
	}
	return StageProbability(o.Pipeline, o.Stage)
}

// Weighted is the amount times the chance, in minor units, rounded to the nearest.
func Weighted(o Opportunity) int64 { return percentOf(o.Amount, int64(o.Chance())) }

func percentOf(amount, percent int64) int64 {
	n := amount * percent
	if n < 0 {
		return (n - 50) / 100
	}
	return (n + 50) / 100
}

// Open says whether the deal is neither won nor lost.
func (o Opportunity) Open() bool { return !Closed(o.Stage) }

// Stuck counts the days by which an open deal has stayed in its stage too long; 0 when it has not.
func (o Opportunity) Stuck(today Date) int {
	limit := StuckAfter(o.Pipeline, o.Stage)
	if limit == 0 || o.StageSince == 0 {
		return 0
	}
	return max(0, DaysBetween(DateOf(o.StageSince.Time()), today)-limit)
}

// PastClose says whether an open deal should have closed before today.
func (o Opportunity) PastClose(today Date) bool {
	return o.Open() && o.ExpectedClose != "" && o.ExpectedClose < today
}

// NeedsNextStep says whether an open deal has no next step, or one whose day has passed.
func (o Opportunity) NeedsNextStep(today Date) bool {
	return o.Open() && (o.NextStep == "" || o.NextStepOn != "" && o.NextStepOn < today)
}

// Total adds up deals of one currency.
type Total struct {
	Currency string
	Count    int
	Amount   int64 // minor units
	Weighted int64 // minor units
}

// Totals adds up deals by currency, the largest amount first. Deals without an amount count towards the default currency.
func Totals(deals []Opportunity) []Total {
	sums := map[string]*Total{}
	for _, o := range deals {
		c := firstOf(o.Currency, DefaultCurrency)
		if sums[c] == nil {
			sums[c] = &Total{Currency: c}
		}
		sums[c].Count++
		sums[c].Amount += o.Amount
		sums[c].Weighted += Weighted(o)
	}
	out := make([]Total, 0, len(sums))
	for _, t := range sums {
		out = append(out, *t)
	}
	slices.SortFunc(out, func(a, b Total) int {
		return cmp.Or(cmp.Compare(b.Amount, a.Amount), cmp.Compare(a.Currency, b.Currency))
	})
	return out
}

// ByStage sorts deals into their stages.
func ByStage(deals []Opportunity) map[string][]Opportunity {
	out := map[string][]Opportunity{}
	for _, o := range deals {
		out[o.Stage] = append(out[o.Stage], o)
	}
	return out
}

// Age counts the days since the deal entered its stage.
func (o Opportunity) Age(now time.Time) int {
	if o.StageSince == 0 {
		return 0
	}
	return DaysBetween(DateOf(o.StageSince.Time().In(now.Location())), DateOf(now))
}
