package server

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rounds-field/rounds/assets/sample"
)

func TestTheDocumentedPasswordIsNotOpenedToOthers(t *testing.T) {
	dir := t.TempDir()
	c := Config{Data: dir, Listen: "0.0.0.0:7420", TLSCert: "c", TLSKey: "k"}
	if err := c.refuseKnownPassword(); err != nil {
		t.Errorf("a server without the sample is refused: %v", err)
	}
	path := filepath.Join(dir, passwordFile)
	if err := os.WriteFile(path, []byte(sample.Password+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := c.refuseKnownPassword(); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("the sample's documented password is opened to others: %v", err)
	}
	c.Listen = DefaultListen
	if err := c.refuseKnownPassword(); err != nil {
		t.Errorf("on this computer it is refused: %v", err)
	}
	c.Listen = "0.0.0.0:7420"
	if err := os.WriteFile(path, []byte("another-password\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := c.refuseKnownPassword(); err != nil {
		t.Errorf("another password is refused: %v", err)
	}
}
