package app

import (
	"context"
	"encoding/json"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
)

// historyLimit is how many pages one can go back.
const historyLimit = 50

// visit is one step of the history. The page exists only while it is shown: what must survive is its state.
type visit struct {
	route ui.Route
	state map[string]string
	page  ui.Page
	host  *host
}

type history struct {
	visits []*visit
	at     int
}

func (h *history) now() *visit {
	if h.at < 0 || h.at >= len(h.visits) {
		return nil
	}
	return h.visits[h.at]
}

func (h *history) can(by int) bool {
	to := h.at + by
	return to >= 0 && to < len(h.visits)
}

// push adds a step after the present one; what Forward would have led to is gone.
func (h *history) push(v *visit) {
	if len(h.visits) > 0 {
		h.visits = h.visits[:h.at+1]
	}
	h.visits = append(h.visits, v)
	if len(h.visits) > historyLimit {
		h.visits = h.visits[len(h.visits)-historyLimit:]
	}
	h.at = len(h.visits) - 1
}

// leave ends the present page and keeps its state, in the history and, for places of the navigation, over a
// restart.
func (s *Shell) leave() {
	v := s.history.now()
	if v == nil || v.page == nil {
		return
	}
	if stateful, ok := v.page.(ui.Stateful); ok {
		v.state = stateful.SaveState()
		if v.route.ID == "" && len(v.route.Query) == 0 { // a link's own filter is not the user's choice for the place
			s.keepState(v.route.Name, v.state)
		}
	}
	if closer, ok := v.page.(ui.Closer); ok {
		closer.Close()
	}
	v.host.cancel()
	v.page, v.host = nil, nil
}

// enter makes the page of the present step and shows it.
func (s *Shell) enter() {
	v := s.history.now()
	if v == nil {
		return
	}
	v.host = newHost(s)
	v.page = s.factories[v.route.Name](v.host, v.route)
	content := v.page.Content()
	if v.state == nil && v.route.ID == "" && len(v.route.Query) == 0 {
		v.state = s.keptState(v.route.Name)
	}
	if stateful, ok := v.page.(ui.Stateful); ok && v.state != nil {
		stateful.RestoreState(v.state)
	}
	s.window.Canvas().Unfocus()
	ui.HideTip()
	s.area.Objects = []fyne.CanvasObject{content}
	s.area.Refresh()
	s.rail.Select(s.place(v.route))
	s.retitle()
	s.config.State.Set(stateRoute, v.route.String())
	s.registerShortcuts()
	v.page.Refresh()
}

// retitle names the open page in the window's title. A page knows the name of its record only once that is loaded.
func (s *Shell) retitle() {
	page, _ := s.Current()
	if page == nil {
		return
	}
	if title := page.Title() + " — " + ui.T("app.name"); title != s.window.Title() {
		s.window.SetTitle(title)
	}
}

// Place returns the place of the navigation that is shown as the one we are in.
func (s *Shell) Place() string {
	_, route := s.Current()
	return s.place(route)
}

// place is the place of the navigation that a route belongs to: the one it was added below, else the one that the page was reached from.
func (s *Shell) place(route ui.Route) string {
	if place := s.places[route.Name]; place != "" {
		return place
	}
	for i := s.history.at; i >= 0; i-- {
		for _, item := range s.nav {
			if item.Route == s.history.visits[i].route.Name {
				return item.Route
			}
		}
	}
	return route.Name
}

func (s *Shell) keepState(name string, state map[string]string) {
	content, err := json.Marshal(state)
	if err != nil {
		return // A map of texts always has a JSON form.
	}
	s.config.State.Set(statePage+name, string(content))
}

func (s *Shell) keptState(name string) map[string]string {
	var state map[string]string
	if json.Unmarshal([]byte(s.config.State.Get(statePage+name)), &state) != nil {
		return nil
	}
	return state
}

// host is what one page sees of the window.
type host struct {
	shell     *Shell
	ctx       context.Context
	cancel    context.CancelFunc
	listeners []func([]string)
}

var _ ui.Host = (*host)(nil)

func newHost(s *Shell) *host {
	h := &host{shell: s}
	h.ctx, h.cancel = context.WithCancel(context.Background())
	return h
}

func (h *host) Context() context.Context                   { return h.ctx }
func (h *host) Canvas() fyne.Canvas                        { return h.shell.window.Canvas() }
func (h *host) Open(route string)                          { h.shell.Open(route) }
func (h *host) Back()                                      { h.shell.backOrHome() }
func (h *host) Toast(text string)                          { h.shell.Toast(text) }
func (h *host) ShowError(err error)                        { h.shell.ShowError(err) }
func (h *host) State() ui.State                            { return h.shell.config.State }
func (h *host) Changed(kinds ...string)                    { h.shell.changed(kinds) }
func (h *host) OnChanged(listener func(kinds []string))    { h.listeners = append(h.listeners, listener) }
func (h *host) ToastAction(text, label string, run func()) { h.shell.layer.Toast(text, label, run) }

// backOrHome is where a form goes when it is done: to the page before, or to the first place when there is none.
func (s *Shell) backOrHome() {
	if s.history.can(-1) {
		s.Back()
		return
	}
	if len(s.nav) > 0 {
		s.Open(s.nav[0].Route)
	}
}
