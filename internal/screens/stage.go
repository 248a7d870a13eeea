package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app"
	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/assets/sample"
	"github.com/rounds-field/rounds/internal/fakebook"
	"github.com/rounds-field/rounds/internal/uitest"
	"github.com/rounds-field/rounds/sales"
)

// stage is the program that the screens are of: the sample organisation, settled as if it had come from the server, seen by its
// representative, with a few changes under way.
type stage struct {
	me    sales.User
	book  *fakebook.Book
	tray  *tray
	files *fakebook.Files
	data  map[string]bool // complaints about words that are the sample's own, such as a milestone that is called as a phase is
}

func newStage(ctx context.Context) (*stage, error) {
	records, err := sample.Organisation(sample.Small, uitest.Clock)
	if err != nil {
		return nil, err
	}
	s := &stage{data: map[string]bool{}}
	for _, u := range sample.Users() {
		if u.Name == sample.Rep {
			s.me = u
		}
	}
	s.book = fakebook.New(ui.Now, s.me.ID)
	for _, r := range slices.Concat(sales.Defaults(), records) {
		s.book.Put(r)
		for _, v := range r.Values {
			if text, ok := v.(string); ok {
				s.data[fmt.Sprintf("%q is in the wrong language", text)] = true
			}
		}
	}
	s.addFiles()
	s.tray, err = newTray(ctx, s)
	return s, err
}

// window shows the whole window at a route. The function that it gives ends it.
func (s *stage) window(w fyne.Window, route string) (*app.Shell, func()) {
	size := w.Canvas().Size()
	shell := app.NewShell(w, app.Config{State: ui.MapState{}, Search: app.SearchRecords(s.book), User: s.me.DisplayName})
	w.Resize(size)
	shell.Compose(app.Services{
		Book: s.book, Tray: s.tray, History: s.tray.history, Session: session{s}, Files: s.files, Desk: &uitest.Desk{},
		Me: func() sales.User { return s.me }, Now: ui.Now, State: s.state, Sync: func() {},
		Export: func(sales.Query) {}, Import: func(string) {},
		Appearance: func(string, ui.ThemeMode, ui.TextSize) {}, SignedIn: func() {}, Folder: "/home/li.na/.local/share/rounds", Version: "1.0.0",
	})
	shell.Start()
	state := s.state()
	shell.SetSync(app.SyncStatus{Waiting: state.Waiting, Online: true, Last: state.LastSync})
	shell.SetBadge("sync", state.Rejected+state.Conflicts)
	shell.Open(route)
	return shell, shell.Close
}

// state says that syncing goes well.
func (s *stage) state() sales.SyncState {
	return sales.SyncState{
		Phase: sales.SyncIdle, Waiting: 3, Rejected: 2, Conflicts: 1, LastSync: ui.Now().Add(-4 * time.Minute),
		Server: "https://rounds.example.com", User: s.me.Name,
	}
}

// session is the sign-in of somebody who is signed in.
type session struct{ s *stage }

func (session) SignIn(context.Context, string, string, string) error {
	return errors.New("sign in: not in a picture")
}

func (session) SignInMoved(context.Context, string, string, string) error {
	return errors.New("sign in: not in a picture")
}

func (session) SignOut(context.Context) error                    { return errors.New("sign out: not in a picture") }
func (s session) State(context.Context) (sales.SyncState, error) { return s.s.state(), nil }

// richest is the record of a kind that most records of the other kinds lead to by a field, of those that fit. A picture of it shows the most.
func (s *stage) richest(kind, field string, others []string, fits func(sales.Record) bool) string {
	count := map[string]int{}
	for _, other := range others {
		recs, err := s.book.List(context.Background(), sales.Query{Kind: other})
		if err != nil {
			panic(fmt.Errorf("list %s: %w", other, err)) // a mistake in this program
		}
		for _, r := range recs {
			count[r.Text(field)] = min(count[r.Text(field)], 100*len(others)) + 1
		}
	}
	recs, err := s.book.List(context.Background(), sales.Query{Kind: kind, Sort: []string{"id"}})
	if err != nil {
		panic(fmt.Errorf("list %s: %w", kind, err))
	}
	best, most := "", -1
	for _, r := range recs {
		if fits(r) && count[r.ID] > most {
			best, most = r.ID, count[r.ID]
		}
	}
	return best
}

// mine fits records that the representative owns.
func (s *stage) mine(r sales.Record) bool { return r.Text("owner_id") == s.me.ID }
