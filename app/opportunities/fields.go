package opportunities

import (
	"strings"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// fields are the inputs of the form.
type fields struct {
	form                           *ui.Form
	name, code, competitor         *ui.Entry
	product, nextStep, notes       *ui.Entry
	partner, account, owner        *ui.Picker
	pipeline, stage, forecast      *ui.Select
	amount                         *ui.MoneyEntry
	probability                    *ui.NumberEntry
	currency                       *ui.Select
	expectedClose, nextOn, engaged *ui.DateEntry
	changed                        bool
	onChange                       func()
}

// currencies are those offered; what a record has besides is kept.
var currencies = []string{"CNY", "USD", "EUR", "HKD", "JPY"}

func newFields(m *Model, d Draft) *fields {
	f := &fields{form: ui.NewForm().SetColumns(2)}
	touch := func() {
		f.changed = true
		if f.onChange != nil {
			f.onChange()
		}
	}
	entry := func(text string) *ui.Entry {
		e := ui.NewEntry()
		e.SetText(text)
		e.OnChanged = func(string) { touch() }
		return e
	}
	picker := func(kind, id, title string) *ui.Picker {
		p := ui.NewPicker(choose(m.Book, kind))
		p.Set(id, title)
		p.OnChanged = func(ui.PickItem) { touch() }
		return p
	}
	day := func(date sales.Date) *ui.DateEntry {
		e := ui.NewDateEntry()
		e.SetDay(string(date))
		e.OnChanged = func(string) { touch() }
		return e
	}
	choice := func(options []ui.Option, code string) *ui.Select {
		s := ui.NewSelect(options, func(string) { touch() })
		s.SetCode(code)
		return s
	}
	f.name, f.code, f.competitor, f.product, f.nextStep = entry(d.Name), entry(d.Code), entry(d.Competitor), entry(d.ProductName), entry(d.NextStep)
	f.name.SetPlaceHolder(ui.T("opportunities.form.name"))
	f.notes = ui.NewMultiline(4)
	f.notes.SetText(d.Notes)
	f.notes.OnChanged = func(string) { touch() }
	f.partner, f.account, f.owner = picker("partner", d.PartnerID, d.Partner), picker("account", d.AccountID, d.Account), picker("user", d.OwnerID, d.Owner)
	f.pipeline = choice(optionsOf("pipeline", sales.PipelineChannel, sales.PipelineKeyAccount), d.Pipeline)
	f.stage = choice(optionsOf("stage", sales.StageProspect, sales.StageQualified, sales.StageProposal, sales.StageNegotiation), d.Stage)
	f.forecast = choice(append([]ui.Option{{Label: ui.T("opportunities.form.no_forecast")}}, optionsOf("forecast", "commit", "best_case", "pipeline", "omitted")...), d.Forecast)
	var money []ui.Option
	for _, c := range currencies {
		money = append(money, ui.Option{Code: c, Label: c})
	}
	f.currency = choice(money, currencyOf(d.Currency))
	f.amount, f.probability = ui.NewMoneyEntry(currencyOf(d.Currency)), ui.NewNumberEntry()
	if d.Amount != 0 {
		f.amount.SetMinor(d.Amount)
	}
	if d.Probability != 0 {
		f.probability.SetValue(d.Probability)
	}
	f.probability.SetPlaceHolder(ui.T("opportunities.form.probability", "Percent", ui.FormatPercent(float64(sales.StageProbability(d.Pipeline, d.Stage))/100)))
	f.amount.OnChanged = func(string) { touch() }
	f.probability.OnChanged = func(string) { touch() }
	f.expectedClose, f.nextOn, f.engaged = day(d.ExpectedClose), day(d.NextStepOn), day(d.EngagedOn)
	f.lay(d.ID == "")
	return f
}

func (f *fields) lay(isNew bool) {
	f.form.Add("name", fieldText("name"), f.name, ui.Required, ui.Wide)
	f.form.Add("partner_id", ui.T("kind.partner"), f.partner).Add("account_id", ui.T("kind.account"), f.account)
	f.form.Add("pipeline", fieldText("pipeline"), f.pipeline)
	if isNew {
		f.form.Add("stage", fieldText("stage"), f.stage, ui.Required)
	} else {
		f.form.Add("code", fieldText("code"), f.code)
	}
	f.form.Add("amount", fieldText("amount"), ui.HGap(6, ui.Grow(f.amount), ui.Fixed(84, 0, f.currency)))
	f.form.Add("expected_close", fieldText("expected_close"), f.expectedClose)
	f.form.Add("next_step", fieldText("next_step"), f.nextStep).Add("next_step_on", fieldText("next_step_on"), f.nextOn)
	f.form.Add("product_name", fieldText("product_name"), f.product).Add("competitor", fieldText("competitor"), f.competitor)
	f.form.Add("probability", fieldText("probability"), f.probability).Add("forecast", fieldText("forecast"), f.forecast)
	f.form.Add("owner_id", fieldText("owner_id"), f.owner).Add("engaged_on", fieldText("engaged_on"), f.engaged)
	f.form.Add("notes", fieldText("notes"), f.notes, ui.Wide)
}

// read gives the opportunity as it stands in the form, and what cannot be read, by field.
func (f *fields) read(o sales.Opportunity) (sales.Opportunity, map[string]string) {
	problems := map[string]string{}
	o.Name, o.Competitor, o.ProductName = strings.TrimSpace(f.name.Text), strings.TrimSpace(f.competitor.Text), strings.TrimSpace(f.product.Text)
	o.NextStep, o.Notes, o.Code = strings.TrimSpace(f.nextStep.Text), f.notes.Text, strings.TrimSpace(f.code.Text)
	o.PartnerID, o.AccountID, o.OwnerID = f.partner.ID(), f.account.ID(), f.owner.ID()
	o.Pipeline, o.Forecast, o.Currency = f.pipeline.Code(), f.forecast.Code(), f.currency.Code()
	if o.ID == "" {
		o.Stage = f.stage.Code()
	}
	if o.Name == "" {
		problems["name"] = ui.T("ui.required")
	}
	var ok bool
	if o.Amount, ok = f.amount.Minor(); !ok && strings.TrimSpace(f.amount.Text) != "" {
		problems["amount"] = ui.T("opportunities.form.no_amount")
	}
	if o.Probability, ok = f.probability.Value(); !ok && strings.TrimSpace(f.probability.Text) != "" {
		problems["probability"] = ui.T("opportunities.form.no_number")
	}
	for name, entry := range map[string]*ui.DateEntry{"expected_close": f.expectedClose, "next_step_on": f.nextOn, "engaged_on": f.engaged} {
		if err := entry.Valid(); err != nil {
			problems[name] = ui.ErrorText(err)
		}
	}
	o.ExpectedClose, o.NextStepOn, o.EngagedOn = sales.Date(f.expectedClose.Day()), sales.Date(f.nextOn.Day()), sales.Date(f.engaged.Day())
	return o, problems
}
