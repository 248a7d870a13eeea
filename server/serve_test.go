package server

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/client"
	"github.com/rounds-field/rounds/sync/wire"
)

// running starts a server and gives its address; it is stopped gracefully at the end.
func running(t *testing.T, c Config) string {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	address, ended := make(chan string, 1), make(chan error, 1)
	c.Listen = "127.0.0.1:0"
	go func() {
		ended <- Serve(ctx, c, slog.New(slog.DiscardHandler), func(a string) { address <- a })
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	select {
	case a := <-address:
		return "http://" + a
	case err := <-ended:
		ended <- nil
		t.Fatalf("start: %v", err)
	case <-time.After(2 * time.Minute):
		t.Fatal("the server does not get ready")
	}
	return ""
}

func get(t *testing.T, url string, header ...string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

func TestTheSampleOrganisationIsServedAndLoadedOnce(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	c := Config{Data: data, Sample: "small", Version: "test"}
	pull := func(t *testing.T) int {
		t.Helper()
		url := running(t, c)
		secret, err := os.ReadFile(filepath.Join(data, passwordFile))
		if err != nil {
			t.Fatal(err)
		}
		anon, err := client.New(url, "")
		if err != nil {
			t.Fatal(err)
		}
		who, err := anon.SignIn(t.Context(), wire.SignInRequest{User: "li.na", Password: strings.TrimSpace(string(secret)), Device: "test", Incarnation: sales.NewID()})
		if err != nil {
			t.Fatal(err)
		}
		rep, err := client.New(url, who.Token)
		if err != nil {
			t.Fatal(err)
		}
		n, cursors := 0, map[string]wire.Cursor{}
		for more := true; more; {
			req := wire.PullRequest{}
			for _, cur := range cursors {
				req.Cursors = append(req.Cursors, cur)
			}
			page, err := rep.Pull(t.Context(), req)
			if err != nil {
				t.Fatal(err)
			}
			for _, b := range page.Buckets {
				cursors[b.Bucket] = b.Cursor
			}
			n += len(page.Records)
			more = page.More
		}
		return n
	}
	first, second := 0, 0
	t.Run("first start", func(t *testing.T) { first = pull(t) })
	t.Run("second start", func(t *testing.T) { second = pull(t) })
	if first < 1000 || first != second {
		t.Errorf("%d records at the first start, %d at the second", first, second)
	}
	info, err := os.Stat(filepath.Join(data, passwordFile))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the password file: %v, %v", info.Mode(), err)
	}
	if info, err = os.Stat(filepath.Join(data, journalFile)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the database: %v, %v", info.Mode(), err)
	}
}

func TestASecondServerOnTheSameDataIsRefused(t *testing.T) {
	data := t.TempDir()
	running(t, Config{Data: data})
	err := Serve(t.Context(), Config{Data: data, Listen: "127.0.0.1:0"}, slog.New(slog.DiscardHandler), nil)
	if !sales.HasCode(err, sales.CodeInUse) || !strings.Contains(err.Error(), "stop it first") {
		t.Errorf("%v", err)
	}
}

func TestHealthReadinessAndMetrics(t *testing.T) {
	url := running(t, Config{Data: t.TempDir(), Version: "1.2.3"})
	for path, want := range map[string]string{"/healthz": "ok", "/readyz": "ready", "/metrics": `rounds_info{version="1.2.3"} 1`} {
		if status, body := get(t, url+path); status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s: %d %.200s", path, status, body)
		}
	}
	if status, _ := get(t, url+"/metrics", "X-Forwarded-For", "1.2.3.4"); status != http.StatusForbidden {
		t.Errorf("metrics through a proxy: %d", status)
	}
	if status, body := get(t, url+"/"); status != http.StatusOK || !strings.Contains(body, "/login") {
		t.Errorf("the console: %d", status)
	}
}

func TestAPortThatIsTakenIsSaid(t *testing.T) {
	url := running(t, Config{Data: t.TempDir()})
	err := Serve(t.Context(), Config{Data: t.TempDir(), Listen: strings.TrimPrefix(url, "http://")}, slog.New(slog.DiscardHandler), nil)
	if err == nil || !strings.Contains(err.Error(), "give another --listen") {
		t.Errorf("%v", err)
	}
}

// certificate makes a self-signed certificate for this computer.
func certificate(t *testing.T) (cert, key string, pool *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, form, form, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(t.TempDir(), "cert.pem"), filepath.Join(t.TempDir(), "key.pem")
	pool = x509.NewCertPool()
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pool.AppendCertsFromPEM(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	return cert, key, pool
}

func TestWithACertificateItSpeaksTLSAndHTTP2(t *testing.T) {
	cert, key, pool := certificate(t)
	url := strings.Replace(running(t, Config{Data: t.TempDir(), TLSCert: cert, TLSKey: key}), "http://", "https://", 1)
	hc := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true}}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/healthz", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := hc.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.ProtoMajor != 2 || resp.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("%s, %v", resp.Proto, resp.Header)
	}
}
