package partners

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// buildTabs are the side's tabs with their contents.
func (v *profileView) buildTabs() []ui.Tab {
	builders := map[string]func() fyne.CanvasObject{
		"overview": v.overviewTab, "contacts": v.contactsTab, "visits": v.visitsTab, "feedback": v.feedbackTab,
		"opportunities": v.opportunitiesTab, "projects": v.projectsTab, "tasks": v.tasksTab, "shipments": v.shipmentsTab,
		"receivables": v.receivablesTab, "timeline": v.timelineTab, "files": v.filesTab,
	}
	var tabs []ui.Tab
	for _, t := range v.model.side.tabs() {
		tabs = append(tabs, ui.Tab{Key: t.key, Label: ui.T("partners.tab." + t.key), Build: builders[t.key]})
	}
	return tabs
}

// tableTab is a tab that lists records of one kind. above, which may be nil, is drawn over the table from the records.
type tableTab[T any] struct {
	key     string
	columns []ui.Column[T]
	read    func(context.Context) ([]T, error)
	id      func(T) string
	route   string // of one record, "visit"; "" when a record has no page
	above   func([]T) fyne.CanvasObject
	icon    fyne.Resource
	kind    string // what the button of the empty tab creates
	create  func() // what the button does; nil when nothing is created here
}

// build makes the tab's content and notes how to read it anew.
func (t tableTab[T]) build(v *profileView) fyne.CanvasObject {
	table := ui.NewTable(v.host.State(), v.model.side.kind+"."+t.key, t.columns)
	table.ID = t.id
	if t.route != "" {
		table.OnOpen = func(row T) { v.host.Open(t.route + "/" + t.id(row)) }
	}
	action := ""
	if t.create != nil && v.model.mayWrite(t.kind) {
		action = ui.T("partners.create." + t.key)
	}
	table.SetEmpty(ui.NewEmpty(t.icon, ui.T("partners.empty."+t.key), ui.T("partners.hint."+t.key), action, t.create))
	above := container.NewStack()
	body := ui.Border(above, nil, nil, nil, table)
	v.reload[t.key] = func() {
		load(v, t.read, func(rows []T) {
			if t.above != nil {
				above.Objects = nil
				if content := t.above(rows); content != nil {
					above.Add(ui.PadBottom(12, content))
				}
				body.Refresh() // the table moves down
			}
			table.SetRows(ui.SliceRows(rows))
		})
	}
	return body
}

// pendingColumn marks records that the server has not confirmed.
func pendingColumn[T any](pending func(T) bool) ui.Column[T] {
	return ui.Column[T]{
		Key: "pending", Width: 40, Align: fyne.TextAlignCenter, Text: func(r T) string { return unsynced(pending(r)) },
		Tone: func(T) ui.Tone { return ui.ToneWarning },
	}
}

func (v *profileView) contactsTab() fyne.CanvasObject {
	return tableTab[sales.Contact]{
		key: "contacts", read: v.model.Contacts, id: func(c sales.Contact) string { return c.ID }, route: "contact",
		icon: ui.IconUsers, kind: "contact", create: v.open(v.with("contact/new")),
		columns: []ui.Column[sales.Contact]{
			pendingColumn(func(c sales.Contact) bool { return c.Pending }),
			{Key: "name", Title: label("contact", "name"), Width: 110, Flex: 1, Bold: true, Text: func(c sales.Contact) string { return c.Name }},
			{Key: "primary", Title: "", Width: 112, Badge: true, Text: func(c sales.Contact) string { return textIf(c.Primary, label("contact", "primary")) }, Tone: func(sales.Contact) ui.Tone { return ui.ToneAccent }},
			{Key: "job_title", Title: label("contact", "job_title"), Width: 110, Flex: 1, Text: func(c sales.Contact) string { return c.JobTitle }},
			{Key: "decision_role", Title: label("contact", "decision_role"), Width: 132, Text: func(c sales.Contact) string { return option("decision_role", c.DecisionRole) }},
			{Key: "attitude", Title: label("contact", "attitude"), Width: 100, Badge: true, Text: func(c sales.Contact) string { return option("attitude", c.Attitude) }, Tone: func(c sales.Contact) ui.Tone { return attitudeTone(c.Attitude) }},
			{Key: "mobile", Title: label("contact", "mobile"), Width: 126, Text: func(c sales.Contact) string { return c.Mobile }},
			{Key: "email", Title: label("contact", "email"), Width: 150, Flex: 1, Text: func(c sales.Contact) string { return c.Email }},
			{Key: "we_chat", Title: label("contact", "we_chat"), Width: 100, Text: func(c sales.Contact) string { return c.WeChat }},
		},
	}.build(v)
}

