package main

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// fakeBook keeps state texts in memory.
type fakeBook struct {
	mu    sync.Mutex
	texts map[string]string
}

func (b *fakeBook) GetState(_ context.Context, key string) (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.texts[key], nil
}

func (b *fakeBook) SetState(_ context.Context, key, value string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.texts[key] = value
	return nil
}

func newState(t *testing.T, b *fakeBook) *state {
	t.Helper()
	s := &state{book: b, failed: func(err error) { t.Error(err) }}
	if err := s.load(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTheWindowsStateComesBackAfterARestart(t *testing.T) {
	b := &fakeBook{texts: map[string]string{}}
	s := newState(t, b)
	s.Set("draft", "写了一半的反馈")
	s.Set("size", "1280x720")
	s.Set("size", "")
	if err := s.flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	again := newState(t, b)
	if again.Get("draft") != "写了一半的反馈" || again.Get("size") != "" {
		t.Errorf("came back as %v", again.values)
	}
}

func TestOneUsersStateIsNotWrittenIntoTheNextOnesWorkbook(t *testing.T) {
	b := &fakeBook{texts: map[string]string{}}
	s := newState(t, b)
	s.Set("draft", "A")
	if err := s.freeze(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.texts = map[string]string{} // another user's workbook comes into use
	s.Set("draft", "A, still typing")
	if err := s.flush(t.Context()); err != nil || b.texts[stateKey] != "" {
		t.Errorf("the next user's workbook holds %q, %v", b.texts[stateKey], err)
	}
	if err := s.load(t.Context()); err != nil || s.Get("draft") != "" {
		t.Errorf("the next user sees %q, %v", s.Get("draft"), err)
	}
	s.Set("draft", "B")
	if err := s.flush(t.Context()); err != nil || b.texts[stateKey] == "" {
		t.Errorf("the next user's own state is not kept: %v", err)
	}
}

func TestPreferencesSurviveAndADamagedFileIsNoObstacle(t *testing.T) {
	dir := t.TempDir()
	p, err := loadPreferences(dir)
	if err != nil || p.Begun {
		t.Fatalf("fresh preferences %+v, %v", p, err)
	}
	p.Language, p.Begun = "zh", true
	if err := p.save(); err != nil {
		t.Fatal(err)
	}
	if p, err = loadPreferences(dir); err != nil || p.language() != "zh" || !p.Begun {
		t.Errorf("came back as %+v, %v", p, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "preferences.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if p, err = loadPreferences(dir); err != nil || !p.Begun {
		t.Errorf("a damaged file gives %+v, %v", p, err)
	}
}

func TestFlagsThatBelongTogetherAreAskedForTogether(t *testing.T) {
	if _, err := parse([]string{"--server", "http://127.0.0.1:1"}); err == nil {
		t.Error("--server alone is taken")
	}
	o, err := parse([]string{"--workbook", "x", "--server", "s", "--user", "u", "--password-file", "f"})
	if err != nil || o.dir != "x" || o.user != "u" {
		t.Errorf("flags %+v, %v", o, err)
	}
}

func TestTheSystemsLanguageIsTakenFromItsEnvironment(t *testing.T) {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE"} {
		t.Setenv(name, "")
	}
	t.Setenv("LANG", "zh_CN.UTF-8")
	if systemLanguage() != "zh" {
		t.Error("a Chinese system is greeted in another language")
	}
	t.Setenv("LC_ALL", "en_US.UTF-8")
	if systemLanguage() != "en" {
		t.Error("LC_ALL is not heeded")
	}
}
