package feedback

import (
	"strings"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// captureForm holds the inputs of both steps.
type captureForm struct {
	first             *ui.Form
	kinds             *ui.Chips
	body              *ui.Entry
	later             *ui.Form
	severity          *ui.Chips
	company, product  *ui.Picker
	title, competitor *ui.Entry
	tags              *ui.Entry
	assignee          *ui.Picker
	changed           bool
	onChange          func()
}

func newCaptureForm(m *Model, d Draft) *captureForm {
	f := &captureForm{}
	touch := func() {
		f.changed = true
		if f.onChange != nil {
			f.onChange()
		}
	}
	f.kinds = ui.NewChips(false, func([]string) { touch() }, choices("kind", nil)...)
	f.kinds.Set(d.Kind)
	f.body = ui.NewMultiline(9)
	f.body.SetPlaceHolder(ui.T("feedback.body.hint"))
	f.first = ui.NewForm().
		Add("kind", fieldText("kind"), f.kinds, ui.Required, ui.Wide).
		Add("body", ui.T("feedback.heard"), f.body, ui.Required, ui.Wide)
	f.severity = ui.NewChips(false, func([]string) { touch() }, choices("severity", nil)...)
	f.severity.Set("normal")
	picker := func(kinds ...string) *ui.Picker {
		p := ui.NewPicker(choose(m.Book, kinds...))
		p.OnChanged = func(ui.PickItem) { touch() }
		return p
	}
	f.company, f.product, f.assignee = picker("partner", "account"), picker("product"), picker("user")
	switch {
	case d.PartnerID != "":
		f.company.Set("partner:"+d.PartnerID, d.Company)
	case d.AccountID != "":
		f.company.Set("account:"+d.AccountID, d.Company)
	}
	f.title, f.competitor, f.tags = ui.NewEntry(), ui.NewEntry(), ui.NewEntry()
	f.title.SetPlaceHolder(ui.T("feedback.title.hint"))
	f.tags.SetPlaceHolder(ui.T("feedback.tags.hint"))
	for _, entry := range []*ui.Entry{f.body, f.title, f.competitor, f.tags} {
		entry.OnChanged = func(string) { touch() }
	}
	f.later = ui.NewForm().SetColumns(2).
		Add("severity", fieldText("severity"), f.severity, ui.Wide).
		Add("company", ui.T("feedback.company"), f.company).Add("product_id", fieldText("product_id"), f.product).
		Add("competitor", fieldText("competitor"), f.competitor).Add("assignee_id", fieldText("assignee_id"), f.assignee).
		Add("title", fieldText("title"), f.title, ui.Wide).Add("tags", fieldText("tags"), f.tags, ui.Wide)
	return f
}

func (f *captureForm) kind() string { return strings.Join(f.kinds.Selected(), "") }

// read gives the feedback as it stands in the form.
func (f *captureForm) read(start sales.Feedback) sales.Feedback {
	next := start
	next.Kind, next.Body = f.kind(), f.body.Text
	next.Severity = strings.Join(f.severity.Selected(), "")
	next.Title, next.Competitor = strings.TrimSpace(f.title.Text), strings.TrimSpace(f.competitor.Text)
	next.ProductID, next.AssigneeID = f.product.ID(), f.assignee.ID()
	next.Tags = nil
	for _, tag := range strings.FieldsFunc(f.tags.Text, func(r rune) bool { return strings.ContainsRune(",，、;；", r) }) {
		next.Tags = append(next.Tags, strings.TrimSpace(tag))
	}
	next.Tags = sales.CleanSet(next.Tags)
	next.PartnerID, next.AccountID = "", ""
	company, id, _ := strings.Cut(f.company.ID(), ":")
	if company == "account" {
		next.AccountID = id
	} else {
		next.PartnerID = id
	}
	return next
}

// texts gives what stands in the form, for the draft.
func (f *captureForm) texts() map[string]string {
	picked := func(p *ui.Picker) string {
		if p.ID() == "" {
			return ""
		}
		return p.ID() + "\t" + p.Item().Title
	}
	return map[string]string{
		"kind": f.kind(), "body": f.body.Text, "severity": strings.Join(f.severity.Selected(), ""), "title": f.title.Text,
		"competitor": f.competitor.Text, "tags": f.tags.Text,
		"company": picked(f.company), "product": picked(f.product), "assignee": picked(f.assignee),
	}
}

// restore puts a draft back.
func (f *captureForm) restore(texts map[string]string) {
	pick := func(p *ui.Picker, text string) {
		if id, title, ok := strings.Cut(text, "\t"); ok {
			p.Set(id, title)
		}
	}
	f.kinds.Set(texts["kind"])
	f.severity.Set(texts["severity"])
	f.body.SetText(texts["body"])
	f.title.SetText(texts["title"])
	f.competitor.SetText(texts["competitor"])
	f.tags.SetText(texts["tags"])
	pick(f.company, texts["company"])
	pick(f.product, texts["product"])
	pick(f.assignee, texts["assignee"])
	f.changed = true
}
