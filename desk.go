package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/rounds-field/rounds/app"
	"github.com/rounds-field/rounds/app/settings"
	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/app/welcome"
	"github.com/rounds-field/rounds/assets/sample"
	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/client"
	"github.com/rounds-field/rounds/workbook"
)

// desk holds the running app together: the workbook, the window on it and the sync behind it.
type desk struct {
	ctx    context.Context //nolint:containedctx // the life of the program
	window fyne.Window
	book   *workbook.Workbook
	prefs  *preferences
	state  *state

	shell  *app.Shell // nil on the first-run page
	notice error      // of the start, to be shown when the window is there

	takers []*func(paths []string) // of dropped files, the last one first; on the UI thread

	mu       sync.Mutex
	me       sales.User
	stopSync context.CancelFunc
}

func newDesk(ctx context.Context, w fyne.Window, wb *workbook.Workbook, prefs *preferences) *desk {
	d := &desk{ctx: ctx, window: w, book: wb, prefs: prefs, stopSync: func() {}}
	d.state = &state{book: wb, failed: d.showError}
	wb.Subscribe(func(kinds []string) {
		if slices.Contains(kinds, "user") && d.currentShell() != nil { // a role may have changed
			if err := d.readMe(); err != nil {
				d.showError(err)
			}
		}
		d.recount()
		if s := d.currentShell(); s != nil {
			s.Notify(kinds...)
		}
	})
	return d
}

// signInAtStart signs in as the flags say, unless that user is signed in there already.
func (d *desk) signInAtStart(o options) error {
	if o.user == "" {
		return nil
	}
	id, err := d.book.Identity(d.ctx)
	if err != nil {
		return err
	}
	at, err := client.Address(o.server)
	if err != nil {
		return err
	}
	if id.UserName == o.user && id.Server == at && d.book.Engine() != nil {
		d.prefs.Begun = true
		return nil
	}
	password, err := os.ReadFile(o.passwordFile)
	if err != nil {
		return fmt.Errorf("read the password: %w", err)
	}
	err = d.book.SignIn(d.ctx, o.server, o.user, strings.TrimSpace(string(password)))
	// Only a person can say whether the server has moved, and in the window; and who has a workbook here works on in it.
	if sales.HasCode(err, sales.CodeServerMoved) || err != nil && id.UserName == o.user && d.book.Engine() != nil {
		d.notice = err
		return nil
	}
	if err != nil {
		return err
	}
	d.prefs.Begun = true
	return d.prefs.save()
}

// begin shows the app, or the first-run page where nobody has chosen yet.
func (d *desk) begin() {
	if d.notice != nil {
		defer d.showError(d.notice)
	}
	if d.prefs.Begun {
		d.showApp()
		return
	}
	d.window.Resize(fyne.NewSize(1280, 800))
	d.showWelcome()
}

func (d *desk) showWelcome() {
	d.window.SetContent(welcome.New(welcome.Deps{
		Context: func() context.Context { return d.ctx },
		Local:   func() {},
		Sample:  d.fillSample,
		Started: func() {
			d.prefs.Begun = true
			if err := d.prefs.save(); err != nil {
				d.showError(err)
			}
			d.showApp()
		},
		SignIn: func(done func()) fyne.CanvasObject {
			model := &settings.Model{Session: session{d}}
			return settings.NewSignInForm(func() context.Context { return d.ctx }, model, settings.Credentials{}, func(sales.SyncState) { done() }, d.showError).Content()
		},
		Failed: d.showError,
		Switch: func(language string) {
			d.prefs.Language = language
			ui.SetLanguage(language)
			d.showWelcome()
		},
	}))
}

// fillSample makes a workbook of sample data, apart from the user's own, in which one of the sample's reps works.
func (d *desk) fillSample(ctx context.Context) error {
	records, err := sample.Organisation("small", time.Now())
	if err != nil {
		return err
	}
	for _, u := range sample.Users() {
		if u.Name == sample.Rep {
			return d.book.UseSample(ctx, u, records)
		}
	}
	return fmt.Errorf("fill the workbook: the sample has no user %s", sample.Rep)
}

