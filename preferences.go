package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"fyne.io/fyne/v2/lang"

	"github.com/rounds-field/rounds/app/ui"
)

// preferences are what this computer's user chose, whoever signs in.
type preferences struct {
	Language string `json:"language,omitempty"` // en, zh, or "" for the system's
	Theme    string `json:"theme,omitempty"`
	Text     string `json:"text,omitempty"`
	Begun    bool   `json:"begun,omitempty"` // the first-run page has been answered
	path     string
}

// loadPreferences reads them from the workbook's folder. A damaged file is as good as none: only looks are in it.
func loadPreferences(dir string) (*preferences, error) {
	p := &preferences{path: filepath.Join(dir, "preferences.json"), Theme: string(ui.ThemeSystem), Text: string(ui.TextNormal)}
	b, err := os.ReadFile(p.path)
	if errors.Is(err, os.ErrNotExist) {
		return p, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the preferences: %w", err)
	}
	if err := json.Unmarshal(b, p); err != nil {
		return &preferences{path: p.path, Theme: string(ui.ThemeSystem), Text: string(ui.TextNormal), Begun: true}, nil //nolint:nilerr // see above
	}
	return p, nil
}

func (p *preferences) save() error {
	b, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(p.path), 0o700); err != nil {
		return fmt.Errorf("keep the preferences: %w", err)
	}
	if err := os.WriteFile(p.path+".new", append(b, '\n'), 0o600); err != nil {
		return fmt.Errorf("keep the preferences: %w", err)
	}
	return os.Rename(p.path+".new", p.path)
}

func (p *preferences) language() string {
	if p.Language == "en" || p.Language == "zh" {
		return p.Language
	}
	return systemLanguage()
}

// platformLanguage asks the toolkit, which knows the system's on Windows and macOS.
func platformLanguage() string {
	if strings.HasPrefix(lang.SystemLocale().LanguageString(), "zh") {
		return "zh"
	}
	return "en"
}

// stateKey is under what a workbook keeps the window's state: filters, sizes, drafts.
const stateKey = "ui"

// stateDelay is how long a change of state waits for others before it is written.
const stateDelay = 300 * time.Millisecond

// state is a ui.State that lives in the workbook. Reading is from memory, writing behind, so that neither keeps the UI thread.
type state struct {
	book interface {
		GetState(ctx context.Context, key string) (string, error)
		SetState(ctx context.Context, key, value string) error
	}
	failed func(error)

	mu      sync.Mutex
	values  map[string]string
	pending bool
	frozen  bool // another database may come into use: nothing is written until it is known
	writing sync.Mutex
}

// load reads the state of the workbook in use.
func (s *state) load(ctx context.Context) error {
	text, err := s.book.GetState(ctx, stateKey)
	if err != nil {
		return fmt.Errorf("read the window's state: %w", err)
	}
	values := map[string]string{}
	if text != "" {
		if err := json.Unmarshal([]byte(text), &values); err != nil {
			return fmt.Errorf("read the window's state: %w", err)
		}
	}
	s.mu.Lock()
	s.values, s.frozen = values, false
	s.mu.Unlock()
	return nil
}

// freeze writes what was set and keeps further values in memory only, until thaw or load.
func (s *state) freeze(ctx context.Context) error {
	err := s.flush(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.frozen = true
	return err
}

// thaw lets values be written again, after a sign-in that did not succeed.
func (s *state) thaw() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.frozen = false
}

// Get gives a text, "" when there is none.
func (s *state) Get(key string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.values[key]
}

// Set keeps a text; "" removes it.
func (s *state) Set(key, value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.values[key] == value {
		return
	}
	if value == "" {
		delete(s.values, key)
	} else {
		s.values[key] = value
	}
	if !s.pending && !s.frozen {
		s.pending = true
		time.AfterFunc(stateDelay, func() {
			if err := s.flush(context.Background()); err != nil {
				s.failed(err)
			}
		})
	}
}

// flush writes what was set.
func (s *state) flush(ctx context.Context) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	s.mu.Lock()
	if !s.pending {
		s.mu.Unlock()
		return nil
	}
	s.pending = false
	values := maps.Clone(s.values)
	s.mu.Unlock()
	b, err := json.Marshal(values)
	if err != nil {
		return err
	}
	if err := s.book.SetState(ctx, stateKey, string(b)); err != nil {
		return fmt.Errorf("keep the window's state: %w", err)
	}
	return nil
}
