package app

import (
	"context"
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/rounds-field/rounds/app/ui"
)

// Factory makes the page of a route.
type Factory func(h ui.Host, r ui.Route) ui.Page

// NavItem is a place in the navigation. Route is the page's name, without an id.
type NavItem struct {
	Route, LabelKey string
	Icon            fyne.Resource
	// Bottom puts the place at the end of the navigation: sync, settings.
	Bottom bool
}

// Command is something that the search offers besides records, with its shortcut if it has one.
type Command struct {
	LabelKey string
	Icon     fyne.Resource
	Shortcut ui.Shortcut
	Run      func()
}

// Config is what the window is given.
type Config struct {
	// State keeps the window's size, the last page and all pages' filters.
	State ui.State
	// Search finds records by a text, the best first; an item's ID is the route that shows it, its Group the
	// heading above it. It runs off the UI thread.
	Search func(ctx context.Context, text string) ([]ui.PickItem, error)
	// SearchReady says whether Search finds all records yet; nil means always.
	SearchReady func() bool
	// User names who is signed in, below the navigation.
	User string
}

// Shell is the window with everything that all pages have in common.
type Shell struct {
	window    fyne.Window
	config    Config
	nav       []NavItem
	factories map[string]Factory
	places    map[string]string // the place in the navigation of routes that have none of their own
	commands  []Command

	history history
	rail    *ui.Rail
	badges  map[string]int
	bar     *fyne.Container
	status  *ui.Status
	sync    SyncStatus
	area    *fyne.Container
	layer   *ui.Layer
	keys    map[string]bool
	stop    []func()
	// unhandle ends the handling of shortcuts that widgets pass on.
	unhandle func()
	search   *searchBox
	changes  changes
}

// NewShell puts the window together. Features are added to it before Start.
func NewShell(window fyne.Window, config Config) *Shell {
	s := &Shell{
		window: window, config: config, factories: map[string]Factory{}, places: map[string]string{}, badges: map[string]int{}, keys: map[string]bool{},
		sync: SyncStatus{Local: true},
	}
	s.restoreSize()
	return s
}

// Add gives a place in the navigation to the page of a route. The places are Ctrl+1 to Ctrl+9 in their order.
func (s *Shell) Add(item NavItem, factory Factory) {
	s.nav = append(s.nav, item)
	s.factories[item.Route] = factory
}

// Route adds a page that the navigation does not show, "partner" for "partner/<id>".
func (s *Shell) Route(name string, factory Factory) { s.factories[name] = factory }

// RouteBelow adds a page that the navigation shows as one of a place: "partner" is one of "partners".
func (s *Shell) RouteBelow(place, name string, factory Factory) {
	s.factories[name] = factory
	s.places[name] = place
}

// AddCommand adds a command to the search, and its shortcut to the window.
func (s *Shell) AddCommand(command Command) { s.commands = append(s.commands, command) }

// Start builds the window's content and opens the page that was open last, or the first place.
func (s *Shell) Start() {
	s.build()
	s.stop = append(s.stop, ui.OnLanguage(s.Rebuild), ui.OnAppearance(s.Rebuild), ui.OnShown(s.retitle))
	route := s.config.State.Get(stateRoute)
	if s.factories[ui.ParseRoute(route).Name] == nil && len(s.nav) > 0 {
		route = s.nav[0].Route
	}
	s.Open(route)
}

// Close keeps what must survive and ends the open page. The window calls it before it closes.
func (s *Shell) Close() {
	s.saveSize()
	s.leave()
	for _, stop := range s.stop {
		stop()
	}
	s.stop = nil
	if s.unhandle != nil {
		s.unhandle()
		s.unhandle = nil
	}
}

// Rebuild makes everything that is shown anew, in the language and look of now. The page keeps its state.
func (s *Shell) Rebuild() {
	s.leave()
	for ui.HideTopModal(s.window.Canvas()) {
		continue // A dialog's words would stay in the other language.
	}
	s.build()
	s.enter()
}

