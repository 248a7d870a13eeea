package partners

import (
	"slices"
	"strconv"
	"strings"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// option names an option of a code field; codes that are no option, as sources have them, are shown as they are.
func option(field, code string) string {
	if key := "option." + field + "." + code; code != "" && ui.Has(key) {
		return ui.T(key)
	}
	return code
}

// label names a field.
func label(kind, field string) string { return ui.T("field." + kind + "." + field) }

// options are the choices of a code field.
func options(field string, codes []string) []ui.Option {
	out := make([]ui.Option, len(codes))
	for i, code := range codes {
		out[i] = ui.Option{Code: code, Label: option(field, code)}
	}
	return out
}

func tierTone(tier string) ui.Tone {
	switch tier {
	case "platinum":
		return ui.ToneAccent
	case "gold":
		return ui.ToneWarning
	case "silver":
		return ui.ToneInfo
	}
	return ui.ToneNeutral
}

func statusTone(status string) ui.Tone {
	switch status {
	case "active":
		return ui.ToneSuccess
	case "suspended":
		return ui.ToneWarning
	case "prospect":
		return ui.ToneInfo
	}
	return ui.ToneNeutral
}

// cadenceText says when the company is to be visited next: "3 days overdue", "due today", "in 5 days".
func cadenceText(c sales.Cadence) string {
	switch {
	case c.State == sales.CadenceNone:
		return ""
	case c.State == sales.CadenceOverdue:
		return ui.T("partners.cadence.overdue", "Count", c.Overdue)
	case c.State == sales.CadenceDue && c.Last == "":
		return ui.T("partners.cadence.never")
	case c.State == sales.CadenceDue:
		return ui.T("partners.cadence.due")
	}
	return ui.T("partners.cadence.in", "Count", -c.Overdue)
}

func cadenceTone(c sales.Cadence) ui.Tone {
	switch c.State {
	case sales.CadenceOverdue:
		return ui.ToneDanger
	case sales.CadenceDue:
		return ui.ToneWarning
	case sales.CadenceSoon:
		return ui.ToneInfo
	case sales.CadenceOK:
		return ui.ToneSuccess
	}
	return ui.ToneMuted
}

// day writes a date without its weekday; a dash for none.
func day(d sales.Date) string {
	if d == "" {
		return "—"
	}
	return string(d)
}

// money writes an amount in full; a dash for zero, which in facts means that none is known.
func money(minor int64, currency string) string {
	if minor == 0 {
		return "—"
	}
	return ui.FormatMoney(minor, currency)
}

// instantDay is the day of a moment in the user's zone; a dash for none.
func instantDay(at sales.Instant) string { return day(sales.Date(ui.DayOf(at.Time()))) }

// unsynced marks a record that the server has not confirmed.
func unsynced(pending bool) string {
	if pending {
		return "●"
	}
	return ""
}

func attitudeTone(attitude string) ui.Tone {
	switch attitude {
	case "supporter":
		return ui.ToneSuccess
	case "opponent":
		return ui.ToneDanger
	}
	return ui.ToneNeutral
}

// ageTone colors an ageing bucket: the later, the redder.
func ageTone(bucket string) ui.Tone {
	switch bucket {
	case sales.AgeCurrent:
		return ui.ToneSuccess
	case sales.Age30:
		return ui.ToneWarning
	}
	return ui.ToneDanger
}

// number groups digits; "" for zero.
func number(n int64) string {
	if n == 0 {
		return ""
	}
	return ui.FormatNumber(n)
}

// plainNumber does not group digits, as in years; "" for zero.
func plainNumber(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// joined puts a dot between those texts that are not empty.
func joined(texts ...string) string {
	return strings.Join(slices.DeleteFunc(texts, func(s string) bool { return s == "" }), " · ")
}

// firstOf gives the first text that is not empty.
func firstOf(texts ...string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}
