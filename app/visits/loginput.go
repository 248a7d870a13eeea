package visits

import (
	"context"
	"strconv"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// entry is what was typed.
func (p *logPage) entry() Entry {
	e := Entry{
		VisitID: p.visitID, Type: only(p.types.Selected()), Subject: p.subject.Text, Notes: p.notes.Text,
		Outcome: only(p.outcome.Selected()), Plan: p.plan, At: p.at.Time(),
	}
	e.PartnerID, e.AccountID = CompanyRefs(p.company.ID())
	if p.plan {
		e.Minutes, _ = p.minutes.Value()
		e.Outcome = ""
	}
	return e
}

func (p *logPage) submit() {
	p.form.ClearErrors()
	p.arrange()
	switch {
	case p.saving:
		return
	case p.plan && !numberOrEmpty(p.minutes):
		p.form.SetError("minutes", ui.T("visits.minutes.invalid"))
		return
	case !p.at.Valid():
		p.form.SetError("planned_at", ui.T("visits.reschedule.when"))
		return
	}
	p.saving = true
	e := p.entry()
	ui.Go(p.host.Context(), func(ctx context.Context) (sales.Visit, error) { return p.model.Save(ctx, e) }, func(v sales.Visit, err error) {
		p.saving = false
		if err != nil {
			p.refused(err)
			return
		}
		p.draft.Clear()
		p.host.Changed("visit")
		if p.plan {
			p.host.Toast(ui.T("visits.planned", "Company", p.company.Item().Title, "When", whenText(v)))
			p.host.Back()
			return
		}
		askFollowUp(p.host, p.model, v, p.company.Item().Title, p.host.Back)
	})
}

// numberOrEmpty says whether a field holds a number, or nothing.
func numberOrEmpty(e *ui.NumberEntry) bool {
	n, ok := e.Value()
	return ok && n >= 0 || e.Text == ""
}

// refused says at each field what is wrong with it.
func (p *logPage) refused(err error) {
	texts := ui.FieldErrors(err)
	if text, ok := texts["account_id"]; ok {
		texts["partner_id"] = text
		delete(texts, "account_id")
	}
	for field, stands := range map[string]string{"started_at": "planned_at", "ended_at": "planned_at", "planned_end": "minutes"} {
		if text, ok := texts[field]; ok {
			texts[stands] = text
			delete(texts, field)
		}
	}
	if rest := p.form.SetErrors(texts); len(rest) > 0 {
		p.host.ShowError(err)
	}
	p.column.Refresh()
}

func (p *logPage) input() map[string]string {
	item := p.company.Item()
	return map[string]string{
		"company": item.ID, "name": item.Title, "type": only(p.types.Selected()), "at": stamp(p.at.Time()), "minutes": p.minutes.Text,
		"subject": p.subject.Text, "notes": p.notes.Text, "outcome": only(p.outcome.Selected()), "plan": strconv.FormatBool(p.plan),
	}
}

func (p *logPage) restore(input map[string]string) {
	if input["company"] != "" {
		p.company.Set(input["company"], input["name"])
	}
	if input["type"] != "" {
		p.types.Set(input["type"])
	}
	p.fill(func() {
		p.at.SetTime(parseStamp(input["at"]))
		p.minutes.SetText(input["minutes"])
		p.subject.SetText(input["subject"])
		p.notes.SetText(input["notes"])
	})
	p.outcome.Set(input["outcome"])
	p.plan = input["plan"] == "true"
}
