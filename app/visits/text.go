package visits

import (
	"time"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

func statusText(r Row) string {
	if r.Late {
		return ui.T("visits.late")
	}
	return ui.T("option.status." + r.Status)
}

func statusTone(r Row) ui.Tone {
	switch {
	case r.Late:
		return ui.ToneDanger
	case r.Status == sales.VisitInProgress:
		return ui.ToneAccent
	case r.Status == sales.VisitDone:
		return ui.ToneSuccess
	case r.Status == sales.VisitCancelled:
		return ui.ToneMuted
	}
	return ui.ToneInfo
}

// whenText is the day and the clock times of a visit.
func whenText(v sales.Visit) string {
	from := v.When().Time()
	if from.IsZero() {
		return ""
	}
	return ui.FormatDay(ui.DayOf(from)) + " " + clockText(v)
}

// clockText is the clock times of a visit.
func clockText(v sales.Visit) string {
	from, to := v.When().Time(), v.PlannedEnd.Time()
	if v.StartedAt != 0 {
		to = v.EndedAt.Time()
	}
	text := ui.FormatTime(from)
	if !to.IsZero() && to.After(from) {
		text += "–" + ui.FormatTime(to)
	}
	return text
}

func typeOptions(types []TypeChoice) []ui.Option {
	options := make([]ui.Option, len(types))
	for i, t := range types {
		options[i] = ui.Option{Code: t.Code, Label: t.In(ui.Lang())}
	}
	return options
}

// fieldOptions lists the codes of a field of a kind with their labels.
func fieldOptions(kind, field string) []ui.Option {
	f, ok := sales.MustKind(kind).Field(field)
	if !ok {
		return nil
	}
	options := make([]ui.Option, len(f.Options))
	for i, code := range f.Options {
		options[i] = ui.Option{Code: code, Label: ui.T("option." + field + "." + code)}
	}
	return options
}

// only is the code of a row of chips of which at most one is on.
func only(codes []string) string {
	if len(codes) == 0 {
		return ""
	}
	return codes[0]
}

// parseStamp reads a moment as routes and drafts carry it.
func parseStamp(text string) time.Time {
	t, err := time.ParseInLocation(stampLayout, text, ui.Now().Location())
	if err != nil {
		return time.Time{}
	}
	return t
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(ui.Now().Location()).Format(stampLayout)
}

const stampLayout = "2006-01-02T15:04"
