package opportunities

import (
	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// moveForm asks for what a move takes, and for no more: the values that the stage demands, the reason, and for a deal that
// is lost, to whom.
type moveForm struct {
	plan   MovePlan
	form   *ui.Form
	amount *ui.MoneyEntry
	close  *ui.DateEntry
	fields map[string]*ui.Entry
	modal  *ui.Modal
	first  fyne.Focusable
}

// reasons are the usual reasons of a move, offered beside free text. Going back and opening again have none.
func reasons(stage string) []string {
	switch stage {
	case sales.StageWon:
		return []string{"price", "product", "relationship", "service", "delivery"}
	case sales.StageLost:
		return []string{"price", "product", "competitor", "budget", "delay", "no_contact"}
	}
	return nil
}

func askMove(host ui.Host, model *Model, plan MovePlan) {
	m := &moveForm{plan: plan, form: ui.NewForm(), fields: map[string]*ui.Entry{}}
	missing := plan.Missing
	if plan.To == sales.StageWon && plan.Opportunity.Amount > 0 {
		missing = append([]string{"amount"}, missing...) // What it was won for is seldom what was hoped for.
	}
	for _, field := range missing {
		m.ask(field)
	}
	if plan.Reason {
		m.askReason()
	}
	if plan.To == sales.StageLost {
		m.entry("competitor", ui.NewEntry()).SetText(plan.Opportunity.Competitor)
	}
	save := func() {
		finishMove(host, model, plan, m.text("reason"), m.values(), func(err error) {
			if err == nil {
				m.modal.Hide()
				return
			}
			m.showError(host, err)
		})
	}
	yes := ui.PrimaryButton(ui.T("opportunities.move.yes"), save)
	switch plan.To {
	case sales.StageWon:
		yes.SetText(ui.T("opportunities.move.won"))
	case sales.StageLost:
		yes = ui.DangerButton(ui.T("opportunities.move.lost"), save)
	}
	title := ui.T("opportunities.move.title", "Name", plan.Opportunity.Name, "Stage", stageText(plan.To))
	m.modal = ui.ShowModal(host.Canvas(), title, m.form, ui.ModalOptions{
		Width: 520, Focus: m.first,
		Buttons:   []fyne.CanvasObject{ui.Button(ui.T("opportunities.cancel"), func() { m.modal.Hide() }), yes},
		Shortcuts: []ui.Shortcut{{Key: fyne.KeyReturn, Ctrl: true, LabelKey: "opportunities.move.yes", Run: save}},
	})
}

func (m *moveForm) ask(field string) {
	switch field {
	case "amount":
		m.amount = ui.NewMoneyEntry(currencyOf(m.plan.Opportunity.Currency))
		if m.plan.Opportunity.Amount > 0 {
			m.amount.SetMinor(m.plan.Opportunity.Amount)
		}
		m.form.Add(field, fieldText(field), m.amount, ui.Required)
		m.focus(m.amount)
	case "expected_close":
		m.close = ui.NewDateEntry()
		m.form.Add(field, fieldText(field), m.close, ui.Required)
		m.focus(m.close.Entry())
	default:
		m.entry(field, ui.NewEntry(), ui.Required)
	}
}

func (m *moveForm) entry(field string, entry *ui.Entry, options ...ui.FieldOption) *ui.Entry {
	m.fields[field] = entry
	m.form.Add(field, fieldText(field), entry, options...)
	m.focus(entry)
	return entry
}

func (m *moveForm) askReason() {
	entry := ui.NewMultiline(2)
	m.fields["reason"] = entry
	var chips []ui.Option
	for _, code := range reasons(m.plan.To) {
		chips = append(chips, ui.Option{Code: code, Label: ui.T("opportunities.reason." + code)})
	}
	object := fyne.CanvasObject(entry)
	if len(chips) > 0 {
		usual := ui.NewChips(false, func(codes []string) {
			if len(codes) == 1 {
				entry.SetText(ui.T("opportunities.reason." + codes[0]))
			}
		}, chips...)
		object = ui.VGap(6, usual, entry)
	}
	m.form.Add("close_reason", ui.T("opportunities.reason"), object, ui.Required)
	m.focus(entry)
}

func (m *moveForm) focus(field fyne.Focusable) {
	if m.first == nil {
		m.first = field
	}
}

func (m *moveForm) text(field string) string {
	if entry := m.fields[field]; entry != nil {
		return entry.Text
	}
	return ""
}

func (m *moveForm) values() sales.Values {
	values := sales.Values{}
	if m.amount != nil {
		if minor, ok := m.amount.Minor(); ok {
			values["amount"] = minor
			values["currency"] = currencyOf(m.plan.Opportunity.Currency)
		}
	}
	if m.close != nil {
		values["expected_close"] = m.close.Day()
	}
	for field, entry := range m.fields {
		if field != "reason" {
			values[field] = entry.Text
		}
	}
	return values
}

func (m *moveForm) showError(host ui.Host, err error) {
	if rest := m.form.SetErrors(ui.FieldErrors(err)); len(rest) > 0 {
		host.ShowError(err)
	}
}
