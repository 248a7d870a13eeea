package sales

import "time"

func (p Partner) check(*Record) Errors {
	errs := notNegative("partner", amount{"credit_limit", p.CreditLimit}, amount{"visit_every", p.VisitEvery})
	return append(errs, ordered("partner", "signed_on", p.SignedOn, "agreement_ends", p.AgreementEnds)...)
}

// complete leaves the owner open: a company belongs to its territory, and who looks after it is decided there.
func (p *Partner) complete(time.Time, string) {
	if p.Status == "" {
		p.Status = "active"
	}
	p.Currency = currencyFor(p.CreditLimit, p.Currency)
}

// AgreementEnding gives the days until the agreement ends, and whether that is within the given number of days or past.
func (p Partner) AgreementEnding(today Date, within int) (days int, ending bool) {
	if p.AgreementEnds == "" || !courted(p.Status) {
		return 0, false
	}
	days = DaysBetween(today, p.AgreementEnds)
	return days, days <= within
}

func (a Account) check(*Record) Errors {
	return notNegative("account", amount{"employees", a.Employees}, amount{"founded_in", a.FoundedIn}, amount{"visit_every", a.VisitEvery})
}

func (a *Account) complete(time.Time, string) {
	if a.Status == "" {
		a.Status = "active"
	}
	a.Currency = currencyFor(a.Revenue, a.Currency)
}

func (c *Contact) complete(_ time.Time, userID string) {
	c.OwnerID = firstOf(c.OwnerID, userID)
}

// currencyFor names the currency of an amount that has none.
func currencyFor(amount int64, currency string) string {
	if amount != 0 && currency == "" {
		return DefaultCurrency
	}
	return currency
}
