package local

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofrs/flock"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store"
	"github.com/rounds-field/rounds/sync/hlc"
)

// The files of a workbook in its folder.
const (
	DatabaseName    = "workbook.db"
	lockName        = "workbook.lock"
	incarnationName = "incarnation"
	backupFolder    = "backups"
)

// Options are what a workbook may be told when it is opened; the zero value works.
type Options struct {
	Now    func() time.Time // nil means time.Now
	Logger *slog.Logger     // nil means slog.Default
	NewID  func() string    // makes every id that the workbook makes; nil means sales.NewID. A simulation draws them from its seed.
	// NoBackup leaves out the daily backup, for tests and scripts that make their own.
	NoBackup bool
	Sync     string // as store.Options.Sync; tests that kill nothing may say "off"
	// Versions is the history of the declarations; the zero value means this program's.
	Versions sales.Versions
}

// Store is an open workbook. It is safe for concurrent use.
type Store struct {
	putBack bool // the database is not the one that this folder had last
	dir     string
	db      *store.DB
	lock    *flock.Flock
	now     func() time.Time
	newID   func() string
	log     *slog.Logger
	clock   *hlc.Clock

	versions sales.Versions

	mu          sync.Mutex // guards what follows
	listeners   map[int]func([]string)
	nextID      int
	identity    Identity
	incarnation string         // of this copy of the database
	sendAs      string         // the incarnation whose changes Unsent gives
	postponed   map[int64]bool // changes, by position, that Unsent leaves out until the next checkpoint
	released    map[int64]int  // how often held changes, by position, were sent again by themselves
	server      time.Time      // the latest moment of the server's clock that is known; zero before the first
	passing     uint64         // settled changes up to this mark are in what the next checkpoint brings

	books    books
	witness  *witness
	writing  *statements
	reading  prepared
	indexing sync.WaitGroup
	backing  sync.WaitGroup // the daily backup, which Close lets finish
	// unsaved is why the daily backup failed; to be read after backing is done.
	unsaved error
	// indexPending says that some kinds' search entries are still to be made: see wb_indexing.
	indexPending atomic.Bool
	stop         context.CancelFunc
	stopped      context.Context
}

