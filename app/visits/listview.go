package visits

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// listView is all visits in a table with filters; it loads only what is in view.
type listView struct {
	actions
	filter  Filter
	company string // key of the company filter
	name    string // of that company
	table   *ui.Table[Row]
	words   *ui.Entry
	status  *ui.Chips
	types   *ui.Select
	period  *ui.Select
	picker  *ui.Picker
	buttons *fyne.Container
	count   *ui.Text
	root    fyne.CanvasObject
	offset  float32
	loads   int
}

func newListView(a actions, r ui.Route) *listView {
	l := &listView{actions: a, filter: Filter{Sort: "when", Desc: true, Status: r.Get("status"), Period: r.Get("period"), Text: r.Get("text")}}
	l.company = CompanyKey(r.Get("partner"), r.Get("account"))
	return l
}

func (l *listView) search() fyne.CanvasObject {
	if l.words == nil {
		l.words = ui.NewSearchEntry(ui.T("visits.search"), func(text string) {
			l.filter.Text = text
			l.reload()
		})
		l.words.Text = l.filter.Text
	}
	return l.words
}

func (l *listView) object() fyne.CanvasObject {
	if l.root == nil {
		l.build()
	}
	return l.root
}

func (l *listView) build() {
	all := []ui.Option{{Code: "", Label: ui.T("visits.type.all")}}
	l.types = ui.NewSelect(all, func(code string) {
		l.filter.Type = code
		l.reload()
	})
	l.types.SetCode("")
	l.period = ui.NewSelect(periodOptions(), func(code string) {
		l.filter.Period = code
		l.reload()
	})
	l.period.SetCode(l.filter.Period)
	l.picker = companyPicker(l.model)
	l.picker.Set(l.company, l.name)
	l.picker.OnChanged = func(item ui.PickItem) {
		l.company, l.name = item.ID, item.Title
		l.reload()
	}
	l.status = ui.NewChips(false, func(codes []string) {
		l.filter.Status = only(codes)
		l.reload()
	}, fieldOptions("visit", "status")...)
	if l.filter.Status != "" {
		l.status.Set(l.filter.Status)
	}
	l.count = ui.Muted("")
	l.buttons = ui.HGap(4)
	l.table = l.newTable()
	filters := ui.HStack(l.status, ui.Spacer(), ui.Fixed(170, 0, l.types), ui.Fixed(140, 0, l.period), ui.Fixed(200, 0, l.picker))
	foot := ui.MinSize(0, 36, ui.HStack(ui.Grow(l.count), l.buttons))
	l.root = ui.Border(ui.PadBottom(8, filters), foot, nil, nil, l.table)
	l.loadTypes()
}

func (l *listView) newTable() *ui.Table[Row] {
	t := ui.NewTable(l.host.State(), "visits", []ui.Column[Row]{
		{Key: "when", Title: ui.T("visits.column.when"), Width: 215, Sortable: true, Text: func(r Row) string { return whenText(r.Visit) }},
		{Key: "company", Title: ui.T("visits.column.company"), Width: 170, Flex: 1, Bold: true, Text: func(r Row) string { return r.Company }},
		{Key: "type", Title: ui.T("field.visit.visit_type"), Width: 176, Sortable: true, Text: func(r Row) string { return r.Type.In(ui.Lang()) }},
		{Key: "status", Title: ui.T("field.visit.status"), Width: 100, Sortable: true, Badge: true, Text: statusText, Tone: statusTone},
		{Key: "notes", Title: ui.T("visits.column.notes"), Width: 160, Flex: 2, Text: noteOf, Tone: func(Row) ui.Tone { return ui.ToneMuted }},
		{Key: "owner", Title: ui.T("field.visit.owner_id"), Width: 80, Text: func(r Row) string { return r.Owner }},
	})
	t.ID = func(r Row) string { return r.ID }
	t.OnOpen = l.open
	t.OnSelect = l.offer
	t.SetSort(l.filter.Sort, l.filter.Desc)
	t.OnSort = func(key string, desc bool) {
		l.filter.Sort, l.filter.Desc = key, desc
		l.reload()
	}
	t.SetEmpty(ui.NewEmpty(ui.IconVisits, ui.T("visits.list.empty"), ui.T("visits.list.empty.hint"), ui.T("visits.log"), func() {
		l.host.Open(RouteVisit + "/new")
	}))
	return t
}

