package server_test

import (
	"bytes"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/rounds-field/rounds/sync/server"
)

func packed(t *testing.T, body []byte) []byte {
	t.Helper()
	z, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return z.EncodeAll(body, nil)
}

// A part of two bytes takes a hundred once it is unpacked, so that a few kilobytes on the wire could take all memory.
func TestAMessageOfMillionsOfPartsIsRefusedBeforeItIsUnpacked(t *testing.T) {
	s := newSite(t, server.Limits{MessageBytes: 16 << 20})
	_, who, _ := s.signIn()
	const parts = 3_000_000
	for name, c := range map[string]struct {
		call, contentType string
		body              []byte
		want              string
	}{
		"changes":         {"Push", "application/proto", bytes.Repeat([]byte{0x12, 0}, parts), "over the limit of 5000; send them in smaller batches"},
		"changes as JSON": {"Push", "application/json", []byte(`{"changes":[` + strings.Repeat("{},", parts/2) + "{}]}"), "too many parts; send them in smaller batches"},
		"columns":         {"Push", "application/proto", inColumns(parts), "over the limit of 5000; send them in smaller batches"},
		"fields of one":   {"Push", "application/proto", within(0x12, bytes.Repeat([]byte{0x42, 0}, parts)), "too many parts"},
		"sets":            {"Push", "application/proto", within(0x12, within(0x42, bytes.Repeat([]byte{0x22, 0}, 2*parts))), "too many parts"},
		"cursors":         {"Pull", "application/proto", bytes.Repeat([]byte{0x0a, 0}, parts), "over the limit of 20000"},
		"digests":         {"Pull", "application/json", []byte(`{"digests":[` + strings.Repeat("1,", 3_500_000) + "1]}"), "too many parts"},
		"records":         {"Repair", "application/proto", bytes.Repeat([]byte{0x1a, 0}, parts), "too many parts"},
	} {
		before := allocated()
		status, answer := s.post(c.call, c.contentType, who.Token, packed(t, c.body), "Content-Encoding", "zstd")
		if status != http.StatusBadRequest || !strings.Contains(answer, c.want) {
			t.Errorf("%s: %d %s, want %q", name, status, answer, c.want)
		}
		if taken := allocated() - before; taken > 150<<20 {
			t.Errorf("%s: %d MiB for a message of %d KiB", name, taken>>20, len(c.body)>>10)
		}
	}
	trail, err := s.journal.AuditTrail(t.Context(), 10, 0)
	if err != nil {
		t.Fatal(err)
	}
	calls := map[string]int{}
	for _, e := range trail {
		if e.Action == "message_refused" && e.Actor == who.UserID && strings.Contains(e.Detail, "from test: ") {
			calls[e.Subject]++
		}
	}
	if calls["Push"] != 1 || calls["Pull"] != 1 {
		t.Errorf("the audit has %v of %+v", calls, trail)
	}
}

func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

// within is a field that holds a message.
func within(tag byte, message []byte) []byte {
	n := len(message)
	out := []byte{tag}
	for ; n >= 0x80; n >>= 7 {
		out = append(out, byte(n)|0x80)
	}
	return append(append(out, byte(n)), message...)
}

// inColumns are changes of which only the kinds are given.
func inColumns(n int) []byte { return within(0x1a, within(0x2a, bytes.Repeat([]byte{6}, n))) }
