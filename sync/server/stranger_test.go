package server_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/rounds-field/rounds/sync/server"
)

// What a stranger sends is not even unpacked: a few kilobytes can hold a message of many millions of parts.
func TestAStrangersMessageIsNotRead(t *testing.T) {
	s := newSite(t, server.Limits{})
	_, who, _ := s.signIn()
	broken := []byte("\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff")
	for _, call := range []string{"Push", "Pull", "History"} {
		for _, contentType := range []string{"application/proto", "application/json"} {
			if status, answer := s.post(call, contentType, "nonsense", broken); status != http.StatusUnauthorized {
				t.Errorf("%s as %s: %d %s", call, contentType, status, answer)
			}
			if status, answer := s.post(call, contentType, who.Token, broken); status != http.StatusBadRequest {
				t.Errorf("%s as %s, signed in: %d %s", call, contentType, status, answer)
			}
		}
	}
}

func TestASignInIsShort(t *testing.T) {
	s := newSite(t, server.Limits{})
	body := []byte(`{"user":"` + strings.Repeat("x", 1<<20) + `","password":"p","incarnation":"AZ0c2mV4cJ6BqQABAgMEBQ=="}`)
	var packed bytes.Buffer
	z, err := zstd.NewWriter(&packed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := z.Write(body); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for _, call := range []string{"SignIn", "SignOut"} {
		if status, answer := s.post(call, "application/json", "", packed.Bytes(), "Content-Encoding", "zstd"); status != http.StatusTooManyRequests && status != http.StatusBadRequest || len(answer) > 1000 {
			t.Errorf("%s: %d, %d bytes", call, status, len(answer))
		}
	}
	long := []byte(`{"user":"` + strings.Repeat("x", 20<<10) + `","password":"p","incarnation":"AZ0c2mV4cJ6BqQABAgMEBQ=="}`)
	if status, answer := s.post("SignIn", "application/json", "", long); status != http.StatusUnauthorized || len(answer) > 1000 {
		t.Errorf("a long name: %d, %d bytes", status, len(answer))
	}
	if n := s.log.Len(); n > 4000 {
		t.Errorf("%d bytes in the log", n)
	}
}