// showApp shows the window on the workbook in use, and starts to sync it.
func (d *desk) showApp() {
	if err := d.enter(); err != nil {
		showFailure(d.window, err)
		return
	}
	shell := app.NewShell(d.window, app.Config{State: d.state, Search: app.SearchRecords(d.book), SearchReady: d.book.SearchReady, User: d.user().DisplayName})
	shell.Compose(app.Services{
		Book: d.book, Tray: d.book, Health: d.book, History: d.book.History, Session: session{d}, Files: d.book, Desk: fileDesk{d},
		Me: d.user, Now: time.Now, State: d.syncState, Sync: d.syncSoon,
		Export: d.export, Import: d.importFile,
		Appearance: d.appearance, SignedIn: d.signedIn, Folder: d.book.Dir, Version: version,
	})
	d.setShell(shell)
	shell.Start()
	d.startSync()
	d.recount()
}

// enter reads who works here and how their window looked.
func (d *desk) enter() error {
	if err := d.readMe(); err != nil {
		return err
	}
	return d.state.load(d.ctx)
}

// readMe reads who works here.
func (d *desk) readMe() error {
	id, err := d.book.Identity(d.ctx)
	if err != nil {
		return err
	}
	me := sales.User{ID: id.UserID, Name: id.UserName, DisplayName: id.DisplayName, Role: string(id.Role)}
	if rec, err := d.book.Get(d.ctx, "user", id.UserID); err == nil {
		me = sales.As[sales.User](rec)
	} else if !sales.HasCode(err, sales.CodeNotFound) {
		return err
	}
	d.mu.Lock()
	d.me = me
	d.mu.Unlock()
	return nil
}

// signedIn shows the workbook of whoever is signed in now.
func (d *desk) signedIn() {
	d.stopSyncing()
	if s := d.currentShell(); s != nil {
		s.Close()
	}
	d.showApp()
}

func (d *desk) appearance(language string, mode ui.ThemeMode, size ui.TextSize) {
	d.prefs.Language, d.prefs.Theme, d.prefs.Text = language, string(mode), string(size)
	if err := d.prefs.save(); err != nil {
		d.showError(err)
	}
	if was, wasSize := ui.Appearance(); was != mode || wasSize != size {
		ui.ApplyTheme(mode, size)
	}
	if ui.Lang() != language {
		ui.SetLanguage(language)
	}
}

// leave is called when the window closes.
func (d *desk) leave() {
	if s := d.currentShell(); s != nil {
		s.Close()
	}
}

// close keeps everything and closes the workbook.
func (d *desk) close() error {
	d.stopSyncing()
	return errors.Join(d.state.flush(context.Background()), d.book.Close())
}

func (d *desk) user() sales.User {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.me
}

func (d *desk) setShell(s *app.Shell) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.shell = s
}

func (d *desk) currentShell() *app.Shell {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.shell
}

// showError shows an error wherever the window is; from any goroutine.
func (d *desk) showError(err error) {
	ui.OnUI(func() {
		if s := d.currentShell(); s != nil {
			s.ShowError(err)
			return
		}
		ui.ShowError(d.window.Canvas(), err)
	})
}

// showFailure says why there is nothing to show.
func showFailure(w fyne.Window, err error) {
	w.Resize(fyne.NewSize(760, 480))
	text := ui.Paragraph(ui.ErrorText(err)) // it may be a list of what to do, with the names of files
	text.Selectable = true
	w.SetContent(container.NewPadded(container.NewCenter(ui.VGap(16,
		ui.HStack(ui.IconSized(ui.ToneIcon(ui.IconError, ui.ToneDanger), 40), ui.Heading(ui.T("nav.cannot_open"))),
		ui.Fixed(640, 0, text),
		ui.HStack(ui.Spacer(), ui.PrimaryButton(ui.T("nav.close"), w.Close)),
	))))
}
