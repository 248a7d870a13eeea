package workbook

import (
	"errors"
	"testing"

	"github.com/zalando/go-keyring"
)

// Signing out while the keyring is locked does not leave a sign-in behind that comes back with the keyring.
func TestASignInThatALockedKeyringKeepsIsForgotten(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
	dir := t.TempDir()
	keyring.MockInit()
	if err := saveToken(dir, "secret"); err != nil {
		t.Fatal(err)
	}
	keyring.MockInitWithError(errors.New("the keyring is locked"))
	t.Cleanup(keyring.MockInit)
	if err := dropToken(dir); err != nil {
		t.Fatal(err)
	}
	keyring.MockInit()
	if err := keyring.Set(keyringService, dir, "secret"); err != nil { // as it was
		t.Fatal(err)
	}
	if token, err := loadToken(dir); err != nil || token != "" {
		t.Errorf("after signing out, the sign-in is %q, %v", token, err)
	}
	if err := saveToken(dir, "another"); err != nil {
		t.Fatal(err)
	}
	if token, err := loadToken(dir); err != nil || token != "another" {
		t.Errorf("after signing in again it is %q, %v", token, err)
	}
	if err := dropToken(dir); err != nil {
		t.Fatal(err)
	}
	if token, err := loadToken(dir); err != nil || token != "" {
		t.Errorf("after signing out again it is %q, %v", token, err)
	}
}
