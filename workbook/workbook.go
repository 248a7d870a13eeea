package workbook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store/local"
	"github.com/rounds-field/rounds/sync/client"
	"github.com/rounds-field/rounds/sync/replica"
)

// localName is the subfolder of the database that has no server yet.
const localName = "local"

// Workbook is an open workbook folder. It is safe for concurrent use, except that SignIn and Close must not run while others use
// the Store.
type Workbook struct {
	Dir   string
	Store *local.Store

	now    func() time.Time
	log    *slog.Logger
	mu     sync.Mutex
	sub    string // subfolder in use
	engine *replica.Engine
	files  *replica.Files
	client *client.Client

	listeners []func(kinds []string)
	lastUse   atomic.Int64  // when a screen last read or wrote, in nanoseconds
	pause     time.Duration // between two slices of a check in the background
}

// Options are what a workbook may be told; the zero value works.
type Options struct {
	Now    func() time.Time // nil means time.Now
	Logger *slog.Logger     // nil means slog.Default
}

// Open opens the workbook in dir, making it when it is not there. A workbook that another program has open is refused with
// sales.CodeInUse.
func Open(ctx context.Context, dir string, o Options) (*Workbook, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("open workbook %s: %w", dir, err)
	}
	if err := os.MkdirAll(abs, 0o700); err != nil {
		return nil, &sales.Error{Code: sales.CodeFile, Message: "open workbook " + dir, Cause: err, Hint: "choose a folder that you may write to"}
	}
	sub, err := readCurrent(abs)
	if err != nil {
		return nil, err
	}
	w := &Workbook{pause: betweenRows, Dir: abs, now: o.Now, log: o.Logger}
	if err := w.use(ctx, sub); err != nil {
		return nil, err
	}
	if err := w.finishSignIn(ctx); err != nil {
		return nil, errors.Join(err, w.Store.Close())
	}
	return w, nil
}

// finishSignIn completes a sign-in that was cut short after the database had been given to its user and before its folder was.
func (w *Workbook) finishSignIn(ctx context.Context) error {
	if w.sub != localName {
		return nil
	}
	id, err := w.Store.Identity(ctx)
	if err != nil || id.Server == "" {
		return err
	}
	target, _, err := w.folderFor(ctx, id.Server, id.UserName)
	if err != nil {
		return err
	}
	if err := w.move(ctx, target); err != nil {
		return err
	}
	return writeCurrent(w.Dir, target)
}

// Close closes the database. The workbook is of no use afterwards.
func (w *Workbook) Close() error { return w.Store.Close() }

// Engine is the sync engine; nil while the workbook has no server or nobody is signed in.
func (w *Workbook) Engine() *replica.Engine {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.engine
}

// Sync does one complete sync now: the records, then the files.
func (w *Workbook) Sync(ctx context.Context) (sales.SyncReport, error) {
	w.mu.Lock()
	e, f, c := w.engine, w.files, w.client
	w.mu.Unlock()
	if e == nil {
		return sales.SyncReport{}, w.notSignedIn(ctx)
	}
	begun := w.now()
	out, in := c.Traffic()
	report, err := e.Sync(ctx)
	if err != nil {
		return report, err
	}
	round, err := f.Round(ctx)
	report.FilesSent = round.Sent
	outNow, inNow := c.Traffic()
	report.BytesOut, report.BytesIn, report.Seconds = outNow-out, inNow-in, w.now().Sub(begun).Seconds()
	return report, err
}

// State is the state of syncing, with or without a server.
func (w *Workbook) State(ctx context.Context) (sales.SyncState, error) {
	if e := w.Engine(); e != nil {
		if err := e.Recount(ctx); err != nil {
			return sales.SyncState{}, err
		}
		if f := w.transfers(); f != nil {
			if err := f.Recount(ctx); err != nil {
				return sales.SyncState{}, err
			}
		}
		return e.State(), nil
	}
	id, err := w.Store.Identity(ctx)
	if err != nil {
		return sales.SyncState{}, err
	}
	s := sales.SyncState{Phase: sales.SyncLocal, Server: id.Server, User: id.UserName}
	if id.Server != "" {
		s.Phase = sales.SyncSignedOut
	}
	if s.Waiting, s.Rejected, s.Conflicts, err = w.Store.Counts(ctx); err == nil && id.Server != "" {
		s.FilesWaiting, s.FilesRefused, err = w.Store.FilesWaiting(ctx)
	}
	if err != nil {
		return s, err
	}
	differing, err := w.Store.Differences(ctx)
	s.Differences = len(differing)
	return s, err
}

