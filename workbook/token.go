package workbook

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/zalando/go-keyring"
)

const (
	keyringService = "field.rounds.app"
	keyringWait    = 5 * time.Second // a keyring that asks for a password nobody types must not stop a script
	tokenFile      = "token"
)

var errNoKeyring = errors.New("this computer has no keyring in reach")

// saveToken keeps a device token in the keyring, or in a 0600 file in dir where there is none.
func saveToken(dir, token string) error {
	path := filepath.Join(dir, tokenFile)
	if err := viaKeyring(func() error { return keyring.Set(keyringService, dir, token) }); err == nil {
		return removeFile(path)
	}
	return writeToken(path, token)
}

// writeToken writes the file beside and renames it, so that a kill leaves the old token or the new one.
func writeToken(path, token string) error {
	if err := os.WriteFile(path+".new", []byte(token), 0o600); err != nil {
		return fmt.Errorf("keep the sign-in: %w", err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return fmt.Errorf("keep the sign-in: %w", err)
	}
	return nil
}

// loadToken gives the device token; "" when nobody is signed in.
func loadToken(dir string) (string, error) {
	b, err := os.ReadFile(filepath.Join(dir, tokenFile))
	if err == nil {
		return string(b), nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("read the sign-in: %w", err)
	}
	var token string
	err = viaKeyring(func() (err error) { token, err = keyring.Get(keyringService, dir); return err })
	if err == nil || errors.Is(err, keyring.ErrNotFound) || errors.Is(err, errNoKeyring) {
		return token, nil
	}
	return "", fmt.Errorf("read the sign-in from the keyring: %w", err)
}

// dropToken forgets the device token. Where the keyring cannot be reached now, which may hold it, an empty file stands in the token's place: it is read first.
func dropToken(dir string) error {
	path := filepath.Join(dir, tokenFile)
	err := viaKeyring(func() error { return keyring.Delete(keyringService, dir) })
	switch {
	case err == nil, errors.Is(err, keyring.ErrNotFound):
		return removeFile(path)
	case !errors.Is(err, errNoKeyring):
		return fmt.Errorf("forget the sign-in in the keyring: %w", err)
	}
	return writeToken(path, "")
}

func removeFile(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove %s: %w", filepath.Base(path), err)
	}
	return nil
}

// viaKeyring runs one call of the keyring with a time limit. On Linux it is only tried where a session bus runs: asking for one would
// start a daemon that nobody stops.
func viaKeyring(call func() error) error {
	if runtime.GOOS == "linux" && os.Getenv("DBUS_SESSION_BUS_ADDRESS") == "" {
		if _, err := os.Stat(fmt.Sprintf("/run/user/%d/bus", os.Getuid())); err != nil {
			return errNoKeyring
		}
	}
	done := make(chan error, 1)
	go func() { done <- call() }()
	select {
	case err := <-done:
		if err != nil && !errors.Is(err, keyring.ErrNotFound) {
			return fmt.Errorf("%w: %w", errNoKeyring, err)
		}
		return err
	case <-time.After(keyringWait):
		return errNoKeyring
	}
}
