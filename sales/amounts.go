package sales

import "time"

// DefaultCurrency is the currency of an amount of which none is named.
const DefaultCurrency = "CNY"

// amount names a numeric field and its value, for the checks below.
type amount struct {
	field string
	value int64
}

// notNegative refuses amounts below zero.
func notNegative(kind string, amounts ...amount) Errors {
	var errs Errors
	for _, a := range amounts {
		if a.value < 0 {
			errs = append(errs, outOfRange(kind, a, "give zero or more"))
		}
	}
	return errs
}

// percentage refuses what is not within 0 to 100.
func percentage(kind string, a amount) Errors {
	if a.value < 0 || a.value > 100 {
		return Errors{outOfRange(kind, a, "give a percentage from 0 to 100")}
	}
	return nil
}

func outOfRange(kind string, a amount, hint string) *Error {
	e := refuse(CodeInvalid, kind, a.field, hint, "%d is out of range", a.value)
	e.Args = map[string]any{"Value": a.value}
	return e
}

// ordered refuses two days of which the second comes before the first; empty ones are in order.
func ordered(kind, first string, from Date, second string, to Date) Errors {
	if from == "" || to == "" || from <= to {
		return nil
	}
	e := refuse(CodeBadOrder, kind, second, "mend one of the two days", "%s is before %s %s", to, first, from)
	e.Args = map[string]any{"From": string(from), "To": string(to)}
	return Errors{e}
}

// addDays gives the day n days after d; "" for a day that is not one.
func addDays(d Date, n int) Date {
	t := d.Time(time.UTC)
	if t.IsZero() {
		return ""
	}
	return DateOf(t.AddDate(0, 0, n))
}

// DaysBetween counts the days from one day to another, negative when to is earlier; 0 when either is empty.
func DaysBetween(from, to Date) int {
	a, b := from.Time(time.UTC), to.Time(time.UTC)
	if a.IsZero() || b.IsZero() {
		return 0
	}
	return int(b.Sub(a).Hours() / 24)
}
