package endtoend

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// TestNothingIsLostOrDoubledWhenServerAndClientAreKilled pushes 5,000 changes while one side or the other is killed, 20 times, and
// then counts.
func TestNothingIsLostOrDoubledWhenServerAndClientAreKilled(t *testing.T) {
	const changes, kills = 5000, 20
	s := startServer(t)
	s.addUser("li.na", "rep", "--territory", "34")
	a := newBook(t)
	a.login(s, "li.na")
	rng := rand.New(rand.NewPCG(7, 11))
	acknowledged := map[string]bool{} // ids that roundsctl has printed
	add := func(n int) {
		var lines strings.Builder
		for range n {
			fmt.Fprintf(&lines, `{"name":"伙伴%d","code":"K%d","region_code":"34"}`+"\n", len(acknowledged), rng.IntN(1<<40))
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		out, err := a.command(ctx, lines.String(), "add", "partner", "--json", "-").Output()
		if err != nil {
			t.Fatalf("add: %v", err)
		}
		for _, id := range strings.Fields(string(out)) {
			acknowledged[id] = true
		}
	}
	for i := range kills {
		add(changes / kills)
		wait := time.Duration(rng.IntN(120)) * time.Millisecond
		ctx, cancel := context.WithCancel(t.Context())
		cmd := a.command(ctx, "", "sync")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(wait)
		if i%2 == 0 {
			s.kill()
		} else {
			cancel() // kills the client
		}
		_ = cmd.Wait() // it fails, or was quick enough
		cancel()
		if i%2 == 0 {
			s.start()
		}
	}
	a.sync()
	b := newBook(t)
	b.login(s, "li.na")
	b.sync()
	for name, side := range map[string]*book{"the device": a, "another device": b} {
		seen := map[string]bool{}
		codes := map[any]bool{}
		for _, p := range side.list("partner") {
			id, _ := p["id"].(string)
			seen[id] = true
			if codes[p["code"]] {
				t.Errorf("%s has %v twice", name, p["code"])
			}
			codes[p["code"]] = true
		}
		if len(seen) != changes {
			t.Errorf("%s has %d partners, want %d", name, len(seen), changes)
		}
		for id := range acknowledged {
			if !seen[id] {
				t.Errorf("%s lacks %s, which was acknowledged", name, id)
			}
		}
		side.run("", "doctor", "--deep")
	}
}