func (s *Shell) build() {
	s.layer = ui.NewLayer()
	s.rail = ui.NewRail(ui.T("app.name"), s.config.User, s.Open)
	items := make([]ui.RailItem, 0, len(s.nav))
	for _, item := range s.nav {
		items = append(items, ui.RailItem{
			Key: item.Route, Label: ui.T(item.LabelKey), Icon: item.Icon, Bottom: item.Bottom, Badge: s.badges[item.Route],
		})
	}
	s.rail.SetItems(items)
	s.status = ui.NewStatus(func() { s.Open("sync") })
	s.showSync()
	s.area = container.NewStack()
	s.bar = s.topBar()
	content := container.New(frame{}, s.area, s.bar, s.rail)
	s.window.SetPadded(false)
	s.window.SetContent(container.New(&watchSize{shell: s}, content, s.layer.Object()))
	s.registerShortcuts()
}

func (s *Shell) topBar() *fyne.Container {
	back := ui.IconButton(ui.IconBack, ui.T("app.back"), s.Back)
	forward := ui.IconButton(ui.IconForward, ui.T("app.forward"), s.Forward)
	search := ui.NewSearchButton(ui.T("app.search.placeholder"), "Ctrl+K", s.OpenSearch)
	return ui.TopBar(ui.HGap(6, back, forward, ui.Fixed(420, 0, search), ui.Spacer(), s.status))
}

// SetBadge shows a count at a place of the navigation. It may be called from anywhere.
func (s *Shell) SetBadge(route string, count int) {
	ui.OnUI(func() {
		s.badges[route] = count
		if s.rail != nil {
			s.rail.SetBadge(route, count)
		}
	})
}

// Toast tells that something is done.
func (s *Shell) Toast(text string) { s.layer.Toast(text, "", nil) }

// ShowError explains an error.
func (s *Shell) ShowError(err error) { ui.ShowError(s.window.Canvas(), err) }

// Current returns the page that is shown and its route; before Start there is none.
func (s *Shell) Current() (ui.Page, ui.Route) {
	if entry := s.history.now(); entry != nil {
		return entry.page, entry.route
	}
	return nil, ui.Route{}
}

// Open shows the page of a route, as a new step of the history. Opening the present route again only loads it
// anew. A route that no feature has is a mistake in a link and is told as such.
func (s *Shell) Open(route string) {
	parsed := ui.ParseRoute(route)
	if s.factories[parsed.Name] == nil {
		s.ShowError(&unknownRouteError{route})
		return
	}
	if entry := s.history.now(); entry != nil && entry.route.String() == parsed.String() {
		s.Refresh()
		return
	}
	s.leave()
	s.history.push(&visit{route: parsed})
	s.enter()
}

// OpenRecord shows the page of a record of a kind: Open(kind + "/" + id).
func (s *Shell) OpenRecord(kind, id string) { s.Open(ui.Route{Name: kind, ID: id}.String()) }

// Back shows the page before this one in the state it was left in.
func (s *Shell) Back() { s.step(-1) }

// Forward shows the page that Back came from.
func (s *Shell) Forward() { s.step(1) }

func (s *Shell) step(by int) {
	if !s.history.can(by) {
		return
	}
	s.leave()
	s.history.at += by
	s.enter()
}

// Refresh loads the present page anew.
func (s *Shell) Refresh() {
	if page, _ := s.Current(); page != nil {
		page.Refresh()
	}
}

type unknownRouteError struct{ route string }

func (u *unknownRouteError) Error() string { return fmt.Sprintf("open %q: no such page", u.route) }

// ErrorCode implements ui.CodedError.
func (u *unknownRouteError) ErrorCode() string { return "no_such_page" }

// ErrorArgs implements ui.CodedError.
func (u *unknownRouteError) ErrorArgs() map[string]any { return map[string]any{"Route": u.route} }