// Open opens the workbook in dir and makes it when there is none. A workbook that is open elsewhere is refused with a sales.Error of
// CodeInUse, one that the disk refuses with CodeStorage. After an unclean end its integrity is checked first.
func Open(ctx context.Context, dir string, o Options) (*Store, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.NewID == nil {
		o.NewID = sales.NewID
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	dir = filepath.Clean(dir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, store.Explain("make the workbook's folder "+dir, err)
	}
	lock, err := lockFolder(dir)
	if err != nil {
		return nil, err
	}
	s := &Store{dir: dir, lock: lock, now: o.Now, newID: o.NewID, log: o.Logger, versions: o.Versions.OrDeclared(), listeners: map[int]func([]string){}}
	s.stopped, s.stop = context.WithCancel(context.WithoutCancel(ctx))
	if err := s.open(ctx, o); err != nil {
		s.backing.Wait()
		s.stop()
		if s.db != nil {
			_ = s.db.Close()
		}
		_ = lock.Unlock()
		return nil, s.explain("open the workbook in "+dir, err)
	}
	return s, nil
}

func (s *Store) open(ctx context.Context, o Options) error {
	var err error
	if s.db, err = store.Open(ctx, filepath.Join(s.dir, DatabaseName), store.Options{Sync: o.Sync}); err != nil {
		return err
	}
	if err := s.prepare(ctx); err != nil {
		return err
	}
	s.writing, s.reading = newStatements(s.db.Writer()), prepared{newStatements(s.db.Reader()), s.versions}
	if err := s.checkUnclean(ctx); err != nil {
		return err
	}
	last, err := metaUint(ctx, s.db.Writer(), "hlc")
	if err != nil {
		return err
	}
	s.clock = hlc.New(s.now, hlc.Reading(last))
	if err := s.recoverChanges(ctx); err != nil {
		return err
	}
	if err := s.followVersions(ctx); err != nil {
		return err
	}
	if err := s.openServerTime(ctx); err != nil {
		return err
	}
	if s.passing, err = metaUint(ctx, s.db.Writer(), "mark"); err != nil {
		return err
	}
	if err := s.openIncarnation(ctx); err != nil {
		return err
	}
	if err := s.openIdentity(ctx); err != nil {
		return err
	}
	if err := s.seed(ctx); err != nil {
		return err
	}
	if err := s.tidy(ctx); err != nil {
		return err
	}
	if err := s.sweepFiles(ctx); err != nil {
		return err
	}
	if !o.NoBackup {
		s.startBackup(ctx)
	}
	return s.resumeIndexing(ctx)
}

// lockFolder makes sure that one program at a time has the workbook open.
func lockFolder(dir string) (*flock.Flock, error) {
	lock := flock.New(filepath.Join(dir, lockName))
	ok, err := lock.TryLock()
	if err != nil {
		return nil, store.Explain("lock the workbook in "+dir, err)
	}
	if !ok {
		return nil, &sales.Error{
			Code: sales.CodeInUse, Message: "the workbook in " + dir + " is open in another program",
			Hint: "use that window, or close it and try again", Args: map[string]any{"Path": dir},
		}
	}
	return lock, nil
}

// Dir is the workbook's folder.
func (s *Store) Dir() string { return s.dir }

// Close ends all work and closes the workbook. What was written is safe with or without it.
func (s *Store) Close() error {
	s.backing.Wait()
	s.stop()
	s.indexing.Wait()
	ctx := context.Background()
	err := s.closeIncarnation(ctx)
	if e := setMeta(ctx, s.db.Writer(), "clean", "yes"); e != nil && err == nil {
		err = e
	}
	s.writing.close()
	s.reading.c.close()
	if e := s.db.Close(); e != nil && err == nil {
		err = e
	}
	if e := s.lock.Unlock(); e != nil && err == nil {
		err = e
	}
	return s.explain("close the workbook in "+s.dir, err)
}

// Subscribe calls f with the kinds whose records changed after each commit that changed some, from the goroutine that committed, until cancel is
// called. f must not write to the workbook.
func (s *Store) Subscribe(f func(kinds []string)) (cancel func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.nextID
	s.nextID++
	s.listeners[id] = f
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.listeners, id)
	}
}

// txn is one writing transaction: what it has changed is told to the subscribers once it is committed.
type txn struct {
	*sql.Tx
	s       *Store
	kinds   map[string]bool
	counter uint64 // the highest counter given to a change, 0 when none
	hooks   []func()
	missed  []string         // statements that were not prepared
	entries map[int64]*entry // of the search index, to be written; nil: to be taken out
}

// errNothing ends a transaction that found nothing to do; it is no error to the caller.
var errNothing = errors.New("nothing to do")

func (s *Store) write(ctx context.Context, doing string, fn func(t *txn) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	t := &txn{s: s, kinds: map[string]bool{}}
	err := s.db.Write(context.WithoutCancel(ctx), func(tx *sql.Tx) error {
		t.Tx = tx
		if err := fn(t); err != nil {
			return err
		}
		if t.kinds[kindAttachment] {
			if err := t.dropFiles(ctx); err != nil {
				return err
			}
		}
		if err := t.writeEntries(ctx); err != nil {
			return err
		}
		if err := t.keepServerTime(ctx); err != nil {
			return err
		}
		return setMetaUint(ctx, t, "hlc", uint64(s.clock.Last()))
	})
	s.writing.keep(context.WithoutCancel(ctx), t.missed)
	if errors.Is(err, errNothing) {
		return nil
	}
	if err != nil {
		return s.explain(doing, err)
	}
	if t.counter > 0 {
		s.witness.note(t.counter)
	}
	for _, hook := range t.hooks {
		hook()
	}
	s.announce(sortedKeys(t.kinds))
	return nil
}

func (s *Store) announce(kinds []string) {
	if len(kinds) == 0 {
		return
	}
	s.mu.Lock()
	listeners := make([]func([]string), 0, len(s.listeners))
	for _, f := range s.listeners {
		listeners = append(listeners, f)
	}
	s.mu.Unlock()
	for _, f := range listeners {
		f(kinds)
	}
}
