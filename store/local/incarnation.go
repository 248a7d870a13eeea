package local

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/google/uuid"
)

// A change is known by its id, and its order by the incarnation and the counter. A database that was put back from a backup, or copied to another
// computer, must therefore not go on counting as the incarnation that it once was. A small file beside the database tells:
// it names the incarnation and the computer and folder, carries a token that is exchanged at every opening and closing, and the last counter given. A
// copy of the database has an older token, or a lower counter, than the file; a copy of the whole folder has another place.

// witness is the file beside the database.
type witness struct {
	mu      sync.Mutex
	path    string
	id      string
	host    string
	token   string
	before  string // the token of the database until the new one is committed there too
	counter uint64
}

// line gives the file's content. The counter is last and has a fixed width, so that it can be written in place.
func (w *witness) line() string {
	return fmt.Sprintf("rounds-incarnation 1\nid %s\nhost %s\ntoken %s\nbefore %s\ncounter %020d\n", w.id, w.host, w.token, w.before, w.counter)
}

func readWitness(path string) (*witness, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	w := &witness{path: path}
	for line := range strings.Lines(string(b)) {
		key, v, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch key {
		case "id":
			w.id = v
		case "host":
			w.host = v
		case "token":
			w.token = v
		case "before":
			w.before = v
		case "counter":
			// A counter that cannot be read counts as one that no database reaches.
			if w.counter, err = strconv.ParseUint(v, 10, 64); err != nil {
				return nil, nil // a damaged file is as good as none: a new incarnation is made
			}
		}
	}
	return w, nil
}

// write replaces the file whole and waits for the disk.
func (w *witness) write() error {
	tmp := w.path + ".new"
	f, err := os.OpenFile(tmp, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(w.line())
	if e := f.Sync(); err == nil {
		err = e
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	return os.Rename(tmp, w.path)
}

// note writes the last counter in place. It does not wait for the disk, because losing it only makes a rollback that comes together with a
// power cut harder to see; the tokens still tell.
func (w *witness) note(counter uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if counter <= w.counter {
		return
	}
	w.counter = counter
	f, err := os.OpenFile(w.path, os.O_WRONLY, 0o600)
	if err != nil {
		return
	}
	line := w.line()
	_, _ = f.WriteAt([]byte(line[len(line)-21:]), int64(len(line)-21))
	_ = f.Close()
}

// putBackKey notes that the database was put back, until the contents that lie beside it have been looked through: an opening may be cut in between.
const putBackKey = "put_back"

// openIncarnation finds out whether this database still is the copy that the file beside it knows, and makes a new incarnation if not.
func (s *Store) openIncarnation(ctx context.Context) error {
	path := filepath.Join(s.dir, incarnationName)
	file, err := readWitness(path)
	if err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	id, err := meta(ctx, s.db.Writer(), "incarnation")
	if err != nil {
		return err
	}
	token, err := meta(ctx, s.db.Writer(), "token")
	if err != nil {
		return err
	}
	counter, err := metaUint(ctx, s.db.Writer(), "counter")
	if err != nil {
		return err
	}
	host := hostOf(s.dir)
	same := file != nil && id != "" && file.id == id && file.host == host && token != "" &&
		(token == file.token || token == file.before) && file.counter <= counter
	unfinished, err := meta(ctx, s.db.Writer(), putBackKey)
	if err != nil {
		return err
	}
	s.putBack = unfinished != ""
	if !same {
		if id != "" {
			s.log.Warn("the workbook was restored or copied: it writes under a new incarnation", "before", id)
		}
		s.putBack = s.putBack || id != "" || file != nil // the file beside it is from a database that is not there any more
		id, counter = newIncarnation(s.newID()), 0
	}
	s.witness = &witness{path: path, id: id, host: host, counter: counter}
	s.incarnation, s.sendAs = id, id
	return s.exchangeToken(ctx, token, counter)
}

// incarnations is the name space of incarnation ids.
var incarnations = uuid.MustParse("0f5c5f0e-6d0e-4c0a-9a54-6b6f5a0c9f21")

// newIncarnation makes the id of an incarnation from a fresh id. It is a hash of it: the first half is the node number in stamps and must differ
// between devices, while ids begin with the time, which does not.
func newIncarnation(fresh string) string { return uuid.NewSHA1(incarnations, []byte(fresh)).String() }

// closeIncarnation exchanges the token, so that a copy made while the workbook was open is not taken for it.
func (s *Store) closeIncarnation(ctx context.Context) error {
	counter, err := metaUint(ctx, s.db.Writer(), "counter")
	if err != nil {
		return err
	}
	return s.exchangeToken(ctx, s.witness.token, counter)
}

// exchangeToken writes the file first, with the old token beside the new one: killed in between, both sides still agree.
func (s *Store) exchangeToken(ctx context.Context, before string, counter uint64) error {
	w := s.witness
	w.mu.Lock()
	defer w.mu.Unlock()
	w.before, w.token = before, s.newID()
	if err := w.write(); err != nil {
		return fmt.Errorf("write %s: %w", w.path, err)
	}
	return s.db.Write(ctx, func(tx *sql.Tx) error {
		if err := setMeta(ctx, tx, "incarnation", w.id); err != nil {
			return err
		}
		if err := setMeta(ctx, tx, "token", w.token); err != nil {
			return err
		}
		if s.putBack {
			if err := setMeta(ctx, tx, putBackKey, "yes"); err != nil {
				return err
			}
		}
		return setMetaUint(ctx, tx, "counter", counter)
	})
}

// hostOf tells this computer and this folder from others.
func hostOf(dir string) string {
	abs, err := filepath.Abs(dir)
	if err == nil {
		if resolved, err := filepath.EvalSymlinks(abs); err == nil {
			abs = resolved
		}
	}
	machine, err := os.ReadFile("/etc/machine-id")
	if err != nil || len(machine) == 0 {
		name, _ := os.Hostname() // no name is a name too; the folder still tells
		machine = []byte(name)
	}
	h := sha256.Sum256(append(append(machine, 0), abs...))
	return hex.EncodeToString(h[:16])
}

// Incarnation identifies the copy of the database whose changes are next to be sent: this one, unless changes from before a restore still wait,
// which keep the incarnation that they were written under, so that the server knows them again.
func (s *Store) Incarnation(ctx context.Context) (string, error) {
	_, postponed := s.sending()
	oldest := ""
	err := s.db.Read(ctx, func(tx *sql.Tx) error {
		var err error
		oldest, err = oldestForeign(ctx, tx, s.incarnation, postponed)
		return err
	})
	if err != nil {
		return "", err
	}
	if oldest == "" {
		oldest = s.incarnation
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sendAs = oldest
	return oldest, nil
}

// Move closes the workbook and gives it another folder, where it can be opened again as the same copy. Killed in between, it is taken for a
// copied one, which costs nothing but a new incarnation.
func (s *Store) Move(to string) error {
	if err := s.Close(); err != nil {
		return err
	}
	if err := os.Rename(s.dir, to); err != nil {
		return fmt.Errorf("move the workbook: %w", err)
	}
	w, err := readWitness(filepath.Join(to, incarnationName))
	if err != nil || w == nil {
		return err
	}
	w.host = hostOf(to)
	return w.write()
}
