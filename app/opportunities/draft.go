package opportunities

import (
	"strings"

	"github.com/rounds-field/rounds/app/ui"
)

// input is how one field gives its content as a text and takes it back, for the draft.
type input struct {
	get func() string
	set func(string)
}

func typed(e *ui.Entry) input {
	return input{func() string { return e.Text }, e.SetText}
}

func chosen(s *ui.Select) input { return input{s.Code, s.SetCode} }

// picked keeps the title with the id, so that the field can show it without looking it up.
func picked(p *ui.Picker) input {
	return input{
		func() string {
			if p.ID() == "" {
				return ""
			}
			return p.ID() + "\t" + p.Item().Title
		},
		func(text string) {
			id, title, _ := strings.Cut(text, "\t")
			p.Set(id, title)
		},
	}
}

func dated(d *ui.DateEntry) input {
	return input{func() string { return d.Entry().Text }, d.SetDay}
}

func (f *fields) inputs() map[string]input {
	return map[string]input{
		"name": typed(f.name), "code": typed(f.code), "competitor": typed(f.competitor), "product": typed(f.product),
		"next_step": typed(f.nextStep), "notes": typed(f.notes), "amount": typed(&f.amount.Entry), "probability": typed(&f.probability.Entry),
		"partner": picked(f.partner), "account": picked(f.account), "owner": picked(f.owner),
		"pipeline": chosen(f.pipeline), "stage": chosen(f.stage), "forecast": chosen(f.forecast), "currency": chosen(f.currency),
		"expected_close": dated(f.expectedClose), "next_on": dated(f.nextOn), "engaged": dated(f.engaged),
	}
}

// texts gives what stands in the form, for the draft.
func (f *fields) texts() map[string]string {
	texts := map[string]string{}
	for name, in := range f.inputs() {
		if text := in.get(); text != "" {
			texts[name] = text
		}
	}
	return texts
}

// restore puts a draft back. It counts as a change: leaving asks.
func (f *fields) restore(texts map[string]string) {
	for name, in := range f.inputs() {
		in.set(texts[name])
	}
	f.changed = true
}
