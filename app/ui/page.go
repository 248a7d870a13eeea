package ui

import (
	"context"
	"net/url"
	"strings"

	"fyne.io/fyne/v2"
)

// Page is one screen of the window.
type Page interface {
	// Title names the page in the window's title and in the history.
	Title() string
	// Content is built once; it is asked for again only from a new page.
	Content() fyne.CanvasObject
	// Refresh loads the page's records anew, through Go. It is called after the page is first shown and after
	// records changed.
	Refresh()
}

// Stateful is a page whose filters, sort and scroll survive leaving it, a restart and a change of language.
type Stateful interface {
	SaveState() map[string]string
	RestoreState(map[string]string)
}

// Shortcuts is a page that has keyboard shortcuts of its own while it is shown.
type Shortcuts interface {
	Shortcuts() []Shortcut
}

// KeyHandler is a page that takes plain keys when no widget has the focus. It reports whether it used the key.
type KeyHandler interface {
	TypedKey(*fyne.KeyEvent) bool
}

// Closer is a page that must be told when it is left for good.
type Closer interface {
	Close()
}

// Shortcut is a key with modifiers that runs a command. LabelKey is the text that help and menus show for it.
type Shortcut struct {
	Key              fyne.KeyName
	Ctrl, Shift, Alt bool
	LabelKey         string
	Run              func()
}

// Host is what a page may ask of the window that shows it.
type Host interface {
	// Context is cancelled when the page is left for good.
	Context() context.Context
	// Canvas is where overlays go.
	Canvas() fyne.Canvas
	// Open shows another page: "partners", "partner/<id>", "visit/new?partner=<id>".
	Open(route string)
	// Back returns to the page before this one.
	Back()
	// Toast tells that something is done, for a few seconds.
	Toast(text string)
	// ToastAction is a toast with one thing to do about it, "Undo".
	ToastAction(text, label string, action func())
	// ShowError explains an error in the user's words.
	ShowError(err error)
	// State keeps small values over restarts.
	State() State
	// Changed tells every open page that records of these kinds were written here.
	Changed(kinds ...string)
	// OnChanged calls the function, on the UI thread, when records changed here or by sync, for the page's life.
	// Without it the page's Refresh is called.
	OnChanged(func(kinds []string))
}

// State keeps small texts under keys over restarts: window sizes, filters, drafts. Set must be quick and is
// called on the UI thread; an empty value removes the key. main hands in one that writes behind.
type State interface {
	Get(key string) string
	Set(key, value string)
}

// MapState is a State that forgets, for tests and for running without a workbook.
type MapState map[string]string

// Get implements State.
func (m MapState) Get(key string) string { return m[key] }

// Set implements State.
func (m MapState) Set(key, value string) {
	if value == "" {
		delete(m, key)
		return
	}
	m[key] = value
}

// Route is the address of a page.
type Route struct {
	// Name is the kind of page, "partners" or "partner".
	Name string
	// ID is the record that the page shows, or "new", or empty.
	ID string
	// Query has what else the page should start with.
	Query url.Values
}

// ParseRoute reads an address of the form name[/id][?query]. It takes whatever it gets: an unknown name is
// answered by the window.
func ParseRoute(text string) Route {
	path, query, _ := strings.Cut(text, "?")
	name, id, _ := strings.Cut(path, "/")
	values, err := url.ParseQuery(query)
	if err != nil {
		values = url.Values{}
	}
	return Route{Name: name, ID: id, Query: values}
}

// Get returns a value of the query, or "".
func (r Route) Get(key string) string { return r.Query.Get(key) }

// String returns the address that ParseRoute reads.
func (r Route) String() string {
	text := r.Name
	if r.ID != "" {
		text += "/" + r.ID
	}
	if len(r.Query) > 0 {
		text += "?" + r.Query.Encode()
	}
	return text
}