// History is the life of one record: from the server where it can be reached, with this device's unconfirmed changes; else what this device
// knows. complete says whether the server answered.
func (w *Workbook) History(ctx context.Context, kind, id string) (entries []sales.HistoryEntry, complete bool, err error) {
	own, err := w.Store.History(ctx, kind, id)
	if err != nil {
		return nil, false, err
	}
	w.mu.Lock()
	c := w.client
	w.mu.Unlock()
	if c == nil {
		return own, false, nil
	}
	theirs, err := c.History(ctx, kind, id)
	switch {
	case err == nil:
	case sales.HasCode(err, sales.CodeOffline), sales.HasCode(err, sales.CodeSignedOut), sales.HasCode(err, sales.CodeNotFound), sales.HasCode(err, sales.CodeForbidden):
		return own, false, nil // what this device knows is the best there is
	default:
		return nil, false, err
	}
	known := make(map[string]bool, len(theirs))
	for _, e := range theirs {
		known[e.ChangeID] = true
	}
	var merged []sales.HistoryEntry
	for _, e := range own {
		if e.Pending && !known[e.ChangeID] {
			merged = append(merged, e)
		}
	}
	return append(merged, theirs...), true, nil
}

func (w *Workbook) notSignedIn(ctx context.Context) error {
	id, err := w.Store.Identity(ctx)
	if err != nil {
		return err
	}
	if id.Server == "" {
		return &sales.Error{Code: sales.CodeSignedOut, Message: "workbook " + w.Dir + " has no server", Hint: "connect it with `roundsctl login`, or in the app under Settings"}
	}
	return &sales.Error{Code: sales.CodeSignedOut, Message: "nobody is signed in to " + id.Server, Hint: "sign in again as " + id.UserName + "; your work is kept"}
}

// use opens the database in a subfolder and, when there is a token, makes the engine for its server.
func (w *Workbook) use(ctx context.Context, sub string) error {
	dir := filepath.Join(w.Dir, sub)
	store, err := local.Open(ctx, dir, local.Options{Now: w.now, Logger: w.log})
	if err != nil {
		return fmt.Errorf("open workbook %s: %w", w.Dir, err)
	}
	store.Subscribe(w.announce)
	w.mu.Lock()
	w.Store, w.sub, w.engine, w.files, w.client = store, sub, nil, nil, nil
	w.mu.Unlock()
	if err := w.connect(ctx); err != nil {
		return errors.Join(err, store.Close())
	}
	return nil
}

// connect makes the engine from the stored identity and token, if both are there.
func (w *Workbook) connect(ctx context.Context) error {
	id, err := w.Store.Identity(ctx)
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.engine, w.files, w.client = nil, nil, nil
	if id.Server == "" {
		return nil
	}
	token, err := loadToken(filepath.Join(w.Dir, w.sub))
	if err != nil || token == "" {
		return err
	}
	c, err := client.New(id.Server, token)
	if err != nil {
		return err
	}
	w.client = c
	w.engine = replica.New(w.Store, c, replica.Options{Now: w.now, Server: id.Server, User: id.UserName})
	w.files = replica.NewFiles(w.Store, c, w.fileProgress(w.engine))
	return nil
}

type current struct {
	Use string `json:"use"` // subfolder of the database in use
}

func readCurrent(dir string) (string, error) {
	path := filepath.Join(dir, "workbook.json")
	b, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return onlyFolder(dir)
	}
	if err != nil {
		return "", &sales.Error{Code: sales.CodeFile, Message: "read " + path, Cause: err, Hint: "check the folder's permissions"}
	}
	var c current
	if err := json.Unmarshal(b, &c); err != nil || c.Use == "" || c.Use != filepath.Base(c.Use) {
		return "", &sales.Error{Code: sales.CodeFile, Message: path + " is damaged", Hint: `write {"use": "FOLDER"} into it, naming the subfolder to open`}
	}
	return c.Use, nil
}

// onlyFolder names the one database there is when none is marked as in use, as after a first sign-in that was cut short; else the
// local one.
func onlyFolder(dir string) (string, error) {
	found, err := filepath.Glob(filepath.Join(dir, "*", local.DatabaseName))
	if err != nil {
		return "", fmt.Errorf("look for databases in %s: %w", dir, err)
	}
	if len(found) == 1 {
		return filepath.Base(filepath.Dir(found[0])), nil
	}
	return localName, nil
}

func writeCurrent(dir, sub string) error {
	b, err := json.Marshal(current{Use: sub})
	if err != nil {
		return err
	}
	path := filepath.Join(dir, "workbook.json")
	if err := os.WriteFile(path+".new", append(b, '\n'), 0o600); err != nil {
		return fmt.Errorf("remember the workbook in use: %w", err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return fmt.Errorf("remember the workbook in use: %w", err)
	}
	return nil
}

// folderOf names the subfolder of a server and user, readable and safe on every system.
func folderOf(server, user string) string {
	clean := func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '.', r == '-':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return '_'
	}
	_, host, _ := strings.Cut(server, "://")
	return strings.Map(clean, host) + "--" + strings.Map(clean, user) + "-" + shortHash(server, user)
}
