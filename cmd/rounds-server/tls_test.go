package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rounds-field/rounds/internal/pgtest"
)

// certificate writes a certificate and its key into files.
func certificate(t *testing.T, dir string) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for name, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

func TestACertificateThatCannotBeUsedIsToldBeforeAnythingIsMade(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	cert, key := certificate(t, t.TempDir())
	other, otherKey := certificate(t, t.TempDir())
	for _, c := range []struct{ cert, key, want string }{
		{filepath.Join(t.TempDir(), "none.pem"), key, "look whether both files are there"},
		{cert, filepath.Join(t.TempDir(), "none.pem"), "look whether both files are there"},
		{key, cert, "both in PEM"},
		{cert, otherKey, "both in PEM"},
		{other, key, "both in PEM"},
	} {
		_, err := run(t, "", "serve", "--data", data, "--listen", "127.0.0.1:0", "--tls-cert", c.cert, "--tls-key", c.key)
		if err == nil || !strings.Contains(oneLine(err), c.want) || !strings.Contains(oneLine(err), c.cert) {
			t.Errorf("%s with %s: %v", c.cert, c.key, err)
		}
	}
	if _, err := os.Stat(data); !os.IsNotExist(err) {
		t.Error("a data folder was made:", err)
	}
}

// That it runs has been seen: it answered, and refused.
func TestAPostgreSQLWithoutTLSIsNotTakenForOneThatDoesNotRun(t *testing.T) {
	url := pgtest.New(t)
	for _, mode := range []string{"require", "verify-full"} {
		_, err := run(t, "", "verify", "--database", strings.Replace(url, "sslmode=disable", "sslmode="+mode, 1))
		if err == nil || !strings.Contains(oneLine(err), "this PostgreSQL has no TLS") || strings.Contains(oneLine(err), "look whether it runs") {
			t.Errorf("%s: %v", mode, err)
		}
	}
}

// A server whose certificate is of nobody known answers too.
func TestACertificateOfPostgreSQLThatIsNotTrustedIsToldAsOne(t *testing.T) {
	cert, err := tls.LoadX509KeyPair(certificate(t, t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	var lc net.ListenConfig
	listener, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			// It is asked whether it has TLS, says yes, and shows the certificate.
			if _, err := io.ReadFull(conn, make([]byte, 8)); err == nil {
				if _, err := conn.Write([]byte{'S'}); err == nil {
					_ = tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}).HandshakeContext(t.Context()) // it is to fail
				}
			}
			_ = conn.Close() // the handshake did
		}
	}()
	_, err = run(t, "", "verify", "--database", "postgres://rounds:sekret@"+listener.Addr().String()+"/x?sslmode=verify-full")
	if err == nil || !strings.Contains(oneLine(err), "sslrootcert=FILE") || strings.Contains(oneLine(err), "sekret") {
		t.Error(err)
	}
}
