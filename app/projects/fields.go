package projects

import (
	"strings"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// fields are the inputs of the form.
type fields struct {
	form                    *ui.Form
	name, code, nextStep    *ui.Entry
	notes                   *ui.Entry
	account, partner, owner *ui.Picker
	phase, status           *ui.Select
	revenue                 *ui.MoneyEntry
	startsOn, endsOn        *ui.DateEntry
	changed                 bool
	onChange                func()
}

func newFields(m *Model, d Draft) *fields {
	f := &fields{form: ui.NewForm().SetColumns(2)}
	touch := func() {
		f.changed = true
		if f.onChange != nil {
			f.onChange()
		}
	}
	entry := func(e *ui.Entry, text string) *ui.Entry {
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
	choice := func(field, code string) *ui.Select {
		s := ui.NewSelect(optionsOf(kind, field), func(string) { touch() })
		s.SetCode(code)
		return s
	}
	f.name, f.code, f.nextStep = entry(ui.NewEntry(), d.Name), entry(ui.NewEntry(), d.Code), entry(ui.NewEntry(), d.NextStep)
	f.notes = entry(ui.NewMultiline(4), d.Notes)
	f.name.SetPlaceHolder(ui.T("projects.form.name"))
	f.account, f.partner, f.owner = picker("account", d.AccountID, d.Account), picker("partner", d.PartnerID, d.Partner), picker("user", d.OwnerID, d.Owner)
	f.phase, f.status = choice("phase", d.Phase), choice("status", d.Status)
	currency := d.Currency
	if currency == "" {
		currency = sales.DefaultCurrency
	}
	f.revenue = ui.NewMoneyEntry(currency)
	if d.Revenue != 0 {
		f.revenue.SetMinor(d.Revenue)
	}
	f.revenue.OnChanged = func(string) { touch() }
	f.startsOn, f.endsOn = day(d.StartsOn), day(d.EndsOn)
	f.form.Add("name", fieldText("name"), f.name, ui.Required, ui.Wide).
		Add("account_id", ui.T("kind.account"), f.account).Add("partner_id", ui.T("kind.partner"), f.partner).
		Add("phase", fieldText("phase"), f.phase).Add("status", fieldText("status"), f.status).
		Add("starts_on", fieldText("starts_on"), f.startsOn).Add("ends_on", fieldText("ends_on"), f.endsOn).
		Add("revenue", fieldText("revenue"), f.revenue).Add("owner_id", fieldText("owner_id"), f.owner).
		Add("next_step", fieldText("next_step"), f.nextStep).Add("code", fieldText("code"), f.code).
		Add("notes", fieldText("notes"), f.notes, ui.Wide)
	return f
}

// read gives the project as it stands in the form, and what cannot be read, by field.
func (f *fields) read(p sales.Project) (sales.Project, map[string]string) {
	problems := map[string]string{}
	p.Name, p.Code, p.NextStep = strings.TrimSpace(f.name.Text), strings.TrimSpace(f.code.Text), strings.TrimSpace(f.nextStep.Text)
	p.AccountID, p.PartnerID, p.OwnerID = f.account.ID(), f.partner.ID(), f.owner.ID()
	p.Phase, p.Status, p.Notes = f.phase.Code(), f.status.Code(), f.notes.Text
	if p.Name == "" {
		problems["name"] = ui.T("ui.required")
	}
	var ok bool
	if p.Revenue, ok = f.revenue.Minor(); !ok && strings.TrimSpace(f.revenue.Text) != "" {
		problems["revenue"] = ui.T("projects.form.no_amount")
	}
	for name, entry := range map[string]*ui.DateEntry{"starts_on": f.startsOn, "ends_on": f.endsOn} {
		if err := entry.Valid(); err != nil {
			problems[name] = ui.ErrorText(err)
		}
	}
	p.StartsOn, p.EndsOn = sales.Date(f.startsOn.Day()), sales.Date(f.endsOn.Day())
	return p, problems
}

// texts gives what stands in the form, for the draft.
func (f *fields) texts() map[string]string {
	picked := func(p *ui.Picker) string {
		if p.ID() == "" {
			return ""
		}
		return p.ID() + "\t" + p.Item().Title
	}
	return map[string]string{
		"name": f.name.Text, "code": f.code.Text, "next_step": f.nextStep.Text, "notes": f.notes.Text, "revenue": f.revenue.Text,
		"account": picked(f.account), "partner": picked(f.partner), "owner": picked(f.owner),
		"phase": f.phase.Code(), "status": f.status.Code(),
		"starts_on": f.startsOn.Entry().Text, "ends_on": f.endsOn.Entry().Text,
	}
}

// restore puts a draft back. It counts as a change: leaving asks.
func (f *fields) restore(texts map[string]string) {
	for name, entry := range map[string]*ui.Entry{
		"name": f.name, "code": f.code, "next_step": f.nextStep, "notes": f.notes, "revenue": &f.revenue.Entry,
	} {
		entry.SetText(texts[name])
	}
	for name, picker := range map[string]*ui.Picker{"account": f.account, "partner": f.partner, "owner": f.owner} {
		id, title, _ := strings.Cut(texts[name], "\t")
		picker.Set(id, title)
	}
	f.phase.SetCode(texts["phase"])
	f.status.SetCode(texts["status"])
	f.startsOn.SetDay(texts["starts_on"])
	f.endsOn.SetDay(texts["ends_on"])
	f.changed = true
}
