package opportunities

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// amounts are the least amounts to filter by, in major units.
var amounts = []int64{10_000, 50_000, 100_000, 500_000, 1_000_000, 5_000_000}

// toolbar is the row of filters above board and list.
type toolbar struct {
	page    *overview
	search  *ui.Entry
	choices map[string]*ui.Select
	partner *ui.Picker
	stage   *fyne.Container
	clear   fyne.CanvasObject
	content fyne.CanvasObject
	quiet   bool // while the fields are set, not used
}

func newToolbar(page *overview) *toolbar {
	t := &toolbar{page: page, choices: map[string]*ui.Select{}}
	t.search = ui.NewSearchEntry(ui.T("opportunities.search"), func(text string) {
		t.change(func(q *ListQuery) { q.Text = text })
	})
	choice := func(name string, options []ui.Option, set func(q *ListQuery, code string)) fyne.CanvasObject {
		s := ui.NewSelect(options, func(code string) { t.change(func(q *ListQuery) { set(q, code) }) })
		t.choices[name] = s
		return s
	}
	pipelines := append([]ui.Option{{Label: ui.T("opportunities.filter.pipeline")}},
		optionsOf("pipeline", sales.PipelineChannel, sales.PipelineKeyAccount)...)
	var periods []ui.Option
	for _, period := range Periods() {
		key := period
		if key == PeriodAll {
			key = "all"
		}
		periods = append(periods, ui.Option{Code: period, Label: ui.T("opportunities.period." + key)})
	}
	sizes := []ui.Option{{Label: ui.T("opportunities.filter.amount")}}
	for _, amount := range amounts {
		sizes = append(sizes, ui.Option{Code: ui.FormatNumber(amount), Label: "≥ " + ui.FormatMoneyShort(amount*100, sales.DefaultCurrency)})
	}
	stages := append([]ui.Option{{Code: StageOpen, Label: ui.T("opportunities.stage.open")}}, optionsOf("stage", sales.Stages("")...)...)
	stages = append(stages, ui.Option{Code: StageAll, Label: ui.T("opportunities.stage.all")})
	t.stage = ui.Fixed(116, 0, choice("stage", stages, func(q *ListQuery, code string) { q.Stage = code }))
	t.partner = ui.NewPicker(choose(page.model.Book, "partner"))
	t.partner.SetPlaceHolder(ui.T("opportunities.filter.partner"))
	t.partner.OnChanged = func(item ui.PickItem) { t.change(func(q *ListQuery) { q.PartnerID = item.ID }) }
	t.clear = ui.QuietButton(ui.T("opportunities.filter.clear"), func() { page.filter(ListQuery{Stage: page.query.Stage}) })
	t.content = ui.HGap(6,
		ui.Grow(t.search),
		t.stage,
		ui.Fixed(120, 0, choice("owner", nil, func(q *ListQuery, code string) { q.OwnerID = code })),
		ui.Fixed(128, 0, choice("pipeline", pipelines, func(q *ListQuery, code string) { q.Pipeline = code })),
		ui.Fixed(128, 0, choice("period", periods, func(q *ListQuery, code string) { q.Period = code })),
		ui.Fixed(116, 0, choice("amount", sizes, func(q *ListQuery, code string) { q.MinAmount = amountOf(code) })),
		ui.Fixed(150, 0, t.partner),
		t.clear,
	)
	return t
}

func amountOf(code string) int64 {
	for _, amount := range amounts {
		if ui.FormatNumber(amount) == code {
			return amount * 100
		}
	}
	return 0
}

func (t *toolbar) change(set func(*ListQuery)) {
	if t.quiet {
		return
	}
	q := t.page.query
	set(&q)
	if q != t.page.query {
		t.page.filter(q)
	}
}

// setOwners offers the people who own opportunities, the user first.
func (t *toolbar) setOwners(people []Person, me string) {
	options := []ui.Option{{Label: ui.T("opportunities.filter.owner")}, {Code: me, Label: ui.T("opportunities.filter.mine")}}
	for _, p := range people {
		if p.ID != me {
			options = append(options, ui.Option{Code: p.ID, Label: p.Name})
		}
	}
	t.choices["owner"].SetChoices(options)
}

// show puts a filter into the fields.
func (t *toolbar) show(q ListQuery, mode string) {
	t.quiet = true
	defer func() { t.quiet = false }()
	if t.search.Text != q.Text {
		t.search.SetText(q.Text)
	}
	t.choices["pipeline"].SetCode(q.Pipeline)
	t.choices["owner"].SetCode(q.OwnerID)
	t.choices["period"].SetCode(q.Period)
	t.choices["amount"].SetCode("")
	if q.MinAmount > 0 {
		t.choices["amount"].SetCode(ui.FormatNumber(q.MinAmount / 100))
	}
	if q.Stage == "" {
		q.Stage = StageOpen
	}
	t.choices["stage"].SetCode(q.Stage)
	switch {
	case q.PartnerID == "":
		t.partner.Set("", "")
	case t.partner.ID() != q.PartnerID:
		t.namePartner(q.PartnerID)
	}
	setVisible(t.stage, mode == modeList)
	setVisible(t.clear, q.Active())
	t.content.Refresh() // what is shown now needs its place
}

// namePartner shows the partner of a restored filter by its name.
func (t *toolbar) namePartner(id string) {
	page := t.page
	ui.Go(page.host.Context(), func(ctx context.Context) (map[string]string, error) {
		return page.model.Book.Titles(ctx, "partner", []string{id})
	}, func(titles map[string]string, err error) {
		if err == nil && page.query.PartnerID == id {
			t.partner.Set(id, titles[id])
		}
	})
}

func setVisible(object fyne.CanvasObject, visible bool) {
	if visible {
		object.Show()
	} else {
		object.Hide()
	}
}