// visitRow is a visit with what its codes and ids mean.
type visitRow struct {
	sales.Visit
	Type, Who string
}

func (v *profileView) visitsTab() fyne.CanvasObject {
	read := func(ctx context.Context) ([]visitRow, error) {
		visits, err := rowsOf[sales.Visit](ctx, v.model, "visit", "-planned_at")
		if err != nil {
			return nil, err
		}
		slices.SortStableFunc(visits, func(a, b sales.Visit) int { return cmp.Compare(b.When(), a.When()) })
		types, err := v.visitTypes(ctx)
		if err != nil {
			return nil, err
		}
		who, err := owners(ctx, v.model.Book, visits, func(x sales.Visit) string { return x.OwnerID })
		rows := make([]visitRow, len(visits))
		for i, x := range visits {
			rows[i] = visitRow{Visit: x, Type: firstOf(types[x.VisitType], x.VisitType), Who: who[x.OwnerID]}
		}
		return rows, err
	}
	return tableTab[visitRow]{
		key: "visits", read: read, id: func(x visitRow) string { return x.ID }, route: "visit", icon: ui.IconVisits, kind: "visit", create: v.open(v.with("visit/new")),
		columns: []ui.Column[visitRow]{
			pendingColumn(func(x visitRow) bool { return x.Pending }),
			{Key: "when", Title: ui.T("partners.when"), Width: 140, Text: func(x visitRow) string { return ui.FormatDateTime(x.When().Time()) }},
			{Key: "visit_type", Title: label("visit", "visit_type"), Width: 110, Text: func(x visitRow) string { return x.Type }},
			{Key: "status", Title: label("visit", "status"), Width: 100, Badge: true, Text: func(x visitRow) string { return option("status", x.Status) }, Tone: func(x visitRow) ui.Tone { return visitTone(x.Visit, v.model.Now()) }},
			{Key: "subject", Title: label("visit", "subject"), Width: 140, Flex: 2, Bold: true, Text: func(x visitRow) string { return x.Subject }},
			{Key: "notes", Title: label("visit", "notes"), Width: 180, Flex: 3, Text: func(x visitRow) string { return firstOf(x.CancelReason, x.Notes) }},
			{Key: "owner", Title: label("visit", "owner_id"), Width: 90, Text: func(x visitRow) string { return x.Who }},
		},
	}.build(v)
}

// visitTypes names the types of visit in the present language.
func (v *profileView) visitTypes(ctx context.Context) (map[string]string, error) {
	recs, err := v.model.Book.List(ctx, sales.Query{Kind: "visit_type"})
	if err != nil {
		return nil, fmt.Errorf("read visit types: %w", err)
	}
	out := map[string]string{}
	for _, t := range sales.AllAs[sales.VisitType](recs) {
		out[t.Code] = t.Name
		if ui.Lang() == "zh" {
			out[t.Code] = firstOf(t.NameZh, t.Name)
		}
	}
	return out, nil
}

// owners names the users of records.
func owners[T any](ctx context.Context, book sales.Reader, rows []T, of func(T) string) (map[string]string, error) {
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = of(r)
	}
	names, err := book.Titles(ctx, "user", sales.CleanSet(ids))
	return names, wrap("read owners", err)
}

func textIf(yes bool, text string) string {
	if yes {
		return text
	}
	return ""
}
