package main

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/rounds-field/rounds/app/settings"
	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/app/welcome"
	"github.com/rounds-field/rounds/sales"
)

// screen is one picture: how it comes into a window, and how it ends.
type screen struct {
	name string
	show func(w fyne.Window) (done func())
}

// places are from where people come to a record's page: the navigation stays there.
var places = map[string]string{
	"visit": "visits", "partner": "partners", "account": "accounts", "opportunity": "opportunities", "project": "projects", "history": "partners",
	"task": "tasks", "announcement": "announcements",
}

// page is the window at a route; state, if any, is what the page remembers: the view or tab that is open.
func (s *stage) page(name, route string, state map[string]string) screen {
	return screen{name, func(w fyne.Window) func() {
		shell, done := s.window(w, cmp.Or(places[ui.ParseRoute(route).Name], "today"))
		shell.Open(route)
		if p, _ := shell.Current(); len(state) > 0 {
			if stateful, ok := p.(ui.Stateful); ok {
				stateful.RestoreState(state)
				p.Refresh()
			}
		}
		return done
	}}
}

// screens lists every screen.
func (s *stage) screens() []screen {
	partner := s.richest("partner", "partner_id", []string{"visit", "opportunity", "feedback", "task", "contact", "shipment"}, s.mine)
	debtor := s.richest("partner", "partner_id", []string{"receivable"}, func(sales.Record) bool { return true })
	account := s.richest("account", "account_id", []string{"visit", "opportunity", "project", "feedback", "task", "contact"}, s.mine)
	visit := s.richest("visit", "visit_id", []string{"visit_result", "feedback", "task"}, s.mine)
	deal := s.richest("opportunity", "opportunity_id", []string{"stage_change", "line_item", "task"}, func(r sales.Record) bool {
		return s.mine(r) && !slices.Contains([]string{sales.StageWon, sales.StageLost}, r.Text("stage"))
	})
	project := s.richest("project", "project_id", []string{"milestone", "project_risk", "project_note"}, s.mine)
	heard := s.richest("feedback", "feedback_id", []string{"feedback_reply", "task"}, func(r sales.Record) bool { return r.Text("status") == sales.FeedbackInProgress })
	todo := s.richest("task", "id", nil, func(r sales.Record) bool { return s.mine(r) && r.Text("status") == sales.TaskOpen })
	news := s.richest("announcement", "announcement_id", nil, func(r sales.Record) bool { return r.Flag("must_confirm") })
	return []screen{
		s.page("today", "today", nil),
		s.page("visits-day", "visits", map[string]string{"view": "day"}),
		s.page("visits-week", "visits", map[string]string{"view": "week"}),
		s.page("visits-list", "visits", map[string]string{"view": "list"}),
		s.page("visit", "visit/"+visit, nil),
		s.page("visit-log", "visit/new?partner="+partner, nil),
		s.page("partners", "partners", nil),
		s.page("partner", "partner/"+partner, nil),
		s.page("partner-shipments", "partner/"+partner, map[string]string{"tab": "shipments"}),
		s.page("partner-receivables", "partner/"+debtor, map[string]string{"tab": "receivables"}),
		s.page("partner-files", "partner/"+partner, map[string]string{"tab": "files"}),
		s.page("partner-timeline", "partner/"+partner, map[string]string{"tab": "timeline"}),
		s.page("accounts", "accounts", nil),
		s.page("account", "account/"+account, nil),
		s.page("opportunities-board", "opportunities", nil),
		s.page("opportunities-list", "opportunities", map[string]string{"mode": "list"}),
		s.page("opportunity", "opportunity/"+deal, nil),
		s.page("projects", "projects", nil),
		s.page("project", "project/"+project, nil),
		s.page("feedback", "feedback/"+heard, nil),
		s.page("feedback-new", "feedback/new?partner="+partner, nil),
		s.page("tasks", "tasks", nil),
		s.page("task", "task/"+todo, nil),
		s.page("announcements", "announcement/"+news, nil),
		s.page("sync-waiting", "sync", map[string]string{"tab": "waiting"}),
		s.page("sync-needs-you", "sync", map[string]string{"tab": "refused"}),
		s.page("sync-conflicts", "sync", map[string]string{"tab": "conflicts"}),
		s.page("history", "history/"+partner+"?kind=partner", nil),
		s.page("settings", "settings", nil),
		{"welcome", firstRun},
		{"search", s.search},
	}
}

// search is the window with the search open over it.
func (s *stage) search(w fyne.Window) func() {
	shell, done := s.window(w, "today")
	shell.OpenSearch()
	if entry, ok := w.Canvas().Focused().(*ui.Entry); ok {
		test.Type(entry, "科技")
	}
	return done
}

// firstRun is the page of a new workbook.
func firstRun(w fyne.Window) func() {
	w.SetContent(welcome.New(welcome.Deps{
		Context: context.Background, Local: func() {}, Started: func() {}, Failed: func(error) {}, Switch: func(string) {},
		Sample: func(context.Context) error { return errors.New("fill the workbook: not in a picture") },
		SignIn: func(func()) fyne.CanvasObject {
			return settings.NewSignInForm(context.Background, nil, settings.Credentials{}, nil, nil).Content()
		},
	}))
	return func() {}
}
