package app

import (
	"context"
	"net/url"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/announcements"
	"github.com/rounds-field/rounds/app/feedback"
	"github.com/rounds-field/rounds/app/opportunities"
	"github.com/rounds-field/rounds/app/partners"
	"github.com/rounds-field/rounds/app/projects"
	"github.com/rounds-field/rounds/app/settings"
	"github.com/rounds-field/rounds/app/syncing"
	"github.com/rounds-field/rounds/app/tasks"
	"github.com/rounds-field/rounds/app/today"
	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/app/visits"
	"github.com/rounds-field/rounds/sales"
)

// Services is what all features together need from the program.
type Services struct {
	Book    sales.Workbook
	Tray    syncing.Tray
	Health  syncing.HealthBook // nil when nothing is ever checked
	History syncing.History
	Session settings.Session
	Files   sales.Files
	Desk    ui.FileDesk
	Me      func() sales.User // the signed-in user
	Now     func() time.Time
	State   func() sales.SyncState // how syncing stands
	Sync    func()                 // asks for a sync soon
	Export  func(q sales.Query)    // asks for a file and writes the records of a query to it
	Import  func(kind string)      // asks for a file and reads records of a kind from it

	Appearance func(language string, mode ui.ThemeMode, size ui.TextSize)
	SignedIn   func() // after signing in or out
	Folder     string // of the workbook
	Version    string
}

// Compose adds every feature to the window: its places in the navigation, its pages and its commands.
func (s *Shell) Compose(d Services) {
	attach := &ui.FileDeps{Book: d.Book, Files: d.Files, Desk: d.Desk, Me: d.Me}
	company := partners.NewPage(partners.Deps{Book: d.Book, Me: d.Me, Now: d.Now, Attach: attach, Export: d.Export, Import: d.Import})
	visit := visits.NewPage(visits.Deps{Book: d.Book, Me: d.Me, Now: d.Now, Attach: attach})
	task := tasks.NewPage(tasks.Deps{Book: d.Book, Me: d.Me, Now: d.Now})
	pipeline := opportunities.NewPage(opportunities.Deps{Book: d.Book, Me: d.Me, Now: d.Now, Attach: attach})
	project := projects.NewPage(projects.Deps{Book: d.Book, Me: d.Me, Now: d.Now, Attach: attach})
	heard := feedback.NewPage(feedback.Deps{Book: d.Book, Me: d.Me, Now: d.Now, Attach: attach})
	news := announcements.NewPage(announcements.Deps{Book: d.Book, Me: d.Me, Now: d.Now})
	unsettled := syncing.Deps{Model: &syncing.Model{Book: d.Book, Tray: d.Tray, Health: d.Health, Files: d.Files, History: d.History}, State: d.State, Sync: d.Sync}

	place := func(route, label string, icon fyne.Resource, f Factory) {
		s.Add(NavItem{Route: route, LabelKey: label, Icon: icon}, f)
	}
	place("today", "nav.today", ui.IconToday, today.NewPage(today.Deps{Book: d.Book, Me: d.Me, Now: d.Now}))
	place("visits", "nav.visits", ui.IconVisits, visit)
	place("partners", "nav.partners", ui.IconPartners, company)
	place("accounts", "nav.accounts", ui.IconAccounts, company)
	place("opportunities", "nav.opportunities", ui.IconOpportunities, pipeline)
	place("projects", "nav.projects", ui.IconProjects, project)
	place("feedback", "nav.feedback", ui.IconFeedback, heard)
	place("tasks", "nav.tasks", ui.IconTasks, task)
	place("announcements", "nav.announcements", ui.IconAnnounce, news)
	s.Add(NavItem{Route: "sync", LabelKey: "nav.sync", Icon: ui.IconSync, Bottom: true}, func(h ui.Host, r ui.Route) ui.Page {
		return syncing.NewPage(h, r, unsettled)
	})
	s.Add(NavItem{Route: "settings", LabelKey: "nav.settings", Icon: ui.IconSettings, Bottom: true}, func(h ui.Host, r ui.Route) ui.Page {
		return settings.NewPage(h, r, settings.Deps{
			Model: &settings.Model{Session: d.Session}, Appearance: d.Appearance, SignedIn: d.SignedIn, Folder: d.Folder, Version: d.Version,
		})
	})
	s.RouteBelow("visits", "visit", visit)
	s.RouteBelow("partners", "partner", company)
	s.RouteBelow("accounts", "account", company)
	s.RouteBelow("opportunities", "opportunity", pipeline)
	s.RouteBelow("projects", "project", project)
	s.RouteBelow("tasks", "task", task)
	s.RouteBelow("announcements", "announcement", news)
	s.Route("contact", company) // of a partner or of an account
	s.Route("history", func(h ui.Host, r ui.Route) ui.Page { return syncing.NewHistoryPage(h, r, unsettled) })
	s.commands = append(s.commands, s.newCommands(d)...)
}

// newCommands are what the search offers besides records: making each kind of record, from anywhere.
func (s *Shell) newCommands(d Services) []Command {
	open := func(route string) func() { return func() { s.Open(route) } }
	return []Command{
		{LabelKey: "nav.new_visit", Icon: ui.IconVisits, Shortcut: ui.Shortcut{Key: fyne.KeyN, Ctrl: true, LabelKey: "nav.new_visit"}, Run: open("visit/new")},
		{LabelKey: "nav.new_feedback", Icon: ui.IconFeedback, Shortcut: ui.Shortcut{Key: fyne.KeyF, Ctrl: true, Shift: true, LabelKey: "nav.new_feedback"}, Run: open("feedback/new")},
		{LabelKey: "nav.plan_visit", Icon: ui.IconCalendar, Run: open("visit/new?plan=1")},
		{LabelKey: "nav.new_task", Icon: ui.IconTasks, Run: open("task/new")},
		{LabelKey: "nav.new_opportunity", Icon: ui.IconOpportunities, Run: open("opportunity/new")},
		{LabelKey: "nav.new_project", Icon: ui.IconProjects, Run: open("project/new")},
		{LabelKey: "nav.new_partner", Icon: ui.IconPartners, Run: open("partner/new")},
		{LabelKey: "nav.new_account", Icon: ui.IconAccounts, Run: open("account/new")},
		{LabelKey: "nav.sync_now", Icon: ui.IconSync, Shortcut: ui.Shortcut{Key: fyne.KeyF5, LabelKey: "nav.sync_now"}, Run: d.Sync},
	}
}

// SearchRecords adapts the workbook's search to the window's: at most 30 hits, with the page that opens each. Hits that have no page of their own
// open the history of their record.
func SearchRecords(book sales.Searcher) func(ctx context.Context, text string) ([]ui.PickItem, error) {
	return func(ctx context.Context, text string) ([]ui.PickItem, error) {
		hits, err := book.Search(ctx, text, "", 30)
		if err != nil {
			return nil, err
		}
		items := make([]ui.PickItem, 0, len(hits))
		for _, h := range hits {
			route := syncing.RouteOf(h.Kind, h.ID)
			if route == "" {
				route = "history/" + h.ID + "?" + url.Values{"kind": {h.Kind}}.Encode()
			}
			items = append(items, ui.PickItem{ID: route, Title: h.Title, Subtitle: strings.TrimSpace(h.Excerpt), Group: ui.T("kind." + h.Kind)})
		}
		return items, nil
	}
}