// noteOf is what says most about a visit in one line.
func noteOf(r Row) string {
	for _, s := range []string{r.CancelReason, r.Subject, r.Notes} {
		if s != "" {
			return s
		}
	}
	return ""
}

func periodOptions() []ui.Option {
	var options []ui.Option
	for _, code := range []string{PeriodAny, PeriodWeek, PeriodMonth, PeriodPast, PeriodNext} {
		key := code
		if key == "" {
			key = "any"
		}
		options = append(options, ui.Option{Code: code, Label: ui.T("visits.period." + key)})
	}
	return options
}

// offer shows what can be done about the selected visit.
func (l *listView) offer(r Row) {
	buttons := []fyne.CanvasObject{ui.WithIcon(ui.Button(ui.T("visits.open"), func() { l.open(r) }), ui.IconOpen)}
	if r.Open() {
		buttons = append(buttons, ui.WithIcon(ui.Button(ui.T("visits.log.this"), func() { l.log(r) }), ui.IconCheck))
	}
	if r.Status == sales.VisitPlanned {
		buttons = append(buttons, ui.WithIcon(ui.Button(ui.T("visits.reschedule"), func() { l.reschedule(r) }), ui.IconClock))
	}
	if r.Open() {
		buttons = append(buttons, ui.WithIcon(ui.Button(ui.T("visits.cancel"), func() { l.cancel(r) }), ui.IconClose))
	}
	l.buttons.Objects = buttons
	l.buttons.Refresh()
}

// loadTypes fills the filter by type, and names the company of the route.
func (l *listView) loadTypes() {
	ui.Go(l.host.Context(), l.model.Types, func(types []TypeChoice, err error) {
		if err != nil {
			l.host.ShowError(err)
			return
		}
		l.types.SetChoices(append([]ui.Option{{Code: "", Label: ui.T("visits.type.all")}}, typeOptions(types)...))
		l.types.SetCode(l.filter.Type)
	})
	if l.company == "" || l.name != "" {
		return
	}
	ui.Go(l.host.Context(), func(ctx context.Context) (Company, error) { return l.model.CompanyNamed(ctx, l.company) }, func(c Company, err error) {
		if err == nil {
			l.name = c.Name
			l.picker.Set(l.company, l.name)
		}
	})
}

func (l *listView) reload() { l.load(l.filter.Mine) }

func (l *listView) load(mine bool) {
	l.filter.Mine = mine
	l.filter.PartnerID, l.filter.AccountID = CompanyRefs(l.company)
	l.loads++
	load, filter := l.loads, l.filter
	ui.Go(l.host.Context(), func(ctx context.Context) (Found, error) { return l.model.Find(ctx, filter) }, func(found Found, err error) {
		switch {
		case load != l.loads || l.table == nil:
		case err != nil:
			l.host.ShowError(err)
		default:
			l.show(found)
		}
	})
}

func (l *listView) show(found Found) {
	l.count.SetText(ui.T("visits.count", "Count", found.Total, "Number", ui.FormatNumber(int64(found.Total))))
	l.table.SetRows(ui.NewPagedRows(l.host.Context(), found.Total, found.Page, l.host.ShowError))
	if l.offset > 0 {
		l.table.SetScrollOffset(l.offset)
		l.offset = 0
	}
	if row, ok := l.table.Selected(); ok {
		l.offer(row)
		return
	}
	l.buttons.Objects = nil
	l.buttons.Refresh()
}
