package sales

import "time"

// complete computes the amount and makes up the key of a line that came without one.
func (s *Shipment) complete(time.Time, string) {
	if s.Amount == 0 {
		s.Amount = s.Quantity * s.UnitPrice
	}
	if s.Key == "" {
		s.Key = s.OrderNo + "/" + s.ProductCode + "/1"
	}
	s.Currency = currencyFor(s.Amount, s.Currency)
}

func (r *Receivable) complete(time.Time, string) {
	r.Currency = currencyFor(r.Amount, r.Currency)
}

// Open says whether the invoice is unpaid on a day. One whose settling lies ahead, as a promised payment does, is still open.
func (r Receivable) Open(today Date) bool { return r.SettledOn == "" || r.SettledOn > today }

// Overdue counts the days by which the invoice is late: to today while it is open, to the settling once it is paid. 0 when it is not late.
func (r Receivable) Overdue(today Date) int {
	if r.DueOn == "" {
		return 0
	}
	end := today
	if !r.Open(today) {
		end = r.SettledOn
	}
	return max(0, DaysBetween(r.DueOn, end))
}

// The ageing buckets of open invoices, by days overdue.
const (
	AgeCurrent = "current" // not due yet
	Age30      = "1_30"
	Age60      = "31_60"
	Age90      = "61_90"
	AgeOver90  = "over_90"
)

// AgeBuckets lists the ageing buckets in order.
func AgeBuckets() []string { return []string{AgeCurrent, Age30, Age60, Age90, AgeOver90} }

// AgeBucket is the ageing bucket of an open invoice.
func (r Receivable) AgeBucket(today Date) string {
	switch late := r.Overdue(today); {
	case late == 0:
		return AgeCurrent
	case late <= 30:
		return Age30
	case late <= 60:
		return Age60
	case late <= 90:
		return Age90
	}
	return AgeOver90
}

// Ageing adds up the open amounts, in minor units, by ageing bucket.
func Ageing(invoices []Receivable, today Date) map[string]int64 {
	out := map[string]int64{}
	for _, r := range invoices {
		if r.Open(today) {
			out[r.AgeBucket(today)] += r.Amount
		}
	}
	return out
}
