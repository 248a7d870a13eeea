package endtoend

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"testing"
	"time"
)

// told is one line of sync --watch.
type told struct {
	report
	At            time.Time
	Code, Problem string
}

// watch starts a program that goes on syncing, and gives what it tells; stop interrupts it.
func (b *book) watch() (lines <-chan told, stop func()) {
	b.t.Helper()
	cmd := b.command(b.t.Context(), "", "sync", "--watch", "--json")
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		b.t.Fatal(err)
	}
	c := make(chan told, 100)
	go func() {
		defer close(c)
		for sc := bufio.NewScanner(out); sc.Scan(); {
			var m told
			if json.Unmarshal(sc.Bytes(), &m) == nil {
				c <- m
			}
		}
	}()
	return c, func() {
		b.t.Helper()
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			b.t.Error(err)
		}
		for range c { // until its output ends
			continue
		}
		if err := cmd.Wait(); err != nil {
			b.t.Errorf("the interrupted program ends with %v", err)
		}
	}
}

// until reads what a program tells until something fits; it fails the test long after it should have come.
func until(t *testing.T, lines <-chan told, what string, fits func(told) bool) told {
	t.Helper()
	limit := time.After(time.Minute)
	for {
		select {
		case m, ok := <-lines:
			if !ok {
				t.Fatalf("the program ended before %s", what)
			}
			if fits(m) {
				return m
			}
		case <-limit:
			t.Fatalf("no %s within a minute", what)
		}
	}
}

func TestAColleaguesWorkComesByItselfAlsoAfterTheServerWasAway(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	s.addUser("li.na", "rep")
	s.addUser("wang.wei", "rep")
	waits, writes := newBook(t), newBook(t)
	waits.login(s, "li.na")
	writes.login(s, "wang.wei")
	lines, stop := waits.watch()
	until(t, lines, "first sync", func(m told) bool { return m.Pulled > 0 })
	for i := range 5 {
		writes.add("partner", fmt.Sprintf(`{"name":"伙伴%d"}`, i))
		writes.sync()
		sent := time.Now()
		m := until(t, lines, "partner", func(m told) bool { return m.Pulled > 0 })
		t.Logf("a partner came %v after the sync that sent it had ended", m.At.Sub(sent).Round(time.Millisecond))
	}
	s.kill()
	if m := until(t, lines, "word that the server is away", func(m told) bool { return m.Code != "" }); m.Code != "offline" {
		t.Errorf("the server is away: %+v", m)
	}
	s.start()
	until(t, lines, "word that the server is back", func(m told) bool { return m.Code == "" })
	writes.add("partner", `{"name":"回来了"}`)
	writes.sync()
	until(t, lines, "partner after the server came back", func(m told) bool { return m.Pulled > 0 })
	s.administer("", "revoke", "li.na")
	if m := until(t, lines, "word that the sign-in has ended", func(m told) bool { return m.Code != "" }); m.Code != "signed_out" {
		t.Errorf("the sign-in has ended: %+v", m)
	}
	stop()
	if n := len(waits.list("partner")); n != 6 {
		t.Errorf("%d partners came by themselves", n)
	}
}
